//! The last frames of one room.
//!
//! Invariant: the tail holds every change of the room after its floor, in order. A fresh one has no floor and covers
//! nothing: its first frame's predecessor becomes the floor. (Taking the last change at its birth instead would lose a
//! frame that is rung between that and the first look.)

use std::collections::VecDeque;

use bytes::Bytes;

use crate::domain::Seq;
use crate::live::{Encoding, Format, Frame};

/// How much a room keeps for listeners that are a little behind. Who is further behind reads the feed.
#[derive(Clone, Copy, Debug)]
pub struct ReplayLimits {
    /// How many frames, at most.
    pub frames_max: usize,
    /// How many bytes of HTML, at most.
    pub bytes_max: usize,
}

impl Default for ReplayLimits {
    fn default() -> Self {
        Self { frames_max: 256, bytes_max: 1024 * 1024 }
    }
}

/// How much leaves together, in bytes: one frame, or several that are not more than this. Somebody who stops reading keeps
/// hold of some of it.
const BATCH_BYTES_MAX: usize = 16 * 1024;

/// The frames.
#[derive(Default)]
pub(crate) struct ReplayBuffer {
    floor: Option<Seq>,
    /// Before this change the floor cannot be, whatever the first frame says of its predecessor.
    min_floor: Seq,
    frames: VecDeque<Frame>,
    bytes: usize,
    /// What was told last: thousands stand at the same place, and are told the same.
    last_batch: Option<((Seq, Format, Encoding), FrameBatch)>,
}

/// Some frames, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct FrameBatch {
    pub bytes: Bytes,
    /// How many they are.
    pub count: usize,
    /// The number of the last one.
    pub last_seq: Seq,
    /// Whether there are no more.
    pub is_last: bool,
}

impl ReplayBuffer {
    /// None, of a room in which this change, and what came before it, was not told.
    pub fn with_min_floor(seq: Seq) -> Self {
        Self { min_floor: seq, ..Self::default() }
    }

    /// Adds a frame, and lets go of those that are too many.
    pub fn push(&mut self, frame: Frame, limits: ReplayLimits) {
        self.last_batch = None;
        let newest = self.frames.back().map(|last| last.seq).or(self.floor);
        // A new name of somebody's stands between two changes of the room, and the second does not count it.
        let follows = newest.is_some_and(|newest| frame.previous <= newest);
        if !follows || frame.invalidates_earlier_frames() {
            // The first frame; or one before it was never told; or one that takes away what those before it tell. Then the
            // tail starts anew, and the feed has the rest: also a new name, which the frame does not count.
            let told = newest.filter(|_| follows).unwrap_or(frame.previous);
            (self.floor, self.bytes) = (Some(told.max(self.min_floor)), 0);
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

    /// Whether it covers nothing at all.
    pub fn covers_nothing(&self) -> bool {
        self.floor.is_none()
    }

    /// Whether it starts too late for somebody who stands at this change.
    pub fn starts_after(&self, cursor: Seq) -> bool {
        self.floor.is_some_and(|floor| cursor < floor)
    }

    /// The next frames for somebody who stands at this change, as many as leave together.
    pub fn next_batch(&mut self, cursor: Seq, format: Format, encoding: Encoding) -> Option<FrameBatch> {
        let place = (cursor, format, encoding);
        if let Some((_, told)) = self.last_batch.as_ref().filter(|(told, _)| *told == place) {
            return Some(told.clone());
        }
        let next = self.frames.partition_point(|frame| frame.seq <= cursor);
        let (mut together, mut length, mut last) = (Vec::new(), 0, cursor);
        for frame in self.frames.range(next..) {
            let written = frame.encoded_as(format).bytes(encoding);
            length += written.len();
            if !together.is_empty() && length > BATCH_BYTES_MAX {
                break;
            }
            together.push(written);
            last = frame.seq;
        }
        let count = together.len();
        let bytes = match &together[..] {
            [] => return None,
            [one] => one.clone(),
            several => several.concat().into(),
        };
        let told = FrameBatch { bytes, count, last_seq: last, is_last: next + count == self.frames.len() };
        self.last_batch = Some((place, told.clone()));
        Some(told)
    }
}
