//! What is laid on people, and lifted: their role, silence, the way out; and the link to a new password.

use std::time::Duration;

use poem::http::HeaderValue;
use poem::http::header::CACHE_CONTROL;
use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};

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
use crate::web::response::error;
use crate::web::response::error::Error;
use crate::web::response::{redisplay, see_other, with_private_cache};
use crate::web::rooms::sidebar::Sidebar;

/// The fields of all these forms.
const FORM_FIELDS: [&str; 6] = ["role", "duration", "room", "reason", "block_addresses", "delete_messages"];

/// What a page says after one of these, by the word in its address.
pub(crate) fn moderation_notice(word: &str) -> Option<Notice> {
    let words = match word {
        "role" => "Their role has changed.",
        "mute" => "They are silenced.",
        "unmute" => "They may speak again.",
        "ban" => "They are outside.",
        "delete_messages" => "They are outside, and what they said is being taken away.",
        "unban" => "They may come in again.",
        _ => return None,
    };
    Some(Notice::Success(words.to_owned()))
}

/// An owner makes somebody something else.
#[handler]
pub(crate) async fn set_role(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&FORM_FIELDS).await?;
    let person = find_target(&ctx, Some(Permission::ChangeRoles))?;
    let set = async {
        let role = form.require_choice("role", Role::parse)?;
        execute_on_person(&ctx, person.author.id, PersonCommand::SetRole(role)).await
    };
    respond_moderated(&ctx, &person, &form, set.await, "role")
}

/// Somebody is silenced, in the house or in one room.
#[handler]
pub(crate) async fn mute(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&FORM_FIELDS).await?;
    let person = find_target(&ctx, required_permission(&form))?;
    let muted =
        async { mute_person(&ctx, &person, &form, form.require_choice("duration", parse_sanction_expiry)?).await };
    respond_moderated(&ctx, &person, &form, muted.await, "mute")
}

/// They may speak again.
#[handler]
pub(crate) async fn unmute(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&FORM_FIELDS).await?;
    let person = find_target(&ctx, required_permission(&form))?;
    let unmuted = mute_person(&ctx, &person, &form, Expiry::PAST).await;
    respond_moderated(&ctx, &person, &form, unmuted, "unmute")
}

/// Somebody is put outside.
#[handler]
pub(crate) async fn ban(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&FORM_FIELDS).await?;
    let person = find_target(&ctx, Some(Permission::Ban))?;
    let user = person.author.id;
    let banned = async {
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
    let banned = banned.await;
    let word = if matches!(banned, Ok(true)) { "delete_messages" } else { "ban" };
    respond_moderated(&ctx, &person, &form, banned.map(|_| ()), word)
}

/// They may come in again.
#[handler]
pub(crate) async fn unban(ctx: Ctx<'_>) -> Result<Response, Error> {
    let person = find_target(&ctx, Some(Permission::Ban))?;
    execute_on_person(&ctx, person.author.id, PersonCommand::Unban).await?;
    Ok(if ctx.wants_page() {
        see_other("/admin/bans?done=unban")
    } else {
        respond_with_person(&ctx, person.author.id)?
    })
}

/// An owner makes a link by which somebody may choose a new password. It is shown once, and only its hash is kept.
#[handler]
pub(crate) async fn create_reset_link(ctx: Ctx<'_>) -> Result<Response, Error> {
    let person = find_target(&ctx, Some(Permission::CreateResetLinks))?;
    let token = secrets::new_token()?;
    execute_on_person(&ctx, person.author.id, PersonCommand::CreateResetLink { link: token.hash() }).await?;
    let link = format!("{}/reset/{}", origin::public_origin(ctx.request), token.to_text());
    let mut response = if ctx.wants_page() {
        let snapshot = ctx.snapshot()?;
        let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
        let page = views::admin::people::reset_link_page(&sidebar.view(&ctx.visitor, None), &person, &link);
        with_private_cache(page.into_response(), &ctx.visitor)
    } else {
        Json(views::json::LinkJson::new(&link)).into_response()
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Whose name stands in the path, once the visitor may do such things at all.
fn find_target(ctx: &Ctx<'_>, permission: Option<Permission>) -> Result<Person, Error> {
    match permission {
        Some(act) => ctx.require_permission(act, None)?,
        None => ctx.require_person()?,
    };
    find_person(&*ctx.snapshot()?, ctx.request)
}

/// What whoever silences somebody must be allowed. In a room that depends on the room.
fn required_permission(form: &Form) -> Option<Permission> {
    form.get("room").is_none_or(|room| room.trim().is_empty()).then_some(Permission::Mute)
}

async fn mute_person(ctx: &Ctx<'_>, person: &Person, form: &Form, until: Expiry) -> Result<(), Error> {
    let (user, room) = (person.author.id, form.get_single("room")?);
    if room.trim().is_empty() {
        return execute_on_person(ctx, user, PersonCommand::Mute { until }).await;
    }
    let address = Slug::from_name(room).map_err(|_| Refusal::FieldInvalid("room"))?;
    let visible_room = ctx.snapshot()?.visible_room_by_slug(&address, ctx.visitor.person.as_ref(), now())?;
    let room = visible_room.ok_or_else(|| Refusal::room_not_found(room))?.room.id;
    let command = Command::Room(room, RoomCommand::MuteMember { user, until });
    ctx.execute(command).await?;
    Ok(())
}

async fn execute_on_person(ctx: &Ctx<'_>, user: UserId, command: PersonCommand) -> Result<(), Error> {
    ctx.execute(Command::Person(user, command)).await?;
    Ok(())
}

/// When something ends that begins now.
fn parse_sanction_expiry(word: &str) -> Option<Expiry> {
    const HOUR: Duration = Duration::from_secs(60 * 60);
    let time = match word {
        "1h" => HOUR,
        "1d" => 24 * HOUR,
        "1w" => 7 * 24 * HOUR,
        "forever" => return Some(Expiry::NEVER),
        _ => return None,
    };
    Some(Expiry(now().plus(time)))
}

fn respond_moderated(
    ctx: &Ctx<'_>,
    person: &Person,
    form: &Form,
    outcome: Result<(), Error>,
    word: &str,
) -> Result<Response, Error> {
    match outcome {
        Ok(()) if ctx.wants_page() => Ok(see_other(&format!("{}?done={word}", person.author.path()))),
        Ok(()) => Ok(respond_with_person(ctx, person.author.id)?),
        Err(error) => redisplay(ctx.request, ctx.state, error, |problem| {
            let (field, error) = error::field_error(problem, &["reason"]);
            let reason = form.get("reason").unwrap_or("");
            match field {
                "reason" => person_page(ctx, person, None, (reason, Some(&error))),
                _ => person_page(ctx, person, Some(&Notice::Error(error)), (reason, None)),
            }
        }),
    }
}

/// How somebody stands now, for a program.
fn respond_with_person(ctx: &Ctx<'_>, user: UserId) -> Result<Response, Error> {
    let person = ctx.snapshot()?.person_by_id(user)?.ok_or(Refusal::PersonNotFound)?;
    Ok(Json(views::json::PersonJson::from_person(&person, Some(now()))).into_response())
}
