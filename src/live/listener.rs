//! A listener: a cursor and a seat. It holds a number, not a queue, so a slow one costs nobody anything.
//!
//! Live, a little behind and long away are one road: look at the tail; if it starts too late, read the feed, page by
//! page, and look again. Nothing is skipped silently: who cannot be told what is missing is told so ([`frame::reset`]).

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_stream::Stream;

use super::hub::Heard;
use super::hubs::{Hubs, Seat};
use super::{Format, frame};
use crate::domain::{Author, Cursor, Done, Room, RoomId, Seq};
use crate::store::{Fault, Snapshot, Store};

/// How often a listener hears a heartbeat.
const PING_EVERY: Duration = Duration::from_secs(15);
/// How many changes are read from the feed at a time.
const CATCH_UP_CHANGES: usize = 64;
/// How much is written of them at a time, in bytes: no more until the socket has taken it.
const CATCH_UP_BYTES: usize = 64 * 1024;
/// When the server stops, a listener is asked to come back after this time, and up to [`RETRY_SPREAD`] later.
const RETRY_MIN: Duration = Duration::from_secs(2);
const RETRY_SPREAD: Duration = Duration::from_secs(8);

/// Where a listener starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// After this change.
    After(Seq),
    /// Now, because where it wanted to start is no place in this history.
    Reset(Seq),
}

impl Start {
    /// Judges the place where a listener of `room` wants to go on. Without a wish it is now.
    ///
    /// # Errors
    /// [`Fault`] if the file cannot be read.
    pub fn judge(store: &Store, room: RoomId, wish: Option<Cursor>) -> Result<Self, Fault> {
        let snapshot = store.snapshot()?;
        let now = snapshot.last()?;
        let Some(wish) = wish else { return Ok(Self::After(now)) };
        let foreign = wish.epoch.is_some_and(|epoch| epoch != store.epoch());
        let leads_nowhere = foreign || wish.seq > now || is_forgotten(&snapshot, room, wish.seq)?;
        Ok(if leads_nowhere { Self::Reset(now) } else { Self::After(wish.seq) })
    }

    fn seq(self) -> Seq {
        match self {
            Self::After(seq) | Self::Reset(seq) => seq,
        }
    }
}

/// Whether the feed no longer tells all that came after `seq`. One that still begins at the room's opening has lost
/// nothing, wherever `seq` lies before it.
fn is_forgotten(snapshot: &Snapshot, room: RoomId, seq: Seq) -> Result<bool, Fault> {
    let floor = snapshot.feed_floor(room)?.ok_or(Fault::Missing { table: "rooms" })?;
    Ok(seq < floor && floor.0 != room.0)
}

/// A stream of what happens in a room, from a place on, for as long as it is polled.
pub struct Listener {
    store: Arc<Store>,
    seat: Seat,
    format: Format,
    cursor: Seq,
    here_version: u64,
    /// Up to which fresh start of the hub the feed has been read.
    looked: Option<u64>,
    ping: Interval,
    opening: Option<Bytes>,
    ended: bool,
}

impl Listener {
    /// Sits `who` down in `room`. Call it on a tokio runtime.
    pub fn new(
        store: Arc<Store>,
        hubs: &Arc<Hubs>,
        room: RoomId,
        who: Option<&Author>,
        start: Start,
        format: Format,
    ) -> Self {
        let mut ping = interval(PING_EVERY);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ping.reset();
        let id = Cursor { epoch: Some(store.epoch()), seq: start.seq() };
        let opening = match start {
            Start::After(_) => frame::hello(id),
            Start::Reset(_) => frame::reset(id),
        };
        let seat = hubs.sit(room, who);
        Self {
            here_version: seat.here_version,
            seat,
            store,
            format,
            cursor: start.seq(),
            looked: None,
            ping,
            opening: Some(opening),
            ended: false,
        }
    }

    /// The next changes from the feed. `None` when there are none: then the cursor stands at the present.
    fn catch_up(&mut self) -> Result<Option<Bytes>, Fault> {
        let snapshot = self.store.snapshot()?;
        let Some(room) = snapshot.room_by_id(self.seat.room())? else { return Err(Fault::Missing { table: "rooms" }) };
        if is_forgotten(&snapshot, room.id, self.cursor)? {
            // So slow that the feed was shortened under it.
            self.cursor = snapshot.last()?;
            return Ok(Some(frame::reset(Cursor { epoch: Some(self.store.epoch()), seq: self.cursor })));
        }
        loop {
            let changes = snapshot.changes_after(room.id, self.cursor, CATCH_UP_CHANGES)?;
            if changes.is_empty() {
                self.cursor = self.cursor.max(snapshot.last()?);
                return Ok(None);
            }
            let bytes = self.written(&snapshot, &room, &changes)?;
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
    }

    /// Writes changes until they are [`CATCH_UP_BYTES`], and moves the cursor past them.
    fn written(&mut self, snapshot: &Snapshot, room: &Room, changes: &[Done]) -> Result<Bytes, Fault> {
        let mut bytes = BytesMut::new();
        for change in changes {
            if bytes.len() >= CATCH_UP_BYTES {
                break;
            }
            self.cursor = change.seq;
            if let Some(frame) = frame::read(snapshot, self.store.epoch(), room, *change)? {
                bytes.extend_from_slice(&frame.bytes(self.format));
            }
        }
        Ok(bytes.freeze())
    }

    fn next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Fault>>> {
        if let Some(opening) = self.opening.take() {
            return Poll::Ready(Some(Ok(opening)));
        }
        loop {
            // Hangs up the bell before it looks anywhere, so that nothing told in between is lost.
            match self.seat.hub.after(self.seat.slot, self.cursor, self.here_version, self.looked, cx.waker()) {
                _ if self.seat.hubs().is_closing() => return Poll::Ready(self.end()),
                Heard::Frame(frame) => {
                    self.cursor = frame.seq;
                    return Poll::Ready(Some(Ok(frame.bytes(self.format))));
                }
                Heard::Here(bytes, version) => {
                    self.here_version = version;
                    if self.format == Format::Html {
                        return Poll::Ready(Some(Ok(bytes)));
                    }
                }
                Heard::Nothing => break,
                Heard::Behind => {
                    if let Some(bytes) = self.catch_up()? {
                        return Poll::Ready(Some(Ok(bytes)));
                    }
                }
                Heard::Unknown(start) => match self.catch_up()? {
                    Some(bytes) => return Poll::Ready(Some(Ok(bytes))),
                    None => self.looked = Some(start),
                },
            }
        }
        self.ping.poll_tick(cx).map(|_| Some(Ok(frame::ping())))
    }

    fn end(&mut self) -> Option<Result<Bytes, Fault>> {
        self.ended = true;
        let spread = u64::try_from(RETRY_SPREAD.as_millis()).unwrap_or(u64::MAX);
        let later = getrandom::u64().map_or(0, |random| random % spread);
        Some(Ok(frame::bye(RETRY_MIN + Duration::from_millis(later))))
    }
}

impl Stream for Listener {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let listener = self.get_mut();
        if listener.ended {
            return Poll::Ready(None);
        }
        listener.next(cx).map_err(|fault| {
            // The stream breaks off, and whoever listened comes back with the id of what was last heard.
            tracing::error!(%fault, "a listener could not read the feed");
            listener.ended = true;
            io::Error::other(fault)
        })
    }
}
