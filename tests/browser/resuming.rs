//! The server goes away under an open page and comes back: the page says so, goes on by itself, and nothing is missing,
//! doubled or out of order; what was typed is still there.

use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, BOB, Binary};

const BANNER: &str = "return document.querySelector('#state').textContent.startsWith('Reconnecting')
                      && document.querySelector('#state').getBoundingClientRect().height > 0";
const NO_BANNER: &str = "return document.querySelector('#state').textContent === ''";

/// Ann sits before an open page when the server ends in some way and comes back; Bob speaks before she is back.
async fn survives(end: fn(&mut Binary)) {
    let mut server = Binary::start().await;
    let bob = server.guest(BOB).await;
    let ann = Browser::open().await;
    ann.sits_down(&server.url, ANN).await;
    ann.says("one").await;
    bob.says("two").await;
    ann.sees("two").await;
    ann.writes("half a sen").await;
    assert_eq!(ann.string("return document.querySelector('#state').textContent").await, "", "no banner in peace");

    end(&mut server);
    ann.until("the page says that it has lost the server", BANNER, vec![]).await;
    ann.types("tence").await;
    assert_eq!(ann.texts().await, ["one", "two"], "what was there stays");

    server.start_again();
    bob.says("three").await;
    bob.says("four").await;
    ann.sees("four").await;
    ann.until("the banner goes", NO_BANNER, vec![]).await;
    bob.says("five").await;
    ann.sees("five").await;
    assert_eq!(ann.written().await, "half a sentence", "what was typed is still there");
    ann.presses(Key::Enter).await;
    ann.sees("half a sentence").await;
    assert_eq!(ann.texts().await, ["one", "two", "three", "four", "five", "half a sentence"]);
    let kept: Vec<u64> = bob.reads().await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(ann.rows().await.into_iter().map(|row| row.id).collect::<Vec<_>>(), kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_goes_on_by_itself_after_the_server_was_killed() {
    survives(Binary::kill).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_goes_on_by_itself_after_the_server_was_restarted_in_order() {
    survives(Binary::stop).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_absence_leaves_no_gap() {
    let mut server = Binary::start().await;
    let bob = server.guest(BOB).await;
    let ann = Browser::open().await;
    ann.sits_down(&server.url, ANN).await;
    bob.says("before").await;
    ann.sees("before").await;
    server.kill();
    ann.until("the page says that it has lost the server", BANNER, vec![]).await;

    server.start_again();
    // More than a page of messages and more than the server reads at a time.
    let mut said = vec!["before".to_owned()];
    for n in 0..150 {
        said.push(format!("missed {n}"));
        bob.says(&said[said.len() - 1]).await;
    }
    ann.sees(&said[said.len() - 1]).await;
    assert_eq!(ann.texts().await, said);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_history_starts_anew() {
    let mut server = Binary::start().await;
    let ann = Browser::open().await;
    ann.sits_down(&server.url, ANN).await;
    ann.says("in the old house").await;
    server.kill();
    ann.until("the page says that it has lost the server", BANNER, vec![]).await;

    server.forget();
    server.start_again();
    let bob = server.guest(BOB).await;
    bob.says("in the new house").await;
    ann.sees("in the new house").await;
    assert_eq!(ann.texts().await, ["in the new house"], "nothing of the other history is left");
    ann.until("her name is not known here", "return document.querySelector('.composer-closed')", vec![]).await;
}
