//! What a hub tells whom, by itself. It knows no store and no listener.

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

fn add(hub: &Hub, frame: Frame) {
    hub.push_frame(frame, ReplayLimits::default(), Instant::now());
}

/// One that is longer than what leaves together.
fn long_post_frame(before: u64, seq: u64) -> Frame {
    let event = Event::MessagePosted { room: RoomId(1), message: Seq(seq) };
    let message = Message { body: "long".repeat(5_000), ..message(seq) };
    Frame::from_posted(Epoch(1), &room(), applied(before, seq, event), message)
}

fn message(id: u64) -> Message {
    let author = Author { id: UserId(1), name: "Ann".into() };
    let place = Grouping { continues_group: false, starts_day: true };
    Message {
        id: Seq(id),
        author,
        at: Timestamp(0),
        body: "hi".to_owned(),
        html: None,
        grouping: place,
        details: LazyDetails::default(),
    }
}

/// What somebody at this cursor hears, who has not looked into the feed.
fn next_for(hub: &Hub, cursor: u64) -> String {
    let (slot, note) = hub.add_listener(None);
    let (format, framing) = (Format::Html, Encoding::Plain);
    let look =
        Positions { cursor: Seq(cursor), ephemeral: note, inbox: 0, generation: None, format, encoding: framing };
    let heard = match hub.poll_next_after(slot, &look, Waker::noop()).0 {
        Next::Frames(_, seq) => seq.to_string(),
        Next::Ephemeral(..) => "note".to_owned(),
        Next::Behind => "behind".to_owned(),
        Next::CaughtUp => "nothing".to_owned(),
        Next::MaybeBehind(_) => "unknown".to_owned(),
    };
    hub.remove_listener(slot, None);
    heard
}

#[test]
fn a_new_hub_covers_nothing_before_its_first_frame() {
    let hub = Hub::default();
    assert_eq!(next_for(&hub, 9), "unknown");
    add(&hub, post_frame(7, 9));
    assert_eq!([5, 6, 7, 8, 9].map(|cursor| next_for(&hub, cursor)), ["behind", "behind", "9", "9", "nothing"]);
}

#[test]
fn listeners_before_the_floor_of_the_replay_buffer_read_the_feed() {
    let (hub, short) = (Hub::default(), ReplayLimits { frames_max: 2, bytes_max: usize::MAX });
    for (before, seq) in [(0, 1), (1, 4), (4, 6)] {
        hub.push_frame(post_frame(before, seq), short, Instant::now());
    }
    assert_eq!([0, 1, 4, 6].map(|cursor| next_for(&hub, cursor)), ["behind", "6", "6", "nothing"]);
    hub.push_frame(post_frame(8, 9), short, Instant::now()); // 8 was never told
    assert_eq!([6, 7, 8, 9].map(|cursor| next_for(&hub, cursor)), ["behind", "behind", "9", "nothing"]);
    hub.discard_replay(Seq(10));
    assert_eq!(next_for(&hub, 9), "unknown");
}

#[test]
fn a_rename_is_not_lost_when_the_replay_buffer_restarts() {
    let hub = Hub::default();
    add(&hub, post_frame(8, 10));
    add(&hub, rename_frame(10, 12));
    add(&hub, edit_frame(10, 13));
    assert_eq!([10, 11, 12, 13].map(|cursor| next_for(&hub, cursor)), ["behind", "behind", "13", "nothing"]);

    let hub = Hub::default();
    add(&hub, post_frame(8, 10));
    hub.discard_replay(Seq(12)); // a new name that could not be read
    add(&hub, post_frame(10, 13));
    assert_eq!([10, 11, 12, 13].map(|cursor| next_for(&hub, cursor)), ["behind", "behind", "13", "nothing"]);
}

#[test]
fn short_frames_are_delivered_in_one_batch() {
    let mut frames = ReplayBuffer::default();
    for seq in 1..=200 {
        frames.push(post_frame(seq - 1, seq), ReplayLimits::default());
    }
    let mut told =
        |after| frames.next_batch(Seq(after), Format::Json, Encoding::Chunked).map(|told| (told.count, told));
    let (first, all) = told(0).expect("there are some");
    assert!(first > 8 && first < 200 && all.last_seq == Seq(first as u64) && !all.is_last, "{first} leave together");
    let text = String::from_utf8(all.bytes.to_vec()).unwrap();
    assert_eq!(text.matches("id: ").count(), first, "each as it was written");
    assert_eq!(told(0).expect("again").1.bytes, all.bytes);
    let (mut heard, mut cursor) = (0, 0);
    while let Some((count, next)) = told(cursor) {
        assert!(next.bytes.len() <= 16 * 1024, "{}", next.bytes.len());
        (heard, cursor) = (heard + count, next.last_seq.0);
        assert_eq!(next.is_last, heard == 200);
    }
    assert_eq!((heard, cursor), (200, 200));
    frames.push(post_frame(200, 201), ReplayLimits::default());
    assert_eq!(last_batch(&mut frames), (1, Seq(201), true), "what comes later is told too");
}

fn last_batch(replay: &mut ReplayBuffer) -> (usize, Seq, bool) {
    let told = replay.next_batch(Seq(200), Format::Json, Encoding::Chunked).expect("one more");
    (told.count, told.last_seq, told.is_last)
}

#[test]
fn a_waiter_that_is_up_to_date_stays_registered_until_the_next_frame() {
    let hub = Hub::default();
    add(&hub, post_frame(0, 1));
    add(&hub, post_frame(1, 2));
    let (slot, note) = hub.add_listener(None);
    let look = |cursor| {
        let (format, framing) = (Format::Html, Encoding::Plain);
        let look =
            Positions { cursor: Seq(cursor), ephemeral: note, inbox: 0, generation: None, format, encoding: framing };
        hub.poll_next_after(slot, &look, Waker::noop()).1 == Some(hub.version())
    };
    assert!(look(0) && look(1) && look(2), "there is nothing more to look for");
    add(&hub, long_post_frame(2, 3));
    assert!(!look(0), "there is a frame that does not leave with those");
    assert!(look(2));
    assert!(hub.notify());
    assert!(hub.take_pending().is_some());
    assert!(hub.take_pending().is_none(), "there was one call");
}
