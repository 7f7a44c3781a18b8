//! Accounts: creating one, signing in and out, setting up the server, and what a failed attempt reveals.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::account::{PASSWORD, is_known, member, registers, send, settings, signs_in};
use crate::harness::{ANN, Answer, BEN, House, ROOM, ask, escaped};

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_creates_an_account_keeps_their_messages_and_signs_in_elsewhere() {
    let house = House::open().await;
    let guest = house.guest(ANN, ROOM).await;
    guest.posts("as a guest").await;
    let ann = registers(&guest, PASSWORD).await;
    assert_ne!(ann.token, guest.token, "new rights come with a new token");
    assert!(!is_known(&guest).await, "a copy of the guest's token gains no rights");
    ann.posts("as a member").await;
    let phone = signs_in(&house, &ann, PASSWORD).await;
    phone.posts("from another device").await;
    let me = settings(&ann, "", None).await.json();
    assert_eq!((&me["name"], &me["role"]), (&json!(ANN), &json!("member")));
    let page = house.read(&ann.room, "application/json").await.json();
    let messages = page["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 3);
    assert!(messages.iter().all(|message| message["author_id"] == me["id"]), "all messages have one author");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_gets_a_cookie_and_a_redirect() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let request = house.post("/register").header("cookie", ann.cookie()).header("accept", "text/html");
    let registered = ask(request.form(&[("password", PASSWORD)])).await;
    assert_eq!((registered.status, registered.header("location")), (303, "/settings?done=registered"));
    let (cookie, attributes) = registered.header("set-cookie").split_once("; ").unwrap();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(attributes.contains(attribute), "{attributes}");
    }
    let page = ask(house.get("/settings?done=registered").header("cookie", cookie)).await;
    assert!(page.text().contains("Account created."));

    let form = [("name", ANN), ("password", PASSWORD), ("next", "/rooms/lobby?around=1")];
    let signed_in = ask(house.post("/sign-in").header("accept", "text/html").form(&form)).await;
    assert_eq!((signed_in.status, signed_in.header("location")), (303, "/rooms/lobby?around=1"));
    for elsewhere in ["//evil.example", "/\\evil.example", "https://evil.example", "rooms", ""] {
        let form = [("name", ANN), ("password", PASSWORD), ("next", elsewhere)];
        let signed_in = ask(house.post("/sign-in").header("accept", "text/html").form(&form)).await;
        assert_eq!((signed_in.status, signed_in.header("location")), (303, "/"), "{elsewhere}");
    }
    // Signing in again in the same browser ends its earlier session.
    let again = house.post("/sign-in").header("cookie", cookie).form(&[("name", ANN), ("password", PASSWORD)]);
    let again = ask(again.header("accept", "application/json")).await;
    assert_eq!(again.status, 200);
    let old = ask(house.get("/settings").header("cookie", cookie).header("accept", "application/json")).await;
    assert_eq!(old.status, 401, "the old session has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_registrations_at_once_one_succeeds() {
    let house = House::open().await;
    let guest = house.guest(ANN, ROOM).await;
    let register = |password: &'static str| {
        let request = house.post("/register").bearer_auth(&guest.token).header("accept", "application/json");
        ask(request.form(&[("password", password)]))
    };
    let passwords = ["the first password", "the second password"];
    let (one, other) = tokio::join!(register(passwords[0]), register(passwords[1]));
    let done: Vec<usize> = (0..2).filter(|n| [&one, &other][*n].status == 200).collect();
    let [winner] = done[..] else { panic!("one registration succeeds: {} {}", one.status, other.status) };
    assert!([401, 409].contains(&[one, other][1 - winner].status));
    for (n, password) in passwords.into_iter().enumerate() {
        let answer = send(&house, "/sign-in", json!({ "name": ANN, "password": password })).await;
        assert_eq!(answer.status, if n == winner { 200 } else { 401 });
    }
}

