//! Moderation actions on a person: role, mute, ban, and the link for a new password.

use std::time::Duration;

use poem::web::Json;
use poem::{IntoResponse, Response, handler};

use crate::domain::limits::REASON_CHARS_MAX;
use crate::domain::{
    Command, Expiry, Permission, Person, PersonCommand, Refusal, Role, RoomCommand, SingleLine, Slug, UserId,
};
use crate::engine::now;
use crate::secrets;
use crate::views;
use crate::views::layout::page::Notice;
use crate::web::admin::people::{find_person, person_page};
use crate::web::admin::purge;
use crate::web::limits::blocked_addresses;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::origin;
use crate::web::response::error::{self, Error};
use crate::web::response::{redisplay, see_other, with_no_store, with_private_cache};
use crate::web::rooms::sidebar::Sidebar;

/// The fields of all these forms.
const FORM_FIELDS: [&str; 6] = ["role", "duration", "room", "reason", "block_addresses", "delete_messages"];

/// Changes the role of a person.
#[handler]
pub(crate) async fn set_role(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&FORM_FIELDS).await?;
    let person = find_target(&ctx, Some(Permission::ChangeRoles))?;
    let outcome = async {
        let role = form.require_choice("role", Role::parse)?;
        execute_on_person(&ctx, person.author.id, PersonCommand::SetRole(role)).await
    };
    respond_moderated(&ctx, &person, &form, outcome.await, "role")
}

/// Mutes a person, on the whole server or in one room.
#[handler]
pub(crate) async fn mute(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&FORM_FIELDS).await?;
    let person = find_target(&ctx, required_permission(&form))?;
    let outcome = async {
        let until = form.require_choice("duration", parse_sanction_expiry)?;
        mute_person(&ctx, &person, &form, until).await
    };
    respond_moderated(&ctx, &person, &form, outcome.await, "mute")
}

/// Unmutes a person, on the whole server or in one room.
#[handler]
pub(crate) async fn unmute(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&FORM_FIELDS).await?;
    let person = find_target(&ctx, required_permission(&form))?;
    let outcome = mute_person(&ctx, &person, &form, Expiry::PAST).await;
    respond_moderated(&ctx, &person, &form, outcome, "unmute")
}

/// Bans a person. The deletion of their messages, if asked for, continues in the background.
#[handler]
pub(crate) async fn ban(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&FORM_FIELDS).await?;
    let person = find_target(&ctx, Some(Permission::Ban))?;
    let user = person.author.id;
    let outcome = async {
        let until = form.require_choice("duration", parse_sanction_expiry)?;
        let reason = SingleLine::parse_optional("reason", form.get_single("reason")?, REASON_CHARS_MAX)?;
        let delete_messages = form.is_on("delete_messages")?;
        let blocked_addresses = if form.is_on("block_addresses")? {
            blocked_addresses::find_address_blocks(ctx.state, user)?
        } else {
            Vec::new()
        };
        execute_on_person(&ctx, user, PersonCommand::Ban { until, reason, blocked_addresses, delete_messages }).await?;
        if delete_messages {
            purge::start_purge(ctx.state, ctx.visitor.actor()?, user);
        }
        Ok(delete_messages)
    };
    let outcome = outcome.await;
    let done = if matches!(outcome, Ok(true)) { "delete_messages" } else { "ban" };
    respond_moderated(&ctx, &person, &form, outcome.map(|_| ()), done)
}

/// Unbans a person.
#[handler]
pub(crate) async fn unban(ctx: Ctx<'_>) -> Result<Response, Error> {
    let person = find_target(&ctx, Some(Permission::Ban))?;
    execute_on_person(&ctx, person.author.id, PersonCommand::Unban).await?;
    if ctx.wants_page() { Ok(see_other("/admin/bans?done=unban")) } else { respond_with_person(&ctx, person.author.id) }
}

