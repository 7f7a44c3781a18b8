//! Reactions: each one counts once per person, and every listener gets the change.

use serde_json::{Value, json};

use crate::harness::{ANN, Answer, Ears, Guest, House, ROOM, ask, escaped};
use crate::staff::{GARDEN_PATH, Staffed, page_of};

fn at(message: u64) -> String {
    format!("{GARDEN_PATH}/messages/{message}/reactions")
}

async fn reacts(person: &Guest, path: &str, reaction: &str) -> Answer {
    person.sends(path, &[("reaction", reaction)]).await
}

/// Submits a button of a page, by htmx or by the browser itself.
async fn submits_button(house: &House, person: &Guest, path: &str, reaction: &str, by_htmx: bool) -> Answer {
    let request = house.post(path).header("cookie", person.cookie()).form(&[("reaction", reaction)]);
    ask(if by_htmx { request.header("hx-request", "true") } else { request.header("accept", "text/html") }).await
}

/// The reactions of a message with their counts.
async fn reaction_counts(person: &Guest, path: &str) -> Vec<(String, u64)> {
    let reactions = person.reads(path, "application/json").await.json();
    let pair = |listed: &Value| (listed["reaction"].as_str().unwrap().to_owned(), listed["count"].as_u64().unwrap());
    reactions.as_array().unwrap().iter().map(pair).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn adding_a_reaction_twice_leaves_it_there_and_removing_it_twice_is_no_error() {
    let Staffed { house, guest, member, .. } = &Staffed::open().await;
    let path = at(guest.posts("what do you think?").await);
    for (by_htmx, status) in [(true, 200), (false, 303)] {
        for _retry in 0..2 {
            assert_eq!(submits_button(house, member, &path, "👍", by_htmx).await.status, status);
            assert_eq!(reaction_counts(guest, &path).await, [("👍".to_owned(), 1)]);
        }
        for _retry in 0..2 {
            assert_eq!(submits_button(house, member, &format!("{path}/delete"), "👍", by_htmx).await.status, status);
            assert_eq!(reaction_counts(guest, &path).await, []);
        }
    }
    let mut ears = house.listen(GARDEN_PATH, "as=json").await;
    for _ in 0..3 {
        let answer = reacts(member, &path, "👍").await;
        assert_eq!((answer.status, &answer.json()["reactions"][0]["reaction"]), (200, &json!("👍")));
    }
    assert_eq!(hears_count(&mut ears).await, 1);
    reacts(guest, &path, "👍").await;
    assert_eq!(hears_count(&mut ears).await, 2, "listeners get nothing where nothing changed");
    let removed = reacts(member, &format!("{path}/delete"), "👍").await;
    assert_eq!(removed.status, 200);
    assert_eq!(hears_count(&mut ears).await, 1);
    assert_eq!(reacts(member, &format!("{path}/delete"), "never there").await.status, 200);
    assert_eq!(reaction_counts(guest, &path).await, [("👍".to_owned(), 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_pill_has_a_button_that_adds_the_reaction_and_one_that_removes_it() {
    let Staffed { house, guest, member, .. } = &Staffed::open().await;
    let message = guest.posts("what do you think?").await;
    let path = at(message);
    let row = async || {
        let page = house.read(GARDEN_PATH, "text/html").await;
        let (_, row) = page.text().split_once(&format!(" id=\"m{message}\" ")).expect("the row is on the page");
        row.split_once("</li>").expect("a row ends").0.to_owned()
    };
    assert!(!row().await.contains("<form"), "a message without reactions has no form");
    for _retry in 0..2 {
        submits_button(house, member, &path, "👍", false).await;
    }
    let row = row().await;
    let (_, form) = row.split_once("<form class=\"reactions\" ").expect("the reactions are a form");
    assert!(form.starts_with(&format!("method=\"post\" action=\"{path}\"")), "{form}");
    let buttons: Vec<&str> = form.split("<button ").skip(1).collect();
    let [adds, removes] = buttons[..] else { panic!("there are two buttons: {form}") };
    assert!(adds.starts_with("class=\"reaction\" name=\"reaction\" value=\"👍\""), "{adds}");
    let start = format!("class=\"reaction mine\" formaction=\"{path}/delete\" name=\"reaction\" value=\"👍\"");
    assert!(removes.starts_with(&start) && removes.contains("<span class=\"sr\">Remove </span>"), "{removes}");
    for button in [adds, removes] {
        assert!(button.contains("data-reactors=\"") && button.contains("👍</span> 1</button>"), "{button}");
    }
}

/// The count of the first reaction, by the next change that the listener gets. A change shows the present state, so call this
/// before the next change.
async fn hears_count(ears: &mut Ears) -> usize {
    let change: Value = serde_json::from_str(&ears.hears().await.data).unwrap();
    assert_eq!(change["kind"], "reacted");
    change["message"]["reactions"][0]["users"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_sees_who_reacted_in_every_format() {
    let Staffed { house, guest, member, moderator, .. } = &Staffed::open().await;
    let message = guest.posts("what do you think?").await;
    let (mut pages, mut lines) = (guest.listen("").await, guest.listen("as=text").await);
    reacts(member, &at(message), "👍").await;
    let fragment = pages.hears().await.data;
    let row = fragment.split_once("outerMorph\">").expect("the row is sent").1.split_once("</hx-partial>").unwrap().0;
    assert!(row.contains("title=\"\u{2068}Mel?#%\u{2069}\"") && row.contains("value=\"👍\""), "{row}");
    assert_eq!(lines.hears().await.data, format!("(reactions to {message}: 👍 1)"));
    reacts(moderator, &at(message), "👍").await;
    reacts(guest, &at(message), "so <b>true</b>").await;
    pages.hears().await;
    let fragment = pages.hears().await.data;
    assert!(fragment.contains("title=\"\u{2068}Mel?#%\u{2069} and \u{2068}Mo: ü\u{2069}\""), "{fragment}");
    let words = escaped("so <b>true</b>");
    assert!(fragment.contains(&format!("value=\"{words}\" title=\"\u{2068}{}\u{2069}\"", escaped(ANN))), "{fragment}");
    assert!(
        fragment.contains("<button class=\"reaction boost\""),
        "a text reaction has the avatar of its first author"
    );
    let row = fragment.split_once("outerMorph\">").unwrap().1.split_once("</hx-partial>").unwrap().0;
    assert!(house.read(GARDEN_PATH, "text/html").await.text().contains(row), "the page has the same bytes");
    let listed = house.read(&at(message), "application/json").await.json();
    assert_eq!(listed[0]["people"][1]["name"], "Mo: ü");
    let text = house.read(&at(message), "text/plain").await;
    assert_eq!(text.text(), format!("👍 2: Mel?#%, Mo: ü\nso <b>true</b> 1: {ANN}\n"));
    let page = house.read(&at(message), "text/html").await;
    assert!(page.text().contains(&words) && !page.text().contains("name=\"reaction\""), "strangers can only read");
    let own = guest.reads(&at(message), "text/html").await;
    assert_eq!(own.text().matches(">Remove</button>").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_people_are_named_and_the_others_counted() {
    let house = House::open().await;
    let first = house.guest("P1", ROOM).await;
    let path = format!("{}/messages/{}/reactions", first.room, first.posts("all of you").await);
    reacts(&first, &path, "🎉").await;
    for n in 2..=7 {
        reacts(&house.guest(&format!("P{n}"), ROOM).await, &path, "🎉").await;
        let names = ["P1 and P2", "P1, P2 and P3", "P1, P2, P3 and P4", "P1, P2, P3, P4 and P5"];
        let expected = match n {
            2..=5 => names[n - 2].to_owned(),
            n => format!("P1, P2, P3, P4, P5 and {} more", n - 5),
        };
        // Isolate characters keep one name from changing the direction of the next.
        let isolated = |line: String, n| line.replace(&format!("P{n}"), &format!("\u{2068}P{n}\u{2069}"));
        let expected = (1..=5).fold(expected, isolated);
        let page = house.read(&first.room, "text/html").await;
        assert!(page.text().contains(&format!("title=\"{expected}\"")), "{expected}");
    }
    assert_eq!(house.read(&path, "text/plain").await.text(), "🎉 7: P1, P2, P3, P4, P5, P6, P7\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_has_at_most_twenty_kinds_of_reactions_of_sixteen_characters() {
    let Staffed { guest, member, .. } = &Staffed::open().await;
    let path = at(guest.posts("twenty").await);
    for n in 0..20 {
        assert_eq!(reacts(guest, &path, &format!("{n:0>16}")).await.status, 200, "{n}");
    }
    let refused = reacts(guest, &path, "one more").await;
    assert!(refused.status == 422 && refused.text().contains("limit is 20"), "{}", refused.text());
    assert_eq!(
        reacts(member, &path, &format!("{:0>16}", 7)).await.status,
        200,
        "an existing reaction takes more people"
    );
    assert_eq!(reacts(guest, &path, &"x".repeat(17)).await.status, 422);
    assert_eq!(reaction_counts(guest, &path).await.len(), 20);
    assert_eq!(reacts(guest, &format!("{path}/delete"), &format!("{:0>16}", 0)).await.status, 200);
    assert_eq!(reacts(guest, &path, "one more").await.status, 200, "a removed reaction makes room");
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_reactions_are_refused_beside_the_field() {
    let Staffed { house, guest, .. } = &Staffed::open().await;
    let path = at(guest.posts("hello").await);
    for body in ["", "reaction=", "reaction=%20%E2%80%8B", "reaction=a&reaction=b", "reaction=aaaaaaaaaaaaaaaaa"] {
        let request = house.post(&path).header("cookie", guest.cookie()).header("accept", "text/html");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let refused = ask(request.body(body)).await;
        assert!(
            refused.status == 422 && refused.text().contains("id=\"reaction-error\""),
            "{body}: {}",
            refused.text()
        );
    }
    for invalid in [json!({"reaction": ["a"]}), json!({"reaction": {}}), json!({"reaction": true}), json!({})] {
        let request = house.post(&path).bearer_auth(&guest.token).header("accept", "application/json");
        assert_eq!(ask(request.json(&invalid)).await.status, 422, "{invalid}");
    }
    assert_eq!(reaction_counts(guest, &path).await, []);
    assert_eq!(reacts(guest, &path, "line\nbreak").await.json()["reactions"][0]["reaction"], "line break");
}

#[tokio::test(flavor = "multi_thread")]
async fn muted_people_cannot_react_and_deleted_messages_take_no_reactions() {
    let staffed = Staffed::open().await;
    let Staffed { house, moderator, guest, member, creator, .. } = &staffed;
    let message = member.posts("hello").await;
    assert_eq!(ask(house.post(&at(message)).form(&[("reaction", "👍")])).await.status, 401);
    assert_eq!(moderator.sends(&format!("{}/mute", page_of(ANN)), &[("duration", "1h")]).await.status, 200);
    assert_eq!(reacts(guest, &at(message), "👍").await.status, 403);
    let page = guest.reads(&at(message), "text/html").await;
    assert!(page.status == 200 && !page.text().contains("name=\"reaction\""), "muted people are offered no form");
    assert_eq!(moderator.sends(&format!("{}/unmute", page_of(ANN)), &[]).await.status, 200);
    assert_eq!(reacts(guest, &at(message), "👍").await.status, 200);
    assert_eq!(creator.sends(&format!("{GARDEN_PATH}/archive"), &[]).await.status, 200);
    assert_eq!(reacts(member, &at(message), "👍").await.status, 403);
    assert_eq!(creator.sends(&format!("{GARDEN_PATH}/archive"), &[("archived", "no")]).await.status, 200);
    assert_eq!(member.sends(&format!("{GARDEN_PATH}/messages/{message}/delete"), &[]).await.status, 200);
    for path in [at(message), format!("{}/delete", at(message)), at(message + 1_000)] {
        assert_eq!(reacts(guest, &path, "👍").await.status, 404, "{path}");
    }
    let page = house.read(GARDEN_PATH, "text/html").await;
    assert!(!page.text().contains("data-reactors"), "a deleted message loses its reactions");
}
