//! The door: the form by which one comes in, and the rooms one may come into.

use maud::{Markup, html};

use crate::domain::limits::{ROOM_NAME_CHARS_MAX, USER_NAME_CHARS_MAX};
use crate::domain::{self, Cursor, Person, Room, ServerSettings, Timestamp};
use crate::views::layout;
use crate::views::layout::icons::{self, Icon};
use crate::views::time::{self, FormattedTime};

/// The form as it was sent, or as it starts.
#[derive(Clone, Debug, Default)]
pub struct LandingForm {
    /// What stands in the field of the room.
    pub room: String,
    /// What stands in the field of the name.
    pub name: String,
    /// What is wrong with it.
    pub error: Option<LandingError>,
}

/// What is wrong with a form, and where.
#[derive(Clone, Debug)]
pub enum LandingError {
    /// With the room.
    Room(String),
    /// With the name.
    Name(String),
    /// With the moment: nothing needs to be changed.
    General(String),
}

/// A room in the list.
#[derive(Clone, Debug)]
pub struct LandingRoom {
    /// The room.
    pub room: Room,
    /// When something happened there last.
    pub active_at: Timestamp,
    /// How many listen now.
    pub listeners: usize,
}

/// What the door shows.
#[derive(Debug)]
pub struct LandingView<'a> {
    /// Who stands before it, if they have a name.
    pub viewer: Option<&'a Person>,
    /// What the owners have settled.
    pub settings: &'a ServerSettings,
    /// The form.
    pub form: &'a LandingForm,
    /// The rooms in which something happened last.
    pub rooms: &'a [LandingRoom],
    /// How many rooms there are.
    pub room_count: u64,
    /// What time it is.
    pub now: Timestamp,
    /// Up to which change all of this is told.
    pub since: Cursor,
    /// The origin by which this server was reached, for the example.
    pub origin: &'a str,
}

/// The page.
pub fn page(view: &LandingView) -> Markup {
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
                        @match view.viewer {
                            Some(viewer) => {
                                h1 { "Welcome back, " bdi { (viewer.author.name) } "." }
                                @if view.settings.join_policy.admits(view.viewer) {
                                    p { "Which room would you like to sit in? A new name opens a new room." }
                                }
                            }
                            None => {
                                h1 { "Pull up a stool." }
                                p {
                                    "Live rooms on a server of your own. "
                                    @if view.settings.join_policy == crate::domain::JoinPolicy::Anyone { "No sign-up, no app, and nothing" }
                                    @else { "Nothing" }
                                    " said is ever lost."
                                }
                            }
                        }
                        @match closed_notice(view) {
                            Some((words, way)) => { p { (words) } (way) }
                            None => (join_form(view)),
                        }
                    }
                    @if !view.rooms.is_empty() { (room_listing(view)) }
                }
                @if closed_notice(view).is_none() { footer.door-foot {
                    p { "Rather talk from a terminal?" }
                    p.code-line tabindex="0" role="group" aria-label="Command line" {
                        code { "curl -H 'Accept: text/plain' -d room=lobby -d name=Ada " (view.origin) "/join" }
                    }
                } }
            }
        },
    )
}

fn join_form(view: &LandingView) -> Markup {
    let LandingForm { room, name, error } = view.form;
    let (room_error, name_error, general_error) = match error {
        Some(LandingError::Room(why)) => (Some(why), None, None),
        Some(LandingError::Name(why)) => (None, Some(why), None),
        Some(LandingError::General(why)) => (None, None, Some(why)),
        None => (None, None, None),
    };
    html! {
        form.enter.known[view.viewer.is_some()] method="post" action="/join" aria-label="Come in" {
            div.field {
                label for="room" { "Room" }
                input #room name="room" required maxlength=(ROOM_NAME_CHARS_MAX) value=(room) autocomplete="off"
                    autocapitalize="none" spellcheck="false"
                    aria-invalid=[room_error.map(|_| "true")] aria-describedby=[room_error.map(|_| "room-error")];
                @if let Some(why) = room_error { (render_error(Some("room-error"), why)) }
            }
            @if view.viewer.is_none() {
                div.field {
                    label for="name" { "Your name" }
                    input #name name="name" required maxlength=(USER_NAME_CHARS_MAX) value=(name) placeholder="Ada"
                        autocomplete="nickname"
                        aria-invalid=[name_error.map(|_| "true")] aria-describedby=[name_error.map(|_| "name-error")];
                    @if let Some(why) = name_error { (render_error(Some("name-error"), why)) }
                }
            }
            button.button.primary.big { "Come in" }
            @if let Some(why) = general_error { (render_error(None, why)) }
        }
    }
}