/// Makes a link with which a person can choose a new password. It is shown once; only its hash is stored.
#[handler]
pub(crate) async fn create_reset_link(ctx: Ctx<'_>) -> Result<Response, Error> {
    let person = find_target(&ctx, Some(Permission::CreateResetLinks))?;
    let token = secrets::new_token()?;
    execute_on_person(&ctx, person.author.id, PersonCommand::CreateResetLink { link: token.hash() }).await?;
    let link = format!("{}/reset/{}", origin::public_origin(ctx.request), token.to_text());
    let response = if ctx.wants_page() {
        let snapshot = ctx.snapshot()?;
        let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
        let page = views::admin::person::reset_link_page(&sidebar.view(&ctx.visitor, None), &person, &link);
        with_private_cache(page.into_response(), &ctx.visitor)
    } else {
        Json(views::json::LinkJson::new(&link)).into_response()
    };
    Ok(with_no_store(response))
}

/// The person whose name is in the path. The visitor's permission is checked first.
fn find_target(ctx: &Ctx<'_>, permission: Option<Permission>) -> Result<Person, Error> {
    match permission {
        Some(permission) => ctx.require_permission(permission, None)?,
        None => ctx.require_person()?,
    };
    find_person(ctx, &*ctx.snapshot()?)
}

/// The permission that a mute needs on the whole server. In one room it depends on the room, so the command decides.
fn required_permission(form: &Form) -> Option<Permission> {
    form.get("room").is_none_or(|room| room.trim().is_empty()).then_some(Permission::Mute)
}

async fn mute_person(ctx: &Ctx<'_>, person: &Person, form: &Form, until: Expiry) -> Result<(), Error> {
    let (user, room) = (person.author.id, form.get_single("room")?);
    if room.trim().is_empty() {
        return execute_on_person(ctx, user, PersonCommand::Mute { until }).await;
    }
    let slug = Slug::from_name(room).map_err(|_| Refusal::FieldInvalid("room"))?;
    let visible_room = ctx.snapshot()?.visible_room_by_slug(&slug, ctx.visitor.person.as_ref(), now())?;
    let room = visible_room.ok_or_else(|| Refusal::room_not_found(room))?.room.id;
    ctx.execute(Command::Room(room, RoomCommand::MuteMember { user, until })).await?;
    Ok(())
}

async fn execute_on_person(ctx: &Ctx<'_>, user: UserId, command: PersonCommand) -> Result<(), Error> {
    ctx.execute(Command::Person(user, command)).await?;
    Ok(())
}

/// When a mute or ban ends that starts now.
fn parse_sanction_expiry(word: &str) -> Option<Expiry> {
    const HOUR: Duration = Duration::from_secs(60 * 60);
    let duration = match word {
        "1h" => HOUR,
        "1d" => 24 * HOUR,
        "1w" => 7 * 24 * HOUR,
        "forever" => return Some(Expiry::NEVER),
        _ => return None,
    };
    Some(Expiry(now().plus(duration)))
}

/// Answers a moderation action; `done` names it in the address of the page that shows the notice.
fn respond_moderated(
    ctx: &Ctx<'_>,
    person: &Person,
    form: &Form,
    outcome: Result<(), Error>,
    done: &str,
) -> Result<Response, Error> {
    match outcome {
        Ok(()) if ctx.wants_page() => Ok(see_other(&format!("{}?done={done}", person.author.path()))),
        Ok(()) => respond_with_person(ctx, person.author.id),
        Err(error) => redisplay(ctx.request, ctx.state, error, |error| {
            let (field, detail) = error::field_error(error, &["reason"]);
            let reason = form.get("reason").unwrap_or("");
            match field {
                "reason" => person_page(ctx, person, None, (reason, Some(&detail))),
                _ => person_page(ctx, person, Some(&Notice::Error(detail)), (reason, None)),
            }
        }),
    }
}

/// The person after the action, for a program.
fn respond_with_person(ctx: &Ctx<'_>, user: UserId) -> Result<Response, Error> {
    let person = ctx.snapshot()?.person_by_id(user)?.ok_or(Refusal::PersonNotFound)?;
    Ok(Json(views::json::PersonJson::from_person(&person, Some(now()))).into_response())
}
