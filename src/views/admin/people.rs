//! A person: the list of all, and the page of one, with what the viewer may do.

use maud::{Markup, html};

use crate::domain::limits::REASON_CHARS_MAX;
use crate::domain::{Person, Role, Room, Timestamp, describe_expiry};
use crate::views::admin::settings::{admin_page, person_tags};
use crate::views::layout::avatar;
use crate::views::layout::form_fields::{FormField, radio_group, render_field, switch_field};
use crate::views::layout::icons::{self, Icon};
use crate::views::layout::page::{self, Notice, section_head};
use crate::views::rooms::sidebar::SidebarView;
use crate::views::time::format_ago;

/// Somebody, as those see them who keep order.
#[derive(Debug)]
pub struct ListedPerson {
    /// Who.
    pub person: Person,
    /// When they were here last, if anything knows them still.
    pub seen_at: Option<Timestamp>,
    /// Since when they have their name.
    pub joined_at: Timestamp,
    /// What the invitation was called by which they came.
    pub invitation_label: Option<String>,
}

/// What the page of one shows.
#[derive(Debug)]
pub struct PersonView<'a> {
    /// What stands beside it, and who looks.
    pub sidebar: &'a SidebarView<'a>,
    /// Who it is.
    pub person: &'a Person,
    /// What those see who keep order.
    pub details: Option<&'a ListedPerson>,
    /// Whether the viewer may change their role.
    pub may_set_role: bool,
    /// Whether the viewer may make a link for a new password.
    pub may_reset: bool,
    /// Whether the viewer may silence them everywhere, and put them outside.
    pub may_ban: bool,
    /// The rooms in which the viewer may silence them.
    pub rooms: &'a [&'a Room],
    /// What the page says once.
    pub notice: Option<&'a Notice>,
    /// Why, as it was typed.
    pub reason: &'a str,
    /// What is wrong with that.
    pub reason_error: Option<&'a str>,
    /// The moment.
    pub now: Timestamp,
}

/// For how long something is laid on somebody: the word in forms, and in words.
const DURATIONS: [(&str, &str); 4] =
    [("1h", "An hour"), ("1d", "A day"), ("1w", "A week"), ("forever", "Until it is lifted")];

/// The list of all people, or of those who were looked for.
pub fn list(
    sidebar: &SidebarView,
    people: &[ListedPerson],
    (is_complete, total): (bool, u64),
    query: &str,
    now: Timestamp,
) -> Markup {
    let count =
        if total == 1 { "One person has a name here.".to_owned() } else { format!("{total} people have a name here.") };
    let body = html! {
        section aria-labelledby="people" {
            (section_head("people", "People", &count))
            form.search role="search" method="get" action="/admin/people" aria-label="Find a person" {
                button.icon-button aria-label="Find" { (icons::icon(Icon::Search)) }
                label.sr for="q" { "Find a person" }
                input #q type="search" name="q" value=(query) placeholder="Find a person" autocomplete="off";
            }
            @if people.is_empty() { div.empty { h2 { "Nobody of that name." } } }
            ul.rows role="list" {
                @for listed in people {
                    @let person = &listed.person;
                    li {
                        (avatar::avatar(&person.author))
                        div.who {
                            strong {
                                a href=(person.author.path()) { bdi { (person.author.name) } }
                                (person_tags(person, person.muted_until.is_active(now), person.banned_until.is_active(now)))
                            }
                            (activity_text(listed, now))
                        }
                    }
                }
            }
            @if !is_complete { p.hint { "There are more. Look for a name to find the others." } }
        }
    };
    admin_page("People", sidebar, "/admin/people", None, body)
}

fn activity_text(listed: &ListedPerson, now: Timestamp) -> Markup {
    html! {
        @match listed.seen_at { Some(at) => { "Seen " (format_ago(at, now)) }, None => "Signed in nowhere" }
        ", came " (format_ago(listed.joined_at, now))
        @if let Some(label) = &listed.invitation_label { " by “" bdi { (label) } "”" }
    }
}

/// The page of one.
pub fn page(view: &PersonView) -> Markup {
    let PersonView { person, now, .. } = *view;
    let author = &person.author;
    let is_viewer = view.sidebar.viewer.is_some_and(|viewer| viewer.author.id == author.id);
    let body = html! {
        section aria-labelledby="who" {
            div.actions {
                (avatar::big_avatar(author))
                div.who {
                    h2 #who dir="auto" { (author.name) }
                    (person_tags(person, person.muted_until.is_active(now), person.banned_until.is_active(now)))
                    @if let Some(listed) = view.details { p { (activity_text(listed, now)) } }
                }
            }
            @if view.sidebar.viewer.is_some() && !is_viewer {
                form.actions method="post" action="/direct" {
                    input type="hidden" name="names" value=(author.name);
                    button.button { "Talk" }
                }
            }
        }
        @if view.may_set_role { section aria-labelledby="role-head" { (role_form(person)) } }
        @if view.may_ban || !view.rooms.is_empty() { section aria-labelledby="mute" { (mute_form(view)) } }
        @if view.may_ban { section aria-labelledby="ban" { (ban_form(view)) } }
        @if view.may_reset { section aria-labelledby="reset" {
            (section_head("reset", "A forgotten password", "A link by which they choose a new one. It works once, for a day."))
            form method="post" action={ (author.path()) "/reset-link" } { button.button { "Make a link" } }
        } }
    };
    page::page(&author.name, view.sidebar, (&[], ""), view.notice, body)
}

