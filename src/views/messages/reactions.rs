//! Reactions to a message: the pills below it, the picker, and the page of who reacted.

use maud::{Markup, html};

use crate::domain::limits::REACTION_CHARS_MAX;
use crate::domain::{Author, Message, Reaction, ReactionGroup};
use crate::views::layout::avatar;
use crate::views::layout::form_fields::{FormField, FormState, render_field};
use crate::views::layout::icons::{self, Icon};
use crate::views::layout::page;
use crate::views::messages::quoted::quoted_message;
use crate::views::messages::target::MessageView;

/// The reactions offered without typing, with their accessible names.
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

/// The people who reacted in one way.
#[derive(Debug)]
pub struct ListedReaction {
    /// The reaction: an emoji or a few words.
    pub reaction: String,
    /// The first people who reacted so, up to a limit.
    pub people: Vec<Author>,
    /// The number of all who reacted so.
    pub count: usize,
}

/// The page of all reactions, with the forms to react if the viewer may.
pub fn page(view: &MessageView, reactions: &[ListedReaction], may_react: bool, form_state: &FormState) -> Markup {
    let body = html! {
        section aria-labelledby="reactions" {
            (page::section_head("reactions", "Reactions", ""))
            (quoted_message(view.message, view.now))
            @if reactions.is_empty() { p.muted { "No reactions yet." } }
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

/// The forms to react, as the menu that the script opens.
pub fn reaction_picker(view: &MessageView) -> Markup {
    let path = view.path();
    html! {
        form.picker method="post" action={ (path) "/reactions" } hx-post={ (path) "/reactions" } hx-swap="none" {
            div { (quick_buttons()) }
        }
        form.picker method="post" action={ (path) "/reactions" } hx-post={ (path) "/reactions" } hx-swap="none" {
            label.sr for="react-words" { "Your own reaction" }
            input #react-words name=(Reaction::FIELD) required maxlength=(REACTION_CHARS_MAX)
                placeholder={ "Or up to " (REACTION_CHARS_MAX) " characters" } autocomplete="off";
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
                name: Reaction::FIELD, label: "Your own reaction", input_type: "text",
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
                button.button.quiet name=(Reaction::FIELD) value=(reaction.reaction) { "Remove" }
            }
        }
    }
}

/// The pills below a message. Its row has the same bytes for every viewer, so each reaction has two buttons: one adds the
/// reaction, one removes it. The viewer's own stylesheet (`views/stylesheet.rs`) shows one of them and gives the other
/// `display: none`. Each states what it does, so a form that is sent twice does not undo itself.
pub(crate) fn reaction_pills(message_path: &Markup, message: &Message) -> Markup {
    html! {
        form.reactions method="post" action={ (message_path) "/reactions" } hx-post={ (message_path) "/reactions" } hx-swap="none" {
            @for group in &message.details.extras.reactions { (reaction_buttons(message_path, message, group)) }
            a.reaction.add href={ (message_path) "/reactions" } aria-label="Add a reaction" { (icons::small_icon(Icon::Smile)) }
        }
    }
}

/// The two buttons of one reaction: an emoji, or words beside the avatar of the first who reacted so. The title names the
/// people, which makes it the accessible description.
fn reaction_buttons(message_path: &Markup, message: &Message, group: &ReactionGroup) -> Markup {
    let is_text = group.reaction.chars().any(char::is_alphabetic);
    let mut reactors = message.named_reactors(group).peekable();
    let first = reactors.peek().copied().filter(|_| is_text);
    let mut names: Vec<String> = reactors.map(|author| bidi_isolate(&author.name)).collect();
    if group.users.len() > names.len() {
        names.push(format!("{} more", group.users.len() - names.len()));
    }
    let (title, reactors) = (join_names(&names), reactor_ids(group));
    let content = html! {
        @if let Some(first) = first { (avatar::tiny_avatar(first)) }
        span.emoji-char[!is_text] dir="auto" { (group.reaction) }
        @if !is_text || group.users.len() > 1 { " " (group.users.len()) }
    };
    html! {
        button.reaction.boost[is_text] name=(Reaction::FIELD) value=(group.reaction) title=(title) data-reactors=(reactors) { (content) }
        button.reaction.mine.boost[is_text] formaction={ (message_path) "/reactions/delete" } name=(Reaction::FIELD)
            value=(group.reaction) title=(title) data-reactors=(reactors) { span.sr { "Remove " } (content) }
    }
}

/// A name between isolate characters (UAX 9), which are invisible and not allowed in names. They keep one name from changing
/// the direction of the next, and the page's script finds each name by them when its owner is renamed.
fn bidi_isolate(name: &str) -> String {
    format!("\u{2068}{name}\u{2069}")
}

/// `Ann, Ben and Cleo`.
fn join_names(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

fn reactor_ids(group: &ReactionGroup) -> String {
    group.users.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
