//! Every field of the forms of an account: at its limit, over it, empty, twice, not there, and JSON of another type. What is
//! wrong is said beside the field, and what was typed stays, but for passwords.

use serde_json::{Value, json};

use crate::account::{PASSWORD, member, send, settings};
use crate::harness::{ANN, Answer, House, ROOM, ask};

/// A form with everything right but what the test does to one field.
struct Kind {
    path: &'static str,
    fields: &'static [(&'static str, &'static str)],
    /// A field, and the longest that it takes.
    tried: &'static [(&'static str, usize)],
}

const KINDS: [Kind; 5] = [
    Kind {
        path: "/sign-in",
        fields: &[("name", "Member"), ("password", PASSWORD)],
        tried: &[("name", 32), ("password", 128)],
    },
    Kind { path: "/register", fields: &[("password", PASSWORD)], tried: &[("password", 128)] },
    Kind {
        path: "/recover",
        fields: &[("name", "Member"), ("code", "0000-0000-0000-0000"), ("password", PASSWORD)],
        tried: &[("name", 32), ("code", 64), ("password", 128)],
    },
    Kind {
        path: "/settings/password",
        fields: &[("current", PASSWORD), ("password", "another password")],
        tried: &[("current", usize::MAX), ("password", 128)],
    },
    Kind {
        path: "/settings/tokens",
        fields: &[("name", "deploys"), ("scopes", "read")],
        tried: &[("name", 40), ("scopes", usize::MAX)],
    },
];

struct Asker<'a> {
    house: &'a House,
    cookie: String,
}

impl Asker<'_> {
    async fn form(&self, path: &str, accept: &str, fields: &[(&str, String)]) -> Answer {
        let request = self.house.post(path).header("cookie", &self.cookie).header("accept", accept);
        ask(request.form(fields)).await
    }

    async fn json(&self, path: &str, fields: Value) -> Answer {
        let request = self.house.post(path).header("cookie", &self.cookie).header("accept", "application/json");
        ask(request.json(&fields)).await
    }

    /// The page says what is wrong beside this field, and keeps what was typed into the others.
    async fn is_told(&self, kind: &Kind, field: &str, fields: &[(&str, String)], what: &str) {
        let path = kind.path;
        let page = self.form(path, "text/html", fields).await;
        assert_eq!(page.status, 422, "{path} {field} {what}");
        let error = format!(r#"id="{field}-error""#);
        assert_eq!(page.text().matches(&error).count(), 1, "{path} {field} {what}: {}", page.text());
        for (name, typed) in fields.iter().filter(|(name, _)| *name != field) {
            let is_secret = ["password", "current"].contains(name);
            let is_kept = page.text().contains(&format!(r#"value="{typed}""#));
            assert_eq!(is_kept, !is_secret, "{path} {field} {what}: {name}");
        }
        let program = self.form(path, "application/json", fields).await;
        assert_eq!((program.status, program.header("content-type")), (422, "application/problem+json"));
        let said = program.json()["detail"].as_str().unwrap().to_lowercase();
        assert!(said.contains(field), "{path} {field} {what}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_field_is_said_beside_it() {
    let house = House::open().await;
    let (ann, guest) = (member(&house, "Member", ROOM).await, house.guest("Guest", ROOM).await);
    for kind in &KINDS {
        let cookie = if kind.path == "/register" { guest.cookie() } else { ann.cookie() };
        let asker = Asker { house: &house, cookie };
        let right: Vec<(&str, String)> = kind.fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        for (field, max) in kind.tried {
            let with = |value: String| -> Vec<(&str, String)> {
                right
                    .iter()
                    .map(|(name, old)| (*name, if name == field { value.clone() } else { old.clone() }))
                    .collect()
            };
            let without: Vec<_> = right.iter().filter(|(name, _)| name != field).cloned().collect();
            let twice: Vec<_> = right.iter().cloned().chain([(*field, "read".to_owned())]).collect();
            asker.is_told(kind, field, &with(String::new()), "empty").await;
            if without.is_empty() {
                assert_eq!(asker.json(kind.path, json!({})).await.status, 422, "{} without anything", kind.path);
            } else {
                asker.is_told(kind, field, &without, "missing").await;
            }
            if *max < usize::MAX {
                asker.is_told(kind, field, &with("x".repeat(max + 1)), "over its limit").await;
                asker.is_told(kind, field, &with("é".repeat(max + 1)), "over its limit").await;
            }
            if *field == "scopes" {
                asker.is_told(kind, field, &with("write".to_owned()), "of no kind").await;
            } else {
                asker.is_told(kind, field, &twice, "twice").await;
            }
            // A list is what several scopes are; of what is one thing it is no answer.
            let list = if *field == "scopes" { json!(["read", "write"]) } else { json!(["read"]) };
            for wrong in [json!(true), json!([]), list, json!({ "a": 1 }), Value::Null] {
                let mut fields: serde_json::Map<String, Value> =
                    right.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
                fields.insert((*field).to_owned(), wrong.clone());
                let answer = asker.json(kind.path, Value::Object(fields)).await;
                assert_eq!(answer.status, 422, "{} {field} {wrong}", kind.path);
                let said = answer.json()["detail"].as_str().unwrap().to_lowercase();
                assert!(said.contains(field), "{} {field} {wrong}: {said}", kind.path);
            }
        }
    }
    assert_eq!(settings(&guest, "", None).await.json()["role"], "guest", "nothing was done");
    assert_eq!(settings(&ann, "/tokens", None).await.text(), "[]", "nothing was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_just_within_the_limits_is_taken() {
    let house = House::open().await;
    let (short, long) = ("é".repeat(8), "é".repeat(128));
    let ann = crate::account::claims(&house.guest(ANN, ROOM).await, &short).await;
    let change = json!({ "current": short, "password": long });
    let ann = crate::account::with(&ann, &settings(&ann, "/password", Some(change)).await);
    // The same letters, written with a mark of their own.
    let typed = "e\u{301}".repeat(128);
    assert_eq!(send(&house, "/sign-in", json!({ "name": ANN, "password": typed })).await.status, 422, "too many marks");
    assert_eq!(send(&house, "/sign-in", json!({ "name": ANN, "password": long })).await.status, 200);
    let label = "é".repeat(40);
    let made = settings(&ann, "/tokens", Some(json!({ "name": label, "scopes": "read,post" }))).await;
    assert_eq!((made.status, made.json()["name"].as_str()), (201, Some(label.as_str())));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_owners_form_says_what_is_wrong_and_the_link_lives_on() {
    let house = House::open().await;
    let link = house.owner_path().unwrap().to_owned();
    let asker = Asker { house: &house, cookie: String::new() };
    let right = [("server", "Fern Street"), ("name", "Ada"), ("password", PASSWORD)];
    for (field, max) in [("server", 40), ("name", 32), ("password", 128)] {
        for wrong in [String::new(), "x".repeat(max + 1), "\u{200b}".to_owned()] {
            let fields =
                right.map(|(name, value)| (name, if name == field { wrong.clone() } else { value.to_owned() }));
            let page = asker.form(&link, "text/html", &fields).await;
            assert_eq!(page.status, 422, "{field}");
            assert!(page.text().contains(&format!(r#"id="{field}-error""#)), "{field}");
        }
    }
    assert_eq!(asker.json(&link, json!({ "server": "x", "name": "Аda", "password": PASSWORD })).await.status, 422);
    assert_eq!(house.read(&link, "text/html").await.status, 200);
}
