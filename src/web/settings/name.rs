//! Changing one's display name. Nobody can change another person's name.

use poem::{Response, Result, handler};

use crate::domain::{AccountCommand, Command, Refusal, UserName};
use crate::views::FormState;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::response::error::Error;
use crate::web::response::{redirect_or_no_content, redisplay_form};
use crate::web::settings::{profile_page, require_account};

/// Changes the caller's name.
#[handler]
pub(crate) async fn rename(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["name"]).await?;
    match try_rename(&ctx, &form).await {
        Ok(()) => Ok(redirect_or_no_content(ctx.request, "/settings?done=name")),
        Err(error) => {
            let own_text = rename_error_text(&error);
            redisplay_form(ctx.request, &form, &["name"], error, |state| {
                let error = own_text.map(|text| (Some("name"), text.to_owned())).or_else(|| state.error.clone());
                profile_page(&ctx, &FormState { error, ..state.clone() })
            })
        }
    }
}

/// The error text for a caller who has a name: the usual text advises to sign in with the name that is taken.
fn rename_error_text(error: &Error) -> Option<&'static str> {
    match error {
        Error::Refused(Refusal::NameTaken(_)) => Some("This name is taken. Choose another."),
        Error::Refused(Refusal::NameConfusable(_)) => {
            Some("This name looks too much like an existing one. Choose another.")
        }
        _ => None,
    }
}

async fn try_rename(ctx: &Ctx<'_>, form: &Form) -> Result<(), Error> {
    let author = &require_account(ctx)?.author;
    let name = UserName::parse_new(form.get_single("name")?)?;
    if name.as_str() == &*author.name {
        return Ok(()); // the name stays as it is
    }
    ctx.check_rate(LimitedAction::Rename)?;
    ctx.execute(Command::Account(AccountCommand::Rename { name })).await?;
    Ok(())
}
