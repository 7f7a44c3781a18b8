//! What is new in a room for the one person who looks: the line above it, the way to it, and, without a script, the button
//! that says that it has been read. The rows themselves are the same for everybody.

use maud::{Markup, html};

use crate::domain::{Author, Kind, Message, MessageId, Reading, Room, Seq};

/// Where on a page begins what its viewer has not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fresh {
    /// Nowhere: they have read all of it, or what they have not read comes later.
    Nowhere,
    /// With this message, and there is so much of it.
    From(MessageId, u64),
    /// Before the page.
    Earlier(u64),
}

impl Fresh {
    /// On a page of these messages of a room, before and after which there may be more.
    pub fn of(
        room: &Room,
        reading: &Reading,
        viewer: &Author,
        messages: &[Message],
        (older, newer): (bool, bool),
    ) -> Self {
        // Whoever has never read in a room for all is told of what speaks to them alone: where that is, nothing tells.
        let is_told = reading.unread > 0 && (reading.read > Seq(0) || room.kind == Kind::Direct);
        let is_fresh = |message: &&Message| message.id > reading.read && message.author.id != viewer.id;
        let Some(first) = messages.iter().find(is_fresh).filter(|_| is_told) else { return Self::Nowhere };
        let on_page = messages.iter().filter(|message| message.id > reading.read).count() as u64;
        let reaches_back = !older || messages.first().is_some_and(|message| message.id <= reading.read);
        if reaches_back || (!newer && on_page >= reading.unread) {
            Self::From(first.id, reading.unread)
        } else {
            Self::Earlier(reading.unread)
        }
    }

    /// The line above this message, if what is new begins with it.
    pub fn line(self, message: &Message) -> Markup {
        html! {
            @if let Self::From(first, count) = self {
                @if first == message.id { li #new .new-line { (words(count)) } }
            }
        }
    }
}

fn words(count: u64) -> String {
    format!("{count} new message{}", if count == 1 { "" } else { "s" })
}

/// The way to what is new: shown by the script while the line is out of sight, and always where it is on another page.
pub(super) fn way(fresh: Fresh, room: &Room, reading: &Reading) -> Markup {
    let path = room.address.path();
    html! {
        @match fresh {
            Fresh::Nowhere => {},
            Fresh::From(_, count) => a #first-new .pill.above href="#new" hidden { (words(count)) },
            Fresh::Earlier(count) => {
                a #first-new .pill.above href={ (path) "?around=" (reading.read) "#new" } { (words(count)) }
            },
        }
    }
}

/// The button that says that all of this has been read, for whoever has no script to say it.
pub(super) fn button(room: &Room, reading: &Reading) -> Markup {
    html! {
        @if reading.moves_to(reading.last) {
            noscript {
                form.edge-link method="post" action={ (room.address.path()) "/read" } {
                    input type="hidden" name="seq" value=(reading.last);
                    button.link { "Mark as read" }
                }
            }
        }
    }
}
