//! Renaming: every page shows the new name, the old name redirects to it, and listeners hear of it where it was used.

use governor::clock::FakeRelativeClock;
use serde_json::{Value, json};
use taproom::config::Switch;
use taproom::web::{LimitClock, LimitedAction};

use crate::account::{PASSWORD, member, send, settings};
use crate::ears::Ears;
use crate::harness::{ANN, Guest, House, ROOM, ask, encoded, escaped, within};
use crate::staff::{GARDEN_PATH, Staffed, page_of};

const NEW: &str = r#"Zoë & "<i>""#;

/// Changes the guest's name, and returns the status.
pub async fn renames(guest: &Guest, name: &str) -> u16 {
    settings(guest, "/name", Some(json!({ "name": name }))).await.status
}

pub fn parse_json(data: &str) -> Value {
    serde_json::from_str(data).expect("JSON")
}

/// The data of the stream's next event with this name.
pub async fn hears_event(ears: &mut Ears, name: &str) -> String {
    within(name, async {
        loop {
            let event = ears.next().await.expect("the stream goes on");
            if event.name == name {
                return event.data;
            }
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_name_replaces_the_old_one_everywhere_and_the_old_one_redirects() {
    let Staffed { house, owner, moderator, member, guest, .. } = &Staffed::open().await;
    let member_id = settings(member, "", None).await.json()["id"].clone();
    let message = member.posts("mine").await;
    let reply = json!({ "body": "*hear* @Mel?#%, and @MEL?#%", "reply_to": message });
    let path = format!("{}{GARDEN_PATH}/messages", guest.url);
    assert_eq!(ask(guest.http.post(&path).bearer_auth(&guest.token).json(&reply)).await.status, 201);
    let at = |action: &str| format!("{GARDEN_PATH}/messages/{message}{action}");
    member.sends(&at("/reactions"), &[("reaction", "👍")]).await;
    moderator.sends(&at("/pin"), &[]).await;
    assert_eq!(renames(member, NEW).await, 204);

    let new = escaped(NEW);
    let page = guest.reads(GARDEN_PATH, "text/html").await;
    let (old, page) = ("Mel?#%", page.text());
    assert!(page.contains(&format!("class=\"mention\" data-user=\"{member_id}\">@{new}</span>, and ")), "{page}");
    assert_eq!(page.matches(&format!("data-user=\"{member_id}\">@{new}</span>")).count(), 2);
    assert!(page.contains(&format!("title=\"\u{2068}{new}\u{2069}\"")), "{page}");
    assert!(page.contains(&format!("<strong dir=\"auto\">{new}</strong>")), "{page}");
    let source = format!("hear* @{old}, and @MEL?#%");
    assert_eq!(page.matches(old).count(), 0, "{page}");
    let messages = guest.reads(GARDEN_PATH, "application/json").await.json();
    let reply = &messages["messages"][1];
    assert!(reply["body"].as_str().unwrap().ends_with(&source), "the source text stays: {reply}");
    assert!(reply["html"].as_str().unwrap().contains(&new) && !reply["html"].as_str().unwrap().contains(old));
    for path in ["/thread", "/reactions"].map(at).iter().chain(&[format!("{GARDEN_PATH}/pins"), "/admin/people".into()])
    {
        let page = owner.reads(path, "text/html").await;
        assert!(page.text().contains(&new) && !page.text().contains("Mel?"), "{path}: {}", page.text());
    }
    assert_eq!(settings(member, "", None).await.json()["name"], NEW);

    let old_page = guest.reads(&page_of(old), "text/html").await;
    assert_eq!(old_page.status, 303);
    assert_eq!(guest.reads(old_page.header("location"), "text/html").await.status, 200);
    assert_eq!(guest.reads(&page_of(old), "application/json").await.json()["name"], NEW);
    let join = json!({ "room": "Garden <b>", "name": "mel?#%" });
    let taken = send(house, "/join", join).await;
    assert_eq!(taken.status, 409, "a former name stays reserved: {}", taken.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_person_signs_in_with_either_name_and_has_one_page() {
    let house = House::open().await;
    let ann = member(&house, ANN, ROOM).await;
    assert_eq!(renames(&ann, NEW).await, 204);
    for name in [ANN, NEW] {
        let answer = send(&house, "/sign-in", json!({ "name": name, "password": PASSWORD })).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let page = ann.reads("/settings?done=name", "text/html").await;
    assert!(page.text().contains(&escaped(ANN)) && page.text().contains(&escaped(NEW)), "{}", page.text());
    assert!(page.text().contains("Name changed."));
    assert_eq!(renames(&ann, ANN).await, 204, "a person can take a former name back");
    let page = ann.reads(&format!("/people/{}", encoded(NEW)), "text/html").await;
    assert_eq!(page.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_name_is_shown_beside_its_field_with_what_was_typed() {
    let house = House::open().await;
    let (ann, guest) = (member(&house, "Mark", ROOM).await, house.guest(ANN, ROOM).await);
    let form = |name: &str| {
        let request = ann.http.post(format!("{}/settings/name", ann.url)).form(&[("name", name)]);
        ask(request.header("cookie", ann.cookie()).header("accept", "text/html"))
    };
    let long = "x".repeat(33);
    for (name, status) in [(ANN, 409), ("", 422), (long.as_str(), 422), ("M\u{430}rk", 422)] {
        let page = form(name).await;
        assert_eq!(page.status, status, "{name}: {}", page.text());
        assert!(
            page.text().contains("id=\"name-error\"") && page.text().contains(&format!("value=\"{}\"", escaped(name)))
        );
    }
    let taken = form(ANN).await;
    assert!(taken.text().contains("This name is taken. Choose another."), "{}", taken.text());
    assert_eq!(form("Mark").await.status, 303, "the present name changes nothing");
    assert_eq!(renames(&guest, "Other").await, 403, "a guest has no account");
    assert!(!guest.reads("/settings", "text/html").await.text().contains("action=\"/settings/name\""));
    assert_eq!(ask(house.post("/settings/name").form(&[("name", "x")])).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn renaming_back_and_forth_is_rate_limited() {
    let clock = LimitClock::Fake(FakeRelativeClock::default());
    let house = House::open_by(clock, |config| config.rate_limits = Switch::On).await;
    let ann = member(&house, "Mark", ROOM).await;
    for n in 0..LimitedAction::Rename.quota().person.burst {
        assert_eq!(renames(&ann, if n % 2 == 0 { "Rank" } else { "Mark" }).await, 204);
    }
    let refused = settings(&ann, "/name", Some(json!({ "name": "Mark" }))).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "600"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_former_name_gives_no_more_password_guesses() {
    let (house, _ann) = renamed().await;
    for n in 0..LimitedAction::TryPassword.quota().person.burst {
        let name = if n % 2 == 0 { OLD } else { NEW };
        assert_eq!(tries(&house, name, &format!("198.51.100.{n}")).await, 401, "{n}");
    }
    assert_eq!([tries(&house, OLD, "192.0.2.1").await, tries(&house, NEW, "192.0.2.2").await], [429, 429]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rate_limits_do_not_reveal_that_two_names_are_one_person() {
    let (house, _ann) = renamed().await;
    house.guest("Stranger", ROOM).await;
    for _ in 0..LimitedAction::SignIn.quota().person.burst {
        assert_eq!(tries(&house, OLD, "192.0.2.1").await, 401);
    }
    assert_eq!(tries(&house, &OLD.to_uppercase(), "192.0.2.1").await, 429, "one name in any case");
    for other in [NEW, "Stranger", "Nobody"] {
        assert_eq!(tries(&house, other, "192.0.2.1").await, 401, "{other}");
    }
}

const OLD: &str = "Mark";

/// A renamed person, on a server that trusts this machine's `X-Forwarded-For`.
async fn renamed() -> (House, Guest) {
    let house = House::open_by(LimitClock::Fake(FakeRelativeClock::default()), |config| {
        config.rate_limits = Switch::On;
        config.trusted_proxy = vec!["127.0.0.1/32".parse().unwrap()];
    });
    let house = house.await;
    let ann = member(&house, OLD, ROOM).await;
    assert_eq!(renames(&ann, NEW).await, 204);
    (house, ann)
}

/// Signs in with a wrong password from this address, and returns the status.
async fn tries(house: &House, name: &str, address: &str) -> u16 {
    let form = house.post("/sign-in").header("accept", "application/json").header("x-forwarded-for", address);
    ask(form.json(&json!({ "name": name, "password": "not my password" }))).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_may_use_a_former_name_of_its_owner_and_no_other_name() {
    let (house, ann) = renamed().await;
    house.guest("Stranger", ROOM).await;
    let created = settings(&ann, "/tokens", Some(json!({ "name": "deploys", "scopes": "post" }))).await.json();
    let (script, session) = (created["token"].as_str().unwrap().to_owned(), ann.token.clone());
    let posts = async |name: &str, token: &str| {
        let request = house.post(&format!("{}/messages", ann.room)).basic_auth(name, Some(token));
        ask(request.body(format!("as {name}"))).await.status
    };
    for token in [&script, &session] {
        for name in [OLD, "mark", NEW] {
            assert_eq!(posts(name, token).await, 201, "{name}");
        }
        for name in ["Stranger", "Nobody", "", "x\u{7}", &"x".repeat(33)] {
            assert_eq!(posts(name, token).await, 401, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn listeners_hear_of_a_rename_only_where_the_name_was_used() {
    let Staffed { moderator, member, guest, .. } = &Staffed::open().await;
    let member_id = settings(member, "", None).await.json()["id"].clone();
    member.posts("here I am").await;
    let elsewhere = guest.in_room("elsewhere").await;
    let (mut page, mut text) = (guest.listen("").await, guest.listen("as=text").await);
    let (mut program, mut others) = (guest.listen("as=json").await, elsewhere.listen("as=json").await);
    let (mut own, mut own_program) = (member.listen("").await, member.listen("as=json").await);
    assert_eq!(renames(member, NEW).await, 204);

    let renamed = parse_json(&hears_event(&mut page, "renamed").await);
    let path = "/people/Zo%C3%AB%20%26%20%22%3Ci%3E%22";
    assert_eq!(renamed, json!({ "user": member_id, "name": NEW, "initials": "ZI", "path": path }));
    assert_eq!(text.hears().await.data, format!("(Mel?#% is now called {NEW})"));
    let change = parse_json(&program.hears().await.data);
    let expected = json!({ "kind": "renamed", "seq": change["seq"], "room": "garden-<b>", "user": member_id, "name": NEW, "was": "Mel?#%" });
    assert_eq!(change, expected);
    hears_event(&mut own, "reset").await;
    assert_eq!(parse_json(&hears_event(&mut own_program, "message").await)["kind"], "renamed");

    elsewhere.posts("on it goes").await;
    assert_eq!(
        parse_json(&others.hears().await.data)["kind"],
        "posted",
        "a room where the name was not used hears nothing"
    );
    let here = within("who is here", async {
        loop {
            let event = page.next().await.expect("the stream goes on").data;
            if event.contains("here-list") && event.contains(&escaped(NEW)) {
                return event;
            }
        }
    });
    assert!(!here.await.contains("Mel?"), "streams of programs count under the new name too");
    assert_eq!(renames(member, "mel?#%").await, 204);
    // Read before the next rename: an event says the name of the time at which it is read.
    assert_eq!(text.hears().await.data, format!("({NEW} is now called mel?#%)"));
    assert_eq!(renames(member, "Mel?#%").await, 204);
    assert_eq!(text.hears().await.data, format!("(user {member_id} is now called Mel?#%)"), "only the case changes");
    moderator.posts("and on").await;
    assert!(text.hears().await.data.ends_with("and on"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_stream_hears_of_a_rename_and_resets_for_ones_own() {
    let Staffed { moderator, member, guest, .. } = &Staffed::open().await;
    member.posts("here I am").await;
    let cursor = guest.reads(GARDEN_PATH, "application/json").await.json()["cursor"].as_str().unwrap().to_owned();
    assert_eq!(renames(member, "First").await, 204);
    assert_eq!(renames(member, NEW).await, 204);
    // A new listener makes the room's hub keep changes from here on.
    let mut late = moderator.listen("as=json").await;
    guest.posts("on it goes").await;
    assert_eq!(parse_json(&late.hears().await.data)["kind"], "posted");
    let after = format!("after={cursor}");
    let mut program = guest.listen(&format!("as=json&{after}")).await;
    let renamed = parse_json(&program.hears().await.data);
    assert_eq!(
        (&renamed["kind"], &renamed["name"], &renamed["was"]),
        (&json!("renamed"), &json!(NEW), &json!("First"))
    );
    assert_eq!(parse_json(&program.hears().await.data)["message"]["body"], "on it goes");
    let again = guest.listens(GARDEN_PATH, &format!("as=json&after={}", program.last_id)).await;
    assert_eq!(again.first.name, "hello");
    assert_eq!(member.listen(&after).await.first.name, "reset", "the page shows the own name in many places");
    assert_eq!(guest.listen(&after).await.first.name, "hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_messages_show_a_new_name_in_every_list_and_on_their_page() {
    let Staffed { owner, moderator, member, .. } = &Staffed::open().await;
    let mut directs = Vec::new();
    for names in ["Mel?#%", "Mel?#%, Olga & Co"] {
        directs.push(moderator.sends("/direct", &[("names", names)]).await.header("location").to_owned());
    }
    let direct = moderator.listens(&directs[0], "").await;
    let (mut elsewhere, mut owners, mut inside) = (moderator.listen("").await, owner.listen("").await, direct);
    assert_eq!(renames(member, NEW).await, 204);
    hears_event(&mut inside, "reset").await;
    let name = format!("{}</span></hx-partial>", escaped(NEW));
    for (ears, texts) in [(&mut elsewhere, &[name.as_str(), "ZI<span class=\"dot"][..]), (&mut owners, &[&*name])] {
        let mut heard = String::new();
        within("the new name", async {
            while !texts.iter().all(|text| heard.contains(text)) {
                heard += &ears.next().await.expect("the stream goes on").data;
            }
        })
        .await;
    }
    let page = moderator.reads(&directs[1], "text/html").await;
    assert!(page.text().contains(&format!(">Olga &amp; Co, {}</h1>", escaped(NEW))), "{}", page.text());
}
