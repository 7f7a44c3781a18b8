//! Reporting a message to the moderators. Their queue is in `web/admin/reports.rs`.

use poem::http::StatusCode;
use poem::{IntoResponse, Response, Result, handler};

use crate::domain::limits::REASON_CHARS_MAX;
use crate::domain::{Command, Message, Permission, Room, RoomCommand, SingleLine};
use crate::views::layout::page::Notice;
use crate::views::messages::report::REASON_FIELD;
use crate::views::{self, FormState};
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::messages::target::{find_message, message_page};
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::query;
use crate::web::response::error::Error;
use crate::web::response::{redisplay_form, see_other};

/// The form that reports a message.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    report_page(&ctx, &FormState::default())
}

/// Reports a message.
#[handler]
pub(crate) async fn create(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&[REASON_FIELD]).await?;
    let (room, message) = find_message(&ctx, &*ctx.snapshot()?)?;
    ctx.require_permission(Permission::ReportMessages, Some(&room))?;
    match try_create(&ctx, &form, &room, &message).await {
        Ok(()) if ctx.wants_page() => {
            Ok(see_other(&format!("{}/messages/{}/report?done=reported", room.slug.path(), message.id)))
        }
        Ok(()) => Ok(StatusCode::CREATED.into_response()),
        Err(error) => {
            redisplay_form(ctx.request, &form, &[REASON_FIELD], error, |form_state| report_page(&ctx, form_state))
        }
    }
}

async fn try_create(ctx: &Ctx<'_>, form: &Form, room: &Room, message: &Message) -> Result<(), Error> {
    let reason = if form.has_fields() { form.get_single(REASON_FIELD)? } else { form.get_or_body(REASON_FIELD) };
    let reason = SingleLine::parse_optional(REASON_FIELD, reason, REASON_CHARS_MAX)?;
    ctx.check_rate(LimitedAction::MinorChange)?;
    ctx.execute(Command::Room(room.id, RoomCommand::ReportMessage { message: message.id, reason })).await?;
    Ok(())
}

fn report_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    message_page(ctx, |_, view| {
        ctx.require_permission(Permission::ReportMessages, Some(view.room))?;
        let is_reported = query::text(ctx.request, "done").as_deref() == Some("reported");
        let notice = is_reported.then(|| Notice::Success("Thanks, the moderators have been told.".to_owned()));
        Ok(views::messages::report::page(view, form_state, notice.as_ref()).into_response())
    })
}
