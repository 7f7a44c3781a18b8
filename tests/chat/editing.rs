//! Editing messages: who may, what listeners get, and what is left of earlier versions.

use serde_json::{Value, json};

use crate::copies::{says, taproom};
use crate::harness::{ANN, Answer, Guest, House, ask, escaped};
use crate::program::Program;
use crate::staff::{GARDEN, GARDEN_PATH, Staffed, page_of};

const OLD: &str = "teh <i>first</i> words";
const NEW: &str = "the second words";

fn at(message: u64) -> String {
    format!("{GARDEN_PATH}/messages/{message}")
}

async fn edits(person: &Guest, message: u64, text: &str) -> Answer {
    person.sends(&format!("{}/edit", at(message)), &[("body", text)]).await
}

/// Sends a form as a browser without scripts does.
async fn submits_form(house: &House, person: &Guest, path: &str, body: String) -> Answer {
    let request = house.post(path).header("cookie", person.cookie()).header("accept", "text/html");
    ask(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_reaches_every_listener_in_every_format() {
    let Staffed { house, guest, member, .. } = &Staffed::open().await;
    let message = guest.posts(OLD).await;
    let (mut pages, mut lines) = (member.listen("").await, member.listen("as=text").await);
    let mut programs = house.listen(GARDEN_PATH, "as=json").await;
    let answer = edits(guest, message, NEW).await;
    assert_eq!((answer.status, answer.json()["body"].as_str()), (200, Some(NEW)));
    assert!(answer.json()["edited_at"].as_str().is_some_and(|at| at.ends_with('Z')));

    let fragment = pages.hears().await.data;
    let row =
        fragment.split_once(&format!("hx-target=\"#m{message}\" hx-swap=\"outerMorph\">")).expect("the row is sent").1;
    assert!(row.contains(NEW) && !row.contains("first"), "{row}");
    assert!(row.contains(&format!("<a class=\"edited\" href=\"{}/history\">edited</a>", at(message))), "{row}");
    assert!(lines.hears().await.data.starts_with(&format!("({message} now reads) ")));
    let change: Value = serde_json::from_str(&programs.hears().await.data).unwrap();
    assert_eq!((change["kind"].as_str(), change["message"]["body"].as_str()), (Some("edited"), Some(NEW)));
    let page = house.read(GARDEN_PATH, "text/html").await;
    assert!(page.text().contains(row.split_once("</li>").unwrap().0), "the page has the same bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn slash_commands_that_post_text_work_in_edits_and_others_are_refused() {
    let Staffed { house, guest, .. } = &Staffed::open().await;
    let message = guest.posts("//dance with <b>").await;
    let form = guest.reads(&format!("{}/edit", at(message)), "text/html").await;
    assert!(form.text().contains(&format!(">\n/{}</textarea>", escaped("/dance with <b>"))), "{}", form.text());
    for (typed, body) in
        [("//dance with", "/dance with"), ("/me waves", "_waves_"), ("/shrug", "¯\\_(ツ)_/¯"), ("/usr/bin", "/usr/bin")]
    {
        let answer = edits(guest, message, typed).await;
        assert_eq!((answer.status, answer.json()["body"].as_str()), (200, Some(body)));
    }
    for (typed, reason) in
        [("/topic x", "/topic does not send"), ("/help", "/help does not send"), ("/dance", "no command /dance")]
    {
        let answer = edits(guest, message, typed).await;
        assert!(answer.status == 422 && answer.text().contains(reason), "{}", answer.text());
        let refused = submits_form(house, guest, &format!("{}/edit", at(message)), format!("body={typed}")).await;
        assert!(
            refused.status == 422 && refused.text().contains(&format!(">\n{typed}</textarea>")),
            "the form keeps the text"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_of_a_room_can_read_the_edit_history() {
    let Staffed { house, guest, .. } = &Staffed::open().await;
    let message = guest.posts(OLD).await;
    edits(guest, message, NEW).await;
    edits(guest, message, "third\nand last").await;
    let path = format!("{}/history", at(message));
    let page = house.read(&path, "text/html").await;
    let offsets = [escaped(OLD).as_str(), NEW, "third<br>and last"].map(|text| page.text().find(text));
    assert!(offsets.iter().all(Option::is_some) && offsets.is_sorted(), "oldest first: {offsets:?}");
    let versions = house.read(&path, "application/json").await.json();
    let bodies: Vec<&str> =
        versions.as_array().unwrap().iter().map(|version| version["body"].as_str().unwrap()).collect();
    assert_eq!(bodies, [OLD, NEW, "third\nand last"]);
    let from: Vec<&str> =
        versions.as_array().unwrap().iter().map(|version| version["from"].as_str().unwrap()).collect();
    assert!(from.is_sorted() && from[0] < from[2], "{from:?}");
    assert!(house.read(&path, "text/plain").await.text().ends_with("Z third\n    and last\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_edit_form_works_without_a_script_and_keeps_refused_text() {
    let Staffed { house, guest, .. } = &Staffed::open().await;
    let message = guest.posts("\nbefore <b>\n").await;
    let path = format!("{}/edit", at(message));
    let form = ask(house.get(&path).header("cookie", guest.cookie()).header("accept", "text/html")).await;
    assert!(form.status == 200 && form.text().contains("before &lt;b&gt;</textarea>"), "{}", form.text());

    let long = "x<".repeat(4_001);
    let refused = submits_form(house, guest, &path, format!("body={long}")).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains(&escaped(&long)), "the form keeps the text");
    assert!(refused.text().contains("aria-describedby=\"text-error\"") && refused.text().contains("8000 characters"));
    for body in ["body=", "body=%20%0A", "body=a&body=b"] {
        assert_eq!(submits_form(house, guest, &path, body.to_owned()).await.status, 422, "{body}");
    }
    let saved = submits_form(house, guest, &path, format!("body={}", "y".repeat(8_000))).await;
    assert_eq!(
        (saved.status, saved.header("location")),
        (303, format!("{GARDEN_PATH}?around={message}#m{message}").as_str())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_edit_by_json_or_plain_text_and_get_problem_details() {
    let Staffed { house, guest, .. } = &Staffed::open().await;
    let message = guest.posts(OLD).await;
    let path = format!("{}/edit", at(message));
    let request = || house.post(&path).bearer_auth(&guest.token).header("accept", "application/json");
    assert_eq!(ask(request().json(&json!({"body": NEW}))).await.json()["body"], NEW);
    assert_eq!(ask(request().header("content-type", "text/plain").body("as text")).await.json()["body"], "as text");
    for invalid in [json!({"body": ["a"]}), json!({"body": {}}), json!({"body": true}), json!({}), json!([])] {
        let refused = ask(request().json(&invalid)).await;
        assert_eq!((refused.status, refused.header("content-type")), (422, "application/problem+json"), "{invalid}");
    }
    let row = ask(request().header("hx-request", "true").form(&[("body", "by htmx")])).await;
    assert!(
        row.status == 200 && row.text().starts_with(&format!("<hx-partial hx-target=\"#m{message}\"")),
        "{}",
        row.text()
    );
    assert_eq!(house.history(GARDEN_PATH).await, [(message, "by htmx".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_author_edits_and_muted_authors_cannot() {
    let staffed = Staffed::open().await;
    let Staffed { house, owner, moderator, guest, creator, .. } = &staffed;
    let message = guest.posts(OLD).await;
    for other in [owner, moderator, creator] {
        assert_eq!(edits(other, message, NEW).await.status, 403, "{}", other.name);
        assert_eq!(other.reads(&format!("{}/edit", at(message)), "text/html").await.status, 403);
    }
    assert_eq!(ask(house.post(&format!("{}/edit", at(message))).form(&[("body", NEW)])).await.status, 401);
    assert_eq!(house.read(&format!("{}/edit", at(message)), "application/json").await.status, 401);
    assert_eq!(moderator.sends(&format!("{}/mute", page_of(ANN)), &[("duration", "1h")]).await.status, 200);
    assert_eq!(edits(guest, message, NEW).await.status, 403, "muted people cannot edit");
    assert_eq!(moderator.sends(&format!("{}/unmute", page_of(ANN)), &[]).await.status, 200);
    assert_eq!(creator.sends(&format!("{GARDEN_PATH}/archive"), &[]).await.status, 200);
    assert_eq!(edits(guest, message, NEW).await.status, 403, "archived rooms are read-only");
    assert_eq!(house.history(GARDEN_PATH).await, [(message, OLD.to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_missing_and_hidden_messages_cannot_be_edited() {
    let Staffed { house, owner, guest, .. } = &Staffed::open().await;
    let gone = guest.posts(OLD).await;
    edits(guest, gone, NEW).await;
    assert_eq!(guest.sends(&format!("{}/delete", at(gone)), &[]).await.status, 200);
    for message in [gone, gone + 1_000] {
        assert_eq!(edits(guest, message, NEW).await.status, 404);
        for page in ["edit", "history", "reactions"] {
            assert_eq!(guest.reads(&format!("{}/{page}", at(message)), "text/html").await.status, 404, "{page}");
        }
    }
    let hidden = owner.creates("Secret plans", "private", "").await;
    let secret = Guest { room: hidden.clone(), ..owner.clone() }.posts("words nobody sees").await;
    for (act, field) in [("edit", "body"), ("reactions", "reaction"), ("reactions/delete", "reaction"), ("pin", "x")] {
        let path = |room: &str| format!("{room}/messages/{secret}/{act}");
        let answer = guest.sends(&path(&hidden), &[(field, "x")]).await;
        assert_eq!(answer.status, 404, "{act}");
        assert!(answer.text().contains("This room does not exist"), "{}", answer.text());
    }
    for page in ["history", "thread", "reactions"] {
        let answer = house.read(&format!("{hidden}/messages/{secret}/{page}"), "text/html").await;
        assert!(answer.status == 404 && !answer.text().contains("words nobody sees"), "{page}");
    }
    let elsewhere = house.guest("Otto", "elsewhere").await;
    let path = format!("{}/messages/{secret}/history", elsewhere.room);
    assert_eq!(house.read(&path, "text/html").await.status, 404, "a message is found only in its own room");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_can_be_edited_a_hundred_times() {
    let Staffed { guest, .. } = &Staffed::open().await;
    let message = guest.posts("version 0").await;
    for n in 1..=100 {
        assert_eq!(edits(guest, message, &format!("version {n}")).await.status, 200, "{n}");
    }
    let answer = edits(guest, message, "version 101").await;
    assert!(answer.status == 422 && answer.text().contains("limit is 100"), "{}", answer.text());
    let versions = guest.reads(&format!("{}/history", at(message)), "application/json").await.json();
    assert_eq!(versions.as_array().map(Vec::len), Some(101));
}

#[tokio::test]
async fn backups_do_not_contain_the_text_of_deleted_messages() {
    let (directory, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let program = Program::start(directory.path()).await;
    let ann = program.guest(ANN, GARDEN).await;
    let gone = ann.posts("first-words-that-must-go").await;
    let stays = ann.posts("first-words-that-stay").await;
    assert_eq!(edits(&ann, gone, "last-words-that-must-go").await.status, 200);
    assert_eq!(edits(&ann, stays, "last-words-that-stay").await.status, 200);
    assert_eq!(ann.sends(&format!("{}/reactions", at(gone)), &[("reaction", "must-go-too")]).await.status, 200);
    assert_eq!(ann.sends(&format!("{}/delete", at(gone)), &[]).await.status, 200);
    let copy = other.path().join("copy");
    says(taproom(&["backup", copy.to_str().unwrap()], directory.path())).await;
    let bytes = std::fs::read(&copy).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("first-words-that-stay") && holds("last-words-that-stay"));
    for text in ["first-words-that-must-go", "last-words-that-must-go", "must-go-too"] {
        assert!(!holds(text), "{text}");
    }
}
