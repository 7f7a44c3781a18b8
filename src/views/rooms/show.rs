//! The page of a room: the sidebar, the head, the messages, and the composer or what replaces it.

use maud::{Markup, html};

use crate::domain::limits::USER_NAME_CHARS_MAX;
use crate::domain::{Author, Cursor, Draft, Message, Person, Quote, ReadState, Room};
use crate::views::layout::html_document::document;
use crate::views::layout::icons::{self, Icon};
use crate::views::messages::{actions, autocomplete, message, pins};
use crate::views::rooms::notifications;
use crate::views::rooms::presence::{self, PresenceList};
use crate::views::rooms::sidebar::{self, SidebarView};
use crate::views::rooms::timeline::{self, TimelineRows};
use crate::views::rooms::unread_divider::{self, UnreadDivider};

/// What the page of a room shows.
#[derive(Debug)]
pub struct RoomView<'a> {
    /// The sidebar, and who looks at the page.
    pub sidebar: &'a SidebarView<'a>,
    /// The room.
    pub room: &'a Room,
    /// Why the viewer may not post here, if they are signed in and may not.
    pub muted_reason: Option<&'a str>,
    /// The read state of the viewer, if they are signed in.
    pub read_state: Option<&'a ReadState>,
    /// The draft of the viewer.
    pub draft: Option<&'a Draft>,
    /// The messages, oldest first.
    pub messages: &'a [Message],
    /// Whether there are older ones.
    pub has_older: bool,
    /// Whether there are newer ones. Then the page has no stream.
    pub has_newer: bool,
    /// The cursor at which the page is made: the page shows all changes up to it.
    pub cursor: Cursor,
    /// Who is here.
    pub presence: &'a PresenceList,
    /// The number of pinned messages.
    pub pin_count: usize,
    /// The message that the composer replies to.
    pub reply_to: Option<&'a Quote>,
    /// The nonce of the first message sent from this page.
    pub nonce: &'a str,
}

impl RoomView<'_> {
    fn unread_divider(&self) -> UnreadDivider {
        self.read_state.zip(self.sidebar.viewer).map_or(UnreadDivider::None, |(read_state, viewer)| {
            UnreadDivider::find(self.room, read_state, &viewer.author, self.messages, (self.has_older, self.has_newer))
        })
    }
}

/// The page.
pub fn page(view: &RoomView) -> Markup {
    let title = format!("{} · {}", view.room.name, view.sidebar.server_name);
    let viewer = view.sidebar.viewer;
    document(
        &title,
        viewer.map(|viewer| &viewer.author),
        html! {
            a.skip href="#text" { @if viewer.is_some() { "Write a message" } @else { "Choose a name" } }
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
            @if !view.has_newer { (timeline::stream_connection(view.room, view.cursor)) }
        },
    )
}

fn timeline(view: &RoomView) -> Markup {
    let RoomView { room, messages, .. } = *view;
    let divider = view.unread_divider();
    html! {
        div.timeline {
            // The scroller has one child and is reversed: it starts and stays at the bottom without a script.
            div #log role="log" aria-label={ "Messages in " (room.name) } tabindex="0" {
                div {
                    (timeline::older_link(room, messages, view.has_older))
                    ol #messages role="list" { (TimelineRows { room, messages, divider }) }
                    @if messages.is_empty() && !view.has_older && !view.has_newer {
                        div.empty { h2 { "Nothing said yet" } p { "The first word is yours." } }
                    }
                    (timeline::newer_link(room, messages, view.has_newer, view.cursor))
                    @if let Some(read_state) = view.read_state { (unread_divider::mark_read_button(room, read_state)) }
                    (actions::toolbar(view.sidebar.viewer.is_some() && view.muted_reason.is_none()))
                    div #end data-read=[view.read_state.map(|read_state| read_state.read_up_to)] {}
                }
            }
            @if let Some(read_state) = view.read_state { (unread_divider::jump_link(divider, room, read_state)) }
            a #pill .pill href=(room.slug.path()) hidden[!view.has_newer] { "Jump to latest" }
            p #state .banner role="status" {}
        }
        (timeline::templates(room, composer_author(view)))
    }
}

/// The viewer, if the page has a composer.
fn composer_author<'a>(view: &RoomView<'a>) -> Option<&'a Author> {
    view.sidebar.viewer.filter(|_| view.muted_reason.is_none()).map(|viewer| &viewer.author)
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
                    a href=(view.room.slug.path()) { "Reload to see new messages" } " "
                    button.link formaction={ (view.room.slug.path()) "/draft" } formnovalidate { "Save draft" }
                }
                p #waiting .waiting role="status" {}
                p.hint { "Enter to send, Shift + Enter for a new line" }
            }
        }
    }
}

/// The message that is replied to, above the text, with a link to cancel the reply.
fn reply_preview(view: &RoomView) -> Markup {
    let room = &view.room.slug;
    html! {
        @if let Some(quote) = view.reply_to {
            div #replying .composer-with {
                (message::quote_link(room, quote))
                input type="hidden" name="reply_to" value=(quote.id);
                (icons::icon_link(&format!("{}#text", room.path()), "Cancel reply", Icon::Close))
            }
        } @else {
            div #replying hidden {}
        }
    }
}

/// The name and topic of the room, and links to its pins, notifications and settings.
fn room_header(view: &RoomView) -> Markup {
    let room = view.room;
    html! {
        div.head-title {
            h1 dir="auto" { (room.name) }
            @if !room.topic.is_empty() { p.topic dir="auto" { (room.topic) } }
        }
        (pins::pins_link(room, view.pin_count))
        @if let Some(read_state) = view.read_state { (notifications::menu(room, read_state)) }
        @if view.sidebar.viewer.is_some() {
            (icons::icon_link(&format!("{}/settings", room.slug.path()), "Room settings", Icon::Gear))
        }
    }
}

/// Replaces the composer for a viewer who may only read.
fn muted_notice(reason: &str) -> Markup {
    html! { p #text .composer-closed tabindex="-1" { (reason) } }
}

/// Replaces the composer for a reader who is not signed in.
fn sign_in_notice(view: &RoomView) -> Markup {
    html! {
        form.composer-closed method="post" action="/join" aria-label="Join" {
            input type="hidden" name="room" value=(view.room.name);
            label for="text" { "Join as" }
            input #text name="name" required maxlength=(USER_NAME_CHARS_MAX) placeholder="Your name" autocomplete="nickname";
            button.button.primary { "Join" }
        }
    }
}
