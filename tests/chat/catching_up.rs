//! Somebody who was away for hundreds of changes of every kind comes back, and sees to the byte what a fresh page shows: what
//! the stream brings is applied to the old page by a small model of what htmx does with it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reqwest::RequestBuilder;

use crate::harness::{Guest, ask};
use crate::rename_rows::rename;
use crate::rows::{rows_in, without_days};
use crate::staff::{GARDEN_PATH, Staffed};

/// What somebody does. The numbers choose among the people and the messages that there are.
#[derive(Clone, Debug)]
enum Wish {
    Post { by: usize, answers: Option<usize> },
    Edit { message: usize },
    Remove { message: usize },
    React { by: usize, message: usize, with: usize, on: bool },
    Pin { message: usize, on: bool },
    Rename { by: usize },
}

fn wish() -> impl Strategy<Value = Wish> {
    let (by, message) = (0..5_usize, 0..400_usize);
    prop_oneof![
        3 => (by.clone(), proptest::option::of(message.clone())).prop_map(|(by, answers)| Wish::Post { by, answers }),
        3 => message.clone().prop_map(|message| Wish::Edit { message }),
        1 => message.clone().prop_map(|message| Wish::Remove { message }),
        4 => (by, message.clone(), 0..4_usize, any::<bool>())
            .prop_map(|(by, message, with, on)| Wish::React { by, message, with, on }),
        1 => (message, any::<bool>()).prop_map(|(message, on)| Wish::Pin { message, on }),
        1 => (0..2_usize).prop_map(|by| Wish::Rename { by }),
    ]
}

/// Where somebody takes another name.
fn settings(guest: &Guest) -> RequestBuilder {
    let request = guest.http.post(format!("{}/settings/name", guest.url));
    request.bearer_auth(&guest.token).header("accept", "application/json")
}

/// The messages that were said, by whom, and whether they are gone.
type Said = Vec<(u64, usize, bool)>;

/// Does it, or something as near to it as there is; what was said grows by it.
async fn does(people: [&Guest; 5], said: &mut Said, n: usize, wish: Wish) {
    let path = |message: u64, act: &str| format!("{GARDEN_PATH}/messages/{message}/{act}");
    let there: Vec<usize> = (0..said.len()).filter(|place| !said[*place].2).collect();
    let pick = |message: usize| there.get(message % there.len().max(1)).copied();
    // A third is only ever answered: what such a row shows of others must come with the changes of those.
    let touched: Vec<usize> = there.iter().copied().filter(|place| place % 3 != 0).collect();
    let touch = |message: usize| touched.get(message % touched.len().max(1)).copied();
    let status = match wish {
        Wish::Post { by, answers } => {
            let to = answers.and_then(pick).map_or(String::new(), |place| said[place].0.to_string());
            // Also whoever is called otherwise by now is spoken to by the name that they had.
            let text = format!("words <b>{n}</b>\n*to* @{}", people[n % 5].name);
            let form = [("body", text.as_str()), ("reply_to", to.as_str())];
            let answer = people[by].sends(&format!("{GARDEN_PATH}/messages"), &form).await;
            said.push((answer.json()["id"].as_u64().expect("it is said"), by, false));
            200
        }
        Wish::Edit { message } => match touch(message).map(|place| said[place]) {
            Some((id, by, _)) => {
                people[by].sends(&path(id, "edit"), &[("body", &format!("now {n} & <i>"))]).await.status
            }
            None => 200,
        },
        Wish::Remove { message } => match touch(message) {
            Some(place) => {
                said[place].2 = true;
                people[said[place].1].sends(&path(said[place].0, "delete"), &[]).await.status
            }
            None => 200,
        },
        Wish::React { by, message, with, on } => match touch(message) {
            Some(place) => {
                let act = if on { "reactions" } else { "reactions/delete" };
                let reaction = ["👍", "❤️", "so true", "<b>"][with];
                people[by].sends(&path(said[place].0, act), &[("reaction", reaction)]).await.status
            }
            None => 200,
        },
        // A moderator and the owner. A few times a person is enough, for them too.
        Wish::Rename { by } => {
            let name = format!("{} {n}", people[by].name);
            let status = ask(settings(people[by]).form(&[("name", name)])).await.status;
            if [204, 409, 429].contains(&status) { 200 } else { status }
        }
        // Who pins is a moderator. A room has a limit of pins.
        Wish::Pin { message, on } => match touch(message) {
            Some(place) => {
                let status = people[0].sends(&path(said[place].0, if on { "pin" } else { "unpin" }), &[]).await.status;
                if status == 422 { 200 } else { status }
            }
            None => 200,
        },
    };
    assert_eq!(status, 200, "change {n} is made");
}

/// A page of a room as somebody has it open.
#[derive(Debug, PartialEq, Eq)]
struct Page {
    rows: BTreeMap<u64, String>,
    /// The way to what is pinned.
    pins: String,
    cursor: String,
}

fn pins_in(html: &str) -> String {
    let (_, way) = html.split_once("<span id=\"pins\">").expect("there is a place for pins");
    way.split_once("</span>").unwrap().0.to_owned()
}

