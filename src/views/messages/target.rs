//! The message that a page is about: what its actions, its reactions, its history and the forms about it share.

use maud::Markup;

use crate::domain::{Message, Room, Timestamp};
use crate::views::layout::page;
use crate::views::rooms::sidebar::SidebarView;

/// A page about one message.
#[derive(Debug)]
pub struct MessageView<'a> {
    /// The sidebar, which knows the viewer.
    pub sidebar: &'a SidebarView<'a>,
    /// The room of the message.
    pub room: &'a Room,
    /// The message.
    pub message: &'a Message,
    /// The present, for relative times.
    pub now: Timestamp,
}

impl MessageView<'_> {
    pub(crate) fn path(&self) -> String {
        format!("{}/messages/{}", self.room.slug.path(), self.message.id)
    }

    /// The link back to the message in its room.
    pub(crate) fn cancel_link(&self) -> Markup {
        let (path, id) = (self.room.slug.path(), self.message.id);
        page::back_link(self.room, &format!("{path}?around={id}#m{id}"))
    }
}
