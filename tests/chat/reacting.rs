//! Reacting to what was said: each way once for each person, and told to all.

use serde_json::{Value, json};

use crate::harness::{ANN, Answer, Ears, Guest, House, ROOM, ask, escaped};
use crate::staff::{GARDEN_PATH, Staffed, page_of};

fn at(message: u64) -> String {
    format!("{GARDEN_PATH}/messages/{message}/reactions")
}

async fn reacts(person: &Guest, path: &str, with: &str) -> Answer {
    person.sends(path, &[("reaction", with)]).await
}

/// Presses the button of a page, which htmx or the browser itself sends.
async fn presses(house: &House, person: &Guest, path: &str, with: &str, by_htmx: bool) -> Answer {
    let request = house.post(path).header("cookie", person.cookie()).form(&[("reaction", with)]);
    ask(if by_htmx { request.header("hx-request", "true") } else { request.header("accept", "text/html") }).await
}

/// Which reactions a message has, and how many of each.
async fn counted(person: &Guest, path: &str) -> Vec<(String, u64)> {
    let listed = person.reads(path, "application/json").await.json();
    let pair = |one: &Value| (one["reaction"].as_str().unwrap().to_owned(), one["count"].as_u64().unwrap());
    listed.as_array().unwrap().iter().map(pair).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_adds_ones_own_and_takes_it_back_and_a_program_says_which() {
    let Staffed { house, guest, member, .. } = &Staffed::open().await;
    let path = at(guest.posts("what do you think?").await);
    for (by_htmx, status) in [(true, 200), (false, 303)] {
        assert_eq!(presses(house, member, &path, "👍", by_htmx).await.status, status);
        assert_eq!(counted(guest, &path).await, [("👍".to_owned(), 1)]);
        assert_eq!(presses(house, member, &path, "👍", by_htmx).await.status, status);
        assert_eq!(counted(guest, &path).await, []);
    }
    let mut ears = house.listen(GARDEN_PATH, "as=json").await;
    for _ in 0..3 {
        let answer = reacts(member, &path, "👍").await;
        assert_eq!((answer.status, &answer.json()["reactions"][0]["with"]), (200, &json!("👍")));
    }
    assert_eq!(told(&mut ears).await, 1);
    reacts(guest, &path, "👍").await;
    assert_eq!(told(&mut ears).await, 2, "what changed nothing was told to nobody");
    let taken = reacts(member, &format!("{path}/delete"), "👍").await;
    assert_eq!(taken.status, 200);
    assert_eq!(told(&mut ears).await, 1);
    assert_eq!(reacts(member, &format!("{path}/delete"), "never there").await.status, 200);
    assert_eq!(counted(guest, &path).await, [("👍".to_owned(), 1)]);
}

/// How many react in the first way, by the next change that is told. What is told is how it is then, so it is asked for
/// before there is another.
async fn told(ears: &mut Ears) -> usize {
    let change: Value = serde_json::from_str(&ears.hears().await.data).unwrap();
    assert_eq!(change["kind"], "reacted");
    change["message"]["reactions"][0]["users"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_who_reacted_and_how_in_every_form() {
    let Staffed { house, guest, member, moderator, .. } = &Staffed::open().await;
    let said = guest.posts("what do you think?").await;
    let (mut pages, mut lines) = (guest.listen("").await, guest.listen("as=text").await);
    reacts(member, &at(said), "👍").await;
    let fragment = pages.hears().await.data;
    let row = fragment.split_once("outerMorph\">").expect("the row comes").1.split_once("</hx-partial>").unwrap().0;
    assert!(row.contains("title=\"\u{2068}Mel?#%\u{2069}\"") && row.contains("value=\"👍\""), "{row}");
    assert_eq!(lines.hears().await.data, format!("(reactions to {said}: 👍 1)"));
    reacts(moderator, &at(said), "👍").await;
    reacts(guest, &at(said), "so <b>true</b>").await;
    pages.hears().await;
    let fragment = pages.hears().await.data;
    assert!(fragment.contains("title=\"\u{2068}Mel?#%\u{2069} and \u{2068}Mo: ü\u{2069}\""), "{fragment}");
    let words = escaped("so <b>true</b>");
    assert!(fragment.contains(&format!("value=\"{words}\" title=\"\u{2068}{}\u{2069}\"", escaped(ANN))), "{fragment}");
    assert!(fragment.contains("<button class=\"reaction boost\""), "words have the face of who had them");
    let row = fragment.split_once("outerMorph\">").unwrap().1.split_once("</hx-partial>").unwrap().0;
    assert!(house.read(GARDEN_PATH, "text/html").await.text().contains(row), "the page has the same bytes");
    let listed = house.read(&at(said), "application/json").await.json();
    assert_eq!(listed[0]["people"][1]["name"], "Mo: ü");
    let text = house.read(&at(said), "text/plain").await;
    assert_eq!(text.text(), format!("👍 2: Mel?#%, Mo: ü\nso <b>true</b> 1: {ANN}\n"));
    let page = house.read(&at(said), "text/html").await;
    assert!(page.text().contains(&words) && !page.text().contains("name=\"reaction\""), "a stranger only reads");
    let own = guest.reads(&at(said), "text/html").await;
    assert_eq!(own.text().matches("Take back").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_are_named_beside_a_message_and_the_others_counted() {
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
        // Each between signs that keep one name from changing how the next reads.
        let isolated = |line: String, n| line.replace(&format!("P{n}"), &format!("\u{2068}P{n}\u{2069}"));
        let expected = (1..=5).fold(expected, isolated);
        let page = house.read(&first.room, "text/html").await;
        assert!(page.text().contains(&format!("title=\"{expected}\"")), "{expected}");
    }
    assert_eq!(house.read(&path, "text/plain").await.text(), "🎉 7: P1, P2, P3, P4, P5, P6, P7\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_has_twenty_kinds_of_reactions_of_sixteen_characters_and_no_more() {
    let Staffed { guest, member, .. } = &Staffed::open().await;
    let path = at(guest.posts("twenty").await);
    for n in 0..20 {
        assert_eq!(reacts(guest, &path, &format!("{n:0>16}")).await.status, 200, "{n}");
    }
    let refused = reacts(guest, &path, "one more").await;
    assert!(refused.status == 422 && refused.text().contains("limit is 20"), "{}", refused.text());
    assert_eq!(reacts(member, &path, &format!("{:0>16}", 7)).await.status, 200, "others join those that are there");
    assert_eq!(reacts(guest, &path, &"x".repeat(17)).await.status, 422);
    assert_eq!(counted(guest, &path).await.len(), 20);
    assert_eq!(reacts(guest, &format!("{path}/delete"), &format!("{:0>16}", 0)).await.status, 200);
    assert_eq!(reacts(guest, &path, "one more").await.status, 200, "where one went there is room");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_fields_are_refused_beside_the_field() {
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
    for wrong in [json!({"reaction": ["a"]}), json!({"reaction": {}}), json!({"reaction": true}), json!({})] {
        let request = house.post(&path).bearer_auth(&guest.token).header("accept", "application/json");
        assert_eq!(ask(request.json(&wrong)).await.status, 422, "{wrong}");
    }
    assert_eq!(counted(guest, &path).await, []);
    assert_eq!(reacts(guest, &path, "line\nbreak").await.json()["reactions"][0]["with"], "line break");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_speak_does_not_react_and_nobody_reacts_to_what_is_gone() {
    let staffed = Staffed::open().await;
    let Staffed { house, moderator, guest, member, creator, .. } = &staffed;
    let said = member.posts("hello").await;
    assert_eq!(ask(house.post(&at(said)).form(&[("reaction", "👍")])).await.status, 401);
    assert_eq!(moderator.sends(&format!("{}/mute", page_of(ANN)), &[("duration", "1h")]).await.status, 200);
    assert_eq!(reacts(guest, &at(said), "👍").await.status, 403);
    let page = guest.reads(&at(said), "text/html").await;
    assert!(page.status == 200 && !page.text().contains("name=\"reaction\""), "the silenced are offered nothing");
    assert_eq!(moderator.sends(&format!("{}/unmute", page_of(ANN)), &[]).await.status, 200);
    assert_eq!(reacts(guest, &at(said), "👍").await.status, 200);
    assert_eq!(creator.sends(&format!("{GARDEN_PATH}/archive"), &[]).await.status, 200);
    assert_eq!(reacts(member, &at(said), "👍").await.status, 403);
    assert_eq!(creator.sends(&format!("{GARDEN_PATH}/archive"), &[("archived", "no")]).await.status, 200);
    assert_eq!(member.sends(&format!("{GARDEN_PATH}/messages/{said}/delete"), &[]).await.status, 200);
    for path in [at(said), format!("{}/delete", at(said)), at(said + 1_000)] {
        assert_eq!(reacts(guest, &path, "👍").await.status, 404, "{path}");
    }
    let page = house.read(GARDEN_PATH, "text/html").await;
    assert!(!page.text().contains("data-reactors"), "with the words go the reactions to them");
}
