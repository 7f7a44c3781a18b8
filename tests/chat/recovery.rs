//! Recovery of an account by a recovery code or by the operator's reset link, and the setup link of the first start.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use taproom::domain::{
    AccountCommand, Actor, Command, Device, Envelope, Event, Expiry, PasswordHash, PersonCommand, Refusal, RoomName,
    SingleLine, Token, UserName,
};
use taproom::store::Store;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::account::{PASSWORD, is_known, member, registers, send, settings, signs_in, with};
use crate::copies::{says, taproom};
use crate::harness::{ANN, BEN, Guest, House, ROOM, ask, client, within};
use crate::program::{Program, command, refuses};
use crate::staff::{Staffed, page_of};

const NEW: &str = "a new sentence";

/// Creates new recovery codes.
async fn create_codes(guest: &Guest) -> Vec<String> {
    let answer = settings(guest, "/recovery-codes", Some(json!({}))).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    let codes: Vec<String> = serde_json::from_value(answer.json()["codes"].clone()).unwrap();
    assert_eq!(codes.len(), 10);
    codes
}

async fn count_codes(guest: &Guest) -> Value {
    settings(guest, "/recovery-codes", None).await.json()["left"].clone()
}

fn with_code(name: &str, code: &str) -> Value {
    json!({ "name": name, "code": code, "password": NEW })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_works_once_and_ends_every_session() {
    let house = House::open().await;
    let ann = member(&house, ANN, ROOM).await;
    assert_eq!(count_codes(&ann).await, 0);
    let old = create_codes(&ann).await;
    let new = create_codes(&ann).await;
    assert!(old.iter().all(|code| !new.contains(code)));
    assert_eq!(send(&house, "/recover", with_code(ANN, &old[0])).await.status, 401, "new codes replace the old ones");
    let typed = new[0].to_uppercase().replace('-', " ");
    let back = send(&house, "/recover", with_code(ANN, &typed)).await;
    assert_eq!(back.status, 200, "{}", back.text());
    let back = with(&ann, &back);
    assert!(!is_known(&ann).await, "every earlier session has ended");
    assert_eq!(count_codes(&back).await, 9);
    assert_eq!(send(&house, "/recover", with_code(ANN, &new[0])).await.status, 401, "a code works once");
    assert_eq!(send(&house, "/sign-in", json!({ "name": ANN, "password": PASSWORD })).await.status, 401);
    signs_in(&house, &back, NEW).await;
    back.posts("I am back").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_uses_of_one_recovery_code_one_succeeds() {
    let house = House::open().await;
    let ann = member(&house, ANN, ROOM).await;
    let code = create_codes(&ann).await.remove(0);
    let recover = || send(&house, "/recover", with_code(ANN, &code));
    let (one, other) = tokio::join!(recover(), recover());
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}

#[tokio::test(flavor = "multi_thread")]
async fn recovery_codes_work_only_for_their_owner() {
    let house = House::open().await;
    let (ann, _ben) = (member(&house, ANN, ROOM).await, member(&house, "Ben", ROOM).await);
    let code = create_codes(&ann).await.remove(0);
    assert_eq!(send(&house, "/recover", with_code("Ben", &code)).await.status, 401);
    assert_eq!(count_codes(&ann).await, 10, "its owner can still use it");
    let page = house.post("/settings/recovery-codes").header("cookie", ann.cookie()).header("accept", "text/html");
    let page = ask(page).await;
    assert_eq!((page.header("cache-control"), page.text().matches("<li><code>").count()), ("no-store", 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_makes_a_reset_link_that_works_once() {
    let directory = tempfile::tempdir().unwrap();
    let program = Program::start(directory.path()).await;
    let ann = registers(&program.guest(ANN, ROOM).await, PASSWORD).await;
    let output = says(taproom(&["reset", ANN], directory.path())).await;
    let first = output.lines().next().unwrap().to_owned();
    let output = says(taproom(&["reset", &format!("  {ANN} ")], directory.path())).await;
    let link = output.lines().next().unwrap().to_owned();
    assert!(link.starts_with(&format!("{}/reset/", program.url)), "{link}");
    assert!(output.contains("within a day"));
    let http = client();
    assert_eq!(ask(http.get(&first)).await.status, 404, "a new link ends the earlier one");
    let page = ask(http.get(&link)).await;
    assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
    assert!(is_known(&ann).await, "opening the page changes nothing");
    let reset = || ask(http.post(&link).header("accept", "application/json").form(&[("password", NEW)]));
    let short = http.post(&link).header("accept", "text/html").form(&[("password", "short")]);
    let short = ask(short).await;
    assert_eq!(short.status, 422);
    assert!(short.text().contains(r#"id="password-error""#));
    let (one, other) = tokio::join!(reset(), reset());
    let (done, refused) = if one.status == 200 { (one, other) } else { (other, one) };
    assert_eq!((done.status, refused.status), (200, 404), "it works once");
    let back = with(&ann, &done);
    assert!(is_known(&back).await && !is_known(&ann).await);
    assert_eq!(ask(http.get(&link)).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_link_ends_when_the_password_changes() {
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
async fn no_reset_link_is_made_without_a_person_or_a_running_server() {
    let directory = tempfile::tempdir().unwrap();
    let error = refuses(taproom(&["reset", ANN], directory.path())).await;
    assert!(error.contains("no Taproom is running"), "{error}");
    let program = Program::start(directory.path()).await;
    let error = refuses(taproom(&["reset", ANN], directory.path())).await;
    assert_eq!(error, "There is no one with this name. Check the spelling.");
    for wrong in ["", " ", "\n", &"x".repeat(33)] {
        refuses(taproom(&["reset", wrong], directory.path())).await;
    }
    let tampered = "A".repeat(43);
    for token in ["x", &tampered, "%00", "%ff", &"A".repeat(5_000)] {
        let page = ask(client().get(format!("{}/reset/{token}", program.url)).header("accept", "text/html")).await;
        assert_eq!(page.status, 404, "{token}");
        let setup = ask(client().get(format!("{}/setup/{token}", program.url)).header("accept", "text/html")).await;
        assert_eq!(setup.status, 404, "{token}");
    }
}

/// Starts the program, and returns the first lines that it prints.
async fn printed(data: &std::path::Path, lines: usize) -> (tokio::process::Child, Vec<String>) {
    let mut child = command(data).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut printed = Vec::new();
    for _ in 0..lines {
        printed.push(within("a line", output.next_line()).await.unwrap().expect("it prints lines at start"));
    }
    (child, printed)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_setup_link_is_printed_and_stays_valid_until_it_is_used() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("setup-link");
    let (mut child, lines) = printed(directory.path(), 3).await;
    let url = lines[0].strip_prefix("Taproom listens on ").unwrap().to_owned();
    let link = lines[2].split(' ').find(|word| word.contains("/setup/")).unwrap().to_owned();
    assert!(link.starts_with(&url), "{link}");
    let token = fs::read_to_string(&file).unwrap();
    assert_eq!(link, format!("{url}/setup/{}", token.trim()));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    child.kill().await.unwrap();
    crate::harness::let_go(directory.path()).await;

    let program = Program::start(directory.path()).await;
    assert_eq!(fs::read_to_string(&file).unwrap(), token, "the link is the same after a restart");
    let link = format!("{}/setup/{}", program.url, token.trim());
    let fields = [("server", "Fern Street"), ("name", ANN), ("password", PASSWORD)];
    let done = ask(client().post(&link).header("accept", "text/html").form(&fields)).await;
    assert_eq!((done.status, done.header("location")), (303, "/"));
    assert!(!file.exists(), "the file of the used link is deleted");
    assert_eq!(ask(client().get(&link)).await.status, 404);
    drop(program);
    crate::harness::let_go(directory.path()).await;
    fs::write(&file, token.as_bytes()).unwrap(); // as a crash can leave it
    let again = Program::start(directory.path()).await;
    assert!(!file.exists(), "a server with an owner has no link");
    assert_eq!(ask(client().get(format!("{}/setup/{}", again.url, token.trim()))).await.status, 404);
}

/// Commits one command.
fn commit(store: &Store, actor: Actor, command: Command) -> Result<Event, Refusal> {
    let outcome = store.commit(crate::past::now(), &[Envelope { actor, nonce: None, command }]).unwrap().pop();
    outcome.expect("a command has an outcome").map(|applied| applied.event)
}

#[test]
fn only_a_banned_person_learns_of_the_ban() {
    let directory = tempfile::tempdir().unwrap();
    let store = crate::past::store(directory.path());
    let (hash, device) = (|n: u8| Token::new([n; 32]).hash(), Device::default);
    let password = || PasswordHash::new("a hash".to_owned());
    let name = |text: &str| UserName::parse(text).unwrap();
    let server_name = SingleLine::parse("server", "Fern Street", 40).unwrap();
    let set_up = AccountCommand::SetUpServer {
        server_name,
        name: name("Owner"),
        password: password(),
        token: hash(1),
        device: device(),
    };
    let Ok(Event::PersonChanged { user: owner }) = commit(&store, Actor::Anonymous, Command::Account(set_up)) else {
        panic!("the server had no owner")
    };
    let room = RoomName::parse(ROOM).unwrap();
    let join = Command::Join { room, name: name(ANN), token: hash(2), device: device() };
    let Ok(Event::PersonJoined { user, .. }) = commit(&store, Actor::Anonymous, join) else {
        panic!("anyone can join")
    };
    let account = |command| commit(&store, Actor::User(user), Command::Account(command));
    let register =
        AccountCommand::Register { password: password(), token: hash(3), replaces: hash(2), device: device() };
    account(register).unwrap();
    account(AccountCommand::SetRecoveryCodes { codes: vec![hash(4)] }).unwrap();
    let ban = PersonCommand::Ban {
        until: Expiry::NEVER,
        reason: None,
        blocked_addresses: Vec::new(),
        delete_messages: false,
    };
    commit(&store, Actor::User(owner), Command::Person(user, ban)).unwrap();

    let recover = |code| {
        let (password, token, device) = (password(), hash(5), device());
        commit(
            &store,
            Actor::Anonymous,
            Command::Account(AccountCommand::Recover { user, code, password, token, device }),
        )
    };
    assert_eq!(recover(hash(9)), Err(Refusal::BadRecoveryCode), "a wrong code does not reveal the ban");
    assert!(matches!(recover(hash(4)), Err(Refusal::Banned(_))));
    commit(&store, Actor::User(owner), Command::Person(user, PersonCommand::Unban)).unwrap();
    assert_eq!(recover(hash(4)), Ok(Event::PersonChanged { user }), "the refused attempt did not use up the code");
}

#[test]
fn setting_up_the_server_ends_earlier_reset_links() {
    let directory = tempfile::tempdir().unwrap();
    let store = crate::past::store(directory.path());
    let (hash, device) = (|n: u8| Token::new([n; 32]).hash(), Device::default);
    let name = || UserName::parse(ANN).unwrap();
    let join = Command::Join { room: RoomName::parse(ROOM).unwrap(), name: name(), token: hash(1), device: device() };
    let Ok(Event::PersonJoined { user, .. }) = commit(&store, Actor::Anonymous, join) else {
        panic!("anyone can join")
    };
    let create_link = Command::Person(user, PersonCommand::CreateResetLink { link: hash(2) });
    commit(&store, Actor::Operator, create_link).unwrap();
    let person_of_link = || store.snapshot().unwrap().person_by_reset_link(hash(2), crate::past::now()).unwrap();
    assert!(person_of_link().is_some());
    let (server_name, password) =
        (SingleLine::parse("server", "Fern Street", 40).unwrap(), PasswordHash::new("a hash".to_owned()));
    let set_up = AccountCommand::SetUpServer { server_name, name: name(), password, token: hash(3), device: device() };
    commit(&store, Actor::User(user), Command::Account(set_up)).unwrap();
    assert_eq!(person_of_link(), None);
}
