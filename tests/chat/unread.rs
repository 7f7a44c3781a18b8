//! Unread counts never stick and never come back by themselves: whatever is said, taken away, read on several devices in
//! whatever order or marked as unread, what is counted is what came after the furthest mark. On the store alone.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use taproom::domain::{
    Actor, Body, Command, Device, Envelope, Event, MessageContent, PostFollowUps, ReadStateCommand, RoomCommand,
    RoomId, RoomName, Seq, Timestamp, Token, UserId, UserName,
};
use taproom::store::Store;

use crate::past;

/// Something that happens. Numbers are places in what was said so far, from the end.
#[derive(Clone, Copy, Debug)]
enum Step {
    SheSays,
    HeSays {
        to_her: bool,
    },
    HeRemoves(usize),
    /// Some device tells a mark, often an old one.
    SheReads(usize),
    SheReadsAll,
    Unread(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::SheSays),
        5 => any::<bool>().prop_map(|to_her| Step::HeSays { to_her }),
        1 => (0..8_usize).prop_map(Step::HeRemoves),
        4 => (0..8_usize).prop_map(Step::SheReads),
        1 => Just(Step::SheReadsAll),
        1 => (0..8_usize).prop_map(Step::Unread),
    ]
}

/// A message, as far as it matters here.
struct Said {
    id: Seq,
    hers: bool,
    speaks_to_her: bool,
    removed: bool,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_unread_is_what_came_after_the_furthest_mark_whatever_happens(
        steps in prop::collection::vec(step(), 1..40)
    ) {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let enters = |name: &str, bits| {
            let (room, name) = (RoomName::parse("lobby").unwrap(), UserName::parse(name).unwrap());
            let token = Token::new([bits; 32]).hash();
            let Event::PersonJoined { user, room } =
                does(&store, Actor::Anonymous, Command::Join { room, name, token, device: Device::default() }).1
            else { panic!("they come in") };
            (user, room)
        };
        let ((she, room), (he, _)) = (enters("Ann", 1), enters("Ben", 2));
        let reader = |command| does(&store, Actor::User(she), Command::ReadState(room, command));
        let (mut said, mut mark) = (Vec::<Said>::new(), Seq(0));
        for step in steps {
            let back = |places: usize| said.len().checked_sub(1 + places);
            match step {
                Step::SheSays | Step::HeSays { .. } => {
                    let speaks_to_her = matches!(step, Step::HeSays { to_her: true });
                    let who = if matches!(step, Step::SheSays) { she } else { he };
                    let mentions = if speaks_to_her { vec![she] } else { Vec::new() };
                    let content = MessageContent::from_body(Body::parse("said").unwrap()).with_mentions(mentions);
                    let (id, _) = does(&store, Actor::User(who), Command::Post { room, content, reply_to: None, follow_ups: PostFollowUps::default() });
                    said.push(Said { id, hers: who == she, speaks_to_her, removed: false });
                }
                Step::HeRemoves(places) => {
                    let his = |place: &usize| !said[*place].hers && !said[*place].removed;
                    if let Some(place) = back(places).filter(his) {
                        let message = said[place].id;
                        does(&store, Actor::User(he), Command::Room(room, RoomCommand::DeleteMessage { message }));
                        said[place].removed = true;
                    }
                }
                Step::SheReads(places) => if let Some(place) = back(places) {
                    let seq = said[place].id;
                    reader(ReadStateCommand::MarkRead { seq });
                    mark = mark.max(seq);
                },
                Step::SheReadsAll => {
                    let seq = store.snapshot().unwrap().last_seq().unwrap();
                    reader(ReadStateCommand::MarkRead { seq });
                    mark = mark.max(seq);
                    let reading = store.snapshot().unwrap().read_state(she, room).unwrap();
                    prop_assert_eq!((reading.unread, reading.mentions), (0, 0));
                }
                Step::Unread(places) => if let Some(place) = back(places) {
                    let message = said[place].id;
                    reader(ReadStateCommand::MarkUnread { message });
                    mark = if mark == Seq(0) { Seq(message.0 - 1) } else { mark.min(Seq(message.0 - 1)) };
                },
            }
            agrees(&store, (she, room), &said, mark)?;
        }
        store.verify().unwrap();
    }
}

fn does(store: &Store, who: Actor, command: Command) -> (Seq, Event) {
    let now: Timestamp = past::now();
    let mut answers = store.commit(now, &[Envelope { actor: who, nonce: None, command }]).unwrap();
    let done = answers.pop().expect("an answer").expect("it is not refused");
    (done.seq, done.event)
}

/// What the store counts is what came after the mark.
fn agrees(store: &Store, (she, room): (UserId, RoomId), said: &[Said], mark: Seq) -> Result<(), TestCaseError> {
    let snapshot = store.snapshot().unwrap();
    let reading = snapshot.read_state(she, room).unwrap();
    prop_assert_eq!(reading.read_up_to, mark);
    let new = || said.iter().filter(|message| message.id > mark);
    let speaks = new().filter(|message| message.speaks_to_her && !message.removed).count() as u64;
    let she_was_last = said.last().is_some_and(|message| message.hers);
    let unread = if mark == Seq(0) || (she_was_last && speaks == 0) { speaks } else { new().count() as u64 };
    prop_assert_eq!((reading.unread, reading.mentions), (unread, speaks));
    let listed = snapshot.read_states(she).unwrap();
    let listed = listed.iter().find(|(id, _)| *id == room).map(|(_, reading)| *reading);
    prop_assert!(listed == Some(reading) || (listed.is_none() && mark == Seq(0) && speaks == 0));
    if let Some(last) = said.last() {
        prop_assert_eq!(reading.would_advance_to(last.id), mark < last.id);
    }
    Ok(())
}
