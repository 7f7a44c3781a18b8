//! Whatever arrives disturbs nobody: each kind of change, while somebody writes, selects, reads further up, or has something
//! open.

use serde_json::{Value, json};
use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, BOB, Guest, House, ROOM_PATH};

/// Somebody at a page, and another who changes what can be changed.
struct Scene {
    ann: Browser,
    bob: Guest,
    talk: String,
    /// What is there to be changed: far above, and at the end.
    said: Vec<u64>,
    round: usize,
    _house: House,
}

impl Scene {
    async fn open() -> Self {
        let house = House::open().await;
        let bob = house.guest(BOB).await; // whoever opens a room may pin there
        let mut said = Vec::new();
        for n in 0..40 {
            said.push(bob.says(&format!("line {n} of many words")).await);
        }
        let ann = Browser::open().await;
        ann.sits_down(&house.url, ANN).await;
        let talk = bob.sends("/direct", &[("names", ANN)]).await["url"].as_str().expect("a path").to_owned();
        ann.driver.refresh().await.expect("a page on which the talk is");
        ann.listens().await;
        Self { ann, bob, talk, said, round: 0, _house: house }
    }

    /// One of each kind of change; waits until all of them are seen.
    async fn changes(&mut self) {
        self.round += 1;
        let (above, last) = (self.said[5], self.said[39]);
        let removed = self.said[6 + self.round];
        let at = |message: u64, act: &str| format!("{ROOM_PATH}/messages/{message}/{act}");
        for message in [above, last] {
            self.bob.sends(&at(message, "reactions"), &[("reaction", &format!("so {}", self.round))]).await;
        }
        self.bob.sends(&at(above, "edit"), &[("body", &format!("edited {}\nonce more", self.round))]).await;
        self.bob.sends(&at(removed, "delete"), &[]).await;
        self.bob.sends(&at(self.said[38], if self.round % 2 == 1 { "pin" } else { "unpin" }), &[]).await;
        let reads = "return fetch(location.pathname + '/read', {method: 'POST', body: new URLSearchParams({seq: arguments[0]})}).then(a => a.ok)";
        assert_eq!(self.ann.eval(reads, vec![json!(last.to_string())]).await, json!(true));
        self.bob.sends(&format!("{}/messages", self.talk), &[("body", "for you")]).await;
        self.bob.sends(&format!("{ROOM_PATH}/typing"), &[]).await;
        let new = self.bob.says(&format!("new {}", self.round)).await;
        let all = "const [above, last, removed, pinned, isPinned, talk, count, round, fresh] = arguments;
            const in_ = (id, css) => document.querySelector(`#m${id} ${css}`)?.textContent ?? '';
            return in_(above, '.reactions').includes('so ' + round) && in_(last, '.reactions').includes('so ' + round)
              && in_(above, '.body').includes('edited ' + round) && in_(removed, '.removed')
              && Boolean(in_(pinned, '.tag:not(.own-only)')) === isPinned
              && document.querySelector(`.place[href='${talk}'] .count`).textContent.startsWith(count)
              && document.querySelector('#m' + fresh)";
        let (pinned, is_pinned) = (self.said[38], self.round % 2 == 1);
        let args = json!([above, last, removed, pinned, is_pinned, self.talk, self.round.to_string(), self.round, new]);
        self.ann.until("all of it is there", all, args.as_array().expect("a list").clone()).await;
    }

