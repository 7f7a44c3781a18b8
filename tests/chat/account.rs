//! Steps with accounts that several tests share.

use serde_json::{Value, json};

use crate::harness::{Answer, Guest, House, ask};

/// A password that is long enough.
pub const PASSWORD: &str = "a sentence is fine";

/// Posts `fields` as JSON, without credentials.
pub async fn send(house: &House, path: &str, fields: Value) -> Answer {
    ask(house.post(path).header("accept", "application/json").json(&fields)).await
}

/// A guest creates an account. Returns the same person with the new token.
pub async fn registers(guest: &Guest, password: &str) -> Guest {
    let request = guest.http.post(format!("{}/register", guest.url)).bearer_auth(&guest.token);
    let answer = ask(request.header("accept", "application/json").json(&json!({ "password": password }))).await;
    assert_eq!(answer.status, 200, "{} creates an account: {}", guest.name, answer.text());
    with(guest, &answer)
}

/// A new person with an account.
pub async fn member(house: &House, name: &str, room: &str) -> Guest {
    registers(&house.guest(name, room).await, PASSWORD).await
}

/// Signs in. Returns the same person with the token of the new session.
pub async fn signs_in(house: &House, guest: &Guest, password: &str) -> Guest {
    let answer = send(house, "/sign-in", json!({ "name": guest.name, "password": password })).await;
    assert_eq!(answer.status, 200, "{} signs in: {}", guest.name, answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    with(guest, &answer)
}

/// The same person with the token in this answer.
pub fn with(guest: &Guest, answer: &Answer) -> Guest {
    let body = answer.json();
    assert_eq!(body["name"], guest.name);
    Guest { token: body["token"].as_str().expect("a token").to_owned(), ..guest.clone() }
}

/// Posts `fields` to a page of the settings, or reads the page if there are none.
pub async fn settings(guest: &Guest, path: &str, fields: Option<Value>) -> Answer {
    let url = format!("{}/settings{path}", guest.url);
    let request = match fields {
        Some(fields) => guest.http.post(url).json(&fields),
        None => guest.http.get(url),
    };
    ask(request.bearer_auth(&guest.token).header("accept", "application/json")).await
}

/// Whether the guest's token is valid.
pub async fn is_known(guest: &Guest) -> bool {
    match settings(guest, "", None).await.status {
        200 => true,
        401 => false,
        status => panic!("a token is valid or not: {status}"),
    }
}
