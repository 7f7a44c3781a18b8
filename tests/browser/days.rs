//! The pages of days: from the line above a day to all of it, to the days around it and to any other, also without a script.

use std::time::Duration;

use serde_json::json;

use super::browser::Browser;
use super::harness::{ANN, BOB, House, Past, ROOM_PATH};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Where Bob's words stand on the page of a day, and beside the door.
const FIRST: &str = "<i>seven</i> days ago & \"more\"";

/// Bob spoke on three days of the last week, on one of them a lot.
fn week(past: &mut Past) {
    let lots: Vec<String> = (0..70).map(|n| format!("three days ago {n}")).collect();
    let lots = lots.iter().map(|text| (DAY * 3, text.as_str()));
    past.said(BOB, std::iter::once((DAY * 7, FIRST)).chain(lots).chain([(Duration::ZERO, "today")]));
}

/// The day so many days ago, as it is written in an address.
fn date(days_ago: u32) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("the clock is set");
    let at = u64::try_from((now - DAY * days_ago).as_millis()).expect("a moment");
    taproom::domain::Day::containing(taproom::domain::Timestamp(at)).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_script_one_walks_from_day_to_day_and_to_any_other() {
    let house = House::open_after(week).await;
    let reader = Browser::without_script().await;
    reader.goes_to(&format!("{}{ROOM_PATH}?around=1", house.url)).await;
    reader.clicks(".day a").await;
    reader.find("h2 time").await;
    assert_eq!(reader.all(".thread .body").await, [FIRST]);
    let heads = reader.all("h2").await;
    assert!(heads.iter().any(|head| head.ends_with(", UTC")), "{heads:?}");
    reader.clicks("[rel=next]").await;
    reader.find(".edge-link").await;
    assert_eq!(reader.all(".thread .body").await.len(), 50);
    reader.clicks(".edge-link a").await;
    reader.find(".thread .message:nth-child(20):last-child").await;
    assert_eq!(reader.all(".edge-link").await, ["Earlier on this day"]);
    reader.clicks_away("[rel=next]").await;
    let address = reader.driver.current_url().await.expect("an address");
    assert!(address.as_str().ends_with(&date(0)), "{address}");
    reader.clicks_away("[rel=prev]").await;
    reader.clicks_away("[rel=prev]").await;
    reader.find("nav [rel=next]").await;

    // The calendar of the form is the browser's own; what it sends is a date.
    reader.find("#date").await.send_keys("01022020").await.expect("a field for a date");
    reader.clicks_away("form[action$='/days'] button").await;
    reader.find("[rel=next]").await;
    let texts = reader.all("main section p").await;
    assert!(texts.iter().any(|text| text == "No messages on this day."), "{texts:?}");
    reader.clicks("main .actions a:last-child").await;
    reader.find("#log").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_line_above_a_day_leads_to_what_stands_below_it_wherever_one_is() {
    let house = House::open_after(week).await;
    for zone in ["UTC", "Pacific/Kiritimati", "Etc/GMT+12"] {
        let reader = Browser::open().await;
        reader.cdp("Emulation.setTimezoneOverride", json!({"timezoneId": zone})).await;
        reader.goes_to(&format!("{}{ROOM_PATH}", house.url)).await;
        reader.listens().await;
        let ways =
            "return [...document.querySelectorAll('.day a')].map(a => [a.href, a.parentElement.nextElementSibling.id])";
        let ways = reader.eval(ways, vec![]).await;
        let ways = ways.as_array().expect("a list");
        assert!(ways.len() >= 2, "two days in {zone}");
        for way in ways {
            reader.goes_to(way[0].as_str().expect("an address")).await;
            let row = reader.find(&format!("#{}", way[1].as_str().expect("an id"))).await;
            assert!(row.is_displayed().await.expect("a look"));
            let clock = reader.string("return document.querySelector('.message time').textContent").await;
            assert!(clock.ends_with("UTC"), "a day of UTC has its times: {clock}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_days_are_accessible() {
    let house = House::open_after(week).await;
    let ann = Browser::open().await;
    ann.comes_in(&house.url, ANN).await;
    for (name, days_ago) in [("day", 3), ("day-empty", 5)] {
        ann.goes_to(&format!("{}{ROOM_PATH}/days/{}", house.url, date(days_ago))).await;
        ann.find("#day").await;
        ann.is_accessible(name).await;
        ann.fits_on_phones(name).await;
    }
}
