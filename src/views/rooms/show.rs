//! A room: its messages, who is here, where to write, and the way to other rooms.

use maud::{Markup, Render, html};

use crate::domain::limits::USER_NAME_CHARS_MAX;
use crate::domain::{Cursor, Draft, Message, Person, Quote, ReadState, Room};
use crate::views::layout;
use crate::views::layout::icons::{self, Icon};
use crate::views::messages::{actions, autocomplete, message, pins};
use crate::views::rooms::notifications;
use crate::views::rooms::presence::{self, PresenceList};
use crate::views::rooms::sidebar::{self, SidebarView};
use crate::views::rooms::unread_divider::{self, UnreadDivider};

/// What the page of a room shows.
#[derive(Debug)]
pub struct RoomView<'a> {
    /// What stands beside it, and who looks.
    pub sidebar: &'a SidebarView<'a>,
    /// The room.
    pub room: &'a Room,
    /// Why the viewer, who has a name, may not post here.
    pub muted_reason: Option<&'a str>,
    /// How the viewer reads it, if they have a name.
    pub read_state: Option<&'a ReadState>,
    /// What the viewer has begun to write.
    pub draft: Option<&'a Draft>,
    /// The messages, oldest first.
    pub messages: &'a [Message],
    /// There are older ones.
    pub has_older: bool,
    /// There are newer ones; then this page is not live.
    pub has_newer: bool,
    /// Up to which change this page tells all.
    pub cursor: Cursor,
    /// Who is here.
    pub presence: &'a PresenceList,
    /// How many messages are pinned.
    pub pin_count: usize,
    /// What the first message written here answers.
    pub reply_to: Option<&'a Quote>,
    /// The nonce of the first message written here.
    pub nonce: &'a str,
}

impl RoomView<'_> {
    fn unread_divider(&self) -> UnreadDivider {
        self.read_state.zip(self.sidebar.viewer).map_or(UnreadDivider::None, |(read_state, viewer)| {
            UnreadDivider::find(self.room, read_state, &viewer.author, self.messages, (self.has_older, self.has_newer))
        })
    }
}

/// About how long a row is beside what was said, in bytes.
const ROW_BYTES_ESTIMATE: usize = 832;

/// The page.
pub fn page(view: &RoomView) -> Markup {
    let title = format!("{} · {}", view.room.name, view.sidebar.server_name);
    let viewer = view.sidebar.viewer;
    layout::document(
        &title,
        viewer.map(|viewer| &viewer.author),
        html! {
            a.skip href="#text" { @if viewer.is_some() { "Write a message" } @else { "Take a name" } }
            div.house {
                (sidebar::render_sidebar(view.sidebar))
                main.sheet {
                    header.head {
                        (sidebar::sidebar_button())
                        (room_header(view))
                        (presence::presence_menu(view.presence))
                    }
                    (timeline(view))
                    @match (viewer, view.muted_reason) {
                        (Some(viewer), None) => (composer(view, viewer)),
                        (Some(_), Some(reason)) => (muted_notice(reason)),
                        (None, _) => (sign_in_notice(view)),
                    }
                }
            }
            @if !view.has_newer { (stream_connection(view.room, view.cursor)) }
        },
    )
}

/// What htmx loads on scrolling up: the rows, and the way further up.
pub fn older_fragment(room: &Room, messages: &[Message], older: bool) -> Markup {
    html! {
        (older_link(room, messages, older))
        hx-partial hx-target="#messages" hx-swap="afterbegin" { (TimelineRows(room, messages, UnreadDivider::None)) }
    }
}

/// The same on scrolling down. `since` is where the page has begun: at the present, the stream goes on from there.
pub fn newer_fragment(room: &Room, messages: &[Message], newer: bool, since: Cursor) -> Markup {
    html! {
        (newer_link(room, messages, newer, since))
        @if !newer { (stream_connection(room, since)) }
        hx-partial hx-target="#messages" hx-swap="beforeend" { (TimelineRows(room, messages, UnreadDivider::None)) }
    }
}

fn timeline(view: &RoomView) -> Markup {
    let RoomView { room, messages, .. } = *view;
    let divider = view.unread_divider();
    html! {
        div.timeline {
            // The scroller has one child and runs in reverse: it starts and stays at the bottom without a script.
            div #log role="log" aria-label={ "Messages in " (room.name) } tabindex="0" {
                div {
                    (older_link(room, messages, view.has_older))
                    ol #messages role="list" { (TimelineRows(room, messages, divider)) }
                    @if messages.is_empty() && !view.has_older && !view.has_newer {
                        div.empty { h2 { "Nothing said yet" } p { "The first word is yours." } }
                    }
                    (newer_link(room, messages, view.has_newer, view.cursor))
                    @if let Some(read_state) = view.read_state { (unread_divider::mark_read_button(room, read_state)) }
                    (actions::toolbar(view.sidebar.viewer.is_some() && view.muted_reason.is_none()))
                    div #end data-read=[view.read_state.map(|reading| reading.read_up_to)] {}
                }
            }
            @if let Some(read_state) = view.read_state { (unread_divider::jump_link(divider, room, read_state)) }
            a #pill .pill href=(room.slug.path()) hidden[!view.has_newer] { "Jump to latest" }
            p #state .banner role="status" {}
        }
    }
}

/// The rows. The first has its day above it, also when the day began on an earlier page.
struct TimelineRows<'a>(&'a Room, &'a [Message], UnreadDivider);

