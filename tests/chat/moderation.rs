//! Moderation: deleted messages, mutes and bans, and what open streams receive meanwhile.

use std::time::Duration;

use taproom::domain::{Actor, Command, Expiry, PersonCommand};

use crate::copies::{says, taproom};
use crate::ears::Ears;
use crate::harness::{ANN, Guest, ask, until};
use crate::past;
use crate::program::Program;
use crate::sse::Event;
use crate::staff::{GARDEN, GARDEN_PATH, Staffed, page_of};

/// Reads the stream to its end, and returns the events from here on.
async fn read_to_end(ears: &mut Ears) -> Vec<Event> {
    let mut events = Vec::new();
    while let Some(event) = ears.next().await {
        events.push(event);
    }
    events
}

async fn bans(by: &Guest, name: &str, form: &[(&str, &str)]) {
    let answer = by.sends(&format!("{}/ban", page_of(name)), form).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.json()["banned_until"].is_string(), "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn banned_people_lose_their_streams_and_sessions_at_once() {
    let staffed = Staffed::open().await;
    let Staffed { house, moderator, member, guest, .. } = &staffed;
    for (person, until) in [(guest, "forever"), (member, "1h")] {
        let (mut ears, mut others) = (person.listen("as=json").await, moderator.listen("as=json").await);
        person.posts("before").await;
        assert_eq!(ears.hears_texts(1).await, ["before"]);
        bans(moderator, &person.name, &[("duration", until), ("reason", "spam")]).await;
        moderator.posts("after").await;
        assert_eq!(others.hears_texts(2).await, ["before", "after"], "other streams go on");
        let events = read_to_end(&mut ears).await;
        assert_eq!(events.last().map(|event| event.name.as_str()), Some("gone"), "{events:?}");
        assert!(events.iter().all(|event| !event.data.contains("after")), "{events:?}");
        let answer = person.reads(GARDEN_PATH, "application/json").await;
        assert_eq!(answer.status, 401, "the token is invalid");
        let page = ask(house.get(GARDEN_PATH).header("cookie", person.cookie()).header("accept", "text/html")).await;
        assert!(page.status == 200 && !page.text().contains("/me.css"), "and so is the cookie");
        assert_eq!(ask(person.post().body("still here?")).await.status, 401);
        let again = [("room", GARDEN), ("name", person.name.as_str())];
        assert_eq!(ask(house.post("/join").form(&again)).await.status, 409, "the name stays reserved");
    }
    let bans = moderator.reads("/admin/bans", "application/json").await.json();
    assert_eq!(bans.as_array().map(Vec::len), Some(2));
    let lifted = moderator.sends(&format!("{}/unban", page_of(ANN)), &[]).await;
    assert_eq!((lifted.status, &lifted.json()["banned_until"]), (200, &serde_json::Value::Null));
    let left = moderator.reads("/admin/bans", "application/json").await.json();
    assert_eq!(left[0]["name"], member.name, "the other stays banned");
}

