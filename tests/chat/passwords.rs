//! The fields into which passwords are typed, and how often they can be tried.

use governor::clock::FakeRelativeClock;
use serde_json::json;
use taproom::config::Switch;
use taproom::web::{LimitClock, LimitedAction};

use crate::account::{PASSWORD, claims, member, send, settings};
use crate::harness::{ANN, Answer, BEN, House, ROOM, ask};
use crate::staff::{Staffed, page_of};

#[tokio::test(flavor = "multi_thread")]
async fn every_field_for_a_password_hides_it_and_says_what_it_is_for() {
    let house = House::open().await;
    let owner = house.owner_path().unwrap().to_owned();
    let guest = house.guest(ANN, ROOM).await;
    let claim = guest.reads("/register", "text/html").await;
    let ann = claims(&guest, PASSWORD).await;
    let (new, known) = ("new-password", "current-password");
    let pages: [(Answer, &[(&str, &str)]); 5] = [
        (claim, &[("password", new)]),
        (house.read("/sign-in", "text/html").await, &[("password", known)]),
        (house.read("/recover", "text/html").await, &[("password", new)]),
        (house.read(&owner, "text/html").await, &[("password", new)]),
        (ann.reads("/settings/password", "text/html").await, &[("current", known), ("password", new)]),
    ];
    for (page, fields) in &pages {
        assert_eq!(page.status, 200);
        let inputs: Vec<&str> =
            page.text().split("<input").skip(1).map(|rest| rest.split_once('>').unwrap().0).collect();
        for (name, purpose) in *fields {
            let named: Vec<&&str> = inputs.iter().filter(|input| input.contains(&format!("name=\"{name}\""))).collect();
            let [field] = named[..] else { panic!("there is one field {name} among {inputs:?}") };
            assert!(field.contains("type=\"password\"") && field.contains(" value=\"\""), "{field}");
            assert!(field.contains(&format!("autocomplete=\"{purpose}\"")), "{field}");
        }
    }
    // A form that was wrong brings everything back but the password.
    let form = [("name", ANN), ("password", "not-the-right-one")];
    let again = ask(house.post("/sign-in").header("accept", "text/html").form(&form)).await;
    assert_eq!(again.status, 401);
    assert!(!again.text().contains("not-the-right-one"));
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_who_try_a_name_do_not_keep_its_owner_from_another_password() {
    let clock = LimitClock::Fake(FakeRelativeClock::default());
    let house = House::open_by(clock, |config| config.rate_limits = Switch::On).await;
    let ann = member(&house, ANN, ROOM).await;
    let guess = json!({ "name": ANN, "password": "a mere guess" });
    for _ in 0..LimitedAction::SignIn.quota().person.burst {
        assert_eq!(send(&house, "/sign-in", guess.clone()).await.status, 401);
    }
    assert_eq!(send(&house, "/sign-in", guess).await.status, 429, "nobody guesses on");
    let fields = json!({ "current": PASSWORD, "password": "one that is better" });
    let changed = settings(&ann, "/password", Some(fields)).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_guessed_soon_is_taken_nowhere_and_one_is_told_what_to_do() {
    let staffed = Staffed::open().await;
    let Staffed { house, owner, guest, .. } = &staffed;
    let ben = member(house, BEN, ROOM).await;
    let path_of = |told: &Answer| told.json()["url"].as_str().unwrap()[house.url.len()..].to_owned();
    let form = [("name", "For friends"), ("role", "member"), ("expires", "1w")];
    let join = path_of(&owner.sends("/admin/invitations", &form).await);
    let reset = path_of(&owner.sends(&format!("{}/reset-link", page_of(BEN)), &[]).await);
    let unowned = House::open().await;
    let own = unowned.owner_path().unwrap().to_owned();
    let ways = [
        (house, "/register", json!({}), guest.cookie()),
        (house, "/settings/password", json!({ "current": PASSWORD }), ben.cookie()),
        (house, "/recover", json!({ "name": BEN, "code": "0000-0000-0000-0000-0000-0000" }), String::new()),
        (house, join.as_str(), json!({ "name": "Carla Verde" }), String::new()),
        (house, reset.as_str(), json!({}), String::new()),
        (&unowned, own.as_str(), json!({ "server": "Zum Hirschen", "name": "Carla Verde" }), String::new()),
    ];
    for (house, path, fields, cookie) in ways {
        for weak in ["password", "Qwertyuiop", "taproom-2026"] {
            let mut fields = fields.clone();
            fields["password"] = json!(weak);
            let send = |accept: &str| house.post(path).header("cookie", &cookie).header("accept", accept).form(&fields);
            let (told, page) = (ask(send("application/json")).await, ask(send("text/html")).await);
            assert_eq!((told.status, page.status), (422, 422), "{path} {weak}: {}", told.text());
            assert!(told.text().contains("four or five random words"), "{path}: {}", told.text());
            assert_eq!(page.text().matches(r#"id="password-error""#).count(), 1, "{path} {weak}");
            assert!(!page.text().contains(&format!("value=\"{weak}")), "{path}: no password is repeated");
        }
    }
    let mut named = json!({ "server": "Zum Hirschen", "name": "Carla Verde", "password": "hirschen carla 1" });
    assert_eq!(send(&unowned, &own, named.clone()).await.status, 422, "names are guessed too");
    named["password"] = json!(PASSWORD);
    assert_eq!(send(&unowned, &own, named).await.status, 200);
    assert_eq!(send(house, &reset, json!({ "password": "four words are better" })).await.status, 200);
}
