//! How somebody stands in a room: whether they hear it, and what they may do there. Judged on one snapshot, when a stream
//! is opened and whenever something has happened that concerns it.

use crate::domain::{Expiry, Person, RoomId, TokenHash};
use crate::store::{Snapshot, StoreError, now};

/// As whom a stream is listened to.
#[derive(Clone, Debug)]
pub struct Subscriber {
    /// The token that was shown, if one was: with its end the stream ends.
    pub token: Option<TokenHash>,
    /// Who that is, if they have a name.
    pub person: Option<Person>,
}

/// How somebody stands in a room who may hear it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    person: Option<Person>,
    muted: Expiry,
}

impl Access {
    /// Who it is, if they have a name.
    pub(crate) fn person(&self) -> Option<&Person> {
        self.person.as_ref()
    }

    /// Judges how `who` stands in a room now. `None`: they may not hear it.
    ///
    /// # Errors
    /// [`Fault`] if the file cannot be read.
    pub fn evaluate(snapshot: &Snapshot, subscriber: &Subscriber, room: RoomId) -> Result<Option<Self>, StoreError> {
        let now = now();
        let person = match subscriber.token {
            Some(token) => match snapshot.authenticate(token, now)? {
                Some(known) => Some(known.person),
                None => return Ok(None),
            },
            None => None,
        };
        let sight = snapshot.visible_room_by_id(room, person.as_ref(), now)?;
        Ok(sight.map(|sight| Self { person, muted: sight.muted_until }))
    }
}
