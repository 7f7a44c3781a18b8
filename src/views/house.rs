//! The house: the pages of those who keep it in order, and its settings.

use maud::{Markup, html};

use super::fields::{self, Field, choice, field, switch};
use super::sheet::{self, Notice, Tab, section_head};
use super::sidebar::Places;
use crate::domain::limits::LABEL_CHARS_MAX;
use crate::domain::{Act, Door, Person, Role, may};

/// What was typed, or what the form starts with.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What the house is called.
    pub name: String,
    /// The word for who may come in.
    pub door: String,
    /// The word for what somebody must be to open a room.
    pub rooms_by: String,
    /// Whether new guests may come in.
    pub new_guests: bool,
    /// Which field is wrong, and why.
    pub wrong: Option<(&'static str, String)>,
}

const DOORS: [(Door, &str); 3] =
    [(Door::Open, "Everybody, by a nickname"), (Door::Invited, "With an invitation"), (Door::Members, "Members only")];
const CREATORS: [(Role, &str); 3] =
    [(Role::Guest, "Everybody"), (Role::Member, "Members"), (Role::Moderator, "Moderators")];

const TABS: [Tab; 6] = [
    Tab { name: "People", href: "/house/people" },
    Tab { name: "Invitations", href: "/house/invitations" },
    Tab { name: "Reports", href: "/house/reports" },
    Tab { name: "Outside", href: "/house/bans" },
    Tab { name: "Log", href: "/house/audit" },
    Tab { name: "House", href: "/house" },
];

/// The page with the settings.
pub fn page(places: &Places, done: Option<&'static str>, draft: &Draft) -> Markup {
    let notice = done.map(|words| Notice::Done(words.to_owned()));
    let wrong = |of: &str| draft.wrong.as_ref().filter(|(field, _)| *field == of).map(|(_, why)| why.as_str());
    let doors = DOORS.map(|(door, words)| (door.word(), words));
    let creators = CREATORS.map(|(role, words)| (role.word(), words));
    let body = html! {
        section aria-labelledby="settings" {
            (section_head("settings", "Settings", "For everybody who comes here."))
            form.stack method="post" action="/house" {
                (field(Field {
                    name: "name", label: "Name of the house", kind: "text", value: &draft.name, autocomplete: "off",
                    max: Some(LABEL_CHARS_MAX), required: true, wrong: wrong("name"), ..Field::default()
                }))
                (choice("door", "Who may come in", &doors, &draft.door))
                @if let Some(why) = wrong("door") { (fields::error("door-error", why)) }
                (switch("new_guests", "New guests may come in", "Off shuts the open door to new names for a while.", draft.new_guests))
                @if let Some(why) = wrong("new_guests") { (fields::error("new_guests-error", why)) }
                (choice("rooms_by", "Who may open rooms", &creators, &draft.rooms_by))
                @if let Some(why) = wrong("rooms_by") { (fields::error("rooms_by-error", why)) }
                @if let Some(why) = wrong("") { (fields::error("house-error", why)) }
                button.button.primary { "Save" }
            }
        }
    };
    kept("The house", places, "/house", notice.as_ref(), body)
}

/// A page of those who keep order, beside the tabs of the others that this viewer may open.
pub(super) fn kept(title: &str, places: &Places, href: &str, notice: Option<&Notice>, body: Markup) -> Markup {
    let tabs = if places.viewer.is_some_and(|viewer| may(viewer, Act::SetHouse, None)) { &TABS } else { &TABS[..5] };
    sheet::page(title, places, (tabs, href), notice, body)
}

/// What somebody is and what was laid on them, as tags beside their name.
pub(super) fn tags(person: &Person, muted: bool, banned: bool) -> Markup {
    html! {
        " " span.tag { (person.role.word()) }
        @if muted { " " span.tag { "silenced" } }
        @if banned { " " span.tag { "outside" } }
    }
}
