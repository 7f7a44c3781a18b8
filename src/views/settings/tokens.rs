//! The page of personal tokens, with which scripts read or post.

use maud::{Markup, html};

use crate::domain::limits::LABEL_CHARS_MAX;
use crate::domain::{Scopes, Session, Timestamp, Token, TokenKind};
use crate::views::admin::invitations::copy_button;
use crate::views::layout::form_fields::{FormField, FormState, checkbox_group, render_field};
use crate::views::layout::page::{Notice, section_head};
use crate::views::rooms::sidebar::SidebarView;
use crate::views::settings::sessions::{format_last_used, render_date};
use crate::views::settings::{TOKENS_TAB, confirm_password_field, revoke_form, settings_page};

const SCOPES: [(&str, &str); 2] = [("read", "Read rooms"), ("post", "Post messages")];

/// The page: the tokens among `sessions`, and the form for a new one, which may ask for the password.
pub fn page(
    sidebar: &SidebarView,
    notice: Option<&Notice>,
    sessions: &[Session],
    asks_password: bool,
    form_state: &FormState,
    now: Timestamp,
) -> Markup {
    let tokens = || {
        sessions.iter().filter_map(|session| match &session.kind {
            TokenKind::Personal { label, scopes } => Some((session, label, *scopes)),
            TokenKind::Session(_) => None,
        })
    };
    let selected: Vec<&str> = form_state.value("scopes", "read post").split(' ').collect();
    let body = html! {
        (section_head("tokens", "Tokens", "Tokens let scripts read or post as you. They can't change your account."))
        ul.rows role="list" aria-labelledby="tokens" {
            @for (session, label, scopes) in tokens() {
                li {
                    div.who {
                        strong { bdi { (label) } @for name in scope_names(scopes) { span.tag { (name) } } }
                        "Created " (render_date(session.created_at)) ", "
                        @if session.last_used_at == session.created_at { "not used since" }
                        @else { "last used " (format_last_used(session.last_used_at, now)) }
                    }
                    (revoke_form("tokens", session.id, "Revoke", label))
                }
            }
        }
        form.stack method="post" action="/settings/tokens" aria-label="New token" {
            h3 { "New token" }
            (form_state.general_error(&["name", "scopes", "current"]))
            (render_field(FormField {
                name: "name", label: "Name", input_type: "text", value: form_state.value("name", ""), autocomplete: "off",
                max_chars: Some(LABEL_CHARS_MAX), required: true, hint: "What you use it for.", error: form_state.error_for("name"),
            }))
            (checkbox_group("scopes", "Scopes", &SCOPES, &selected, form_state.error_for("scopes")))
            @if asks_password { (confirm_password_field(form_state)) }
            button.button.primary { "Create token" }
        }
    };
    settings_page(sidebar, &TOKENS_TAB, notice, body)
}

/// The page that shows a new token, this once, with a command line that uses it.
pub fn created_page(sidebar: &SidebarView, label: &str, token: &Token, usage_line: &str) -> Markup {
    let body = html! {
        (section_head("made", "New token", "Copy it now. It is not shown again."))
        div.stack {
            p { "For " b { bdi { (label) } } ":" }
            p.code-line tabindex="0" role="group" aria-label="Token" { code #token { (token.to_text()) } }
            (copy_button("token"))
            p { "Use it like this:" }
            p.code-line tabindex="0" role="group" aria-label="Command line" { code { (usage_line) } }
            a.button href=(TOKENS_TAB.href) { "Done" }
        }
    };
    settings_page(sidebar, &TOKENS_TAB, None, body)
}

/// The names of scopes, as forms and JSON write them.
pub fn scope_names(Scopes { read, post }: Scopes) -> impl Iterator<Item = &'static str> {
    [(read, "read"), (post, "post")].into_iter().filter(|(is_granted, _)| *is_granted).map(|(_, name)| name)
}
