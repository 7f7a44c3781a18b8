//! The last frames of one room.
//!
//! Invariant: the buffer holds every change of the room after its floor, in order. A new one has no floor and covers nothing:
//! the predecessor of its first frame becomes the floor. (With the last change at its creation as the floor, a frame that is
//! published between that and the first look would be lost.)

use std::collections::VecDeque;

use bytes::Bytes;

use crate::domain::Seq;
use crate::live::{Encoding, Format, Frame};

/// How much a room keeps for listeners that are a little behind. A listener that is further behind reads the feed.
#[derive(Clone, Copy, Debug)]
pub struct ReplayLimits {
    /// The most frames.
    pub frames_max: usize,
    /// The most bytes of HTML.
    pub bytes_max: usize,
}

impl Default for ReplayLimits {
    fn default() -> Self {
        Self { frames_max: 256, bytes_max: 1024 * 1024 }
    }
}

/// How much is delivered together, in bytes: one frame, or several that are not more than this. A client that stops reading
/// keeps some of it in memory.
const BATCH_BYTES_MAX: usize = 16 * 1024;

/// The last frames of a room.
#[derive(Default)]
pub(crate) struct ReplayBuffer {
    floor: Option<Seq>,
    /// The floor cannot be before this change, whatever the predecessor of the first frame is.
    min_floor: Seq,
    frames: VecDeque<Frame>,
    bytes: usize,
    /// The last batch: thousands of listeners are at the same position and get the same bytes.
    last_batch: Option<((Seq, Format, Encoding), FrameBatch)>,
}

/// Several frames in a row.
#[derive(Clone, Debug)]
pub(crate) struct FrameBatch {
    pub bytes: Bytes,
    /// The number of frames.
    pub count: usize,
    /// The last change.
    pub last_seq: Seq,
    /// Whether the buffer has no more.
    pub is_last: bool,
}

impl ReplayBuffer {
    /// An empty buffer of a room in which the changes up to this one were not published.
    pub fn with_min_floor(seq: Seq) -> Self {
        Self { min_floor: seq, ..Self::default() }
    }

    /// Adds a frame, and drops the oldest ones above the limits.
    pub fn push(&mut self, frame: Frame, limits: ReplayLimits) {
        self.last_batch = None;
        let newest = self.frames.back().map(|last| last.seq).or(self.floor);
        // A rename is between two changes of the room, and the second does not have it as its predecessor.
        let follows = newest.is_some_and(|newest| frame.previous <= newest);
        if !follows || frame.invalidates_earlier_frames() {
            // The first frame; or one before it was never published; or one that makes earlier frames invalid. Then the buffer
            // starts again, and the feed has the rest, including a rename before this frame.
            let floor = newest.filter(|_| follows).unwrap_or(frame.previous);
            (self.floor, self.bytes) = (Some(floor.max(self.min_floor)), 0);
            self.frames.clear();
        }
        self.bytes += frame.encoded_as(Format::Html).len();
        self.frames.push_back(frame);
        while self.frames.len() > limits.frames_max || self.bytes > limits.bytes_max {
            let Some(oldest) = self.frames.pop_front() else { break };
            self.bytes -= oldest.encoded_as(Format::Html).len();
            self.floor = Some(oldest.seq);
        }
    }

    /// Whether the buffer covers nothing at all.
    pub fn covers_nothing(&self) -> bool {
        self.floor.is_none()
    }

    /// Whether the buffer starts too late for a listener at this position.
    pub fn starts_after(&self, cursor: Seq) -> bool {
        self.floor.is_some_and(|floor| cursor < floor)
    }

    /// The next frames for a listener at this position, as many as are delivered together.
    pub fn next_batch(&mut self, cursor: Seq, format: Format, encoding: Encoding) -> Option<FrameBatch> {
        let position = (cursor, format, encoding);
        if let Some((_, batch)) = self.last_batch.as_ref().filter(|(last, _)| *last == position) {
            return Some(batch.clone());
        }
        let next = self.frames.partition_point(|frame| frame.seq <= cursor);
        let (mut events, mut length, mut last_seq) = (Vec::new(), 0, cursor);
        for frame in self.frames.range(next..) {
            let event = frame.encoded_as(format).bytes(encoding);
            length += event.len();
            if !events.is_empty() && length > BATCH_BYTES_MAX {
                break;
            }
            events.push(event);
            last_seq = frame.seq;
        }
        let count = events.len();
        let bytes = match &events[..] {
            [] => return None,
            [one] => one.clone(),
            several => several.concat().into(),
        };
        let batch = FrameBatch { bytes, count, last_seq, is_last: next + count == self.frames.len() };
        self.last_batch = Some((position, batch.clone()));
        Some(batch)
    }
}
