//! A listener: a cursor and a subscription. It holds a position, not a queue, so a slow listener costs the others nothing.
//!
//! Live, lagging and resuming are one code path: look into the replay buffer of the hub; if it starts too late, read the feed
//! page by page, and look again. Nothing is skipped silently: where the feed has a gap, the stream gets a `reset`
//! ([`stream_events::encode_reset`]).
//!
//! A listener carries these version numbers. It is up to date when each equals its counterpart:
//!
//! | position | counterpart | what it says |
//! |---|---|---|
//! | `positions.cursor` | the last [`Seq`](crate::domain::Seq) of the room | the last change that was delivered; the id of the stream's events |
//! | `positions.generation` | `HubState::generation` + 1 | the restart of the replay buffer up to which the feed has been read, where the buffer is empty |
//! | `has_seen_renames` | `Snapshot::last_rename` | whether the cursor once was past the newest rename; later renames arrive through the hub |
//! | `positions.ephemeral` | `Ephemeral::version` | the last roster, typing or heartbeat event that was read |
//! | `positions.inbox` | `Inbox::version` | the last update for this person that was read; 0 if none |
//! | `subscription.access_version` | `AccessLog::version` | the last change of access that the listener's access takes into account |
//! | `armed.version` | `Hub::version` | the number of wake-ups at the last look that found nothing more; its waker is still registered |
//! | `Waiter::seen_version` (in the hub) | `Waiters::version` | the same number, for the thread that wakes: it skips listeners that are up to date |

pub(crate) mod access;
pub(crate) mod access_log;
mod catch_up;
pub(crate) mod resume;

use std::io;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio_stream::Stream;

use crate::domain::{Cursor, RoomId};
use crate::live::hub::ephemeral::EphemeralKind;
use crate::live::hub::registry::Hubs;
use crate::live::hub::subscription::Subscription;
use crate::live::hub::{Next, Positions};
use crate::live::listener::access_log::Relevance;
use crate::live::listener::catch_up::{FeedRead, FeedReader};
use crate::live::listener::resume::ResumePoint;
use crate::live::presence::inbox::Inbox;
use crate::live::presence::personal;
use crate::live::{Access, Encoding, Format, Subscriber, stream_events};
use crate::store::{Store, StoreError};

/// When the server stops, a client is asked to reconnect after this time, plus up to [`RETRY_SPREAD`].
const RETRY_MIN: Duration = Duration::from_secs(2);
const RETRY_SPREAD: Duration = Duration::from_secs(8);

/// A waker that is registered in the hub: at which version of the hub, and which waker. While both stay the same there is
/// nothing to look for.
struct Armed {
    version: u64,
    waker_addr: NonZeroUsize,
}

/// A stream of the events of a room from a position on, for as long as it is polled.
///
/// When thousands of listeners are woken at once, the memory of each has left the processor's cache since the last time, and
/// loading it is most of what a listener costs beside its socket. So everything a delivery needs is in this struct, except
/// the inbox of a person; the rest is in `ColdState`.
pub struct Listener {
    subscription: Subscription,
    positions: Positions,
    armed: Option<Armed>,
    /// Sent before anything else.
    queued: Option<Box<Bytes>>,
    ended: bool,
    /// Whether the cursor once was past the newest rename since the subscription. The hub delivers later renames.
    has_seen_renames: bool,
    cold: Box<ColdState>,
}

const _: () = assert!(size_of::<Listener>() <= 120, "a listener and its allocation header are two cache lines");

/// What a delivery does not need.
struct ColdState {
    store: Arc<Store>,
    subscriber: Subscriber,
    /// The access of the subscriber when it was evaluated last.
    access: Access,
}

/// How a listener is opened.
pub struct ListenerOptions {
    /// Who listens.
    pub subscriber: Subscriber,
    /// Their access to the room.
    pub access: Access,
    /// [`Hubs::access_version`] before the access was evaluated.
    pub access_version: u64,
    /// Where the stream starts.
    pub start: ResumePoint,
    /// What the stream is made of.
    pub format: Format,
    /// How its bytes are framed.
    pub encoding: Encoding,
}

