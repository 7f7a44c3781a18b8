//! What differs from viewer to viewer: a few custom properties over the attributes that everybody's fragments carry.

use crate::domain::UserId;

/// Where the private stylesheet of a viewer is. The address tells all that it is made from, so a browser may keep it for
/// ever.
pub(crate) fn href(UserId(id): UserId) -> String {
    format!("/me.css?v={id}")
}

/// The private stylesheet of a viewer, to stand after the common one. It hides and shows, it permits nothing: every
/// right is judged again when something is asked for.
pub fn render(viewer: Option<UserId>) -> String {
    let Some(UserId(id)) = viewer else { return String::new() };
    format!(
        "[data-author=\"{id}\"] {{ --own: flex; --author: var(--accent-text) }}\n\
         [data-mentions~=\"{id}\"], [data-mentions~=\"all\"] {{ --message-ground: var(--for-me); --message-edge: var(--accent) }}\n\
         .mention[data-user=\"{id}\"] {{ --mention-ground: color-mix(in oklch, var(--accent) 22%, transparent) }}\n\
         .reaction[data-reactors~=\"{id}\"] {{ --pill-ground: var(--for-me); --pill-edge: var(--accent-edge); \
         --pill-ink: var(--accent-text) }}\n"
    )
}
