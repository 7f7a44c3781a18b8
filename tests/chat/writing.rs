//! Messages as others see them: Markdown, mentions, slash commands; and hostile texts, which must be harmless.

use serde_json::json;
use tokio::task::JoinSet;

use crate::allowed_html;
use crate::harness::{ANN, Answer, BEN, Guest, House, ROOM, ask, escaped, within};

/// Texts that were exploits elsewhere.
const HOSTILE: &str = include_str!("../data/hostile-texts.txt");

/// Asks for a preview as htmx does.
async fn preview(guest: &Guest, text: &str) -> Answer {
    let request = guest.http.post(format!("{}{}/preview", guest.url, guest.room)).bearer_auth(&guest.token);
    ask(request.header("hx-request", "true").form(&[("body", text)])).await
}

#[tokio::test]
async fn a_preview_shows_the_message_as_others_would_see_it() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let ben = house.guest(BEN, ROOM).await;
    let answer = preview(&ann, "**Bold** :tada: `code`\nhttps://a.example @<b>").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.text(),
        "<div class=\"body\" dir=\"auto\"><p><strong>Bold</strong> 🎉 <code>code</code><br>\
         <a href=\"https://a.example\" rel=\"nofollow noopener ugc\" target=\"_blank\">https://a.example</a> @&lt;b&gt;\
         </p></div>"
    );
    assert!(house.history(&ann.room).await.is_empty(), "a preview posts nothing");
    let mention = preview(&ann, &format!("@{BEN}, look")).await;
    assert!(mention.text().contains(&format!(
        "data-user=\"{}\">@{}</span>, look",
        id(&house, &ben).await,
        escaped(BEN)
    )));
    assert!(preview(&ann, "🎉").await.text().contains("<div class=\"body emoji\" dir=\"auto\"><p>🎉</p>"));
}

#[tokio::test]
async fn without_a_script_a_preview_is_a_page_with_the_form() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let request = house.post(&format!("{}/preview", ann.room)).header("cookie", ann.cookie());
    let page = ask(request.header("accept", "text/html").form(&[("body", "\n*a* <b>"), ("nonce", "n-1")])).await;
    assert_eq!(page.status, 200);
    for part in [
        "<p><em>a</em> &lt;b&gt;</p>",
        "\n\n*a* &lt;b&gt;</textarea>",
        "value=\"n-1\"",
        &format!("formaction=\"{}/preview\"", ann.room),
        &format!("action=\"{}/messages\"", ann.room),
    ] {
        assert!(page.text().contains(part), "{part} in {}", page.text());
    }
    assert!(!page.text().contains("reply_to"), "a preview of no reply has no such field");
    let get = house.get(&format!("{}/preview", ann.room)).header("cookie", ann.cookie());
    assert_eq!(ask(get).await.header("location"), ann.room);
}

#[tokio::test]
async fn a_preview_without_a_script_keeps_the_reply() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let question = ben.posts("a <b>question</b>").await;
    let previewed = async |reply_to: &str| {
        let request = house.post(&format!("{}/preview", ann.room)).header("cookie", ann.cookie());
        let fields = [("body", "an answer"), ("nonce", "n-1"), ("reply_to", reply_to)];
        ask(request.header("accept", "text/html").form(&fields)).await
    };
    let page = previewed(&question.to_string()).await;
    let field = format!("<input type=\"hidden\" name=\"reply_to\" value=\"{question}\">");
    for part in [&field, "class=\"quoted\"", "a &lt;b&gt;question&lt;/b&gt;"] {
        assert!(page.text().contains(part), "{part} in {}", page.text());
    }
    let gone = previewed("999999").await;
    assert!(gone.status == 200 && !gone.text().contains("reply_to"), "a reply to a missing message is no reply");
    assert_eq!(previewed("x").await.status, 422);
}

#[tokio::test]
async fn a_preview_needs_access_and_refuses_invalid_messages() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    assert_eq!(preview(&ann, " \n ").await.status, 422);
    assert_eq!(preview(&ann, &"x".repeat(8_001)).await.status, 422);
    assert_eq!(ask(house.post(&format!("{}/preview", ann.room)).form(&[("body", "a")])).await.status, 401);
    assert_eq!(ask(house.post("/rooms/nowhere/preview").form(&[("body", "a")])).await.status, 404);
    let unknown = ann.sends(&format!("{}/preview", ann.room), &[("body", "/dance")]).await;
    assert_eq!(unknown.status, 422);
    assert!(
        unknown.json()["detail"].as_str().unwrap().starts_with("There is no command /dance."),
        "{}",
        unknown.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_texts_are_harmless() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let texts: Vec<String> = hostile().collect();
    assert!(texts.len() > 150, "{}", texts.len());
    for text in &texts {
        let answer = preview(&ann, text).await;
        assert_eq!(answer.status, 200, "{text:?}: {}", answer.text());
        allowed_html::check(answer.text(), text);
        ann.posts(text).await;
    }
    let page = house.read(&ann.room, "text/html").await;
    let rows = page.text().split("<div class=\"body\" dir=\"auto\">").skip(1);
    let mut seen = 0;
    for row in rows {
        allowed_html::check(row.split("</div>").next().unwrap(), "a row");
        seen += 1;
    }
    assert!(seen >= 40, "{seen} rows were checked");
}

