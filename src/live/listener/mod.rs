//! A listener: a cursor and a seat. It holds a number, not a queue, so a slow one costs nobody anything.
//!
//! Live, a little behind and long away are one road: look at the tail; if it starts too late, read the feed, page by
//! page, and look again. Nothing is skipped silently: who cannot be told what is missing is told so ([`frame::reset`]).

pub(crate) mod access;
pub(crate) mod access_log;
pub(crate) mod resume;

use std::io;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio_stream::Stream;

use crate::domain::{Applied, Cursor, Room, RoomId};
use crate::live::hub::ephemeral::EphemeralKind;
use crate::live::hub::registry::{Hubs, Subscription};
use crate::live::hub::{Next, Positions};
use crate::live::listener::access_log::Relevance;
use crate::live::listener::resume::{ResumePoint, has_feed_gap};
use crate::live::presence::inbox::Inbox;
use crate::live::presence::personal;
use crate::live::{Access, Encoding, Format, Subscriber, frame};
use crate::store::{Snapshot, Store, StoreError};

/// How many changes are read from the feed at a time.
const CATCH_UP_CHANGES: usize = 64;
/// How much is written of them at a time, in bytes: no more until the socket has taken it.
const CATCH_UP_BYTES: usize = 64 * 1024;
/// When the server stops, a listener is asked to come back after this time, and up to [`RETRY_SPREAD`] later.
const RETRY_MIN: Duration = Duration::from_secs(2);
const RETRY_SPREAD: Duration = Duration::from_secs(8);

/// A bell that hangs in the hub: since there had been so many calls, and which. While both stay the same there is nothing
/// to look for.
struct Armed {
    version: u64,
    waker_addr: NonZeroUsize,
}

/// A stream of what happens in a room, from a place on, for as long as it is polled.
///
/// When thousands are told at once, each one's memory has left the processor's cache since the last time, and to fetch it
/// is most of what a listener costs beside its socket. So all that a telling needs is here, but for the board of
/// somebody who has a name; what is seldom needed is elsewhere.
pub struct Listener {
    subscription: Subscription,
    positions: Positions,
    armed: Option<Armed>,
    /// What is told before anything else.
    queued: Option<Box<Bytes>>,
    ended: bool,
    /// Whether it once had heard how everybody is called, after it sat down. The hub tells it of new names that come later.
    has_seen_renames: bool,
    cold: Box<ColdState>,
}

const _: () = assert!(size_of::<Listener>() <= 120, "a listener and what holds its place are two lines of a cache");

/// What a listener seldom needs.
struct ColdState {
    store: Arc<Store>,
    subscriber: Subscriber,
    /// How `who` stands.
    access: Access,
}

impl Listener {
    /// Sits somebody down in `room`, who stands there as `standing` says after `judged` changes of rights.
    pub fn new(
        store: Arc<Store>,
        hubs: &Arc<Hubs>,
        room: RoomId,
        (subscriber, access, access_version): (Subscriber, Access, u64),
        start: ResumePoint,
        (format, encoding): (Format, Encoding),
    ) -> Self {
        let id = Cursor { epoch: Some(store.epoch()), seq: start.seq() };
        let opening = match start {
            ResumePoint::After(_) => frame::encode_hello(id),
            ResumePoint::Reset(_) => {
                hubs.metrics().stream_resets.inc();
                frame::encode_reset(id)
            }
        };
        let (subscription, note) = hubs.subscribe(room, subscriber.person.as_ref(), access_version);
        let positions =
            Positions { cursor: start.seq(), ephemeral: note, inbox: 0, generation: None, format, encoding };
        let queued = Some(Box::new(opening.bytes(encoding)));
        let cold = Box::new(ColdState { store, subscriber, access });
        Self { subscription, positions, armed: None, queued, ended: false, has_seen_renames: false, cold }
    }

