//! Tells what no commit brings about: who is here, who is typing, who has come and who is gone; to whoever is elsewhere, that
//! there is more to read; and to all, from time to time, that they are still told. One task does so for all rooms and people, and sleeps until the next errand is due.

use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::Instant;

use super::agenda::{Agenda, Errand};
use super::board::News;
use super::followers::Moved;
use super::notes::About;
use super::people::Left;
use super::{Hubs, frame};
use crate::domain::limits::DIRECT_PEOPLE_MAX;
use crate::domain::{Counted, Event, Kind, RoomId, Seq, UserId};
use crate::store::{Fault, Snapshot, Store, now};

/// How often those who listen to a room hear that it is there, whatever else they hear.
pub(super) const BEAT_EVERY: Duration = Duration::from_secs(15);
/// How soon a room is told that somebody came or went: soon enough for the eye, late enough that a reload, or many who
/// come at once, make one telling.
const HERE_TOLD_AFTER: Duration = Duration::from_millis(250);
/// So many listeners of a room make it wait once more as long: telling all of them costs, and a crowd changes always.
const HERE_CROWD: usize = 500;
/// How many times as long it waits at most.
const HERE_TIMES_MAX: u32 = 60;
/// In how many changes of a room is looked for whom they mention, each time that is told.
const SPOKEN_CHANGES: usize = 64;

/// How long a room of so many listeners waits until it is told that somebody came or went.
pub(super) fn here_told_after(listeners: usize) -> Duration {
    let crowd = u32::try_from(listeners / HERE_CROWD).unwrap_or(u32::MAX);
    HERE_TOLD_AFTER * crowd.saturating_add(1).min(HERE_TIMES_MAX)
}

impl Hubs {
    /// Does what is due, and reads in `store` whom it concerns. Runs until it is dropped.
    pub async fn keep_telling(&self, store: &Store) {
        // Side by side: whoever hears no beat for too long comes back, so that those must not wait for thousands of others.
        tokio::join!(self.do_errands(self.agenda(), store), self.do_errands(self.beats(), store));
    }

    async fn do_errands(&self, agenda: &Agenda, store: &Store) {
        loop {
            for errand in agenda.due().await {
                match errand {
                    Errand::Beat(room) => self.beat(room),
                    Errand::Here(room) => self.tell_here(room),
                    Errand::Typing(room) => self.tell_typing(room),
                    Errand::Away(user) => self.look_for(user, false),
                    Errand::News(user) => self.ring_person(user),
                    Errand::Presence(user) => self.note(self.tell_presence(store, user)),
                    Errand::Renamed(user) => self.note(self.tell_renamed(store, user)),
                    Errand::Unread => self.note(self.tell_unread(store)),
                }
                yield_now().await;
            }
        }
    }

    fn note(&self, told: Result<(), Fault>) {
        if let Err(fault) = told {
            self.meters().faults.inc();
            tracing::error!(%fault, "whom something concerns could not be read");
        }
    }

    fn beat(&self, room: RoomId) {
        if let Some(hub) = self.hub(room) {
            hub.say(About::Beat, frame::ping());
            self.ring(&hub);
            self.beats().plan(Errand::Beat(room), Instant::now() + BEAT_EVERY);
        }
    }

    fn tell_here(&self, room: RoomId) {
        if let Some(hub) = self.hub(room) {
            hub.say(About::Here, frame::here(&hub.here()));
            self.ring(&hub);
        }
    }

    fn tell_typing(&self, room: RoomId) {
        let Some(hub) = self.hub(room) else { return };
        let (is_news, next) = hub.say_typing(Instant::now());
        if let Some(next) = next {
            self.agenda().plan(Errand::Typing(room), next);
        }
        if is_news {
            self.ring(&hub);
        }
    }

    /// Sees whether somebody is gone who was away; if they were put out, at once.
    pub(super) fn look_for(&self, user: UserId, put_out: bool) {
        self.has_left(user, self.people().look_for(user, put_out, Instant::now()));
    }

