//! Replies: the quote, the thread, and how both follow the message.

use serde_json::Value;

use crate::account::settings;
use crate::harness::{ANN, Answer, Guest, ask, escaped};
use crate::staff::{GARDEN_PATH, Staffed, page_of};

async fn sends_reply(person: &Guest, to: &str, text: &str) -> Answer {
    person.sends(&format!("{GARDEN_PATH}/messages"), &[("body", text), ("reply_to", to)]).await
}

/// Replies to a message, and gives the id of the reply.
async fn replies(person: &Guest, to: u64, text: &str) -> u64 {
    let answer = sends_reply(person, &to.to_string(), text).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.json()["reply_to"], to);
    answer.json()["id"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_quotes_its_message_and_is_counted_there() {
    let Staffed { house, guest, member, .. } = &Staffed::open().await;
    let question = guest.posts("A question <b>\nover lines").await;
    let (mut pages, mut programs) = (guest.listen("").await, guest.listen("as=json").await);
    let answer = replies(member, question, "An answer").await;
    let fragment = pages.hears().await.data;
    let asker = settings(guest, "", None).await.json()["id"].clone();
    let quote =
        format!("<a class=\"quoted\" data-user=\"{asker}\" href=\"{GARDEN_PATH}?around={question}#m{question}\">");
    let words = "<span dir=\"auto\">A question &lt;b&gt; over lines</span>";
    assert!(fragment.contains(&quote) && fragment.contains(words), "{fragment}");
    assert!(fragment.contains(&escaped(ANN)), "the quote names its author");
    assert!(
        fragment.contains(&format!("<hx-partial hx-target=\"#m{question}\" hx-swap=\"outerMorph\">")),
        "{fragment}"
    );
    let count = format!("<a class=\"replies\" href=\"{GARDEN_PATH}/messages/{question}/thread\">1 reply</a>");
    assert!(fragment.contains(&count), "{fragment}");
    let change: Value = serde_json::from_str(&programs.hears().await.data).unwrap();
    assert_eq!((&change["message"]["reply_to"], &change["message"]["thread"]), (&question.into(), &question.into()));
    assert!(
        change["message"]["mentions"].as_array().is_some_and(|people| people.len() == 1),
        "the author of the quoted message is mentioned"
    );
    replies(guest, answer, "An answer to that").await;
    let page = house.read(GARDEN_PATH, "text/html").await;
    assert!(page.text().contains("\">2 replies</a>"), "a reply to a reply belongs to the same thread");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_follows_edits_and_deletion() {
    let Staffed { house, guest, member, .. } = &Staffed::open().await;
    let question = guest.posts("teh question").await;
    let answer = replies(member, question, "An answer").await;
    let mut pages = member.listen("").await;
    let mut hears_quote = async |expected: &str| {
        let fragment = pages.hears().await.data;
        let partial = format!("<hx-partial hx-target=\"#m{answer} .quoted\" hx-swap=\"outerHTML\"><a class=\"quoted\"");
        let quote = fragment.split_once(&partial).expect("the quote is sent again").1.split_once("</a>").unwrap().0;
        assert!(quote.contains(expected), "{quote}");
        assert!(house.read(GARDEN_PATH, "text/html").await.text().contains(quote), "the page has the same bytes");
    };
    guest.sends(&format!("{GARDEN_PATH}/messages/{question}/edit"), &[("body", "the question")]).await;
    hears_quote("<span dir=\"auto\">the question</span>").await;
    let marked_up = "**the** [link](https://a.org)\n```rust\nfn a<b>() {}\n```";
    guest.sends(&format!("{GARDEN_PATH}/messages/{question}/edit"), &[("body", marked_up)]).await;
    hears_quote("<span dir=\"auto\">the link fn a&lt;b&gt;() {}</span>").await;
    guest.sends(&format!("{GARDEN_PATH}/messages/{question}/delete"), &[]).await;
    hears_quote("<em>This message was deleted.</em>").await;
    assert!(!house.read(GARDEN_PATH, "text/html").await.text().contains("question"));
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_to_missing_or_foreign_messages_are_refused() {
    let Staffed { house, owner, guest, .. } = &Staffed::open().await;
    let gone = guest.posts("gone soon").await;
    guest.sends(&format!("{GARDEN_PATH}/messages/{gone}/delete"), &[]).await;
    let elsewhere = house.guest("Otto", "elsewhere").await.posts("elsewhere").await;
    let hidden = owner.creates("Secret plans", "private", "").await;
    let secret = Guest { room: hidden, ..owner.clone() }.posts("words nobody sees").await;
    for to in [gone, elsewhere, secret, u64::MAX] {
        let answer = sends_reply(guest, &to.to_string(), "An answer").await;
        assert!(answer.status == 404 && answer.text().contains("no such message"), "{to}: {}", answer.text());
        let page = guest.reads(&format!("{GARDEN_PATH}?reply={to}"), "text/html").await;
        assert!(page.status == 200 && !page.text().contains("name=\"reply_to\""), "{to}");
        assert!(!page.text().contains("words nobody sees"));
    }
    for to in ["x", "-1", "1.5", "99999999999999999999"] {
        assert_eq!(sends_reply(guest, to, "An answer").await.status, 422, "{to}");
    }
    assert_eq!(guest.reads(&format!("{GARDEN_PATH}?reply=x"), "text/html").await.status, 422);
    assert_eq!(house.history(GARDEN_PATH).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_composer_shows_the_quote_and_works_without_a_script() {
    let Staffed { house, guest, member, .. } = &Staffed::open().await;
    let question = guest.posts("A question").await;
    let page = member.reads(&format!("{GARDEN_PATH}?reply={question}"), "text/html").await;
    let (_, composer) = page.text().split_once("id=\"composer\"").unwrap();
    let field = format!("<input type=\"hidden\" name=\"reply_to\" value=\"{question}\">");
    assert!(composer.contains("A question") && composer.contains(&field), "{composer}");
    let form = [("body", "An answer"), ("reply_to", &question.to_string())];
    let sent = house.post(&format!("{GARDEN_PATH}/messages")).header("cookie", member.cookie()).form(&form);
    assert_eq!(ask(sent.header("accept", "text/html")).await.status, 303);
    let form = [("body", "  "), ("reply_to", &question.to_string())];
    let sent = house.post(&format!("{GARDEN_PATH}/messages")).header("cookie", member.cookie()).form(&form);
    let refused = ask(sent.header("accept", "text/html")).await;
    assert!(refused.status == 422 && refused.text().contains(&field), "a refused reply is still a reply");
    let plain = [("body", "No answer"), ("reply_to", "")];
    let sent = house.post(&format!("{GARDEN_PATH}/messages")).header("cookie", member.cookie()).form(&plain);
    assert_eq!(ask(sent.header("accept", "text/html")).await.status, 303);
    let page = house.read(GARDEN_PATH, "text/html").await;
    assert_eq!(page.text().matches("class=\"quoted\"").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_is_the_same_from_each_of_its_messages() {
    let Staffed { house, guest, member, moderator, .. } = &Staffed::open().await;
    let question = guest.posts("A question").await;
    let first = replies(member, question, "An answer").await;
    let alone = member.posts("Of something else").await;
    let second = replies(guest, first, "An answer to that").await;
    for message in [question, first, second] {
        let path = format!("{GARDEN_PATH}/messages/{message}/thread");
        let thread = house.read(&path, "application/json").await.json();
        let ids: Vec<u64> = thread["messages"].as_array().unwrap().iter().map(|m| m["id"].as_u64().unwrap()).collect();
        assert_eq!(ids, [question, first, second]);
        let lines = house.read(&path, "text/plain").await;
        assert_eq!(lines.text().lines().count(), 3);
        let page = house.read(&path, "text/html").await;
        assert_eq!(crate::rooms::ids_in(page.text()), [question, first, second]);
        assert!(!page.text().contains("name=\"reply_to\""), "strangers can only read");
        let page = member.reads(&path, "text/html").await;
        assert!(
            page.text().contains(&format!("name=\"reply_to\" value=\"{question}\"")),
            "a reply in a thread quotes its first message"
        );
    }
    let thread = house.read(&format!("{GARDEN_PATH}/messages/{alone}/thread"), "application/json").await.json();
    assert_eq!(thread["messages"].as_array().map(Vec::len), Some(1), "a single message is its own thread");
    moderator.sends(&format!("{GARDEN_PATH}/messages/{question}/delete"), &[]).await;
    let page = member.reads(&format!("{GARDEN_PATH}/messages/{question}/thread"), "text/html").await;
    assert!(page.text().contains("An answer to that") && page.text().contains("This message was deleted."));
    assert!(!page.text().contains("A question") && !page.text().contains("name=\"reply_to\""));
    moderator.sends(&format!("{}/mute", page_of(ANN)), &[("duration", "1h")]).await;
    assert_eq!(sends_reply(guest, &first.to_string(), "muted").await.status, 403);
}
