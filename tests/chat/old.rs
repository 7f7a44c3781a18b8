//! Files that older Taprooms left: what was said in them goes on. `old/` holds a file of each format, compressed; each was
//! made by the Taproom of its time.

use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use taproom::domain::{
    AccountCommand, Actor, Body, Command, Device, Envelope, Event, Expiry, MessageContent, MessageExtras, Nonce,
    PasswordHash, PostFollowUps, Quote, ReadStateCommand, Refusal, Role, Room, RoomId, RoomName, Scopes, Seq,
    Timestamp, Token, TokenKind, UserId, UserName, Visibility,
};
use taproom::store::{Counts, Store, Window};
use tempfile::TempDir;

use crate::copies::{says, taproom};
use crate::harness::{ANN, Ears, ROOM, client, history};
use crate::program::{Program, contents};

/// In each of the files Ann has said five things in their room, and these are the numbers of them; Ben has said one more.
const SAID: [u64; 5] = [3, 4, 5, 6, 7];
/// Each format, and what its file holds.
const FORMATS: [(u8, Counts); 5] = [
    (1, Counts { changes: 9, rooms: 3, people: 2, messages: 6 }),
    (2, Counts { changes: 9, rooms: 3, people: 2, messages: 6 }),
    (3, Counts { changes: 32, rooms: 5, people: 4, messages: 13 }),
    (4, Counts { changes: 55, rooms: 6, people: 7, messages: 20 }),
    (5, Counts { changes: 68, rooms: 6, people: 8, messages: 29 }),
];
/// The formats that knew guests and open rooms, and nothing else.
const GUESTS_ONLY: [u8; 2] = [1, 2];
const ANNS_TOKEN: &str = "jjIUMPhVX278FOTIHGiD_htRQZkN60KqCqHINikWi9E";

fn unpack(format: u8, file: &Path) {
    let packed = format!("{}/tests/chat/old/format-{format}.redb.gz", env!("CARGO_MANIFEST_DIR"));
    let mut bytes = Vec::new();
    GzDecoder::new(fs::File::open(packed).unwrap()).read_to_end(&mut bytes).unwrap();
    fs::write(file, bytes).unwrap();
}

