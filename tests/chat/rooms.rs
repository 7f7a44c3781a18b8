//! A room's page and the same as text, JSON and stream; the way through its history; the way to one message.

use std::collections::BTreeSet;

use crate::harness::{ANN, Answer, Guest, House, ROOM, ask, escaped};

/// As many messages as make three pages, the last not full.
const HISTORY: usize = 130;

async fn house_with_a_history() -> (House, Guest, Vec<u64>) {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let mut ids = Vec::new();
    for n in 0..HISTORY {
        ids.push(ann.posts(&format!("message {n}")).await);
    }
    assert!(ids.is_sorted_by(|a, b| a < b));
    (house, ann, ids)
}

/// The ids on a page, and whether it says that there is more on either side.
async fn page(house: &House, room: &str, query: &str) -> (Vec<u64>, bool, bool) {
    let page = house.read(&format!("{room}{query}"), "application/json").await.json();
    let ids = page["messages"].as_array().unwrap().iter().map(|m| m["id"].as_u64().unwrap()).collect();
    (ids, page["older"].as_bool().unwrap(), page["newer"].as_bool().unwrap())
}

/// The address behind a relation of the `Link` header (RFC 8288).
fn link(answer: &Answer, rel: &str) -> Option<String> {
    let links = answer.headers.get("link")?.to_str().unwrap();
    let link = links.split(", ").find(|link| link.ends_with(&format!("; rel=\"{rel}\"")))?;
    Some(link.split_once('>')?.0.strip_prefix('<')?.to_owned())
}

