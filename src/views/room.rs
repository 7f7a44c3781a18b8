//! A room: its messages, who is here, where to write, and the way to other rooms.

use maud::{Markup, Render, html};

use super::fresh::{self, Fresh};
use super::icons::{self, Icon};
use super::involvement;
use super::people::{self, Here};
use super::sidebar::{self, Places};
use super::{actions, completing, layout, message, pins};
use crate::domain::limits::NAME_CHARS_MAX;
use crate::domain::{Cursor, Draft, Message, Person, Quote, Reading, Room};

/// What the page of a room shows.
#[derive(Debug)]
pub struct View<'a> {
    /// What stands beside it, and who looks.
    pub places: &'a Places<'a>,
    /// The room.
    pub room: &'a Room,
    /// Why the viewer, who has a name, may not post here.
    pub silenced: Option<&'a str>,
    /// How the viewer reads it, if they have a name.
    pub reading: Option<&'a Reading>,
    /// What the viewer has begun to write.
    pub draft: Option<&'a Draft>,
    /// The messages, oldest first.
    pub messages: &'a [Message],
    /// There are older ones.
    pub older: bool,
    /// There are newer ones; then this page is not live.
    pub newer: bool,
    /// Up to which change this page tells all.
    pub cursor: Cursor,
    /// Who is here.
    pub here: &'a Here,
    /// How many messages are pinned.
    pub pins: usize,
    /// What the first message written here answers.
    pub reply: Option<&'a Quote>,
    /// The nonce of the first message written here.
    pub nonce: &'a str,
}

impl View<'_> {
    fn fresh(&self) -> Fresh {
        self.reading.zip(self.places.viewer).map_or(Fresh::Nowhere, |(reading, viewer)| {
            Fresh::of(self.room, reading, &viewer.author, self.messages, (self.older, self.newer))
        })
    }
}

/// About how long a row is beside what was said, in bytes.
const ROW_BYTES: usize = 832;

/// The page.
pub fn page(view: &View) -> Markup {
    let title = format!("{} · {}", view.room.name, view.places.house);
    let viewer = view.places.viewer;
    layout::document(
        &title,
        viewer.map(|viewer| &viewer.author),
        html! {
            a.skip href="#text" { @if viewer.is_some() { "Write a message" } @else { "Take a name" } }
            div.house {
                (sidebar::sidebar(view.places))
                main.sheet {
                    header.head {
                        (sidebar::button())
                        (head(view))
                        (people::here(view.here))
                    }
                    (timeline(view))
                    @match (viewer, view.silenced) {
                        (Some(viewer), None) => (composer(view, viewer)),
                        (Some(_), Some(why)) => (silenced(why)),
                        (None, _) => (closed(view)),
                    }
                }
            }
            @if !view.newer { (stream(view.room, view.cursor)) }
        },
    )
}

/// What htmx loads on scrolling up: the rows, and the way further up.
pub fn older(room: &Room, messages: &[Message], older: bool) -> Markup {
    html! {
        (older_link(room, messages, older))
        hx-partial hx-target="#messages" hx-swap="afterbegin" { (Rows(room, messages, Fresh::Nowhere)) }
    }
}

/// The same on scrolling down. `since` is where the page has begun: at the present, the stream goes on from there.
pub fn newer(room: &Room, messages: &[Message], newer: bool, since: Cursor) -> Markup {
    html! {
        (newer_link(room, messages, newer, since))
        @if !newer { (stream(room, since)) }
        hx-partial hx-target="#messages" hx-swap="beforeend" { (Rows(room, messages, Fresh::Nowhere)) }
    }
}

fn timeline(view: &View) -> Markup {
    let View { room, messages, .. } = *view;
    let fresh = view.fresh();
    html! {
        div.timeline {
            // The scroller has one child and runs in reverse: it starts and stays at the bottom without a script.
            div #log role="log" aria-label={ "Messages in " (room.name) } tabindex="0" {
                div {
                    (older_link(room, messages, view.older))
                    ol #messages role="list" { (Rows(room, messages, fresh)) }
                    @if messages.is_empty() && !view.older && !view.newer {
                        div.empty { h2 { "Nothing said yet" } p { "The first word is yours." } }
                    }
                    (newer_link(room, messages, view.newer, view.cursor))
                    @if let Some(reading) = view.reading { (fresh::button(room, reading)) }
                    (actions::tools(view.places.viewer.is_some() && view.silenced.is_none()))
                    div #end data-read=[view.reading.map(|reading| reading.read)] {}
                }
            }
            @if let Some(reading) = view.reading { (fresh::way(fresh, room, reading)) }
            a #pill .pill href=(room.address.path()) hidden[!view.newer] { "Jump to latest" }
            p #state .banner role="status" {}
        }
    }
}

/// The rows. The first has its day above it, also when the day began on an earlier page.
struct Rows<'a>(&'a Room, &'a [Message], Fresh);

/// Into the page's own buffer: as a [`Markup`] of its own, most of the page would be copied once more.
impl Render for Rows<'_> {
    fn render_to(&self, page: &mut String) {
        let Self(room, messages, fresh) = self;
        page.reserve(messages.iter().map(|message| ROW_BYTES + message.body.len()).sum());
        for (n, message) in messages.iter().enumerate() {
            if n == 0 && !message.place.opens_day {
                message::day(&room.address, message.at).render_to(page);
            }
            fresh.line(message).render_to(page);
            message::Row(&room.address, message).render_to(page);
        }
    }
}

