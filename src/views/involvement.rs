//! Of what in a room somebody wants to hear: the form, in a menu of the room's page and as a page of its own.

use maud::{Markup, html};

use super::icons::{self, Icon};
use super::sheet;
use super::sidebar::Places;
use crate::domain::{Involvement, Reading, Room};

/// The page.
pub fn page(places: &Places, room: &Room, reading: &Reading) -> Markup {
    let body = html! {
        section aria-labelledby="hear" {
            (sheet::section_head("hear", "What to hear of", "Only you see what you choose here."))
            (form(room, reading))
            p { (sheet::back(room, room.address.path())) }
        }
    };
    sheet::of_room("What to hear of", room, places, None, body)
}

/// The bell in the head of a room, and the menu behind it.
pub(super) fn bell(room: &Room, reading: &Reading) -> Markup {
    let is_quiet = matches!(reading.involvement, Involvement::Nothing | Involvement::Hidden);
    let icon = if is_quiet { Icon::BellOff } else { Icon::Bell };
    html! {
        (icons::opener("bell", &format!("What to hear of in {}", room.name), icon))
        div #bell .menu popover role="dialog" aria-label="What to hear of" { (form(room, reading)) }
    }
}

fn form(room: &Room, reading: &Reading) -> Markup {
    let chosen = reading.involvement.in_room(room.kind);
    html! {
        form.involvement method="post" action={ (room.address.path()) "/involvement" } {
            fieldset {
                legend { "Notify me about" }
                @for choice in Involvement::CHOICES {
                    label.option {
                        input type="radio" name="involvement" value=(choice.word()) required checked[choice == chosen];
                        span { (title(choice)) br; span.hint { (meaning(choice)) } }
                    }
                }
            }
            label.option {
                input type="checkbox" name="on_top" value="on" checked[reading.on_top];
                span { "Keep on top" br; span.hint { "Above the other rooms in your list" } }
            }
            div.actions { button.button.primary { "Save" } }
        }
    }
}

fn title(involvement: Involvement) -> &'static str {
    match involvement {
        Involvement::Everything => "Everything",
        Involvement::Mentions | Involvement::Usual => "Mentions",
        Involvement::Nothing => "Nothing",
        Involvement::Hidden => "Hidden",
    }
}

fn meaning(involvement: Involvement) -> &'static str {
    match involvement {
        Involvement::Everything => "Every message",
        Involvement::Mentions | Involvement::Usual => "When somebody mentions you or replies to you",
        Involvement::Nothing => "Stays in your list, silent",
        Involvement::Hidden => "Out of your list, unless somebody mentions you or replies to you",
    }
}
