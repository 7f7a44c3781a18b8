//! Weaknesses that other chat servers had. `docs/security.md` lists the tests of all of them.

use std::time::Duration;

use taproom::domain::limits::SESSION_RETENTION;
use taproom::domain::{AccountCommand, Actor, Command, Device, Envelope, PasswordHash, Timestamp, Token};
use taproom::live::ReplayLimits;

use crate::harness::{ANN, BEN, Guest, House, ask};
use crate::past::{Past, now, store};

#[tokio::test(flavor = "multi_thread")]
async fn neither_person_of_a_direct_message_can_remove_it_for_the_other() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, "lobby").await, house.guest(BEN, "lobby").await);
    let room = ann.sends("/direct", &[("names", BEN)]).await.header("location").to_owned();
    let in_direct = |guest: &Guest| Guest { room: room.clone(), ..guest.clone() };
    in_direct(&ann).posts("mine").await;
    in_direct(&ben).posts("yours").await;
    let remove = |name: &str| format!("members/{}/remove", crate::harness::encoded(name));
    for guest in [&ann, &ben] {
        for path in ["delete", "undelete", "leave", &remove(ANN), &remove(BEN)] {
            let answer = guest.sends(&format!("{room}/{path}"), &[]).await;
            assert!(matches!(answer.status, 403 | 404 | 422), "{path}: {} {}", answer.status, answer.text());
        }
        for form in [[("visibility", "open")], [("visibility", "private")], [("name", "Mine")]] {
            let answer = guest.sends(&format!("{room}/settings"), &form).await;
            assert!(matches!(answer.status, 403 | 422), "{form:?}: {} {}", answer.status, answer.text());
        }
    }
    for guest in [&ann, &ben] {
        let page = guest.reads(&room, "application/json").await.json();
        let bodies: Vec<_> = page["messages"].as_array().unwrap().iter().map(|message| &message["body"]).collect();
        assert_eq!(bodies, ["mine", "yours"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unused_session_ends_after_ninety_days() {
    let directory = tempfile::tempdir().unwrap();
    let (past, recent) = {
        let store = store(directory.path());
        let ago = |time: Duration| Timestamp(now().0 - u64::try_from(time.as_millis()).unwrap());
        let past = Past::enters(&store, ago(SESSION_RETENTION), ANN, "lobby");
        (past, Past::enters(&store, ago(SESSION_RETENTION - Duration::from_secs(60 * 60)), BEN, "lobby"))
    };
    let house = House::open_on(directory, ReplayLimits::default()).await;
    for (guest, status) in [(past.guest(&house), 401), (recent.guest(&house), 201)] {
        assert_eq!(ask(guest.post().body("hi")).await.status, status, "by token, {}", guest.name);
        let page = ask(house.get("/rooms").header("cookie", guest.cookie())).await;
        assert_eq!(page.status == 200, status == 201, "by cookie, {}", guest.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_session_is_in_no_list() {
    let directory = tempfile::tempdir().unwrap();
    let token = Token::new([9; 32]);
    let past = {
        let store = store(directory.path());
        let then = Timestamp(now().0 - u64::try_from(SESSION_RETENTION.as_millis()).unwrap());
        let past = Past::enters(&store, then, ANN, "lobby");
        let commit = |at, actor, command| {
            let request = Envelope { actor, nonce: None, command: Command::Account(command) };
            store.commit(at, &[request]).unwrap().pop().unwrap().expect("it is not refused");
        };
        let (user, device) = (past.user(), Device::default());
        let password = PasswordHash::new("$none$".to_owned());
        let (old, replaces) = (Token::new([8; 32]).hash(), past.token().hash());
        let register = AccountCommand::Register { password, token: old, replaces, device: device.clone() };
        commit(then, Actor::User(user), register);
        let password_seq = store.snapshot().unwrap().credentials(user).unwrap().unwrap().password_seq;
        commit(now(), Actor::Anonymous, AccountCommand::SignIn { user, password_seq, token: token.hash(), device });
        assert_eq!(store.snapshot().unwrap().sessions(user, then).unwrap().len(), 2, "both were valid then");
        past
    };
    let house = House::open_on(directory, ReplayLimits::default()).await;
    let ann = Guest { token: token.to_text(), ..past.guest(&house) };
    let devices = ann.reads("/settings/devices", "application/json").await.json();
    assert!(devices.as_array().unwrap().len() == 1 && devices[0]["current"] == true, "{devices}");
}