#[tokio::test(flavor = "multi_thread")]
async fn muted_people_can_read_but_not_post() {
    let staffed = Staffed::open().await;
    let Staffed { moderator, creator, guest, .. } = &staffed;
    let cellar = guest.in_room("Cellar").await;
    let garden = GARDEN; // a room is found by its name or its slug
    for (by, form, elsewhere) in [
        (moderator, vec![("duration", "1d")], 403),
        (moderator, vec![("duration", "1d"), ("room", garden)], 201),
        (creator, vec![("duration", "forever"), ("room", garden)], 201),
    ] {
        let mut ears = guest.listen("as=json").await;
        assert_eq!(by.sends(&format!("{}/mute", page_of(ANN)), &form).await.status, 200);
        let reset = loop {
            let event = ears.next().await.expect("the stream goes on");
            if event.name == "reset" {
                break event;
            }
        };
        assert!(reset.id.is_some(), "the stream goes on from there");
        assert_eq!(ask(guest.post().body("may I post?")).await.status, 403);
        assert_eq!(ask(cellar.post().body("here too?")).await.status, elsewhere, "{form:?}");
        let page = guest.reads(GARDEN_PATH, "text/html").await;
        assert!(page.text().contains("You are muted"), "the page says so in place of the composer");
        by.posts("sent to all").await;
        assert_eq!(ears.hears_texts(1).await, ["sent to all"], "the stream goes on");
        let lift: Vec<_> = form.into_iter().filter(|(field, _)| *field == "room").collect();
        assert_eq!(by.sends(&format!("{}/unmute", page_of(ANN)), &lift).await.status, 200);
        guest.posts("thank you").await;
    }
    // The creator of a room is its moderator, but not elsewhere, and not over the moderators of the server.
    let mute = |name: &str| format!("{}/mute", page_of(name));
    assert_eq!(creator.sends(&mute(ANN), &[("duration", "1h")]).await.status, 403);
    assert_eq!(creator.sends(&mute(ANN), &[("duration", "1h"), ("room", "cellar")]).await.status, 403);
    assert_eq!(creator.sends(&mute(&moderator.name), &[("duration", "1h"), ("room", garden)]).await.status, 403);
    assert_eq!(creator.sends(&mute(ANN), &[("duration", "1h"), ("room", "nowhere")]).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_message_is_gone_from_pages_and_streams() {
    const DELETED: &str = "text-that-must-go";
    let staffed = Staffed::open().await;
    let Staffed { house, moderator, member, guest, .. } = &staffed;
    let _present = house.listen(GARDEN_PATH, "as=json").await; // so that the messages are sent before they are deleted
    let first = member.posts("stays").await;
    let own = guest.posts(&format!("{DELETED} own")).await;
    let others = guest.posts(&format!("{DELETED} others'")).await;
    let mut streams = Vec::new();
    for format in ["html", "text", "json"] {
        streams.push(house.listen(GARDEN_PATH, &format!("as={format}&after={others}")).await);
    }
    assert_eq!(member.sends(&format!("{GARDEN_PATH}/messages/{own}/delete"), &[]).await.status, 403);
    for (by, id) in [(guest, own), (moderator, others)] {
        let deleted = by.sends(&format!("{GARDEN_PATH}/messages/{id}/delete"), &[]).await;
        assert_eq!((deleted.status, &deleted.json()["deleted"]), (200, &true.into()));
        for ears in &mut streams {
            let data = ears.hears().await.data;
            assert!(data.contains(&id.to_string()) && data.contains("deleted"), "{data}");
        }
        let again = by.sends(&format!("{GARDEN_PATH}/messages/{id}/delete"), &[]).await;
        assert_eq!(again.status, 404, "a message is deleted once");
    }
    let last = member.posts("stays too").await;
    for path in ["", "/older?before=99999", &format!("?around={own}")] {
        for accept in ["text/html", "application/json", "text/plain"] {
            let page = guest.reads(&format!("{GARDEN_PATH}{path}"), accept).await;
            assert!(
                page.text().contains("stays") && !page.text().contains(DELETED),
                "{accept} {path}: {}",
                page.text()
            );
        }
    }
    let page = guest.reads(GARDEN_PATH, "text/html").await;
    let messages = page.text().split("<template").next().expect("there is a first part");
    assert_eq!(messages.matches("This message was deleted.").count(), 2, "author and time stay");
    for format in ["html", "text", "json"] {
        let mut late = house.listen(GARDEN_PATH, &format!("as={format}&after={}", first - 1)).await;
        let (mut received, mut count) = (String::new(), 0);
        while count < 4 || !received.contains("stays too") {
            received += &late.hears().await.data;
            count += 1;
        }
        assert!(!received.contains(DELETED), "a late stream shows the present state: {received}");
    }
    assert!(last > others);
    for path in ["/admin/audit-log", "/admin/reports"] {
        assert!(!moderator.reads(path, "text/html").await.text().contains(DELETED), "{path}");
    }
}

#[tokio::test]
async fn backups_hold_no_text_that_was_deleted_before() {
    let (directory, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let program = Program::start(directory.path()).await;
    let ann = program.guest(ANN, GARDEN).await;
    let id = ann.posts("text-that-must-go").await;
    ann.posts("text-that-stays").await;
    let removed = ann.sends(&format!("{GARDEN_PATH}/messages/{id}/delete"), &[]).await;
    assert_eq!(removed.status, 200);
    let copy = other.path().join("copy");
    says(taproom(&["backup", copy.to_str().unwrap()], directory.path())).await;
    let bytes = std::fs::read(&copy).unwrap();
    let contains = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    assert!(contains(b"text-that-stays") && !contains(b"text-that-must-go"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_can_delete_all_messages_in_every_room() {
    let staffed = Staffed::open().await;
    let Staffed { house, moderator, guest, member, .. } = &staffed;
    let cellar = guest.in_room("Cellar").await;
    for n in 0..300 {
        guest.posts(&format!("spam {n}")).await; // more than one command deletes
    }
    cellar.posts("spam below").await;
    member.posts("no spam of mine").await;
    let mut ears = member.listen("as=html").await;
    bans(moderator, ANN, &[("duration", "forever"), ("delete_messages", "on")]).await;
    until("all of them to be deleted", || async {
        let all = [house.history(GARDEN_PATH).await, house.history(&cellar.room).await].concat();
        all.iter().filter(|(_, text)| !text.is_empty()).count() == 1
    })
    .await;
    let history = house.history(GARDEN_PATH).await;
    assert_eq!(history.len(), 301, "the rows stay");
    assert_eq!(history.last().map(|(_, text)| text.as_str()), Some("no spam of mine"));
    while ears.next().await.expect("the stream goes on").name != "reset" {}
    let log = moderator.reads("/admin/audit-log", "text/html").await;
    assert!(log.text().contains("deleted 256 messages by") && log.text().contains("deleted 44 messages by"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_address_can_read_but_not_join() {
    let mut invitation = String::new();
    let path = &mut invitation;
    let staffed = Staffed::open_after(|founding, owner| {
        *path = founding.invites(owner, taproom::domain::Role::Guest, None);
        let (tim, _) = founding.comes("Tim", taproom::domain::Role::Guest, None);
        let blocked_addresses = vec!["127.0.0.1".to_owned()];
        let ban = PersonCommand::Ban { until: Expiry::NEVER, reason: None, blocked_addresses, delete_messages: false };
        founding.does(Actor::User(owner), Command::Person(tim, ban));
    })
    .await;
    let Staffed { house, moderator, member, guest, .. } = &staffed;
    let join = || house.post("/join").header("accept", "application/json").form(&[("room", GARDEN), ("name", "Tom")]);
    let accept = || house.post(&invitation).header("accept", "application/json").form(&[("name", "Tom")]);
    assert_eq!((ask(join()).await.status, ask(accept()).await.status), (403, 403));
    assert!(ask(join()).await.text().contains("New accounts from your network are blocked"));
    assert_eq!(ask(guest.post().body("x")).await.status, 403, "a guest can't post either");
    member.posts("a member can").await;
    assert_eq!(house.read(GARDEN_PATH, "text/html").await.status, 200, "everyone can read");
    assert_eq!(moderator.sends("/people/Tim/unban", &[]).await.status, 200);
    assert_eq!((ask(join()).await.status, ask(guest.post().body("x")).await.status), (200, 201));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shorter_ban_does_not_shorten_the_block_of_an_address() {
    let staffed = Staffed::open_after(|founding, owner| {
        for (name, until) in [("Tim", Expiry::NEVER), ("Tom", Expiry(past::now().plus(Duration::from_secs(3_600))))] {
            let (user, _) = founding.comes(name, taproom::domain::Role::Guest, None);
            let blocked_addresses = vec!["127.0.0.1".to_owned()];
            let ban = PersonCommand::Ban { until, reason: None, blocked_addresses, delete_messages: false };
            founding.does(Actor::User(owner), Command::Person(user, ban));
        }
    })
    .await;
    let Staffed { house, moderator, .. } = &staffed;
    let join = || house.post("/join").header("accept", "application/json").form(&[("room", GARDEN), ("name", "Ty")]);
    assert_eq!(moderator.sends("/people/Tom/unban", &[]).await.status, 200);
    assert_eq!(ask(join()).await.status, 403, "Tim is still banned");
    assert_eq!(moderator.sends("/people/Tim/unban", &[]).await.status, 200);
    assert_eq!(ask(join()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_never_blocks_private_or_shared_addresses() {
    let staffed = Staffed::open().await;
    let Staffed { house, moderator, .. } = &staffed;
    let tim = house.guest("Tim", GARDEN).await; // from 127.0.0.1, like everyone here
    bans(moderator, "Tim", &[("duration", "forever"), ("block_addresses", "on")]).await;
    house.guest("Tom", GARDEN).await;
    assert_eq!(ask(tim.post().body("x")).await.status, 401);
    let log = moderator.reads("/admin/audit-log", "text/html").await;
    assert!(log.text().contains("banned") && !log.text().contains("blocked 1 address"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_mutes_or_bans_themselves_or_their_superiors() {
    let staffed = Staffed::open().await;
    let Staffed { owner, moderator, .. } = &staffed;
    for (by, target) in [(moderator, owner), (moderator, moderator), (owner, owner)] {
        for (act, form) in [("mute", vec![("duration", "1h")]), ("ban", vec![("duration", "1h")]), ("unban", vec![])] {
            let answer = by.sends(&format!("{}/{act}", page_of(&target.name)), &form).await;
            assert_eq!(answer.status, 403, "{act}: {}", answer.text());
        }
    }
    assert_eq!(owner.sends(&format!("{}/mute", page_of(&moderator.name)), &[("duration", "1h")]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_has_a_sentence_for_each_action_and_no_message_text() {
    const TEXT: &str = "text-of-a-message";
    let staffed = Staffed::open().await;
    let Staffed { owner, moderator, member, guest, .. } = &staffed;
    let id = guest.posts(TEXT).await;
    let page = page_of(ANN);
    let hidden = owner.creates("Secret plans", "private", ANN).await;
    let secret = hidden.strip_prefix("/rooms/").unwrap();
    for (by, path, form) in [
        (moderator, format!("{page}/mute"), vec![("duration", "1h")]),
        (moderator, format!("{page}/unmute"), vec![]),
        (owner, format!("{page}/mute"), vec![("duration", "1h"), ("room", secret)]),
        (moderator, format!("{GARDEN_PATH}/messages/{id}/delete"), vec![]),
        (moderator, format!("{page}/ban"), vec![("duration", "1h"), ("reason", "so <b>rude</b>")]),
        (moderator, format!("{page}/unban"), vec![]),
        (owner, format!("{}/role", page_of(&member.name)), vec![("role", "moderator")]),
        (owner, format!("{}/reset-link", page_of(&member.name)), vec![]),
        (
            owner,
            "/admin/settings".to_owned(),
            vec![("name", "x"), ("join_policy", "anyone"), ("room_creation", "guest"), ("allow_guests", "on")],
        ),
    ] {
        let answer = by.sends(&path, &form).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
    let log = moderator.reads("/admin/audit-log", "text/html").await.text().to_owned();
    for sentence in [
        "> muted <",
        "> everywhere until ",
        "> unmuted <",
        " in a private room until ",
        "> deleted message ",
        "so &lt;b&gt;rude&lt;/b&gt;",
        "> unbanned <",
        "</a> to moderator.",
        "> created a link for a new password for <",
        "> changed the server settings.",
        "> set up the server.",
    ] {
        assert!(log.contains(sentence), "{sentence} in {log}");
    }
    let own = owner.reads("/admin/audit-log", "text/html").await;
    assert!(
        own.text().contains("Secret plans") && !log.contains("Secret plans"),
        "others learn nothing of a private room"
    );
    assert!(!log.contains(TEXT));
    let older = moderator.reads("/admin/audit-log?before=1", "text/html").await;
    assert!(older.text().contains("No entries yet."));
    assert_eq!(moderator.reads("/admin/audit-log?before=x", "text/html").await.status, 422);
}