/// The file of this format, opened. What happened in it last happened at this moment: by the clock on the wall, much of it
/// is long over.
pub fn opened(format: u8) -> (TempDir, Store, Timestamp) {
    let directory = tempfile::tempdir().unwrap();
    unpack(format, &directory.path().join("taproom.redb"));
    let store = Store::open(directory.path()).unwrap();
    let recent = store.snapshot().unwrap().active_rooms(1, None, Timestamp(0)).unwrap();
    (directory, store, recent[0].last_changed_at)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_in_an_older_file_is_read_and_it_goes_on() {
    for (format, _) in FORMATS {
        goes_on(format).await;
    }
}

async fn goes_on(format: u8) {
    let directory = tempfile::tempdir().unwrap();
    unpack(format, &directory.path().join("taproom.redb"));
    let mut program = Program::start(directory.path()).await;
    let mut dan = program.guest("Dan", ROOM).await;
    let before = history(&client(), &program.url, &dan.room).await.len();
    for life in 1..=2 {
        let all = history(&client(), &program.url, &dan.room).await;
        assert_eq!(all.iter().take(5).map(|(id, _)| *id).collect::<Vec<_>>(), SAID);
        assert_eq!(all[0].1, "said in format 1: 1 <b>é🚀</b>");
        // What happened is still told in order.
        let mut ears = Ears::open(client().get(format!("{}{}/live?as=text&after=4", program.url, dan.room))).await;
        dan.posts("and it goes on").await;
        assert!(ears.hears().await.data.contains("said in format 1: 3"));
        assert_eq!(
            history(&client(), &program.url, &dan.room).await.len(),
            before + life,
            "everything, and what is new"
        );
        program.kill().await;
        program = Program::start(directory.path()).await;
        dan = program.again(&dan);
    }
    drop(program);
}

#[test]
fn whoever_was_known_in_an_older_file_is_known_and_what_was_done_once_is_done_once() {
    for (format, counts) in FORMATS {
        let (_directory, store, at) = opened(format);
        assert_eq!(store.verify().unwrap(), counts);
        let snapshot = store.snapshot().unwrap();
        let hash = Token::parse(ANNS_TOKEN).unwrap().hash();
        let ann = snapshot.authenticate(hash, at).unwrap().expect("her token is known").person;
        assert_eq!(ann.author.name.as_ref(), ANN);
        let room = snapshot.room_by_slug(RoomName::parse(ROOM).unwrap().slug()).unwrap().expect("her room is there").id;
        let words = MessageContent::from_body(Body::parse("said in format 1: 1 <b>é🚀</b>").unwrap());
        let command = Command::Post { room, content: words, reply_to: None, follow_ups: PostFollowUps::default() };
        let again = Envelope { actor: Actor::User(ann.author.id), nonce: Nonce::parse("old-1").unwrap(), command };
        let done = store.commit(at, &[again]).unwrap().remove(0).unwrap();
        assert_eq!((done.seq, done.is_replay), (Seq(SAID[0]), true));
    }
}

/// Whoever was there is a guest with one session, every room is for everybody, and nobody has settled anything.
#[test]
fn people_and_rooms_of_an_older_file_stand_as_they_would_if_they_came_today() {
    for format in GUESTS_ONLY {
        let (_directory, store, now) = opened(format);
        let snapshot = store.snapshot().unwrap();
        assert_eq!(snapshot.settings().unwrap(), taproom::domain::ServerSettings::default());
        assert!(!snapshot.has_owner().unwrap() && snapshot.invitations(1).unwrap().is_empty());
        assert!(snapshot.audit_log(None, 1).unwrap().is_empty() && snapshot.reports(1).unwrap().is_empty());

        let people = snapshot.people(usize::MAX, |_| true).unwrap();
        assert_eq!(people.len(), 2);
        for seen in people {
            let person = seen.person;
            assert_eq!(
                (person.role, person.muted_until, person.banned_until),
                (Role::Guest, Expiry::PAST, Expiry::PAST)
            );
            assert_eq!((seen.invitation, seen.last_seen_at), (None, Some(seen.joined_at)));
            assert!(snapshot.credentials(person.author.id).unwrap().is_none());
            assert!(snapshot.members_only_rooms(&person, now).unwrap().is_empty());
            let sessions = snapshot.sessions(person.author.id, now).unwrap();
            assert_eq!(sessions.len(), 1);
            assert_eq!(sessions[0].kind, TokenKind::Session(Device::default()));
            assert_eq!((sessions[0].created_at, sessions[0].last_used_at), (seen.joined_at, seen.joined_at));
        }
        let rooms = snapshot.active_rooms(usize::from(u8::MAX), None, now).unwrap();
        assert_eq!((rooms.len() as u64, snapshot.count_rooms().unwrap()), (3, 3));
        for room in rooms.into_iter().map(|recent| recent.room) {
            assert_eq!((room.visibility, room.topic.as_str(), room.slow_mode_s), (Visibility::Open, "", 0));
            assert_eq!((room.archived, room.deleted_at), (false, None));
            assert_eq!(
                snapshot.visible_room_by_slug(&room.slug, None, now).unwrap().map(|sight| sight.room),
                Some(room)
            );
        }
    }
}

#[test]
fn in_an_older_file_names_are_kept_from_names_that_look_like_them_and_are_claimed_like_new_ones() {
    for format in GUESTS_ONLY {
        let (_directory, store, _) = opened(format);
        let snapshot = store.snapshot().unwrap();
        let hash = Token::parse(ANNS_TOKEN).unwrap().hash();
        let ann = snapshot.authenticate(hash, Timestamp(0)).unwrap().expect("her token is known").person.author;
        let room = snapshot.room_by_slug(RoomName::parse(ROOM).unwrap().slug()).unwrap().expect("her room is there");
        let last = snapshot.message_page(room.id, Window::Latest).unwrap().messages.pop().expect("somebody spoke");
        drop(snapshot);

        let (token, device, password) = ([7; 32], Device::default(), PasswordHash::new("hash".to_owned()));
        let token = Token::new(token).hash();
        let name = UserName::parse(&ANN.replace('n', "\u{578}")).unwrap(); // an Armenian letter
        let alike = Command::Join { room: RoomName::parse("x").unwrap(), name, token, device: device.clone() };
        let claim = Command::Account(AccountCommand::Register { password, token, replaces: hash, device });
        let post = Command::Post {
            room: room.id,
            content: MessageContent::from_body(Body::parse("on it goes").unwrap()),
            reply_to: None,
            follow_ups: PostFollowUps::default(),
        };
        let asked = |who, command| Envelope { actor: who, nonce: None, command };
        let (nobody, ann) = (Actor::Anonymous, ann.id);
        let batch = [asked(nobody, alike), asked(Actor::User(ann), claim), asked(Actor::User(last.author.id), post)];
        let answers = store.commit(last.at, &batch).unwrap();
        assert_eq!(answers[0], Err(Refusal::NameConfusable(ANN.to_owned())));
        assert_eq!(answers[1].as_ref().map(|done| done.event), Ok(Event::PersonChanged { user: ann }));
        // The next thing said stands under the last.
        let said = answers[2].as_ref().unwrap();
        assert_eq!((said.seq, said.previous), (Seq(11), last.id));
        let snapshot = store.snapshot().unwrap();
        assert!(snapshot.message(room.id, said.seq).unwrap().expect("it was said").grouping.continues_group);
        assert_eq!(snapshot.person_by_id(ann).unwrap().map(|person| person.role), Some(Role::Member));
        assert!(snapshot.authenticate(hash, last.at).unwrap().is_none(), "the session of a guest ends");
        store.verify().unwrap();
    }
}

#[test]
fn roles_hidden_rooms_and_what_was_laid_on_people_stand_in_a_file_of_format_3_as_they_were() {
    let (_directory, store, now) = opened(3);
    let snapshot = store.snapshot().unwrap();
    let [ann, ben, olga, cid] = [1, 2, 10, 13].map(|id| snapshot.person_by_id(UserId(id)).unwrap().expect("somebody"));
    let roles = [&ann, &ben, &olga, &cid].map(|person| person.role);
    assert_eq!(roles, [Role::Guest, Role::Guest, Role::Owner, Role::Moderator]);
    let until = Expiry(Timestamp(1_895_535_241_994));
    assert_eq!(
        [&ann, &ben, &olga, &cid].map(|person| person.banned_until),
        [Expiry::PAST, until, Expiry::PAST, Expiry::PAST]
    );
    assert!([&ann, &ben, &olga, &cid].iter().all(|person| !person.presence_hidden), "each is shown when they are here");
    assert!(snapshot.is_address_blocked("192.0.2.9", now).unwrap() && snapshot.has_owner().unwrap());
    let house = snapshot.settings().unwrap();
    assert_eq!((house.name.as_str(), house.room_creation), ("Old house", Role::Member));

    let device = Device { browser: "Edge".to_owned(), address: "192.0.2.7".to_owned() };
    let script = TokenKind::Personal { label: "script".to_owned(), scopes: Scopes { read: true, post: false } };
    let kinds: Vec<_> = snapshot.sessions(cid.author.id, now).unwrap().into_iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [script, TokenKind::Session(device)]);
    let passwords = [&ann, &olga, &cid].map(|person| snapshot.credentials(person.author.id).unwrap());
    let passwords = passwords.map(|password| password.map(|read| (read.hash.as_str().to_owned(), read.password_seq)));
    assert_eq!(passwords, [None, Some(("olgas".to_owned(), Seq(10))), Some(("cids".to_owned(), Seq(13)))]);
    assert_eq!(snapshot.count_recovery_codes(cid.author.id).unwrap(), 2);
    assert_eq!(snapshot.person_by_reset_link(Token::new([29; 32]).hash(), now).unwrap(), Some(cid.clone()));
    let invitation =
        snapshot.invitation_by_code(Token::new([12; 32]).hash()).unwrap().expect("the link leads somewhere");
    assert_eq!(
        (invitation.label.as_str(), invitation.uses_left, &invitation.rooms[..]),
        ("friends", Some(2), &[RoomId(11)][..])
    );
    assert_eq!((snapshot.audit_log(None, 99).unwrap().len(), snapshot.reports(9).unwrap()[0].1.message), (10, Seq(8)));

    let names = |rooms: Vec<Room>| rooms.into_iter().map(|room| room.name).collect::<Vec<_>>();
    assert_eq!(names(snapshot.members_only_rooms(&cid, now).unwrap()), ["Closed", "Olga"]);
    assert_eq!(names(snapshot.members_only_rooms(&ann, now).unwrap()), ["Closed"]);
    assert_eq!(names(snapshot.deleted_rooms(&olga, now).unwrap()), ["empty"]);
    assert_eq!(
        snapshot.visible_room_by_id(RoomId(1), Some(&cid), now).unwrap().expect("a room for all").muted_until,
        Expiry::PAST
    );
    let slow = snapshot.room_by_id(RoomId(9)).unwrap().expect("a room");
    assert_eq!((slow.visibility, slow.topic.as_str(), slow.slow_mode_s), (Visibility::Public, "about it", 60));
}

