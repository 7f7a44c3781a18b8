//! How somebody stands in a room: whether they hear it, and what they may do there. Judged on one snapshot, when a stream
//! is opened and whenever something has happened that concerns it.

use crate::domain::{Person, RoomId, TokenHash, Until};
use crate::store::{Fault, Snapshot, now};

/// As whom a stream is listened to.
#[derive(Clone, Debug)]
pub struct Hearer {
    /// The token that was shown, if one was: with its end the stream ends.
    pub token: Option<TokenHash>,
    /// Who that is, if they have a name.
    pub person: Option<Person>,
}

/// How somebody stands in a room who may hear it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    person: Option<Person>,
    muted: Until,
}

impl Standing {
    /// Who it is, if they have a name.
    pub(super) fn person(&self) -> Option<&Person> {
        self.person.as_ref()
    }

    /// Judges how `who` stands in a room now. `None`: they may not hear it.
    ///
    /// # Errors
    /// [`Fault`] if the file cannot be read.
    pub fn judge(snapshot: &Snapshot, who: &Hearer, room: RoomId) -> Result<Option<Self>, Fault> {
        let now = now();
        let person = match who.token {
            Some(token) => match snapshot.known(token, now)? {
                Some(known) => Some(known.person),
                None => return Ok(None),
            },
            None => None,
        };
        let sight = snapshot.sight_by_id(room, person.as_ref(), now)?;
        Ok(sight.map(|sight| Self { person, muted: sight.muted }))
    }
}
