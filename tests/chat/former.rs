//! Former names: they are told nowhere where they were never seen, and nothing shows them that shows the new one.

use serde_json::json;

use crate::harness::escaped;
use crate::names::{hears_as, renames, told};
use crate::staff::{GARDEN_PATH, Staffed};

const NEW: &str = r#"Zoë & "<i>""#;

#[tokio::test(flavor = "multi_thread")]
async fn a_former_name_is_told_nowhere_where_it_was_never_seen() {
    let Staffed { moderator, member, guest, .. } = &Staffed::open().await;
    let said = moderator.posts("before that").await;
    assert_eq!(renames(member, NEW).await, 204);
    let mut live = guest.listen("as=json").await;
    // Not by what they say, and not by an edit or a reaction of what was said before.
    let message = format!("{GARDEN_PATH}/messages/{said}");
    moderator.sends(&format!("{message}/edit"), &[("body", &format!("hear, @{NEW}"))]).await;
    member.sends(&format!("{message}/reactions"), &[("reaction", "👍")]).await;
    member.posts("here I am").await;
    let mut late = guest.listen("as=json&after=0").await;
    for ears in [&mut live, &mut late] {
        let mut heard = String::new();
        while !heard.contains("here I am") {
            heard += &hears_as(ears, "message").await;
        }
        assert!(!heard.contains("renamed") && !heard.contains("Mel?"), "{heard}");
    }
    assert_eq!(renames(member, "Mel again").await, 204);
    let change = told(&hears_as(&mut live, "message").await);
    assert_eq!((&change["kind"], &change["was"]), (&json!("renamed"), &json!(NEW)), "that one was seen");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_quotes_and_a_notification_shows_whoever_is_mentioned_as_they_are_called_now() {
    let Staffed { moderator, member, guest, .. } = &Staffed::open().await;
    let said = moderator.posts("*hear*, @Mel?#%, and all").await;
    guest.sends(&format!("{GARDEN_PATH}/messages"), &[("body", "I hear"), ("reply_to", &said.to_string())]).await;
    let text = async || member.reads("/unread", "application/json").await.json()["rooms"][0]["newest"]["text"].clone();
    assert_eq!(text().await, "hear, @Mel?#%, and all");
    assert_eq!(renames(member, NEW).await, 204);
    let page = guest.reads(GARDEN_PATH, "text/html").await;
    let (_, quoted) = page.text().split_once("<a class=\"quoted\"").expect("the answer quotes");
    let (quoted, _) = quoted.split_once("</a>").unwrap();
    assert!(quoted.contains(&format!(">@{}</span>, and all", escaped(NEW))), "{quoted}");
    assert!(!page.text().contains("Mel?"), "{}", page.text());
    assert_eq!(text().await, format!("hear, @{NEW}, and all"));
}
