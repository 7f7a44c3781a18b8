//! ETags: an unchanged answer costs a 304, and any change of the answer changes its tag.

use reqwest::RequestBuilder;

use crate::harness::{ANN, Answer, BEN, Guest, House, ROOM, ask};

/// Sends a request of a reader who has the answer with this tag.
async fn revalidate(request: RequestBuilder, tag: &str) -> Answer {
    ask(request.header("if-none-match", tag)).await
}

fn nonce(page: &Answer) -> String {
    let (_, rest) = page.text().split_once("name=\"nonce\" value=\"").expect("the page has a nonce");
    rest.split_once('"').expect("an attribute ends").0.to_owned()
}

/// Posts as a page without scripts does.
async fn posts_by_plain_form(house: &House, ann: &Guest, text: &str, nonce: &str) {
    let form = house.post(&format!("{}/messages", ann.room)).header("cookie", ann.cookie());
    let answer = ask(form.header("accept", "text/html").form(&[("body", text), ("nonce", nonce)])).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn unchanged_answers_are_not_sent_again() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let id = ann.posts("hi").await;
    let (room, older) = (ann.room.clone(), format!("{}/older?before={}", ann.room, id + 1));
    let around = format!("{room}?around={id}");
    for (path, accept) in [
        (&room, "text/html"),
        (&room, "*/*"),
        (&room, "application/json"),
        (&room, "text/plain"),
        (&around, "text/html"),
        (&older, "*/*"),
    ] {
        let first = house.read(path, accept).await;
        let tag = first.header("etag").to_owned();
        assert!(first.status == 200 && tag.starts_with("W/\"") && tag.ends_with('"'), "{path}: {tag}");
        assert_eq!(house.read(path, accept).await.header("etag"), tag, "{path} is unchanged");
        let strong = tag.trim_start_matches("W/").to_owned();
        for etag in [tag.clone(), strong, format!("\"other\", {tag}"), format!("{tag},W/\"other\""), "*".to_owned()] {
            let get = revalidate(house.get(path).header("accept", accept), &etag).await;
            let head = house.http.head(format!("{}{path}", house.url)).header("accept", accept);
            let head = revalidate(head, &etag).await;
            for answer in [&get, &head] {
                assert_eq!((answer.status, answer.bytes.len()), (304, 0), "{path} as {accept}: {etag}");
                for name in ["etag", "cache-control", "vary", "content-security-policy"] {
                    assert_eq!(answer.header(name), first.header(name), "{path} as {accept}: {name}");
                }
                assert!(!answer.has("content-type") && !answer.has("content-encoding"));
            }
        }
        for other in ["\"other\"", "W/\"0000000000000000\"", ""] {
            let answer = revalidate(house.get(path).header("accept", accept), other).await;
            assert_eq!((answer.status, answer.text().is_empty()), (200, false), "{path}: {other:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_reader_format_and_query_has_its_own_tag() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let (first, last) = (ann.posts("hi").await, ann.posts("ho").await);
    let page = |query: &str| house.get(&format!("{}{query}", ann.room));
    let reads = [
        page("").header("accept", "text/html"),
        page("").header("accept", "application/json"),
        page("").header("accept", "text/plain"),
        page(&format!("?before={last}")).header("accept", "text/html"),
        page(&format!("?after={first}")).header("accept", "text/html"),
        page("").header("accept", "text/html").header("cookie", ann.cookie()),
        page("").header("accept", "text/html").header("cookie", ben.cookie()),
    ];
    let mut tags = Vec::new();
    for read in &reads {
        let answer = ask(read.try_clone().expect("it has no body")).await;
        tags.push((answer.header("etag").to_owned(), answer.bytes));
    }
    for (n, read) in reads.iter().enumerate() {
        for (m, (tag, bytes)) in tags.iter().enumerate() {
            let answer = revalidate(read.try_clone().expect("it has no body"), tag).await;
            assert_eq!(answer.status, if n == m { 304 } else { 200 }, "the tag of {m} for {n}");
            assert!(n == m || answer.bytes != *bytes, "{m} and {n} are equal, so this test shows nothing");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_change_changes_the_tag() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let elsewhere = ann.in_room("elsewhere").await;
    ann.posts("hi").await;
    let page = || house.get(&ann.room).header("accept", "text/html");
    let tag = |answer: &Answer| answer.header("etag").to_owned();

    let first = tag(&ask(page()).await);
    let id = ann.posts("a post in this room").await;
    let second = revalidate(page(), &first).await;
    assert_eq!(second.status, 200);
    assert!(second.text().contains("a post in this room"));

    elsewhere.posts("a post in another").await;
    let third = revalidate(page(), &tag(&second)).await;
    assert_eq!(third.status, 200, "the page contains the cursor of its stream, which has moved");

    let ears = ann.listen("").await;
    let fourth = revalidate(page(), &tag(&third)).await;
    assert_eq!(fourth.status, 200, "the page shows who is here");
    assert_eq!(revalidate(page(), &tag(&fourth)).await.status, 304, "and that is unchanged since");
    drop(ears);

    let older = || house.get(&format!("{}/older?before={id}", ann.room));
    let before = tag(&ask(older()).await);
    house.guest(BEN, "a third room").await;
    assert_eq!(revalidate(older(), &before).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_text_after_a_reload_is_another_message() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let page = || house.get(&ann.room).header("accept", "text/html").header("cookie", ann.cookie());

    let first = ask(page()).await;
    let (tag, spent) = (first.header("etag"), nonce(&first));
    assert_eq!(revalidate(page(), tag).await.status, 304, "a reload keeps the page with its nonce");
    posts_by_plain_form(&house, &ann, "cheers", &spent).await;

    let second = revalidate(page(), tag).await;
    assert_eq!(second.status, 200, "a page with a spent nonce is sent again");
    assert_ne!(nonce(&second), spent);
    posts_by_plain_form(&house, &ann, "cheers", &nonce(&second)).await;
    posts_by_plain_form(&house, &ann, "cheers", &nonce(&second)).await;
    let texts: Vec<String> = house.history(&ann.room).await.into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["cheers", "cheers"], "two messages, one of them sent twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn not_modified_renews_the_cookie_as_the_page_does() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let page = || house.get(&ann.room).header("accept", "text/html").header("cookie", ann.cookie());
    let first = ask(page()).await;
    let answer = revalidate(page(), first.header("etag")).await;
    assert_eq!((answer.status, answer.header("set-cookie")), (304, first.header("set-cookie")));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_ignore_the_tag() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let (bad_query, bad_older) = (format!("{}?before=x", ann.room), format!("{}/older", ann.room));
    for (path, status) in [("/rooms/nowhere", 404), ("/nothing", 404), (&*bad_query, 422), (&*bad_older, 422)] {
        let answer = revalidate(house.get(path), "*").await;
        assert_eq!((answer.status, answer.has("etag")), (status, false), "{path}");
    }
    let stranger = revalidate(house.get(&ann.room).bearer_auth("of-nobody"), "*").await;
    assert_eq!(stranger.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_landing_page_is_always_sent() {
    let house = House::open().await;
    let answer = revalidate(house.get("/").header("accept", "text/html"), "*").await;
    assert_eq!((answer.status, answer.has("etag")), (200, false));
}