fn older_link(room: &Room, messages: &[Message], older: bool) -> Markup {
    html! {
        @if let (true, Some(first)) = (older, messages.first()) {
            @let path = room.address.path();
            p #older .edge-link {
                a href={ (path) "?before=" (first.id) } hx-get={ (path) "/older?before=" (first.id) } hx-target="#older"
                    hx-swap="outerHTML" hx-sync="this:drop"
                    hx-trigger="click, intersect root:#log rootMargin:'400px 0px 0px 0px'" { "Older messages" }
            }
        } @else {
            p #older .edge-link {}
        }
    }
}

fn newer_link(room: &Room, messages: &[Message], newer: bool, since: Cursor) -> Markup {
    html! {
        @if let (true, Some(last)) = (newer, messages.last()) {
            @let path = room.address.path();
            p #newer .edge-link {
                a href={ (path) "?after=" (last.id) } hx-get={ (path) "/newer?after=" (last.id) "&since=" (since) }
                    hx-target="#newer" hx-swap="outerHTML" hx-sync="this:drop"
                    hx-trigger="click, intersect root:#log rootMargin:'0px 0px 400px 0px'" { "Newer messages" }
            }
        }
    }
}

fn composer(view: &View, viewer: &Person) -> Markup {
    let action = format!("{}/messages", view.room.address.path());
    let label = format!("Message {}", view.room.name);
    // A line feed right after the tag is not part of the text (WHATWG HTML, section 13.1.2.5).
    let written = view.draft.map_or(String::new(), |draft| format!("\n{}", draft.body));
    html! {
        form #composer .composer method="post" action=(action) enctype="multipart/form-data"
            data-person=(viewer.author.id) data-room=(view.room.id.0) {
            div.composer-box {
                (replying(view))
                label.sr for="text" { (label) }
                textarea #text name="body" required rows="1" placeholder=(label) dir="auto"
                    data-completes=(completing::address(view.room)) aria-describedby="say-error" { (written) }
                (message::nonce(view.nonce))
                button.icon-button.preview formaction={ (view.room.address.path()) "/preview" } aria-label="Preview" title="Preview" {
                    (icons::icon(Icon::Eye))
                }
                button.icon-button.send aria-label="Send" title="Send" { (icons::icon(Icon::Send)) }
            }
            p #say-error .error role="alert" {}
            div.composer-foot {
                p #typing .typing role="status" {}
                noscript {
                    a href=(view.room.address.path()) { "Reload to see what is new" } " "
                    button.link formaction={ (view.room.address.path()) "/draft" } formnovalidate { "Keep as draft" }
                }
                p #waiting .waiting role="status" {}
                p.hint { "Enter sends, Shift + Enter breaks the line" }
            }
        }
    }
}

/// What is being answered, above what is written, and the way out of answering it.
fn replying(view: &View) -> Markup {
    let room = &view.room.address;
    html! {
        @if let Some(quote) = view.reply {
            div #replying .composer-with {
                (message::quoted(room, quote))
                input type="hidden" name="reply_to" value=(quote.id);
                (icons::link(&format!("{}#text", room.path()), "Do not reply to this", Icon::Close))
            }
        } @else {
            div #replying hidden {}
        }
    }
}

/// The name of the room, what it is about, and the way to what it is.
fn head(view: &View) -> Markup {
    let room = view.room;
    html! {
        div.head-title {
            h1 dir="auto" { (room.name) }
            @if !room.topic.is_empty() { p.topic dir="auto" { (room.topic) } }
        }
        (pins::way(room, view.pins))
        @if let Some(reading) = view.reading { (involvement::bell(room, reading)) }
        @if view.places.viewer.is_some() {
            (icons::link(&format!("{}/settings", room.address.path()), &format!("About {}", room.name), Icon::Gear))
        }
    }
}

/// What stands in the composer's place for whoever may only read.
fn silenced(why: &str) -> Markup {
    html! { p #text .composer-closed tabindex="-1" { (why) } }
}

/// What stands in the composer's place for whoever has no name yet.
fn closed(view: &View) -> Markup {
    html! {
        form.composer-closed method="post" action="/enter" aria-label="Take a name" {
            input type="hidden" name="room" value=(view.room.name);
            label for="text" { "Join in as" }
            input #text name="name" required maxlength=(NAME_CHARS_MAX) placeholder="Your name" autocomplete="nickname";
            button.button.primary { "Come in" }
        }
    }
}

/// The one stream of the page: it starts where the page ends, connects again by itself, and rests in a hidden tab.
fn stream(room: &Room, after: Cursor) -> Markup {
    html! {
        div #live hx-sse:connect={ (room.address.path()) "/live?after=" (after) } hx-swap="none"
            hx-sync="this:drop" hx-trigger="load, visibilitychange from:document, online from:window, every 20s"
            hx-config="sse.reconnectMaxDelay:8s sse.connectTimeout:15s" {}
    }
}
