//! A person's own settings: the profile page, and the parts that its pages share. A guest has the profile and the devices;
//! the rest needs an account.

pub(crate) mod confirm;
pub(crate) mod name;
pub(crate) mod password;
pub(crate) mod presence;
pub(crate) mod recovery_codes;
pub(crate) mod sessions;
pub(crate) mod theme;
pub(crate) mod tokens;

use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};

use crate::domain::{Person, Refusal};
use crate::views::layout::page::Notice;
use crate::views::rooms::sidebar::SidebarView;
use crate::views::settings::profile::ProfileView;
use crate::views::{self, FormState};
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::query;
use crate::web::request::theme::theme_from_request;
use crate::web::response::error::Error;
use crate::web::response::with_private_cache;
use crate::web::rooms::sidebar::Sidebar;

/// Shows the caller's profile; to a program, who the caller is.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let viewer = ctx.require_person()?;
    if ctx.accept() == Accept::Json {
        return Ok(with_private_cache(Json(views::json::MeJson::from_person(viewer)).into_response(), &ctx.visitor));
    }
    profile_page(&ctx, &FormState::default())
}

/// The profile page. `form_state` is that of the form for the name.
pub(crate) fn profile_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    let viewer = ctx.require_person()?;
    let former_names = ctx.snapshot()?.former_names(viewer.author.id)?;
    settings_page(ctx, |sidebar, notice| {
        views::settings::profile::page(&ProfileView {
            sidebar,
            notice: notice.filter(|_| form_state.error.is_none()),
            viewer,
            former_names: &former_names,
            theme: theme_from_request(ctx.request),
            form_state,
        })
    })
}

/// The caller's person, if they have an account.
///
/// # Errors
/// As [`Ctx::require_person`], and [`Refusal::AccountRequired`] for a guest.
pub(crate) fn require_account<'a>(ctx: &'a Ctx<'_>) -> Result<&'a Person, Error> {
    let person = ctx.require_person()?;
    if person.has_account() { Ok(person) } else { Err(Refusal::AccountRequired.into()) }
}

/// A page of the settings. `view` gets the sidebar, and the notice that `?done=` names.
pub(crate) fn settings_page(
    ctx: &Ctx<'_>,
    view: impl FnOnce(&SidebarView, Option<&Notice>) -> maud::Markup,
) -> Result<Response, Error> {
    let sidebar = Sidebar::load(&*ctx.snapshot()?, &ctx.visitor)?;
    let notice = query::text(ctx.request, "done").and_then(|done| settings_notice(&done));
    let page = view(&sidebar.view(&ctx.visitor, None), notice.as_ref());
    Ok(with_private_cache(page.into_response(), &ctx.visitor))
}

/// The notice for a change, by the word that its redirect put into `?done=`.
fn settings_notice(done: &str) -> Option<Notice> {
    let text = match done {
        "registered" => "Account created. Create recovery codes in case you forget your password.",
        "recovered" | "password" => "Password changed. All other devices are signed out.",
        "name" => "Name changed. Your earlier messages show it too.",
        "presence" => "Saved.",
        "theme" => "Theme changed.",
        "revoked" => "Revoked.",
        "others" => "All other devices are signed out.",
        _ => return None,
    };
    Some(Notice::Success(text.to_owned()))
}