fn role_form(person: &Person) -> Markup {
    const ROLES: [(Role, &str); 3] = [(Role::Member, "Member"), (Role::Moderator, "Moderator"), (Role::Owner, "Owner")];
    html! {
        (section_head("role-head", "Role", "Moderators keep order; owners run the house."))
        form.stack method="post" action={ (person.author.path()) "/role" } {
            (radio_group("role", "What they are", &ROLES.map(|(role, words)| (role.as_str(), words)), person.role.as_str()))
            button.button { "Save the role" }
        }
    }
}

fn mute_form(view: &PersonView) -> Markup {
    let path = view.person.author.path();
    html! {
        (section_head("mute", "Silence", "They read on, and say nothing until it ends."))
        @if view.person.muted_until.is_active(view.now) && view.may_ban {
            p { "Silenced everywhere" (describe_expiry(view.person.muted_until)) "." }
            form method="post" action={ (path) "/unmute" } { button.button { "Let them speak again" } }
        }
        form.stack method="post" action={ (path) "/mute" } {
            (radio_group("duration", "For how long", &DURATIONS, "1h"))
            div.field {
                label for="room" { "Where" }
                select #room name="room" {
                    @if view.may_ban { option value="" { "Everywhere" } }
                    @for room in view.rooms { option value=(room.slug) { (room.name) } }
                }
            }
            div.actions {
                button.button { "Silence" }
                @if !view.rooms.is_empty() {
                    button.button.quiet formaction={ (path) "/unmute" } { "Let them speak there again" }
                }
            }
        }
    }
}

fn ban_form(view: &PersonView) -> Markup {
    let path = view.person.author.path();
    html! {
        (section_head("ban", "Put outside", "They are signed out everywhere at once, hear nothing more, and do not come in again."))
        @if view.person.banned_until.is_active(view.now) {
            p { "Outside" (describe_expiry(view.person.banned_until)) "." }
            form method="post" action={ (path) "/unban" } { button.button { "Let them in again" } }
        }
        form.stack method="post" action={ (path) "/ban" } {
            (radio_group("duration", "For how long", &DURATIONS, "1d"))
            (render_field(FormField {
                name: "reason", label: "Why", input_type: "text", value: view.reason, autocomplete: "off", max_chars: Some(REASON_CHARS_MAX),
                hint: "For the log, which those read who keep order.", error: view.reason_error, ..FormField::default()
            }))
            (switch_field("block_addresses", "Their addresses too", "Nobody new comes in from where they came. Never a private or shared address.", false))
            (switch_field("delete_messages", "And all they said", "In every room. It does not come back.", false))
            button.button.danger.filled { "Put outside" }
        }
    }
}

/// The link for a new password, which is shown this once.
pub fn reset_link_page(sidebar: &SidebarView, person: &Person, link: &str) -> Markup {
    let body = html! {
        section aria-labelledby="link-head" {
            (section_head("link-head", "The link", "Give it to them by a way you trust. It is shown only now, works once, and for a day."))
            (crate::views::admin::invitations::copy_field("link", "Link", link))
            p { a href=(person.author.path()) { "Back to " bdi { (person.author.name) } } }
        }
    };
    page::page(&person.author.name, sidebar, (&[], ""), None, body)
}

/// Who is outside.
pub fn bans_page(sidebar: &SidebarView, people: &[ListedPerson], notice: Option<&Notice>) -> Markup {
    let body = html! {
        section aria-labelledby="outside" {
            (section_head("outside", "Outside", "Who does not come in, and until when. The log says why."))
            @if people.is_empty() { div.empty { h2 { "Nobody is outside." } p { "Whoever you put out is listed here, and can be let in again." } } }
            ul.rows role="list" {
                @for ListedPerson { person, .. } in people {
                    @let name = &person.author.name;
                    li {
                        (avatar::avatar(&person.author))
                        div.who {
                            strong { a href=(person.author.path()) { bdi { (name) } } }
                            "Outside" (describe_expiry(person.banned_until))
                        }
                        form method="post" action={ (person.author.path()) "/unban" } {
                            button.button.quiet { "Let in" span.sr { " " (name) } }
                        }
                    }
                }
            }
        }
    };
    admin_page("Outside", sidebar, "/admin/bans", notice, body)
}
