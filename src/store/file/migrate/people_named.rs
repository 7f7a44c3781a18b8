//! Whose names a message shows.

use crate::domain::{MessageExtras, UserId};

/// Whose names can be seen in a message: whoever said it, was spoken to by name, or reacted to it.
pub(crate) fn people_named<'a>(
    author: UserId,
    mentioned: Vec<UserId>,
    extras: &'a MessageExtras,
) -> impl Iterator<Item = UserId> + use<'a> {
    let reacted = extras.reactions.iter().flat_map(|reacted| reacted.users.iter().copied());
    [author].into_iter().chain(mentioned).chain(reacted)
}
