//! The model's rules of names: who may take which, what becomes of the one they had, and where it can be seen.

use taproom::domain::{Actor, Event, Expiry, Refusal, Role, RoomId, Seq, Timestamp, UserId, UserName};

use super::{DAY, Model, Now, User};

/// So many former names are kept, and each for so long.
const FORMER: usize = 5;
const KEPT: u64 = 30 * DAY;

/// A name that somebody had: the change by which they gave it up, and when.
#[derive(Clone, Debug)]
pub struct Former {
    pub change: Seq,
    pub name: UserName,
    pub until: u64,
}

impl User {
    /// All names that are theirs, the present one last.
    pub fn names(&self) -> impl Iterator<Item = &UserName> {
        self.former.iter().map(|former| &former.name).chain([&self.name])
    }
}

impl Model {
    /// Nobody else has the name, or had it, or one that looks like it.
    fn is_free(&self, name: &UserName, but: Option<UserId>) -> Result<(), Refusal> {
        let names = || self.users.iter().filter(|user| Some(user.id) != but).flat_map(User::names);
        if names().any(|other| other.key() == name.key()) {
            return Err(Refusal::NameTaken(name.to_string()));
        }
        match names().find(|other| other.skeleton() == name.skeleton()) {
            Some(other) => Err(Refusal::NameConfusable(other.to_string())),
            None => Ok(()),
        }
    }

    pub(super) fn take_name(&mut self, now: Now, name: &UserName, invited: Option<Seq>) -> Result<UserId, Refusal> {
        self.is_free(name, None)?;
        let id = UserId(now.seq.0);
        self.users.push(User {
            id,
            name: name.clone(),
            former: Vec::new(),
            named: now.seq,
            entered_at: now.at,
            role: Role::Guest,
            muted: Expiry::PAST,
            banned: Expiry::PAST,
            invited,
            password: None,
            codes: Vec::new(),
            hidden: false,
        });
        Ok(id)
    }

    pub(super) fn rename(&mut self, now: Now, who: Actor, name: &UserName) -> Result<Event, Refusal> {
        let user = self.asker(now, who)?;
        if user.role == Role::Guest {
            return Err(Refusal::AccountRequired);
        }
        if user.muted.is_active(Timestamp(now.at)) {
            return Err(Refusal::Muted(user.muted));
        }
        self.is_free(name, Some(user.id))?;
        if user.name == *name {
            return Err(Refusal::NotFound);
        }
        let mut former = user.former.clone();
        former.retain(|former| former.name.key() != name.key());
        if user.name.key() != name.key() {
            if former.len() == FORMER {
                let free = former[0].until + KEPT;
                if now.at < free {
                    return Err(Refusal::TooManyRenames(Expiry(Timestamp(free))));
                }
                former.remove(0);
            }
            former.push(Former { change: now.seq, name: user.name.clone(), until: now.at });
        }
        let user = self.user_mut(user.id);
        (user.former, user.named) = (former, now.seq);
        user.name.clone_from(name);
        Ok(Event::PersonRenamed { user: user.id })
    }

    /// Somebody's name can be seen in a room.
    pub(super) fn see(&mut self, now: Now, user: UserId, room: RoomId) {
        if self.user(user).is_some() && self.seen_since(user, room).is_none() {
            self.seen.push((user, room, now.seq));
        }
    }

    /// Since when it can be.
    pub fn seen_since(&self, user: UserId, room: RoomId) -> Option<Seq> {
        self.seen.iter().find(|seen| (seen.0, seen.1) == (user, room)).map(|seen| seen.2)
    }
}