/// Into the page's own buffer: as a [`Markup`] of its own, most of the page would be copied once more.
impl Render for TimelineRows<'_> {
    fn render_to(&self, page: &mut String) {
        let Self(room, messages, divider) = self;
        page.reserve(messages.iter().map(|message| ROW_BYTES_ESTIMATE + message.body.len()).sum());
        for (n, message) in messages.iter().enumerate() {
            if n == 0 && !message.grouping.starts_day {
                message::day_divider(&room.slug, message.at).render_to(page);
            }
            divider.render_line(message).render_to(page);
            message::TimelineRow(&room.slug, message).render_to(page);
        }
    }
}

fn older_link(room: &Room, messages: &[Message], has_older: bool) -> Markup {
    html! {
        @if let (true, Some(first)) = (has_older, messages.first()) {
            @let path = room.slug.path();
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

fn newer_link(room: &Room, messages: &[Message], has_newer: bool, since: Cursor) -> Markup {
    html! {
        @if let (true, Some(last)) = (has_newer, messages.last()) {
            @let path = room.slug.path();
            p #newer .edge-link {
                a href={ (path) "?after=" (last.id) } hx-get={ (path) "/newer?after=" (last.id) "&since=" (since) }
                    hx-target="#newer" hx-swap="outerHTML" hx-sync="this:drop"
                    hx-trigger="click, intersect root:#log rootMargin:'0px 0px 400px 0px'" { "Newer messages" }
            }
        }
    }
}

fn composer(view: &RoomView, viewer: &Person) -> Markup {
    let action = format!("{}/messages", view.room.slug.path());
    let label = format!("Message {}", view.room.name);
    // A line feed right after the tag is not part of the text (WHATWG HTML, section 13.1.2.5).
    let draft_text = view.draft.map_or(String::new(), |draft| format!("\n{}", draft.body));
    html! {
        form #composer .composer method="post" action=(action) enctype="multipart/form-data"
            data-person=(viewer.author.id) data-room=(view.room.id.0) {
            div.composer-box {
                (reply_preview(view))
                label.sr for="text" { (label) }
                textarea #text name="body" required rows="1" placeholder=(label) dir="auto"
                    data-completes=(autocomplete::autocomplete_href(view.room)) aria-describedby="say-error" { (draft_text) }
                (message::nonce_field(view.nonce))
                button.icon-button.preview formaction={ (view.room.slug.path()) "/preview" } aria-label="Preview" title="Preview" {
                    (icons::icon(Icon::Eye))
                }
                button.icon-button.send aria-label="Send" title="Send" { (icons::icon(Icon::Send)) }
            }
            p #say-error .error role="alert" {}
            div.composer-foot {
                p #typing .typing role="status" {}
                noscript {
                    a href=(view.room.slug.path()) { "Reload to see what is new" } " "
                    button.link formaction={ (view.room.slug.path()) "/draft" } formnovalidate { "Keep as draft" }
                }
                p #waiting .waiting role="status" {}
                p.hint { "Enter sends, Shift + Enter breaks the line" }
            }
        }
    }
}

/// What is being answered, above what is written, and the way out of answering it.
fn reply_preview(view: &RoomView) -> Markup {
    let room = &view.room.slug;
    html! {
        @if let Some(quote) = view.reply_to {
            div #replying .composer-with {
                (message::quote_link(room, quote))
                input type="hidden" name="reply_to" value=(quote.id);
                (icons::icon_link(&format!("{}#text", room.path()), "Do not reply to this", Icon::Close))
            }
        } @else {
            div #replying hidden {}
        }
    }
}

/// The name of the room, what it is about, and the way to what it is.
fn room_header(view: &RoomView) -> Markup {
    let room = view.room;
    html! {
        div.head-title {
            h1 dir="auto" { (room.name) }
            @if !room.topic.is_empty() { p.topic dir="auto" { (room.topic) } }
        }
        (pins::pins_link(room, view.pin_count))
        @if let Some(read_state) = view.read_state { (notifications::bell_menu(room, read_state)) }
        @if view.sidebar.viewer.is_some() {
            (icons::icon_link(&format!("{}/settings", room.slug.path()), &format!("About {}", room.name), Icon::Gear))
        }
    }
}

/// What stands in the composer's place for whoever may only read.
fn muted_notice(reason: &str) -> Markup {
    html! { p #text .composer-closed tabindex="-1" { (reason) } }
}

/// What stands in the composer's place for whoever has no name yet.
fn sign_in_notice(view: &RoomView) -> Markup {
    html! {
        form.composer-closed method="post" action="/join" aria-label="Take a name" {
            input type="hidden" name="room" value=(view.room.name);
            label for="text" { "Join in as" }
            input #text name="name" required maxlength=(USER_NAME_CHARS_MAX) placeholder="Your name" autocomplete="nickname";
            button.button.primary { "Come in" }
        }
    }
}

/// The one stream of the page: it starts where the page ends, connects again by itself, and rests in a hidden tab.
fn stream_connection(room: &Room, after: Cursor) -> Markup {
    html! {
        div #live hx-sse:connect={ (room.slug.path()) "/live?after=" (after) } hx-swap="none"
            hx-sync="this:drop" hx-trigger="load, visibilitychange from:document, online from:window, every 20s"
            hx-config="sse.reconnectMaxDelay:8s sse.connectTimeout:15s" {}
    }
}
