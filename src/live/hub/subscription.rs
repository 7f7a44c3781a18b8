//! The subscription of one stream to the hub of its room.

use std::sync::Arc;

use tokio::time::Instant;

use crate::domain::{Author, Person, RoomId, UserId};
use crate::live::hub::Hub;
use crate::live::hub::registry::Hubs;
use crate::live::hub::waiters::Slot;
use crate::live::listener::access_log::Relevance;
use crate::live::presence::StreamId;
use crate::live::presence::inbox::Inbox;
use crate::live::schedule::delays::HEARTBEAT_INTERVAL;
use crate::live::schedule::timers::Job;
use crate::metrics::GaugeGuard;

/// A subscription, which ends when dropped.
pub(crate) struct Subscription {
    hubs: Arc<Hubs>,
    pub hub: Arc<Hub>,
    pub slot: Slot,
    /// The inbox of the subscriber, if they are signed in.
    pub inbox: Option<Arc<Inbox>>,
    /// The version of the access log up to which the subscriber's access is evaluated.
    pub access_version: u64,
    details: Box<SubscriptionDetails>,
}

/// What a delivery does not need.
struct SubscriptionDetails {
    room: RoomId,
    /// The subscriber, if they are signed in.
    author: Option<Author>,
    _gauge: GaugeGuard,
}

impl Subscription {
    /// Subscribes `person`, or an anonymous user, to a room. Their access was evaluated at `access_version`. Also returns the
    /// version up to which the ephemeral events of the hub need not be read.
    pub fn open(hubs: &Arc<Hubs>, room: RoomId, person: Option<&Person>, access_version: u64) -> (Self, u64) {
        let mut rooms = hubs.lock_rooms();
        let hub = Arc::clone(rooms.entry(room).or_default());
        let (slot, ephemeral) = hub.add_listener(person);
        drop(rooms);
        hubs.heartbeats().schedule(Job::Heartbeat(room), Instant::now() + HEARTBEAT_INTERVAL);
        hubs.schedule_roster(room, &hub);
        let inbox = person.map(|Person { author, presence_hidden, .. }| {
            let stream = StreamId { hub: Arc::clone(&hub), slot };
            let (inbox, is_change) = hubs.presence().add_stream(author.id, *presence_hidden, stream);
            if is_change {
                hubs.timers().schedule(Job::Presence(author.id), Instant::now());
            }
            inbox
        });
        let author = person.map(|person| person.author.clone());
        let details = Box::new(SubscriptionDetails { room, author, _gauge: hubs.metrics().track_stream() });
        (Self { hubs: Arc::clone(hubs), hub, slot, inbox, access_version, details }, ephemeral)
    }

    pub fn hubs(&self) -> &Hubs {
        &self.hubs
    }

    pub fn room(&self) -> RoomId {
        self.details.room
    }

    /// The subscriber, if they are signed in.
    pub fn user(&self) -> Option<UserId> {
        self.details.author.as_ref().map(|author| author.id)
    }

    /// Updates the name of the subscriber, and whether others may see that they are online.
    pub fn update_person(&mut self, person: &Person) {
        let Some(author) = &mut self.details.author else { return };
        self.hub.update_person(author, person);
        *author = person.author.clone();
        self.hubs.schedule_roster(self.room(), &self.hub);
        if self.hubs.presence().set_hidden(person.author.id, person.presence_hidden) {
            self.hubs.timers().schedule(Job::Presence(person.author.id), Instant::now());
        }
    }

    /// What the changes of access since the last evaluation mean to the subscriber.
    pub fn access_relevance(&self) -> Relevance {
        self.hubs.access_log().relevance_since(self.access_version, || (self.user(), self.room()))
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        // Under the lock of the map, so that nobody subscribes to a hub that is just being removed from it.
        let mut rooms = self.hubs.lock_rooms();
        self.hub.remove_listener(self.slot, self.details.author.as_ref());
        if self.hub.listener_count() == 0 {
            self.hubs.metrics().delivered_from_replay.inc_by(self.hub.take_delivered());
            rooms.remove(&self.room());
        }
        drop(rooms);
        self.hubs.schedule_roster(self.room(), &self.hub);
        if let Some(user) = self.user() {
            // Without a grace period for a person whose access has changed.
            let kicked = matches!(self.access_relevance(), Relevance::Relevant(_));
            let stream = StreamId { hub: Arc::clone(&self.hub), slot: self.slot };
            self.hubs.handle_departure(user, self.hubs.presence().remove_stream(user, &stream, kicked, Instant::now()));
        }
    }
}
