//! On a phone: nothing lies beside the window, nothing is cut off or covered, and what one touches is large enough.

use serde_json::json;
use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, BOB, House, ROOM, ROOM_PATH};

/// Two phones: a common one, and the narrowest window that pages must bear.
const PHONES: [(u32, u32); 2] = [(390, 844), (320, 568)];

/// Everything that does not fit: text beside the window or cut off without an ellipsis, and controls that are covered
/// by something else or too small to touch.
const FAULTS: &str = "
  const faults = [], root = document.scrollingElement, [width, height] = arguments, name = e => e.tagName + '.' + e.className + '#' + e.id;
  // A phone zooms out until a page that is too wide fits, and then says that its window is as wide.
  if (root.scrollWidth > width) faults.push(`the page is ${root.scrollWidth} wide, the window ${width}`);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let texts = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!node.data.trim() || !parent.checkVisibility() || parent.closest('.sr, .skip, noscript, script')) continue;
    if (getComputedStyle(parent).clipPath !== 'none') continue;
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    texts++;
    let x = true, y = true;
    for (let e = parent; e; e = e.parentElement) {
      const style = getComputedStyle(e), frame = e.getBoundingClientRect();
      if (/auto|scroll/.test(style.overflowX) || style.textOverflow === 'ellipsis') x = false;
      if (/auto|scroll/.test(style.overflowY)) y = false;
      if (x && style.overflowX !== 'visible' && (box.right > frame.right + 1 || box.left < frame.left - 1))
        faults.push(`cut off by ${name(e)}: ${node.data}`);
      if (y && style.overflowY !== 'visible' && (box.bottom > frame.bottom + 2 || box.top < frame.top - 2))
        faults.push(`cut off below or above by ${name(e)}: ${node.data}`);
    }
    if (x && (box.left < -1 || box.right > width + 1)) faults.push(`beside the window: ${node.data}`);
  }
  if (texts < 3) faults.push('hardly any text was found');
  for (const control of document.querySelectorAll('a, button, input:not([type=hidden]), textarea')) {
    if (!control.checkVisibility({opacityProperty: true}) || control.closest('.skip')) continue;
    if (getComputedStyle(control).clipPath !== 'none') continue; // for readers only
    const box = control.getClientRects()[0], [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const log = control.closest('#log')?.getBoundingClientRect();
    if (x < 0 || y < 0 || x >= width || y >= height || (log && (y < log.top || y > log.bottom))) continue;
    const hit = document.elementFromPoint(x, y);
    const open = document.querySelector(':popover-open, :modal');
    if (!control.contains(hit) && !(open && !open.contains(control))) faults.push(`${name(control)} lies under ${name(hit)}`);
    const touched = control.closest('label')?.getBoundingClientRect() ?? box; // all of a label does what its control does
    // A link within a sentence is as high as its line (WCAG 2.2, 2.5.8).
    const inSentence = [...control.parentElement.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!control.closest('.body, .message-head') && !inSentence && Math.min(touched.width, touched.height) < 32)
      faults.push(`${name(control)} is ${box.width} by ${box.height}, too small to touch`);
  }
  return faults;";

impl Browser {
    /// On every phone, light or dark makes no difference here: nothing is wrong with what is shown.
    pub async fn fits_on_phones(&self, name: &str) {
        for (width, height) in PHONES {
            self.resize(width, height).await;
            assert_eq!(
                self.eval(FAULTS, vec![json!(width), json!(height)]).await,
                json!([]),
                "{name} at {width} by {height}"
            );
            self.picture(&format!("phone-{name}-{width}")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_fits_on_a_phone() {
    let house = House::open().await;
    let _bob = house.guest(BOB).await;
    let ann = Browser::open().await;
    ann.resize(390, 844).await;
    ann.goes_to(&house.url).await;
    ann.fits_on_phones("join_policy").await;
    ann.fills("#room", ROOM).await;
    ann.fills("#name", BOB).await;
    ann.clicks(".enter button").await;
    ann.find("#name-error").await;
    ann.fits_on_phones("door-error").await;
    let (room, name) = ("R".repeat(80), "W".repeat(32));
    ann.fills("#room", &room).await;
    ann.fills("#name", &name).await;
    ann.clicks(".enter button").await;
    ann.find("#composer").await;
    ann.fits_on_phones("room-long-name").await;
    ann.goes_to(&house.url).await;
    ann.find("h1 bdi").await;
    ann.fits_on_phones("door-known").await;
    ann.goes_to(&format!("{}/rooms/{}", house.url, "X".repeat(80))).await;
    ann.find("h1").await;
    ann.fits_on_phones("error").await;
}

/// A time zone in which it is between ten and eleven now: a clock is never wider.
fn zone_with_two_digits() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("the clock is set");
    let hour = now.as_secs() / 3600 % 12;
    format!("Etc/GMT-{}", (12 + 10 - hour) % 12)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_room_fits_on_a_phone() {
    let house = House::open().await;
    let bob = house.guest(&"W".repeat(32)).await;
    let ann = Browser::open().await;
    ann.cdp("Emulation.setTimezoneOverride", json!({"timezoneId": zone_with_two_digits()})).await;
    ann.resize(390, 844).await;
    ann.goes_to(&format!("{}{ROOM_PATH}", house.url)).await;
    ann.fits_on_phones("room-nameless-empty").await;
    ann.sits_down(&house.url, ANN).await;
    ann.fits_on_phones("room-empty").await;
    bob.says(&format!("{} https://a.example/{}", "W".repeat(120), "long".repeat(40))).await;
    bob.says("one line\nand another").await;
    ann.writes("And I say this.").await;
    ann.clicks("#composer .send").await;
    ann.sees("And I say this.").await;
    ann.fits_on_phones("room").await;
    ann.writes("A draft that is so long\nthat it\nneeds\nmore lines than one").await;
    ann.fits_on_phones("room-draft").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_to_other_rooms_is_a_drawer_on_a_phone() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.resize(390, 844).await;
    ann.sits_down(&house.url, ANN).await;
    let places = ann.find("#places").await;
    assert!(!places.is_displayed().await.expect("a drawer"), "the drawer is shut");
    ann.clicks(".head .only-narrow").await;
    ann.opens("#places").await;
    ann.fits_on_phones("drawer").await;
    ann.presses(Key::Escape).await;
    ann.shuts("#places").await;
    ann.clicks(".faces").await;
    ann.opens("#here").await;
    ann.fits_on_phones("people").await;
    ann.presses(Key::Escape).await;
    ann.shuts("#here").await;
    ann.clicks(".head .only-narrow").await;
    ann.asks_to_leave().await;
    ann.opens("#leave").await;
    ann.fits_on_phones("leave").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_touch_screen_enter_breaks_the_line_and_the_button_sends() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.resize(390, 844).await;
    ann.sits_down(&house.url, ANN).await;
    ann.writes("one").await;
    ann.presses(Key::Enter).await;
    ann.types("two").await;
    assert_eq!(ann.written().await, "one\ntwo");
    ann.clicks("#composer .send").await;
    ann.sees("one\ntwo").await;
}