#[tokio::test]
async fn emoji_are_found_by_name() {
    let house = House::open().await;
    let found = house.read("/emoji?q=tada", "application/json").await;
    assert_eq!(found.json(), json!([{ "name": "tada", "emoji": "🎉" }]));
    assert!(found.header("cache-control").contains("max-age"));
    assert_eq!(house.read("/emoji", "application/json").await.json().as_array().unwrap().len(), 50);
    assert_eq!(house.read("/emoji?q=%3Cscript%3E", "application/json").await.json(), json!([]));
}

/// The texts of the file, with their escapes decoded.
fn hostile() -> impl Iterator<Item = String> {
    let lines = HOSTILE.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    lines.map(|line| line.replace("\\n", "\n").replace("\\t", "\t"))
}

async fn id(house: &House, guest: &Guest) -> u64 {
    let message = guest.posts("who am I?").await;
    let page = house.read(&format!("{}?around={message}", guest.room), "application/json").await;
    page.json()["messages"][0]["author_id"].as_u64().expect("a message has an author")
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_get_the_rendered_message_and_programs_its_source() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let ben = house.guest(BEN, ROOM).await;
    let mut ears = ben.listen("").await;
    let text = format!("*Hi* @{BEN}\n```rust\nlet a = 1;\n```");
    let id = ann.posts(&text).await;
    let heard = ears.hears().await.data;
    for part in ["<em>Hi</em>", "class=\"mention\"", "<span class=\"t-key\">let</span>"] {
        assert!(heard.contains(part), "{part} in {heard}");
    }
    let page = ben.reads(&ben.room, "text/html").await;
    assert!(page.text().contains("<em>Hi</em>"));
    assert_eq!(house.history(&ann.room).await, [(id, text)]);
}

/// Posts a text, and gets the message as JSON.
async fn says(guest: &Guest, text: &str) -> Answer {
    let request = guest.http.post(format!("{}{}/messages", guest.url, guest.room)).bearer_auth(&guest.token);
    ask(request.header("accept", "application/json").form(&[("body", text)])).await
}

#[tokio::test(flavor = "multi_thread")]
async fn much_code_at_once_is_not_refused_and_some_is_not_highlighted() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let tangled = format!("```js\n{}\n```", "({[(`${a(b)}`)]})=>\n".repeat(70));
    let mut posts = JoinSet::new();
    for n in 0..200 {
        let (ann, text) = (ann.clone(), format!("{n}\n{tangled}"));
        posts.spawn(async move { says(&ann, &text).await });
    }
    let answers = within("all are answered", posts.join_all()).await;
    assert!(answers.iter().all(|answer| answer.status == 201));
    let coloured = answers.iter().filter(|answer| answer.text().contains("t-key")).count();
    assert!((1..200).contains(&coloured), "{coloured} of 200 are coloured");
    let after = says(&ann, &tangled).await;
    assert!(after.text().contains("t-key"), "later code is highlighted again: {}", after.text());
}

#[tokio::test]
async fn slash_commands_work_and_unknown_ones_are_refused() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    ann.posts("/me waves").await;
    ann.posts("/shrug who knows").await;
    ann.posts("//me is said").await;
    ann.posts("/usr/bin/env").await;
    let texts: Vec<String> = house.history(&ann.room).await.into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["_waves_", "who knows ¯\\_(ツ)_/¯", "/me is said", "/usr/bin/env"]);
    let page = house.read(&ann.room, "text/html").await;
    assert!(page.text().contains("<em>waves</em>") && page.text().contains("who knows ¯\\_(ツ)_/¯"));

    let messages = format!("{}/messages", ann.room);
    let topic = ann.sends(&messages, &[("body", "/topic Bread & butter")]).await;
    assert_eq!((topic.status, topic.json()["topic"].as_str()), (200, Some("Bread & butter")));
    let ben = house.guest(BEN, ROOM).await;
    assert_eq!(ben.sends(&messages, &[("body", "/topic mine")]).await.status, 403, "Ann created the room");

    let unknown = ann.sends(&messages, &[("body", "/dance")]).await;
    assert_eq!(unknown.status, 422);
    let plain = house.post(&messages).header("cookie", ann.cookie()).header("accept", "text/html");
    let refused = ask(plain.form(&[("body", "/dance <b>"), ("nonce", "n")])).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text().contains("/dance &lt;b&gt;</textarea>")
            && refused.text().contains("There is no command /dance.")
    );

    let help = ann.sends(&messages, &[("body", "/help")]).await;
    assert!(help.text().contains("/topic new topic"), "{}", help.text());
    assert_eq!(house.history(&ann.room).await.len(), 4, "nothing else was posted");
}
