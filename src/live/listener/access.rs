//! The access of a subscriber to a room: whether they may listen, and what they may do there. Evaluated on one snapshot when a
//! stream opens, and again whenever something changes that concerns it.

use crate::clock::now;
use crate::domain::{Expiry, Person, RoomId, TokenHash};
use crate::store::{Snapshot, StoreError};

/// The identity with which a stream is opened.
#[derive(Clone, Debug)]
pub struct Subscriber {
    /// The token of the request, if it had one: the stream ends when the token does.
    pub token: Option<TokenHash>,
    /// The person, if they are signed in.
    pub person: Option<Person>,
}

/// The access of a subscriber who may listen to a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    person: Option<Person>,
    muted_until: Expiry,
}

impl Access {
    /// The person, if they are signed in.
    pub(crate) fn person(&self) -> Option<&Person> {
        self.person.as_ref()
    }

    /// Evaluates the access of a subscriber to a room now. `None`: they may not listen to it.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read.
    pub fn evaluate(snapshot: &Snapshot, subscriber: &Subscriber, room: RoomId) -> Result<Option<Self>, StoreError> {
        let now = now();
        let person = match subscriber.token {
            Some(token) => match snapshot.authenticate(token, now)? {
                Some(authenticated) => Some(authenticated.person),
                None => return Ok(None),
            },
            None => None,
        };
        let visible = snapshot.visible_room_by_id(room, person.as_ref(), now)?;
        Ok(visible.map(|visible| Self { person, muted_until: visible.muted_until }))
    }
}
