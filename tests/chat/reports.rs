//! Reports: reporting a message to the moderators, and what they see of it.

use crate::harness::{ANN, Guest, ask};
use crate::staff::{GARDEN_PATH, Staffed};

#[tokio::test(flavor = "multi_thread")]
async fn a_report_shows_the_current_message_until_it_is_resolved() {
    let staffed = Staffed::open().await;
    let Staffed { moderator, member, guest, .. } = &staffed;
    let id = guest.posts("rude words & <b>").await;
    let report = format!("{GARDEN_PATH}/messages/{id}/report");
    let form = member.reads(&report, "text/html").await;
    assert!(form.status == 200 && form.text().contains("rude words &amp; &lt;b&gt;"));
    assert_eq!(member.sends(&report, &[("reason", "it is <i>rude</i>")]).await.status, 201);
    let queue = moderator.reads("/admin/reports", "text/html").await.text().to_owned();
    for part in ["rude words &amp; &lt;b&gt;", "it is &lt;i&gt;rude&lt;/i&gt;", "Mel?#%", "Ban", "/delete\""] {
        assert!(queue.contains(part), "{part} in {queue}");
    }
    let report_id = queue.split("/admin/reports/").find_map(|rest| rest.split_once("/resolve")).unwrap().0;
    let removed = moderator.sends(&format!("{GARDEN_PATH}/messages/{id}/delete"), &[]).await;
    assert_eq!(removed.status, 200);
    let queue = moderator.reads("/admin/reports", "text/html").await;
    assert!(queue.text().contains("This message was deleted.") && !queue.text().contains("rude words"));
    for _ in 0..2 {
        assert_eq!(moderator.sends(&format!("/admin/reports/{report_id}/resolve"), &[]).await.status, 204);
    }
    let queue = moderator.reads("/admin/reports", "text/html").await;
    assert!(queue.text().contains("No open reports.") && queue.text().contains("Resolved just now by"));
    assert_eq!(member.sends(&report, &[]).await.status, 404, "deleted messages can't be reported");
    for unknown in ["0", "x", "99999999999999999999"] {
        assert_eq!(moderator.sends(&format!("/admin/reports/{unknown}/resolve"), &[]).await.status, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_from_a_private_room_shows_only_the_reported_message() {
    let staffed = Staffed::open().await;
    let Staffed { moderator, member, guest, creator, .. } = &staffed;
    let room = member.creates("Secret plans", "private", ANN).await;
    let id = Guest { room: room.clone(), ..guest.clone() }.posts("rude words").await;
    Guest { room: room.clone(), ..guest.clone() }.posts("not reported").await;
    assert_eq!(creator.sends(&format!("{room}/messages/{id}/report"), &[]).await.status, 404);
    assert_eq!(member.sends(&format!("{room}/messages/{id}/report"), &[]).await.status, 201);
    let queue = moderator.reads("/admin/reports", "text/html").await;
    assert!(queue.text().contains("rude words") && queue.text().contains("in a private room"));
    for secret in ["Secret plans", &room, "not reported"] {
        assert!(!queue.text().contains(secret), "{secret}");
    }
    assert_eq!(moderator.sends(&format!("{room}/messages/{id}/delete"), &[]).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_is_limited_and_shown_again_after_an_error() {
    let staffed = Staffed::open().await;
    let Staffed { member, guest, .. } = &staffed;
    let id = guest.posts("text").await;
    let report = format!("{GARDEN_PATH}/messages/{id}/report");
    let (limit, over) = ("w".repeat(300), "w".repeat(301));
    assert_eq!(member.sends(&report, &[("reason", &limit)]).await.status, 201);
    for form in [vec![("reason", over.as_str())], vec![("reason", "a"), ("reason", "b")]] {
        let answer = member.sends(&report, &form).await;
        assert!(answer.status == 422 && answer.text().contains("reason"), "{}", answer.text());
    }
    let page = member.http.post(format!("{}{report}", member.url)).bearer_auth(&member.token);
    let page = ask(page.header("accept", "text/html").form(&[("reason", &over)])).await;
    assert!(page.status == 422 && page.text().contains(&over) && page.text().contains("reason-error"));
    let done = member.http.post(format!("{}{report}", member.url)).bearer_auth(&member.token);
    let done = ask(done.header("accept", "text/html").form(&[("reason", "")])).await;
    assert_eq!((done.status, done.header("location")), (303, format!("{report}?done=reported").as_str()));
    for unknown in ["0", "x", "99999999999999999999"] {
        let path = format!("{GARDEN_PATH}/messages/{unknown}");
        assert_eq!(member.sends(&format!("{path}/report"), &[]).await.status, 404);
        assert_eq!(member.sends(&format!("{path}/delete"), &[]).await.status, 404);
    }
}
