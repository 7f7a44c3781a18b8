//! The lists of moderators as JSON: invitations, reports, the audit log and bans.

use serde_json::{Value, json};

use crate::harness::{ANN, Guest, ask};
use crate::staff::{GARDEN_PATH, Staffed, page_of};

async fn list(by: &Guest, path: &str) -> Vec<Value> {
    let answer = by.reads(path, "application/json").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json; charset=utf-8"), "{path}");
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    answer.json().as_array().expect("a list").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_read_invitations_and_who_joined_with_them() {
    let staffed = Staffed::open().await;
    let Staffed { owner, moderator, .. } = &staffed;
    let form = [("name", "For <friends>"), ("role", "guest"), ("uses", "3"), ("expires", "never")];
    let made = owner.sends("/admin/invitations", &form).await.json();
    let path = made["url"].as_str().unwrap()[owner.url.len()..].to_owned();
    let joined = ask(owner
        .http
        .post(format!("{}{path}", owner.url))
        .header("accept", "application/json")
        .form(&[("name", "Joe")]));
    assert_eq!(joined.await.status, 200);
    let [invitation] = &list(moderator, "/admin/invitations").await[..] else { panic!("expected one entry") };
    let value = |field: &str| invitation[field].clone();
    assert_eq!(
        (value("id"), value("name"), value("role")),
        (made["id"].clone(), json!("For <friends>"), json!("guest"))
    );
    assert_eq!((value("uses"), value("expires"), value("usable")), (json!(2), Value::Null, json!(true)));
    assert_eq!((value("by"), value("joined"), value("revoked")), (json!(owner.name), json!(["Joe"]), json!(false)));
    assert!(invitation.get("url").is_none(), "the link is shown once");
    assert_eq!(owner.sends(&format!("/admin/invitations/{}/revoke", made["id"]), &[]).await.status, 204);
    let revoked = &list(moderator, "/admin/invitations").await[0];
    assert_eq!((&revoked["revoked"], &revoked["usable"]), (&json!(true), &json!(false)));
}

#[tokio::test(flavor = "multi_thread")]
async fn moderators_read_reports_bans_and_the_audit_log_as_json() {
    let staffed = Staffed::open().await;
    let Staffed { moderator, member, guest, .. } = &staffed;
    let id = guest.posts("rude words & <b>").await;
    assert_eq!(member.sends(&format!("{GARDEN_PATH}/messages/{id}/report"), &[("reason", "rude")]).await.status, 201);
    let [report] = &list(moderator, "/admin/reports").await[..] else { panic!("expected one entry") };
    assert_eq!(
        (&report["by"], &report["reason"], &report["resolved_at"]),
        (&json!(member.name), &json!("rude"), &Value::Null)
    );
    assert_eq!(report["message"], json!({ "id": id, "author": ANN, "body": "rude words & <b>" }));
    assert_eq!(report["room"], "garden-<b>");
    assert_eq!(moderator.sends(&format!("/admin/reports/{}/resolve", report["id"]), &[]).await.status, 204);
    let resolved = &list(moderator, "/admin/reports").await[0];
    assert!(resolved["resolved_by"] == moderator.name.as_str() && resolved["resolved_at"].is_string(), "{resolved}");

    let ban = [("duration", "forever"), ("reason", "rude")];
    assert_eq!(moderator.sends(&format!("{}/ban", page_of(ANN)), &ban).await.status, 200);
    let bans = list(moderator, "/admin/bans").await;
    assert!(bans.len() == 1 && bans[0]["name"] == ANN && bans[0]["banned_until"] == "forever", "{bans:?}");
    let log = list(moderator, "/admin/audit-log").await;
    assert_eq!(
        (&log[0]["action"], &log[0]["user"], &log[0]["by"]),
        (&json!("banned"), &json!(ANN), &json!(moderator.name))
    );
    assert_eq!(
        (&log[0]["until"], &log[0]["reason"], &log[0]["blocked_addresses"]),
        (&json!("forever"), &json!("rude"), &json!(0))
    );
    let actions: Vec<_> = log.iter().map(|line| line["action"].as_str().unwrap()).collect();
    assert_eq!(actions[..2], ["banned", "report_resolved"]);
    let older = list(moderator, &format!("/admin/audit-log?before={}", log[0]["id"])).await;
    assert_eq!(older[..], log[1..], "the next page continues where the first ended");

    for path in ["/admin/invitations", "/admin/reports", "/admin/bans", "/admin/audit-log"] {
        let head = ask(moderator.http.head(format!("{}{path}", moderator.url)).bearer_auth(&moderator.token));
        let head = head.await;
        assert_eq!((head.status, head.bytes.len()), (200, 0), "{path}");
        assert_eq!(member.reads(path, "application/json").await.status, 403, "{path}");
        assert!(moderator.reads(path, "text/html").await.text().starts_with("<!DOCTYPE html>"), "{path}");
    }
}
