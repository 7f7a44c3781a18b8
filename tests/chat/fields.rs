//! Every field of the account forms: at its limit, over it, empty, repeated, missing, and as JSON of another type. The
//! error is shown beside the field, and the form keeps what was typed, except passwords.

use serde_json::{Value, json};

use crate::account::{PASSWORD, member, send, settings};
use crate::harness::{ANN, Answer, House, ROOM, ask};

/// A form with valid values, of which a test changes one.
struct FormCase {
    path: &'static str,
    fields: &'static [(&'static str, &'static str)],
    /// The fields that are tested, with the most characters that each takes.
    tested: &'static [(&'static str, usize)],
}

const FORMS: [FormCase; 5] = [
    FormCase {
        path: "/sign-in",
        fields: &[("name", "Member"), ("password", PASSWORD)],
        tested: &[("name", 32), ("password", 128)],
    },
    FormCase { path: "/register", fields: &[("password", PASSWORD)], tested: &[("password", 128)] },
    FormCase {
        path: "/recover",
        fields: &[("name", "Member"), ("code", "0000-0000-0000-0000"), ("password", PASSWORD)],
        tested: &[("name", 32), ("code", 64), ("password", 128)],
    },
    FormCase {
        path: "/settings/password",
        fields: &[("current", PASSWORD), ("password", "another password")],
        tested: &[("current", usize::MAX), ("password", 128)],
    },
    FormCase {
        path: "/settings/tokens",
        fields: &[("name", "deploys"), ("scopes", "read")],
        tested: &[("name", 40), ("scopes", usize::MAX)],
    },
];

struct Sender<'a> {
    house: &'a House,
    cookie: String,
}

