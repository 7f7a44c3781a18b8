//! What somebody writes, before it is said: read as Markdown, with the names that it speaks of; and shown to them alone.

use std::sync::{Arc, Mutex, PoisonError};

use poem::web::Data;
use poem::{Body, IntoResponse, Request, Response, Result, handler};
use tokio::sync::Semaphore;
use tokio::task::block_in_place;

use super::House;
use super::accept::{Accept, is_htmx};
use super::answers::{private, see_other};
use super::form::Form;
use super::messages::answered;
use super::pace::{self, Deed};
use super::rooms;
use super::visitor::Visitor;
use crate::domain::{Body as Text, Person, Refusal, Said, Words};
use crate::engine::{Problem, now};
use crate::store::Snapshot;
use crate::views;
use crate::views::preview::View;
use crate::views::text::{self, Code, Names, Shown};

/// How many texts with code may be read or wait for it: each holds a thread. Of more at once the code keeps the colour of
/// text, and nobody is refused.
const COLOURED_AT_ONCE_MAX: usize = 16;

/// Reads a text as Markdown. Whom and what it speaks of is looked up as it is at this moment, and as its author may see it.
pub(super) fn rendered(snapshot: &Snapshot, author: &Person, body: Text) -> Words {
    let now = now();
    // A name that cannot be read now is only text; whoever asks hears of the broken file by what they ask next.
    let person = |name: &_| snapshot.person_named(name).ok().flatten().map(|person| person.author);
    let room = |address: &_| Some(snapshot.sight(address, Some(author), now).ok()??.room.address);
    let names = Names { person: &person, room: &room };
    if !text::may_hold_code(body.as_str()) {
        return text::render(body, &names, Code::Plain);
    }
    // Colouring the most tangled code takes a tenth of a second: on a thread that nobody else waits for, and of one text
    // at a time, so that whoever writes such code waits for others who do, and nobody waits for them.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    static SEATS: Semaphore = Semaphore::const_new(COLOURED_AT_ONCE_MAX);
    match SEATS.try_acquire() {
        Err(_all_taken) => text::render(body, &names, Code::Plain),
        Ok(_seat) => block_in_place(|| {
            let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
            text::render(body, &names, Code::Coloured)
        }),
    }
}

/// A text as it would look, for whoever has written it, and the form to go on.
#[handler]
pub(super) async fn preview(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["body", "nonce", "reply_to"]).await.map_err(Problem::Refused)?;
    Ok(shown(request, house, &visitor, &form)?)
}

/// Whoever asks for the page of a preview without sending a text goes on writing in the room.
#[handler]
pub(super) fn back(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    Ok(see_other(house.room(&snapshot, request, &visitor)?.room.address.path()))
}

fn shown(request: &Request, house: &House, visitor: &Visitor, form: &Form) -> Result<Response, Problem> {
    let snapshot = house.store.snapshot()?;
    let room = house.room(&snapshot, request, visitor)?.room;
    let author = visitor.person.as_ref().ok_or(Refusal::NameNeeded)?;
    pace::take(request, Some(author.author.id), Deed::Post)?; // reading it is most of what a post costs this machine
    let typed = form.get_or_text("body");
    let said = match Said::parse(typed)? {
        Said::Text(text) => text,
        Said::Topic(_) | Said::Help => typed.to_owned(), // which is not said, but done
    };
    let words = rendered(&snapshot, author, Text::parse(&said)?);
    let text = Shown::of(&words);
    let response = if is_htmx(request) || Accept::of(request) != Accept::Page {
        views::preview::fragment(&text).into_response()
    } else {
        let reply = answered(form)?.map_or(Ok(None), |id| rooms::quote(&snapshot, &room, id))?;
        let view = View {
            house: &snapshot.house()?.name,
            author: &author.author,
            room: &room,
            reply: reply.as_ref(),
            typed,
            nonce: form.get("nonce").unwrap_or(""),
        };
        views::preview::page(&view, &text).into_response()
    };
    Ok(private(response, visitor))
}

/// What can be done by a word behind a slash.
pub(super) fn help(request: &Request, house: &House) -> Result<Response, Problem> {
    if is_htmx(request) {
        return Ok(views::slash::told().into_response());
    }
    Ok(match Accept::of(request) {
        Accept::Page => views::slash::page(&house.store.snapshot()?.house()?.name).into_response(),
        Accept::Json | Accept::Text | Accept::Stream | Accept::Anything => views::plain::commands().into_response(),
    })
}
