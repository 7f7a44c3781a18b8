//! Messages: saying something, and finding what was said.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::http::header::LOCATION;
use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use super::accept::{Accept, is_htmx};
use super::answers::see_other;
use super::changing::named;
use super::form::Form;
use super::pace::{self, Deed};
use super::problem::Unsent;
use super::reading::Means;
use super::visitor::Visitor;
use super::{House, blocks, reading, room_settings, writing};
use crate::domain::{Body as Text, Command, Done, Event, Message, MessageId, Nonce, Refusal, Room, Said, Seq};
use crate::engine::{Problem, now};
use crate::views;

/// Somebody says something.
#[handler]
pub(super) async fn post(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["body", "nonce", "reply_to"]).await.map_err(Problem::Refused)?;
    let answer = do_as_said(house, request, &visitor, &form).await;
    answer.map_err(|problem| kept(problem, request, &form))
}

/// The way to one message.
#[handler]
pub(super) fn permalink(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let room = house.room(&snapshot, request, &visitor)?.room;
    let id = named(&snapshot, request, &room)?.id;
    Ok(see_other(&format!("{}?around={id}#m{id}", room.address.path())))
}

/// Says it, or does what the word behind its slash is for.
async fn do_as_said(house: &House, request: &Request, visitor: &Visitor, form: &Form) -> Result<Response, Problem> {
    match Said::parse(form.get_or_text("body"))? {
        Said::Text(text) => {
            let done = say(house, request, visitor, form, &text).await?;
            let (room, message) = said(house, visitor, done)?;
            let means = match (is_plain_form(request, form), is_htmx(request)) {
                (true, _) => Means::Form,
                (false, true) => Means::Script,
                (false, false) => Means::Program,
            };
            reading::sent(House::of(request), visitor, &room, message.id, means).await;
            shown(request, form, &room, &message)
        }
        Said::Topic(topic) => {
            let room = house.room(&house.store.snapshot()?, request, visitor)?.room;
            room_settings::set_topic(request, house, visitor, &room, &topic).await
        }
        Said::Help => writing::help(request, house),
    }
}

async fn say(house: &House, request: &Request, visitor: &Visitor, form: &Form, text: &str) -> Result<Done, Problem> {
    let snapshot = house.store.snapshot()?;
    let room = house.room(&snapshot, request, visitor)?.room.id;
    // Who may not speak is told so before anything is said about what they wrote.
    let person = visitor.person.as_ref().ok_or(Refusal::NameNeeded)?;
    pace::take(request, Some(person.author.id), Deed::Post)?;
    blocks::refuse(&snapshot, request, visitor)?;
    let body = Text::parse(text)?;
    let nonce = nonce(request, form, &body)?;
    let reply_to = answered(form)?;
    let words = writing::rendered(&snapshot, person, body);
    drop(snapshot);
    let command = Command::Post { room, words, reply_to };
    house.engine.execute(visitor.speaker()?, nonce, command).await
}

/// What a message answers, if it does.
pub(super) fn answered(form: &Form) -> Result<Option<MessageId>, Refusal> {
    match form.get("reply_to").unwrap_or("").trim() {
        "" => Ok(None),
        id => Ok(Some(Seq(id.parse().map_err(|_| Refusal::FieldInvalid("reply_to"))?))),
    }
}

/// A problem that keeps what was said, where the browser forgets it: a page with a script has it still.
fn kept(problem: Problem, request: &Request, form: &Form) -> poem::Error {
    let mut error = poem::Error::from(problem);
    if Accept::of(request) == Accept::Page && is_plain_form(request, form) {
        let reply_to = answered(form).ok().flatten().map_or_else(String::new, |id| id.to_string());
        let nonce = Nonce::parse(form.get("nonce").unwrap_or("")).ok().flatten(); // one that is none would fail for ever
        error.set_data(Unsent(views::problem::Unsent {
            action: request.uri().path().to_owned(),
            text: form.get_or_text("body").to_owned(),
            reply_to,
            nonce: nonce.map_or_else(String::new, |nonce| nonce.as_str().to_owned()),
        }));
    }
    error
}

/// What the sender calls this message. A program that names it means the name. A page may send a nonce that is spent:
/// the back button brought it from the browser's cache, or an answer got lost and the words were changed before they
/// were sent again. Other words under it are another message.
fn nonce(request: &Request, form: &Form, body: &Text) -> Result<Option<Nonce>, Refusal> {
    if let Some(key) = request.headers().get("idempotency-key") {
        return Nonce::parse(key.to_str().map_err(|_| Refusal::NonceInvalid)?);
    }
    let nonce = Nonce::parse(form.get("nonce").unwrap_or(""))?;
    let from_a_page = is_htmx(request) || is_plain_form(request, form);
    Ok(if from_a_page { nonce.map(|nonce| nonce.of(body)) } else { nonce })
}

/// Whether this was sent by a page without a script: a form with fields, which asks for nothing but a page.
fn is_plain_form(request: &Request, form: &Form) -> bool {
    let asks_for_a_page = matches!(Accept::of(request), Accept::Page | Accept::Anything);
    form.has_fields() && asks_for_a_page && !is_htmx(request) && !is_json(request)
}

/// What a post led to, this time or the first time that its nonce was sent. Since then it may have become a room that the
/// visitor does not see: of that they learn nothing, not even what it is called now.
fn said(house: &House, visitor: &Visitor, done: Done) -> Result<(Room, Message), Problem> {
    let Event::Posted { room, message } = done.event else {
        return Err(Refusal::NonceInvalid.into()); // only posts have nonces today; one spent on anything else is no message
    };
    let snapshot = house.store.snapshot()?;
    let room = snapshot.sight_by_id(room, visitor.person.as_ref(), now())?.ok_or(Refusal::MessageUnknown)?.room;
    let message = snapshot.message(room.id, message)?.ok_or(Refusal::MessageUnknown)?;
    Ok((room, message))
}

fn shown(request: &Request, form: &Form, room: &Room, message: &Message) -> Result<Response, Problem> {
    let path = room.address.path();
    if is_htmx(request) {
        return Ok(views::message::row(&room.address, message).into_response());
    }
    let created = |response: Response| {
        let location = format!("{path}/messages/{}", message.id);
        response.with_status(StatusCode::CREATED).with_header(LOCATION, location).into_response()
    };
    Ok(match Accept::of(request) {
        Accept::Json => created(Json(views::json::Message::of(&room.address, message)).into_response()),
        _ if is_plain_form(request, form) => see_other(&format!("{path}#m{}", message.id)),
        Accept::Anything if is_json(request) => {
            created(Json(views::json::Message::of(&room.address, message)).into_response())
        }
        Accept::Text | Accept::Stream | Accept::Anything | Accept::Page => {
            created((views::plain::line(message) + "\n").into_response())
        }
    })
}

fn is_json(request: &Request) -> bool {
    request.content_type().is_some_and(|kind| kind.starts_with("application/json"))
}
