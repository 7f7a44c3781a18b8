//! The ways back for whoever has forgotten the password: codes that they wrote down, and a link from whoever runs the
//! machine. And the link of the first start, which lies in the data directory.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use taproom::domain::{
    AccountCommand, Actor, Command, Device, Envelope, Event, Expiry, PasswordHash, PersonCommand, Refusal, RoomName,
    SingleLine, Token, UserName,
};
use taproom::store::Store;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::account::{PASSWORD, claims, is_known, member, send, settings, signs_in, with};
use crate::copies::{says, taproom};
use crate::harness::{ANN, BEN, Guest, House, ROOM, ask, client, within};
use crate::program::{Program, command, refuses};
use crate::staff::{Staffed, page_of};

const NEW: &str = "a new sentence";

/// Takes new codes.
async fn codes(guest: &Guest) -> Vec<String> {
    let answer = settings(guest, "/recovery-codes", Some(json!({}))).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    let codes: Vec<String> = serde_json::from_value(answer.json()["codes"].clone()).unwrap();
    assert_eq!(codes.len(), 10);
    codes
}

async fn left(guest: &Guest) -> Value {
    settings(guest, "/recovery-codes", None).await.json()["left"].clone()
}

fn with_code(name: &str, code: &str) -> Value {
    json!({ "name": name, "code": code, "password": NEW })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_leads_back_once_and_ends_every_session() {
    let house = House::open().await;
    let ann = member(&house, ANN, ROOM).await;
    assert_eq!(left(&ann).await, 0);
    let old = codes(&ann).await;
    let new = codes(&ann).await;
    assert!(old.iter().all(|code| !new.contains(code)));
    assert_eq!(send(&house, "/recover", with_code(ANN, &old[0])).await.status, 401, "new codes end the old ones");
    let typed = new[0].to_uppercase().replace('-', " ");
    let back = send(&house, "/recover", with_code(ANN, &typed)).await;
    assert_eq!(back.status, 200, "{}", back.text());
    let back = with(&ann, &back);
    assert!(!is_known(&ann).await, "whoever was signed in is not any more");
    assert_eq!(left(&back).await, 9);
    assert_eq!(send(&house, "/recover", with_code(ANN, &new[0])).await.status, 401, "a code is good once");
    assert_eq!(send(&house, "/sign-in", json!({ "name": ANN, "password": PASSWORD })).await.status, 401);
    signs_in(&house, &back, NEW).await;
    back.posts("I am back").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_come_with_one_code_one_comes_in() {
    let house = House::open().await;
    let ann = member(&house, ANN, ROOM).await;
    let code = codes(&ann).await.remove(0);
    let come = || send(&house, "/recover", with_code(ANN, &code));
    let (one, other) = tokio::join!(come(), come());
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_of_one_are_nothing_to_another() {
    let house = House::open().await;
    let (ann, _ben) = (member(&house, ANN, ROOM).await, member(&house, "Ben", ROOM).await);
    let code = codes(&ann).await.remove(0);
    assert_eq!(send(&house, "/recover", with_code("Ben", &code)).await.status, 401);
    assert_eq!(left(&ann).await, 10, "it is still good for whose it is");
    let page = house.post("/settings/recovery-codes").header("cookie", ann.cookie()).header("accept", "text/html");
    let page = ask(page).await;
    assert_eq!((page.header("cache-control"), page.text().matches("<li><code>").count()), ("no-store", 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_runs_the_machine_makes_a_link_that_works_once() {
    let directory = tempfile::tempdir().unwrap();
    let program = Program::start(directory.path()).await;
    let ann = claims(&program.guest(ANN, ROOM).await, PASSWORD).await;
    let told = says(taproom(&["reset", ANN], directory.path())).await;
    let first = told.lines().next().unwrap().to_owned();
    let told = says(taproom(&["reset", &format!("  {ANN} ")], directory.path())).await;
    let link = told.lines().next().unwrap().to_owned();
    assert!(link.starts_with(&format!("{}/reset/", program.url)), "{link}");
    assert!(told.contains("within 24 hours"));
    let http = client();
    assert_eq!(ask(http.get(&first)).await.status, 404, "a new link ends the one before");
    let page = ask(http.get(&link)).await;
    assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
    assert!(is_known(&ann).await, "looking changes nothing");
    let choose = || ask(http.post(&link).header("accept", "application/json").form(&[("password", NEW)]));
    let short = http.post(&link).header("accept", "text/html").form(&[("password", "short")]);
    let short = ask(short).await;
    assert_eq!(short.status, 422);
    assert!(short.text().contains(r#"id="password-error""#));
    let (one, other) = tokio::join!(choose(), choose());
    let (done, dead) = if one.status == 200 { (one, other) } else { (other, one) };
    assert_eq!((done.status, dead.status), (200, 404), "it works once");
    let back = with(&ann, &done);
    assert!(is_known(&back).await && !is_known(&ann).await);
    assert_eq!(ask(http.get(&link)).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_ends_when_its_person_chooses_a_password_in_another_way() {
    let staffed = Staffed::open().await;
    let Staffed { house, owner, .. } = &staffed;
    let ann = member(house, BEN, ROOM).await;
    let made = owner.sends(&format!("{}/reset-link", page_of(BEN)), &[]).await;
    let path = made.json()["url"].as_str().unwrap()[house.url.len()..].to_owned();
    assert_eq!(house.read(&path, "text/html").await.status, 200);
    let changed = settings(&ann, "/password", Some(json!({ "current": PASSWORD, "password": NEW }))).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_eq!(house.read(&path, "text/html").await.status, 404);
    assert_eq!(send(house, &path, json!({ "password": "another new sentence" })).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_link_is_made_for_nobody_or_where_nothing_runs() {
    let directory = tempfile::tempdir().unwrap();
    let said = refuses(taproom(&["reset", ANN], directory.path())).await;
    assert!(said.contains("no Taproom is running"), "{said}");
    let program = Program::start(directory.path()).await;
    let said = refuses(taproom(&["reset", ANN], directory.path())).await;
    assert_eq!(said, "There is nobody here of that name.");
    for wrong in ["", " ", "\n", &"x".repeat(33)] {
        refuses(taproom(&["reset", wrong], directory.path())).await;
    }
    let tampered = "A".repeat(43);
    for token in ["x", &tampered, "%00", "%ff", &"A".repeat(5_000)] {
        let page = ask(client().get(format!("{}/reset/{token}", program.url)).header("accept", "text/html")).await;
        assert_eq!(page.status, 404, "{token}");
        let owner = ask(client().get(format!("{}/setup/{token}", program.url)).header("accept", "text/html")).await;
        assert_eq!(owner.status, 404, "{token}");
    }
}

/// What the program prints when it starts, with the link.
async fn printed(data: &std::path::Path, lines: usize) -> (tokio::process::Child, Vec<String>) {
    let mut child = command(data).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut printed = Vec::new();
    for _ in 0..lines {
        printed.push(within("a line", output.next_line()).await.unwrap().expect("it prints its greeting"));
    }
    (child, printed)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owners_link_is_printed_and_stays_true_until_it_is_used() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("owner-link");
    let (mut child, lines) = printed(directory.path(), 3).await;
    let link = lines[0].strip_prefix("Set up this server: ").unwrap().to_owned();
    assert_eq!(lines[1], "", "the link is alone");
    let url = lines[2].strip_prefix("Taproom listens on ").unwrap().to_owned();
    assert!(link.starts_with(&url), "{link}");
    let token = fs::read_to_string(&file).unwrap();
    assert_eq!(link, format!("{url}/setup/{}", token.trim()));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    child.kill().await.unwrap();
    crate::harness::let_go(directory.path()).await;

    let program = Program::start(directory.path()).await;
    assert_eq!(fs::read_to_string(&file).unwrap(), token, "the link is the same after a restart");
    let link = format!("{}/setup/{}", program.url, token.trim());
    let own = [("server", "Fern Street"), ("name", ANN), ("password", PASSWORD)];
    let owned = ask(client().post(&link).header("accept", "text/html").form(&own)).await;
    assert_eq!((owned.status, owned.header("location")), (303, "/"));
    assert!(!file.exists(), "the link is used");
    assert_eq!(ask(client().get(&link)).await.status, 404);
    drop(program);
    crate::harness::let_go(directory.path()).await;
    fs::write(&file, token.as_bytes()).unwrap(); // as a crash may leave it
    let again = Program::start(directory.path()).await;
    assert!(!file.exists(), "an owned house has no link");
    assert_eq!(ask(client().get(format!("{}/setup/{}", again.url, token.trim()))).await.status, 404);
}

/// What a store answers to one command.
fn judged(store: &Store, who: Actor, command: Command) -> Result<Event, Refusal> {
    let answer = store.commit(crate::past::now(), &[Envelope { actor: who, nonce: None, command }]).unwrap().pop();
    answer.expect("a command has an outcome").map(|done| done.event)
}

#[test]
fn whether_somebody_is_outside_is_told_to_nobody_but_them() {
    let directory = tempfile::tempdir().unwrap();
    let store = crate::past::store(directory.path());
    let (hash, device) = (|n: u8| Token::new([n; 32]).hash(), Device::default);
    let password = || PasswordHash::new("a hash".to_owned());
    let name = |text: &str| UserName::parse(text).unwrap();
    let house = SingleLine::parse("server", "Fern Street", 40).unwrap();
    let own = AccountCommand::SetUpServer {
        server_name: house,
        name: name("Owner"),
        password: password(),
        token: hash(1),
        device: device(),
    };
    let Ok(Event::PersonChanged { user: owner }) = judged(&store, Actor::Anonymous, Command::Account(own)) else {
        panic!("nobody owned it")
    };
    let room = RoomName::parse(ROOM).unwrap();
    let enter = Command::Join { room, name: name(ANN), token: hash(2), device: device() };
    let Ok(Event::PersonJoined { user, .. }) = judged(&store, Actor::Anonymous, enter) else {
        panic!("the door is open")
    };
    let account = |command| judged(&store, Actor::User(user), Command::Account(command));
    let claim = AccountCommand::Register { password: password(), token: hash(3), replaces: hash(2), device: device() };
    account(claim).unwrap();
    account(AccountCommand::SetRecoveryCodes { codes: vec![hash(4)] }).unwrap();
    let ban = PersonCommand::Ban {
        until: Expiry::NEVER,
        reason: None,
        blocked_addresses: Vec::new(),
        delete_messages: false,
    };
    judged(&store, Actor::User(owner), Command::Person(user, ban)).unwrap();

    let recover = |code| {
        let (password, token, device) = (password(), hash(5), device());
        judged(
            &store,
            Actor::Anonymous,
            Command::Account(AccountCommand::Recover { user, code, password, token, device }),
        )
    };
    assert_eq!(recover(hash(9)), Err(Refusal::BadCredentials), "a guess learns nothing");
    assert!(matches!(recover(hash(4)), Err(Refusal::Banned(_))));
    judged(&store, Actor::User(owner), Command::Person(user, PersonCommand::Unban)).unwrap();
    assert_eq!(recover(hash(4)), Ok(Event::PersonChanged { user }), "the code was not used up meanwhile");
}

#[test]
fn a_link_that_was_made_before_somebody_took_the_house_ends_with_that() {
    let directory = tempfile::tempdir().unwrap();
    let store = crate::past::store(directory.path());
    let (hash, device) = (|n: u8| Token::new([n; 32]).hash(), Device::default);
    let name = || UserName::parse(ANN).unwrap();
    let enter = Command::Join { room: RoomName::parse(ROOM).unwrap(), name: name(), token: hash(1), device: device() };
    let Ok(Event::PersonJoined { user, .. }) = judged(&store, Actor::Anonymous, enter) else {
        panic!("the door is open")
    };
    let made = Command::Person(user, PersonCommand::CreateResetLink { link: hash(2) });
    judged(&store, Actor::Operator, made).unwrap();
    let leads_to = || store.snapshot().unwrap().person_by_reset_link(hash(2), crate::past::now()).unwrap();
    assert!(leads_to().is_some());
    let (house, password) =
        (SingleLine::parse("server", "Fern Street", 40).unwrap(), PasswordHash::new("a hash".to_owned()));
    let own =
        AccountCommand::SetUpServer { server_name: house, name: name(), password, token: hash(3), device: device() };
    judged(&store, Actor::User(user), Command::Account(own)).unwrap();
    assert_eq!(leads_to(), None);
}
