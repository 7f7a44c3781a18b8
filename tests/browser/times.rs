//! Times are the reader's own; where no script can make them so they are UTC, and say it.

use std::time::Duration;

use serde_json::json;

use super::browser::Browser;
use super::harness::{ANN, BOB, House, ROOM_PATH};

const HOUR: Duration = Duration::from_secs(60 * 60);

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_beside_a_message_is_the_readers_own() {
    let house = House::open_after(|past| past.said(BOB, [(HOUR, "an hour ago")])).await;
    let ann = Browser::open().await;
    ann.cdp("Emulation.setTimezoneOverride", json!({"timezoneId": "Asia/Tokyo"})).await;
    ann.cdp("Emulation.setLocaleOverride", json!({"locale": "en-GB"})).await;
    ann.sits_down(&house.url, ANN).await;
    ann.says("now").await;

    let clocks = "return [...document.querySelectorAll('.message time')].map(time => {
        const at = new Date(time.dateTime), two = n => String(n).padStart(2, '0');
        return {shown: time.textContent.trim(), title: time.parentElement.title,
          tokyo: `${two((at.getUTCHours() + 9) % 24)}:${two(at.getUTCMinutes())}`};
      })";
    let clocks = ann.eval(clocks, vec![]).await;
    let clocks = clocks.as_array().expect("a list");
    assert_eq!(clocks.len(), 2, "one from the page, one from the stream");
    for clock in clocks {
        assert_eq!(clock["shown"], clock["tokyo"]);
        assert!(
            clock["title"].as_str().expect("a title").contains(clock["tokyo"].as_str().expect("a time")),
            "{clock}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_every_other_page_with_times_they_are_the_readers_own_too() {
    let house = House::open_after(|past| past.said(BOB, [(HOUR * 50, "two days ago")])).await;
    let ann = Browser::open().await;
    ann.cdp("Emulation.setTimezoneOverride", json!({"timezoneId": "Asia/Tokyo"})).await;
    ann.cdp("Emulation.setLocaleOverride", json!({"locale": "en-GB"})).await;
    ann.sits_down(&house.url, ANN).await;
    let first = ann.sees("two days ago").await.id;
    ann.goes_to(&format!("{}{ROOM_PATH}?reply={first}", house.url)).await;
    ann.listens().await;
    let answer = ann.says("an answer").await;
    ann.goes_to(&format!("{}{ROOM_PATH}/messages/{answer}/edit", house.url)).await;
    ann.fills("#text", "another answer").await;
    ann.clicks(".actions .primary").await;
    ann.listens().await;
    for (page, count) in [(format!("messages/{first}/thread"), 2), (format!("messages/{answer}/history"), 2)] {
        ann.goes_to(&format!("{}{ROOM_PATH}/{page}", house.url)).await;
        let clocks = "return [...document.querySelectorAll('time')].map(time => {
            const at = new Date(time.dateTime), tokyo = new Date(at.getTime() + 9 * 36e5), two = n => String(n).padStart(2, '0');
            const today = new Date(Date.now() + 9 * 36e5).toISOString().slice(0, 10) === tokyo.toISOString().slice(0, 10);
            return {shown: time.textContent, today, clock: `${two(tokyo.getUTCHours())}:${two(tokyo.getUTCMinutes())}`};
          })";
        let clocks = ann.eval(clocks, vec![]).await;
        assert_eq!(clocks.as_array().expect("a list").len(), count, "{page}");
        for clock in clocks.as_array().expect("a list") {
            let (shown, own) = (clock["shown"].as_str().expect("a text"), clock["clock"].as_str().expect("a time"));
            assert!(shown.ends_with(own) && !shown.contains("UTC"), "{page}: {clock}");
            assert_eq!(shown == own, clock["today"] == json!(true), "another day is named: {clock}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_begins_at_the_readers_midnight() {
    // Every half hour for three days: wherever midnight lies, two messages stand on either side of it.
    let lines: Vec<(Duration, String)> =
        (0..=144).rev().map(|n| (HOUR * n / 2, format!("{n} half hours ago"))).collect();
    let house = House::open_after(|past| past.said(BOB, lines.iter().map(|(ago, text)| (*ago, text.as_str())))).await;
    for zone in ["Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu"] {
        let reader = Browser::open().await;
        reader.cdp("Emulation.setTimezoneOverride", json!({"timezoneId": zone})).await;
        reader.goes_to(&format!("{}{ROOM_PATH}", house.url)).await;
        reader.listens().await;
        // All three pages, so that days also meet where pages do.
        for count in [100, 145] {
            reader.eval("document.querySelector('#messages > .message').scrollIntoView()", vec![]).await;
            let there = "return document.querySelectorAll('#messages > .message').length === arguments[0]";
            reader.until("older messages come", there, vec![json!(count)]).await;
        }
        let wrong = "const local = at => `${at.getFullYear()}-${at.getMonth()}-${at.getDate()}`, wrong = [];
            let day = '', days = 0;
            for (const row of document.querySelector('#messages').children) {
              if (row.matches('.day')) {
                const [y, m, d] = row.querySelector('time').dateTime.split('-').map(Number);
                if (day === `${y}-${m - 1}-${d}`) wrong.push('twice ' + row.textContent);
                day = `${y}-${m - 1}-${d}`; days++;
              } else if (local(new Date(row.querySelector('time').dateTime)) !== day) wrong.push(row.id);
            }
            return {wrong, days, last: [...document.querySelectorAll('.day')].slice(-2).map(day => day.innerText)}";
        let found = reader.eval(wrong, vec![]).await;
        assert_eq!(found["wrong"], json!([]), "in {zone}");
        assert_eq!(found["days"], json!(4), "three days have three midnights, in {zone}");
        assert_eq!(found["last"], json!(["Yesterday", "Today"]), "in {zone}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_script_times_are_utc_and_say_so() {
    let house = House::open_after(|past| past.said(BOB, [(HOUR * 30, "yesterday or before"), (HOUR, "now")])).await;
    let reader = Browser::without_script().await;
    reader.cdp("Emulation.setTimezoneOverride", json!({"timezoneId": "Asia/Tokyo"})).await;
    reader.goes_to(&format!("{}{ROOM_PATH}", house.url)).await;
    let times = reader.driver.find_all(thirtyfour::By::Css("#messages time")).await.expect("times");
    assert!(times.len() >= 4, "two messages and their days");
    for time in times {
        let (text, at) = (time.text().await.expect("a text"), time.attr("datetime").await.expect("an attribute"));
        let at = at.expect("a moment");
        assert!(text.ends_with("UTC"), "{text} does not say that it is UTC");
        if let Some((_, clock)) = at.split_once('T') {
            assert_eq!(text, format!("{} UTC", &clock[..5]));
        }
    }
}
