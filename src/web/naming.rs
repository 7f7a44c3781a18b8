//! Somebody with an account takes another name.

use std::sync::Arc;

use poem::web::Data;
use poem::{Body, Request, Response, Result, handler};

use super::House;
use super::answers::{done, form_again};
use super::form::Form;
use super::pace::{self, Deed};
use super::settings::{account, me};
use super::visitor::Visitor;
use crate::domain::{AccountCommand, Command, Refusal, UserName};
use crate::engine::Problem;
use crate::views::Again;

/// Their own: nobody names others.
#[handler]
pub(super) async fn rename(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["name"]).await.map_err(Problem::Refused)?;
    match take(house, request, &visitor, &form).await {
        Ok(()) => Ok(done(request, "/settings?done=name")),
        Err(problem) => {
            let own_words = taken(&problem);
            form_again(request, &form, &["name"], problem, |again| {
                let wrong = own_words.map(|words| (Some("name"), words.to_owned())).or_else(|| again.wrong.clone());
                me(request, house, &visitor, &Again { wrong, ..again.clone() })
            })
        }
    }
}

/// What somebody is told who has a name already: not to sign in with the one that they want.
fn taken(problem: &Problem) -> Option<&'static str> {
    match problem {
        Problem::Refused(Refusal::NameTaken(_)) => Some("Somebody else here has that name. Choose another."),
        Problem::Refused(Refusal::NameAlike(_)) => {
            Some("Somebody else here has a name that looks like that. Choose another.")
        }
        _ => None,
    }
}

async fn take(house: &House, request: &Request, visitor: &Visitor, form: &Form) -> Result<(), Problem> {
    let author = &account(visitor)?.author;
    let name = UserName::choose(form.one("name")?)?;
    if name.as_str() == &*author.name {
        return Ok(()); // it is as they want it
    }
    pace::take(request, Some(author.id), Deed::Rename)?;
    house.engine.execute(visitor.who()?, None, Command::Account(AccountCommand::Rename { name })).await?;
    Ok(())
}