impl Listener {
    /// Subscribes to `room`.
    pub fn new(store: Arc<Store>, hubs: &Arc<Hubs>, room: RoomId, options: ListenerOptions) -> Self {
        let ListenerOptions { subscriber, access, access_version, start, format, encoding } = options;
        let id = Cursor { epoch: Some(store.epoch()), seq: start.seq() };
        let opening = match start {
            ResumePoint::After(_) => stream_events::encode_hello(id),
            ResumePoint::Reset(_) => {
                hubs.metrics().stream_resets.inc();
                stream_events::encode_reset(id)
            }
        };
        let (subscription, ephemeral) = Subscription::open(hubs, room, subscriber.person.as_ref(), access_version);
        let positions = Positions { cursor: start.seq(), ephemeral, inbox: 0, generation: None, format, encoding };
        let queued = Some(Box::new(opening.bytes(encoding)));
        let cold = Box::new(ColdState { store, subscriber, access });
        Self { subscription, positions, armed: None, queued, ended: false, has_seen_renames: false, cold }
    }

    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, StoreError>>> {
        if let Some(queued) = self.queued.take() {
            return Poll::Ready(Some(Ok(*queued)));
        }
        if !self.is_armed(cx.waker()) {
            // The hub first, the access second: what the replay buffer has was published after any earlier end of access.
            let item = self.poll_hub(cx);
            let access_event = if self.ended { None } else { self.recheck_access().transpose() };
            match (access_event, item) {
                // A listener that keeps its access loses nothing: the item goes first.
                (Some(Ok(event)), Some(item)) if !self.ended => {
                    self.queued = Some(Box::new(event));
                    return Poll::Ready(Some(item));
                }
                (Some(event), _) => return Poll::Ready(Some(event)),
                (None, Some(item)) => return Poll::Ready(Some(item)),
                (None, None) => {}
            }
        }
        Poll::Pending
    }

    /// Evaluates the access again if a change concerns it. Returns the event to send: `gone`, which is then the last one; or
    /// a reset, if the access is different.
    fn recheck_access(&mut self) -> Result<Option<Bytes>, StoreError> {
        let version = match self.subscription.access_relevance() {
            Relevance::NoChanges => return Ok(None),
            Relevance::Irrelevant(version) => {
                self.subscription.access_version = version;
                return Ok(None);
            }
            Relevance::Relevant(version) => version,
        };
        let snapshot = self.cold.store.snapshot()?;
        let Some(access) = Access::evaluate(&snapshot, &self.cold.subscriber, self.subscription.room())? else {
            return Ok(Some(self.end_with_gone()));
        };
        self.subscription.access_version = version;
        if self.cold.access == access {
            return Ok(None);
        }
        if let Some(person) = access.person() {
            self.subscription.update_person(person);
        }
        self.cold.access = access;
        let cursor = Cursor { epoch: Some(self.cold.store.epoch()), seq: self.positions.cursor };
        Ok(Some(stream_events::encode_access_changed(cursor).bytes(self.positions.encoding)))
    }

    fn end_with_gone(&mut self) -> Bytes {
        self.ended = true;
        stream_events::encode_gone().bytes(self.positions.encoding)
    }

    /// Whether this waker is still registered since the last look, which found nothing more.
    fn is_armed(&self, waker: &Waker) -> bool {
        let has_updates = self.inbox().is_some_and(|inbox| inbox.version() != self.positions.inbox);
        let is_current = |armed: &Armed| {
            armed.version == self.subscription.hub.version() && armed.waker_addr.get() == waker.data().addr()
        };
        !has_updates && self.armed.as_ref().is_some_and(is_current)
    }

    /// The inbox of the person, if the stream needs it: only pages show what is in it.
    fn inbox(&self) -> Option<&Inbox> {
        self.subscription.inbox.as_deref().filter(|_| self.positions.format == Format::Html)
    }

