//! The list of all people.

use maud::{Markup, html};

use crate::domain::Timestamp;
use crate::views::admin::listed_person::{ListedPerson, activity_text, person_tags};
use crate::views::admin::page::admin_page;
use crate::views::layout::avatar;
use crate::views::layout::icons::{self, Icon};
use crate::views::layout::page::section_head;
use crate::views::rooms::sidebar::SidebarView;

/// What the page shows.
#[derive(Debug)]
pub struct PeopleView<'a> {
    /// The sidebar of the page, with the viewer.
    pub sidebar: &'a SidebarView<'a>,
    /// The people whose names match.
    pub people: &'a [ListedPerson],
    /// Whether these are all of them.
    pub is_complete: bool,
    /// How many people the server has, whether or not they match.
    pub total: u64,
    /// The search as it was typed.
    pub query: &'a str,
    /// The current time.
    pub now: Timestamp,
}

/// The list of all people, or of those whose names match the search.
pub fn page(view: &PeopleView) -> Markup {
    let now = view.now;
    let count = if view.total == 1 { "1 person".to_owned() } else { format!("{} people", view.total) };
    let body = html! {
        section aria-labelledby="people" {
            (section_head("people", "People", &count))
            form.search role="search" method="get" action="/admin/people" aria-label="Find a person" {
                button.icon-button aria-label="Find" { (icons::icon(Icon::Search)) }
                label.sr for="q" { "Find a person" }
                input #q type="search" name="q" value=(view.query) placeholder="Find a person" autocomplete="off";
            }
            @if view.people.is_empty() { div.empty { h2 { "No matches." } } }
            ul.rows role="list" {
                @for listed in view.people {
                    @let author = &listed.person.author;
                    li {
                        (avatar::avatar(author))
                        div.who {
                            strong {
                                a href=(author.path()) { bdi { (author.name) } }
                                (person_tags(&listed.person, now))
                            }
                            (activity_text(listed, now))
                        }
                    }
                }
            }
            @if !view.is_complete { p.hint { "There are more. Search for a name to find the others." } }
        }
    };
    admin_page("People", view.sidebar, "/admin/people", None, body)
}