impl Sender<'_> {
    async fn form(&self, path: &str, accept: &str, fields: &[(&str, String)]) -> Answer {
        let request = self.house.post(path).header("cookie", &self.cookie).header("accept", accept);
        ask(request.form(fields)).await
    }

    async fn json(&self, path: &str, fields: Value) -> Answer {
        let request = self.house.post(path).header("cookie", &self.cookie).header("accept", "application/json");
        ask(request.json(&fields)).await
    }

    /// Asserts that the page shows an error beside `field`, and keeps what was typed into the others.
    async fn is_refused(&self, case: &FormCase, field: &str, fields: &[(&str, String)], change: &str) {
        let path = case.path;
        let page = self.form(path, "text/html", fields).await;
        assert_eq!(page.status, 422, "{path} {field} {change}");
        let error = format!(r#"id="{field}-error""#);
        assert_eq!(page.text().matches(&error).count(), 1, "{path} {field} {change}: {}", page.text());
        for (name, typed) in fields.iter().filter(|(name, _)| *name != field) {
            let is_secret = ["password", "current"].contains(name);
            let is_repeated = page.text().contains(&format!(r#"value="{typed}""#));
            assert_eq!(is_repeated, !is_secret, "{path} {field} {change}: {name}");
        }
        let program = self.form(path, "application/json", fields).await;
        assert_eq!((program.status, program.header("content-type")), (422, "application/problem+json"));
        let detail = program.json()["detail"].as_str().unwrap().to_lowercase();
        assert!(detail.contains(field), "{path} {field} {change}: {detail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_is_shown_beside_its_field() {
    let house = House::open().await;
    let (ann, guest) = (member(&house, "Member", ROOM).await, house.guest("Guest", ROOM).await);
    for case in &FORMS {
        let cookie = if case.path == "/register" { guest.cookie() } else { ann.cookie() };
        let sender = Sender { house: &house, cookie };
        let right: Vec<(&str, String)> = case.fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        for (field, max) in case.tested {
            let with = |value: String| -> Vec<(&str, String)> {
                right
                    .iter()
                    .map(|(name, old)| (*name, if name == field { value.clone() } else { old.clone() }))
                    .collect()
            };
            let without: Vec<_> = right.iter().filter(|(name, _)| name != field).cloned().collect();
            let twice: Vec<_> = right.iter().cloned().chain([(*field, "read".to_owned())]).collect();
            sender.is_refused(case, field, &with(String::new()), "empty").await;
            if without.is_empty() {
                assert_eq!(sender.json(case.path, json!({})).await.status, 422, "{} without anything", case.path);
            } else {
                sender.is_refused(case, field, &without, "missing").await;
            }
            if *max < usize::MAX {
                sender.is_refused(case, field, &with("x".repeat(max + 1)), "over its limit").await;
                sender.is_refused(case, field, &with("é".repeat(max + 1)), "over its limit").await;
            }
            if *field == "scopes" {
                sender.is_refused(case, field, &with("write".to_owned()), "unknown").await;
            } else {
                sender.is_refused(case, field, &twice, "twice").await;
            }
            // Scopes may be a list; every other field takes one value.
            let list = if *field == "scopes" { json!(["read", "write"]) } else { json!(["read"]) };
            for wrong in [json!(true), json!([]), list, json!({ "a": 1 }), Value::Null] {
                let mut fields: serde_json::Map<String, Value> =
                    right.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
                fields.insert((*field).to_owned(), wrong.clone());
                let answer = sender.json(case.path, Value::Object(fields)).await;
                assert_eq!(answer.status, 422, "{} {field} {wrong}", case.path);
                let detail = answer.json()["detail"].as_str().unwrap().to_lowercase();
                assert!(detail.contains(field), "{} {field} {wrong}: {detail}", case.path);
            }
        }
    }
    assert_eq!(settings(&guest, "", None).await.json()["role"], "guest", "the guest has no account");
    assert_eq!(settings(&ann, "/tokens", None).await.text(), "[]", "no token was created");
}

#[tokio::test(flavor = "multi_thread")]
async fn values_at_the_limit_are_accepted() {
    let house = House::open().await;
    let (short, long) = ("é".repeat(8), "é".repeat(128));
    let ann = crate::account::registers(&house.guest(ANN, ROOM).await, &short).await;
    let change = json!({ "current": short, "password": long });
    let ann = crate::account::with(&ann, &settings(&ann, "/password", Some(change)).await);
    // The same letters, each written with a combining mark.
    let typed = "e\u{301}".repeat(128);
    assert_eq!(
        send(&house, "/sign-in", json!({ "name": ANN, "password": typed })).await.status,
        422,
        "too many characters"
    );
    assert_eq!(send(&house, "/sign-in", json!({ "name": ANN, "password": long })).await.status, 200);
    let label = "é".repeat(40);
    let made = settings(&ann, "/tokens", Some(json!({ "name": label, "scopes": "read,post" }))).await;
    assert_eq!((made.status, made.json()["name"].as_str()), (201, Some(label.as_str())));
}

#[tokio::test(flavor = "multi_thread")]
async fn setup_errors_are_shown_beside_their_field_and_the_link_stays_valid() {
    let house = House::open().await;
    let link = house.owner_path().unwrap().to_owned();
    let sender = Sender { house: &house, cookie: String::new() };
    let right = [("server", "Fern Street"), ("name", "Ada"), ("password", PASSWORD)];
    for (field, max) in [("server", 40), ("name", 32), ("password", 128)] {
        for wrong in [String::new(), "x".repeat(max + 1), "\u{200b}".to_owned()] {
            let fields =
                right.map(|(name, value)| (name, if name == field { wrong.clone() } else { value.to_owned() }));
            let page = sender.form(&link, "text/html", &fields).await;
            assert_eq!(page.status, 422, "{field}");
            assert!(page.text().contains(&format!(r#"id="{field}-error""#)), "{field}");
        }
    }
    assert_eq!(sender.json(&link, json!({ "server": "x", "name": "Аda", "password": PASSWORD })).await.status, 422);
    assert_eq!(house.read(&link, "text/html").await.status, 200);
}