/// Everything in an answer except what differs between any two answers.
fn comparable(answer: &Answer) -> (u16, Vec<(String, Vec<u8>)>, String) {
    let mut headers: Vec<_> = answer.headers.iter().map(|(k, v)| (k.to_string(), v.as_bytes().to_vec())).collect();
    headers.retain(|(name, _)| name != "date");
    headers.sort();
    (answer.status, headers, answer.text().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_sign_ins_do_not_reveal_whether_a_name_exists() {
    let house = House::open().await;
    member(&house, "Member", ROOM).await;
    house.guest("Guests", ROOM).await;
    let names = ["Member", "Guests", "Nobody"]; // of one length: the form repeats what was typed
    let code = "0000-0000-0000-0000";
    for accept in ["text/html", "application/json", "text/plain", "*/*"] {
        for (path, fields) in [
            ("/sign-in", vec![("password", "wrong password")]),
            ("/recover", vec![("code", code), ("password", PASSWORD)]),
            ("/recover", vec![("code", "no code at all"), ("password", PASSWORD)]),
        ] {
            let mut answers = HashSet::new();
            for name in names {
                let form: Vec<_> = fields.iter().copied().chain([("name", name)]).collect();
                let answer = ask(house.post(path).header("accept", accept).form(&form)).await;
                assert_eq!(answer.status, 401, "{path} {name}");
                let (status, headers, text) = comparable(&answer);
                answers.insert((status, headers, text.replace(name, "NAME")));
            }
            assert_eq!(answers.len(), 1, "{path} as {accept}: {answers:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_names_are_hashed_too_and_the_queue_is_limited() {
    let house = House::open().await;
    let ann = member(&house, ANN, ROOM).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..300 {
        let request = house.post("/sign-in").header("accept", "application/json");
        tasks.spawn(ask(request.form(&[("name", "Nobody"), ("password", "wrong password")])));
    }
    let answers = tasks.join_all().await;
    let (wrong, busy): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 401);
    assert!(wrong.len() >= 66, "every attempt in the queue is answered: {}", wrong.len());
    assert!(!busy.is_empty(), "hashing for an unknown name takes its time too");
    for answer in busy {
        assert_eq!((answer.status, answer.header("retry-after")), (503, "1"));
        assert!(answer.text().contains("The server is busy"), "{}", answer.text());
    }
    signs_in(&house, &ann, PASSWORD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_guest_can_create_an_account() {
    let house = House::open().await;
    let ann = member(&house, ANN, ROOM).await;
    let register =
        || house.post("/register").header("accept", "application/json").form(&[("password", "another password")]);
    assert_eq!(ask(register().bearer_auth(&ann.token)).await.status, 409);
    assert_eq!(ask(register()).await.status, 401);
    signs_in(&house, &ann, PASSWORD).await;
    let page = ask(house.get("/register").header("cookie", ann.cookie()).header("accept", "text/html")).await;
    assert_eq!((page.status, page.header("location")), (303, "/settings"));
    let taken = send(&house, "/join", json!({ "room": ROOM, "name": ANN })).await;
    assert_eq!(taken.status, 409);
    assert!(taken.text().contains("or sign in."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_needs_a_name_links_to_sign_in_and_back() {
    let house = House::open().await;
    let page = house.read("/settings/devices?done=<b>", "text/html").await;
    assert_eq!(page.status, 401);
    assert!(page.text().contains(r#"href="/sign-in?next=%2Fsettings%2Fdevices%3Fdone%3D"#), "{}", page.text());
    let next = "/settings/devices?x=%22%3E";
    let form = house.read("/sign-in?next=%2Fsettings%2Fdevices%3Fx%3D%2522%253E", "text/html").await;
    assert!(form.text().contains(&format!(r#"name="next" value="{}""#, escaped(next))));
    assert_eq!(form.header("cache-control"), "private, no-cache");
    let head = ask(house.http.head(format!("{}/sign-in", house.url))).await;
    assert_eq!((head.status, head.bytes.len()), (200, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_and_deletes_the_cookie() {
    let house = House::open().await;
    let ann = member(&house, ANN, ROOM).await;
    let phone = signs_in(&house, &ann, PASSWORD).await;
    let out = ask(house.post("/sign-out").header("cookie", ann.cookie())).await;
    assert_eq!((out.status, out.header("location")), (303, "/"));
    assert!(out.headers.get_all("set-cookie").iter().all(|cookie| cookie.to_str().unwrap().contains("Max-Age=0")));
    assert!(!is_known(&ann).await);
    assert!(is_known(&phone).await, "another device stays signed in");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_five_setups_at_once_one_names_the_server_and_owns_it() {
    let house = House::open().await;
    let link = house.owner_path().expect("the server has no owner").to_owned();
    let page = house.read(&link, "text/html").await;
    assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..5 {
        let fields = json!({ "server": format!("Server {n}"), "name": format!("Owner {n}"), "password": PASSWORD });
        tasks.spawn(ask(house.post(&link).header("accept", "application/json").json(&fields)));
    }
    let answers = tasks.join_all().await;
    let won: Vec<Value> = answers.iter().filter(|answer| answer.status == 200).map(Answer::json).collect();
    let [winner] = &won[..] else { panic!("one of five becomes the owner: {won:?}") };
    assert!(answers.iter().filter(|answer| answer.status != 200).all(|answer| answer.status == 404));
    let number = winner["name"].as_str().unwrap().trim_start_matches("Owner ");
    let landing = house.read("/", "text/html").await;
    assert!(landing.text().contains(&format!("<title>Server {number}</title>")), "the winner named the server");
    let me = house.get("/settings").bearer_auth(winner["token"].as_str().unwrap()).header("accept", "application/json");
    assert_eq!(ask(me).await.json()["role"], "owner");
    for n in 0..5 {
        let others = send(&house, "/sign-in", json!({ "name": format!("Owner {n}"), "password": PASSWORD })).await;
        assert_eq!(others.status == 200, n.to_string() == number, "the others left nothing behind");
    }
    assert_eq!(house.read(&link, "text/html").await.status, 404, "the link is used up");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_can_become_the_owner_and_keep_the_name() {
    let house = House::open().await;
    let link = house.owner_path().expect("the server has no owner").to_owned();
    let (guest, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let first = guest.posts("before").await;
    let page = ask(house.get(&link).header("cookie", guest.cookie())).await;
    assert!(page.text().contains(&format!(r#"value="{}""#, escaped(ANN))), "the form suggests the name");
    let set_up = |name: &'static str| {
        let fields = json!({ "server": "<i>The Fern</i>", "name": name, "password": PASSWORD });
        house.post(&link).bearer_auth(&guest.token).header("accept", "application/json").json(&fields)
    };
    assert_eq!(ask(set_up(BEN)).await.status, 409, "another person's name is taken");
    assert!(is_known(&ben).await);
    let ann = crate::account::with(&guest, &ask(set_up(ANN)).await);
    assert!(!is_known(&guest).await, "new rights come with a new token");
    let page = ask(house.get(&ann.room).bearer_auth(&ann.token).header("accept", "application/json")).await.json();
    let me = settings(&ann, "", None).await.json();
    assert_eq!((&page["messages"][0]["id"], &page["messages"][0]["author_id"]), (&json!(first), &me["id"]));
    assert_eq!(me["role"], "owner");
    assert!(!house.read("/", "text/html").await.text().contains("<i>"), "the server's name is escaped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_theme_applies_to_every_page_of_one_browser() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let choose = |theme: &'static str| {
        ask(house.post("/settings/theme").header("accept", "text/html").form(&[("theme", theme)]))
    };
    let dark = choose("dark").await;
    assert_eq!((dark.status, dark.header("location")), (303, "/settings?done=theme"));
    let cookie = dark.header("set-cookie").split_once(';').unwrap().0.to_owned();
    assert_eq!(cookie, "theme=dark");
    for path in ["/", &ann.room, "/settings", "/sign-in", "/nothing/here"] {
        let cookies = format!("{}; {cookie}", ann.cookie());
        let page = ask(house.get(path).header("cookie", &cookies).header("accept", "text/html")).await;
        assert!(page.text().starts_with(r#"<!DOCTYPE html><html lang="en" dir="ltr" data-theme="dark">"#), "{path}");
        let plain = ask(house.get(path).header("cookie", ann.cookie()).header("accept", "text/html")).await;
        assert!(!plain.text().contains("data-theme"), "{path}");
    }
    let plain = ask(house.get(&ann.room).header("cookie", ann.cookie()).header("accept", "text/html")).await;
    let held =
        house.get(&ann.room).header("cookie", format!("{}; {cookie}", ann.cookie())).header("accept", "text/html");
    let dark = ask(held.header("if-none-match", plain.header("etag"))).await;
    assert_eq!(dark.status, 200, "a page in another theme has another entity tag");
    assert!(choose("device").await.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(choose("blue").await.status, 422);
}
