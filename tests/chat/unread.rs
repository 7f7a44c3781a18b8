//! Unread counts never get stuck and never come back: after any sequence of posts, deletions, read marks from several devices
//! and marks as unread, the counts cover exactly the messages after the furthest mark. Tests the store alone.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use taproom::domain::{
    Actor, Body, Command, Device, Envelope, Event, MessageContent, PostFollowUps, ReadStateCommand, RoomCommand,
    RoomId, RoomName, Seq, Timestamp, Token, UserId, UserName,
};
use taproom::store::Store;

use crate::past;

/// A step of a test. Numbers are positions among the messages so far, counted from the end.
#[derive(Clone, Copy, Debug)]
enum Step {
    AnnPosts,
    BenPosts {
        to_ann: bool,
    },
    BenDeletes(usize),
    /// A device sends a read mark, often an old one.
    AnnReads(usize),
    AnnReadsAll,
    MarkUnread(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::AnnPosts),
        5 => any::<bool>().prop_map(|to_ann| Step::BenPosts { to_ann }),
        1 => (0..8_usize).prop_map(Step::BenDeletes),
        4 => (0..8_usize).prop_map(Step::AnnReads),
        1 => Just(Step::AnnReadsAll),
        1 => (0..8_usize).prop_map(Step::MarkUnread),
    ]
}

/// What the test knows of a message.
struct Posted {
    id: Seq,
    by_ann: bool,
    mentions_ann: bool,
    deleted: bool,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn unread_messages_are_those_after_the_furthest_read_mark(
        steps in prop::collection::vec(step(), 1..40)
    ) {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let join = |name: &str, bits| {
            let (room, name) = (RoomName::parse("lobby").unwrap(), UserName::parse(name).unwrap());
            let token = Token::new([bits; 32]).hash();
            let Event::PersonJoined { user, room } =
                execute(&store, Actor::Anonymous, Command::Join { room, name, token, device: Device::default() }).1
            else { panic!("they join") };
            (user, room)
        };
        let ((ann, room), (ben, _)) = (join("Ann", 1), join("Ben", 2));
        let ann_executes = |command| execute(&store, Actor::User(ann), Command::ReadState(room, command));
        let (mut posted, mut mark) = (Vec::<Posted>::new(), Seq(0));
        for step in steps {
            let index_from_end = |n: usize| posted.len().checked_sub(1 + n);
            match step {
                Step::AnnPosts | Step::BenPosts { .. } => {
                    let mentions_ann = matches!(step, Step::BenPosts { to_ann: true });
                    let author = if matches!(step, Step::AnnPosts) { ann } else { ben };
                    let mentions = if mentions_ann { vec![ann] } else { Vec::new() };
                    let content = MessageContent::from_body(Body::parse("said").unwrap()).with_mentions(mentions);
                    let follow_ups = PostFollowUps::default();
                    let post = Command::Post { room, content, reply_to: None, follow_ups };
                    let (id, _) = execute(&store, Actor::User(author), post);
                    posted.push(Posted { id, by_ann: author == ann, mentions_ann, deleted: false });
                }
                Step::BenDeletes(n) => {
                    let is_bens = |index: &usize| !posted[*index].by_ann && !posted[*index].deleted;
                    if let Some(index) = index_from_end(n).filter(is_bens) {
                        let message = posted[index].id;
                        execute(&store, Actor::User(ben), Command::Room(room, RoomCommand::DeleteMessage { message }));
                        posted[index].deleted = true;
                    }
                }
                Step::AnnReads(n) => if let Some(index) = index_from_end(n) {
                    let seq = posted[index].id;
                    ann_executes(ReadStateCommand::MarkRead { seq });
                    mark = mark.max(seq);
                },
                Step::AnnReadsAll => {
                    let seq = store.snapshot().unwrap().last_seq().unwrap();
                    ann_executes(ReadStateCommand::MarkRead { seq });
                    mark = mark.max(seq);
                    let read_state = store.snapshot().unwrap().read_state(ann, room).unwrap();
                    prop_assert_eq!((read_state.unread, read_state.mentions), (0, 0));
                }
                Step::MarkUnread(n) => if let Some(index) = index_from_end(n) {
                    let message = posted[index].id;
                    ann_executes(ReadStateCommand::MarkUnread { message });
                    mark = if mark == Seq(0) { Seq(message.0 - 1) } else { mark.min(Seq(message.0 - 1)) };
                },
            }
            check_counts(&store, (ann, room), &posted, mark)?;
        }
        store.verify().unwrap();
    }
}

fn execute(store: &Store, actor: Actor, command: Command) -> (Seq, Event) {
    let now: Timestamp = past::now();
    let mut outcomes = store.commit(now, &[Envelope { actor, nonce: None, command }]).unwrap();
    let applied = outcomes.pop().expect("an outcome").expect("it is not refused");
    (applied.seq, applied.event)
}

/// Checks that the store counts the messages after the mark.
fn check_counts(
    store: &Store,
    (ann, room): (UserId, RoomId),
    posted: &[Posted],
    mark: Seq,
) -> Result<(), TestCaseError> {
    let snapshot = store.snapshot().unwrap();
    let read_state = snapshot.read_state(ann, room).unwrap();
    prop_assert_eq!(read_state.read_up_to, mark);
    let new = || posted.iter().filter(|message| message.id > mark);
    let mentions = new().filter(|message| message.mentions_ann && !message.deleted).count() as u64;
    let ann_was_last = posted.last().is_some_and(|message| message.by_ann);
    let unread = if mark == Seq(0) || (ann_was_last && mentions == 0) { mentions } else { new().count() as u64 };
    prop_assert_eq!((read_state.unread, read_state.mentions), (unread, mentions));
    let listed = snapshot.read_states(ann).unwrap();
    let listed = listed.iter().find(|(id, _)| *id == room).map(|(_, read_state)| *read_state);
    prop_assert!(listed == Some(read_state) || (listed.is_none() && mark == Seq(0) && mentions == 0));
    if let Some(last) = posted.last() {
        prop_assert_eq!(read_state.would_advance_to(last.id), mark < last.id);
    }
    Ok(())
}
