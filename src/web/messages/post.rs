//! Posts messages, and redirects from a message's own address to its room.

use poem::http::StatusCode;
use poem::http::header::LOCATION;
use poem::web::Json;
use poem::{IntoResponse, Request, Response, Result, handler};

use crate::domain::{
    Applied, Body as Text, Command, Event, Input, MarkReadOnPost, Message, Nonce, PostFollowUps, Refusal, Room,
};
use crate::engine::now;
use crate::views;
use crate::web::limits::blocked_addresses;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::messages::render::render_markdown;
use crate::web::messages::target::{find_message_including_deleted, parse_reply_to};
use crate::web::ops::help;
use crate::web::request::accept::{Accept, is_htmx};
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::response::error::Error;
use crate::web::response::error::UnsentData;
use crate::web::response::see_other;
use crate::web::rooms::settings;

/// Posts a message, or runs a slash command.
#[handler]
pub(crate) async fn post(ctx: Ctx<'_>) -> poem::Result<Response> {
    let form = ctx.form(&["body", "nonce", "reply_to"]).await?;
    run_input(&ctx, &form).await.map_err(|error| attach_unsent(error, ctx.request, &form))
}

/// Redirects to a message in its room.
#[handler]
pub(crate) fn redirect_to_message(ctx: Ctx<'_>) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let room = ctx.room()?.room;
    let id = find_message_including_deleted(&snapshot, ctx.request, &room)?.id;
    Ok(see_other(&format!("{}?around={id}#m{id}", room.slug.path())))
}

/// Posts the text, or runs the slash command that it starts with.
async fn run_input(ctx: &Ctx<'_>, form: &Form) -> Result<Response, Error> {
    match Input::parse(form.get_or_body("body"))? {
        Input::Text(text) => {
            let applied = post_text(ctx, form, &text).await?;
            let (room, message) = find_posted_message(ctx, applied)?;
            respond_posted(ctx.request, form, &room, &message)
        }
        Input::Topic(topic) => {
            let room = ctx.room()?.room;
            settings::set_topic(ctx, &room, &topic).await
        }
        Input::Help => help::respond_with_commands(ctx),
    }
}

async fn post_text(ctx: &Ctx<'_>, form: &Form, text: &str) -> Result<Applied, Error> {
    let snapshot = ctx.snapshot()?;
    let room = ctx.room()?.room.id;
    // Whether the visitor may post is checked before what they typed.
    let person = ctx.visitor.person.as_ref().ok_or(Refusal::SignInRequired)?;
    ctx.check_rate(LimitedAction::Post)?;
    blocked_addresses::check_not_blocked(&snapshot, ctx.request, &ctx.visitor)?;
    let body = Text::parse(text)?;
    let nonce = parse_nonce(ctx.request, form, &body)?;
    let reply_to = parse_reply_to(form)?;
    let content = render_markdown(&snapshot, person, body);
    drop(snapshot);
    let follow_ups = follow_ups(ctx, form);
    let command = Command::Post { room, content, reply_to, follow_ups };
    ctx.execute_as(ctx.visitor.posting_actor()?, nonce, command).await
}

/// What a post changes beside the message. A page sends what was the draft, so that is cleared. A page without a script has
/// shown the room up to the post, a page with one marks as read by itself. A program's post moves the mark only if its
/// token may read: a nightly job that only posts must not read for its owner.
fn follow_ups(ctx: &Ctx<'_>, form: &Form) -> PostFollowUps {
    let is_plain_form = is_plain_form(ctx.request, form);
    let mark_read = match (is_plain_form, ctx.is_htmx()) {
        (true, _) => MarkReadOnPost::UpToMessage,
        (false, false) if ctx.visitor.can_read() => MarkReadOnPost::UpToMention,
        (false, true | false) => MarkReadOnPost::Unchanged,
    };
    PostFollowUps { clear_draft: is_plain_form || ctx.is_htmx(), mark_read }
}

