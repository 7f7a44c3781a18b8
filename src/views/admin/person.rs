//! The page of one person, with what the viewer may do about them.

use maud::{Markup, html};

use crate::domain::limits::REASON_CHARS_MAX;
use crate::domain::{Person, Role, Room, Timestamp};
use crate::views::admin::invitations::copy_field;
use crate::views::admin::listed_person::{ListedPerson, activity_text, person_tags};
use crate::views::layout::avatar;
use crate::views::layout::form_fields::{FormField, radio_group, render_field, switch_field};
use crate::views::layout::page::{self, Notice, section_head};
use crate::views::rooms::sidebar::SidebarView;
use crate::views::time::until_end;

/// What the page shows.
#[derive(Debug)]
pub struct PersonView<'a> {
    /// The sidebar of the page, with the viewer.
    pub sidebar: &'a SidebarView<'a>,
    /// The person.
    pub person: &'a Person,
    /// What only moderators see.
    pub details: Option<&'a ListedPerson>,
    /// Whether the viewer may change the person's role.
    pub may_set_role: bool,
    /// Whether the viewer may make a link for a new password.
    pub may_reset: bool,
    /// Whether the viewer may mute the person everywhere and ban them.
    pub may_ban: bool,
    /// The rooms in which the viewer may mute the person.
    pub rooms: &'a [&'a Room],
    /// The notice of the page.
    pub notice: Option<&'a Notice>,
    /// The reason for a ban, as it was typed.
    pub reason: &'a str,
    /// What is wrong with the reason.
    pub reason_error: Option<&'a str>,
    /// The current time.
    pub now: Timestamp,
}

/// How long a mute or a ban lasts: the value in forms, and its label.
const DURATIONS: [(&str, &str); 4] = [("1h", "1 hour"), ("1d", "1 day"), ("1w", "1 week"), ("forever", "No end date")];

/// The page.
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
                    (person_tags(person, now))
                    @if let Some(listed) = view.details { p { (activity_text(listed, now)) } }
                }
            }
            @if view.sidebar.viewer.is_some() && !is_viewer {
                form.actions method="post" action="/direct" {
                    input type="hidden" name="names" value=(author.name);
                    button.button { "Message" }
                }
            }
        }
        @if view.may_set_role { section aria-labelledby="role-head" { (role_form(person)) } }
        @if view.may_ban || !view.rooms.is_empty() { section aria-labelledby="mute" { (mute_form(view)) } }
        @if view.may_ban { section aria-labelledby="ban" { (ban_form(view)) } }
        @if view.may_reset { section aria-labelledby="reset" {
            (section_head("reset", "Reset password", "Make a link to choose a new password. It works once, within a day."))
            form method="post" action={ (author.path()) "/reset-link" } { button.button { "Create link" } }
        } }
    };
    page::page(&author.name, view.sidebar, (&[], ""), view.notice, body)
}

fn role_form(person: &Person) -> Markup {
    const ROLES: [(Role, &str); 3] = [(Role::Member, "Member"), (Role::Moderator, "Moderator"), (Role::Owner, "Owner")];
    html! {
        (section_head("role-head", "Role", "Moderators can mute and ban people. Owners can change everything."))
        form.stack method="post" action={ (person.author.path()) "/role" } {
            (radio_group("role", "Role", &ROLES.map(|(role, words)| (role.as_str(), words)), person.role.as_str()))
            button.button { "Save" }
        }
    }
}

fn mute_form(view: &PersonView) -> Markup {
    let path = view.person.author.path();
    html! {
        (section_head("mute", "Mute", "They can read but not post."))
        @if view.person.muted_until.is_active(view.now) && view.may_ban {
            p { "Muted everywhere" (until_end(view.person.muted_until)) "." }
            form method="post" action={ (path) "/unmute" } { button.button { "Unmute" } }
        }
        form.stack method="post" action={ (path) "/mute" } {
            (radio_group("duration", "Duration", &DURATIONS, "1h"))
            div.field {
                label for="room" { "Room" }
                select #room name="room" {
                    @if view.may_ban { option value="" { "Everywhere" } }
                    @for room in view.rooms { option value=(room.slug) { (room.name) } }
                }
            }
            div.actions {
                button.button { "Mute" }
                @if !view.rooms.is_empty() {
                    button.button.quiet formaction={ (path) "/unmute" } { "Unmute in this room" }
                }
            }
        }
    }
}

fn ban_form(view: &PersonView) -> Markup {
    let path = view.person.author.path();
    html! {
        (section_head("ban", "Ban", "Signs them out everywhere and blocks them from coming back."))
        @if view.person.banned_until.is_active(view.now) {
            p { "Banned" (until_end(view.person.banned_until)) "." }
            form method="post" action={ (path) "/unban" } { button.button { "Unban" } }
        }
        form.stack method="post" action={ (path) "/ban" } {
            (radio_group("duration", "Duration", &DURATIONS, "1d"))
            (render_field(FormField {
                name: "reason", label: "Reason", input_type: "text", value: view.reason, autocomplete: "off", max_chars: Some(REASON_CHARS_MAX),
                hint: "Shown to moderators in the audit log.", error: view.reason_error, ..FormField::default()
            }))
            (switch_field("block_addresses", "Block their IP addresses", "No new accounts from there. Private and shared addresses are never blocked.", false))
            (switch_field("delete_messages", "Delete all their messages", "In every room. This can't be undone.", false))
            button.button.danger.filled { "Ban" }
        }
    }
}

/// The page that shows the link for a new password, once.
pub fn reset_link_page(sidebar: &SidebarView, person: &Person, link: &str) -> Markup {
    let body = html! {
        section aria-labelledby="link-head" {
            (section_head("link-head", "Link for a new password", "Send it in a way you trust. It is shown only now, and works once, within a day."))
            (copy_field("link", "Link", link))
            p { a href=(person.author.path()) { "Back to " bdi { (person.author.name) } } }
        }
    };
    page::page(&person.author.name, sidebar, (&[], ""), None, body)
}
