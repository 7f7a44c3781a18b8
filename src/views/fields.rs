//! A field of a form with its label, what it expects, and what is wrong with what was typed.

use maud::{Markup, html};

use super::icons::{self, Icon};

/// A field for one line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Field<'a> {
    /// Its name in the form, and its id.
    pub name: &'a str,
    pub label: &'a str,
    /// `text`, `password`, `number`, ...
    pub kind: &'a str,
    pub value: &'a str,
    /// WHATWG HTML, section 4.10.18.7: `username`, `current-password`, `new-password`, `off`, ...
    pub autocomplete: &'a str,
    pub max: Option<usize>,
    pub required: bool,
    pub hint: &'a str,
    /// What is wrong with it.
    pub wrong: Option<&'a str>,
}

/// The field.
pub(super) fn field(field: Field) -> Markup {
    let Field { name, label, kind, value, autocomplete, max, required, hint, wrong } = field;
    let described = match (hint.is_empty(), wrong.is_some()) {
        (true, false) => None,
        (false, false) => Some(format!("{name}-hint")),
        (true, true) => Some(format!("{name}-error")),
        (false, true) => Some(format!("{name}-error {name}-hint")),
    };
    html! {
        div.field {
            label for=(name) { (label) }
            input id=(name) name=(name) type=(kind) value=(value) required[required] maxlength=[max]
                autocomplete=(autocomplete) aria-invalid=[wrong.map(|_| "true")] aria-describedby=[described];
            @if let Some(why) = wrong { (error(&format!("{name}-error"), why)) }
            @if !hint.is_empty() { p.hint id={ (name) "-hint" } { (hint) } }
        }
    }
}

/// One of several, by a radio button each: value and words.
pub(super) fn choice(name: &str, label: &str, options: &[(&str, &str)], chosen: &str) -> Markup {
    html! {
        div.field {
            span id={ (name) "-label" } { (label) }
            div.choice role="radiogroup" aria-labelledby={ (name) "-label" } {
                @for (value, words) in options {
                    label {
                        input type="radio" name=(name) value=(value) checked[*value == chosen];
                        span { (words) }
                    }
                }
            }
        }
    }
}

/// Something that is on or off. A form has `name=on` in it, or nothing.
pub(super) fn switch(name: &str, label: &str, hint: &str, on: bool) -> Markup {
    html! {
        label.switch {
            span { (label) @if !hint.is_empty() { br; span.hint { (hint) } } }
            input type="checkbox" role="switch" name=(name) value="on" checked[on];
        }
    }
}

/// What is wrong with a field, or with the whole form.
pub(super) fn error(id: &str, why: &str) -> Markup {
    html! { p.error id=(id) role="alert" { (icons::small(Icon::Alert)) (why) } }
}
