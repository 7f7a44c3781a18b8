//! Files that older Taprooms left: what was said in them goes on. `old/` holds a file of each format, compressed; each was
//! made by the Taproom of its time.

use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use taproom::domain::{
    AccountCommand, Asked, Body, Command, Device, Event, Kind, Moment, PasswordHash, Refusal, Role, RoomName, Seq,
    Token, TokenKind, Until, UserName, Who, Words,
};
use taproom::store::{Counts, Store, Window};

use crate::copies::{says, taproom};
use crate::harness::{ANN, Ears, Guest, ROOM, ask, client, history};
use crate::program::{Program, contents};

/// In each of the files Ann has said five things, and these are the numbers of them; Ben has said one more.
const SAID: [u64; 5] = [3, 4, 5, 6, 7];
const FORMATS: [u8; 2] = [1, 2];
const ANNS_TOKEN: &str = "jjIUMPhVX278FOTIHGiD_htRQZkN60KqCqHINikWi9E";

fn unpack(format: u8, file: &Path) {
    let packed = format!("{}/tests/chat/old/format-{format}.redb.gz", env!("CARGO_MANIFEST_DIR"));
    let mut bytes = Vec::new();
    GzDecoder::new(fs::File::open(packed).unwrap()).read_to_end(&mut bytes).unwrap();
    fs::write(file, bytes).unwrap();
}

