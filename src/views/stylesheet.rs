//! The viewer's own stylesheet: a few custom properties on the attributes of fragments that are the same for every viewer.

use crate::domain::UserId;

/// The version of the rules below. Raise it with every change of them: browsers keep the stylesheet for a year.
const RULES_VERSION: u32 = 2;

/// The address of a viewer's stylesheet. It names all that the stylesheet is made from, so a browser may keep it.
pub(crate) fn href(UserId(id): UserId) -> String {
    format!("/me.css?v={id}.{RULES_VERSION}")
}

/// The stylesheet of a viewer, to follow the common one. It only shows and hides: every request is authorized again.
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
