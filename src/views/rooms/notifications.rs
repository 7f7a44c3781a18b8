//! The notification settings of a room: the form, in a menu of the room's page and on a page of its own.

use maud::{Markup, html};

use crate::domain::{NotificationLevel, ReadState, Room};
use crate::views::layout::icons::{self, Icon};
use crate::views::layout::page;
use crate::views::rooms::sidebar::SidebarView;

/// The page.
pub fn page(sidebar: &SidebarView, room: &Room, read_state: &ReadState) -> Markup {
    let title = format!("Notifications for {}", room.name);
    let body = html! {
        section aria-labelledby="hear" {
            (page::section_head("hear", &title, "Only you see these settings."))
            (form(room, read_state))
            p { (page::back_link(room, room.slug.path())) }
        }
    };
    page::room_page("Notifications", room, sidebar, None, body)
}

/// The button in the head of a room, and the menu that it opens.
pub(crate) fn menu(room: &Room, read_state: &ReadState) -> Markup {
    let is_off = matches!(read_state.level, NotificationLevel::Nothing | NotificationLevel::Hidden);
    let icon = if is_off { Icon::BellOff } else { Icon::Bell };
    html! {
        (icons::popover_button("bell", &format!("Notifications for {}", room.name), icon))
        div #bell .menu popover role="dialog" aria-label="Notifications" { (form(room, read_state)) }
    }
}

fn form(room: &Room, read_state: &ReadState) -> Markup {
    let current = read_state.level.resolve_for(room.visibility);
    html! {
        form.involvement method="post" action={ (room.slug.path()) "/notifications" } {
            fieldset {
                legend { "Notify me about" }
                @for level in NotificationLevel::CHOICES {
                    label.option {
                        input type="radio" name="level" value=(level.as_str()) required checked[level == current];
                        span { (level_title(level)) br; span.hint { (level_description(level)) } }
                    }
                }
            }
            label.option {
                input type="checkbox" name="favorite" value="on" checked[read_state.favorite];
                span { "Favorite" br; span.hint { "Above the other rooms in your list" } }
            }
            div.actions { button.button.primary { "Save" } }
        }
    }
}

fn level_title(level: NotificationLevel) -> &'static str {
    match level {
        NotificationLevel::Everything => "Everything",
        NotificationLevel::Mentions | NotificationLevel::Default => "Mentions",
        NotificationLevel::Nothing => "Nothing",
        NotificationLevel::Hidden => "Hidden",
    }
}

fn level_description(level: NotificationLevel) -> &'static str {
    match level {
        NotificationLevel::Everything => "Every message",
        NotificationLevel::Mentions | NotificationLevel::Default => "When someone mentions you or replies to you",
        NotificationLevel::Nothing => "In your list, without notifications",
        NotificationLevel::Hidden => "Not in your list, unless someone mentions you or replies to you",
    }
}
