//! A field of a form with its label, what it expects, and what is wrong with what was typed.

use maud::{Markup, html};

use crate::views::layout::field_labels::{with_label, with_labels};
use crate::views::layout::icons::{self, Icon};

/// A form that could not be done: what was typed into it, and what is wrong with it. One that nobody has sent yet has
/// neither.
#[derive(Clone, Debug, Default)]
pub struct FormState {
    /// What stands in the fields, by their names. Passwords are typed again.
    pub values: Vec<(&'static str, String)>,
    /// Why it could not be done, and with which field that has to do, if with one.
    pub error: Option<(Option<&'static str>, String)>,
}

impl FormState {
    /// What stands in this field; at first what it starts with.
    pub(crate) fn value<'a>(&'a self, name: &str, initial: &'a str) -> &'a str {
        self.values.iter().find(|(field, _)| *field == name).map_or(initial, |(_, value)| value)
    }

    /// What is wrong with this field.
    pub(crate) fn error_for(&self, name: &str) -> Option<&str> {
        self.error.as_ref().filter(|(field, _)| *field == Some(name)).map(|(_, why)| why.as_str())
    }

    /// What is wrong with none of these fields alone.
    pub(crate) fn general_error(&self, fields: &[&str]) -> Markup {
        let error = self.error.as_ref().filter(|(field, _)| field.is_none_or(|field| !fields.contains(&field)));
        html! { @if let Some((_, why)) = error { (error_text("form-error", why)) } }
    }
}

/// A field for one line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FormField<'a> {
    /// Its name in the form, and its id.
    pub name: &'a str,
    pub label: &'a str,
    /// `text`, `password`, `number`, ...
    pub input_type: &'a str,
    pub value: &'a str,
    /// WHATWG HTML, section 4.10.18.7: `username`, `current-password`, `new-password`, `off`, ...
    pub autocomplete: &'a str,
    pub max_chars: Option<usize>,
    pub required: bool,
    pub hint: &'a str,
    /// What is wrong with it.
    pub error: Option<&'a str>,
}

/// The field.
pub(crate) fn render_field(field: FormField) -> Markup {
    let FormField { name, label, input_type: kind, value, autocomplete, max_chars: max, required, hint, error } = field;
    let described_by = match (hint.is_empty(), error.is_some()) {
        (true, false) => None,
        (false, false) => Some(format!("{name}-hint")),
        (true, true) => Some(format!("{name}-error")),
        (false, true) => Some(format!("{name}-error {name}-hint")),
    };
    html! {
        div.field {
            label for=(name) { (label) }
            input id=(name) name=(name) type=(kind) value=(value) required[required] maxlength=[max]
                autocomplete=(autocomplete) aria-invalid=[error.map(|_| "true")] aria-describedby=[described_by];
            @if let Some(why) = error { (error_text(&format!("{name}-error"), &with_label(why, name, label))) }
            @if !hint.is_empty() { p.hint id={ (name) "-hint" } { (hint) } }
        }
    }
}

/// One of several, by a radio button each: value and words.
pub(crate) fn radio_group(name: &str, label: &str, options: &[(&str, &str)], selected: &str) -> Markup {
    html! {
        div.field {
            span id={ (name) "-label" } { (label) }
            div.choice role="radiogroup" aria-labelledby={ (name) "-label" } {
                @for (value, words) in options {
                    label {
                        input type="radio" name=(name) value=(value) checked[*value == selected];
                        span { (words) }
                    }
                }
            }
        }
    }
}

/// Any of several, by a box to tick each: value and words. A form has the name once for each that is ticked.
pub(crate) fn checkbox_group(
    name: &str,
    label: &str,
    options: &[(&str, &str)],
    selected: &[&str],
    error: Option<&str>,
) -> Markup {
    html! {
        fieldset.field aria-describedby=[error.map(|_| format!("{name}-error"))] {
            legend { (label) }
            @for (value, words) in options {
                label.tick {
                    input type="checkbox" name=(name) value=(value) checked[selected.contains(value)];
                    (words)
                }
            }
            @if let Some(why) = error { (error_text(&format!("{name}-error"), &with_label(why, name, label))) }
        }
    }
}

/// Something that is on or off. A form has `name=on` in it, or nothing.
pub(crate) fn switch_field(name: &str, label: &str, hint: &str, is_on: bool) -> Markup {
    html! {
        label.switch {
            span { (label) @if !hint.is_empty() { br; span.hint { (hint) } } }
            input type="checkbox" role="switch" name=(name) value="on" checked[is_on];
        }
    }
}

/// What is wrong with a field, or with the whole form.
pub(crate) fn error_text(id: &str, message: &str) -> Markup {
    html! { p.error id=(id) role="alert" { (icons::small_icon(Icon::Alert)) (with_labels(message)) } }
}
