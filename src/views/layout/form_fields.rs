//! Form fields with their label, hint and error, and the state of a form that is shown again.

use maud::{Markup, html};

use crate::views::layout::field_labels::{with_label, with_labels};
use crate::views::layout::icons::{self, Icon};

/// The state of a form that is shown again after an error: what was typed, and what is wrong with it. The default is a form
/// that was not sent yet.
#[derive(Clone, Debug, Default)]
pub struct FormState {
    /// The values of the fields, by name. Passwords are not kept.
    pub values: Vec<(&'static str, String)>,
    /// The error text, and the field that it belongs to, if it belongs to one.
    pub error: Option<(Option<&'static str>, String)>,
}

impl FormState {
    /// The value of this field; `initial` if the form has none.
    pub(crate) fn value<'a>(&'a self, name: &str, initial: &'a str) -> &'a str {
        self.values.iter().find(|(field, _)| *field == name).map_or(initial, |(_, value)| value)
    }

    /// The error of this field.
    pub(crate) fn error_for(&self, name: &str) -> Option<&str> {
        self.error.as_ref().filter(|(field, _)| *field == Some(name)).map(|(_, text)| text.as_str())
    }

    /// The error, if it belongs to none of these fields.
    pub(crate) fn general_error(&self, fields: &[&str]) -> Markup {
        let error = self.error.as_ref().filter(|(field, _)| field.is_none_or(|field| !fields.contains(&field)));
        html! { @if let Some((_, text)) = error { (error_text("form-error", text)) } }
    }
}

/// An input field for one line of text.
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
    /// The error text shown beside it.
    pub error: Option<&'a str>,
}

/// The field with its label, error and hint.
pub(crate) fn render_field(field: FormField) -> Markup {
    let FormField { name, label, input_type, value, autocomplete, max_chars, required, hint, error } = field;
    let described_by = match (hint.is_empty(), error.is_some()) {
        (true, false) => None,
        (false, false) => Some(format!("{name}-hint")),
        (true, true) => Some(format!("{name}-error")),
        (false, true) => Some(format!("{name}-error {name}-hint")),
    };
    html! {
        div.field {
            label for=(name) { (label) }
            input id=(name) name=(name) type=(input_type) value=(value) required[required] maxlength=[max_chars]
                autocomplete=(autocomplete) aria-invalid=[error.map(|_| "true")] aria-describedby=[described_by];
            @if let Some(text) = error { (error_text(&format!("{name}-error"), &with_label(text, name, label))) }
            @if !hint.is_empty() { p.hint id={ (name) "-hint" } { (hint) } }
        }
    }
}

/// A choice of one option by radio buttons. An option is a value and its label.
pub(crate) fn radio_group(name: &str, label: &str, options: &[(&str, &str)], selected: &str) -> Markup {
    html! {
        div.field {
            span id={ (name) "-label" } { (label) }
            div.choice role="radiogroup" aria-labelledby={ (name) "-label" } {
                @for (value, text) in options {
                    label {
                        input type="radio" name=(name) value=(value) checked[*value == selected];
                        span { (text) }
                    }
                }
            }
        }
    }
}

/// A choice of any number of options by checkboxes. An option is a value and its label. The form has `name` once for each
/// checked option.
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
            @for (value, text) in options {
                label.tick {
                    input type="checkbox" name=(name) value=(value) checked[selected.contains(value)];
                    (text)
                }
            }
            @if let Some(text) = error { (error_text(&format!("{name}-error"), &with_label(text, name, label))) }
        }
    }
}

/// A switch. The form has `name=on` if it is on, and no field of this name if it is off.
pub(crate) fn switch_field(name: &str, label: &str, hint: &str, is_on: bool) -> Markup {
    html! {
        label.switch {
            span { (label) @if !hint.is_empty() { br; span.hint { (hint) } } }
            input type="checkbox" role="switch" name=(name) value="on" checked[is_on];
        }
    }
}

/// The error text of a field or of the whole form.
pub(crate) fn error_text(id: &str, message: &str) -> Markup {
    html! { p.error id=(id) role="alert" { (icons::small_icon(Icon::Alert)) (with_labels(message)) } }
}
