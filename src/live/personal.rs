//! What is written to one person alone: what is true now of what is new to them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::board::{News, Unread};
use super::frame;
use super::hubs::Hubs;
use super::written::Written;
use crate::domain::{Author, RoomId, UserId};
use crate::store::{Fault, Sight, Snapshot, Store, now};
use crate::views;

/// Of how many rooms somebody is told at once how much there is to read: of more than a page lists.
const TOLD_ROOMS_MAX: usize = 400;

/// What somebody in this room reads who has not read this. `None` if there is nothing to read.
///
/// # Errors
/// [`Fault`] if the file cannot be read.
pub(super) fn written(
    store: &Store,
    hubs: &Hubs,
    (user, here): (UserId, RoomId),
    unread: &Unread,
) -> Result<Option<Written>, Fault> {
    let mut fragments = String::new();
    let snapshot = match unread {
        Unread::These(_) => store.snapshot()?,
        Unread::All => present(store, hubs, user)?,
    };
    let mut readings = Vec::new();
    match unread {
        Unread::These(news) => {
            for news in news {
                match news {
                    News::Presence(other) => {
                        if let Some(other) = snapshot.user(*other)? {
                            tell_presence(&mut fragments, hubs, &other);
                        }
                    }
                    News::Unread(room) => readings.push((*room, snapshot.reading(user, *room)?)),
                }
            }
        }
        Unread::All => {
            for (_, other) in snapshot.talks_of(user)? {
                tell_presence(&mut fragments, hubs, &other);
            }
            readings = snapshot.readings(user)?;
            readings.sort_unstable_by_key(|(_, reading)| (!reading.on_top, Reverse(reading.last)));
            readings.truncate(TOLD_ROOMS_MAX);
        }
    }
    let mut ranks = BTreeMap::new();
    let person = snapshot.person(user)?;
    for (id, reading) in readings {
        let Some(Sight { room, .. }) = snapshot.sight_by_id(id, person.as_ref(), now())? else { continue };
        ranks.insert(id, views::sidebar::rank(reading.rank(room.kind)));
        if id != here {
            fragments.push_str(&views::badge::changed(&room, &reading).into_string());
        }
    }
    Ok(frame::personal(&fragments, &ranks))
}

/// The present, in which somebody is told of the rooms that they follow: what comes after it they hear of. Whoever opens a
/// page is asked again, since a room to which others have added them meanwhile is in its list.
fn present(store: &Store, hubs: &Hubs, user: UserId) -> Result<Snapshot, Fault> {
    hubs.followers().follow(user, store.snapshot()?.followed(user)?);
    store.snapshot() // anew: what came meanwhile was told to nobody
}

fn tell_presence(fragments: &mut String, hubs: &Hubs, other: &Author) {
    fragments.push_str(&views::people::presence(other, hubs.is_here(other.id)).into_string());
}
