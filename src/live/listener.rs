//! A listener: a cursor and a seat. It holds a number, not a queue, so a slow one costs nobody anything.
//!
//! Live, a little behind and long away are one road: look at the tail; if it starts too late, read the feed, page by
//! page, and look again. Nothing is skipped silently: who cannot be told what is missing is told so ([`frame::reset`]).

use std::io;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio_stream::Stream;

use super::board::Board;
use super::hub::{Heard, Look};
use super::hubs::{Hubs, Seat};
use super::notes::About;
use super::rights::Concerns;
use super::start::{Start, is_forgotten};
use super::{Format, Framing, Hearer, Standing, frame, personal};
use crate::domain::{Cursor, Done, Room, RoomId};
use crate::store::{Fault, Snapshot, Store};

/// How many changes are read from the feed at a time.
const CATCH_UP_CHANGES: usize = 64;
/// How much is written of them at a time, in bytes: no more until the socket has taken it.
const CATCH_UP_BYTES: usize = 64 * 1024;
/// When the server stops, a listener is asked to come back after this time, and up to [`RETRY_SPREAD`] later.
const RETRY_MIN: Duration = Duration::from_secs(2);
const RETRY_SPREAD: Duration = Duration::from_secs(8);

/// A bell that hangs in the hub: since there had been so many calls, and which. While both stay the same there is nothing
/// to look for.
struct Hung {
    calls: u64,
    bell: NonZeroUsize,
}

/// A stream of what happens in a room, from a place on, for as long as it is polled.
///
/// When thousands are told at once, each one's memory has left the processor's cache since the last time, and to fetch it
/// is most of what a listener costs beside its socket. So all that a telling needs is here, but for the board of
/// somebody who has a name; what is seldom needed is elsewhere.
pub struct Listener {
    seat: Seat,
    look: Look,
    hung: Option<Hung>,
    /// What is told before anything else.
    opening: Option<Box<Bytes>>,
    ended: bool,
    /// Whether it once had heard how everybody is called, after it sat down. The hub tells it of new names that come later.
    knows_names: bool,
    seldom: Box<Seldom>,
}

const _: () = assert!(size_of::<Listener>() <= 120, "a listener and what holds its place are two lines of a cache");

/// What a listener seldom needs.
struct Seldom {
    store: Arc<Store>,
    who: Hearer,
    /// How `who` stands.
    standing: Standing,
}

impl Listener {
    /// Sits somebody down in `room`, who stands there as `standing` says after `judged` changes of rights.
    pub fn new(
        store: Arc<Store>,
        hubs: &Arc<Hubs>,
        room: RoomId,
        (who, standing, judged): (Hearer, Standing, u64),
        start: Start,
        (format, framing): (Format, Framing),
    ) -> Self {
        let id = Cursor { epoch: Some(store.epoch()), seq: start.seq() };
        let opening = match start {
            Start::After(_) => frame::hello(id),
            Start::Reset(_) => {
                hubs.meters().resets.inc();
                frame::reset(id)
            }
        };
        let (seat, note) = hubs.sit(room, who.person.as_ref(), judged);
        let look = Look { cursor: start.seq(), note, news: 0, read: None, format, framing };
        let opening = Some(Box::new(opening.bytes(framing)));
        let seldom = Box::new(Seldom { store, who, standing });
        Self { seat, look, hung: None, opening, ended: false, knows_names: false, seldom }
    }

