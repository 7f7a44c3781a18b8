//! The actions on a message: a page of them, the same as a menu, and the toolbar that the script of a room's page moves to
//! the message in use. Most actions are links to pages of their own.

use maud::{Markup, html};

use crate::domain::{MessageId, Room};
use crate::views::layout::icons::{self, Icon};
use crate::views::layout::page;
use crate::views::messages::quoted::quoted_message;
use crate::views::messages::target::MessageView;

/// An action on a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageAction {
    /// Reply to it.
    Reply,
    /// React to it.
    React,
    /// Change its text.
    Edit,
    /// Read its thread.
    Thread,
    /// Read its earlier versions.
    History,
    /// Pin it to the room.
    Pin,
    /// Unpin it.
    Unpin,
    /// Mark it and all later messages as unread.
    MarkUnread,
    /// Open its permanent link.
    Link,
    /// Report it to the moderators.
    Report,
    /// Delete it.
    Delete,
}

impl MessageAction {
    /// The label of its link or button.
    fn name(self) -> &'static str {
        match self {
            Self::Reply => "Reply",
            Self::React => "React",
            Self::Edit => "Edit",
            Self::Thread => "Thread",
            Self::History => "Edit history",
            Self::Pin => "Pin",
            Self::Unpin => "Unpin",
            Self::MarkUnread => "Mark unread from here",
            Self::Link => "Link to this message",
            Self::Report => "Report…",
            Self::Delete => "Delete…",
        }
    }

    fn icon(self) -> Icon {
        match self {
            Self::Reply => Icon::Reply,
            Self::Thread => Icon::Thread,
            Self::React => Icon::Smile,
            Self::Edit | Self::History => Icon::Edit,
            Self::Pin | Self::Unpin => Icon::Pin,
            Self::MarkUnread => Icon::Dot,
            Self::Link => Icon::Link,
            Self::Report => Icon::Alert,
            Self::Delete => Icon::Trash,
        }
    }

    /// The path of its page or form.
    fn href(self, view: &MessageView) -> String {
        let suffix = match self {
            Self::Reply => return reply_href(view.room, view.message.id),
            Self::React => "/reactions",
            Self::Edit => "/edit",
            Self::Thread => "/thread",
            Self::History => "/history",
            Self::Pin => "/pin",
            Self::Unpin => "/unpin",
            Self::MarkUnread => return format!("{}/unread", view.room.slug.path()),
            Self::Link => "",
            Self::Report => "/report",
            Self::Delete => "/delete",
        };
        view.path() + suffix
    }

    /// Whether it is a button that acts at once, and not a link to a page.
    fn is_immediate(self) -> bool {
        matches!(self, Self::Pin | Self::Unpin | Self::MarkUnread)
    }
}

/// The room with the composer set to reply to a message.
fn reply_href(room: &Room, message: MessageId) -> String {
    format!("{}?reply={message}#text", room.slug.path())
}

/// The available actions as a page.
pub fn page(view: &MessageView, actions: &[MessageAction]) -> Markup {
    let body = html! {
        section aria-labelledby="what" {
            (page::section_head("what", "Message actions", ""))
            (quoted_message(view.message, view.now))
            ul.rows role="list" {
                @for action in actions { li { (menu_entry(view, *action, "button quiet")) } }
            }
            p { (view.cancel_link()) }
        }
    };
    page::room_page("Actions", view.room, view.sidebar, None, body)
}

/// The available actions as the menu that the script opens.
pub fn menu(view: &MessageView, actions: &[MessageAction]) -> Markup {
    html! { @for action in actions { (menu_entry(view, *action, "")) } }
}

fn menu_entry(view: &MessageView, action: MessageAction, class: &str) -> Markup {
    let class = if action == MessageAction::Delete {
        format!("{class} danger").trim_start().to_owned()
    } else {
        class.to_owned()
    };
    let class = (!class.is_empty()).then_some(class);
    let href = action.href(view);
    let content = html! { (icons::icon(action.icon())) (action.name()) };
    html! {
        @if action.is_immediate() {
            form method="post" action=(href) {
                @if action == MessageAction::MarkUnread { input type="hidden" name="message" value=(view.message.id); }
                button class=[class] { (content) }
            }
        } @else {
            a class=[class] href=(href) { (content) }
        }
    }
}

/// The toolbar, which the script moves to one message at a time, and its menu. Tab skips it: keyboards reach the same actions
/// by the link in each row. Without permission to post, only the last tool is there.
pub(crate) fn toolbar(may_post: bool) -> Markup {
    html! {
        div #tools .message-tools role="group" aria-label="Message actions" hidden {
            @if may_post {
                (tool_button("React", Icon::Smile, "/reactions"))
                (tool_button("Reply", Icon::Reply, "/reply"))
                (tool_button("Edit", Icon::Edit, "/edit"))
            }
            (tool_button("More", Icon::More, "/actions"))
        }
        div #menu .menu popover {}
    }
}

fn tool_button(name: &str, icon: Icon, href_suffix: &str) -> Markup {
    html! { a.icon-button href="" tabindex="-1" aria-label=(name) title=(name) data-page=(href_suffix) { (icons::icon(icon)) } }
}