    /// What a script finds stays as it is, whatever changes.
    async fn keeps(&mut self, what: &str, script: &str) {
        let before = self.ann.eval(script, vec![]).await;
        assert_ne!(before, Value::Null, "{what}");
        self.changes().await;
        assert_eq!(self.ann.eval(script, vec![]).await, before, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_writes_keeps_their_words_their_caret_and_what_they_are_offered() {
    let mut scene = Scene::open().await;
    scene.ann.writes("half a sent").await;
    scene.ann.presses(Key::Left).await;
    let caret = "const text = document.querySelector('#text');
        return [document.activeElement === text, text.value, text.selectionStart, text.selectionEnd]";
    scene.keeps("the caret", caret).await;
    scene.ann.eval("document.querySelector('#text').setSelectionRange(2, 7, 'backward')", vec![]).await;
    scene.keeps("what is selected in the composer", caret).await;
    scene.ann.fills("#text", "@bo").await;
    let offered = "const box = document.querySelector('#choices');
        return box.hidden ? null : [box.innerText, document.querySelector('#text').getAttribute('aria-activedescendant')]";
    scene.ann.until("somebody is offered", offered, vec![]).await;
    scene.keeps("what is offered", offered).await;
    scene.ann.presses(Key::Enter).await;
    assert_eq!(scene.ann.written().await, format!("@{BOB} "));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_selects_keeps_what_they_selected_also_over_several_rows() {
    let mut scene = Scene::open().await;
    let ids = json!([scene.said[37], scene.said[39]]);
    let select = "const text = id => document.querySelector(`#m${id} .body p`).firstChild;
        getSelection().setBaseAndExtent(text(arguments[0]), 5, text(arguments[1]), 7)";
    scene.ann.eval(select, ids.as_array().expect("two").clone()).await;
    let selected = "const s = getSelection(); return s.isCollapsed ? null
        : [s.anchorNode.textContent, s.anchorOffset, s.focusNode.textContent, s.focusOffset]";
    scene.keeps("the selection", selected).await;
    scene.keeps("the selection, once more", selected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_further_up_keeps_their_place() {
    let mut scene = Scene::open().await;
    let up = "document.querySelector(`#m${arguments[0]}`).scrollIntoView({block: 'center'})";
    let reads = scene.said[20];
    scene.ann.eval(up, vec![json!(reads)]).await;
    scene.ann.until("the way down is there", "return !document.querySelector('#pill').hidden", vec![]).await;
    let place = format!("return Math.round(document.querySelector('#m{reads}').getBoundingClientRect().top)");
    scene.keeps("what is read", &place).await;
    scene.keeps("what is read, once more", &place).await;
    let new = "return document.querySelector('#pill').textContent === '2 new messages'";
    scene.ann.until("how much is new is told", new, vec![]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_something_open_keeps_it_open_and_what_they_chose_in_it() {
    let mut scene = Scene::open().await;
    let open = "const open = document.querySelector(':popover-open');
        return open && [open.id, document.activeElement.closest('#' + open.id) !== null,
          [...open.querySelectorAll('input')].map(input => input.checked), open.scrollTop]";
    let ann = &scene.ann;
    ann.clicks("[popovertarget=bell]").await;
    ann.opens("#bell").await;
    ann.clicks("#bell [value=nothing]").await;
    scene.keeps("the bell", open).await;
    scene.ann.presses(Key::Escape).await;
    scene.ann.shuts("#bell").await;
    scene.ann.clicks(".faces").await;
    scene.ann.opens("#here").await;
    scene.keeps("who is here", open).await;
    scene.ann.presses(Key::Escape).await;
    let above = scene.said[5];
    scene.ann.eval("document.querySelector(`#m${arguments[0]} .more`).focus()", vec![json!(above)]).await;
    scene.ann.presses(Key::Enter).await;
    scene.ann.opens("#menu").await;
    scene.ann.presses(Key::Down).await;
    scene.keeps("the menu of a message that changes", "return [document.querySelector('#menu').matches(':popover-open'), document.activeElement.href, document.querySelector('#menu').innerText]").await;
    scene.ann.resize(390, 844).await;
    scene.ann.presses(Key::Escape).await;
    scene.ann.shuts("#menu").await;
    scene.ann.clicks(".head .only-narrow").await;
    scene.ann.opens("#places").await;
    scene.keeps("the drawer", open).await;
    assert_eq!(scene.ann.complaints().await, [] as [&str; 0]);
}
