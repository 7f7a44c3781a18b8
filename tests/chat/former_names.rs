//! Former names are not revealed where they were never used, and nothing shows them beside the new name.

use serde_json::json;

use crate::harness::escaped;
use crate::names::{hears_event, parse_json, renames};
use crate::staff::{GARDEN_PATH, Staffed};

const NEW: &str = r#"Zoë & "<i>""#;

#[tokio::test(flavor = "multi_thread")]
async fn a_former_name_is_not_revealed_where_it_was_never_used() {
    let Staffed { moderator, member, guest, .. } = &Staffed::open().await;
    let message = moderator.posts("before that").await;
    assert_eq!(renames(member, NEW).await, 204);
    let mut live = guest.listen("as=json").await;
    // Neither new messages nor edits of and reactions to earlier ones reveal it.
    let message = format!("{GARDEN_PATH}/messages/{message}");
    moderator.sends(&format!("{message}/edit"), &[("body", &format!("hear, @{NEW}"))]).await;
    member.sends(&format!("{message}/reactions"), &[("reaction", "👍")]).await;
    member.posts("here I am").await;
    let mut late = guest.listen("as=json&after=0").await;
    for ears in [&mut live, &mut late] {
        let mut heard = String::new();
        while !heard.contains("here I am") {
            heard += &hears_event(ears, "message").await;
        }
        assert!(!heard.contains("renamed") && !heard.contains("Mel?"), "{heard}");
    }
    assert_eq!(renames(member, "Mel again").await, 204);
    let change = parse_json(&hears_event(&mut live, "message").await);
    assert_eq!((&change["kind"], &change["was"]), (&json!("renamed"), &json!(NEW)), "this name was used in the room");
}

#[tokio::test(flavor = "multi_thread")]
async fn quotes_and_notifications_show_present_names() {
    let Staffed { moderator, member, guest, .. } = &Staffed::open().await;
    let message = moderator.posts("*hear*, @Mel?#%, and all").await;
    guest.sends(&format!("{GARDEN_PATH}/messages"), &[("body", "I hear"), ("reply_to", &message.to_string())]).await;
    let text = async || member.reads("/unread", "application/json").await.json()["rooms"][0]["newest"]["text"].clone();
    assert_eq!(text().await, "hear, @Mel?#%, and all");
    assert_eq!(renames(member, NEW).await, 204);
    let page = guest.reads(GARDEN_PATH, "text/html").await;
    let (_, quoted) = page.text().split_once("<a class=\"quoted\"").expect("the reply has a quote");
    let (quoted, _) = quoted.split_once("</a>").unwrap();
    assert!(quoted.contains(&format!(">@{}</span>, and all", escaped(NEW))), "{quoted}");
    assert!(!page.text().contains("Mel?"), "{}", page.text());
    assert_eq!(text().await, format!("hear, @{NEW}, and all"));
}
