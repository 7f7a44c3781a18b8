//! The events of a stream that are not changes: hello, heartbeat, reset, the end, and short-lived state.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::{Cursor, RoomId};
use crate::live::sse::{EncodedEvent, encode_event, encode_lines};
use crate::views::{self, PresenceList, Typists};

/// The first event of a stream: its position, so that the client can resume there even if nothing happens before it
/// disconnects.
pub(crate) fn encode_hello(cursor: Cursor) -> EncodedEvent {
    encode_event(Some(cursor), Some("hello"), "listening")
}

/// Sent from time to time, so that both ends notice a dead connection, and proxies see that it is in use.
pub(crate) fn encode_ping() -> EncodedEvent {
    encode_event(None, Some("ping"), "1")
}

/// The feed does not lead on from the client's position: it must reload the room. The stream continues from `cursor`.
pub(crate) fn encode_reset(cursor: Cursor) -> EncodedEvent {
    encode_event(Some(cursor), Some("reset"), "what came before is not in the feed; read the room again")
}

/// The access of the listener has changed: the client must reload the room.
pub(crate) fn encode_access_changed(cursor: Cursor) -> EncodedEvent {
    encode_event(Some(cursor), Some("reset"), "what you may do here has changed; read the room again")
}

/// The listener has lost access to the room. This is the last event of the stream.
pub(crate) fn encode_gone() -> EncodedEvent {
    encode_event(None, Some("gone"), "you may not listen here any more")
}

/// The server stops. `retry_after` differs for each client, so that they do not all reconnect at once.
pub(crate) fn encode_bye(retry_after: Duration) -> EncodedEvent {
    EncodedEvent::new(&format!("event: bye\nretry: {}\ndata: restarting\n\n", retry_after.as_millis()))
}

/// The people who listen. It has no id: it is not a change, and no client needs to catch up on it.
pub(crate) fn encode_roster(roster: &PresenceList) -> EncodedEvent {
    encode_event(None, None, &views::rooms::presence::update(roster).into_string())
}

/// Who is typing. It has no id either.
pub(crate) fn encode_typing(typists: &Typists) -> EncodedEvent {
    encode_event(None, None, &views::rooms::typing::update(typists).into_string())
}

/// Fragments for one person alone, and the sort keys of rooms in their sidebar. It has no id either.
pub(crate) fn encode_personal(fragments: &str, ranks: &BTreeMap<RoomId, String>) -> Option<EncodedEvent> {
    let ranks = (!ranks.is_empty()).then(|| serde_json::to_string(ranks).expect("numbers and strings are always JSON"));
    let fragments = (!fragments.is_empty()).then(|| encode_lines(None, None, fragments));
    let events: String =
        fragments.into_iter().chain(ranks.map(|ranks| encode_lines(None, Some("places"), &ranks))).collect();
    (!events.is_empty()).then(|| EncodedEvent::new(&events))
}
