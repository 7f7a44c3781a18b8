//! The unread messages of a room for one viewer: the line above the first, the link to it, and, without a script, the
//! button that marks them as read. The rows of the messages are the same for everyone.

use maud::{Markup, html};

use crate::domain::{Author, Message, MessageId, ReadState, Room, Seq, Visibility};

/// Where the unread messages begin on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnreadDivider {
    /// Not on this page: all its messages are read, or the unread ones come later.
    None,
    /// Before this message; the number of unread messages.
    Before(MessageId, u64),
    /// On an earlier page; the number of unread messages.
    Earlier(u64),
}

impl UnreadDivider {
    /// Finds the divider on a page of messages, before and after which there may be more.
    pub fn find(
        room: &Room,
        read_state: &ReadState,
        viewer: &Author,
        messages: &[Message],
        (has_older, has_newer): (bool, bool),
    ) -> Self {
        // In an open room without a read mark, only mentions count as unread, and nothing says where they are.
        let has_divider =
            read_state.unread > 0 && (read_state.read_up_to > Seq(0) || room.visibility == Visibility::Direct);
        let is_unread = |message: &&Message| message.id > read_state.read_up_to && message.author.id != viewer.id;
        let Some(first) = messages.iter().find(is_unread).filter(|_| has_divider) else { return Self::None };
        let unread_on_page = messages.iter().filter(|message| message.id > read_state.read_up_to).count() as u64;
        let reaches_back = !has_older || messages.first().is_some_and(|message| message.id <= read_state.read_up_to);
        if reaches_back || (!has_newer && unread_on_page >= read_state.unread) {
            Self::Before(first.id, read_state.unread)
        } else {
            Self::Earlier(read_state.unread)
        }
    }

    /// The line above this message, if the unread messages begin with it.
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

/// The link to the first unread message. The script shows it while the line is out of sight; it is always visible if the
/// line is on another page.
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

/// The button that marks the room as read, for a page without a script.
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
