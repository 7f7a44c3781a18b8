//! The hubs of all rooms that somebody listens to. A hub comes with its first listener and goes with its last.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};

use super::Frame;
use super::agenda::{Agenda, Errand};
use super::bells::{MORE_WITHIN, Slot, ring};
use super::board::Board;
use super::followers::Followers;
use super::hub::Hub;
use super::keeper::{BEAT_EVERY, here_told_after};
use super::people::People;
use super::rights::{Concerns, Rights};
use super::tail::Tail;
use crate::domain::{Author, Concerned, Person, RoomId, Seq, UserId};
use crate::meters::{Meters, Present};
use crate::views::Here;

/// All hubs.
pub struct Hubs {
    tail: Tail,
    meters: Arc<Meters>,
    /// Where the bells are rung: telling thousands takes longer than a commit, and the writer has better things to do.
    ringer: Handle,
    rooms: Mutex<HashMap<RoomId, Arc<Hub>>>,
    people: People,
    followers: Followers,
    agenda: Agenda,
    beats: Agenda,
    closing: AtomicBool,
    rights: Rights,
}

impl Hubs {
    /// None yet. Each will keep a tail of this size. Their bells are rung on this runtime.
    pub fn new(tail: Tail, ringer: Handle, meters: Arc<Meters>) -> Self {
        Self {
            tail,
            meters,
            ringer,
            rooms: Mutex::default(),
            people: People::default(),
            followers: Followers::default(),
            agenda: Agenda::default(),
            beats: Agenda::default(),
            closing: AtomicBool::new(false),
            rights: Rights::default(),
        }
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<RoomId, Arc<Hub>>> {
        self.rooms.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(super) fn hub(&self, room: RoomId) -> Option<Arc<Hub>> {
        self.rooms().get(&room).cloned()
    }

    /// Whether somebody listens to any room.
    pub fn is_any_heard(&self) -> bool {
        !self.rooms().is_empty()
    }

    /// Whether somebody listens to this room.
    pub fn is_heard(&self, room: RoomId) -> bool {
        self.hub(room).is_some()
    }

    /// How many listen to this room.
    pub fn listeners(&self, room: RoomId) -> usize {
        self.hub(room).map_or(0, |hub| hub.listeners())
    }

    /// Whether somebody listens with this name anywhere, or did until a moment ago.
    pub fn is_here(&self, user: UserId) -> bool {
        self.people.is_here(user)
    }

    /// Somebody is typing in a room. Its listeners are told so, for some seconds, if that is news to them.
    pub fn types(&self, room: RoomId, who: &Author) {
        let at = self.hub(room).and_then(|hub| hub.types(who, Instant::now()));
        if let Some(at) = at {
            self.agenda.plan(Errand::Typing(room), at);
        }
    }

    /// Who is in this room.
    pub fn here(&self, room: RoomId) -> Here {
        self.hub(room).map_or_else(Here::default, |hub| hub.here())
    }

    /// Tells the listeners of a room what became durable at this instant.
    pub fn tell(&self, room: RoomId, frame: Frame, committed: std::time::Instant) {
        if let Some(hub) = self.hub(room) {
            hub.add(frame, self.tail, committed);
            self.ring(&hub);
        }
    }

    /// Sends the listeners of a room to the feed, when this change could not be made a frame.
    pub fn forget(&self, room: RoomId, untold: Seq) {
        if let Some(hub) = self.hub(room) {
            hub.forget(untold);
            self.ring(&hub);
        }
    }

    /// Sends all listeners to the feed, when it could not be read in which rooms this change is heard.
    pub fn forget_all(&self, untold: Seq) {
        let hubs: Vec<Arc<Hub>> = self.rooms().values().cloned().collect();
        for hub in hubs {
            hub.forget(untold);
            self.ring(&hub);
        }
    }

    /// Somebody is called otherwise: whoever has them in a list beside the page is told.
    pub fn renamed(&self, user: UserId) {
        self.agenda.plan(Errand::Renamed(user), Instant::now());
    }

    /// Which judgement of rights is the newest. Take it before rights are judged, and give it to the listener.
    pub fn rights(&self) -> u64 {
        self.rights.version()
    }

    /// Has the rights of some listeners judged again, before anything is told that comes after this.
    pub fn concern(&self, concerned: Concerned) {
        self.rights.concern(concerned);
        if let Concerned::Person(user) = concerned {
            self.look_for(user, true);
        }
        let hubs: Vec<Arc<Hub>> = match concerned {
            Concerned::Room(room) => self.hub(room).into_iter().collect(),
            Concerned::Person(user) => self.rooms().values().filter(|hub| hub.seats(user)).cloned().collect(),
            Concerned::House => self.rooms().values().cloned().collect(),
        };
        for hub in hubs {
            self.ring(&hub);
        }
    }

    /// Counts what the hubs have told since they were asked last.
    pub fn count_told(&self) {
        let hubs: Vec<Arc<Hub>> = self.rooms().values().cloned().collect();
        for hub in hubs {
            self.meters.from_tail.inc_by(hub.take_told());
        }
    }

    pub(super) fn meters(&self) -> &Meters {
        &self.meters
    }

    pub(super) fn agenda(&self) -> &Agenda {
        &self.agenda
    }

    pub(super) fn beats(&self) -> &Agenda {
        &self.beats
    }

    pub(super) fn people(&self) -> &People {
        &self.people
    }

    pub(super) fn followers(&self) -> &Followers {
        &self.followers
    }

    /// Has the bells of a room rung.
    pub(super) fn ring(&self, hub: &Arc<Hub>) {
        if !hub.call() {
            return;
        }
        let (hub, meters) = (Arc::clone(hub), Arc::clone(&self.meters));
        self.ringer.spawn(async move {
            loop {
                if hub.is_lively() {
                    sleep(MORE_WITHIN).await;
                }
                let Some(bells) = hub.take_bells() else { return };
                for durable in bells.ring().await {
                    meters.fan_out.observe(durable.elapsed().as_secs_f64());
                }
            }
        });
    }

    /// Puts what is new to somebody on their board, and rings their bells.
    pub(super) fn ring_person(&self, user: UserId) {
        self.ringer.spawn(ring(self.people.publish(user, Instant::now())));
    }

    /// Ends all streams, present and to come.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Release);
        let hubs: Vec<Arc<Hub>> = self.rooms().values().cloned().collect();
        for hub in hubs {
            self.ring(&hub);
        }
    }

    /// Whether all streams are to end.
    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Takes a seat in a room for `who`, if they have a name, whose rights were judged after so many changes. The second that
    /// is returned is the number of the last note that is of no interest any more.
    pub(super) fn sit(self: &Arc<Self>, room: RoomId, who: Option<&Person>, judged: u64) -> (Seat, u64) {
        let mut rooms = self.rooms();
        let hub = Arc::clone(rooms.entry(room).or_default());
        let (slot, note) = hub.join(who);
        drop(rooms);
        self.beats.plan(Errand::Beat(room), Instant::now() + BEAT_EVERY);
        self.moved(room, &hub);
        let board = who.map(|Person { author, hidden, .. }| {
            let (board, is_news) = self.people.join(author.id, *hidden, (Arc::clone(&hub), slot));
            if is_news {
                self.agenda.plan(Errand::Presence(author.id), Instant::now());
            }
            board
        });
        let who = who.map(|person| person.author.clone());
        let occupant = Box::new(Occupant { room, who, _present: self.meters.listener() });
        (Seat { hubs: Arc::clone(self), hub, slot, board, judged, occupant }, note)
    }

    fn moved(&self, room: RoomId, hub: &Hub) {
        self.agenda.plan(Errand::Here(room), Instant::now() + here_told_after(hub.listeners()));
    }
}

/// A seat in a room, given up when dropped.
pub(super) struct Seat {
    hubs: Arc<Hubs>,
    pub hub: Arc<Hub>,
    pub slot: Slot,
    /// What is new to whoever sits here, if they have a name.
    pub board: Option<Arc<Board>>,
    /// After how many changes of rights it was found that they may sit here.
    pub judged: u64,
    occupant: Box<Occupant>,
}

/// Who sits in a seat, and where.
struct Occupant {
    room: RoomId,
    /// Who it is, if they have a name.
    who: Option<Author>,
    _present: Present,
}

impl Seat {
    pub fn hubs(&self) -> &Hubs {
        &self.hubs
    }

