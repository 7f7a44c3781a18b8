//! The dialog that asks a guest before signing out: without a password, nobody can sign in with the name again.

use maud::{Markup, html};

/// The dialog. A button with `popovertarget="leave"` opens it.
pub(crate) fn dialog() -> Markup {
    html! {
        div #leave .dialog popover role="dialog" aria-labelledby="leave-title" {
            h2 #leave-title { "Sign out?" }
            p { "This name has no password, so you can't sign in with it again. Your messages stay." }
            form.actions method="post" action="/leave" {
                button.button type="button" popovertarget="leave" popovertargetaction="hide" { "Cancel" }
                button.button.danger.filled { "Sign out" }
            }
        }
    }
}
