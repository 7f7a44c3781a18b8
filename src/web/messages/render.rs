//! Renders the Markdown of a message with the names it mentions. Posting, editing and the preview use it.

use std::sync::{Mutex, PoisonError};

use tokio::sync::Semaphore;
use tokio::task::block_in_place;

use crate::domain::{Body, MessageContent, Person};
use crate::engine::now;
use crate::store::Snapshot;
use crate::views::text::{self, CodeStyle, NameResolver};

/// Texts with code that may be highlighted or wait for it at once: each holds a thread. Further texts are rendered without
/// colours, and none is refused.
const HIGHLIGHTS_AT_ONCE_MAX: usize = 16;

/// Renders a text as Markdown. Names of people and rooms are looked up in the snapshot; rooms only if the author sees them.
pub(crate) fn render_markdown(snapshot: &Snapshot, author: &Person, body: Body) -> MessageContent {
    let now = now();
    // A failed lookup leaves the name as plain text. The command that follows reports the broken file.
    let find_person = |name: &_| snapshot.person_by_name(name).ok().flatten().map(|person| person.author);
    let find_room = |slug: &_| Some(snapshot.visible_room_by_slug(slug, Some(author), now).ok()??.room.slug);
    let names = NameResolver { find_person: &find_person, find_room: &find_room };
    if !text::may_contain_code(body.as_str()) {
        return text::render(body, &names, CodeStyle::Plain);
    }
    // Highlighting the worst code takes a tenth of a second. It runs on a blocking thread, one text at a time: authors of
    // such code wait for each other, and no other request waits for them.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    static PERMITS: Semaphore = Semaphore::const_new(HIGHLIGHTS_AT_ONCE_MAX);
    match PERMITS.try_acquire() {
        Err(_) => text::render(body, &names, CodeStyle::Plain),
        Ok(_permit) => block_in_place(|| {
            let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
            text::render(body, &names, CodeStyle::Highlighted)
        }),
    }
}
