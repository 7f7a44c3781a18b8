//! The messages of a room: the rows of its page, the links to older and newer ones that htmx follows on scrolling, the
//! stream, and the templates that the page's script clones.

use maud::{Markup, Render, html};

use crate::domain::{Author, Cursor, Message, Room};
use crate::views::messages::{message, pending};
use crate::views::rooms::typing;
use crate::views::rooms::unread_divider::UnreadDivider;

/// About how many bytes a row has beside its message text.
const ROW_BYTES_ESTIMATE: usize = 832;

/// The rows. The first has its day above it, also when the day began on an earlier page.
pub(crate) struct TimelineRows<'a> {
    /// The room.
    pub room: &'a Room,
    /// The messages, oldest first.
    pub messages: &'a [Message],
    /// Where the unread messages begin.
    pub divider: UnreadDivider,
}

/// Writes into the page's own buffer: a [`Markup`] of its own would copy most of the page once more.
impl Render for TimelineRows<'_> {
    fn render_to(&self, page: &mut String) {
        let Self { room, messages, divider } = self;
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

/// What htmx loads on scrolling up: older messages, and the link to those before them.
pub fn older_fragment(room: &Room, messages: &[Message], has_older: bool) -> Markup {
    let rows = TimelineRows { room, messages, divider: UnreadDivider::None };
    html! {
        (older_link(room, messages, has_older))
        hx-partial hx-target="#messages" hx-swap="afterbegin" { (rows) }
    }
}

/// What htmx loads on scrolling down: newer messages, and the link to those after them. The last fragment has the stream
/// instead, from `since`: the cursor at which the page was made.
pub fn newer_fragment(room: &Room, messages: &[Message], has_newer: bool, since: Cursor) -> Markup {
    let rows = TimelineRows { room, messages, divider: UnreadDivider::None };
    html! {
        (newer_link(room, messages, has_newer, since))
        @if !has_newer { (stream_connection(room, since)) }
        hx-partial hx-target="#messages" hx-swap="beforeend" { (rows) }
    }
}

/// The link to older messages, or the empty element that htmx puts in its place.
pub(crate) fn older_link(room: &Room, messages: &[Message], has_older: bool) -> Markup {
    html! {
        @if let (true, Some(first)) = (has_older, messages.first()) {
            p #older .edge-link { (older_anchor(room, first.id.0)) }
        } @else {
            p #older .edge-link {}
        }
    }
}

fn older_anchor(room: &Room, before: u64) -> Markup {
    let path = room.slug.path();
    html! {
        a href={ (path) "?before=" (before) } hx-get={ (path) "/older?before=" (before) } hx-target="#older" hx-swap="outerHTML"
            hx-sync="this:drop" hx-trigger="click, intersect root:#log rootMargin:'400px 0px 0px 0px'" { "Older messages" }
    }
}

/// The link to newer messages, if there are any. `since` is the cursor at which the page was made.
pub(crate) fn newer_link(room: &Room, messages: &[Message], has_newer: bool, since: Cursor) -> Markup {
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

/// The templates that the page's script clones, so that no script has markup of its own. They stand outside the log, which
/// screen readers read out. `composer_of` is the viewer of a page with a composer.
pub(crate) fn templates(room: &Room, composer_of: Option<&Author>) -> Markup {
    html! {
        template #day-divider-template { (message::empty_day_divider()) }
        template #older-link-template { (older_anchor(room, 0)) }
        @if let Some(viewer) = composer_of {
            (pending::templates(viewer))
            template #one-typing-template { (typing::typing_line(&html! {}, 1)) }
            template #many-typing-template { (typing::typing_line(&html! {}, 2)) }
        }
    }
}

/// The one stream of the page. It starts where the page ends, reconnects by itself, and pauses in a hidden tab.
pub(crate) fn stream_connection(room: &Room, after: Cursor) -> Markup {
    html! {
        div #live hx-sse:connect={ (room.slug.path()) "/live?after=" (after) } hx-swap="none"
            hx-sync="this:drop" hx-trigger="load, visibilitychange from:document, online from:window, every 20s"
            hx-config="sse.reconnectMaxDelay:8s sse.connectTimeout:15s" {}
    }
}
