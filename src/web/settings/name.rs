//! Somebody with an account takes another name.

use poem::{Response, Result, handler};

use crate::domain::{AccountCommand, Command, Refusal, UserName};
use crate::views::FormState;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::response::error::Error;
use crate::web::response::{redirect_or_no_content, redisplay_form};
use crate::web::settings::{profile_page, require_account};

/// Their own: nobody names others.
#[handler]
pub(crate) async fn rename(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["name"]).await?;
    match try_rename(&ctx, &form).await {
        Ok(()) => Ok(redirect_or_no_content(ctx.request, "/settings?done=name")),
        Err(problem) => {
            let own_words = rename_error_text(&problem);
            redisplay_form(ctx.request, &form, &["name"], problem, |form_state| {
                let error =
                    own_words.map(|words| (Some("name"), words.to_owned())).or_else(|| form_state.error.clone());
                profile_page(&ctx, &FormState { error, ..form_state.clone() })
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

async fn try_rename(ctx: &Ctx<'_>, form: &Form) -> Result<(), Error> {
    let author = &require_account(&ctx.visitor)?.author;
    let name = UserName::parse_new(form.get_single("name")?)?;
    if name.as_str() == &*author.name {
        return Ok(()); // it is as they want it
    }
    ctx.check_rate(LimitedAction::Rename)?;
    ctx.execute(Command::Account(AccountCommand::Rename { name })).await?;
    Ok(())
}