    /// The next changes from the feed. `None` when there are none: then the cursor stands at the present.
    fn catch_up(&mut self) -> Result<Option<Bytes>, StoreError> {
        let snapshot = self.cold.store.snapshot()?;
        // On the very snapshot from which is told: it may hold what came after the end of a right.
        if Access::evaluate(&snapshot, &self.cold.subscriber, self.subscription.room())?.is_none() {
            return Ok(Some(self.end_with_gone()));
        }
        let Some(room) = snapshot.room_by_id(self.subscription.room())? else {
            return Err(StoreError::Missing { table: "rooms" });
        };
        if has_feed_gap(&snapshot, room.id, self.positions.cursor)? {
            // So slow that the feed was shortened under it.
            self.subscription.hubs().metrics().stream_resets.inc();
            self.positions.cursor = snapshot.last_seq()?;
            let reset =
                frame::encode_reset(Cursor { epoch: Some(self.cold.store.epoch()), seq: self.positions.cursor });
            return Ok(Some(reset.bytes(self.positions.encoding)));
        }
        loop {
            let changes = snapshot.changes_after(room.id, self.positions.cursor, CATCH_UP_CHANGES)?;
            if changes.is_empty() {
                self.positions.cursor = self.positions.cursor.max(snapshot.last_seq()?);
                return Ok(None);
            }
            let bytes = self.encode_changes(&snapshot, &room, &changes)?;
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
    }

    /// Writes changes until they are [`CATCH_UP_BYTES`], and moves the cursor past them.
    fn encode_changes(&mut self, snapshot: &Snapshot, room: &Room, changes: &[Applied]) -> Result<Bytes, StoreError> {
        let mut bytes = BytesMut::new();
        for change in changes {
            if bytes.len() >= CATCH_UP_BYTES {
                break;
            }
            self.positions.cursor = change.seq;
            if let Some(frame) = frame::read_frame(snapshot, self.cold.store.epoch(), room, *change)? {
                bytes.extend_from_slice(&frame.encoded_as(self.positions.format).bytes(self.positions.encoding));
                self.subscription.hubs().metrics().delivered_from_feed.inc();
            }
        }
        self.subscription.hubs().metrics().feed_read_bytes.inc_by(bytes.len() as u64);
        Ok(bytes.freeze())
    }

    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, StoreError>>> {
        if let Some(opening) = self.queued.take() {
            return Poll::Ready(Some(Ok(*opening)));
        }
        if !self.is_armed(cx.waker()) {
            // Looked first and judged then: what the tail has was told after whatever ended a right before it.
            let told = self.poll_hub(cx);
            let judged = if self.ended { None } else { self.recheck_access().transpose() };
            match (judged, told) {
                // Whoever still hears loses nothing: what was looked up is told first.
                (Some(Ok(changed)), Some(told)) if !self.ended => {
                    self.queued = Some(Box::new(changed));
                    return Poll::Ready(Some(told));
                }
                (Some(instead), _) => return Poll::Ready(Some(instead)),
                (None, Some(told)) => return Poll::Ready(Some(told)),
                (None, None) => {}
            }
        }
        Poll::Pending
    }

    /// Judges again how the listener stands, if something has happened that concerns it. What it must be told then: that
    /// it hears no more, and nothing else; or that it must read the room anew.
    fn recheck_access(&mut self) -> Result<Option<Bytes>, StoreError> {
        let judged = match self.subscription.access_relevance() {
            Relevance::NoChanges => return Ok(None),
            Relevance::Irrelevant(judged) => {
                self.subscription.access_version = judged;
                return Ok(None);
            }
            Relevance::Relevant(judged) => judged,
        };
        let standing = Access::evaluate(&self.cold.store.snapshot()?, &self.cold.subscriber, self.subscription.room())?;
        let Some(standing) = standing else { return Ok(Some(self.end_with_gone())) };
        self.subscription.access_version = judged;
        if self.cold.access == standing {
            return Ok(None);
        }
        if let Some(person) = standing.person() {
            self.subscription.update_person(person);
        }
        self.cold.access = standing;
        let cursor = Cursor { epoch: Some(self.cold.store.epoch()), seq: self.positions.cursor };
        Ok(Some(frame::encode_access_changed(cursor).bytes(self.positions.encoding)))
    }

    fn end_with_gone(&mut self) -> Bytes {
        self.ended = true;
        frame::encode_gone().bytes(self.positions.encoding)
    }

    /// Whether this bell still hangs since the last look, which found that there is nothing more.
    fn is_armed(&self, waker: &Waker) -> bool {
        let has_news = self.inbox().is_some_and(|board| board.version() != self.positions.inbox);
        let still_hangs = |hung: &Armed| {
            hung.version == self.subscription.hub.version() && hung.waker_addr.get() == waker.data().addr()
        };
        !has_news && self.armed.as_ref().is_some_and(still_hangs)
    }

    /// The board of whoever listens, if it is of interest: pages alone show what stands on it.
    fn inbox(&self) -> Option<&Inbox> {
        self.subscription.inbox.as_deref().filter(|_| self.positions.format == Format::Html)
    }

    /// What is new to whoever listens, and to nobody else.
    fn read_inbox(&mut self) -> Option<Result<Bytes, StoreError>> {
        let (unread, version) = self.inbox()?.updates_since(self.positions.inbox)?;
        self.positions.inbox = version;
        let user = self.subscription.user()?;
        let told = personal::encode_pending(
            &self.cold.store,
            self.subscription.hubs(),
            (user, self.subscription.room()),
            &unread,
        )
        .transpose()?;
        Some(told.map(|told| told.bytes(self.positions.encoding)))
    }

    /// Looks into the hub, and into the feed where the hub does not reach. `None` when there is nothing: then the bell
    /// will ring.
    fn poll_hub(&mut self, cx: &Context<'_>) -> Option<Result<Bytes, StoreError>> {
        loop {
            // Hangs up the bell before it looks anywhere, so that nothing told in between is lost.
            let (heard, calls) = match self.has_missed_rename() {
                Ok(true) => (Next::Behind, None),
                Ok(false) => self.subscription.hub.poll_next_after(self.subscription.slot, &self.positions, cx.waker()),
                Err(fault) => return Some(Err(fault)),
            };
            let bell = NonZeroUsize::new(cx.waker().data().addr());
            self.armed = calls.zip(bell).map(|(calls, bell)| Armed { version: calls, waker_addr: bell });
            match heard {
                _ if self.subscription.hubs().is_closing() => return Some(Ok(self.end_with_bye())),
                Next::Frames(bytes, seq) => {
                    self.positions.cursor = seq;
                    return Some(Ok(bytes));
                }
                Next::Ephemeral(about, bytes, number) => {
                    self.positions.ephemeral = number;
                    if about == EphemeralKind::Heartbeat || self.positions.format == Format::Html {
                        return Some(Ok(bytes));
                    }
                }
                Next::CaughtUp => return self.read_inbox(),
                Next::Behind => match self.catch_up() {
                    Ok(None) => {}
                    told => return told.transpose(),
                },
                Next::MaybeBehind(start) => match self.catch_up() {
                    Ok(None) => self.positions.generation = Some(start),
                    told => return told.transpose(),
                },
            }
        }
    }

    /// Whether somebody is called otherwise since what it has heard last, and the hub may not tell it: that may have begun
    /// after the new name without knowing it, as what rooms tell of themselves goes on without a gap. The feed knows.
    fn has_missed_rename(&mut self) -> Result<bool, StoreError> {
        if !self.has_seen_renames {
            self.has_seen_renames = self.positions.cursor >= self.cold.store.snapshot()?.last_rename()?;
        }
        Ok(!self.has_seen_renames)
    }

    fn end_with_bye(&mut self) -> Bytes {
        self.ended = true;
        let spread = u64::try_from(RETRY_SPREAD.as_millis()).unwrap_or(u64::MAX);
        let later = getrandom::u64().map_or(0, |random| random % spread);
        frame::encode_bye(RETRY_MIN + Duration::from_millis(later)).bytes(self.positions.encoding)
    }
}

impl Stream for Listener {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let listener = self.get_mut();
        if listener.ended {
            return Poll::Ready(None);
        }
        listener.poll_item(cx).map_err(|fault| {
            listener.subscription.hubs().metrics().internal_errors.inc();
            // The stream breaks off, and whoever listened comes back with the id of what was last heard.
            tracing::error!(%fault, "a listener could not read the feed");
            listener.ended = true;
            io::Error::other(fault)
        })
    }
}