    /// Plans what follows when somebody has one stream less.
    pub(super) fn has_left(&self, user: UserId, left: Left) {
        match left {
            Left::Here => {}
            Left::Away(until) => self.agenda().plan(Errand::Away(user), until),
            Left::Gone => {
                self.followers().forget(user, || self.people().knows(user));
                self.agenda().plan(Errand::Presence(user), Instant::now());
            }
        }
    }

    fn tell_presence(&self, store: &Store, user: UserId) -> Result<(), Fault> {
        for (_, other) in store.snapshot()?.talks_of(user)? {
            self.tell_person(other.id, News::Presence(user));
        }
        Ok(())
    }

    /// A direct room is called after its people, and stands in the lists of all of them.
    fn tell_renamed(&self, store: &Store, user: UserId) -> Result<(), Fault> {
        let snapshot = store.snapshot()?;
        let Some(person) = snapshot.person(user)? else { return Ok(()) };
        for room in snapshot.hidden_rooms(&person, now())? {
            if room.kind == Kind::Direct {
                for other in snapshot.members(room.id, DIRECT_PEOPLE_MAX)? {
                    self.tell_person(other.id, News::Unread(room.id));
                }
            }
        }
        self.tell_presence(store, user)
    }

    /// There is more to read somewhere, or less, since this change.
    pub fn count(&self, counted: Counted, since: Seq) {
        match counted {
            Counted::ByAll(room) => {
                if let Some(at) = self.followers().mark(room, since, Instant::now()) {
                    self.agenda().plan(Errand::Unread, at);
                }
            }
            Counted::By(user, room) => {
                self.followers().follow_also(user, room);
                self.tell_person(user, News::Unread(room));
            }
        }
    }

    /// Tells whoever is elsewhere of the rooms that they follow. Whoever looks at a room sees what is new there; but a direct one
    /// moves up in the list beside it too.
    fn tell_unread(&self, store: &Store) -> Result<(), Fault> {
        let moved = self.followers().take_moved(Instant::now());
        let snapshot = store.snapshot()?;
        for Moved { room, since, mut followers } in moved {
            let is_direct = snapshot.room_by_id(room)?.is_some_and(|room| room.kind == Kind::Direct);
            for user in spoken_to(&snapshot, (room, is_direct), since)? {
                self.followers().follow_also(user, room);
                followers.push(user);
            }
            let hub = self.hub(room);
            for user in followers {
                if is_direct || self.people().is_elsewhere(user, hub.as_ref()) {
                    self.tell_person(user, News::Unread(room));
                }
            }
        }
        Ok(())
    }

    /// Something is new to one person alone.
    pub(super) fn tell_person(&self, user: UserId, news: News) {
        if let Some(at) = self.people().tell(user, news, Instant::now()) {
            self.agenda().plan(Errand::News(user), at);
        }
    }
}

/// To whom was spoken in a room, from this change on: they are told whether they follow the room or not. In a direct room
/// that is everybody, also in one that was opened after their page; in others who is mentioned. Of much that is said at once,
/// the first is looked at.
fn spoken_to(snapshot: &Snapshot, (room, is_direct): (RoomId, bool), since: Seq) -> Result<Vec<UserId>, Fault> {
    if is_direct {
        return Ok(snapshot.members(room, DIRECT_PEOPLE_MAX)?.into_iter().map(|person| person.id).collect());
    }
    let mut people = Vec::new();
    for done in snapshot.changes_after(room, Seq(since.0 - 1), SPOKEN_CHANGES)? {
        if let Event::Posted { message, .. } | Event::Edited { message, .. } = done.event {
            people.extend(
                snapshot.message(room, message)?.into_iter().flat_map(|message| message.more.extras.mentions.clone()),
            );
        }
    }
    Ok(people)
}
