//! What somebody writes, before it is said: read as Markdown, with the names that it speaks of; and shown to them alone.

use std::sync::{Arc, Mutex, PoisonError};

use poem::web::Data;
use poem::{Body, IntoResponse, Request, Response, Result, handler};
use tokio::sync::Semaphore;
use tokio::task::block_in_place;

use crate::domain::{Body as Text, Input, MessageContent, Person, Refusal};
use crate::engine::{Error, now};
use crate::store::Snapshot;
use crate::views;
use crate::views::messages::preview::PreviewView;
use crate::views::text::{self, Code, Names, Shown};
use crate::web::AppState;
use crate::web::auth::visitor::Visitor;
use crate::web::limits::rate_limits::{self, LimitedAction};
use crate::web::messages::post::parse_reply_to;
use crate::web::request::accept::{Accept, is_htmx};
use crate::web::request::form::Form;
use crate::web::response::{see_other, with_private_cache};
use crate::web::rooms::show;

/// How many texts with code may be read or wait for it: each holds a thread. Of more at once the code keeps the colour of
/// text, and nobody is refused.
const HIGHLIGHTS_AT_ONCE_MAX: usize = 16;

/// Reads a text as Markdown. Whom and what it speaks of is looked up as it is at this moment, and as its author may see it.
pub(crate) fn render_markdown(snapshot: &Snapshot, author: &Person, body: Text) -> MessageContent {
    let now = now();
    // A name that cannot be read now is only text; whoever asks hears of the broken file by what they ask next.
    let person = |name: &_| snapshot.person_by_name(name).ok().flatten().map(|person| person.author);
    let room = |address: &_| Some(snapshot.visible_room(address, Some(author), now).ok()??.room.slug);
    let names = Names { person: &person, room: &room };
    if !text::may_hold_code(body.as_str()) {
        return text::render(body, &names, Code::Plain);
    }
    // Colouring the most tangled code takes a tenth of a second: on a thread that nobody else waits for, and of one text
    // at a time, so that whoever writes such code waits for others who do, and nobody waits for them.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    static PERMITS: Semaphore = Semaphore::const_new(HIGHLIGHTS_AT_ONCE_MAX);
    match PERMITS.try_acquire() {
        Err(_all_taken) => text::render(body, &names, Code::Plain),
        Ok(_seat) => block_in_place(|| {
            let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
            text::render(body, &names, Code::Coloured)
        }),
    }
}

/// A text as it would look, for whoever has written it, and the form to go on.
#[handler]
pub(crate) async fn preview(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["body", "nonce", "reply_to"]).await.map_err(Error::Refused)?;
    Ok(preview_response(request, house, &visitor, &form)?)
}

/// Whoever asks for the page of a preview without sending a text goes on writing in the room.
#[handler]
pub(crate) fn redirect_preview(
    request: &Request,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    let snapshot = house.store.snapshot().map_err(Error::Internal)?;
    Ok(see_other(house.find_room(&snapshot, request, &visitor)?.room.slug.path()))
}

fn preview_response(request: &Request, house: &AppState, visitor: &Visitor, form: &Form) -> Result<Response, Error> {
    let snapshot = house.store.snapshot()?;
    let room = house.find_room(&snapshot, request, visitor)?.room;
    let author = visitor.person.as_ref().ok_or(Refusal::SignInRequired)?;
    rate_limits::check(request, Some(author.author.id), LimitedAction::Post)?; // reading it is most of what a post costs this machine
    let typed = form.get_or_body("body");
    let said = match Input::parse(typed)? {
        Input::Text(text) => text,
        Input::Topic(_) | Input::Help => typed.to_owned(), // which is not said, but done
    };
    let words = render_markdown(&snapshot, author, Text::parse(&said)?);
    let text = Shown::of(&words);
    let response = if is_htmx(request) || Accept::from_request(request) != Accept::Page {
        views::messages::preview::fragment(&text).into_response()
    } else {
        let reply = parse_reply_to(form)?.map_or(Ok(None), |id| show::find_quote(&snapshot, &room, id))?;
        let view = PreviewView {
            server_name: &snapshot.settings()?.name,
            author: &author.author,
            room: &room,
            reply: reply.as_ref(),
            typed,
            nonce: form.get("nonce").unwrap_or(""),
        };
        views::messages::preview::page(&view, &text).into_response()
    };
    Ok(with_private_cache(response, visitor))
}

/// What can be done by a word behind a slash.
pub(crate) fn respond_with_commands(request: &Request, house: &AppState) -> Result<Response, Error> {
    if is_htmx(request) {
        return Ok(views::messages::slash_commands::fragment().into_response());
    }
    Ok(match Accept::from_request(request) {
        Accept::Page => {
            views::messages::slash_commands::page(&house.store.snapshot()?.settings()?.name).into_response()
        }
        Accept::Json | Accept::Text | Accept::Stream | Accept::Anything => views::plain::command_list().into_response(),
    })
}