    /// The next changes from the feed. `None` when there are none: then the cursor stands at the present.
    fn catch_up(&mut self) -> Result<Option<Bytes>, Fault> {
        let snapshot = self.seldom.store.snapshot()?;
        // On the very snapshot from which is told: it may hold what came after the end of a right.
        if Standing::judge(&snapshot, &self.seldom.who, self.seat.room())?.is_none() {
            return Ok(Some(self.leave()));
        }
        let Some(room) = snapshot.room_by_id(self.seat.room())? else { return Err(Fault::Missing { table: "rooms" }) };
        if is_forgotten(&snapshot, room.id, self.look.cursor)? {
            // So slow that the feed was shortened under it.
            self.seat.hubs().meters().resets.inc();
            self.look.cursor = snapshot.last()?;
            let reset = frame::reset(Cursor { epoch: Some(self.seldom.store.epoch()), seq: self.look.cursor });
            return Ok(Some(reset.bytes(self.look.framing)));
        }
        loop {
            let changes = snapshot.changes_after(room.id, self.look.cursor, CATCH_UP_CHANGES)?;
            if changes.is_empty() {
                self.look.cursor = self.look.cursor.max(snapshot.last()?);
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
            self.look.cursor = change.seq;
            if let Some(frame) = frame::read(snapshot, self.seldom.store.epoch(), room, *change)? {
                bytes.extend_from_slice(&frame.written(self.look.format).bytes(self.look.framing));
                self.seat.hubs().meters().from_feed.inc();
            }
        }
        self.seat.hubs().meters().feed_bytes.inc_by(bytes.len() as u64);
        Ok(bytes.freeze())
    }

    fn next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Fault>>> {
        if let Some(opening) = self.opening.take() {
            return Poll::Ready(Some(Ok(*opening)));
        }
        if !self.hangs(cx.waker()) {
            // Looked first and judged then: what the tail has was told after whatever ended a right before it.
            let told = self.look(cx);
            let judged = if self.ended { None } else { self.judge().transpose() };
            match (judged, told) {
                // Whoever still hears loses nothing: what was looked up is told first.
                (Some(Ok(changed)), Some(told)) if !self.ended => {
                    self.opening = Some(Box::new(changed));
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
    fn judge(&mut self) -> Result<Option<Bytes>, Fault> {
        let judged = match self.seat.concerns() {
            Concerns::Nothing => return Ok(None),
            Concerns::Others(judged) => {
                self.seat.judged = judged;
                return Ok(None);
            }
            Concerns::This(judged) => judged,
        };
        let standing = Standing::judge(&self.seldom.store.snapshot()?, &self.seldom.who, self.seat.room())?;
        let Some(standing) = standing else { return Ok(Some(self.leave())) };
        self.seat.judged = judged;
        if self.seldom.standing == standing {
            return Ok(None);
        }
        if let Some(person) = standing.person() {
            self.seat.stand(person);
        }
        self.seldom.standing = standing;
        let cursor = Cursor { epoch: Some(self.seldom.store.epoch()), seq: self.look.cursor };
        Ok(Some(frame::changed(cursor).bytes(self.look.framing)))
    }

    fn leave(&mut self) -> Bytes {
        self.ended = true;
        frame::gone().bytes(self.look.framing)
    }

    /// Whether this bell still hangs since the last look, which found that there is nothing more.
    fn hangs(&self, bell: &Waker) -> bool {
        let has_news = self.board().is_some_and(|board| board.version() != self.look.news);
        let still_hangs = |hung: &Hung| hung.calls == self.seat.hub.calls() && hung.bell.get() == bell.data().addr();
        !has_news && self.hung.as_ref().is_some_and(still_hangs)
    }

    /// The board of whoever listens, if it is of interest: pages alone show what stands on it.
    fn board(&self) -> Option<&Board> {
        self.seat.board.as_deref().filter(|_| self.look.format == Format::Html)
    }

    /// What is new to whoever listens, and to nobody else.
    fn read_board(&mut self) -> Option<Result<Bytes, Fault>> {
        let (unread, version) = self.board()?.after(self.look.news)?;
        self.look.news = version;
        let user = self.seat.user()?;
        let told =
            personal::written(&self.seldom.store, self.seat.hubs(), (user, self.seat.room()), &unread).transpose()?;
        Some(told.map(|told| told.bytes(self.look.framing)))
    }

    /// Looks into the hub, and into the feed where the hub does not reach. `None` when there is nothing: then the bell
    /// will ring.
    fn look(&mut self, cx: &Context<'_>) -> Option<Result<Bytes, Fault>> {
        loop {
            // Hangs up the bell before it looks anywhere, so that nothing told in between is lost.
            let (heard, calls) = match self.has_missed_a_name() {
                Ok(true) => (Heard::Behind, None),
                Ok(false) => self.seat.hub.after(self.seat.slot, &self.look, cx.waker()),
                Err(fault) => return Some(Err(fault)),
            };
            let bell = NonZeroUsize::new(cx.waker().data().addr());
            self.hung = calls.zip(bell).map(|(calls, bell)| Hung { calls, bell });
            match heard {
                _ if self.seat.hubs().is_closing() => return Some(Ok(self.end())),
                Heard::Frames(bytes, seq) => {
                    self.look.cursor = seq;
                    return Some(Ok(bytes));
                }
                Heard::Note(about, bytes, number) => {
                    self.look.note = number;
                    if about == About::Beat || self.look.format == Format::Html {
                        return Some(Ok(bytes));
                    }
                }
                Heard::Nothing => return self.read_board(),
                Heard::Behind => match self.catch_up() {
                    Ok(None) => {}
                    told => return told.transpose(),
                },
                Heard::Unknown(start) => match self.catch_up() {
                    Ok(None) => self.look.read = Some(start),
                    told => return told.transpose(),
                },
            }
        }
    }

    /// Whether somebody is called otherwise since what it has heard last, and the hub may not tell it: that may have begun
    /// after the new name without knowing it, as what rooms tell of themselves goes on without a gap. The feed knows.
    fn has_missed_a_name(&mut self) -> Result<bool, Fault> {
        if !self.knows_names {
            self.knows_names = self.look.cursor >= self.seldom.store.snapshot()?.last_renaming()?;
        }
        Ok(!self.knows_names)
    }

    fn end(&mut self) -> Bytes {
        self.ended = true;
        let spread = u64::try_from(RETRY_SPREAD.as_millis()).unwrap_or(u64::MAX);
        let later = getrandom::u64().map_or(0, |random| random % spread);
        frame::bye(RETRY_MIN + Duration::from_millis(later)).bytes(self.look.framing)
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
            listener.seat.hubs().meters().faults.inc();
            // The stream breaks off, and whoever listened comes back with the id of what was last heard.
            tracing::error!(%fault, "a listener could not read the feed");
            listener.ended = true;
            io::Error::other(fault)
        })
    }
}
