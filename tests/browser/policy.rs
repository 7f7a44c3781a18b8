//! The strict content security policy costs nothing: through a whole conversation the browser has nothing to complain
//! about, but for the server that is away while it is away.

use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, BOB, Binary, ROOM_PATH};

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_conversation_leaves_the_console_empty() {
    let mut server = Binary::start().await;
    let bob = server.guest(BOB).await;
    let ann = Browser::open().await;
    ann.prefers("light", "no-preference").await;
    ann.comes_in(&server.url, ANN).await;
    ann.listens().await;
    for n in 0..60 {
        bob.says(&format!("line {n}")).await;
    }
    ann.sees("line 59").await;
    ann.says("<img src=x onerror=alert(1)> https://a.example/").await;
    ann.driver.refresh().await.expect("a reload");
    ann.listens().await;
    ann.eval("document.querySelector('#log').scrollTop = -document.querySelector('#log').scrollHeight", vec![]).await;
    ann.until("older messages come", "return document.querySelectorAll('.message').length === 61", vec![]).await;
    ann.clicks(".faces").await;
    ann.opens("#here").await;
    ann.presses(Key::Escape).await;
    assert_eq!(ann.complaints().await, [""; 0], "while the server is there");

    server.kill();
    let banner = "return document.querySelector('#state').textContent !== ''";
    ann.until("the page says that it has lost the server", banner, vec![]).await;
    ann.says_into_the_void().await;
    server.start_again();
    bob.says("back again").await;
    ann.sees("back again").await;
    let network = |complaint: &String| {
        ["net::ERR_", "network error", "Failed to fetch"].iter().any(|sign| complaint.contains(sign))
    };
    let others: Vec<String> = ann.complaints().await.into_iter().filter(|complaint| !network(complaint)).collect();
    assert_eq!(others, [""; 0], "while the server is away, nothing but that");

    ann.presses(Key::Enter).await;
    ann.sees("into the void").await;
    ann.goes_to(&format!("{}{ROOM_PATH}?around=20", server.url)).await;
    ann.sees("into the void").await;
    ann.clicks(".brand").await;
    ann.clicks(".door-top button").await;
    ann.clicks("#leave .danger").await;
    ann.find("#name").await;
    ann.goes_to(&format!("{}{ROOM_PATH}", server.url)).await;
    ann.listens().await;
    assert_eq!(ann.complaints().await, [""; 0], "after the server came back");

    // The policy is there, and what it forbids is complained about.
    ann.eval("document.body.setAttribute('style', 'color: red')", vec![]).await;
    ann.until("the log has been written", "return document.body.getAttribute('style')", vec![]).await;
    let complaints = ann.complaints().await;
    assert!(complaints.iter().any(|complaint| complaint.contains("Content Security Policy")), "{complaints:?}");
    let html = "try { document.createElement('p').innerHTML = '<b>x</b>'; return 'written' } catch (error) { return error.name }";
    assert_eq!(ann.string(html).await, "TypeError", "HTML is written through the page's own policy only");
}

impl Browser {
    async fn says_into_the_void(&self) {
        self.writes("into the void").await;
        self.presses(Key::Enter).await;
        let waits = "return document.querySelector('#waiting').textContent === '1 message queued'";
        self.until("it waits", waits, vec![]).await;
    }
}
