//! What is new in a room for the one person who looks: the line above it, the way to it, and, without a script, the button
//! that says that it has been read. The rows themselves are the same for everybody.

use maud::{Markup, html};

use crate::domain::{Author, Message, MessageId, ReadState, Room, Seq, Visibility};

/// Where on a page begins what its viewer has not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnreadDivider {
    /// Nowhere: they have read all of it, or what they have not read comes later.
    None,
    /// With this message, and there is so much of it.
    Before(MessageId, u64),
    /// Before the page.
    Earlier(u64),
}

impl UnreadDivider {
    /// On a page of these messages of a room, before and after which there may be more.
    pub fn find(
        room: &Room,
        read_state: &ReadState,
        viewer: &Author,
        messages: &[Message],
        (has_older, has_newer): (bool, bool),
    ) -> Self {
        // Whoever has never read in a room for all is told of what speaks to them alone: where that is, nothing tells.
        let has_divider =
            read_state.unread > 0 && (read_state.read_up_to > Seq(0) || room.visibility == Visibility::Direct);
        let is_unread = |message: &&Message| message.id > read_state.read_up_to && message.author.id != viewer.id;
        let Some(first) = messages.iter().find(is_unread).filter(|_| has_divider) else { return Self::None };
        let on_page = messages.iter().filter(|message| message.id > read_state.read_up_to).count() as u64;
        let reaches_back = !has_older || messages.first().is_some_and(|message| message.id <= read_state.read_up_to);
        if reaches_back || (!has_newer && on_page >= read_state.unread) {
            Self::Before(first.id, read_state.unread)
        } else {
            Self::Earlier(read_state.unread)
        }
    }

    /// The line above this message, if what is new begins with it.
    pub fn render_line(self, message: &Message) -> Markup {
        html! {
            @if let Self::Before(first, count) = self {
                @if first == message.id { li #new .new-line { (unread_text(count)) } }
            }
        }
    }
}

fn unread_text(count: u64) -> String {
    format!("{count} new message{}", if count == 1 { "" } else { "s" })
}

/// The way to what is new: shown by the script while the line is out of sight, and always where it is on another page.
pub(crate) fn jump_link(divider: UnreadDivider, room: &Room, read_state: &ReadState) -> Markup {
    let path = room.slug.path();
    html! {
        @match divider {
            UnreadDivider::None => {},
            UnreadDivider::Before(_, count) => a #first-new .pill.above href="#new" hidden { (unread_text(count)) },
            UnreadDivider::Earlier(count) => {
                a #first-new .pill.above href={ (path) "?around=" (read_state.read_up_to) "#new" } { (unread_text(count)) }
            },
        }
    }
}

/// The button that says that all of this has been read, for whoever has no script to say it.
pub(crate) fn mark_read_button(room: &Room, read_state: &ReadState) -> Markup {
    html! {
        @if read_state.would_advance_to(read_state.last_message) {
            noscript {
                form.edge-link method="post" action={ (room.slug.path()) "/read" } {
                    input type="hidden" name="seq" value=(read_state.last_message);
                    button.link { "Mark as read" }
                }
            }
        }
    }
}
