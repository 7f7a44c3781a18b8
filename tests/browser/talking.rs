//! Two people in two windows: what either says appears in both, once, as it was meant and as nothing else.

use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, BOB, House, ROOM, ROOM_PATH};
use super::page::Row;

#[tokio::test(flavor = "multi_thread")]
async fn what_either_of_two_people_says_appears_in_both_windows_once() {
    let house = House::open().await;
    let (ann, bob) = (Browser::open().await, Browser::open().await);
    ann.sits_down(&house.url, ANN).await;
    bob.sits_down(&house.url, BOB).await;
    ann.sees_here(2).await;

    let first = ann.says("Hello, is anybody here?").await;
    assert_eq!(bob.sees("Hello, is anybody here?").await.id, first);
    let second = bob.says("I am.").await;
    assert_eq!(ann.sees("I am.").await.id, second);
    ann.says("Good.").await;
    ann.says("Very good.").await;
    bob.sees("Very good.").await;

    let (anns, bobs) = (ann.rows().await, bob.rows().await);
    let told = |rows: &[Row]| rows.iter().map(|row| (row.author.clone(), row.text.clone())).collect::<Vec<_>>();
    assert_eq!(told(&anns), told(&bobs));
    let expected = [(ANN, "Hello, is anybody here?"), (BOB, "I am."), (ANN, "Good."), (ANN, "Very good.")];
    assert_eq!(told(&anns), expected.map(|(author, text)| (author.to_owned(), text.to_owned())));
    let follows: Vec<bool> = anns.iter().map(|row| row.follows).collect();
    assert_eq!(follows, [false, false, false, true], "only what the same person says next is grouped");
    assert_eq!(ann.written().await, "", "what was sent is gone from the composer");
}

#[tokio::test(flavor = "multi_thread")]
async fn you_stands_beside_ones_own_messages_and_only_there() {
    let house = House::open().await;
    let (ann, bob) = (Browser::open().await, Browser::open().await);
    ann.sits_down(&house.url, ANN).await;
    bob.sits_down(&house.url, BOB).await;
    ann.says("one").await;
    ann.says("two").await;
    bob.sees("two").await;
    bob.says("three").await;
    ann.sees("three").await;

    let own = |rows: Vec<Row>| rows.into_iter().map(|row| row.own).collect::<Vec<_>>();
    // A message that is grouped repeats neither the name nor the tag.
    assert_eq!(own(ann.rows().await), [true, false, false]);
    assert_eq!(own(bob.rows().await), [false, false, true]);
    let color = "return getComputedStyle(document.querySelector('.message .author')).color";
    assert_ne!(ann.string(color).await, bob.string(color).await, "one's own name has a colour of its own");
    // The same bytes for everybody; only the private stylesheet differs.
    let html = "return document.querySelector('.message').outerHTML.replace(/ (title|data-day)=\"[^\"]*\"/g, '')";
    assert_eq!(ann.string(html).await, bob.string(html).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_reads_as_it_was_meant_and_does_nothing() {
    let house = House::open().await;
    let (ann, bob) = (Browser::open().await, Browser::open().await);
    ann.sits_down(&house.url, ANN).await;
    bob.sits_down(&house.url, BOB).await;

    let markup = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>\n\
                  <a href=\"javascript:alert(1)\">no</a> {{7*7}} data: x\nevent: reset";
    ann.says(markup).await;
    bob.sees(markup).await;
    for reader in [&ann, &bob] {
        let made = reader.number("return document.querySelectorAll('.body :not(p, br, a)').length").await;
        assert_eq!(made, 0.0, "markup in a message became elements");
        assert!(!reader.driver.title().await.expect("a title").contains("owned"));
    }

    let text = "see https://a.example/?q=1&r=2 and javascript:alert(1)\nsecond line\n\nnew paragraph";
    ann.says(text).await;
    assert_eq!(bob.sees(text).await.text, text, "line breaks stay");
    let links = "return [...document.querySelectorAll('.body a')].map(a => a.href).join(' ')";
    assert_eq!(bob.string(links).await, "https://a.example/?q=1&r=2", "what is a link is one, and nothing else is");
    let paragraphs = "return document.querySelectorAll('.message:last-of-type .body > p').length";
    assert_eq!(bob.number(paragraphs).await, 2.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_people_and_rooms_are_text_wherever_they_stand() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.says("hello").await;

    let at = |css: &str| format!("return document.querySelector({css:?}).textContent");
    for (css, text) in [
        ("h1", ROOM),
        (".place[aria-current] .place-name", ROOM),
        (".me .place-name", ANN),
        ("#here-list .place-name", ANN),
        (".message .author", ANN),
    ] {
        assert_eq!(ann.string(&at(css)).await, text, "{css}");
    }
    assert_eq!(ann.driver.title().await.expect("a title"), format!("{ROOM} · Taproom"));
    assert_eq!(ann.string("return document.querySelector('#log').ariaLabel").await, format!("Messages in {ROOM}"));

    ann.goes_to(&house.url).await;
    assert_eq!(ann.string(&at("h1 bdi")).await, ANN, "whoever has a name is greeted");
    assert_eq!(ann.string(&at(".listing strong")).await, ROOM);
    let made = "return document.querySelectorAll('b, i:not(.icon), [onclick]').length";
    assert_eq!(ann.number(made).await, 0.0, "a name became markup");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_name_reads_live_and_takes_one_in_the_room() {
    let house = House::open().await;
    let ann = house.guest(ANN).await;
    ann.says("before").await;
    let reader = Browser::open().await;
    reader.goes_to(&format!("{}{}", house.url, ROOM_PATH)).await;
    reader.listens().await;
    ann.says("while they read").await;
    reader.sees("while they read").await;

    reader.fills("#text", ANN).await;
    reader.presses(Key::Enter).await;
    let why = reader.find(".error").await.text().await.expect("a text");
    assert!(why.contains("is taken"), "a name that is taken is refused with a reason: {why}");
    reader.fills("#name", BOB).await;
    reader.presses(Key::Enter).await;
    reader.find("#composer").await;
    reader.sees("before").await;
    reader.says("now with a name").await;
    assert_eq!(ann.reads().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_refused_comes_back_with_the_reason() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    let long = "far too long ".repeat(700);
    ann.writes(&long).await;
    ann.presses(Key::Enter).await;
    let reason = "return document.querySelector('#say-error').textContent.includes('8000')";
    ann.until("the reason is told", reason, vec![]).await;
    assert_eq!(ann.written().await, long);
    assert!(ann.texts().await.is_empty());

    ann.fills("#text", "short enough").await;
    ann.presses(Key::Enter).await;
    ann.sees("short enough").await;
    assert_eq!(ann.string("return document.querySelector('#say-error').textContent").await, "");
    assert_eq!(bob.reads().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_in_two_windows_is_one_person() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.says("from the first window").await;
    let first = ann.driver.window().await.expect("a window");
    let second = ann.driver.new_tab().await.expect("another window");
    ann.driver.switch_to_window(second).await.expect("it is there");
    ann.goes_to(&format!("{}{ROOM_PATH}", house.url)).await;
    ann.sees_here(1).await;
    ann.says("from the second window").await;

    ann.driver.switch_to_window(first).await.expect("it is there");
    assert!(ann.sees("from the second window").await.follows, "it is the same person who goes on");
    ann.sees_here(1).await;
    ann.says("from the first again").await;
    assert_eq!(ann.texts().await, ["from the first window", "from the second window", "from the first again"]);
}