/// Adds what was typed to an error, so that the error page can offer to send it again. Only for pages without a script: a
/// page with one still has it.
fn attach_unsent(error: Error, request: &Request, form: &Form) -> poem::Error {
    let mut error = poem::Error::from(error);
    if Accept::from_request(request) == Accept::Page && is_plain_form(request, form) {
        let reply_to = parse_reply_to(form).ok().flatten().map_or_else(String::new, |id| id.to_string());
        let nonce = Nonce::parse(form.get("nonce").unwrap_or("")).ok().flatten(); // an invalid nonce would fail again
        error.set_data(UnsentData(views::error::UnsentMessage {
            action: request.uri().path().to_owned(),
            text: form.get_or_body("body").to_owned(),
            reply_to,
            nonce: nonce.map_or_else(String::new, |nonce| nonce.as_str().to_owned()),
        }));
    }
    error
}

/// The nonce of this post. A program's nonce counts as it is. A page may send a used nonce with another text: the back
/// button restored the page, or a response was lost and the text was changed before it was sent again. So a page's nonce is
/// scoped to the text: another text is another message.
fn parse_nonce(request: &Request, form: &Form, body: &Text) -> Result<Option<Nonce>, Refusal> {
    if let Some(key) = request.headers().get("idempotency-key") {
        return Nonce::parse(key.to_str().map_err(|_| Refusal::NonceInvalid)?);
    }
    let nonce = Nonce::parse(form.get("nonce").unwrap_or(""))?;
    let from_a_page = is_htmx(request) || is_plain_form(request, form);
    Ok(if from_a_page { nonce.map(|nonce| nonce.scoped_to(body)) } else { nonce })
}

/// Whether a page without a script sent this: a form with fields that accepts a page.
fn is_plain_form(request: &Request, form: &Form) -> bool {
    let asks_for_a_page = matches!(Accept::from_request(request), Accept::Page | Accept::Anything);
    form.has_fields() && asks_for_a_page && !is_htmx(request) && !has_json_body(request)
}

/// The posted message, also if the post is a repetition of an earlier one. The visitor may have lost access to the room since
/// then, and then learns nothing of it, not even its present name.
fn find_posted_message(ctx: &Ctx<'_>, applied: Applied) -> Result<(Room, Message), Error> {
    let Event::MessagePosted { room, message } = applied.event else {
        return Err(Refusal::NonceInvalid.into()); // the nonce was used for something other than a post
    };
    let snapshot = ctx.snapshot()?;
    let room =
        snapshot.visible_room_by_id(room, ctx.visitor.person.as_ref(), now())?.ok_or(Refusal::MessageNotFound)?.room;
    let message = snapshot.message(room.id, message)?.ok_or(Refusal::MessageNotFound)?;
    Ok((room, message))
}

fn respond_posted(request: &Request, form: &Form, room: &Room, message: &Message) -> Result<Response, Error> {
    let path = room.slug.path();
    if is_htmx(request) {
        return Ok(views::messages::message::render_row(&room.slug, message).into_response());
    }
    let created = |response: Response| {
        let location = format!("{path}/messages/{}", message.id);
        response.with_status(StatusCode::CREATED).with_header(LOCATION, location).into_response()
    };
    Ok(match Accept::from_request(request) {
        Accept::Json => created(Json(views::json::MessageJson::from_message(&room.slug, message)).into_response()),
        _ if is_plain_form(request, form) => see_other(&format!("{path}#m{}", message.id)),
        Accept::Anything if has_json_body(request) => {
            created(Json(views::json::MessageJson::from_message(&room.slug, message)).into_response())
        }
        Accept::Text | Accept::Stream | Accept::Anything | Accept::Page => {
            created((views::plain::message_line(message) + "\n").into_response())
        }
    })
}

fn has_json_body(request: &Request) -> bool {
    request.content_type().is_some_and(|kind| kind.starts_with("application/json"))
}
