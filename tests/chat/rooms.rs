//! The messages of a room as a page, text, JSON and stream; paging through its history; permalinks.

use std::collections::BTreeSet;

use crate::harness::{ANN, Answer, Guest, House, ROOM, ask, escaped};

/// The number of messages: three pages, the last not full.
const HISTORY: usize = 130;

async fn open_with_history() -> (House, Guest, Vec<u64>) {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let mut ids = Vec::new();
    for n in 0..HISTORY {
        ids.push(ann.posts(&format!("message {n}")).await);
    }
    assert!(ids.is_sorted_by(|a, b| a < b));
    (house, ann, ids)
}

/// The ids on a page, and whether it says that there are older and newer messages.
async fn page(house: &House, room: &str, query: &str) -> (Vec<u64>, bool, bool) {
    let page = house.read(&format!("{room}{query}"), "application/json").await.json();
    let ids = page["messages"].as_array().unwrap().iter().map(|m| m["id"].as_u64().unwrap()).collect();
    (ids, page["older"].as_bool().unwrap(), page["newer"].as_bool().unwrap())
}

/// The address of a relation in the `Link` header (RFC 8288).
fn link(answer: &Answer, rel: &str) -> Option<String> {
    let links = answer.headers.get("link")?.to_str().unwrap();
    let link = links.split(", ").find(|link| link.ends_with(&format!("; rel=\"{rel}\"")))?;
    Some(link.split_once('>')?.0.strip_prefix('<')?.to_owned())
}

/// The ids of the messages in a fragment of HTML, in their order.
pub fn ids_in(html: &str) -> Vec<u64> {
    let rows = html.split("<li ").skip(1).filter_map(|row| row.split_once('>')).map(|(tag, _)| tag);
    rows.filter_map(|tag| tag.split_once("id=\"m")?.1.split_once('"')?.0.parse().ok()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_answers_in_the_requested_form() {
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
    let line = text.text().split_once("Z ").expect("a UTC time comes first").1;
    assert_eq!(line, format!("{ANN}: two\n    lines\n"));

    let json = house.read(&ann.room, "application/json").await.json();
    assert_eq!((json["name"].as_str(), json["url"].as_str()), (Some(ROOM), Some(&*ann.room)));
    let message = &json["messages"][0];
    assert_eq!((message["id"].as_u64(), message["author"].as_str()), (Some(id), Some(ANN)));
    assert_eq!(message["body"], "two\nlines");
    assert_eq!(message["url"], format!("{}/messages/{id}", ann.room));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_a_stream_on_request() {
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
async fn anyone_can_read_the_page_of_an_open_room() {
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
    assert!(html.contains(link), "a bare URL becomes a link");
    assert!(html.contains("&lt;b&gt;<br>and on</p>"), "line breaks stay, markup does not");
    assert!(html.contains(r#"name="nonce" value=""#) && html.contains(r#"enctype="multipart/form-data""#));
    assert!(html.contains(&format!(r#"hx-sse:connect="{}/live?after="#, ann.room)));
    assert!(!html.contains("<b>") && !html.contains("<i>"), "names are escaped");
    assert!(!html.contains(" style=") && !html.contains(" onclick"), "no inline style, no inline script");
}

#[tokio::test(flavor = "multi_thread")]
async fn paging_visits_every_message_once_in_both_directions() {
    let (house, ann, ids) = open_with_history().await;
    let (mut visited, older, newer) = page(&house, &ann.room, "").await;
    assert_eq!((visited.len(), older, newer), (50, true, false), "a room shows its last fifty");
    loop {
        let (before, older, newer) = page(&house, &ann.room, &format!("?before={}", visited[0])).await;
        assert!(newer && before.len() <= 50);
        visited.splice(0..0, before);
        if !older {
            break;
        }
    }
    assert_eq!(visited, ids, "backwards");

    let mut visited = Vec::new();
    loop {
        let (after, older, newer) = page(&house, &ann.room, &format!("?after={}", visited.last().unwrap_or(&0))).await;
        assert_eq!(older, !visited.is_empty());
        visited.extend(after);
        if !newer {
            break;
        }
    }
    assert_eq!(visited, ids, "forwards");
}

#[tokio::test(flavor = "multi_thread")]
async fn link_headers_lead_through_the_history_in_every_form() {
    let (house, ann, ids) = open_with_history().await;
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
    let (house, ann, ids) = open_with_history().await;
    let (around, older, newer) = page(&house, &ann.room, &format!("?around={}", ids[64])).await;
    assert_eq!((around.as_slice(), older, newer), (&ids[39..89], true, true));
    let (around, older, newer) = page(&house, &ann.room, &format!("?around={}", ids[0])).await;
    assert_eq!((around.as_slice(), older, newer), (&ids[..25], false, true));
    let (around, older, newer) = page(&house, &ann.room, &format!("?around={}", ids[HISTORY - 1])).await;
    assert_eq!((around.as_slice(), older, newer), (&ids[HISTORY - 26..], true, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn older_fragments_lead_to_the_beginning_and_end_there() {
    let (house, ann, ids) = open_with_history().await;
    let first = house.read(&ann.room, "text/html").await;
    let (mut visited, mut html) = (ids_in(first.text()), first.text().to_owned());
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
        visited.splice(0..0, ids_in(fragment.text()));
        html = fragment.text().to_owned();
        fragments += 1;
    }
    assert_eq!((visited, fragments), (ids, 2));
    assert!(html.contains(r#"id="older""#), "an empty element replaces the link");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permalink_leads_to_the_page_around_its_message() {
    let (house, ann, ids) = open_with_history().await;
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
async fn unknown_rooms_and_messages_answer_404_and_bad_queries_422() {
    let house = House::open().await;
    let (ann, elsewhere) = (house.guest(ANN, ROOM).await, house.guest("Ben", "Cellar").await);
    let id = elsewhere.posts("hi").await;
    let missing =
        ["/rooms/nowhere", "/rooms/nowhere/live", "/rooms/nowhere/older?before=5", "/rooms/nowhere/messages/1"];
    for path in missing {
        let answer = house.read(path, "text/html").await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text().contains("There is no room called “nowhere”"), "{path}: it says what is wrong");
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
async fn a_room_is_found_by_any_spelling_of_its_slug() {
    let house = House::open().await;
    let ann = house.guest(ANN, "Café 12/3 🚀").await;
    ann.posts("found").await;
    for path in
        ["/rooms/caf%C3%A9-12-3-%F0%9F%9A%80", "/rooms/CAF%C3%89%2012%2F3%20%F0%9F%9A%80", "/rooms/cafe%CC%81-12-3-🚀"]
    {
        assert!(house.read(path, "text/plain").await.text().ends_with(": found\n"), "{path}");
    }
}
