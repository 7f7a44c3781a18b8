//! Tests of the hub alone, without a store and listeners.

use std::time::Instant;

use crate::domain::{Applied, Epoch, Event, Grouping, LazyDetails, Message, Room, RoomId, Slug, Timestamp};
use crate::live::hub::*;

fn room() -> Room {
    Room::new_open(RoomId(1), String::new(), Slug::from_stored("cellar".to_owned()), UserId(1))
}

fn applied(before: u64, seq: u64, event: Event) -> Applied {
    Applied { seq: Seq(seq), previous: Seq(before), event, read_state_of: None, is_replay: false }
}

fn rename_frame(before: u64, seq: u64) -> Frame {
    let author = Author { id: UserId(1), name: "Zoe".into() };
    Frame::from_renamed(Epoch(1), &room(), applied(before, seq, Event::PersonRenamed { user: author.id }), author)
}

fn edit_frame(before: u64, seq: u64) -> Frame {
    let event = Event::MessageEdited { room: RoomId(1), message: Seq(before) };
    Frame::from_edited(Epoch(1), &room(), applied(before, seq, event), message(before))
}

fn post_frame(before: u64, seq: u64) -> Frame {
    let event = Event::MessagePosted { room: RoomId(1), message: Seq(seq) };
    Frame::from_posted(Epoch(1), &room(), applied(before, seq, event), message(seq))
}

fn push(hub: &Hub, frame: Frame) {
    hub.push_frame(frame, ReplayLimits::default(), Instant::now());
}

/// A frame longer than a batch.
fn long_post_frame(before: u64, seq: u64) -> Frame {
    let event = Event::MessagePosted { room: RoomId(1), message: Seq(seq) };
    let message = Message { body: "long".repeat(5_000), ..message(seq) };
    Frame::from_posted(Epoch(1), &room(), applied(before, seq, event), message)
}

fn message(id: u64) -> Message {
    let author = Author { id: UserId(1), name: "Ann".into() };
    let grouping = Grouping { continues_group: false, starts_day: true };
    Message {
        id: Seq(id),
        author,
        at: Timestamp(0),
        body: "hi".to_owned(),
        html: None,
        grouping,
        details: LazyDetails::default(),
    }
}

/// What the hub has for a listener at this cursor that has not read the feed.
fn next_for(hub: &Hub, cursor: u64) -> String {
    let (slot, ephemeral) = hub.add_listener(None);
    let next = match hub.poll_next_after(slot, &positions(cursor, ephemeral), Waker::noop()).0 {
        Next::Frames(_, seq) => seq.to_string(),
        Next::Ephemeral(..) => "ephemeral".to_owned(),
        Next::Behind => "behind".to_owned(),
        Next::CaughtUp => "nothing".to_owned(),
        Next::MaybeBehind(_) => "unknown".to_owned(),
    };
    hub.remove_listener(slot, None);
    next
}

fn positions(cursor: u64, ephemeral: u64) -> Positions {
    let (format, encoding) = (Format::Html, Encoding::Plain);
    Positions { cursor: Seq(cursor), ephemeral, inbox: 0, generation: None, format, encoding }
}

#[test]
fn a_new_hub_covers_nothing_before_its_first_frame() {
    let hub = Hub::default();
    assert_eq!(next_for(&hub, 9), "unknown");
    push(&hub, post_frame(7, 9));
    assert_eq!([5, 6, 7, 8, 9].map(|cursor| next_for(&hub, cursor)), ["behind", "behind", "9", "9", "nothing"]);
}

#[test]
fn listeners_before_the_floor_of_the_replay_buffer_read_the_feed() {
    let (hub, short) = (Hub::default(), ReplayLimits { frames_max: 2, bytes_max: usize::MAX });
    for (before, seq) in [(0, 1), (1, 4), (4, 6)] {
        hub.push_frame(post_frame(before, seq), short, Instant::now());
    }
    assert_eq!([0, 1, 4, 6].map(|cursor| next_for(&hub, cursor)), ["behind", "6", "6", "nothing"]);
    hub.push_frame(post_frame(8, 9), short, Instant::now()); // 8 was never published
    assert_eq!([6, 7, 8, 9].map(|cursor| next_for(&hub, cursor)), ["behind", "behind", "9", "nothing"]);
    hub.discard_replay(Seq(10));
    assert_eq!(next_for(&hub, 9), "unknown");
}

#[test]
fn a_rename_is_not_lost_when_the_replay_buffer_restarts() {
    let hub = Hub::default();
    push(&hub, post_frame(8, 10));
    push(&hub, rename_frame(10, 12));
    push(&hub, edit_frame(10, 13));
    assert_eq!([10, 11, 12, 13].map(|cursor| next_for(&hub, cursor)), ["behind", "behind", "13", "nothing"]);

    let hub = Hub::default();
    push(&hub, post_frame(8, 10));
    hub.discard_replay(Seq(12)); // a rename that could not be read
    push(&hub, post_frame(10, 13));
    assert_eq!([10, 11, 12, 13].map(|cursor| next_for(&hub, cursor)), ["behind", "behind", "13", "nothing"]);
}

#[test]
fn short_frames_are_delivered_in_one_batch() {
    let mut frames = ReplayBuffer::default();
    for seq in 1..=200 {
        frames.push(post_frame(seq - 1, seq), ReplayLimits::default());
    }
    let mut batch_after = |after| frames.next_batch(Seq(after), Format::Json, Encoding::Chunked);
    let first = batch_after(0).expect("there are some");
    let count = first.count;
    assert!(count > 8 && count < 200 && first.last_seq == Seq(count as u64) && !first.is_last, "{count} in a batch");
    let text = String::from_utf8(first.bytes.to_vec()).unwrap();
    assert_eq!(text.matches("id: ").count(), count, "each as it was encoded");
    assert_eq!(batch_after(0).expect("again").bytes, first.bytes);
    let (mut delivered, mut cursor) = (0, 0);
    while let Some(next) = batch_after(cursor) {
        assert!(next.bytes.len() <= 16 * 1024, "{}", next.bytes.len());
        (delivered, cursor) = (delivered + next.count, next.last_seq.0);
        assert_eq!(next.is_last, delivered == 200);
    }
    assert_eq!((delivered, cursor), (200, 200));
    frames.push(post_frame(200, 201), ReplayLimits::default());
    assert_eq!(last_batch(&mut frames), (1, Seq(201), true), "a later frame is delivered too");
}

fn last_batch(replay: &mut ReplayBuffer) -> (usize, Seq, bool) {
    let batch = replay.next_batch(Seq(200), Format::Json, Encoding::Chunked).expect("one more");
    (batch.count, batch.last_seq, batch.is_last)
}

#[test]
fn a_waiter_that_is_up_to_date_stays_registered_until_the_next_frame() {
    let hub = Hub::default();
    push(&hub, post_frame(0, 1));
    push(&hub, post_frame(1, 2));
    let (slot, ephemeral) = hub.add_listener(None);
    let is_last =
        |cursor| hub.poll_next_after(slot, &positions(cursor, ephemeral), Waker::noop()).1 == Some(hub.version());
    assert!(is_last(0) && is_last(1) && is_last(2), "there is nothing more to look for");
    push(&hub, long_post_frame(2, 3));
    assert!(!is_last(0), "there is a frame that is not in the batch");
    assert!(is_last(2));
    assert!(hub.notify());
    assert!(hub.take_pending().is_some());
    assert!(hub.take_pending().is_none(), "there was one wake-up");
}
