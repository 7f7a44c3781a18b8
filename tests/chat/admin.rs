//! The server's settings, who can join, and the pages of people.

use crate::harness::{ANN, Guest, House, ask, escaped};
use crate::staff::{GARDEN, GARDEN_PATH, Staffed, page_of};

async fn set_join_policy(owner: &Guest, policy: &str, allow_guests: bool) {
    let mut form = vec![("name", "House & <i>"), ("join_policy", policy), ("room_creation", "guest")];
    form.extend(allow_guests.then_some(("allow_guests", "on")));
    let answer = owner.sends("/admin/settings", &form).await;
    assert_eq!((answer.status, &answer.json()["join_policy"]), (200, &policy.into()), "{}", answer.text());
}

/// The statuses for a visitor who joins, reads, posts and listens.
async fn try_everything(house: &House, visitor: Option<&Guest>) -> [u16; 4] {
    let as_visitor = |request: reqwest::RequestBuilder| match visitor {
        Some(guest) => request.bearer_auth(&guest.token),
        None => request,
    };
    let form = [("room", GARDEN), ("name", visitor.map_or("Newcomer", |guest| &guest.name))];
    let join = as_visitor(house.post("/join").header("accept", "application/json").form(&form));
    let post =
        as_visitor(house.post(&format!("{GARDEN_PATH}/messages")).header("accept", "application/json").body("x"));
    let read = as_visitor(house.get(GARDEN_PATH).header("accept", "text/html"));
    let stream = as_visitor(house.get(&format!("{GARDEN_PATH}/live"))).send().await.unwrap().status().as_u16();
    [ask(join).await.status, ask(read).await.status, ask(post).await.status, stream]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_join_policy_admits_the_people_it_names() {
    let staffed = Staffed::open().await;
    let Staffed { house, owner, member, guest, .. } = &staffed;
    for (policy, anonymous_statuses, guest_statuses, member_statuses) in [
        ("members", [401, 401, 401, 401], [401, 401, 401, 401], [200, 200, 201, 200]),
        ("invited", [401, 401, 401, 401], [200, 200, 201, 200], [200, 200, 201, 200]),
        ("anyone", [200, 200, 401, 200], [200, 200, 201, 200], [200, 200, 201, 200]),
    ] {
        set_join_policy(owner, policy, true).await;
        assert_eq!(try_everything(house, None).await, anonymous_statuses, "nobody with {policy}");
        assert_eq!(try_everything(house, Some(guest)).await, guest_statuses, "a guest with {policy}");
        assert_eq!(try_everything(house, Some(member)).await, member_statuses, "a member with {policy}");
    }
    set_join_policy(owner, "anyone", false).await;
    let form = [("room", GARDEN), ("name", "Later")];
    assert_eq!(ask(house.post("/join").form(&form)).await.status, 403, "new guests are turned off");
    assert_eq!(try_everything(house, Some(guest)).await, [200, 200, 201, 200], "existing guests stay");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stricter_join_policy_ends_the_streams_of_those_it_excludes() {
    let staffed = Staffed::open().await;
    let Staffed { house, owner, member, guest, .. } = &staffed;
    let mut excluded = [house.listen(GARDEN_PATH, "as=json").await, guest.listen("as=json").await];
    let mut members = member.listen("as=json").await;
    set_join_policy(owner, "members", true).await;
    member.posts("members only").await;
    for ears in &mut excluded {
        let mut last = String::new();
        while let Some(event) = ears.next().await {
            assert!(!event.data.contains("members only"));
            last = event.name;
        }
        assert_eq!(last, "gone");
    }
    assert_eq!(members.hears_texts(1).await, ["members only"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_invalid_server_setting_is_refused_by_name_and_shown_again() {
    let staffed = Staffed::open().await;
    let owner = &staffed.owner;
    let good = [("name", "x"), ("join_policy", "anyone"), ("room_creation", "member"), ("allow_guests", "on")];
    let (limit, over) = ("n".repeat(40), "n".repeat(41));
    for (field, values) in [
        ("name", vec!["", "\u{200b}", over.as_str()]),
        ("join_policy", vec!["", "open", "Anyone"]),
        ("room_creation", vec!["", "owner", "nobody"]),
        ("allow_guests", vec!["off", "yes", "true"]),
    ] {
        let without: Vec<(&str, &str)> = good.iter().copied().filter(|(name, _)| *name != field).collect();
        let value = good.iter().find(|(name, _)| *name == field).unwrap().1;
        let mut forms: Vec<_> = values.iter().map(|value| [without.as_slice(), &[(field, *value)]].concat()).collect();
        forms.push([without.as_slice(), &[(field, value), (field, value)]].concat());
        if field != "allow_guests" {
            forms.push(without);
        }
        for form in forms {
            let answer = owner.sends("/admin/settings", &form).await;
            assert!(answer.status == 422 && answer.text().contains(field), "{form:?}: {}", answer.text());
            let page = owner.http.post(format!("{}/admin/settings", owner.url)).bearer_auth(&owner.token);
            let page = ask(page.header("accept", "text/html").form(&form)).await;
            assert!(page.status == 422 && page.text().contains(&format!("id=\"{field}-error\"")), "{form:?}");
        }
        let mut json: serde_json::Map<_, _> =
            good.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        json.insert(field.to_owned(), serde_json::json!([["x"]]));
        let request = owner.http.post(format!("{}/admin/settings", owner.url)).bearer_auth(&owner.token);
        let answer = ask(request.header("accept", "application/json").json(&json)).await;
        assert!(answer.status == 422 && answer.text().contains(field), "{}", answer.text());
    }
    let json =
        serde_json::json!({ "name": limit, "join_policy": "anyone", "room_creation": "member", "allow_guests": false });
    let request = owner.http.post(format!("{}/admin/settings", owner.url)).bearer_auth(&owner.token);
    assert_eq!(ask(request.header("accept", "application/json").json(&json)).await.json(), json);
    let page = owner.reads("/admin/settings?done=saved", "text/html").await;
    assert!(page.text().contains("Saved.") && page.text().contains(&limit));
    assert!(!owner.reads("/admin/settings?done=%3Cb%3E", "text/html").await.text().contains("role=\"status\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_owner_stays_even_if_two_step_down_at_once() {
    let staffed = Staffed::open().await;
    let Staffed { owner, moderator, .. } = &staffed;
    let role = |name: &str| format!("{}/role", page_of(name));
    let answer = owner.sends(&role(&owner.name), &[("role", "member")]).await;
    assert_eq!(answer.status, 409, "{}", answer.text());
    assert_eq!(owner.sends(&role(&moderator.name), &[("role", "owner")]).await.status, 200);
    for _ in 0..5 {
        let attempts = [owner, moderator].map(|person| {
            let (person, path) = (person.clone(), role(&person.name));
            tokio::spawn(async move { person.sends(&path, &[("role", "moderator")]).await.status })
        });
        let mut statuses = Vec::new();
        for attempt in attempts {
            statuses.push(attempt.await.unwrap());
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "only one succeeds");
        let is_owner = async |person: &Guest| person.reads("/admin/settings", "application/json").await.status == 200;
        let (one, other) = if is_owner(owner).await { (owner, moderator) } else { (moderator, owner) };
        assert!(!is_owner(other).await);
        assert_eq!(one.sends(&role(&other.name), &[("role", "owner")]).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_person_opens_by_any_name_and_shows_the_permitted_actions() {
    let staffed = Staffed::open().await;
    let Staffed { house, owner, moderator, member, guest, creator } = &staffed;
    for dots in [".", "..", "..."] {
        house.guest(dots, GARDEN).await.posts("dots").await;
    }
    let room = owner.reads(GARDEN_PATH, "text/html").await;
    let links: Vec<&str> =
        room.text().split("class=\"author\" href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(links.len(), 3);
    for (link, name) in links.iter().zip([".", "..", "..."]) {
        // As a browser requests it, which removes dot segments from a path.
        let page = owner.reads(link, "application/json").await;
        assert_eq!((page.status, &page.json()["name"]), (200, &name.into()), "{link}");
    }
    let actions = ["/role\"", "/mute\"", "/ban\"", "/reset-link\"", "/direct\""];
    for (viewer, person, expected) in [
        (owner, member, [true, true, true, true, true]),
        (owner, guest, [false, true, true, false, true]),
        (owner, owner, [true, false, false, true, false]),
        (moderator, guest, [false, true, true, false, true]),
        (moderator, owner, [false, false, false, false, true]),
        (creator, guest, [false, true, false, false, true]),
        (guest, creator, [false, false, false, false, true]),
    ] {
        let page = viewer.reads(&page_of(&person.name), "text/html").await;
        assert!(page.status == 200 && page.text().contains(&escaped(&person.name)), "{}", page.text());
        assert_eq!(
            actions.map(|action| page.text().contains(action)),
            expected,
            "{} views {}",
            viewer.name,
            person.name
        );
    }
    assert_eq!(house.read(&page_of(ANN), "text/html").await.status, 401, "anonymous visitors learn nothing");
    assert_eq!(house.read("/people/Nobody", "text/html").await.status, 401);
    for unknown in ["Nobody", "%ff", "%20", &"x".repeat(40)] {
        assert_eq!(guest.reads(&format!("/people/{unknown}"), "text/html").await.status, 404, "{unknown}");
    }
    let json = guest.reads(&page_of(&member.name), "application/json").await.json();
    assert!(json.get("banned_until").is_none(), "only moderators see mutes and bans");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_invalid_moderation_field_is_refused_by_name() {
    let staffed = Staffed::open().await;
    let Staffed { owner, member, guest, .. } = &staffed;
    let (limit, over) = ("w".repeat(300), "w".repeat(301));
    for (person, act, field, forms) in [
        (
            member,
            "role",
            "role",
            vec![vec![], vec![("role", "")], vec![("role", "king")], vec![("role", "member"), ("role", "owner")]],
        ),
        (
            guest,
            "mute",
            "duration",
            vec![vec![], vec![("duration", "2h")], vec![("duration", "1h"), ("duration", "1d")]],
        ),
        (
            guest,
            "mute",
            "room",
            vec![vec![("duration", "1h"), ("room", "/")], vec![("duration", "1h"), ("room", "a"), ("room", "b")]],
        ),
        (guest, "ban", "duration", vec![vec![], vec![("duration", "never")]]),
        (guest, "ban", "reason", vec![vec![("duration", "1h"), ("reason", over.as_str())]]),
        (guest, "ban", "block_addresses", vec![vec![("duration", "1h"), ("block_addresses", "127.0.0.1")]]),
        (guest, "ban", "delete_messages", vec![vec![("duration", "1h"), ("delete_messages", "yes")]]),
    ] {
        let path = format!("{}/{act}", page_of(&person.name));
        for form in forms {
            let answer = owner.sends(&path, &form).await;
            assert!(answer.status == 422 && answer.text().contains(field), "{act} {form:?}: {}", answer.text());
            let page = owner.http.post(format!("{}{path}", owner.url)).bearer_auth(&owner.token);
            let page = ask(page.header("accept", "text/html").form(&form)).await;
            assert!(page.status == 422 && page.text().contains("role=\"alert\""), "{act} {form:?}");
            if field == "reason" {
                assert!(page.text().contains(&over), "what was typed stays");
            }
        }
    }
    let path = format!("{}/ban", page_of(&guest.name));
    assert_eq!(owner.sends(&path, &[("duration", "1h"), ("reason", &limit)]).await.status, 200);
    assert_eq!(
        owner.sends(&format!("{}/role", page_of(ANN)), &[("role", "member")]).await.status,
        403,
        "a guest has no account"
    );
}
