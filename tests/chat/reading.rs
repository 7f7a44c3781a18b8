//! How far somebody has read: what others say is counted for them until they say that they have read it.

use governor::clock::FakeRelativeClock;
use taproom::config::Switch;
use taproom::web::{LimitClock, LimitedAction};

use crate::harness::{ANN, BEN, Guest, House, ROOM, ask};
use crate::staff::{GARDEN_PATH, Staffed};

/// What the list of rooms shows beside the room at this path: the classes of the badge, and its words; nothing if the room
/// is not in the list.
pub async fn badge(reader: &Guest, room: &str) -> Option<(String, String)> {
    let page = reader.reads("/rooms", "text/html").await;
    let (_, places) = page.text().split_once(r#"id="places""#).expect("a page has its places");
    let (places, _) = places.split_once("</nav>").expect("they end");
    let (_, place) = places.split_once(&format!("href=\"{room}\""))?;
    let (place, _) = place.split_once("</a>").expect("a link ends");
    let (_, badge) = place.rsplit_once(r#"<span class="count"#).unwrap_or_else(|| panic!("it has a badge: {place}"));
    let (class, words) = badge.split_once(r#"" id="badge-"#).expect("a badge has a class and an id");
    Some((format!("count{class}"), without_tags(&format!("<span {words}"))))
}

fn without_tags(html: &str) -> String {
    html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
}

pub fn shows(badge: Option<&(String, String)>) -> (&str, &str) {
    badge.map(|(class, words)| (class.as_str(), words.as_str())).expect("the room is in the list")
}

/// How much somebody has not read there, and how much of it speaks to them.
pub async fn unread(reader: &Guest) -> (u64, u64) {
    let reading = reader.reads(&format!("{}/notifications", reader.room), "application/json").await.json();
    (reading["unread"].as_u64().unwrap(), reading["mentions"].as_u64().unwrap())
}

pub async fn reads_to(reader: &Guest, seq: u64) {
    let answer = reader.sends(&format!("{}/read", reader.room), &[("seq", &seq.to_string())]).await;
    assert_eq!((answer.status, answer.bytes.len()), (204, 0), "{}", answer.text());
}

async fn cursor(reader: &Guest) -> String {
    reader.reads(&reader.room, "application/json").await.json()["cursor"].to_string()
}

pub async fn talk() -> (House, Guest, Guest) {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    (house, ann, ben)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_say_is_counted_until_it_is_read() {
    let (_house, ann, ben) = talk().await;
    ben.posts("before she ever read").await;
    assert_eq!(unread(&ann).await, (0, 0), "an old room does not come down on whoever comes new");
    let first = ben.posts("one").await;
    reads_to(&ann, first).await;
    ben.posts("two").await;
    let last = ben.posts("three").await;
    assert_eq!(unread(&ann).await, (2, 0));
    assert_eq!(shows(badge(&ann, &ann.room).await.as_ref()), ("count", "2 unread"));
    assert_eq!(unread(&ben).await, (0, 0), "one has read what one says");
    reads_to(&ann, last).await;
    assert_eq!(unread(&ann).await, (0, 0));
    assert_eq!(shows(badge(&ann, &ann.room).await.as_ref()), ("count", ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_that_moves_nothing_is_not_written_and_none_goes_back() {
    let (_house, ann, ben) = talk().await;
    let (first, second) = (ben.posts("one").await, ben.posts("two").await);
    reads_to(&ann, second).await;
    let before = cursor(&ann).await;
    for seq in [second, first, 0, second + 1_000, u64::MAX] {
        reads_to(&ann, seq).await;
    }
    for path in ["", "/notifications", "?around=1"] {
        ann.reads(&format!("{}{path}", ann.room), "text/html").await;
    }
    assert_eq!(cursor(&ann).await, before, "nothing was written");
    assert_eq!(unread(&ann).await, (0, 0));
    ben.posts("three").await;
    assert_eq!(unread(&ann).await, (1, 0), "nobody has read what was not said yet");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_can_be_marked_as_unread_from_a_message_on() {
    let (_house, ann, ben) = talk().await;
    ben.posts("one").await;
    let (second, third) = (ben.posts("two").await, ben.posts("three").await);
    reads_to(&ann, third).await;
    let form = [("message", second.to_string())];
    let path = format!("{}{}/unread", ann.url, ann.room);
    let asked = ann.http.post(&path).header("cookie", ann.cookie()).header("accept", "text/html").form(&form);
    let answer = ask(asked).await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), format!("{}?around={second}&unread=#new", ann.room));
    assert_eq!(unread(&ann).await, (2, 0));
    let page = ann.reads(&format!("{}?around={second}&unread=", ann.room), "text/html").await;
    let (_, below) = page.text().split_once(r#"<li class="new-line" id="new">2 new messages</li>"#).expect("a line");
    assert!(below.trim_start().starts_with(&format!("<li class=\"message follows\" id=\"m{second}\"")), "{below}");
    for shape in ["", "?as=menu"] {
        let menu = ann.reads(&format!("{}/messages/{second}/actions{shape}", ann.room), "text/html").await;
        let form = format!(
            r#"<form method="post" action="{}/unread"><input type="hidden" name="message" value="{second}">"#,
            ann.room
        );
        assert!(menu.text().contains(&form), "{}", menu.text());
    }
    assert!(!ben.reads(&ben.room, "text/html").await.text().contains("new-line"), "it is hers alone");
    for wrong in ["999999", "x", ""] {
        let status = ann.sends(&format!("{}/unread", ann.room), &[("message", wrong)]).await.status;
        assert_eq!(status, if wrong == "999999" { 404 } else { 422 }, "{wrong:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_to_the_first_unread_leads_to_another_page_where_it_is_not_on_this_one() {
    let (_house, ann, ben) = talk().await;
    let first = ben.posts("the last that she has read").await;
    reads_to(&ann, first).await;
    for n in 0..60 {
        ben.posts(&format!("new {n}")).await;
    }
    let page = ann.reads(&ann.room, "text/html").await;
    let way = format!(r#"href="{}?around={first}#new">60 new messages</a>"#, ann.room);
    assert!(page.text().contains(&way) && !page.text().contains(r#"id="new""#), "{}", page.text());
    let page = ann.reads(&format!("{}?around={first}", ann.room), "text/html").await;
    let (above, below) = page.text().split_once(r#"id="new">60 new messages</li>"#).expect("a line");
    assert!(above.contains(&format!(r#"id="m{first}""#)) && below.contains("new 0"));
    assert!(page.text().contains(r##"href="#new" hidden"##), "the script shows the way when it is out of sight");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_script_a_button_marks_as_read_and_so_does_a_post() {
    let (_house, ann, ben) = talk().await;
    let last = ben.posts("one").await;
    let page = ann.reads(&ann.room, "text/html").await;
    let field = format!(r#"<input type="hidden" name="seq" value="{last}">"#);
    assert!(page.text().contains(&field), "{}", page.text());
    let by_form = |path: &str, form: Vec<(&'static str, String)>| {
        let asked = ann.http.post(format!("{}{}/{path}", ann.url, ann.room)).header("cookie", ann.cookie());
        ask(asked.header("accept", "text/html").form(&form))
    };
    let answer = by_form("read", vec![("seq", last.to_string())]).await;
    assert_eq!((answer.status, answer.header("location")), (303, ann.room.as_str()));
    assert!(!ann.reads(&ann.room, "text/html").await.text().contains(&field));

    ben.posts("two").await;
    assert_eq!(unread(&ann).await, (1, 0));
    assert_eq!(by_form("messages", vec![("body", "an answer".to_owned())]).await.status, 303);
    ben.posts("three").await;
    assert_eq!(unread(&ann).await, (1, 0), "what was said before her answer is read");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_answers_somebody_is_for_them_and_so_is_what_is_said_to_them_alone() {
    let (house, ann, ben) = talk().await;
    let hers = ann.posts("a question").await;
    reads_to(&ann, hers).await;
    let reply = [("body", "an answer".to_owned()), ("reply_to", hers.to_string())];
    let reply = reply.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>();
    assert_eq!(ben.sends(&format!("{}/messages", ben.room), &reply).await.status, 201);
    ben.posts("and more").await;
    assert_eq!(unread(&ann).await, (2, 1));
    assert_eq!(shows(badge(&ann, &ann.room).await.as_ref()), ("count for-me", "1 for you"));

    let cid = house.guest("Cid", ROOM).await;
    let mut talks = Vec::new();
    for from in [&ben, &cid] {
        let answer = from.sends("/direct", &[("names", &ann.name)]).await;
        let room = answer.header("location").to_owned();
        talks.push(Guest { room, ..from.clone() });
    }
    talks[1].posts("hello").await;
    talks[0].posts("hello").await;
    talks[0].posts("hello?").await;
    assert_eq!(shows(badge(&ann, &talks[0].room).await.as_ref()), ("count for-me", "2 for you"));
    assert_eq!(shows(badge(&ann, &talks[1].room).await.as_ref()), ("count for-me", "1 for you"));
    let places = |page: &str| talks.iter().map(|talk| page.find(&format!("href=\"{}\"", talk.room)).unwrap()).collect();
    let order: Vec<usize> = places(ann.reads("/rooms", "text/html").await.text());
    assert!(order[0] < order[1], "latest first");
    talks[1].posts("are you there?").await;
    let order: Vec<usize> = places(ann.reads("/rooms", "text/html").await.text());
    assert!(order[1] < order[0]);

    let all = ann.http.post(format!("{}/read-all", ann.url)).header("cookie", ann.cookie());
    let answer = ask(all.header("accept", "text/html").form(&[("next", ann.room.as_str())])).await;
    assert_eq!((answer.status, answer.header("location")), (303, ann.room.as_str()));
    for room in [&ann.room, &talks[0].room, &talks[1].room] {
        assert_eq!(badge(&ann, room).await.unwrap().1, "", "{room}");
    }
    let before = cursor(&ann).await;
    let answer = ann.sends("/read-all", &[("next", "//evil.example")]).await;
    assert_eq!(answer.status, 204);
    assert_eq!(cursor(&ann).await, before, "nothing was left to write");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_sees_a_room_reads_it_and_nonsense_is_refused() {
    let Staffed { house, owner, guest, member, .. } = Staffed::open().await;
    let said = owner.posts("said").await.to_string();
    let closed = owner.creates("Plans", "private", "").await;
    let archived = owner.creates("Old", "open", "").await;
    assert_eq!(owner.sends(&format!("{archived}/archive"), &[("archived", "yes")]).await.status, 200);
    let forms: [(&str, &[(&str, &str)]); 4] = [
        ("read", &[("seq", &said)]),
        ("unread", &[("message", &said)]),
        ("draft", &[("body", "x")]),
        ("level", &[("level", "nothing")]),
    ];
    for (what, form) in forms {
        let path = |room: &str| format!("{room}/{what}");
        let nobody = ask(house.post(&path(GARDEN_PATH)).header("accept", "application/json").form(form)).await;
        assert_eq!((nobody.status, nobody.header("content-type")), (401, "application/problem+json"), "{what}");
        assert_eq!(guest.sends(&path(&closed), form).await.status, 404, "{what}");
        assert_eq!(guest.sends(&path("/rooms/nowhere"), form).await.status, 404, "{what}");
        assert_eq!(guest.sends(&path(GARDEN_PATH), form).await.status, 204, "{what}");
        let foreign = house.post(&path(GARDEN_PATH)).header("cookie", member.cookie()).form(form);
        assert_eq!(ask(foreign.header("sec-fetch-site", "cross-site")).await.status, 403, "{what}");
        if what != "unread" {
            assert_eq!(member.sends(&path(&archived), form).await.status, 204, "{what} in the archive");
        }
    }
    for what in ["read", "unread", "draft"] {
        assert_eq!(member.reads(&format!("{GARDEN_PATH}/{what}"), "text/html").await.status, 405, "{what}");
    }
    assert_eq!(ask(house.post("/read-all").header("accept", "application/json")).await.status, 401);
    for seq in ["", "x", "-1", "1.5", "99999999999999999999", "1 2", "<b>"] {
        let answer = guest.sends(&format!("{GARDEN_PATH}/read"), &[("seq", seq)]).await;
        assert_eq!((answer.status, answer.text().contains("“seq”")), (422, true), "{seq:?}");
    }
    let twice = guest.sends(&format!("{GARDEN_PATH}/read"), &[("seq", "1"), ("seq", "2")]).await;
    assert_eq!(twice.status, 422);
    let path = format!("{}{GARDEN_PATH}/read", guest.url);
    let by_json = |value: serde_json::Value| ask(guest.http.post(&path).bearer_auth(&guest.token).json(&value));
    assert_eq!(by_json(serde_json::json!({"seq": {"a": 1}})).await.status, 422);
    assert_eq!(by_json(serde_json::json!({"seq": 1})).await.status, 303, "whoever names no form gets a page");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_marks_too_fast_is_told_to_wait_and_what_changes_nothing_costs_nothing() {
    let clock = FakeRelativeClock::default();
    let house = House::open_by(LimitClock::Fake(clock), |config| config.rate_limits = Switch::On).await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let said = ben.posts("said").await.to_string();
    let (read, unread) = (format!("{}/read", ann.room), format!("{}/unread", ann.room));
    let burst = LimitedAction::UpdateReadState.quota().person.burst;
    for _ in 0..burst / 2 {
        assert_eq!(ann.sends(&read, &[("seq", &said)]).await.status, 204);
        assert_eq!(ann.sends(&read, &[("seq", &said)]).await.status, 204);
        assert_eq!(ann.sends(&unread, &[("message", &said)]).await.status, 204);
    }
    let answer = ann.sends(&read, &[("seq", &said)]).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, "1"));
    assert_eq!(ben.sends(&unread, &[("message", &said)]).await.status, 204, "others are not held up");
}