fn render_error(id: Option<&str>, message: &str) -> Markup {
    html! { p.error id=[id] role="alert" { (icons::small_icon(Icon::Alert)) (message) } }
}

/// Why the form would lead nowhere, and what does: not everybody may come in everywhere.
fn closed_notice(view: &LandingView) -> Option<(&'static str, Markup)> {
    let sign_in = || html! { div.actions { a.button.primary.big href="/sign-in" { "Sign in" } } };
    let register = || html! { div.actions { a.button.primary.big href="/register" { "Keep your name" } } };
    let settings = view.settings;
    match (settings.join_policy, view.viewer) {
        (_, viewer) if settings.join_policy.admits(viewer) && (viewer.is_some() || settings.allow_guests) => None,
        (domain::JoinPolicy::Anyone, _) => {
            Some(("No new guests for the moment. Come back later, or sign in if you have an account.", sign_in()))
        }
        (domain::JoinPolicy::Invited, _) => Some((
            "You come in here by an invitation: open the link that somebody gave you. If you have an account, sign in.",
            sign_in(),
        )),
        (domain::JoinPolicy::Members, Some(_)) => {
            Some(("This house is for its members now. Give your name a password, and you are one.", register()))
        }
        (domain::JoinPolicy::Members, None) => {
            Some(("This house is for its members. Sign in, or open the invitation that somebody gave you.", sign_in()))
        }
    }
}

/// Beside the name of the house: what somebody can do about their own name.
fn account_links(viewer: Option<&Person>) -> Markup {
    html! {
        div.actions {
            @match viewer {
                None => a.button.quiet href="/sign-in" { "Sign in" },
                Some(viewer) if viewer.has_account() => {
                    a.button.quiet href="/settings" { "My settings" }
                    form method="post" action="/sign-out" { button.button.quiet { "Sign out" } }
                }
                Some(_) => {
                    a.button.quiet href="/register" { "Keep your name" }
                    button.button.quiet type="button" popovertarget="leave" { "Leave" }
                    (sign_out_dialog())
                }
            }
        }
    }
}

/// Asks before this browser forgets a name.
pub(crate) fn sign_out_dialog() -> Markup {
    html! {
        div #leave .dialog popover role="dialog" aria-labelledby="leave-title" {
            h2 #leave-title { "Leave Taproom?" }
            p { "This browser forgets your name. What you said stays. Nobody else can take the name, but without this \
                 browser neither can you." }
            form.actions method="post" action="/leave" {
                button.button type="button" popovertarget="leave" popovertargetaction="hide" { "Stay" }
                button.button.danger.filled { "Leave" }
            }
        }
    }
}

fn room_listing(view: &LandingView) -> Markup {
    let shown_count = view.rooms.len() as u64;
    html! {
        section.listing aria-labelledby="open" {
            h2 #open {
                "Open rooms"
                @if view.room_count > shown_count { " " span.muted { "the latest " (shown_count) " of " (view.room_count) } }
            }
            ul role="list" {
                @for LandingRoom { room, active_at, listeners } in view.rooms {
                    li { a href=(room.slug.path()) {
                        span { strong dir="auto" { (room.name) } }
                        span {
                            @match listeners {
                                0 => span.live { "nobody in" },
                                n => span.live { span.dot.here {} (n) " listening" },
                            }
                            time datetime={ (FormattedTime::new(*active_at).iso_seconds()) "Z" } { (time::format_ago(*active_at, view.now)) }
                        }
                    } }
                }
            }
        }
    }
}