/// Ann, as her token is still known.
fn ann(program: &Program) -> Guest {
    let room = RoomName::parse(ROOM).unwrap().address().path().to_owned();
    Guest { name: ANN.to_owned(), token: ANNS_TOKEN.to_owned(), room, url: program.url.clone(), http: client() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_format_1_is_taken_over_with_everything_in_it() {
    is_taken_over(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_format_2_is_taken_over_with_everything_in_it() {
    is_taken_over(2).await;
}

async fn is_taken_over(format: u8) {
    let directory = tempfile::tempdir().unwrap();
    unpack(format, &directory.path().join("taproom.redb"));
    let mut program = Program::start(directory.path()).await;
    for life in 1..=2 {
        let ann = ann(&program);
        let all = history(&client(), &program.url, &ann.room).await;
        assert_eq!(all.iter().take(5).map(|(id, _)| *id).collect::<Vec<_>>(), SAID);
        assert_eq!(all[0].1, "said in format 1: 1 <b>é🚀</b>");
        // What was done once is still done once, and what happened is still told in order.
        let again = ask(ann.post().header("idempotency-key", "old-1").body("said in format 1: 1 <b>é🚀</b>")).await;
        assert_eq!(again.json()["id"], 3);
        let mut ears = Ears::open(client().get(format!("{}{}/live?as=text&after=4", program.url, ann.room))).await;
        ann.posts("and it goes on").await;
        assert!(ears.hears().await.data.contains("said in format 1: 3"));
        assert_eq!(history(&client(), &program.url, &ann.room).await.len(), 6 + life, "everything, and what is new");
        program.kill().await;
        program = Program::start(directory.path()).await;
    }
    drop(program);
}

/// Whoever was there is a guest with one session, every room is for everybody, and nobody has settled anything.
#[test]
fn people_and_rooms_of_an_older_file_stand_as_they_would_if_they_came_today() {
    for format in FORMATS {
        let directory = tempfile::tempdir().unwrap();
        unpack(format, &directory.path().join("taproom.redb"));
        let store = Store::open(directory.path()).unwrap();
        assert_eq!(store.verify().unwrap(), Counts { changes: 9, rooms: 3, people: 2, messages: 6 });
        let snapshot = store.snapshot().unwrap();
        let now = snapshot.recent_rooms(1, None, Moment(0)).unwrap()[0].at;
        assert_eq!(snapshot.house().unwrap(), taproom::domain::House::default());
        assert!(!snapshot.is_owned().unwrap() && snapshot.invitations(1).unwrap().is_empty());
        assert!(snapshot.audit(None, 1).unwrap().is_empty() && snapshot.reports(1).unwrap().is_empty());

        let people = snapshot.people(usize::MAX, |_| true).unwrap();
        assert_eq!(people.len(), 2);
        for seen in people {
            let person = seen.person;
            assert_eq!((person.role, person.muted, person.banned), (Role::Guest, Until::OVER, Until::OVER));
            assert_eq!((seen.invited, seen.seen_at), (None, Some(seen.entered_at)));
            assert!(snapshot.credentials(person.author.id).unwrap().is_none());
            assert!(snapshot.hidden_rooms(&person, now).unwrap().is_empty());
            let sessions = snapshot.sessions(person.author.id, now).unwrap();
            assert_eq!(sessions.len(), 1);
            assert_eq!(sessions[0].kind, TokenKind::Session(Device::default()));
            assert_eq!((sessions[0].made_at, sessions[0].seen_at), (seen.entered_at, seen.entered_at));
        }
        let rooms = snapshot.recent_rooms(usize::from(u8::MAX), None, now).unwrap();
        assert_eq!((rooms.len() as u64, snapshot.count_rooms().unwrap()), (3, 3));
        for room in rooms.into_iter().map(|recent| recent.room) {
            assert_eq!((room.kind, room.topic.as_str(), room.slow_s), (Kind::Open, "", 0));
            assert_eq!((room.archived, room.deleted_at), (false, None));
            assert_eq!(snapshot.sight(&room.address, None, now).unwrap().map(|sight| sight.room), Some(room));
        }
    }
}

#[test]
fn in_an_older_file_names_are_kept_from_names_that_look_like_them_and_are_claimed_like_new_ones() {
    for format in FORMATS {
        let directory = tempfile::tempdir().unwrap();
        unpack(format, &directory.path().join("taproom.redb"));
        let store = Store::open(directory.path()).unwrap();
        let snapshot = store.snapshot().unwrap();
        let hash = Token::parse(ANNS_TOKEN).unwrap().hash();
        let ann = snapshot.known(hash, Moment(0)).unwrap().expect("her token is known").person.author;
        let room = snapshot.room(RoomName::parse(ROOM).unwrap().address()).unwrap().expect("her room is there");
        let last = snapshot.page(room.id, Window::Latest).unwrap().messages.pop().expect("somebody spoke");
        drop(snapshot);

        let (token, device, password) = ([7; 32], Device::default(), PasswordHash::new("hash".to_owned()));
        let token = Token::new(token).hash();
        let name = UserName::parse(&ANN.replace('n', "\u{578}")).unwrap(); // an Armenian letter
        let alike = Command::Enter { room: RoomName::parse("x").unwrap(), name, token, device: device.clone() };
        let claim = Command::Account(AccountCommand::Claim { password, token, instead: hash, device });
        let post =
            Command::Post { room: room.id, words: Words::plain(Body::parse("on it goes").unwrap()), reply_to: None };
        let asked = |who, command| Asked { who, nonce: None, command };
        let (nobody, ann) = (Who::Nobody, ann.id);
        let batch = [asked(nobody, alike), asked(Who::User(ann), claim), asked(Who::User(last.author.id), post)];
        let answers = store.commit(last.at, &batch).unwrap();
        assert_eq!(answers[0], Err(Refusal::NameAlike(ANN.to_owned())));
        assert_eq!(answers[1].as_ref().map(|done| done.event), Ok(Event::PersonChanged { user: ann }));
        // The next thing said stands under the last.
        let said = answers[2].as_ref().unwrap();
        assert_eq!((said.seq, said.before), (Seq(11), last.id));
        let snapshot = store.snapshot().unwrap();
        assert!(snapshot.message(room.id, said.seq).unwrap().expect("it was said").place.follows);
        assert_eq!(snapshot.person(ann).unwrap().map(|person| person.role), Some(Role::Member));
        assert!(snapshot.known(hash, last.at).unwrap().is_none(), "the session of a guest ends");
        store.verify().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_copy_is_checked_without_changing_it_and_can_be_put_back() {
    for format in FORMATS {
        can_be_put_back(format).await;
    }
}

async fn can_be_put_back(format: u8) {
    let other = tempfile::tempdir().unwrap();
    let copy = other.path().join("copy.redb");
    unpack(format, &copy);
    let before = contents(other.path());
    let file = copy.to_str().unwrap();
    let told = says(taproom(&["check", file], other.path())).await;
    assert!(told.contains("is whole: 6 messages, 3 rooms, 2 people; last change 9"), "{told}");
    assert_eq!(contents(other.path()), before);
    let restored = other.path().join("restored");
    says(taproom(&["restore", file], &restored)).await;
    let program = Program::start(&restored).await;
    let ann = ann(&program);
    assert_eq!(history(&client(), &program.url, &ann.room).await.len(), 6);
    ann.posts("in the restored one").await;
}