    /// The updates for this person alone.
    fn read_inbox(&mut self) -> Option<Result<Bytes, StoreError>> {
        let (pending, version) = self.inbox()?.updates_since(self.positions.inbox)?;
        self.positions.inbox = version;
        let viewer = personal::Viewer { user: self.subscription.user()?, room: self.subscription.room() };
        let event =
            personal::encode_pending(&self.cold.store, self.subscription.hubs(), viewer, &pending).transpose()?;
        Some(event.map(|event| event.bytes(self.positions.encoding)))
    }

    /// Looks into the hub, and into the feed where the hub does not reach. `None` if there is nothing: then the waker is
    /// registered.
    fn poll_hub(&mut self, cx: &Context<'_>) -> Option<Result<Bytes, StoreError>> {
        loop {
            // Registers the waker before it looks anywhere, so that nothing published in between is lost.
            let (next, version) = match self.has_missed_rename() {
                Ok(true) => (Next::Behind, None),
                Ok(false) => self.subscription.hub.poll_next_after(self.subscription.slot, &self.positions, cx.waker()),
                Err(error) => return Some(Err(error)),
            };
            let waker_addr = NonZeroUsize::new(cx.waker().data().addr());
            self.armed = version.zip(waker_addr).map(|(version, waker_addr)| Armed { version, waker_addr });
            match next {
                _ if self.subscription.hubs().is_closing() => return Some(Ok(self.end_with_bye())),
                Next::Frames(bytes, seq) => {
                    self.positions.cursor = seq;
                    return Some(Ok(bytes));
                }
                Next::Ephemeral(kind, bytes, version) => {
                    self.positions.ephemeral = version;
                    if kind == EphemeralKind::Heartbeat || self.positions.format == Format::Html {
                        return Some(Ok(bytes));
                    }
                }
                Next::CaughtUp => return self.read_inbox(),
                Next::Behind => match self.read_feed() {
                    Ok(None) => {}
                    read => return read.transpose(),
                },
                Next::MaybeBehind(generation) => match self.read_feed() {
                    Ok(None) => self.positions.generation = Some(generation),
                    read => return read.transpose(),
                },
            }
        }
    }

    /// The next events from the feed. `None` if there are none: then the cursor is at the present.
    fn read_feed(&mut self) -> Result<Option<Bytes>, StoreError> {
        let reader = FeedReader {
            store: &self.cold.store,
            subscriber: &self.cold.subscriber,
            room: self.subscription.room(),
            metrics: self.subscription.hubs().metrics(),
        };
        Ok(match reader.read_next(&mut self.positions)? {
            FeedRead::Events(bytes) => Some(bytes),
            FeedRead::CaughtUp => None,
            FeedRead::AccessLost => Some(self.end_with_gone()),
        })
    }

    /// Whether there may be a rename after the cursor that the hub does not have: the hub may have started after the rename,
    /// and the changes of a room follow each other without a gap that would show it. The feed knows.
    fn has_missed_rename(&mut self) -> Result<bool, StoreError> {
        if !self.has_seen_renames {
            self.has_seen_renames = self.positions.cursor >= self.cold.store.snapshot()?.last_rename()?;
        }
        Ok(!self.has_seen_renames)
    }

    fn end_with_bye(&mut self) -> Bytes {
        self.ended = true;
        let spread_ms = u64::try_from(RETRY_SPREAD.as_millis()).unwrap_or(u64::MAX);
        let extra_ms = getrandom::u64().map_or(0, |random| random % spread_ms);
        stream_events::encode_bye(RETRY_MIN + Duration::from_millis(extra_ms)).bytes(self.positions.encoding)
    }
}

impl Stream for Listener {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let listener = self.get_mut();
        if listener.ended {
            return Poll::Ready(None);
        }
        listener.poll_item(cx).map_err(|error| {
            listener.subscription.hubs().metrics().internal_errors.inc();
            // The stream breaks off, and the client reconnects with the id of the last event.
            let (room, seq) = (listener.subscription.room().0, listener.positions.cursor);
            tracing::error!(%error, room, %seq, "failed to read the feed for a stream");
            listener.ended = true;
            io::Error::other(error)
        })
    }
}