    pub fn room(&self) -> RoomId {
        self.occupant.room
    }

    /// Who sits here, if they have a name.
    pub fn user(&self) -> Option<UserId> {
        self.occupant.who.as_ref().map(|who| who.id)
    }

    /// From now on whoever sits here has this name, and others may know that they are here, or may not.
    pub fn stand(&mut self, person: &Person) {
        let Some(who) = &mut self.occupant.who else { return };
        self.hub.stand(who, person);
        *who = person.author.clone();
        self.hubs.moved(self.room(), &self.hub);
        if self.hubs.people.hide(person.author.id, person.hidden) {
            self.hubs.agenda.plan(Errand::Presence(person.author.id), Instant::now());
        }
    }

    /// What changes of rights since it was judged mean to whoever sits here.
    pub fn concerns(&self) -> Concerns {
        self.hubs.rights.concerns(self.judged, || (self.user(), self.room()))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // Under the lock of the map, so that nobody sits down in a hub that is just taken out of it.
        let mut rooms = self.hubs.rooms();
        self.hub.leave(self.slot, self.occupant.who.as_ref());
        if self.hub.listeners() == 0 {
            self.hubs.meters.from_tail.inc_by(self.hub.take_told());
            rooms.remove(&self.room());
        }
        drop(rooms);
        self.hubs.moved(self.room(), &self.hub);
        if let Some(user) = self.user() {
            // Whoever goes because of what has happened to their rights is not waited for.
            let put_out = matches!(self.concerns(), Concerns::This(_));
            let seat = (&self.hub, self.slot);
            self.hubs.has_left(user, self.hubs.people.leave(user, seat, put_out, Instant::now()));
        }
    }
}
