//! A message looks the same to the byte wherever it is shown: on the page, in the answer to the post, among the older
//! messages and in the stream. What differs from viewer to viewer is a stylesheet of their own.

use std::collections::BTreeMap;

use crate::harness::{ANN, BEN, Guest, House, ROOM, ask};

/// Every message row in a piece of HTML, with the day line above it if one stands there, by id. Rows hold no lists, so
/// each ends at the first `</li>`.
pub fn rows_in(html: &str) -> BTreeMap<u64, String> {
    let (mut rows, mut day, mut rest) = (BTreeMap::new(), String::new(), html);
    while let Some(start) = rest.find("<li ") {
        let end = start + rest[start..].find("</li>").expect("every row ends") + "</li>".len();
        let (row, after) = (&rest[start..end], &rest[end..]);
        match crate::rooms::ids_in(row).first() {
            Some(&id) => drop(rows.insert(id, std::mem::take(&mut day) + row)),
            None if row.contains("class=\"day\"") => day = row.to_owned(),
            None => day.clear(),
        }
        rest = after;
    }
    rows
}

/// The same, without the day lines: the first row of a page has its day above it even if it does not open it.
pub fn without_days(rows: BTreeMap<u64, String>) -> BTreeMap<u64, String> {
    rows.into_iter().map(|(id, row)| (id, row[row.rfind("<li ").unwrap()..].to_owned())).collect()
}

async fn posts_by_htmx(guest: &Guest, text: &str) -> BTreeMap<u64, String> {
    rows_in(ask(guest.post().header("hx-request", "true").form(&[("body", text)])).await.text())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_has_the_same_bytes_wherever_and_to_whomever_it_is_shown() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let (mut anns, mut nobodys) = (ann.listen("").await, house.listen(&ann.room, "as=html").await);
    let texts = ["first of the day", "and on", "<img src=x onerror=alert(1)>", "a\n\nb\nhttps://a.example/", "\tx  y"];
    let mut answered = BTreeMap::new();
    for (n, text) in texts.into_iter().enumerate() {
        answered.extend(posts_by_htmx(if n < 3 { &ann } else { &ben }, text).await);
    }
    assert_eq!(answered.len(), texts.len());
    assert!(answered.values().next().unwrap().starts_with("<li class=\"day\">"), "the first opens its day");

    let (mut to_ann, mut to_nobody) = (BTreeMap::new(), BTreeMap::new());
    for _ in texts {
        to_ann.extend(rows_in(&anns.hears().await.data));
        to_nobody.extend(rows_in(&nobodys.hears().await.data));
    }
    assert_eq!((&to_ann, &to_nobody), (&answered, &answered), "in the stream");

    let page = ask(house.get(&ann.room).header("cookie", ben.cookie())).await;
    assert_eq!(rows_in(page.text()), answered, "on the page of another");
    assert_eq!(rows_in(house.read(&ann.room, "*/*").await.text()), answered, "on the page of a stranger");
    let mut again = house.listen(&ann.room, "after=0").await;
    let mut caught_up = BTreeMap::new();
    for _ in texts {
        caught_up.extend(rows_in(&again.hears().await.data));
    }
    assert_eq!(caught_up, answered, "to whoever catches up");

    let older = house.read(&format!("{}/older?before={}", ann.room, u64::MAX), "*/*").await;
    assert_eq!(rows_in(older.text()), answered, "among the older messages");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_starts_in_the_middle_of_a_day_still_names_it() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let mut rows = BTreeMap::new();
    for n in 0..4 {
        rows.extend(posts_by_htmx(&ann, &format!("message {n}")).await);
    }
    let ids: Vec<u64> = rows.keys().copied().collect();
    let page = rows_in(house.read(&format!("{}?after={}", ann.room, ids[0]), "text/html").await.text());
    assert!(page[&ids[1]].starts_with("<li class=\"day\">"), "the first row of a page has its day above it");
    rows.remove(&ids[0]);
    assert_eq!(without_days(page), without_days(rows));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_differs_per_viewer_is_a_stylesheet_of_their_own() {
    let house = House::open().await;
    let _opener = house.guest(BEN, ROOM).await; // who keeps order in it, and has another address
    let ann = house.guest(ANN, ROOM).await;
    let row = posts_by_htmx(&ann, "mine").await.into_values().next().unwrap();
    let number = row.split_once("data-author=\"").unwrap().1.split_once('"').unwrap().0;
    let page = ask(house.get(&ann.room).header("cookie", ann.cookie())).await;
    let address = format!("/me.css?v={number}.2");
    assert!(page.text().contains(&format!(r#"<link rel="stylesheet" href="{address}">"#)));

    let sheet = ask(house.get(&address).header("cookie", ann.cookie())).await;
    assert_eq!((sheet.status, sheet.header("content-type")), (200, "text/css; charset=utf-8"));
    assert_eq!(sheet.header("cache-control"), "private, max-age=31536000, immutable");
    assert!(sheet.header("vary").contains("Cookie"));
    let contract = format!(
        "[data-author=\"{number}\"] {{ --own: flex; --author: var(--accent-text) }}\n\
         [data-mentions~=\"{number}\"], [data-mentions~=\"all\"] {{ --message-ground: var(--for-me); \
         --message-edge: var(--accent) }}\n\
         .mention[data-user=\"{number}\"] {{ --mention-ground: color-mix(in oklch, var(--accent) 22%, transparent) }}\n\
         .reaction[data-reactors~=\"{number}\"] {{ --pill-add: none; --pill-remove: inline-flex; \
         --pill-ground: var(--for-me); --pill-edge: var(--accent-edge); --pill-ink: var(--accent-text) }}\n"
    );
    assert_eq!(sheet.text(), contract);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stylesheet_is_kept_only_by_whom_it_is_for() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    for (request, empty) in [
        (house.get("/me.css"), true),
        (house.get("/me.css?v=1"), true),
        (house.get("/me.css?v=999.2").header("cookie", ann.cookie()), false),
        (house.get("/me.css?v=2").header("cookie", ann.cookie()), false),
        (house.get("/me.css").header("cookie", ann.cookie()), false),
    ] {
        let sheet = ask(request).await;
        assert_eq!((sheet.status, sheet.header("content-type")), (200, "text/css; charset=utf-8"));
        assert_eq!((sheet.header("cache-control"), sheet.text().is_empty()), ("private, no-cache", empty));
    }
}
