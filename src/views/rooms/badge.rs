//! How much there is in a room that somebody has not read, beside its name in the list.

use maud::{Markup, html};

use crate::domain::{Badge, ReadState, Room, Visibility};

/// Above this a number says no more than that there is much.
const UNREAD_SHOWN_MAX: u64 = 999;

/// The badge. It is there if there is nothing to show, so that something can come into its place. Of how much of it somebody
/// is notified, the script counts in the title.
pub(crate) fn render_badge(room: &Room, read_state: &ReadState) -> Markup {
    let badge = read_state.badge(room.visibility);
    let notify = Some(read_state.notify_count(room.visibility)).filter(|notify| *notify > 0);
    html! {
        span #{ "badge-" (room.id.0) } .count .for-me[matches!(badge, Badge::Mentioned(_))] data-notify=[notify] { (badge_text(badge)) }
    }
}

/// The same where nothing ever takes its place, if there is anything to show.
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

/// The name of a direct room in the list, which is that of its people.
pub(crate) fn direct_room_name(room: &Room) -> Markup {
    html! { span #{ "name-" (room.id.0) } { (room.name) } }
}

/// What the stream brings when there is more to read in a room that is not the page's own, or less; with the name of a direct
/// one, whose people may be called otherwise by now. Where the room is not in the page's list nothing comes of it.
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
