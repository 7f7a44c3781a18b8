//! The badge beside a room in the sidebar: the number of unread messages.

use maud::{Markup, html};

use crate::domain::{Badge, ReadState, Room, Visibility};

/// Larger numbers are shown as this number and a plus.
const UNREAD_SHOWN_MAX: u64 = 999;

/// The badge. It is in the page even if it is empty, so that the stream can replace it. The script adds `data-notify`, the
/// number of messages worth a notification, to the title.
pub(crate) fn render_badge(room: &Room, read_state: &ReadState) -> Markup {
    let badge = read_state.badge(room.visibility);
    let notify_count = Some(read_state.notify_count(room.visibility)).filter(|count| *count > 0);
    html! {
        span #{ "badge-" (room.id.0) } .count .for-me[matches!(badge, Badge::Mentioned(_))] data-notify=[notify_count] { (badge_text(badge)) }
    }
}

/// The badge for a list that no stream updates; nothing if it is empty.
pub(crate) fn render_static_badge(room: &Room, read_state: &ReadState) -> Markup {
    let badge = read_state.badge(room.visibility);
    html! {
        @if badge != Badge::Nothing { span.count.for-me[matches!(badge, Badge::Mentioned(_))] { (badge_text(badge)) } }
    }
}

fn badge_text(badge: Badge) -> Markup {
    html! {
        @match badge {
            Badge::Nothing => "",
            Badge::Unread(count) => { (format_count(count)) span.sr { " unread" } },
            Badge::Mentioned(count) => { (format_count(count)) span.sr { " for you" } },
        }
    }
}

/// The name of a direct room in the sidebar, made of the names of its people. The stream can replace it.
pub(crate) fn direct_room_name(room: &Room) -> Markup {
    html! { span #{ "name-" (room.id.0) } { (room.name) } }
}

/// What the stream brings when the unread count of another room changes; for a direct room with its name, because its people
/// may have been renamed. It has no effect on a page whose sidebar does not have the room.
pub fn update(room: &Room, read_state: &ReadState) -> Markup {
    html! {
        hx-partial hx-target={ "#badge-" (room.id.0) } hx-swap="outerHTML" { (render_badge(room, read_state)) }
        @if room.visibility == Visibility::Direct {
            hx-partial hx-target={ "#name-" (room.id.0) } hx-swap="outerHTML" { (direct_room_name(room)) }
        }
    }
}

fn format_count(count: u64) -> Markup {
    html! { @if count > UNREAD_SHOWN_MAX { (UNREAD_SHOWN_MAX) "+" } @else { (count) } }
}
