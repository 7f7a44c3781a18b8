//! Day pages: the messages of each day, the days around it, and days without messages.

use serde_json::{Value, json};
use taproom::domain::{Day, Timestamp};
use taproom::live::ReplayLimits;

use crate::harness::{ANN, Answer, BEN, Guest, House, ROOM, ask, escaped};
use crate::past::{DAY, Past, now, store};

/// Days since 1970 that have messages, and how many.
const MESSAGE_DAYS: [(u64, usize); 3] = [(20_000, 2), (20_010, 120), (20_011, 2)];

/// A server with messages in Ann's room on these days and in another room on all days around, and Ann.
async fn open() -> (House, Guest) {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path());
    let start = Timestamp(19_990 * DAY);
    let (ann, ben) = (Past::enters(&store, start, ANN, ROOM), Past::enters(&store, start, BEN, "Cellar"));
    for day in 19_990..20_020 {
        ben.says(&store, Timestamp(day * DAY), "elsewhere", 1);
        let Some((_, count)) = MESSAGE_DAYS.iter().find(|(with_messages, _)| *with_messages == day) else { continue };
        // The first and the last millisecond of the day belong to it.
        ann.says(&store, Timestamp(day * DAY), &format!("<i>day {day}"), count - count / 2);
        ann.says(&store, Timestamp((day + 1) * DAY - 1), &format!("late on {day}"), count / 2);
        ben.says(&store, Timestamp((day + 1) * DAY - 1), "elsewhere", 3);
    }
    drop(store);
    let house = House::open_on(directory, ReplayLimits::default()).await;
    let ann = ann.guest(&house);
    (house, ann)
}

fn date(day: u64) -> String {
    Day::containing(Timestamp(day * DAY)).to_string()
}

/// A day as JSON.
async fn day_json(house: &House, room: &str, rest: &str) -> Value {
    let answer = house.read(&format!("{room}/days/{rest}"), "application/json").await;
    assert_eq!(answer.status, 200, "{rest}: {}", answer.text());
    answer.json()
}

