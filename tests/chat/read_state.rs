//! Read state: the messages of others count as unread until they are marked as read.

use governor::clock::FakeRelativeClock;
use taproom::config::Switch;
use taproom::web::{LimitClock, LimitedAction};

use crate::harness::{ANN, BEN, Guest, House, ROOM, ask};
use crate::staff::{GARDEN_PATH, Staffed};

/// The badge beside a room in the sidebar of `reader`: its classes and its text; `None` if the sidebar does not have the room.
pub async fn badge(reader: &Guest, room: &str) -> Option<(String, String)> {
    let page = reader.reads("/rooms", "text/html").await;
    let (_, sidebar) = page.text().split_once(r#"id="places""#).expect("a page has a sidebar");
    let (sidebar, _) = sidebar.split_once("</nav>").expect("it ends");
    let (_, item) = sidebar.split_once(&format!("href=\"{room}\""))?;
    let (item, _) = item.split_once("</a>").expect("a link ends");
    let (_, badge) = item.rsplit_once(r#"<span class="count"#).unwrap_or_else(|| panic!("it has a badge: {item}"));
    let (class, text) = badge.split_once(r#"" id="badge-"#).expect("a badge has a class and an id");
    Some((format!("count{class}"), without_tags(&format!("<span {text}"))))
}

fn without_tags(html: &str) -> String {
    html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
}

pub fn shows(badge: Option<&(String, String)>) -> (&str, &str) {
    badge.map(|(class, text)| (class.as_str(), text.as_str())).expect("the room is in the sidebar")
}

/// The numbers of unread messages and mentions in the reader's room.
pub async fn unread(reader: &Guest) -> (u64, u64) {
    let read_state = reader.reads(&format!("{}/notifications", reader.room), "application/json").await.json();
    (read_state["unread"].as_u64().unwrap(), read_state["mentions"].as_u64().unwrap())
}

pub async fn reads_to(reader: &Guest, seq: u64) {
    let answer = reader.sends(&format!("{}/read", reader.room), &[("seq", &seq.to_string())]).await;
    assert_eq!((answer.status, answer.bytes.len()), (204, 0), "{}", answer.text());
}

async fn cursor(reader: &Guest) -> String {
    reader.reads(&reader.room, "application/json").await.json()["cursor"].to_string()
}

pub async fn ann_and_ben() -> (House, Guest, Guest) {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    (house, ann, ben)
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_others_are_unread_until_marked_as_read() {
    let (_house, ann, ben) = ann_and_ben().await;
    ben.posts("before she ever read").await;
    assert_eq!(unread(&ann).await, (0, 0), "a new person has no unread messages");
    let first = ben.posts("one").await;
    reads_to(&ann, first).await;
    ben.posts("two").await;
    let last = ben.posts("three").await;
    assert_eq!(unread(&ann).await, (2, 0));
    assert_eq!(shows(badge(&ann, &ann.room).await.as_ref()), ("count", "2 unread"));
    assert_eq!(unread(&ben).await, (0, 0), "own messages are read");
    reads_to(&ann, last).await;
    assert_eq!(unread(&ann).await, (0, 0));
    assert_eq!(shows(badge(&ann, &ann.room).await.as_ref()), ("count", ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_mark_never_moves_back_and_an_equal_one_is_not_written() {
    let (_house, ann, ben) = ann_and_ben().await;
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
    assert_eq!(unread(&ann).await, (1, 0), "a mark beyond the last message does not cover later ones");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_can_be_marked_as_unread() {
    let (_house, ann, ben) = ann_and_ben().await;
    ben.posts("one").await;
    let (second, third) = (ben.posts("two").await, ben.posts("three").await);
    reads_to(&ann, third).await;
    let form = [("message", second.to_string())];
    let path = format!("{}{}/unread", ann.url, ann.room);
    let request = ann.http.post(&path).header("cookie", ann.cookie()).header("accept", "text/html").form(&form);
    let answer = ask(request).await;
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
    assert!(!ben.reads(&ben.room, "text/html").await.text().contains("new-line"), "only Ann sees it");
    for message in ["999999", "x", ""] {
        let status = ann.sends(&format!("{}/unread", ann.room), &[("message", message)]).await.status;
        assert_eq!(status, if message == "999999" { 404 } else { 422 }, "{message:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_to_the_first_unread_message_can_lead_to_another_page() {
    let (_house, ann, ben) = ann_and_ben().await;
    let first = ben.posts("the last that she has read").await;
    reads_to(&ann, first).await;
    for n in 0..60 {
        ben.posts(&format!("new {n}")).await;
    }
    let page = ann.reads(&ann.room, "text/html").await;
    let link = format!(r#"href="{}?around={first}#new">60 new messages</a>"#, ann.room);
    assert!(page.text().contains(&link) && !page.text().contains(r#"id="new""#), "{}", page.text());
    let page = ann.reads(&format!("{}?around={first}", ann.room), "text/html").await;
    let (above, below) = page.text().split_once(r#"id="new">60 new messages</li>"#).expect("a line");
    assert!(above.contains(&format!(r#"id="m{first}""#)) && below.contains("new 0"));
    assert!(
        page.text().contains(r##"href="#new" hidden"##),
        "the script shows the link while the line is out of sight"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_script_a_button_or_a_post_marks_as_read() {
    let (_house, ann, ben) = ann_and_ben().await;
    let last = ben.posts("one").await;
    let page = ann.reads(&ann.room, "text/html").await;
    let field = format!(r#"<input type="hidden" name="seq" value="{last}">"#);
    assert!(page.text().contains(&field), "{}", page.text());
    let by_form = |path: &str, form: Vec<(&'static str, String)>| {
        let request = ann.http.post(format!("{}{}/{path}", ann.url, ann.room)).header("cookie", ann.cookie());
        ask(request.header("accept", "text/html").form(&form))
    };
    let answer = by_form("read", vec![("seq", last.to_string())]).await;
    assert_eq!((answer.status, answer.header("location")), (303, ann.room.as_str()));
    assert!(!ann.reads(&ann.room, "text/html").await.text().contains(&field));

    ben.posts("two").await;
    assert_eq!(unread(&ann).await, (1, 0));
    assert_eq!(by_form("messages", vec![("body", "an answer".to_owned())]).await.status, 303);
    ben.posts("three").await;
    assert_eq!(unread(&ann).await, (1, 0), "her post marks earlier messages as read");
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_and_direct_messages_have_a_badge_for_you() {
    let (house, ann, ben) = ann_and_ben().await;
    let question = ann.posts("a question").await;
    reads_to(&ann, question).await;
    let reply = [("body", "an answer".to_owned()), ("reply_to", question.to_string())];
    let reply = reply.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>();
    assert_eq!(ben.sends(&format!("{}/messages", ben.room), &reply).await.status, 201);
    ben.posts("and more").await;
    assert_eq!(unread(&ann).await, (2, 1));
    assert_eq!(shows(badge(&ann, &ann.room).await.as_ref()), ("count for-me", "1 for you"));

    let cid = house.guest("Cid", ROOM).await;
    let mut direct_rooms = Vec::new();
    for from in [&ben, &cid] {
        let answer = from.sends("/direct", &[("names", &ann.name)]).await;
        let room = answer.header("location").to_owned();
        direct_rooms.push(Guest { room, ..from.clone() });
    }
    direct_rooms[1].posts("hello").await;
    direct_rooms[0].posts("hello").await;
    direct_rooms[0].posts("hello?").await;
    assert_eq!(shows(badge(&ann, &direct_rooms[0].room).await.as_ref()), ("count for-me", "2 for you"));
    assert_eq!(shows(badge(&ann, &direct_rooms[1].room).await.as_ref()), ("count for-me", "1 for you"));
    let positions =
        |page: &str| direct_rooms.iter().map(|room| page.find(&format!("href=\"{}\"", room.room)).unwrap()).collect();
    let order: Vec<usize> = positions(ann.reads("/rooms", "text/html").await.text());
    assert!(order[0] < order[1], "latest first");
    direct_rooms[1].posts("are you there?").await;
    let order: Vec<usize> = positions(ann.reads("/rooms", "text/html").await.text());
    assert!(order[1] < order[0]);

    let all = ann.http.post(format!("{}/read-all", ann.url)).header("cookie", ann.cookie());
    let answer = ask(all.header("accept", "text/html").form(&[("next", ann.room.as_str())])).await;
    assert_eq!((answer.status, answer.header("location")), (303, ann.room.as_str()));
    for room in [&ann.room, &direct_rooms[0].room, &direct_rooms[1].room] {
        assert_eq!(badge(&ann, room).await.unwrap().1, "", "{room}");
    }
    let before = cursor(&ann).await;
    let answer = ann.sends("/read-all", &[("next", "//evil.example")]).await;
    assert_eq!(answer.status, 204);
    assert_eq!(cursor(&ann).await, before, "nothing was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_people_who_see_a_room_have_a_read_state_and_bad_values_are_refused() {
    let Staffed { house, owner, guest, member, .. } = Staffed::open().await;
    let message = owner.posts("said").await.to_string();
    let private = owner.creates("Plans", "private", "").await;
    let archived = owner.creates("Old", "open", "").await;
    assert_eq!(owner.sends(&format!("{archived}/archive"), &[("archived", "yes")]).await.status, 200);
    let forms: [(&str, &[(&str, &str)]); 4] = [
        ("read", &[("seq", &message)]),
        ("unread", &[("message", &message)]),
        ("draft", &[("body", "x")]),
        ("notifications", &[("level", "nothing")]),
    ];
    for (action, form) in forms {
        let path = |room: &str| format!("{room}/{action}");
        let nobody = ask(house.post(&path(GARDEN_PATH)).header("accept", "application/json").form(form)).await;
        assert_eq!((nobody.status, nobody.header("content-type")), (401, "application/problem+json"), "{action}");
        assert_eq!(guest.sends(&path(&private), form).await.status, 404, "{action}");
        assert_eq!(guest.sends(&path("/rooms/nowhere"), form).await.status, 404, "{action}");
        assert_eq!(guest.sends(&path(GARDEN_PATH), form).await.status, 204, "{action}");
        let foreign = house.post(&path(GARDEN_PATH)).header("cookie", member.cookie()).form(form);
        assert_eq!(ask(foreign.header("sec-fetch-site", "cross-site")).await.status, 403, "{action}");
        if action != "unread" {
            assert_eq!(member.sends(&path(&archived), form).await.status, 204, "{action} in the archive");
        }
    }
    for action in ["read", "unread", "draft"] {
        assert_eq!(member.reads(&format!("{GARDEN_PATH}/{action}"), "text/html").await.status, 405, "{action}");
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
    assert_eq!(
        by_json(serde_json::json!({"seq": 1})).await.status,
        303,
        "without an Accept header the answer is for a page"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn marking_has_a_rate_limit_and_unchanged_marks_are_free() {
    let clock = FakeRelativeClock::default();
    let house = House::open_by(LimitClock::Fake(clock), |config| config.rate_limits = Switch::On).await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let message = ben.posts("said").await.to_string();
    let (read, unread) = (format!("{}/read", ann.room), format!("{}/unread", ann.room));
    let burst = LimitedAction::UpdateReadState.quota().person.burst;
    for _ in 0..burst / 2 {
        assert_eq!(ann.sends(&read, &[("seq", &message)]).await.status, 204);
        assert_eq!(ann.sends(&read, &[("seq", &message)]).await.status, 204);
        assert_eq!(ann.sends(&unread, &[("message", &message)]).await.status, 204);
    }
    let answer = ann.sends(&read, &[("seq", &message)]).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, "1"));
    assert_eq!(ben.sends(&unread, &[("message", &message)]).await.status, 204, "other people are not affected");
}
