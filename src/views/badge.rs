//! How much there is in a room that somebody has not read, beside its name in the list.

use maud::{Markup, html};

use crate::domain::{Badge, RoomId};

/// Above this a number says no more than that there is much.
const COUNTED_MAX: u64 = 999;

/// The badge. It is there if there is nothing to show, so that something can come into its place.
pub fn badge(room: RoomId, badge: Badge) -> Markup {
    html! {
        span #{ "badge-" (room.0) } .count .for-me[matches!(badge, Badge::ForThem(_))] {
            @match badge {
                Badge::Nothing => "",
                Badge::Unread(count) => { (number(count)) span.sr { " unread" } },
                Badge::ForThem(count) => { (number(count)) span.sr { " for you" } },
            }
        }
    }
}

fn number(count: u64) -> Markup {
    html! { @if count > COUNTED_MAX { (COUNTED_MAX) "+" } @else { (count) } }
}
