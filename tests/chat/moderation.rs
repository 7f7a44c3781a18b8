//! Keeping order: what is taken away, who is silenced or put outside, and what those hear of it who listen meanwhile.

use std::time::Duration;

use taproom::domain::{Actor, Command, Expiry, PersonCommand};

use crate::copies::{says, taproom};
use crate::ears::Ears;
use crate::harness::{ANN, Guest, ask, until};
use crate::past;
use crate::program::Program;
use crate::sse::Event;
use crate::staff::{GARDEN, GARDEN_PATH, Staffed, page_of};

/// Until the stream ends; what it said from here on.
async fn to_the_end(ears: &mut Ears) -> Vec<Event> {
    let mut heard = Vec::new();
    while let Some(event) = ears.next().await {
        heard.push(event);
    }
    heard
}

async fn bans(by: &Guest, name: &str, form: &[(&str, &str)]) {
    let answer = by.sends(&format!("{}/ban", page_of(name)), form).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.json()["banned_until"].is_string(), "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_put_outside_hears_that_and_nothing_after_it_and_is_nobody_then() {
    let staffed = Staffed::open().await;
    let Staffed { house, moderator, member, guest, .. } = &staffed;
    for (person, until) in [(guest, "forever"), (member, "1h")] {
        let (mut ears, mut others) = (person.listen("as=json").await, moderator.listen("as=json").await);
        person.posts("before").await;
        assert_eq!(ears.hears_texts(1).await, ["before"]);
        bans(moderator, &person.name, &[("duration", until), ("reason", "spam")]).await;
        moderator.posts("after").await;
        assert_eq!(others.hears_texts(2).await, ["before", "after"], "others hear on");
        let heard = to_the_end(&mut ears).await;
        assert_eq!(heard.last().map(|event| event.name.as_str()), Some("gone"), "{heard:?}");
        assert!(heard.iter().all(|event| !event.data.contains("after")), "{heard:?}");
        let shown = person.reads(GARDEN_PATH, "application/json").await;
        assert_eq!(shown.status, 401, "the token is nobody's");
        let page = ask(house.get(GARDEN_PATH).header("cookie", person.cookie()).header("accept", "text/html")).await;
        assert!(page.status == 200 && !page.text().contains("/me.css"), "and so is the cookie");
        assert_eq!(ask(person.post().body("still here?")).await.status, 401);
        let again = [("room", GARDEN), ("name", person.name.as_str())];
        assert_eq!(ask(house.post("/join").form(&again)).await.status, 409, "and nobody takes the name");
    }
    let bans = moderator.reads("/admin/bans", "application/json").await.json();
    assert_eq!(bans.as_array().map(Vec::len), Some(2));
    let lifted = moderator.sends(&format!("{}/unban", page_of(ANN)), &[]).await;
    assert_eq!((lifted.status, &lifted.json()["banned_until"]), (200, &serde_json::Value::Null));
    let left = moderator.reads("/admin/bans", "application/json").await.json();
    assert_eq!(left[0]["name"], member.name, "the other stays outside");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_silenced_hears_on_and_cannot_post_until_it_is_lifted() {
    let staffed = Staffed::open().await;
    let Staffed { moderator, creator, guest, .. } = &staffed;
    let cellar = guest.in_room("Cellar").await;
    let garden = GARDEN; // a room is found by its name or its address
    for (by, form, elsewhere) in [
        (moderator, vec![("duration", "1d")], 403),
        (moderator, vec![("duration", "1d"), ("room", garden)], 201),
        (creator, vec![("duration", "forever"), ("room", garden)], 201),
    ] {
        let mut ears = guest.listen("as=json").await;
        assert_eq!(by.sends(&format!("{}/mute", page_of(ANN)), &form).await.status, 200);
        let told = loop {
            let event = ears.next().await.expect("the stream goes on");
            if event.name == "reset" {
                break event;
            }
        };
        assert!(told.id.is_some(), "from there it goes on");
        assert_eq!(ask(guest.post().body("let me speak")).await.status, 403);
        assert_eq!(ask(cellar.post().body("here too?")).await.status, elsewhere, "{form:?}");
        let page = guest.reads(GARDEN_PATH, "text/html").await;
        assert!(page.text().contains("You cannot post here"), "the page says so in the composer's place");
        by.posts("heard by all").await;
        assert_eq!(ears.hears_texts(1).await, ["heard by all"], "reading goes on");
        let lift: Vec<_> = form.into_iter().filter(|(field, _)| *field == "room").collect();
        assert_eq!(by.sends(&format!("{}/unmute", page_of(ANN)), &lift).await.status, 200);
        guest.posts("thank you").await;
    }
    // Whoever created a room keeps order there, and nowhere else, and not over those who keep order in the house.
    let mute = |name: &str| format!("{}/mute", page_of(name));
    assert_eq!(creator.sends(&mute(ANN), &[("duration", "1h")]).await.status, 403);
    assert_eq!(creator.sends(&mute(ANN), &[("duration", "1h"), ("room", "cellar")]).await.status, 403);
    assert_eq!(creator.sends(&mute(&moderator.name), &[("duration", "1h"), ("room", garden)]).await.status, 403);
    assert_eq!(creator.sends(&mute(ANN), &[("duration", "1h"), ("room", "nowhere")]).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_message_is_gone_from_every_place_where_it_stood() {
    const WORDS: &str = "words-that-must-go";
    let staffed = Staffed::open().await;
    let Staffed { house, moderator, member, guest, .. } = &staffed;
    let _present = house.listen(GARDEN_PATH, "as=json").await; // so that what is said is told before it is taken away
    let first = member.posts("stays").await;
    let own = guest.posts(&format!("{WORDS} own")).await;
    let others = guest.posts(&format!("{WORDS} others'")).await;
    let mut streams = Vec::new();
    for format in ["html", "text", "json"] {
        streams.push(house.listen(GARDEN_PATH, &format!("as={format}&after={others}")).await);
    }
    assert_eq!(member.sends(&format!("{GARDEN_PATH}/messages/{own}/delete"), &[]).await.status, 403);
    for (by, id) in [(guest, own), (moderator, others)] {
        let removed = by.sends(&format!("{GARDEN_PATH}/messages/{id}/delete"), &[]).await;
        assert_eq!((removed.status, &removed.json()["deleted"]), (200, &true.into()));
        for ears in &mut streams {
            let told = ears.hears().await.data;
            assert!(told.contains(&id.to_string()) && told.contains("deleted"), "{told}");
        }
        let again = by.sends(&format!("{GARDEN_PATH}/messages/{id}/delete"), &[]).await;
        assert_eq!(again.status, 404, "what is gone is gone");
    }
    let last = member.posts("stays too").await;
    for path in ["", "/older?before=99999", &format!("?around={own}")] {
        for accept in ["text/html", "application/json", "text/plain"] {
            let page = guest.reads(&format!("{GARDEN_PATH}{path}"), accept).await;
            assert!(page.text().contains("stays") && !page.text().contains(WORDS), "{accept} {path}: {}", page.text());
        }
    }
    let page = guest.reads(GARDEN_PATH, "text/html").await;
    assert_eq!(page.text().matches("This message was deleted.").count(), 2, "who said something, and when, stays");
    for format in ["html", "text", "json"] {
        let mut late = house.listen(GARDEN_PATH, &format!("as={format}&after={}", first - 1)).await;
        let (mut told, mut heard) = (String::new(), 0);
        while heard < 4 || !told.contains("stays too") {
            told += &late.hears().await.data;
            heard += 1;
        }
        assert!(!told.contains(WORDS), "whoever comes late is told what is true now: {told}");
    }
    assert!(last > others);
    for path in ["/admin/audit-log", "/admin/reports"] {
        assert!(!moderator.reads(path, "text/html").await.text().contains(WORDS), "{path}");
    }
}

#[tokio::test]
async fn no_copy_of_the_data_holds_what_was_removed_before_it_was_made() {
    let (directory, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let program = Program::start(directory.path()).await;
    let ann = program.guest(ANN, GARDEN).await;
    let gone = ann.posts("words-that-must-go").await;
    ann.posts("words-that-stay").await;
    let removed = ann.sends(&format!("{GARDEN_PATH}/messages/{gone}/delete"), &[]).await;
    assert_eq!(removed.status, 200);
    let copy = other.path().join("copy");
    says(taproom(&["backup", copy.to_str().unwrap()], directory.path())).await;
    let bytes = std::fs::read(&copy).unwrap();
    let holds = |words: &[u8]| bytes.windows(words.len()).any(|window| window == words);
    assert!(holds(b"words-that-stay") && !holds(b"words-that-must-go"));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_somebody_said_can_go_with_them_from_every_room() {
    let staffed = Staffed::open().await;
    let Staffed { house, moderator, guest, member, .. } = &staffed;
    let cellar = guest.in_room("Cellar").await;
    for n in 0..300 {
        guest.posts(&format!("spam {n}")).await; // more than go with one change
    }
    cellar.posts("spam below").await;
    member.posts("no spam of mine").await;
    let mut ears = member.listen("as=html").await;
    bans(moderator, ANN, &[("duration", "forever"), ("delete_messages", "on")]).await;
    until("all of it to be gone", || async {
        let all = [house.history(GARDEN_PATH).await, house.history(&cellar.room).await].concat();
        all.iter().filter(|(_, text)| !text.is_empty()).count() == 1
    })
    .await;
    let history = house.history(GARDEN_PATH).await;
    assert_eq!(history.len(), 301, "that something was said stays");
    assert_eq!(history.last().map(|(_, text)| text.as_str()), Some("no spam of mine"));
    while ears.next().await.expect("the stream goes on").name != "reset" {}
    let log = moderator.reads("/admin/audit-log", "text/html").await;
    assert!(log.text().contains("erased 256 messages of") && log.text().contains("erased 44 messages of"));
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_blocked_address_nobody_comes_in_anew_and_everybody_reads() {
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
    let enter = || house.post("/join").header("accept", "application/json").form(&[("room", GARDEN), ("name", "Tom")]);
    let join = || house.post(&invitation).header("accept", "application/json").form(&[("name", "Tom")]);
    assert_eq!((ask(enter()).await.status, ask(join()).await.status), (403, 403));
    assert!(ask(enter()).await.text().contains("From your address nobody comes in anew"));
    assert_eq!(ask(guest.post().body("x")).await.status, 403, "whoever has no account does not post either");
    member.posts("whoever has one does").await;
    assert_eq!(house.read(GARDEN_PATH, "text/html").await.status, 200, "reading is for all");
    assert_eq!(moderator.sends("/people/Tim/unban", &[]).await.status, 200);
    assert_eq!((ask(enter()).await.status, ask(guest.post().body("x")).await.status), (200, 201));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shorter_ban_of_somebody_else_leaves_an_address_blocked_for_as_long_as_before() {
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
    let enter = || house.post("/join").header("accept", "application/json").form(&[("room", GARDEN), ("name", "Ty")]);
    assert_eq!(moderator.sends("/people/Tom/unban", &[]).await.status, 200);
    assert_eq!(ask(enter()).await.status, 403, "Tim is still outside");
    assert_eq!(moderator.sends("/people/Tim/unban", &[]).await.status, 200);
    assert_eq!(ask(enter()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_never_blocks_an_address_that_stands_for_a_whole_network() {
    let staffed = Staffed::open().await;
    let Staffed { house, moderator, .. } = &staffed;
    let tim = house.guest("Tim", GARDEN).await; // from 127.0.0.1, as everybody here
    bans(moderator, "Tim", &[("duration", "forever"), ("block_addresses", "on")]).await;
    house.guest("Tom", GARDEN).await;
    assert_eq!(ask(tim.post().body("x")).await.status, 401);
    let log = moderator.reads("/admin/audit-log", "text/html").await;
    assert!(log.text().contains("outside") && !log.text().contains("with one address"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_lays_anything_on_themselves_or_on_those_above_them() {
    let staffed = Staffed::open().await;
    let Staffed { owner, moderator, .. } = &staffed;
    for (by, whom) in [(moderator, owner), (moderator, moderator), (owner, owner)] {
        for (act, form) in [("mute", vec![("duration", "1h")]), ("ban", vec![("duration", "1h")]), ("unban", vec![])] {
            let answer = by.sends(&format!("{}/{act}", page_of(&whom.name)), &form).await;
            assert_eq!(answer.status, 403, "{act}: {}", answer.text());
        }
    }
    assert_eq!(owner.sends(&format!("{}/mute", page_of(&moderator.name)), &[("duration", "1h")]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_has_each_deed_in_a_sentence_and_no_word_of_any_message() {
    const WORDS: &str = "words-of-a-message";
    let staffed = Staffed::open().await;
    let Staffed { owner, moderator, member, guest, .. } = &staffed;
    let said = guest.posts(WORDS).await;
    let page = page_of(ANN);
    let hidden = owner.creates("Secret plans", "private", ANN).await;
    let secret = hidden.strip_prefix("/rooms/").unwrap();
    for (by, path, form) in [
        (moderator, format!("{page}/mute"), vec![("duration", "1h")]),
        (moderator, format!("{page}/unmute"), vec![]),
        (owner, format!("{page}/mute"), vec![("duration", "1h"), ("room", secret)]),
        (moderator, format!("{GARDEN_PATH}/messages/{said}/delete"), vec![]),
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
        "> silenced <",
        "> everywhere until ",
        "> speak again.",
        " in a closed room until ",
        "> removed message ",
        "so &lt;b&gt;rude&lt;/b&gt;",
        "> in again.",
        "</a> moderator.",
        "> made a link for a new password for <",
        "> changed the settings of the house.",
        "> took the house.",
    ] {
        assert!(log.contains(sentence), "{sentence} in {log}");
    }
    let own = owner.reads("/admin/audit-log", "text/html").await;
    assert!(
        own.text().contains("Secret plans") && !log.contains("Secret plans"),
        "of a closed room others learn nothing"
    );
    assert!(!log.contains(WORDS));
    let older = moderator.reads("/admin/audit-log?before=1", "text/html").await;
    assert!(older.text().contains("Nothing was done yet."));
    assert_eq!(moderator.reads("/admin/audit-log?before=x", "text/html").await.status, 422);
}
