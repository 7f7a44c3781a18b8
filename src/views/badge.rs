//! How much there is in a room that somebody has not read, beside its name in the list.

use maud::{Markup, html};

use crate::domain::{Badge, Kind, Reading, Room};

/// Above this a number says no more than that there is much.
const COUNTED_MAX: u64 = 999;

/// The badge. It is there if there is nothing to show, so that something can come into its place. Of how much of it somebody
/// is notified, the script counts in the title.
pub(super) fn badge(room: &Room, reading: &Reading) -> Markup {
    let badge = reading.badge(room.kind);
    let notify = Some(reading.notify(room.kind)).filter(|notify| *notify > 0);
    html! {
        span #{ "badge-" (room.id.0) } .count .for-me[matches!(badge, Badge::ForThem(_))] data-notify=[notify] { (words(badge)) }
    }
}

/// The same where nothing ever takes its place, if there is anything to show.
pub(super) fn still(room: &Room, reading: &Reading) -> Markup {
    let badge = reading.badge(room.kind);
    html! {
        @if badge != Badge::Nothing { span.count.for-me[matches!(badge, Badge::ForThem(_))] { (words(badge)) } }
    }
}

fn words(badge: Badge) -> Markup {
    html! {
        @match badge {
            Badge::Nothing => "",
            Badge::Unread(count) => { (number(count)) span.sr { " unread" } },
            Badge::ForThem(count) => { (number(count)) span.sr { " for you" } },
        }
    }
}

/// The name of a direct room in the list, which is that of its people.
pub(super) fn name(room: &Room) -> Markup {
    html! { span #{ "name-" (room.id.0) } { (room.name) } }
}

/// What the stream brings when there is more to read in a room that is not the page's own, or less; with the name of a direct
/// one, whose people may be called otherwise by now. Where the room is not in the page's list nothing comes of it.
pub fn changed(room: &Room, reading: &Reading) -> Markup {
    html! {
        hx-partial hx-target={ "#badge-" (room.id.0) } hx-swap="outerHTML" { (badge(room, reading)) }
        @if room.kind == Kind::Direct {
            hx-partial hx-target={ "#name-" (room.id.0) } hx-swap="outerHTML" { (name(room)) }
        }
    }
}

fn number(count: u64) -> Markup {
    html! { @if count > COUNTED_MAX { (COUNTED_MAX) "+" } @else { (count) } }
}
