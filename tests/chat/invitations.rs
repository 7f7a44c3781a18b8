//! Invitations: links that let others join, with a role, a number of uses and an expiry.

use reqwest::multipart::Form;

use crate::harness::{Answer, BEN, Guest, House, ask, escaped};
use crate::staff::Staffed;

/// Creates an invitation. Returns the path of its link, and its id.
async fn invites(inviter: &Guest, form: &[(&str, &str)]) -> (String, u64) {
    let all = [&[("name", "For <friends>"), ("expires", "1w")], form].concat();
    let created = inviter.sends("/admin/invitations", &all).await;
    assert_eq!((created.status, created.header("cache-control")), (201, "no-store"), "{}", created.text());
    let url = created.json()["url"].as_str().unwrap().to_owned();
    assert!(url.starts_with(&format!("{}/invite/", inviter.url)), "{url}");
    (url[inviter.url.len()..].to_owned(), created.json()["id"].as_u64().unwrap())
}

async fn joins(house: &House, path: &str, form: &[(&str, &str)]) -> Answer {
    ask(house.post(path).header("accept", "application/json").form(form)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_gives_its_role_and_rooms_under_any_join_policy() {
    let staffed = Staffed::open().await;
    let Staffed { house, owner, .. } = &staffed;
    let room = owner.creates("Plans", "private", "").await;
    let slug = room.strip_prefix("/rooms/").unwrap();
    let settings = [("name", "x"), ("join_policy", "invited"), ("room_creation", "guest"), ("allow_guests", "on")];
    assert_eq!(owner.sends("/admin/settings", &settings).await.status, 200);
    for (role, password, becomes) in [
        ("guest", "", "guest"),
        ("guest", "a long password", "member"),
        ("member", "a long password", "member"),
        ("moderator", "a long password", "moderator"),
    ] {
        let name = format!("{role} {}", password.len());
        let (path, _) = invites(owner, &[("role", role), ("rooms", slug)]).await;
        let page = house.read(&path, "text/html").await;
        assert!(page.status == 200 && page.header("cache-control") == "private, no-cache", "{}", page.text());
        let joined = joins(house, &path, &[("name", &name), ("password", password)]).await;
        assert_eq!((joined.status, joined.header("cache-control")), (200, "no-store"), "{}", joined.text());
        assert_eq!((&joined.json()["name"], &joined.json()["url"]), (&name.as_str().into(), &room.as_str().into()));
        assert!(
            joined.header("set-cookie").starts_with(&format!("taproom={};", joined.json()["token"].as_str().unwrap()))
        );
        let token = joined.json()["token"].as_str().unwrap().to_owned();
        let person = Guest { name: name.clone(), token, room: room.clone(), ..owner.clone() };
        person.posts("here I am").await;
        let profile = owner.reads(&crate::staff::page_of(&name), "application/json").await;
        assert_eq!(profile.json()["role"], becomes);
    }
    let list = owner.reads("/admin/invitations", "text/html").await;
    assert!(
        list.text().contains("For &lt;friends&gt;") && list.text().contains("moderator 15"),
        "the list names who joined"
    );
    for q in ["MODERATOR+15", "MODERATOR%2015"] {
        let people = owner.reads(&format!("/admin/people?q={q}"), "text/html").await;
        assert!(people.text().contains("with “<bdi>For &lt;friends&gt;</bdi>”"), "a space in the query: {q}");
    }
    let people = owner.reads("/admin/people?q=MODERATOR%2B15", "text/html").await;
    assert!(!people.text().contains("For &lt;friends&gt;"), "an encoded plus is a plus");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_use_of_an_invitation_goes_to_one_person() {
    let staffed = Staffed::open().await;
    let (path, _) = invites(&staffed.moderator, &[("role", "guest"), ("uses", "1")]).await;
    let names: Vec<String> = (0..10).map(|n| format!("newcomer {n}")).collect();
    let requests = names.iter().map(|name| {
        let request = staffed.house.post(&path).header("accept", "application/json").form(&[("name", name)]);
        tokio::spawn(ask(request))
    });
    let requests: Vec<_> = requests.collect();
    let mut statuses = Vec::new();
    for request in requests {
        statuses.push(request.await.unwrap().status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [[200].as_slice(), &[404; 9]].concat());
    let joined = staffed.moderator.reads("/admin/people?q=newcomer", "application/json").await.json();
    assert_eq!(joined.as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_used_up_or_revoked_invitation_says_what_to_do() {
    let staffed = Staffed::open().await;
    let Staffed { house, owner, .. } = &staffed;
    let (used, _) = invites(owner, &[("role", "guest"), ("uses", "1")]).await;
    assert_eq!(joins(house, &used, &[("name", BEN)]).await.status, 200);
    let (revoked, id) = invites(owner, &[("role", "guest")]).await;
    assert_eq!(house.read(&revoked, "text/html").await.status, 200);
    assert_eq!(owner.sends(&format!("/admin/invitations/{id}/revoke"), &[]).await.status, 204);
    for path in [&used, &revoked, &format!("/invite/{}", "A".repeat(43)), "/invite/x", "/invite/%ff"] {
        for answer in [
            house.read(path, "text/html").await,
            ask(house.post(path).header("accept", "text/html").form(&[("name", "Dora")])).await,
            house.read(&format!("{path}/qr.svg"), "text/html").await,
        ] {
            assert_eq!(answer.status, 404, "{path}");
            assert!(answer.text().contains("Ask for a new one."), "{path}: {}", answer.text());
        }
    }
    for id in ["0", "x", "99999999999999999999"] {
        assert_eq!(owner.sends(&format!("/admin/invitations/{id}/revoke"), &[]).await.status, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_keeps_what_was_typed_and_shows_the_error_beside_its_field() {
    let staffed = Staffed::open().await;
    let Staffed { house, owner, guest, .. } = &staffed;
    let (path, _) = invites(owner, &[("role", "member")]).await;
    let long = "n".repeat(33);
    for (name, password, status, field) in [
        (guest.name.as_str(), "a long password", 409, "name"),
        ("", "a long password", 422, "name"),
        (long.as_str(), "a long password", 422, "name"),
        ("Dora", "", 422, "password"),
        ("Dora", "short", 422, "password"),
        ("Dora", &"p".repeat(129), 422, "password"),
    ] {
        let form = [("name", name), ("password", password)];
        let page = ask(house.post(&path).header("accept", "text/html").form(&form)).await;
        assert_eq!(page.status, status, "{name} {password}: {}", page.text());
        assert!(page.text().contains(&format!(r#"aria-describedby="{field}-error"#)), "{name} {password}");
        assert!(page.text().contains(&format!(r#"value="{}""#, escaped(name))), "the form keeps the name");
        assert!(password.is_empty() || !page.text().contains(password), "the form does not repeat the password");
        assert_eq!(joins(house, &path, &form).await.status, status);
    }
    let twice = ask(house.post(&path).header("accept", "text/html").form(&[("name", "a"), ("name", "b")])).await;
    assert!(twice.status == 422 && twice.text().contains(r#"aria-describedby="name-error"#));
    let parts = Form::new().text("name", "Dora").text("password", "eight ch");
    assert_eq!(ask(house.post(&path).header("accept", "text/html").multipart(parts)).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_a_new_invitation_is_checked() {
    let staffed = Staffed::open().await;
    let owner = &staffed.owner;
    let good = [("name", "x"), ("role", "guest"), ("uses", "2"), ("expires", "never")];
    let long = "x".repeat(41);
    for (field, values) in [
        ("name", vec!["", " \u{200b} ", long.as_str()]),
        ("role", vec!["", "owner", "Guest", "x"]),
        ("uses", vec!["0", "-1", "x", "1.5", "99999999999"]),
        ("expires", vec!["", "2d", "x"]),
        ("rooms", vec!["nowhere", "garden-<b>", "/"]),
    ] {
        let mut forms: Vec<Vec<(&str, &str)>> = Vec::new();
        let without: Vec<(&str, &str)> = good.iter().copied().filter(|(name, _)| *name != field).collect();
        forms.extend(values.iter().map(|value| [without.as_slice(), &[(field, *value)]].concat()));
        if field != "rooms" {
            let value = good.iter().find(|(name, _)| *name == field).unwrap().1;
            forms.push([without.as_slice(), &[(field, value), (field, value)]].concat());
        }
        if ["name", "role", "expires"].contains(&field) {
            forms.push(without.clone());
        }
        for form in forms {
            let answer = owner.sends("/admin/invitations", &form).await;
            assert_eq!(answer.status, 422, "{form:?}: {}", answer.text());
            assert!(answer.json()["detail"].as_str().unwrap().contains(field), "{form:?}: {}", answer.text());
        }
        let mut json: serde_json::Map<_, _> =
            good.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        json.insert(field.to_owned(), serde_json::json!({ "of": "another type" }));
        let request = owner.http.post(format!("{}/admin/invitations", owner.url)).bearer_auth(&owner.token);
        let answer = ask(request.header("accept", "application/json").json(&json)).await;
        assert!(answer.status == 422 && answer.text().contains(field), "{field}: {}", answer.text());
    }
    let page = owner.http.post(format!("{}/admin/invitations", owner.url)).bearer_auth(&owner.token);
    let form = [("name", "kept <i>"), ("role", "guest"), ("uses", "none"), ("expires", "1d")];
    let page = ask(page.header("accept", "text/html").form(&form)).await;
    assert_eq!(page.status, 422);
    assert!(
        page.text().contains(r#"value="kept &lt;i&gt;""#) && page.text().contains(r#"aria-describedby="uses-error"#)
    );
    let limit = owner.sends("/admin/invitations", &[("name", &long[1..]), ("role", "guest"), ("expires", "1m")]).await;
    assert_eq!(limit.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_link_is_shown_once_and_a_moderator_invites_moderators() {
    let staffed = Staffed::open().await;
    let Staffed { owner, moderator, house, .. } = &staffed;
    let (path, _) = invites(moderator, &[("role", "moderator")]).await;
    let code = path.strip_prefix("/invite/").unwrap();
    for page in ["/admin/invitations", "/admin/audit-log", "/admin/people"] {
        assert!(!owner.reads(page, "text/html").await.text().contains(code), "{page}");
    }
    let qr = house.read(&format!("{path}/qr.svg"), "image/svg+xml").await;
    assert_eq!((qr.status, qr.header("content-type")), (200, "image/svg+xml"));
    assert!(qr.text().starts_with("<svg"));
    let form = [("name", "x"), ("role", "member"), ("expires", "1d")];
    let page = owner.http.post(format!("{}/admin/invitations", owner.url)).bearer_auth(&owner.token);
    let page = ask(page.header("accept", "text/html").form(&form)).await;
    assert_eq!((page.status, page.header("cache-control")), (201, "no-store"));
    assert!(page.text().contains(&format!(r#"value="{}/invite/"#, owner.url)) && page.text().contains("/qr.svg\""));
}
