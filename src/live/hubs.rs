//! The hubs of all rooms that somebody listens to. A hub comes with its first listener and goes with its last.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Waker;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until};

use super::hub::{Hub, Slot, Tail};
use super::rights::{Concerns, Rights};
use super::{Frame, frame};
use crate::domain::{Author, Concerned, RoomId, UserId};
use crate::meters::{Meters, Present};
use crate::views::Here;

/// How soon a room is told that somebody came or went: soon enough for the eye, late enough that a reload, or many who
/// come at once, make one telling.
const HERE_TOLD_AFTER: Duration = Duration::from_millis(250);
/// So many listeners of a room make it wait once more as long: telling all of them costs, and a crowd changes always.
const HERE_CROWD: u32 = 500;

/// How many bells are rung before others have their turn: some milliseconds of work.
const RUNG_AT_ONCE: usize = 256;

/// All hubs.
pub struct Hubs {
    tail: Tail,
    meters: Arc<Meters>,
    /// Rings the bells: waking thousands takes longer than a commit, and the writer has better things to do.
    ringer: Handle,
    rooms: Mutex<HashMap<RoomId, Arc<Hub>>>,
    moved: Mutex<HashSet<RoomId>>,
    somebody_moved: Notify,
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
            moved: Mutex::default(),
            somebody_moved: Notify::new(),
            closing: AtomicBool::new(false),
            rights: Rights::default(),
        }
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<RoomId, Arc<Hub>>> {
        self.rooms.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn hub(&self, room: RoomId) -> Option<Arc<Hub>> {
        self.rooms().get(&room).cloned()
    }

    /// Whether somebody listens to this room.
    pub fn is_heard(&self, room: RoomId) -> bool {
        self.hub(room).is_some()
    }

    /// How many listen to this room.
    pub fn listeners(&self, room: RoomId) -> usize {
        self.hub(room).map_or(0, |hub| hub.listeners())
    }

    /// Who is in this room.
    pub fn here(&self, room: RoomId) -> Here {
        self.hub(room).map_or_else(Here::default, |hub| hub.here())
    }

    /// Tells the listeners of a room what became durable at this instant.
    pub fn tell(&self, room: RoomId, frame: Frame, committed: std::time::Instant) {
        if let Some(hub) = self.hub(room) {
            hub.add(frame, self.tail);
            let (bells, meters) = (hub.take_bells(), Arc::clone(&self.meters));
            self.ringer.spawn(async move {
                ring(bells).await;
                meters.fan_out.observe(committed.elapsed().as_secs_f64());
            });
        }
    }

    /// Sends the listeners of a room to the feed, when a change could not be made a frame.
    pub fn forget(&self, room: RoomId) {
        if let Some(hub) = self.hub(room) {
            hub.forget();
            self.ring(&hub);
        }
    }

    /// Which judgement of rights is the newest. Take it before rights are judged, and give it to the listener.
    pub fn rights(&self) -> u64 {
        self.rights.version()
    }

    /// Has the rights of some listeners judged again, before anything is told that comes after this.
    pub fn concern(&self, concerned: Concerned) {
        self.rights.concern(concerned);
        let hubs: Vec<Arc<Hub>> = match concerned {
            Concerned::Room(room) => self.hub(room).into_iter().collect(),
            Concerned::Person(user) => self.rooms().values().filter(|hub| hub.seats(user)).cloned().collect(),
            Concerned::House => self.rooms().values().cloned().collect(),
        };
        for hub in hubs {
            self.ring(&hub);
        }
    }

    /// The newest judgement of rights, if one since `since` may concern whoever listens as `user` to `room`.
    pub(super) fn concerns(&self, since: u64, user: Option<UserId>, room: RoomId) -> Concerns {
        self.rights.concerns(since, user, room)
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

    fn ring(&self, hub: &Hub) {
        let bells = hub.take_bells();
        self.ringer.spawn(ring(bells));
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

    /// Takes a seat in a room.
    pub(super) fn sit(self: &Arc<Self>, room: RoomId, who: Option<&Author>) -> Seat {
        let mut rooms = self.rooms();
        let hub = Arc::clone(rooms.entry(room).or_default());
        let (slot, here_version) = hub.join(who);
        drop(rooms);
        self.moved(room);
        let present = self.meters.listener();
        let who = who.cloned().map(Box::new);
        Seat { hubs: Arc::clone(self), room, hub, slot, here_version, who, _present: present }
    }

    fn moved(&self, room: RoomId) {
        self.moved.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(room);
        self.somebody_moved.notify_one();
    }

    /// Tells rooms who is in them whenever that has changed. Runs until it is dropped.
    pub async fn keep_telling_who_is_here(&self) {
        let mut due: HashMap<RoomId, Instant> = HashMap::new();
        loop {
            match due.values().min().copied() {
                Some(first) => tokio::select! {
                    () = self.somebody_moved.notified() => {}
                    () = sleep_until(first) => {}
                },
                None => self.somebody_moved.notified().await,
            }
            let moved = std::mem::take(&mut *self.moved.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
            for room in moved {
                let crowd = u32::try_from(self.listeners(room)).unwrap_or(u32::MAX) / HERE_CROWD;
                due.entry(room).or_insert_with(|| Instant::now() + HERE_TOLD_AFTER * crowd.saturating_add(1).min(60));
            }
            let now = Instant::now();
            for (&room, _) in due.iter().filter(|(_, at)| **at <= now) {
                if let Some(hub) = self.hub(room) {
                    hub.say_here(frame::here(&hub.here()));
                    self.ring(&hub);
                }
            }
            due.retain(|_, at| *at > now);
        }
    }
}

/// Rings bells, and lets others have their turn in between: a page that somebody asks for meanwhile does not wait until
/// thousands have been told.
async fn ring(bells: Vec<Waker>) {
    for (rung, bell) in bells.into_iter().enumerate() {
        if rung % RUNG_AT_ONCE == RUNG_AT_ONCE - 1 {
            yield_now().await;
        }
        bell.wake();
    }
}

/// A seat in a room, given up when dropped.
pub(super) struct Seat {
    hubs: Arc<Hubs>,
    room: RoomId,
    pub hub: Arc<Hub>,
    pub slot: Slot,
    pub here_version: u64,
    who: Option<Box<Author>>,
    _present: Present,
}

impl Seat {
    pub fn hubs(&self) -> &Hubs {
        &self.hubs
    }

    pub fn room(&self) -> RoomId {
        self.room
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // Under the lock of the map, so that nobody sits down in a hub that is just taken out of it.
        let mut rooms = self.hubs.rooms();
        self.hub.leave(self.slot, self.who.as_deref());
        if self.hub.listeners() == 0 {
            self.hubs.meters.from_tail.inc_by(self.hub.take_told());
            rooms.remove(&self.room);
        }
        drop(rooms);
        self.hubs.moved(self.room);
    }
}
