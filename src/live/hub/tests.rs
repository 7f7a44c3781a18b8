//! What a hub tells whom, by itself. It knows no store and no listener.

use std::time::Instant;

use super::*;
use crate::domain::{Address, Done, Epoch, Event, Message, Moment, Place, Room, RoomId, Seldom};

fn room() -> Room {
    Room::open(RoomId(1), String::new(), Address::stored("cellar".to_owned()), UserId(1))
}

fn done(before: u64, seq: u64, event: Event) -> Done {
    Done { seq: Seq(seq), before: Seq(before), event, again: false }
}

fn renamed(before: u64, seq: u64) -> Frame {
    let author = Author { id: UserId(1), name: "Zoe".into() };
    Frame::renamed(Epoch(1), &room(), done(before, seq, Event::Renamed { user: author.id }), author)
}

fn edited(before: u64, seq: u64) -> Frame {
    let event = Event::Edited { room: RoomId(1), message: Seq(before) };
    Frame::edited(Epoch(1), &room(), done(before, seq, event), message(before))
}

fn frame(before: u64, seq: u64) -> Frame {
    let event = Event::Posted { room: RoomId(1), message: Seq(seq) };
    Frame::posted(Epoch(1), &room(), done(before, seq, event), message(seq))
}

fn add(hub: &Hub, frame: Frame) {
    hub.add(frame, Tail::default(), Instant::now());
}

/// One that is longer than what leaves together.
fn long_frame(before: u64, seq: u64) -> Frame {
    let event = Event::Posted { room: RoomId(1), message: Seq(seq) };
    let message = Message { body: "long".repeat(5_000), ..message(seq) };
    Frame::posted(Epoch(1), &room(), done(before, seq, event), message)
}

fn message(id: u64) -> Message {
    let author = Author { id: UserId(1), name: "Ann".into() };
    let place = Place { follows: false, opens_day: true };
    Message { id: Seq(id), author, at: Moment(0), body: "hi".to_owned(), html: None, place, more: Seldom::default() }
}

/// What somebody at this cursor hears, who has not looked into the feed.
fn hears(hub: &Hub, cursor: u64) -> String {
    let (slot, note) = hub.join(None);
    let (format, framing) = (Format::Html, Framing::Plain);
    let look = Look { cursor: Seq(cursor), note, news: 0, read: None, format, framing };
    let heard = match hub.after(slot, &look, Waker::noop()).0 {
        Heard::Frames(_, seq) => seq.to_string(),
        Heard::Note(..) => "note".to_owned(),
        Heard::Behind => "behind".to_owned(),
        Heard::Nothing => "nothing".to_owned(),
        Heard::Unknown(_) => "unknown".to_owned(),
    };
    hub.leave(slot, None);
    heard
}

#[test]
fn a_fresh_hub_covers_nothing_until_its_first_frame_and_then_what_follows_its_predecessor() {
    let hub = Hub::default();
    assert_eq!(hears(&hub, 9), "unknown");
    add(&hub, frame(7, 9));
    assert_eq!([5, 6, 7, 8, 9].map(|cursor| hears(&hub, cursor)), ["behind", "behind", "9", "9", "nothing"]);
}

#[test]
fn a_tail_that_was_shortened_or_interrupted_sends_those_before_it_to_the_feed() {
    let (hub, short) = (Hub::default(), Tail { frames_max: 2, bytes_max: usize::MAX });
    for (before, seq) in [(0, 1), (1, 4), (4, 6)] {
        hub.add(frame(before, seq), short, Instant::now());
    }
    assert_eq!([0, 1, 4, 6].map(|cursor| hears(&hub, cursor)), ["behind", "6", "6", "nothing"]);
    hub.add(frame(8, 9), short, Instant::now()); // 8 was never told
    assert_eq!([6, 7, 8, 9].map(|cursor| hears(&hub, cursor)), ["behind", "behind", "9", "nothing"]);
    hub.forget(Seq(10));
    assert_eq!(hears(&hub, 9), "unknown");
}

#[test]
fn a_new_name_that_a_room_does_not_count_is_lost_to_nobody_when_the_tail_starts_anew() {
    let hub = Hub::default();
    add(&hub, frame(8, 10));
    add(&hub, renamed(10, 12));
    add(&hub, edited(10, 13));
    assert_eq!([10, 11, 12, 13].map(|cursor| hears(&hub, cursor)), ["behind", "behind", "13", "nothing"]);

    let hub = Hub::default();
    add(&hub, frame(8, 10));
    hub.forget(Seq(12)); // a new name that could not be read
    add(&hub, frame(10, 13));
    assert_eq!([10, 11, 12, 13].map(|cursor| hears(&hub, cursor)), ["behind", "behind", "13", "nothing"]);
}

#[test]
fn frames_that_are_ready_together_leave_together_as_long_as_they_are_short() {
    let mut frames = Frames::default();
    for seq in 1..=200 {
        frames.add(frame(seq - 1, seq), Tail::default());
    }
    let mut told = |after| frames.after(Seq(after), Format::Json, Framing::Chunked).map(|told| (told.count, told));
    let (first, all) = told(0).expect("there are some");
    assert!(first > 8 && first < 200 && all.seq == Seq(first as u64) && !all.is_all, "{first} leave together");
    let text = String::from_utf8(all.bytes.to_vec()).unwrap();
    assert_eq!(text.matches("id: ").count(), first, "each as it was written");
    assert_eq!(told(0).expect("again").1.bytes, all.bytes);
    let (mut heard, mut cursor) = (0, 0);
    while let Some((count, next)) = told(cursor) {
        assert!(next.bytes.len() <= 16 * 1024, "{}", next.bytes.len());
        (heard, cursor) = (heard + count, next.seq.0);
        assert_eq!(next.is_all, heard == 200);
    }
    assert_eq!((heard, cursor), (200, 200));
    frames.add(frame(200, 201), Tail::default());
    assert_eq!(told_last(&mut frames), (1, Seq(201), true), "what comes later is told too");
}

fn told_last(frames: &mut Frames) -> (usize, Seq, bool) {
    let told = frames.after(Seq(200), Format::Json, Framing::Chunked).expect("one more");
    (told.count, told.seq, told.is_all)
}

#[test]
fn the_bell_of_whoever_has_heard_all_hangs_until_there_is_something_to_hear() {
    let hub = Hub::default();
    add(&hub, frame(0, 1));
    add(&hub, frame(1, 2));
    let (slot, note) = hub.join(None);
    let look = |cursor| {
        let (format, framing) = (Format::Html, Framing::Plain);
        let look = Look { cursor: Seq(cursor), note, news: 0, read: None, format, framing };
        hub.after(slot, &look, Waker::noop()).1 == Some(hub.calls())
    };
    assert!(look(0) && look(1) && look(2), "there is nothing more to look for");
    add(&hub, long_frame(2, 3));
    assert!(!look(0), "there is a frame that does not leave with those");
    assert!(look(2));
    assert!(hub.call());
    assert!(hub.take_bells().is_some());
    assert!(hub.take_bells().is_none(), "there was one call");
}