fn bodies(day: &Value) -> Vec<&str> {
    day["messages"].as_array().unwrap().iter().map(|message| message["body"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_message_is_on_its_day_and_days_lead_to_the_next_with_messages() {
    let (house, ann) = open().await;
    let (mut at, mut found) = (date(MESSAGE_DAYS[0].0), Vec::new());
    for (n, (day, count)) in MESSAGE_DAYS.iter().enumerate() {
        assert_eq!(at, date(*day), "each day leads to the next");
        let (mut query, mut ids) = (String::new(), Vec::new());
        loop {
            let page = day_json(&house, &ann.room, &format!("{at}{query}")).await;
            assert!(bodies(&page).len() <= 50, "a page has at most fifty messages");
            assert_eq!(page["older"] == true, !query.is_empty(), "all pages but the first have older messages");
            ids.extend(page["messages"].as_array().unwrap().iter().map(|m| m["id"].as_u64().unwrap()));
            let neighbour = |n: Option<usize>| n.and_then(|n| MESSAGE_DAYS.get(n)).map(|(day, _)| date(*day));
            assert_eq!(page["previous"], json!(neighbour(n.checked_sub(1))));
            assert_eq!(page["next"], json!(neighbour(Some(n + 1))));
            query = format!("?after={}", ids.last().unwrap());
            if page["newer"] == false {
                at = page["next"].as_str().unwrap_or("the end").to_owned();
                break;
            }
        }
        assert_eq!(ids.len(), *count, "on {}", date(*day));
        found.extend(ids);
    }
    assert_eq!(at, "the end");
    let all: Vec<u64> = house.history(&ann.room).await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(found, all, "each once, in order");
    let last = day_json(&house, &ann.room, &format!("{}?before={}", date(20_010), found[101])).await;
    let ids: Vec<u64> = last["messages"].as_array().unwrap().iter().map(|m| m["id"].as_u64().unwrap()).collect();
    assert_eq!((ids, &last["older"], &last["newer"]), (found[51..101].to_vec(), &json!(true), &json!(true)));
    let beyond = day_json(&house, &ann.room, &format!("{}?after=99999999", date(20_010))).await;
    assert_eq!(bodies(&beyond)[0], "<i>day 20010 0", "a window past the end shows the beginning");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_a_page_or_lines_with_links_to_its_neighbours() {
    let (house, ann) = open().await;
    let (path, name) = (format!("{}/days/{}", ann.room, date(20_010)), escaped("<i>day 20010 0"));
    let page = house.read(&path, "text/html").await;
    let text = page.text();
    assert!(text.contains("<time datetime=\"2024-10-14\">Monday, 14 October 2024</time>, UTC"), "{text}");
    assert!(text.contains(&name) && !text.contains("<i>day"), "text is shown as it was written");
    let first = format!("{}/days/{}", ann.room, date(20_000));
    assert!(text.contains(&format!("rel=\"prev\" href=\"{first}\"")), "{text}");
    assert!(text.contains("Later on this day") && !text.contains("Earlier on this day"));
    assert_eq!(text.matches("class=\"message").count() - text.matches("class=\"message-").count(), 50);
    let (prev, next) = page.header("link").split_once(", ").unwrap();
    assert_eq!(prev, format!("<{first}>; rel=\"prev\""));
    let next = next.strip_prefix('<').and_then(|next| next.strip_suffix(">; rel=\"next\"")).unwrap();
    let lines = house.read(next, "text/plain").await;
    assert_eq!(lines.text().lines().count(), 50);
    assert!(lines.text().starts_with(&format!("{} 00:00Z {ANN}: <i>day 20010 50\n", date(20_010))), "{}", lines.text());
    assert!(page.header("cache-control").contains("private") && page.header("x-robots-tag") == "noindex");
    let room = house.read(&ann.room, "text/html").await;
    assert!(room.text().contains(&format!("<li class=\"day\"><a href=\"{}/days/{}\">", ann.room, date(20_011))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_without_messages_links_to_the_days_around_it() {
    let (house, ann) = open().await;
    let today = now().0 / DAY;
    for (day, text, around) in [
        (date(20_005), "No messages on this day.", [true, true]),
        (date(1), "No messages on this day", [false, true]),
        ("1969-12-31".to_owned(), "No messages on this day", [false, true]),
        ("0000-01-01".to_owned(), "No messages on this day", [false, true]),
        (date(today), "No messages on this day", [true, false]),
        (date(today + 30), "This day is in the future.", [true, false]),
        ("9999-12-31".to_owned(), "This day is in the future.", [true, false]),
    ] {
        let page = house.read(&format!("{}/days/{day}", ann.room), "text/html").await;
        assert_eq!(page.status, 200, "{day}");
        assert!(page.text().contains(text), "{day}: {}", page.text());
        let links = ["rel=\"prev\"", "rel=\"next\""].map(|link| page.text().contains(link));
        assert_eq!(links, around, "{day}");
        assert_eq!(
            page.text().matches("rel=\"next\"").count(),
            usize::from(around[1]),
            "an empty day has one list of links"
        );
    }
    let empty = house.guest("Cid", "Attic").await;
    let page = house.read(&format!("{}/days/{}", empty.room, date(20_010)), "text/html").await;
    assert!(page.text().contains("No messages in this room yet."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_leads_to_its_day_and_an_invalid_date_answers_404() {
    let (house, ann) = open().await;
    let open_date = async |query: &str| house.read(&format!("{}/days{query}", ann.room), "text/html").await;
    let assert_leads_to = |answer: &Answer, day: u64| {
        assert_eq!(answer.status, 303);
        assert_eq!(answer.header("location"), format!("{}/days/{}", ann.room, date(day)));
    };
    assert_leads_to(&open_date(&format!("?date={}", date(20_005))).await, 20_005);
    assert_leads_to(&open_date(&format!("?date=+{}%20", date(20_005)).replace('+', "%20")).await, 20_005);
    assert_leads_to(&open_date("").await, 20_011);
    for date in ["", "yesterday", "2026-02-30", "2026-1-1", "2026-11-22T00:00:00Z", "%FF%00", "1e9-01-01"] {
        for path in [format!("{}/days?date={date}", ann.room), format!("{}/days/{date}", ann.room)] {
            let status = house.read(&path, "application/json").await.status;
            assert_eq!(status, 404, "{path}");
        }
    }
    let bad = house.read(&format!("{}/days/{}?before=x", ann.room, date(20_010)), "application/json").await;
    assert_eq!(bad.status, house.read(&format!("{}?before=x", ann.room), "application/json").await.status);
    assert_eq!(ask(house.post(&format!("{}/days/{}", ann.room, date(20_010)))).await.status, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn newer_fragments_lead_to_the_present_and_the_last_has_the_stream() {
    let (house, ann) = open().await;
    let ids: Vec<u64> = house.history(&ann.room).await.into_iter().map(|(id, _)| id).collect();
    let cursor = house.read(&ann.room, "application/json").await.json()["cursor"].as_str().unwrap().to_owned();
    let posted_since = house.guest("Cid", ROOM).await.posts("posted since").await;
    let newer = async |after: u64| {
        house.read(&format!("{}/newer?after={after}&since={cursor}", ann.room), "text/html").await.text().to_owned()
    };
    let first = newer(ids[0]).await;
    assert!(first.contains(&format!("/newer?after={}&amp;since={cursor}", ids[50])), "{first}");
    assert!(!first.contains("hx-sse:connect"), "there is more");
    assert!(!first.contains(&format!("id=\"m{}\"", ids[0])) && first.contains(&format!("id=\"m{}\"", ids[1])));
    for (after, shows_last) in [(ids[ids.len() - 2], true), (posted_since, false)] {
        let last = newer(after).await;
        assert!(last.contains(&format!("hx-sse:connect=\"{}/live?after={cursor}\"", ann.room)), "{last}");
        assert_eq!(last.contains(&format!("id=\"m{posted_since}\"")), shows_last);
        assert!(!last.contains("id=\"newer\""));
    }
    for query in ["", "?after=1", "?since=1", "?after=x&since=1", "?after=1&since=x"] {
        let bad = house.read(&format!("{}/newer{query}", ann.room), "text/html").await;
        assert_eq!(
            bad.status,
            house.read(&format!("{}/older?before=x", ann.room), "text/html").await.status,
            "{query}"
        );
    }
}