/// Each message knows which of its room it is from now on, and has nothing else of what is new.
#[test]
fn in_a_file_of_format_3_what_was_said_is_counted_room_by_room_and_can_be_answered() {
    let (_directory, store, now) = opened(3);
    let said = |room| {
        let page = store.snapshot().unwrap().message_page(RoomId(room), Window::Latest).unwrap();
        page.messages
            .into_iter()
            .map(|message| (message.id.0, message.body, message.details.extras.clone()))
            .collect::<Vec<_>>()
    };
    let plain = |id, body: &str| (id, body.to_owned(), MessageExtras::default());
    assert_eq!(said(11), [plain(15, "closed: 1"), plain(17, "closed: 2"), plain(20, "closed: 3")]);
    assert_eq!(said(14), [plain(16, "direct: 1"), plain(19, "direct: 2")]);
    assert_eq!(said(9), [plain(18, "")]);

    let reads = |who, room, seq| {
        let command = Command::ReadState(RoomId(room), ReadStateCommand::MarkRead { seq: Seq(seq) });
        store
            .commit(now, &[Envelope { actor: Actor::User(UserId(who)), nonce: None, command }])
            .unwrap()
            .remove(0)
            .unwrap();
        store.snapshot().unwrap().read_state(UserId(who), RoomId(room)).unwrap().unread
    };
    assert_eq!([reads(1, 11, 15), reads(1, 11, 17), reads(10, 14, 16), reads(10, 1, 5)], [2, 1, 1, 4]);
    let words = MessageContent::from_body(Body::parse("an answer").unwrap());
    let command = Command::Post {
        room: RoomId(11),
        content: words,
        reply_to: Some(Seq(17)),
        follow_ups: PostFollowUps::default(),
    };
    store.commit(now, &[Envelope { actor: Actor::User(UserId(1)), nonce: None, command }]).unwrap().remove(0).unwrap();
    assert_eq!(said(11)[1].2.reply_count, 1);
    store.verify().unwrap();
}

