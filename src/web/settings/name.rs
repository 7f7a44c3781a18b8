//! Somebody with an account takes another name.

use std::sync::Arc;

use poem::web::Data;
use poem::{Body, Request, Response, Result, handler};

use crate::domain::{AccountCommand, Command, Refusal, UserName};
use crate::engine::Error;
use crate::views::FormState;
use crate::web::AppState;
use crate::web::auth::visitor::Visitor;
use crate::web::limits::rate_limits::{self, LimitedAction};
use crate::web::request::form::Form;
use crate::web::response::{redirect_or_no_content, redisplay_form};
use crate::web::settings::{profile_page, require_account};

/// Their own: nobody names others.
#[handler]
pub(crate) async fn rename(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["name"]).await.map_err(Error::Refused)?;
    match try_rename(house, request, &visitor, &form).await {
        Ok(()) => Ok(redirect_or_no_content(request, "/settings?done=name")),
        Err(problem) => {
            let own_words = rename_error_text(&problem);
            redisplay_form(request, &form, &["name"], problem, |form_state| {
                let error =
                    own_words.map(|words| (Some("name"), words.to_owned())).or_else(|| form_state.error.clone());
                profile_page(request, house, &visitor, &FormState { error, ..form_state.clone() })
            })
        }
    }
}

/// What somebody is told who has a name already: not to sign in with the one that they want.
fn rename_error_text(error: &Error) -> Option<&'static str> {
    match error {
        Error::Refused(Refusal::NameTaken(_)) => Some("Somebody else here has that name. Choose another."),
        Error::Refused(Refusal::NameConfusable(_)) => {
            Some("Somebody else here has a name that looks like that. Choose another.")
        }
        _ => None,
    }
}

async fn try_rename(house: &AppState, request: &Request, visitor: &Visitor, form: &Form) -> Result<(), Error> {
    let author = &require_account(visitor)?.author;
    let name = UserName::parse_new(form.get_single("name")?)?;
    if name.as_str() == &*author.name {
        return Ok(()); // it is as they want it
    }
    rate_limits::check(request, Some(author.id), LimitedAction::Rename)?;
    house.engine.execute(visitor.actor()?, None, Command::Account(AccountCommand::Rename { name })).await?;
    Ok(())
}
