//! Answering one message and not another: the quote, the thread, and what becomes of both when the message changes.

use serde_json::Value;

use crate::account::settings;
use crate::harness::{ANN, Answer, Guest, ask, escaped};
use crate::staff::{GARDEN_PATH, Staffed, page_of};

async fn answers(person: &Guest, to: &str, text: &str) -> Answer {
    person.sends(&format!("{GARDEN_PATH}/messages"), &[("body", text), ("reply_to", to)]).await
}

/// The number of an answer that somebody gives to a message.
async fn answered(person: &Guest, to: u64, text: &str) -> u64 {
    let answer = answers(person, &to.to_string(), text).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.json()["reply_to"], to);
    answer.json()["id"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_quotes_what_it_answers_and_that_counts_it() {
    let Staffed { house, guest, member, .. } = &Staffed::open().await;
    let said = guest.posts("A question <b>\nover lines").await;
    let (mut pages, mut programs) = (guest.listen("").await, guest.listen("as=json").await);
    let answer = answered(member, said, "An answer").await;
    let fragment = pages.hears().await.data;
    let asker = settings(guest, "", None).await.json()["id"].clone();
    let quote = format!("<a class=\"quoted\" data-user=\"{asker}\" href=\"{GARDEN_PATH}?around={said}#m{said}\">");
    let words = "<span dir=\"auto\">A question &lt;b&gt; over lines</span>";
    assert!(fragment.contains(&quote) && fragment.contains(words), "{fragment}");
    assert!(fragment.contains(&escaped(ANN)), "it says whose words they are");
    assert!(fragment.contains(&format!("<hx-partial hx-target=\"#m{said}\" hx-swap=\"outerMorph\">")), "{fragment}");
    let count = format!("<a class=\"replies\" href=\"{GARDEN_PATH}/messages/{said}/thread\">1 reply</a>");
    assert!(fragment.contains(&count), "{fragment}");
    let told: Value = serde_json::from_str(&programs.hears().await.data).unwrap();
    assert_eq!((&told["message"]["reply_to"], &told["message"]["thread"]), (&said.into(), &said.into()));
    assert!(told["message"]["mentions"].as_array().is_some_and(|people| people.len() == 1), "its author is spoken to");
    answered(guest, answer, "An answer to that").await;
    let page = house.read(GARDEN_PATH, "text/html").await;
    assert!(page.text().contains("\">2 replies</a>"), "the thread is that with which it began");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_follows_its_message_and_goes_with_it() {
    let Staffed { house, guest, member, .. } = &Staffed::open().await;
    let said = guest.posts("teh question").await;
    let answer = answered(member, said, "An answer").await;
    let mut pages = member.listen("").await;
    let mut quoted = async |words: &str| {
        let fragment = pages.hears().await.data;
        let partial = format!("<hx-partial hx-target=\"#m{answer} .quoted\" hx-swap=\"outerHTML\"><a class=\"quoted\"");
        let quote = fragment.split_once(&partial).expect("the quote comes anew").1.split_once("</a>").unwrap().0;
        assert!(quote.contains(words), "{quote}");
        assert!(house.read(GARDEN_PATH, "text/html").await.text().contains(quote), "the page has the same bytes");
    };
    guest.sends(&format!("{GARDEN_PATH}/messages/{said}/edit"), &[("body", "the question")]).await;
    quoted("<span dir=\"auto\">the question</span>").await;
    let marked_up = "**the** [link](https://a.org)\n```rust\nfn a<b>() {}\n```";
    guest.sends(&format!("{GARDEN_PATH}/messages/{said}/edit"), &[("body", marked_up)]).await;
    quoted("<span dir=\"auto\">the link fn a&lt;b&gt;() {}</span>").await;
    guest.sends(&format!("{GARDEN_PATH}/messages/{said}/delete"), &[]).await;
    quoted("<em>This was removed.</em>").await;
    assert!(!house.read(GARDEN_PATH, "text/html").await.text().contains("question"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_answers_what_is_not_there_or_stands_in_another_room() {
    let Staffed { house, owner, guest, .. } = &Staffed::open().await;
    let gone = guest.posts("gone soon").await;
    guest.sends(&format!("{GARDEN_PATH}/messages/{gone}/delete"), &[]).await;
    let elsewhere = house.guest("Otto", "elsewhere").await.posts("elsewhere").await;
    let hidden = owner.creates("Secret plans", "private", "").await;
    let secret = Guest { room: hidden, ..owner.clone() }.posts("words nobody sees").await;
    for to in [gone, elsewhere, secret, u64::MAX] {
        let answer = answers(guest, &to.to_string(), "An answer").await;
        assert!(answer.status == 404 && answer.text().contains("no such message"), "{to}: {}", answer.text());
        let page = guest.reads(&format!("{GARDEN_PATH}?reply={to}"), "text/html").await;
        assert!(page.status == 200 && !page.text().contains("name=\"reply_to\""), "{to}");
        assert!(!page.text().contains("words nobody sees"));
    }
    for to in ["x", "-1", "1.5", "99999999999999999999"] {
        assert_eq!(answers(guest, to, "An answer").await.status, 422, "{to}");
    }
    assert_eq!(guest.reads(&format!("{GARDEN_PATH}?reply=x"), "text/html").await.status, 422);
    assert_eq!(house.history(GARDEN_PATH).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_composer_says_what_is_answered_and_sends_it_without_a_script() {
    let Staffed { house, guest, member, .. } = &Staffed::open().await;
    let said = guest.posts("A question").await;
    let page = member.reads(&format!("{GARDEN_PATH}?reply={said}"), "text/html").await;
    let (_, composer) = page.text().split_once("id=\"composer\"").unwrap();
    let field = format!("<input type=\"hidden\" name=\"reply_to\" value=\"{said}\">");
    assert!(composer.contains("A question") && composer.contains(&field), "{composer}");
    let form = [("body", "An answer"), ("reply_to", &said.to_string())];
    let sent = house.post(&format!("{GARDEN_PATH}/messages")).header("cookie", member.cookie()).form(&form);
    assert_eq!(ask(sent.header("accept", "text/html")).await.status, 303);
    let form = [("body", "  "), ("reply_to", &said.to_string())];
    let sent = house.post(&format!("{GARDEN_PATH}/messages")).header("cookie", member.cookie()).form(&form);
    let refused = ask(sent.header("accept", "text/html")).await;
    assert!(refused.status == 422 && refused.text().contains(&field), "what could not be sent is still an answer");
    let plain = [("body", "No answer"), ("reply_to", "")];
    let sent = house.post(&format!("{GARDEN_PATH}/messages")).header("cookie", member.cookie()).form(&plain);
    assert_eq!(ask(sent.header("accept", "text/html")).await.status, 303);
    let page = house.read(GARDEN_PATH, "text/html").await;
    assert_eq!(page.text().matches("class=\"quoted\"").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_is_one_page_from_whichever_of_its_messages_one_comes() {
    let Staffed { house, guest, member, moderator, .. } = &Staffed::open().await;
    let said = guest.posts("A question").await;
    let first = answered(member, said, "An answer").await;
    let alone = member.posts("Of something else").await;
    let second = answered(guest, first, "An answer to that").await;
    for message in [said, first, second] {
        let path = format!("{GARDEN_PATH}/messages/{message}/thread");
        let thread = house.read(&path, "application/json").await.json();
        let ids: Vec<u64> = thread["messages"].as_array().unwrap().iter().map(|m| m["id"].as_u64().unwrap()).collect();
        assert_eq!(ids, [said, first, second]);
        let lines = house.read(&path, "text/plain").await;
        assert_eq!(lines.text().lines().count(), 3);
        let page = house.read(&path, "text/html").await;
        assert_eq!(crate::rooms::ids_in(page.text()), [said, first, second]);
        assert!(!page.text().contains("name=\"reply_to\""), "a stranger only reads");
        let page = member.reads(&path, "text/html").await;
        assert!(
            page.text().contains(&format!("name=\"reply_to\" value=\"{said}\"")),
            "whoever answers answers the first"
        );
    }
    let thread = house.read(&format!("{GARDEN_PATH}/messages/{alone}/thread"), "application/json").await.json();
    assert_eq!(thread["messages"].as_array().map(Vec::len), Some(1), "a message alone is the beginning of one");
    moderator.sends(&format!("{GARDEN_PATH}/messages/{said}/delete"), &[]).await;
    let page = member.reads(&format!("{GARDEN_PATH}/messages/{said}/thread"), "text/html").await;
    assert!(page.text().contains("An answer to that") && page.text().contains("This was removed."));
    assert!(!page.text().contains("A question") && !page.text().contains("name=\"reply_to\""));
    moderator.sends(&format!("{}/mute", page_of(ANN)), &[("duration", "1h")]).await;
    assert_eq!(answers(guest, &first.to_string(), "silenced").await.status, 403);
}