/// Format 5 searched the HTML of a message for mentions and excerpts; both are data now, and read as they did then.
#[test]
fn a_file_of_format_5_shows_the_excerpts_and_mentions_that_it_showed() {
    let (_directory, store, _) = opened(5);
    let snapshot = store.snapshot().unwrap();
    let message = |id| snapshot.message(RoomId(1), Seq(id)).unwrap().expect("a message");
    let long = format!("long{}…", " word".repeat(23));
    for (reply, excerpt) in [
        (63, "bold for @Ben, a < b & here"),
        (64, "---"),
        (65, long.as_str()),
        (66, "one two @Ben and @<i>Eve & co</i> let a;"),
    ] {
        let reply = message(reply);
        assert_eq!(reply.details.quote.as_ref().map(Quote::to_text).as_deref(), Some(excerpt));
    }
    let mentioned = |id| message(id).details.mentioned.iter().map(|person| person.id.0).collect::<Vec<_>>();
    assert_eq!([mentioned(59), mentioned(60), mentioned(62)], [vec![2], vec![], vec![2, 33]]);
    let deleted = message(67);
    assert_eq!((deleted.body.as_str(), deleted.html.as_deref(), mentioned(67)), ("", None, vec![]));
    assert_eq!(snapshot.quote(RoomId(1), Seq(67)).unwrap().expect("it was there").to_text(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_copy_is_checked_without_changing_it_and_can_be_put_back() {
    for (format, counts) in FORMATS {
        can_be_put_back(format, counts).await;
    }
}

async fn can_be_put_back(format: u8, Counts { changes, rooms, people, messages }: Counts) {
    let other = tempfile::tempdir().unwrap();
    let copy = other.path().join("copy.redb");
    unpack(format, &copy);
    let before = contents(other.path());
    let file = copy.to_str().unwrap();
    let told = says(taproom(&["check", file], other.path())).await;
    let holds = format!("is valid: {messages} messages, {rooms} rooms, {people} people; last change {changes}");
    assert!(told.contains(&holds), "{told}");
    assert_eq!(contents(other.path()), before);
    let restored = other.path().join("restored");
    says(taproom(&["restore", file], &restored)).await;
    let program = Program::start(&restored).await;
    let dan = program.guest("Dan", ROOM).await;
    let there = history(&client(), &program.url, &dan.room).await;
    assert_eq!(there.iter().take(5).map(|(id, _)| *id).collect::<Vec<_>>(), SAID);
    dan.posts("in the restored one").await;
}
