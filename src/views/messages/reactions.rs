//! How people react to a message: who with what, and the ways to add one's own.

use maud::{Markup, html};

use crate::domain::limits::REACTION_CHARS_MAX;
use crate::domain::{Author, Reaction};
use crate::views::layout::form_fields::{FormField, FormState, render_field};
use crate::views::layout::page;
use crate::views::messages::delete::{MessageView, quoted_message};

/// What is offered without typing, and what it is called.
const QUICK_REACTIONS: [(&str, &str); 8] = [
    ("👍", "thumbs up"),
    ("❤️", "heart"),
    ("😂", "laughing"),
    ("🎉", "party"),
    ("👀", "looking"),
    ("🙏", "thanks"),
    ("🔥", "fire"),
    ("✅", "done"),
];

/// Who reacted in one way.
#[derive(Debug)]
pub struct ListedReaction {
    /// How.
    pub reaction: String,
    /// Who, as many as are shown.
    pub people: Vec<Author>,
    /// How many there are.
    pub count: usize,
}

/// All of them, with the forms for whoever `may` react.
pub fn page(view: &MessageView, reactions: &[ListedReaction], may_react: bool, form_state: &FormState) -> Markup {
    let body = html! {
        section aria-labelledby="reactions" {
            (page::section_head("reactions", "Reactions", ""))
            (quoted_message(view.message, view.now))
            @if reactions.is_empty() { p.muted { "Nobody has reacted yet." } }
            ul.rows role="list" {
                @for reaction in reactions { li { (reaction_row(view, reaction, may_react)) } }
            }
            @if may_react {
                (quick_reactions(view))
                (text_reaction_form(view, form_state))
            }
            p { (view.cancel_link()) }
        }
    };
    page::room_page("Reactions", view.room, view.sidebar, None, body)
}

/// The ways to add one's own, as the menu that the script opens.
pub fn reaction_picker(view: &MessageView) -> Markup {
    let path = view.path();
    html! {
        form.picker method="post" action={ (path) "/reactions" } hx-post={ (path) "/reactions" } hx-swap="none" {
            div { (quick_buttons()) }
        }
        form.picker method="post" action={ (path) "/reactions" } hx-post={ (path) "/reactions" } hx-swap="none" {
            label.sr for="react-words" { "Or a few words of your own" }
            input #react-words name=(Reaction::FIELD) required maxlength=(REACTION_CHARS_MAX)
                placeholder={ "or " (REACTION_CHARS_MAX) " letters of your own" } autocomplete="off";
        }
    }
}

fn quick_reactions(view: &MessageView) -> Markup {
    html! { form.picker.actions method="post" action={ (view.path()) "/reactions" } { div { (quick_buttons()) } } }
}

fn quick_buttons() -> Markup {
    html! {
        @for (emoji, name) in QUICK_REACTIONS {
            button name=(Reaction::FIELD) value=(emoji) aria-label=(name) title=(name) { (emoji) }
        }
    }
}

fn text_reaction_form(view: &MessageView, form_state: &FormState) -> Markup {
    html! {
        form.stack method="post" action={ (view.path()) "/reactions" } {
            (form_state.general_error(&[Reaction::FIELD]))
            (render_field(FormField {
                name: Reaction::FIELD, label: "Or a few words of your own", input_type: "text",
                value: form_state.value(Reaction::FIELD, ""), autocomplete: "off", max_chars: Some(REACTION_CHARS_MAX), required: true,
                error: form_state.error_for(Reaction::FIELD), ..FormField::default()
            }))
            button.button { "React" }
        }
    }
}

fn reaction_row(view: &MessageView, reaction: &ListedReaction, may_react: bool) -> Markup {
    let viewer = view.sidebar.viewer.map(|viewer| viewer.author.id);
    let is_mine = reaction.people.iter().any(|author| Some(author.id) == viewer);
    let others = reaction.count - reaction.people.len();
    html! {
        div.who {
            strong { span.emoji-char dir="auto" { (reaction.reaction) } " " (reaction.count) }
            p {
                @for (n, person) in reaction.people.iter().enumerate() {
                    @if n > 0 { ", " }
                    a href=(person.path()) { bdi { (person.name) } }
                }
                @if others > 0 { " and " (others) " more" }
            }
        }
        @if may_react && is_mine {
            form method="post" action={ (view.path()) "/reactions/delete" } {
                button.button.quiet name=(Reaction::FIELD) value=(reaction.reaction) { "Take back" }
            }
        }
    }
}
