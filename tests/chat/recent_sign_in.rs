//! Tokens and recovery codes outlive a session. A session that began long ago cannot create them without the password: the
//! browser may have been left open.

use argon2::Argon2;
use argon2::password_hash::PasswordHasher;
use taproom::domain::{
    AccountCommand, Actor, Command, Device, Envelope, Event, PasswordHash, RoomName, Timestamp, Token, UserName,
};
use taproom::live::ReplayLimits;
use taproom::store::{self, Store};

use crate::harness::{ANN, Answer, House, ask};

const PASSWORD: &str = "a horse, a staple";

#[tokio::test(flavor = "multi_thread")]
async fn an_old_session_needs_the_password_to_create_tokens_and_a_new_one_does_not() {
    let directory = tempfile::tempdir().unwrap();
    let token = Token::new([7; 32]);
    an_hour_ago(&Store::open(directory.path()).unwrap(), &token);
    let house = House::open_on(directory, ReplayLimits::default()).await;
    let sends = async |path: &str, token: &str, form: &[(&str, &str)]| -> Answer {
        ask(house.post(path).bearer_auth(token).header("accept", "application/json").form(form)).await
    };
    let old = token.to_text();
    for (path, form) in [
        ("/settings/recovery-codes", vec![("current", "")]),
        ("/settings/tokens", vec![("name", "mine"), ("scopes", "read")]),
    ] {
        for (current, status) in [("", 422), ("a guess", 422), (PASSWORD, 200)] {
            let form: Vec<_> = form.iter().copied().filter(|(name, _)| *name != "current").collect();
            let answer = sends(path, &old, &[form.as_slice(), &[("current", current)]].concat()).await;
            let is_done = answer.status / 100 == 2;
            assert_eq!(is_done, status == 200, "{path} with {current:?}: {} {}", answer.status, answer.text());
            assert!(is_done || answer.status == 422);
        }
        let page = ask(house.get(path).bearer_auth(&old).header("accept", "text/html")).await;
        assert!(page.text().contains("name=\"current\""), "{path} asks for the password");
    }
    let form = [("name", ANN), ("password", PASSWORD)];
    let signed_in = ask(house.post("/sign-in").header("accept", "application/json").form(&form)).await;
    let new = signed_in.json()["token"].as_str().expect("a token").to_owned();
    assert!(
        sends("/settings/recovery-codes", &new, &[("x", "")]).await.status / 100 == 2,
        "a new session needs no password"
    );
}

/// Joins and registers an account, an hour ago.
fn an_hour_ago(store: &Store, token: &Token) {
    let then = Timestamp(store::now().0 - 60 * 60 * 1_000);
    let execute = |actor, command| {
        let outcomes = store.commit(then, &[Envelope { actor, nonce: None, command }]).unwrap();
        outcomes.into_iter().next().unwrap().unwrap().event
    };
    let (room, name) = (RoomName::parse("lobby").unwrap(), UserName::parse(ANN).unwrap());
    let (first, device) = (Token::new([1; 32]).hash(), Device::default());
    let joined = execute(Actor::Anonymous, Command::Join { room, name, token: first, device: device.clone() });
    let Event::PersonJoined { user, .. } = joined else { panic!("nobody joined: {joined:?}") };
    let phc = Argon2::default().hash_password_with_salt(PASSWORD.as_bytes(), &[3; 16]).unwrap().to_string();
    let password = PasswordHash::new(phc);
    let register = AccountCommand::Register { password, token: token.hash(), replaces: first, device };
    execute(Actor::User(user), Command::Account(register));
}