/// The message ids in a piece of HTML, in the order in which they stand there.
pub fn ids_in(html: &str) -> Vec<u64> {
    let rows = html.split("<li ").skip(1).filter_map(|row| row.split_once('>')).map(|(tag, _)| tag);
    rows.filter_map(|tag| tag.split_once("id=\"m")?.1.split_once('"')?.0.parse().ok()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_answers_in_the_form_that_is_asked_for() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let id = ann.posts("two\nlines").await;
    for (accept, kind) in [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("image/webp", "text/html; charset=utf-8"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("application/json", "application/json; charset=utf-8"),
        ("text/plain;q=0.5, application/json", "application/json; charset=utf-8"),
    ] {
        let answer = house.read(&ann.room, accept).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, kind), "{accept}");
        let vary = answer.header("vary").to_ascii_lowercase();
        assert!(vary.split(", ").any(|name| name == "accept"), "{accept}: {vary}");
        assert_eq!(answer.header("cache-control"), "private, no-cache", "{accept}");
    }
    let text = house.read(&ann.room, "text/plain").await;
    let line = text.text().split_once("Z ").expect("a time in UTC stands first").1;
    assert_eq!(line, format!("{ANN}: two\n    lines\n"));

    let json = house.read(&ann.room, "application/json").await.json();
    assert_eq!((json["name"].as_str(), json["url"].as_str()), (Some(ROOM), Some(&*ann.room)));
    let message = &json["messages"][0];
    assert_eq!((message["id"].as_u64(), message["author"].as_str()), (Some(id), Some(ANN)));
    assert_eq!(message["body"], "two\nlines");
    assert_eq!(message["url"], format!("{}/messages/{id}", ann.room));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_room_itself_is_a_stream_for_whoever_asks_for_one() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let stream = house.get(&format!("{}?as=json", ann.room)).header("accept", "text/event-stream");
    let mut ears = crate::harness::Ears::open(stream).await;
    assert_eq!(ears.response.headers()["content-type"], "text/event-stream");
    assert_eq!(ears.response.headers()["vary"], "Accept");
    ann.posts("hi").await;
    assert_eq!(ears.hears_texts(1).await, ["hi"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_shows_the_room_whoever_looks() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    assert!(house.read(&ann.room, "text/html").await.text().contains("Nothing said yet"));
    ann.posts("see https://a.example/?q=1&r=<2> <b>\nand on").await;
    let page = ask(house.get(&ann.room).header("cookie", ann.cookie())).await;
    let html = page.text();
    assert!(html.contains(&format!("<title>{} · Taproom</title>", escaped(ROOM))));
    assert!(html.contains(r#"<div id="log" role="log""#));
    assert!(html.contains(&format!(r#"dir="auto">{}</a>"#, escaped(ANN))));
    let link = r#"<a href="https://a.example/?q=1&amp;r=" rel="nofollow noopener ugc" target="_blank">"#;
    assert!(html.contains(link), "a bare link is a link");
    assert!(html.contains("&lt;b&gt;<br>and on</p>"), "line breaks stay, markup does not");
    assert!(html.contains(r#"name="nonce" value=""#) && html.contains(r#"enctype="multipart/form-data""#));
    assert!(html.contains(&format!(r#"hx-sse:connect="{}/live?after="#, ann.room)));
    assert!(!html.contains("<b>") && !html.contains("<i>"), "no name is markup");
    assert!(!html.contains(" style=") && !html.contains(" onclick"), "no inline style, no inline script");
}

#[tokio::test(flavor = "multi_thread")]
async fn paging_walks_the_whole_history_exactly_once_both_ways() {
    let (house, ann, ids) = house_with_a_history().await;
    let (mut walked, older, newer) = page(&house, &ann.room, "").await;
    assert_eq!((walked.len(), older, newer), (50, true, false), "a room shows its last fifty");
    loop {
        let (before, older, newer) = page(&house, &ann.room, &format!("?before={}", walked[0])).await;
        assert!(newer && before.len() <= 50);
        walked.splice(0..0, before);
        if !older {
            break;
        }
    }
    assert_eq!(walked, ids, "backwards");

    let mut walked = Vec::new();
    loop {
        let (after, older, newer) = page(&house, &ann.room, &format!("?after={}", walked.last().unwrap_or(&0))).await;
        assert_eq!(older, !walked.is_empty());
        walked.extend(after);
        if !newer {
            break;
        }
    }
    assert_eq!(walked, ids, "forwards");
}

#[tokio::test(flavor = "multi_thread")]
async fn link_headers_lead_through_the_history_in_every_form() {
    let (house, ann, ids) = house_with_a_history().await;
    for accept in ["text/plain", "application/json", "text/html"] {
        let mut answer = house.read(&ann.room, accept).await;
        assert!(link(&answer, "next").is_none(), "nothing is newer than the latest");
        let mut pages = 1;
        while let Some(path) = link(&answer, "prev") {
            answer = house.read(&path, accept).await;
            pages += 1;
        }
        assert_eq!(pages, 3, "{accept}");
        assert!(answer.text().contains("message 0") && !answer.text().contains("message 49"), "{accept}");
        while let Some(path) = link(&answer, "next") {
            answer = house.read(&path, accept).await;
            pages += 1;
        }
        assert_eq!(pages, 5, "{accept}");
        assert!(answer.text().contains(&format!("message {}", ids.len() - 1)), "{accept}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_around_a_message_has_it_in_its_middle() {
    let (house, ann, ids) = house_with_a_history().await;
    let (around, older, newer) = page(&house, &ann.room, &format!("?around={}", ids[64])).await;
    assert_eq!((around.as_slice(), older, newer), (&ids[39..89], true, true));
    let (around, older, newer) = page(&house, &ann.room, &format!("?around={}", ids[0])).await;
    assert_eq!((around.as_slice(), older, newer), (&ids[..25], false, true));
    let (around, older, newer) = page(&house, &ann.room, &format!("?around={}", ids[HISTORY - 1])).await;
    assert_eq!((around.as_slice(), older, newer), (&ids[HISTORY - 26..], true, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn older_fragments_walk_the_history_and_say_where_it_ends() {
    let (house, ann, ids) = house_with_a_history().await;
    let first = house.read(&ann.room, "text/html").await;
    let (mut walked, mut html) = (ids_in(first.text()), first.text().to_owned());
    let next = |html: &str| {
        let (_, rest) = html.split_once("hx-get=\"")?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let mut fragments = 0;
    while let Some(path) = next(&html) {
        assert!(path.starts_with(&format!("{}/older?before=", ann.room)));
        let fragment = ask(house.get(&path).header("hx-request", "true")).await;
        assert_eq!((fragment.status, fragment.header("content-type")), (200, "text/html; charset=utf-8"));
        assert!(!fragment.text().contains("<html"), "a fragment is no page");
        walked.splice(0..0, ids_in(fragment.text()));
        html = fragment.text().to_owned();
        fragments += 1;
    }
    assert_eq!((walked, fragments), (ids, 2));
    assert!(html.contains(r#"id="older""#), "an empty place remains where the link was");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permalink_leads_to_the_page_around_the_message() {
    let (house, ann, ids) = house_with_a_history().await;
    for &id in [ids[0], ids[64], ids[HISTORY - 1]].iter() {
        let answer = house.read(&format!("{}/messages/{id}", ann.room), "text/html").await;
        assert_eq!((answer.status, answer.header("location")), (303, &*format!("{}?around={id}#m{id}", ann.room)));
        let page = house.read(&format!("{}?around={id}", ann.room), "text/html").await;
        assert!(ids_in(page.text()).contains(&id));
    }
    let shown: BTreeSet<u64> = ids_in(house.read(&ann.room, "text/html").await.text()).into_iter().collect();
    assert_eq!(shown.len(), 50, "every row has its id once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_told_so() {
    let house = House::open().await;
    let (ann, elsewhere) = (house.guest(ANN, ROOM).await, house.guest("Ben", "Cellar").await);
    let id = elsewhere.posts("hi").await;
    let missing =
        ["/rooms/nowhere", "/rooms/nowhere/live", "/rooms/nowhere/older?before=5", "/rooms/nowhere/messages/1"];
    for path in missing {
        let answer = house.read(path, "text/html").await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text().contains("There is no room called “nowhere”"), "{path}: it says what to do");
    }
    for id in [&*(id + 1).to_string(), "0", &*id.to_string(), "abc", "-1", "99999999999999999999"] {
        assert_eq!(house.read(&format!("{}/messages/{id}", ann.room), "text/plain").await.status, 404, "{id}");
    }
    for query in ["?before=x", "?after=", "?around=-1", "?before=1-2", "/older", "/older?before=%00"] {
        let answer = house.read(&format!("{}{query}", ann.room), "application/json").await;
        assert_eq!((answer.status, answer.header("content-type")), (422, "application/problem+json"), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_found_by_any_spelling_of_its_address() {
    let house = House::open().await;
    let ann = house.guest(ANN, "Café 12/3 🚀").await;
    ann.posts("found").await;
    for path in
        ["/rooms/caf%C3%A9-12-3-%F0%9F%9A%80", "/rooms/CAF%C3%89%2012%2F3%20%F0%9F%9A%80", "/rooms/cafe%CC%81-12-3-🚀"]
    {
        assert!(house.read(path, "text/plain").await.text().ends_with(": found\n"), "{path}");
    }
}
