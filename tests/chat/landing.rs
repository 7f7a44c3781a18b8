//! The landing page: joining a room by its form, in every format of answer, and what it refuses.

use crate::harness::{ANN, Answer, BEN, House, ROOM, ask, escaped};
use crate::terminal::{self, Watch};

async fn join(house: &House, accept: &str, room: &str, name: &str) -> Answer {
    ask(house.post("/join").header("accept", accept).form(&[("room", room), ("name", name)])).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_landing_page_shows_two_fields_and_the_rooms() {
    let house = House::open().await;
    house.guest(ANN, ROOM).await;
    for accept in ["text/html", "*/*"] {
        let landing = house.read("/", accept).await;
        assert_eq!((landing.status, landing.header("content-type")), (200, "text/html; charset=utf-8"));
        for part in [
            r#"<form class="enter" method="post" action="/join""#,
            r#"<input id="room" name="room" required"#,
            r#"<input id="name" name="name" required"#,
            r#"<a href="/rooms/caf%C3%A9-12-3-%F0%9F%9A%80-%3Ci%3E">"#,
            &escaped(ROOM),
            "quiet",
            "just now",
        ] {
            assert!(landing.text().contains(part), "{part} is on the landing page");
        }
        assert!(!landing.text().contains("<i>"), "a room's name is escaped");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_by_form_sets_a_cookie_and_redirects_to_the_room() {
    let house = House::open().await;
    let answer = join(&house, "text/html,*/*;q=0.8", ROOM, ANN).await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), "/rooms/caf%C3%A9-12-3-%F0%9F%9A%80-%3Ci%3E");
    assert_eq!(answer.header("cache-control"), "no-store");

    let (token, attributes) = answer.header("set-cookie").split_once("; ").unwrap();
    let token = token.strip_prefix("taproom=").unwrap();
    assert_eq!(token.len(), 43, "256 bits in base64url");
    let mut attributes: Vec<&str> = attributes.split("; ").collect();
    attributes.sort_unstable();
    assert_eq!(attributes, ["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Lax"]);

    let room = ask(house.get(answer.header("location")).header("cookie", format!("taproom={token}"))).await;
    assert!(room.text().contains(r#"id="composer""#), "a guest can post");
    assert!(room.header("set-cookie").contains("Max-Age=2592000"), "every page renews the cookie for 30 days");
}

#[tokio::test(flavor = "multi_thread")]
async fn over_https_the_session_cookie_is_secure_and_works() {
    let house = House::open().await;
    let origin = format!("https://{}", house.host());
    let form = house.post("/join").header("origin", origin).header("accept", "text/html");
    let answer = ask(form.form(&[("room", ROOM), ("name", ANN)])).await;
    let (cookie, attributes) = answer.header("set-cookie").split_once("; ").unwrap();
    assert!(cookie.starts_with("__Host-taproom="));
    assert!(attributes.split("; ").any(|attribute| attribute == "Secure"));
    let landing = ask(house.get("/").header("cookie", cookie)).await;
    assert!(landing.text().contains(&escaped(ANN)), "the page greets the signed-in visitor");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_gets_a_token_and_three_working_commands() {
    let house = House::open().await;
    let answer = join(&house, "text/plain", ROOM, ANN).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/plain; charset=utf-8"));
    let lines: Vec<&str> = answer.text().lines().filter(|line| !line.is_empty()).collect();
    let [token, listen, post, read] = lines[..] else { panic!("a token and three commands: {lines:?}") };
    assert_eq!(token.len(), 43);
    assert!(post.contains(token), "the command that posts is ready to use");

    let mut watch = Watch::start(listen).await;
    watch.prints("listening").await;
    assert!(terminal::run(post).await.ends_with(&format!("{ANN}: Hello\n")));
    watch.prints(&format!("{ANN}: Hello")).await;
    assert!(terminal::run(read).await.ends_with(&format!("{ANN}: Hello\n")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_gets_its_token_as_json() {
    let house = House::open().await;
    let joined = join(&house, "application/json", ROOM, ANN).await;
    assert_eq!((joined.status, joined.header("cache-control")), (200, "no-store"));
    let (cookie, joined) = (joined.header("set-cookie").to_owned(), joined.json());
    assert_eq!(joined["name"], ANN);
    assert_eq!(joined["room"], "café-12-3-🚀-<i>");
    assert_eq!(joined["url"], "/rooms/caf%C3%A9-12-3-%F0%9F%9A%80-%3Ci%3E");
    let token = joined["token"].as_str().unwrap();
    assert!(cookie.starts_with(&format!("taproom={token};")), "the cookie holds the same token");
    assert_eq!(joined.as_object().map(serde_json::Map::len), Some(4));
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_accepts_json() {
    let house = House::open().await;
    let form = house.post("/join").json(&serde_json::json!({ "room": ROOM, "name": ANN }));
    assert_eq!(ask(form.header("accept", "application/json")).await.json()["name"], ANN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_name_is_refused_in_any_case_and_width() {
    let house = House::open().await;
    house.guest("Ann Lee", ROOM).await;
    for name in ["Ann Lee", "ANN LEE", "  ann \u{a0} lee ", "Ａｎｎ Ｌｅｅ", "A\u{200b}nn Lee", "An\u{200d}n Lee"]
    {
        let answer = join(&house, "application/json", ROOM, name).await;
        assert_eq!((answer.status, answer.header("content-type")), (409, "application/problem+json"), "{name}");
        assert!(!answer.has("set-cookie"), "{name} sets no cookie");
    }
    assert_eq!(join(&house, "application/json", ROOM, "Anne Lee").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_shows_that_a_name_is_taken_and_keeps_what_was_typed() {
    let house = House::open().await;
    house.guest(ANN, ROOM).await;
    let page = join(&house, "text/html", r#"a "room" & <b>more"#, ANN).await;
    assert_eq!((page.status, page.header("content-type")), (409, "text/html; charset=utf-8"));
    assert!(page.text().contains(r#"value="a &quot;room&quot; &amp; &lt;b&gt;more""#), "the form keeps the room");
    assert!(page.text().contains(&format!(r#"value="{}""#, escaped(ANN))), "the form keeps the name");
    assert!(page.text().contains(r#"aria-invalid="true" aria-describedby="name-error""#));
    assert!(!page.text().contains("room-error"), "the room has no error");
    assert!(page.text().contains(&format!("The name {} is taken.", escaped(ANN))));
    assert!(!page.text().contains("<b>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn blank_and_too_long_values_are_refused_beside_their_field() {
    let house = House::open().await;
    let (long_name, long_room) = ("n".repeat(33), "r".repeat(81));
    for (room, name, field) in [
        (ROOM, "", "name"),
        (ROOM, " \u{200b}\u{202e} ", "name"),
        (ROOM, long_name.as_str(), "name"),
        ("", ANN, "room"),
        (" / . ", ANN, "room"),
        (long_room.as_str(), ANN, "room"),
    ] {
        let page = join(&house, "text/html", room, name).await;
        assert_eq!(page.status, 422, "{room:?} {name:?}");
        let error = format!(r#"aria-invalid="true" aria-describedby="{field}-error""#);
        assert_eq!(page.text().matches(&error).count(), 1, "{room:?} {name:?}");
        for typed in [room, name].into_iter().filter(|typed| !typed.is_empty()) {
            assert!(page.text().contains(&format!(r#"value="{}""#, escaped(typed))), "the form keeps {typed:?}");
        }
        let refused = join(&house, "application/json", room, name).await;
        assert_eq!((refused.status, refused.header("content-type")), (422, "application/problem+json"));
    }
    assert!(!house.read("/", "text/html").await.text().contains("<h2 id=\"open\">"), "no room was created");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_in_visitor_needs_only_the_room() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let landing = ask(house.get("/").header("cookie", ann.cookie())).await;
    assert!(landing.text().contains(&format!("Welcome back, <bdi>{}</bdi>.", escaped(ANN))));
    assert!(!landing.text().contains(r#"name="name""#), "the form has only the room");

    let join = |room: &'static str| house.post("/join").header("cookie", ann.cookie()).form(&[("room", room)]);
    let answer = ask(join("Cellar").header("accept", "text/html")).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/rooms/cellar"));
    assert_eq!(ask(join(ROOM)).await.header("location"), ann.room, "an existing room works too");
    let token = ask(house.post("/join").bearer_auth(&ann.token).json(&serde_json::json!({ "room": "Attic" }))).await;
    assert_eq!(token.header("location"), "/rooms/attic", "a token works too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_can_join_again_with_their_own_name() {
    let house = House::open().await;
    let ann = house.guest("Ann", ROOM).await;
    let form = house.post("/join").header("cookie", ann.cookie()).header("accept", "application/json");
    let again = ask(form.form(&[("room", "cellar"), ("name", "ＡＮＮ")])).await;
    assert_eq!(again.status, 200);
    assert_eq!((again.json()["name"].as_str(), again.json()["token"].as_str()), (Some("Ann"), Some(&*ann.token)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_in_visitor_can_join_with_another_free_name() {
    let house = House::open().await;
    let (ann, _ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let form = |name: &'static str| {
        let form = house.post("/join").header("cookie", ann.cookie()).header("accept", "application/json");
        form.form(&[("room", ROOM), ("name", name)])
    };
    assert_eq!(ask(form(BEN)).await.status, 409);
    let answer = ask(form("Annie")).await.json();
    assert_eq!(answer["name"], "Annie");
    assert_ne!(answer["token"], ann.token);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_room_names_with_one_slug_are_one_room() {
    let house = House::open().await;
    let ann = house.guest(ANN, "Café 12/3 🚀").await;
    let ben = house.guest(BEN, " CAFE\u{301}  12-3 \u{1f680}").await;
    assert_eq!(ann.room, ben.room);
    ann.posts("from Ann").await;
    ben.posts("from Ben").await;
    let texts: Vec<String> = house.history(&ann.room).await.into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["from Ann", "from Ben"]);
    let landing = house.read("/", "text/html").await;
    assert_eq!(landing.text().matches("<a href=\"/rooms/").count(), 1);
    assert!(landing.text().contains("Café 12/3 🚀"), "the room keeps the name that created it");
}

#[tokio::test(flavor = "multi_thread")]
async fn confusable_and_mixed_script_names_are_refused() {
    let house = House::open().await;
    house.guest("Mark Paypal", "lobby").await;
    let join = async |name: &str| ask(house.post("/join").form(&[("room", "lobby"), ("name", name)])).await;
    for alike in ["Rnark Paypal", "mark paypaI".replace('I', "1").as_str(), "ＭＡＲＫ Paypal", "Маrk Paypal"] {
        let answer = join(alike).await;
        assert!([409, 422].contains(&answer.status), "{alike}: {}", answer.text());
        assert!(
            answer.text().contains("Choose another") || answer.text().contains("different scripts"),
            "{}",
            answer.text()
        );
    }
    assert_eq!(join("Марк").await.status, 303, "a name in one script is not confusable");
}
