//! What people do with their accounts, for the tests that are about something else or more of it.

use serde_json::{Value, json};

use crate::harness::{Answer, Guest, House, ask};

/// A password that is long enough.
pub const PASSWORD: &str = "a sentence is fine";

/// What each of these addresses takes, with everything right; the token stands for what only the server knows.
pub async fn send(house: &House, path: &str, fields: Value) -> Answer {
    ask(house.post(path).header("accept", "application/json").json(&fields)).await
}

/// Somebody gives their name this password; the same person with their new token.
pub async fn claims(guest: &Guest, password: &str) -> Guest {
    let claim = guest.http.post(format!("{}/register", guest.url)).bearer_auth(&guest.token);
    let answer = ask(claim.header("accept", "application/json").json(&json!({ "password": password }))).await;
    assert_eq!(answer.status, 200, "{} keeps the name: {}", guest.name, answer.text());
    with(guest, &answer)
}

/// Somebody new with an account.
pub async fn member(house: &House, name: &str, room: &str) -> Guest {
    claims(&house.guest(name, room).await, PASSWORD).await
}

/// The same person on another device.
pub async fn signs_in(house: &House, guest: &Guest, password: &str) -> Guest {
    let answer = send(house, "/sign-in", json!({ "name": guest.name, "password": password })).await;
    assert_eq!(answer.status, 200, "{} signs in: {}", guest.name, answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    with(guest, &answer)
}

/// The same person with the token that this answer tells.
pub fn with(guest: &Guest, answer: &Answer) -> Guest {
    let told = answer.json();
    assert_eq!(told["name"], guest.name);
    Guest { token: told["token"].as_str().expect("a token").to_owned(), ..guest.clone() }
}

/// Somebody does something in their settings, or reads it (with no fields).
pub async fn settings(guest: &Guest, path: &str, fields: Option<Value>) -> Answer {
    let url = format!("{}/settings{path}", guest.url);
    let request = match fields {
        Some(fields) => guest.http.post(url).json(&fields),
        None => guest.http.get(url),
    };
    ask(request.bearer_auth(&guest.token).header("accept", "application/json")).await
}

/// Whether a token is anybody's.
pub async fn is_known(guest: &Guest) -> bool {
    match settings(guest, "", None).await.status {
        200 => true,
        401 => false,
        status => panic!("a token is good or not: {status}"),
    }
}
