//! Who a request is from: cookies, tokens, Basic credentials, signing out, and requests from another site's page.

use reqwest::RequestBuilder;

use crate::harness::{ANN, Answer, BEN, Guest, House, ROOM, ask, escaped};

fn basic(request: RequestBuilder, name: &str, token: &str) -> RequestBuilder {
    request.basic_auth(name, Some(token))
}

fn text(house: &House, ann: &Guest) -> RequestBuilder {
    house.post(&format!("{}/messages", ann.room)).header("content-type", "text/plain").body("hi")
}

/// Asserts a refusal that says how to get a name, in words for a browser or a program.
fn is_401_that_says_how(answer: &Answer) {
    let how = if answer.header("content-type").starts_with("text/html") { "on the home page" } else { "/join" };
    assert_eq!(answer.status, 401, "{}", answer.text());
    assert!(answer.header("www-authenticate").starts_with("Bearer realm="));
    assert!(answer.text().contains(how), "it says how: {}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn posting_without_a_name_is_refused_and_says_how_to_get_one() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let answer = ask(text(&house, &ann)).await;
    is_401_that_says_how(&answer);
    assert!(answer.text().contains("Authorization: Bearer"));
    for accept in ["application/json", "text/html"] {
        is_401_that_says_how(&ask(text(&house, &ann).header("accept", accept)).await);
    }
    assert!(house.history(&ann.room).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_a_token_and_basic_credentials_identify_their_owner() {
    let house = House::open().await;
    let ann = house.guest(BEN, ROOM).await;
    let requests = [
        text(&house, &ann).header("cookie", ann.cookie()),
        text(&house, &ann).header("cookie", format!("a=b; {}; c=d", ann.cookie())),
        text(&house, &ann).bearer_auth(&ann.token),
        text(&house, &ann).header("authorization", format!("bearer {}", ann.token)),
        basic(text(&house, &ann), BEN, &ann.token),
        basic(text(&house, &ann), &BEN.to_uppercase(), &ann.token),
    ];
    let count = requests.len();
    for (n, request) in requests.into_iter().enumerate() {
        let answer = ask(request.header("accept", "application/json")).await;
        assert_eq!((answer.status, answer.json()["author"].as_str()), (201, Some(BEN)), "request {n}");
    }
    assert_eq!(house.history(&ann.room).await.len(), count);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_are_refused_even_for_reading() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let unknown = "A".repeat(43);
    let wrong_credentials: [&dyn Fn(RequestBuilder) -> RequestBuilder; 6] = [
        &|request| request.bearer_auth(&unknown),
        &|request| request.bearer_auth("short"),
        &|request| request.header("authorization", "Bearer"),
        &|request| request.header("authorization", "Digest x"),
        &|request| basic(request, ANN, &unknown),
        &|request| basic(request, BEN, &ann.token),
    ];
    for (n, wrong) in wrong_credentials.iter().enumerate() {
        is_401_that_says_how(&ask(wrong(text(&house, &ann))).await);
        is_401_that_says_how(&ask(wrong(house.get(&ann.room))).await);
        is_401_that_says_how(&ask(wrong(house.get(&format!("{}/live", ann.room)))).await);
        // A wrong token does not fall back to a valid cookie.
        is_401_that_says_how(&ask(wrong(text(&house, &ann).header("cookie", ben.cookie()))).await);
        assert!(house.history(&ann.room).await.is_empty(), "credentials {n} post nothing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn basic_credentials_for_a_proxy_are_ignored() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    for password in ["secret", "!!!", "", &"A".repeat(44)] {
        let proxied = |request: RequestBuilder| basic(request, "proxy user", password);
        assert_eq!(ask(proxied(house.get(&ann.room))).await.status, 200, "{password:?}");
        assert_eq!(ask(proxied(text(&house, &ann))).await.status, 401, "the credentials do not sign in");
        let posted = ask(proxied(text(&house, &ann)).header("cookie", ann.cookie())).await;
        assert_eq!(posted.status, 201, "the cookie identifies the person");
        let foreign = proxied(house.post("/join")).header("sec-fetch-site", "cross-site");
        assert_eq!(
            ask(foreign.form(&[("room", ROOM), ("name", "x")])).await.status,
            403,
            "the credentials do not pass the cross-origin check"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_needs_no_name_and_an_old_cookie_is_ignored() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    ann.posts("for all to read").await;
    let stale = format!("taproom={}", "A".repeat(43));
    for request in [house.get(&ann.room), house.get(&ann.room).header("cookie", &stale)] {
        let page = ask(request).await;
        assert!(page.text().contains("<p>for all to read</p>"));
        assert!(
            page.text().contains(r#"aria-label="Take a name""#),
            "the page has the join form in place of the composer"
        );
        assert!(!page.text().contains("/me.css"));
        assert!(!page.has("set-cookie"));
    }
    is_401_that_says_how(&ask(text(&house, &ann).header("cookie", &stale)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_join_form_in_a_room_redirects_back_to_it() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let page = house.read(&ann.room, "text/html").await;
    let hidden = format!(r#"<input type="hidden" name="room" value="{}">"#, escaped(ROOM));
    assert!(page.text().contains(&hidden));
    let form = house.post("/join").header("accept", "text/html").form(&[("room", ROOM), ("name", BEN)]);
    assert_eq!(ask(form).await.header("location"), ann.room);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_signs_out_loses_the_name_and_nobody_else_gets_it() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    ann.posts("I was here").await;
    let signed_out = ask(house.post("/leave").header("cookie", ann.cookie())).await;
    assert_eq!((signed_out.status, signed_out.header("location")), (303, "/"));
    let cookies: Vec<&str> =
        signed_out.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    assert_eq!(cookies.len(), 2, "the cookies of http and https");
    for cookie in cookies {
        let (name, rest) = cookie.split_once('=').unwrap();
        assert!(["taproom", "__Host-taproom"].contains(&name));
        assert!(rest.starts_with("; ") && rest.contains("Max-Age=0"), "{cookie}");
    }
    is_401_that_says_how(&ask(text(&house, &ann).bearer_auth(&ann.token)).await);
    assert!(!ask(house.get("/").header("cookie", ann.cookie())).await.text().contains("Welcome back"));

    let again = house.post("/join").header("accept", "text/plain").form(&[("room", ROOM), ("name", ANN)]);
    assert_eq!(ask(again).await.status, 409, "the name stays with its messages");
    assert_eq!(house.history(&ann.room).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_twice_or_without_a_name_succeeds() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    for request in [house.post("/leave"), house.post("/leave").header("cookie", ann.cookie())] {
        assert_eq!(ask(request).await.status, 303);
    }
    assert_eq!(ask(house.post("/leave").header("cookie", ann.cookie())).await.status, 303);
}

/// Headers with which browsers say where a request comes from, and whether the request is allowed.
fn origins(house: &House) -> Vec<(Vec<(&'static str, String)>, bool)> {
    let own = |scheme: &str| ("origin", format!("{scheme}://{}", house.host()));
    let site = |site: &str| ("sec-fetch-site", site.to_owned());
    vec![
        (vec![], true),
        (vec![site("same-origin")], true),
        (vec![site("none")], true),
        (vec![own("http")], true),
        (vec![own("https")], true),
        (vec![site("cross-site")], false),
        (vec![site("same-site")], false),
        (vec![site("cross-site"), own("http")], false),
        (vec![("origin", "http://evil.example".to_owned())], false),
        (vec![("origin", "null".to_owned())], false),
        (vec![("origin", "http://127.0.0.1".to_owned())], false),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_works_only_from_our_own_pages() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let mut done = 0;
    for (headers, allowed) in origins(&house) {
        let from = |request: RequestBuilder| {
            headers.iter().fold(request.header("cookie", ann.cookie()), |request, (k, v)| request.header(*k, v))
        };
        let posted = ask(from(text(&house, &ann))).await;
        assert_eq!(posted.status, if allowed { 201 } else { 403 }, "{headers:?}");
        done += usize::from(allowed);
        assert_eq!(house.history(&ann.room).await.len(), done, "{headers:?}");
        let joined = ask(from(house.post("/join").form(&[("room", "Cellar")]))).await;
        assert_eq!(joined.status, if allowed { 303 } else { 403 }, "{headers:?}");
        assert_eq!(ask(from(house.get(&ann.room))).await.status, 200, "reading changes nothing");
    }
    assert_eq!(done, 5, "some were allowed");
    let foreign = house.post("/leave").header("cookie", ann.cookie()).header("sec-fetch-site", "cross-site");
    assert_eq!(ask(foreign).await.status, 403);
    assert_eq!(ask(text(&house, &ann).header("cookie", ann.cookie())).await.status, 201, "the session goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_works_from_any_origin() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    for (headers, _) in origins(&house) {
        let by_token = text(&house, &ann).bearer_auth(&ann.token);
        let request = headers.iter().fold(by_token, |request, (k, v)| request.header(*k, v));
        assert_eq!(ask(request).await.status, 201, "{headers:?}");
    }
    let both = text(&house, &ann).bearer_auth(&ann.token).header("cookie", ann.cookie());
    assert_eq!(
        ask(both.header("sec-fetch-site", "cross-site")).await.status,
        403,
        "a request with a cookie counts as a browser's"
    );
}
