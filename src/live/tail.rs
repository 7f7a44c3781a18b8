//! The last frames of one room.
//!
//! Invariant: the tail holds every change of the room after its floor, in order. A fresh one has no floor and covers
//! nothing: its first frame's predecessor becomes the floor. (Taking the last change at its birth instead would lose a
//! frame that is rung between that and the first look.)

use std::collections::VecDeque;

use bytes::Bytes;

use super::{Format, Frame, Framing};
use crate::domain::Seq;

/// How much a room keeps for listeners that are a little behind. Who is further behind reads the feed.
#[derive(Clone, Copy, Debug)]
pub struct Tail {
    /// How many frames, at most.
    pub frames_max: usize,
    /// How many bytes of HTML, at most.
    pub bytes_max: usize,
}

impl Default for Tail {
    fn default() -> Self {
        Self { frames_max: 256, bytes_max: 1024 * 1024 }
    }
}

/// How much leaves together, in bytes: one frame, or several that are not more than this. Somebody who stops reading keeps
/// hold of some of it.
const TOGETHER_BYTES_MAX: usize = 16 * 1024;

/// The frames.
#[derive(Default)]
pub(super) struct Frames {
    floor: Option<Seq>,
    /// Before this change the floor cannot be, whatever the first frame says of its predecessor.
    least: Seq,
    frames: VecDeque<Frame>,
    bytes: usize,
    /// What was told last: thousands stand at the same place, and are told the same.
    told: Option<((Seq, Format, Framing), Told)>,
}

/// Some frames, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub bytes: Bytes,
    /// How many they are.
    pub count: usize,
    /// The number of the last one.
    pub seq: Seq,
    /// Whether there are no more.
    pub is_all: bool,
}

impl Frames {
    /// None, of a room in which this change, and what came before it, was not told.
    pub fn untold(seq: Seq) -> Self {
        Self { least: seq, ..Self::default() }
    }

    /// Adds a frame, and lets go of those that are too many.
    pub fn add(&mut self, frame: Frame, tail: Tail) {
        self.told = None;
        let newest = self.frames.back().map(|last| last.seq).or(self.floor);
        // A new name of somebody's stands between two changes of the room, and the second does not count it.
        let follows = newest.is_some_and(|newest| frame.before <= newest);
        if !follows || frame.may_take_away() {
            // The first frame; or one before it was never told; or one that takes away what those before it tell. Then the
            // tail starts anew, and the feed has the rest: also a new name, which the frame does not count.
            let told = newest.filter(|_| follows).unwrap_or(frame.before);
            (self.floor, self.bytes) = (Some(told.max(self.least)), 0);
            self.frames.clear();
        }
        self.bytes += frame.written(Format::Html).len();
        self.frames.push_back(frame);
        while self.frames.len() > tail.frames_max || self.bytes > tail.bytes_max {
            let Some(oldest) = self.frames.pop_front() else { break };
            self.bytes -= oldest.written(Format::Html).len();
            self.floor = Some(oldest.seq);
        }
    }

    /// Whether it covers nothing at all.
    pub fn is_fresh(&self) -> bool {
        self.floor.is_none()
    }

    /// Whether it starts too late for somebody who stands at this change.
    pub fn starts_after(&self, cursor: Seq) -> bool {
        self.floor.is_some_and(|floor| cursor < floor)
    }

    /// The next frames for somebody who stands at this change, as many as leave together.
    pub fn after(&mut self, cursor: Seq, format: Format, framing: Framing) -> Option<Told> {
        let place = (cursor, format, framing);
        if let Some((_, told)) = self.told.as_ref().filter(|(told, _)| *told == place) {
            return Some(told.clone());
        }
        let next = self.frames.partition_point(|frame| frame.seq <= cursor);
        let (mut together, mut length, mut last) = (Vec::new(), 0, cursor);
        for frame in self.frames.range(next..) {
            let written = frame.written(format).bytes(framing);
            length += written.len();
            if !together.is_empty() && length > TOGETHER_BYTES_MAX {
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
        let told = Told { bytes, count, seq: last, is_all: next + count == self.frames.len() };
        self.told = Some((place, told.clone()));
        Some(told)
    }
}
