//! What somebody may do with a message: the page of it, the same as a menu, and the tools that the script of a room's page
//! brings to the message one looks at. Almost every action is a link to a page of its own.

use maud::{Markup, html};

use crate::domain::{MessageId, Room};
use crate::views::layout::icons::{self, Icon};
use crate::views::layout::page;
use crate::views::messages::delete::{MessageView, quoted_message};

/// Something that may be done with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageAction {
    /// Answer it.
    Reply,
    /// React to it.
    React,
    /// Say it otherwise.
    Edit,
    /// Read what was said in answer to it.
    Thread,
    /// Read what it said before.
    History,
    /// Pin it to the room.
    Pin,
    /// Take it off.
    Unpin,
    /// Read it and what came after it once more later.
    MarkUnread,
    /// See it in its place, by an address that can be passed on.
    Link,
    /// Tell those who keep order of it.
    Report,
    /// Take it away.
    Delete,
}

impl MessageAction {
    /// What it is called.
    fn name(self) -> &'static str {
        match self {
            Self::Reply => "Reply",
            Self::React => "React",
            Self::Edit => "Edit",
            Self::Thread => "Thread",
            Self::History => "Earlier versions",
            Self::Pin => "Pin to the room",
            Self::Unpin => "Unpin",
            Self::MarkUnread => "Mark unread from here",
            Self::Link => "Link to this message",
            Self::Report => "Report…",
            Self::Delete => "Remove…",
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

    /// Where it is done.
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

    /// Whether it is done at once, and not on a page of its own.
    fn is_immediate(self) -> bool {
        matches!(self, Self::Pin | Self::Unpin | Self::MarkUnread)
    }
}

/// Where a message is answered.
fn reply_href(room: &Room, message: MessageId) -> String {
    format!("{}?reply={message}#text", room.slug.path())
}

/// All that somebody may do, as a page.
pub fn page(view: &MessageView, actions: &[MessageAction]) -> Markup {
    let body = html! {
        section aria-labelledby="what" {
            (page::section_head("what", "What to do with this message", ""))
            (quoted_message(view.message, view.now))
            ul.rows role="list" {
                @for action in actions { li { (menu_entry(view, *action, "button quiet")) } }
            }
            p { (view.cancel_link()) }
        }
    };
    page::room_page("Actions", view.room, view.sidebar, None, body)
}

/// The same, as the menu that the script opens.
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

/// The tools, which the script brings to one message at a time, and the menu behind them. A keyboard reaches the same by
/// the link that every message has, so Tab does not stop here as well. Whoever may not speak has only the last.
pub(crate) fn toolbar(may_post: bool) -> Markup {
    html! {
        div #tools .message-tools role="group" aria-label="Do with this message" hidden {
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
