//! A reader who has an answer already is told so, and gets it again as soon as anything in it is another.

use reqwest::RequestBuilder;

use crate::harness::{ANN, Answer, BEN, Guest, House, ROOM, ask};

/// Asks again, by somebody who holds the answer with this tag.
async fn again(request: RequestBuilder, tag: &str) -> Answer {
    ask(request.header("if-none-match", tag)).await
}

fn nonce(page: &Answer) -> String {
    let (_, rest) = page.text().split_once("name=\"nonce\" value=\"").expect("the page has a nonce");
    rest.split_once('"').expect("an attribute ends").0.to_owned()
}

/// Posts as a page without a script does.
async fn posts_plainly(house: &House, ann: &Guest, text: &str, nonce: &str) {
    let form = house.post(&format!("{}/messages", ann.room)).header("cookie", ann.cookie());
    let answer = ask(form.header("accept", "text/html").form(&[("body", text), ("nonce", nonce)])).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_not_changed_is_not_sent_again() {
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
        assert_eq!(house.read(path, accept).await.header("etag"), tag, "{path} is the same");
        let strong = tag.trim_start_matches("W/").to_owned();
        for held in [tag.clone(), strong, format!("\"other\", {tag}"), format!("{tag},W/\"other\""), "*".to_owned()] {
            let get = again(house.get(path).header("accept", accept), &held).await;
            let head = house.http.head(format!("{}{path}", house.url)).header("accept", accept);
            let head = again(head, &held).await;
            for answer in [&get, &head] {
                assert_eq!((answer.status, answer.bytes.len()), (304, 0), "{path} as {accept}: {held}");
                for name in ["etag", "cache-control", "vary", "content-security-policy"] {
                    assert_eq!(answer.header(name), first.header(name), "{path} as {accept}: {name}");
                }
                assert!(!answer.has("content-type") && !answer.has("content-encoding"));
            }
        }
        for other in ["\"other\"", "W/\"0000000000000000\"", ""] {
            let answer = again(house.get(path).header("accept", accept), other).await;
            assert_eq!((answer.status, answer.text().is_empty()), (200, false), "{path}: {other:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_reader_form_or_query_is_another_answer() {
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
            let answer = again(read.try_clone().expect("it has no body"), tag).await;
            assert_eq!(answer.status, if n == m { 304 } else { 200 }, "the tag of {m} for {n}");
            assert!(n == m || answer.bytes != *bytes, "{m} and {n} are the same, and this test shows nothing");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_makes_another_answer() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let elsewhere = ann.in_room("elsewhere").await;
    ann.posts("hi").await;
    let page = || house.get(&ann.room).header("accept", "text/html");
    let tag = |answer: &Answer| answer.header("etag").to_owned();

    let first = tag(&ask(page()).await);
    let id = ann.posts("a post in this room").await;
    let second = again(page(), &first).await;
    assert_eq!(second.status, 200);
    assert!(second.text().contains("a post in this room"));

    elsewhere.posts("a post in another").await;
    let third = again(page(), &tag(&second)).await;
    assert_eq!(third.status, 200, "the page tells from where its stream goes on, which has moved");

    let ears = ann.listen("").await;
    let fourth = again(page(), &tag(&third)).await;
    assert_eq!(fourth.status, 200, "somebody is here now");
    assert_eq!(again(page(), &tag(&fourth)).await.status, 304, "and that has been told");
    drop(ears);

    let older = || house.get(&format!("{}/older?before={id}", ann.room));
    let before = tag(&ask(older()).await);
    house.guest(BEN, "a third room").await;
    assert_eq!(again(older(), &before).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_words_after_a_reload_are_another_message() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let page = || house.get(&ann.room).header("accept", "text/html").header("cookie", ann.cookie());

    let first = ask(page()).await;
    let (tag, spent) = (first.header("etag"), nonce(&first));
    assert_eq!(again(page(), tag).await.status, 304, "a reload keeps the page, and with it its nonce");
    posts_plainly(&house, &ann, "cheers", &spent).await;

    let second = again(page(), tag).await;
    assert_eq!(second.status, 200, "a page whose nonce is spent is never kept");
    assert_ne!(nonce(&second), spent);
    posts_plainly(&house, &ann, "cheers", &nonce(&second)).await;
    posts_plainly(&house, &ann, "cheers", &nonce(&second)).await;
    let texts: Vec<String> = house.history(&ann.room).await.into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["cheers", "cheers"], "twice said, and once sent twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn not_changed_renews_the_cookie_as_the_page_does() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let page = || house.get(&ann.room).header("accept", "text/html").header("cookie", ann.cookie());
    let first = ask(page()).await;
    let answer = again(page(), first.header("etag")).await;
    assert_eq!((answer.status, answer.header("set-cookie")), (304, first.header("set-cookie")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_refused_whatever_the_asker_holds() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let (bad_query, bad_older) = (format!("{}?before=x", ann.room), format!("{}/older", ann.room));
    for (path, status) in [("/rooms/nowhere", 404), ("/nothing", 404), (&*bad_query, 422), (&*bad_older, 422)] {
        let answer = again(house.get(path), "*").await;
        assert_eq!((answer.status, answer.has("etag")), (status, false), "{path}");
    }
    let stranger = again(house.get(&ann.room).bearer_auth("of-nobody"), "*").await;
    assert_eq!(stranger.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_is_always_sent() {
    let house = House::open().await;
    let answer = again(house.get("/").header("accept", "text/html"), "*").await;
    assert_eq!((answer.status, answer.has("etag")), (200, false));
}
