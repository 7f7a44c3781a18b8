//! The stylesheet of one viewer: a few custom properties, selected by attributes that are the same for all viewers.

use crate::domain::UserId;

/// The version of the rules below. Raise it with every change of them: browsers keep the stylesheet for a year.
const RULES_VERSION: u32 = 2;

/// The address of the viewer's stylesheet. It contains everything the stylesheet depends on, so a browser may keep it
/// for ever.
pub(crate) fn href(UserId(id): UserId) -> String {
    format!("/me.css?v={id}.{RULES_VERSION}")
}

/// The viewer's stylesheet, which follows the common one. It shows and hides, but permits nothing: every permission is
/// checked again on each request.
pub fn render(viewer: Option<UserId>) -> String {
    let Some(UserId(id)) = viewer else { return String::new() };
    format!(
        "[data-author=\"{id}\"] {{ --own: flex; --author: var(--accent-text) }}\n\
         [data-mentions~=\"{id}\"], [data-mentions~=\"all\"] {{ --message-ground: var(--for-me); --message-edge: var(--accent) }}\n\
         .mention[data-user=\"{id}\"] {{ --mention-ground: color-mix(in oklch, var(--accent) 22%, transparent) }}\n\
         .reaction[data-reactors~=\"{id}\"] {{ --pill-add: none; --pill-remove: inline-flex; \
         --pill-ground: var(--for-me); --pill-edge: var(--accent-edge); --pill-ink: var(--accent-text) }}\n"
    )
}
