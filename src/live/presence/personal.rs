//! The event for one person alone: the present state of what is pending in their inbox.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::clock::now;
use crate::domain::{Author, ReadState, RoomId, UserId};
use crate::live::hub::registry::Hubs;
use crate::live::presence::inbox::{Pending, Update};
use crate::live::sse::EncodedEvent;
use crate::live::stream_events;
use crate::store::{Snapshot, Store, StoreError, VisibleRoom};
use crate::views;

/// How many unread counts are sent at once: more than the sidebar of a page lists.
const UNREAD_ROOMS_SENT_MAX: usize = 400;

/// The person, and the room that their page shows.
#[derive(Clone, Copy)]
pub(crate) struct Viewer {
    pub user: UserId,
    pub room: RoomId,
}

/// What is to be sent.
#[derive(Default)]
struct Changes {
    /// People whose presence is sent.
    people: Vec<Author>,
    read_states: Vec<(RoomId, ReadState)>,
}

/// Encodes the pending updates for a viewer. `None` if there is nothing to send.
///
/// # Errors
/// [`StoreError`] if the file cannot be read.
pub(crate) fn encode_pending(
    store: &Store,
    hubs: &Hubs,
    viewer: Viewer,
    pending: &Pending,
) -> Result<Option<EncodedEvent>, StoreError> {
    let (snapshot, changes) = match pending {
        Pending::Updates(updates) => {
            let snapshot = store.snapshot()?;
            let changes = load_updates(&snapshot, viewer.user, updates)?;
            (snapshot, changes)
        }
        Pending::Everything => {
            let snapshot = subscribe_and_snapshot(store, hubs, viewer.user)?;
            let changes = load_everything(&snapshot, viewer.user)?;
            (snapshot, changes)
        }
    };
    let mut fragments = String::new();
    for other in &changes.people {
        let is_online = hubs.is_online(other.id);
        fragments.push_str(&views::rooms::presence::update_person(other, is_online).into_string());
    }
    let mut ranks = BTreeMap::new();
    let person = snapshot.person_by_id(viewer.user)?;
    for (id, read_state) in changes.read_states {
        let Some(VisibleRoom { room, .. }) = snapshot.visible_room_by_id(id, person.as_ref(), now())? else { continue };
        ranks.insert(id, views::rooms::sidebar::encode_rank(read_state.sidebar_rank(room.visibility)));
        if id != viewer.room {
            fragments.push_str(&views::rooms::badge::update(&room, &read_state).into_string());
        }
    }
    Ok(stream_events::encode_personal(&fragments, &ranks))
}

fn load_updates(snapshot: &Snapshot, user: UserId, updates: &[Update]) -> Result<Changes, StoreError> {
    let mut changes = Changes::default();
    for update in updates {
        match update {
            Update::Presence(other) => changes.people.extend(snapshot.author_by_id(*other)?),
            Update::Unread(room) => changes.read_states.push((*room, snapshot.read_state(user, *room)?)),
        }
    }
    Ok(changes)
}

fn load_everything(snapshot: &Snapshot, user: UserId) -> Result<Changes, StoreError> {
    let people = snapshot.direct_partners(user)?.into_iter().map(|(_, other)| other).collect();
    let mut read_states = snapshot.read_states(user)?;
    read_states.sort_unstable_by_key(|(_, read_state)| (!read_state.favorite, Reverse(read_state.last_message)));
    read_states.truncate(UNREAD_ROOMS_SENT_MAX);
    Ok(Changes { people, read_states })
}

/// Subscribes a person to their rooms, and returns a snapshot of the present: they are notified of whatever comes after it. This
/// happens for each page that opens, because others may have added the person to a room meanwhile.
fn subscribe_and_snapshot(store: &Store, hubs: &Hubs, user: UserId) -> Result<Snapshot, StoreError> {
    hubs.unread_subscriptions().subscribe(user, store.snapshot()?.unread_subscriptions(user)?);
    store.snapshot() // again: nobody was notified of what came before the subscription
}
