//! What somebody writes, before it is said: read as Markdown, with the names that it speaks of; and shown to them alone.

use std::sync::{Mutex, PoisonError};

use poem::{IntoResponse, Response, Result, handler};
use tokio::sync::Semaphore;
use tokio::task::block_in_place;

use crate::domain::{Body as Text, Input, MessageContent, Person, Refusal};
use crate::engine::now;
use crate::store::Snapshot;
use crate::views;
use crate::views::messages::preview::PreviewView;
use crate::views::text::{self, CodeStyle, NameResolver, RenderedText};
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::messages::post::parse_reply_to;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::response::error::Error;
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
    let room = |address: &_| Some(snapshot.visible_room_by_slug(address, Some(author), now).ok()??.room.slug);
    let names = NameResolver { find_person: &person, find_room: &room };
    if !text::may_contain_code(body.as_str()) {
        return text::render(body, &names, CodeStyle::Plain);
    }
    // Colouring the most tangled code takes a tenth of a second: on a thread that nobody else waits for, and of one text
    // at a time, so that whoever writes such code waits for others who do, and nobody waits for them.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    static PERMITS: Semaphore = Semaphore::const_new(HIGHLIGHTS_AT_ONCE_MAX);
    match PERMITS.try_acquire() {
        Err(_all_taken) => text::render(body, &names, CodeStyle::Plain),
        Ok(_seat) => block_in_place(|| {
            let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
            text::render(body, &names, CodeStyle::Highlighted)
        }),
    }
}

/// A text as it would look, for whoever has written it, and the form to go on.
#[handler]
pub(crate) async fn preview(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["body", "nonce", "reply_to"]).await?;
    preview_response(&ctx, &form)
}

/// Whoever asks for the page of a preview without sending a text goes on writing in the room.
#[handler]
pub(crate) fn redirect_preview(ctx: Ctx<'_>) -> Result<Response, Error> {
    let _snapshot = ctx.snapshot()?;
    Ok(see_other(ctx.room()?.room.slug.path()))
}

fn preview_response(ctx: &Ctx<'_>, form: &Form) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let room = ctx.room()?.room;
    let author = ctx.visitor.person.as_ref().ok_or(Refusal::SignInRequired)?;
    ctx.check_rate(LimitedAction::Post)?; // reading it is most of what a post costs this machine
    let typed = form.get_or_body("body");
    let said = match Input::parse(typed)? {
        Input::Text(text) => text,
        Input::Topic(_) | Input::Help => typed.to_owned(), // which is not said, but done
    };
    let words = render_markdown(&snapshot, author, Text::parse(&said)?);
    let text = RenderedText::from_content(&words);
    let response = if ctx.is_htmx() || ctx.accept() != Accept::Page {
        views::messages::preview::fragment(&text).into_response()
    } else {
        let reply = parse_reply_to(form)?.map_or(Ok(None), |id| show::find_quote(&snapshot, &room, id))?;
        let view = PreviewView {
            server_name: &snapshot.settings()?.name,
            author: &author.author,
            room: &room,
            reply_to: reply.as_ref(),
            source: typed,
            nonce: form.get("nonce").unwrap_or(""),
        };
        views::messages::preview::page(&view, &text).into_response()
    };
    Ok(with_private_cache(response, &ctx.visitor))
}

/// What can be done by a word behind a slash.
pub(crate) fn respond_with_commands(ctx: &Ctx<'_>) -> Result<Response, Error> {
    if ctx.is_htmx() {
        return Ok(views::messages::slash_commands::fragment().into_response());
    }
    Ok(match ctx.accept() {
        Accept::Page => views::messages::slash_commands::page(&ctx.snapshot()?.settings()?.name).into_response(),
        Accept::Json | Accept::Text | Accept::Stream | Accept::Anything => views::plain::command_list().into_response(),
    })
}
