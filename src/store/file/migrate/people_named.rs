//! The people whose names a message shows.

use crate::domain::{MessageExtras, UserId};

/// The people whose names can be seen in a message: its author, those it mentions, and those who reacted.
pub(crate) fn people_named<'a>(
    author: UserId,
    mentioned: Vec<UserId>,
    extras: &'a MessageExtras,
) -> impl Iterator<Item = UserId> + use<'a> {
    let reactors = extras.reactions.iter().flat_map(|group| group.users.iter().copied());
    [author].into_iter().chain(mentioned).chain(reactors)
}
