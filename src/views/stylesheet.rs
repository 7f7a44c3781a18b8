//! What differs from viewer to viewer: a few custom properties over the attributes that everybody's fragments carry.

use crate::domain::UserId;

/// Where the private stylesheet of a viewer is, who may remove what others say on this page or may not. The address tells
/// all that it is made from, so a browser may keep it for ever.
pub(super) fn address(UserId(id): UserId, moderates: bool) -> String {
    format!("/me.css?v={id}{}", if moderates { "&moderates=1" } else { "" })
}

/// The private stylesheet of a viewer, to stand after the common one. It hides and shows, it permits nothing: every
/// right is judged again when something is asked for.
pub fn of(viewer: Option<UserId>, moderates: bool) -> String {
    let Some(UserId(id)) = viewer else { return String::new() };
    let others = if moderates { "--report: inline-flex; --remove: inline-flex" } else { "--report: inline-flex" };
    format!(
        "[data-author=\"{id}\"] {{ --own: flex; --author: var(--accent-text) }}\n\
         [data-mentions~=\"{id}\"], [data-mentions~=\"all\"] {{ --message-ground: var(--for-me); --message-edge: var(--accent) }}\n\
         .mention[data-user=\"{id}\"] {{ --mention-ground: color-mix(in oklch, var(--accent) 22%, transparent) }}\n\
         .reaction[data-reactors~=\"{id}\"] {{ --pill-ground: var(--for-me); --pill-edge: var(--accent-edge); \
         --pill-ink: var(--accent-text) }}\n\
         .message {{ {others} }}\n\
         .message[data-author=\"{id}\"] {{ --remove: inline-flex; --report: none }}\n"
    )
}
