//! What is written to one person alone: what is true now of what is new to them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::domain::{Author, RoomId, UserId};
use crate::live::frame;
use crate::live::hub::registry::Hubs;
use crate::live::presence::inbox::{Pending, Update};
use crate::live::sse::EncodedEvent;
use crate::store::{Snapshot, Store, StoreError, VisibleRoom, now};
use crate::views;

/// Of how many rooms somebody is told at once how much there is to read: of more than a page lists.
const UNREAD_ROOMS_SENT_MAX: usize = 400;

/// What somebody in this room reads who has not read this. `None` if there is nothing to read.
///
/// # Errors
/// [`Fault`] if the file cannot be read.
pub(crate) fn encode_pending(
    store: &Store,
    hubs: &Hubs,
    (user, current_room): (UserId, RoomId),
    pending: &Pending,
) -> Result<Option<EncodedEvent>, StoreError> {
    let mut fragments = String::new();
    let snapshot = match pending {
        Pending::Updates(_) => store.snapshot()?,
        Pending::Everything => subscribe_and_snapshot(store, hubs, user)?,
    };
    let mut readings = Vec::new();
    match pending {
        Pending::Updates(news) => {
            for news in news {
                match news {
                    Update::Presence(other) => {
                        if let Some(other) = snapshot.author_by_id(*other)? {
                            push_presence(&mut fragments, hubs, &other);
                        }
                    }
                    Update::Unread(room) => readings.push((*room, snapshot.read_state(user, *room)?)),
                }
            }
        }
        Pending::Everything => {
            for (_, other) in snapshot.direct_partners(user)? {
                push_presence(&mut fragments, hubs, &other);
            }
            readings = snapshot.read_states(user)?;
            readings.sort_unstable_by_key(|(_, reading)| (!reading.favorite, Reverse(reading.last_message)));
            readings.truncate(UNREAD_ROOMS_SENT_MAX);
        }
    }
    let mut ranks = BTreeMap::new();
    let person = snapshot.person_by_id(user)?;
    for (id, reading) in readings {
        let Some(VisibleRoom { room, .. }) = snapshot.visible_room_by_id(id, person.as_ref(), now())? else { continue };
        ranks.insert(id, views::rooms::sidebar::encode_rank(reading.sidebar_rank(room.visibility)));
        if id != current_room {
            fragments.push_str(&views::rooms::badge::update(&room, &reading).into_string());
        }
    }
    Ok(frame::encode_personal(&fragments, &ranks))
}

/// The present, in which somebody is told of the rooms that they follow: what comes after it they hear of. Whoever opens a
/// page is asked again, since a room to which others have added them meanwhile is in its list.
fn subscribe_and_snapshot(store: &Store, hubs: &Hubs, user: UserId) -> Result<Snapshot, StoreError> {
    hubs.unread_subscriptions().subscribe(user, store.snapshot()?.unread_subscriptions(user)?);
    store.snapshot() // anew: what came meanwhile was told to nobody
}

fn push_presence(fragments: &mut String, hubs: &Hubs, other: &Author) {
    fragments.push_str(&views::rooms::presence::update_person(other, hubs.is_online(other.id)).into_string());
}
