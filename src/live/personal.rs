//! What is written to one person alone: what is true now of what is new to them.

use super::board::{News, Unread};
use super::frame::{self, Written};
use super::hubs::Hubs;
use crate::domain::UserId;
use crate::store::{Fault, Store};
use crate::views;

/// What somebody reads who has not read this. `None` if there is nothing to read.
///
/// # Errors
/// [`Fault`] if the file cannot be read.
pub(super) fn written(store: &Store, hubs: &Hubs, user: UserId, unread: &Unread) -> Result<Option<Written>, Fault> {
    let mut fragments = String::new();
    match unread {
        Unread::These(news) => {
            for news in news {
                match news {
                    News::Presence(other) => tell_presence(&mut fragments, hubs, *other),
                }
            }
        }
        Unread::All => {
            for (_, other) in store.snapshot()?.talks_of(user)? {
                tell_presence(&mut fragments, hubs, other.id);
            }
        }
    }
    Ok((!fragments.is_empty()).then(|| frame::personal(&fragments)))
}

fn tell_presence(fragments: &mut String, hubs: &Hubs, other: UserId) {
    fragments.push_str(&views::people::presence(other, hubs.is_here(other)).into_string());
}