impl Page {
    /// The page as it is now, with all that is older.
    async fn open(reader: &Guest) -> Self {
        let html = reader.reads(GARDEN_PATH, "text/html").await;
        let cursor = html.text().split_once("/live?after=").unwrap().1.split_once('"').unwrap().0.to_owned();
        let mut page = Self { rows: without_days(rows_in(html.text())), pins: pins_in(html.text()), cursor };
        while let Some((first, _)) = page.rows.first_key_value() {
            let older = reader.reads(&format!("{GARDEN_PATH}/older?before={first}"), "text/html").await;
            let older = without_days(rows_in(older.text()));
            if older.is_empty() {
                break;
            }
            page.rows.extend(older);
        }
        page
    }

    /// Does what the page does with what the stream brings; how many rows were put in place of others.
    fn takes(&mut self, data: &str) -> usize {
        let mut renewed = 0;
        for partial in data.split("<hx-partial ").skip(1) {
            let (head, inside) = partial.split_once('>').unwrap();
            let inside = inside.strip_suffix("</hx-partial>").expect("partials stand beside each other");
            let attribute = |name: &str| head.split_once(name).unwrap().1.split_once('"').unwrap().0;
            match (attribute("hx-target=\""), attribute("hx-swap=\"")) {
                ("#messages", "beforeend") => {
                    for (id, row) in without_days(rows_in(inside)) {
                        self.rows.entry(id).or_insert(row); // as the script does with what is there
                    }
                }
                ("#pins", "outerHTML") => self.pins = pins_in(inside),
                (target, "outerHTML") => {
                    let id =
                        target.strip_prefix("#m").unwrap().strip_suffix(" .quoted").expect("a quote").parse().unwrap();
                    if let Some(row) = self.rows.get_mut(&id) {
                        let start = row.find("<a class=\"quoted\"").expect("an answer has a quote");
                        let end = start + row[start..].find("</a>").unwrap() + "</a>".len();
                        row.replace_range(start..end, inside);
                    }
                }
                (target, "outerMorph") => {
                    let id = target.strip_prefix("#m").unwrap().parse().unwrap();
                    if let Some(row) = self.rows.get_mut(&id) {
                        inside.clone_into(row);
                        renewed += 1;
                    }
                }
                other => panic!("a page does nothing with {other:?}"),
            }
        }
        renewed
    }
}

async fn is_away_for(wishes: Vec<Wish>) {
    let Staffed { owner, moderator, member, guest, creator, .. } = &Staffed::open().await;
    let (people, mut said) = ([moderator, owner, member, guest, creator], Said::new());
    let (before, meanwhile) = wishes.split_at(60);
    for (n, wish) in before.iter().enumerate() {
        does(people, &mut said, n, wish.clone()).await;
    }
    let mut page = Page::open(member).await;
    assert!(page.rows.len() > 10, "there is something that can change");
    for (n, wish) in meanwhile.iter().enumerate() {
        does(people, &mut said, n + before.len(), wish.clone()).await;
    }
    // What changes nothing has a number too, and is told to nobody: the last is a change that everybody hears.
    does(people, &mut said, wishes.len(), Wish::Post { by: 2, answers: None }).await;
    let fresh = Page::open(member).await;
    assert_eq!(fresh.rows.len(), said.len());
    let mut ears = member.listens(GARDEN_PATH, &format!("after={}", page.cursor)).await;
    let (mut frames, mut renewed, mut renamed) = (0, 0, 0);
    while ears.last_id != fresh.cursor {
        let heard = ears.hears().await;
        if heard.name == "renamed" {
            let told = serde_json::from_str(&heard.data).expect("it is JSON");
            page.rows.values_mut().for_each(|row| rename(row, &told));
            renamed += 1;
        } else {
            renewed += page.takes(&heard.data);
        }
        frames += 1;
    }
    assert!(frames > 200 && renewed > 100, "{frames} frames put {renewed} rows in place of others");
    assert_eq!(renamed, 2, "of each the last new name is told");
    page.cursor.clone_from(&fresh.cursor);
    assert_eq!(page.pins, fresh.pins);
    for (id, row) in &fresh.rows {
        assert_eq!(page.rows.get(id), Some(row), "message {id}");
    }
    assert_eq!(page, fresh);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_away_for_five_hundred_changes_sees_what_a_fresh_page_shows() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..3 {
        let wishes = proptest::collection::vec(wish(), 560).new_tree(&mut runner).expect("wishes are drawn").current();
        is_away_for(wishes).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_away_while_a_room_took_another_name_is_told_to_look_anew() {
    let Staffed { member, guest, creator, .. } = &Staffed::open().await;
    let said = guest.posts("before").await;
    let page = Page::open(member).await;
    member.sends(&format!("{GARDEN_PATH}/messages/{said}/reactions"), &[("reaction", "👍")]).await;
    let form = [("name", "Garden two"), ("topic", "seeds"), ("visibility", "open"), ("slow_mode_s", "0")];
    assert_eq!(creator.sends(&format!("{GARDEN_PATH}/settings"), &form).await.status, 200);
    let mut ears = member.listens(GARDEN_PATH, &format!("after={}", page.cursor)).await;
    let mut names = Vec::new();
    while names.last().is_none_or(|name| name != "reset") {
        names.push(ears.next().await.expect("the stream goes on").name);
    }
    assert!(names.contains(&"message".to_owned()), "{names:?}");
}
