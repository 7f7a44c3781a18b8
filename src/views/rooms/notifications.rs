//! Of what in a room somebody wants to hear: the form, in a menu of the room's page and as a page of its own.

use maud::{Markup, html};

use crate::domain::{NotificationLevel, ReadState, Room};
use crate::views::layout::icons::{self, Icon};
use crate::views::layout::page;
use crate::views::rooms::sidebar::SidebarView;

/// The page.
pub fn page(sidebar: &SidebarView, room: &Room, read_state: &ReadState) -> Markup {
    let body = html! {
        section aria-labelledby="hear" {
            (page::section_head("hear", "What to hear of", "Only you see what you choose here."))
            (form(room, read_state))
            p { (page::back_link(room, room.slug.path())) }
        }
    };
    page::room_page("What to hear of", room, sidebar, None, body)
}

/// The bell in the head of a room, and the menu behind it.
pub(crate) fn bell_menu(room: &Room, read_state: &ReadState) -> Markup {
    let is_quiet = matches!(read_state.level, NotificationLevel::Nothing | NotificationLevel::Hidden);
    let icon = if is_quiet { Icon::BellOff } else { Icon::Bell };
    html! {
        (icons::popover_button("bell", &format!("What to hear of in {}", room.name), icon))
        div #bell .menu popover role="dialog" aria-label="What to hear of" { (form(room, read_state)) }
    }
}

fn form(room: &Room, read_state: &ReadState) -> Markup {
    let chosen = read_state.level.resolve_for(room.visibility);
    html! {
        form.involvement method="post" action={ (room.slug.path()) "/notifications" } {
            fieldset {
                legend { "Notify me about" }
                @for choice in NotificationLevel::CHOICES {
                    label.option {
                        input type="radio" name="level" value=(choice.as_str()) required checked[choice == chosen];
                        span { (level_title(choice)) br; span.hint { (level_description(choice)) } }
                    }
                }
            }
            label.option {
                input type="checkbox" name="favorite" value="on" checked[read_state.favorite];
                span { "Keep on top" br; span.hint { "Above the other rooms in your list" } }
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
        NotificationLevel::Mentions | NotificationLevel::Default => "When somebody mentions you or replies to you",
        NotificationLevel::Nothing => "Stays in your list, silent",
        NotificationLevel::Hidden => "Out of your list, unless somebody mentions you or replies to you",
    }
}
