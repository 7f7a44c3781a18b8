//! The landing page: the form for joining a room, and the rooms that anyone can join.

use maud::{Markup, html};

use crate::domain::limits::{ROOM_NAME_CHARS_MAX, USER_NAME_CHARS_MAX};
use crate::domain::{Cursor, JoinPolicy, Person, Room, ServerSettings, Timestamp};
use crate::views::auth::sign_out;
use crate::views::layout;
use crate::views::layout::form_fields::{FormState, error_text};
use crate::views::time::{self, FormattedTime};

/// A room in the list.
#[derive(Clone, Debug)]
pub struct LandingRoom {
    /// The room.
    pub room: Room,
    /// The time of the room's latest change.
    pub active_at: Timestamp,
    /// How many listeners the room has now.
    pub listeners: usize,
}

/// What the page shows.
#[derive(Debug)]
pub struct LandingView<'a> {
    /// The visitor's person.
    pub viewer: Option<&'a Person>,
    /// The server's settings.
    pub settings: &'a ServerSettings,
    /// The form for joining.
    pub form_state: &'a FormState,
    /// The rooms with the latest changes, latest first.
    pub rooms: &'a [LandingRoom],
    /// The number of rooms in all.
    pub room_count: u64,
    /// The present time.
    pub now: Timestamp,
    /// The change up to which the page is current.
    pub since: Cursor,
    /// The origin by which this server was reached, for the example.
    pub origin: &'a str,
}

/// The page.
pub fn page(view: &LandingView) -> Markup {
    let closed_notice = closed_notice(view);
    layout::document(
        &view.settings.name,
        view.viewer.map(|viewer| &viewer.author),
        html! {
            div.door data-since=[view.viewer.map(|_| view.since)] {
                header.door-top {
                    (layout::brand(&view.settings.name))
                    (account_links(view.viewer))
                }
                main {
                    div.hero {
                        (headline(view))
                        @match &closed_notice {
                            Some(ClosedNotice { text, action }) => { p { (text) } div.actions { (action) } }
                            None => (join_form(view)),
                        }
                    }
                    @if !view.rooms.is_empty() { (room_listing(view)) }
                }
                @if closed_notice.is_none() { footer.door-foot {
                    p { "Prefer the terminal?" }
                    p.code-line tabindex="0" role="group" aria-label="Command line" {
                        code { "curl -H 'Accept: text/plain' -d room=lobby -d name=Ada " (view.origin) "/join" }
                    }
                } }
            }
        },
    )
}

fn headline(view: &LandingView) -> Markup {
    let policy = view.settings.join_policy;
    html! {
        @match view.viewer {
            Some(viewer) => {
                h1 { "Welcome back, " bdi { (viewer.author.name) } "." }
                @if policy.admits(view.viewer) { p { "Choose a room, or type a new name to create one." } }
            }
            None => {
                h1 { "Pull up a stool." }
                p {
                    "Live rooms on a server of your own. "
                    @if policy == JoinPolicy::Anyone { "No sign-up, no app, and no message is ever lost." }
                    @else { "No message is ever lost." }
                }
            }
        }
    }
}

fn join_form(view: &LandingView) -> Markup {
    let state = view.form_state;
    let (room_error, name_error) = (state.error_for("room"), state.error_for("name"));
    html! {
        form.enter.known[view.viewer.is_some()] method="post" action="/join" aria-label="Join a room" {
            div.field {
                label for="room" { "Room" }
                input #room name="room" required maxlength=(ROOM_NAME_CHARS_MAX) value=(state.value("room", "")) autocomplete="off"
                    autocapitalize="none" spellcheck="false"
                    aria-invalid=[room_error.map(|_| "true")] aria-describedby=[room_error.map(|_| "room-error")];
                @if let Some(error) = room_error { (error_text("room-error", error)) }
            }
            @if view.viewer.is_none() {
                div.field {
                    label for="name" { "Your name" }
                    input #name name="name" required maxlength=(USER_NAME_CHARS_MAX) value=(state.value("name", "")) placeholder="Ada"
                        autocomplete="nickname"
                        aria-invalid=[name_error.map(|_| "true")] aria-describedby=[name_error.map(|_| "name-error")];
                    @if let Some(error) = name_error { (error_text("name-error", error)) }
                }
            }
            button.button.primary.big { "Join" }
            (state.general_error(if view.viewer.is_none() { &["room", "name"] } else { &["room"] }))
        }
    }
}

/// Why the visitor cannot join, in place of the form.
struct ClosedNotice {
    text: &'static str,
    action: Markup,
}

/// The notice for a visitor whom the join policy does not admit, with what that visitor can do instead.
fn closed_notice(view: &LandingView) -> Option<ClosedNotice> {
    let sign_in = || html! { a.button.primary.big href="/sign-in" { "Sign in" } };
    let register = || html! { a.button.primary.big href="/register" { "Create an account" } };
    let settings = view.settings;
    let (text, action) = match (settings.join_policy, view.viewer) {
        (policy, viewer) if policy.admits(viewer) && (viewer.is_some() || settings.allow_guests) => return None,
        (JoinPolicy::Anyone, _) => {
            ("New guests can't join right now. Try again later, or sign in if you have an account.", sign_in())
        }
        (JoinPolicy::Invited, _) => {
            ("This server is invite-only. Open your invitation link, or sign in if you have an account.", sign_in())
        }
        (JoinPolicy::Members, Some(_)) => {
            ("This server is for members only. Create an account to become a member.", register())
        }
        (JoinPolicy::Members, None) => {
            ("This server is for members only. Sign in, or open your invitation link.", sign_in())
        }
    };
    Some(ClosedNotice { text, action })
}

/// The links beside the server's name: what the visitor can do about their own name.
fn account_links(viewer: Option<&Person>) -> Markup {
    html! {
        div.actions {
            @match viewer {
                None => a.button.quiet href="/sign-in" { "Sign in" },
                Some(viewer) if viewer.has_account() => {
                    a.button.quiet href="/settings" { "Settings" }
                    form method="post" action="/sign-out" { button.button.quiet { "Sign out" } }
                }
                Some(_) => {
                    a.button.quiet href="/register" { "Create an account" }
                    button.button.quiet type="button" popovertarget="leave" { "Sign out" }
                    (sign_out::dialog())
                }
            }
        }
    }
}

fn room_listing(view: &LandingView) -> Markup {
    let listed_count = view.rooms.len() as u64;
    html! {
        section.listing aria-labelledby="open" {
            h2 #open {
                "Rooms"
                @if view.room_count > listed_count { " " span.muted { "the latest " (listed_count) " of " (view.room_count) } }
            }
            ul role="list" {
                @for LandingRoom { room, active_at, listeners } in view.rooms {
                    li { a href=(room.slug.path()) {
                        span { strong dir="auto" { (room.name) } }
                        span {
                            @match listeners {
                                0 => span.live { "quiet" },
                                n => span.live { span.dot.here {} (n) " here" },
                            }
                            time datetime={ (FormattedTime::new(*active_at).iso_seconds()) "Z" } { (time::format_ago(*active_at, view.now)) }
                        }
                    } }
                }
            }
        }
    }
}
