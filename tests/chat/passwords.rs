//! Password fields, weak passwords, and how often a password can be tried.

use governor::clock::FakeRelativeClock;
use serde_json::json;
use taproom::config::Switch;
use taproom::web::{LimitClock, LimitedAction};

use crate::account::{PASSWORD, member, registers, send, settings};
use crate::harness::{ANN, Answer, BEN, House, ROOM, ask};
use crate::staff::{Staffed, page_of};

#[tokio::test(flavor = "multi_thread")]
async fn password_fields_hide_the_text_and_name_their_purpose() {
    let house = House::open().await;
    let setup = house.owner_path().unwrap().to_owned();
    let guest = house.guest(ANN, ROOM).await;
    let register = guest.reads("/register", "text/html").await;
    let ann = registers(&guest, PASSWORD).await;
    let (new, known) = ("new-password", "current-password");
    let pages: [(Answer, &[(&str, &str)]); 5] = [
        (register, &[("password", new)]),
        (house.read("/sign-in", "text/html").await, &[("password", known)]),
        (house.read("/recover", "text/html").await, &[("password", new)]),
        (house.read(&setup, "text/html").await, &[("password", new)]),
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
    // A form that is shown again does not repeat the password.
    let form = [("name", ANN), ("password", "not-the-right-one")];
    let again = ask(house.post("/sign-in").header("accept", "text/html").form(&form)).await;
    assert_eq!(again.status, 401);
    assert!(!again.text().contains("not-the-right-one"));
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_a_password_does_not_stop_its_owner_from_changing_it() {
    let clock = LimitClock::Fake(FakeRelativeClock::default());
    let house = House::open_by(clock, |config| config.rate_limits = Switch::On).await;
    let ann = member(&house, ANN, ROOM).await;
    let guess = json!({ "name": ANN, "password": "a mere guess" });
    for _ in 0..LimitedAction::SignIn.quota().person.burst {
        assert_eq!(send(&house, "/sign-in", guess.clone()).await.status, 401);
    }
    assert_eq!(send(&house, "/sign-in", guess).await.status, 429, "the limit stops further guesses");
    let fields = json!({ "current": PASSWORD, "password": "one that is better" });
    let changed = settings(&ann, "/password", Some(fields)).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn weak_passwords_are_refused_everywhere_with_advice() {
    let staffed = Staffed::open().await;
    let Staffed { house, owner, guest, .. } = &staffed;
    let ben = member(house, BEN, ROOM).await;
    let path_of = |answer: &Answer| answer.json()["url"].as_str().unwrap()[house.url.len()..].to_owned();
    let form = [("name", "For friends"), ("role", "member"), ("expires", "1w")];
    let join = path_of(&owner.sends("/admin/invitations", &form).await);
    let reset = path_of(&owner.sends(&format!("{}/reset-link", page_of(BEN)), &[]).await);
    let ownerless = House::open().await;
    let setup = ownerless.owner_path().unwrap().to_owned();
    let forms = [
        (house, "/register", json!({}), guest.cookie()),
        (house, "/settings/password", json!({ "current": PASSWORD }), ben.cookie()),
        (house, "/recover", json!({ "name": BEN, "code": "0000-0000-0000-0000-0000-0000" }), String::new()),
        (house, join.as_str(), json!({ "name": "Carla Verde" }), String::new()),
        (house, reset.as_str(), json!({}), String::new()),
        (&ownerless, setup.as_str(), json!({ "server": "Zum Hirschen", "name": "Carla Verde" }), String::new()),
    ];
    for (house, path, fields, cookie) in forms {
        for weak in ["password", "Qwertyuiop", "taproom-2026"] {
            let mut fields = fields.clone();
            fields["password"] = json!(weak);
            let send = |accept: &str| house.post(path).header("cookie", &cookie).header("accept", accept).form(&fields);
            let (json, page) = (ask(send("application/json")).await, ask(send("text/html")).await);
            assert_eq!((json.status, page.status), (422, 422), "{path} {weak}: {}", json.text());
            assert!(json.text().contains("four or five random words"), "{path}: {}", json.text());
            assert_eq!(page.text().matches(r#"id="password-error""#).count(), 1, "{path} {weak}");
            assert!(!page.text().contains(&format!("value=\"{weak}")), "{path}: the password is not repeated");
        }
    }
    let mut named = json!({ "server": "Zum Hirschen", "name": "Carla Verde", "password": "hirschen carla 1" });
    assert_eq!(send(&ownerless, &setup, named.clone()).await.status, 422, "a password must not be made of names");
    named["password"] = json!(PASSWORD);
    assert_eq!(send(&ownerless, &setup, named).await.status, 200);
    assert_eq!(send(house, &reset, json!({ "password": "four words are better" })).await.status, 200);
}
