//! The list of banned people.

use maud::{Markup, html};

use crate::views::admin::listed_person::ListedPerson;
use crate::views::admin::page::admin_page;
use crate::views::layout::avatar;
use crate::views::layout::page::{Notice, section_head};
use crate::views::rooms::sidebar::SidebarView;
use crate::views::time::until_end;

/// The page.
pub fn page(sidebar: &SidebarView, people: &[ListedPerson], notice: Option<&Notice>) -> Markup {
    let body = html! {
        section aria-labelledby="outside" {
            (section_head("outside", "Banned", "The audit log shows the reasons."))
            @if people.is_empty() { div.empty { h2 { "Nobody is banned." } p { "People you ban are listed here. You can unban them at any time." } } }
            ul.rows role="list" {
                @for ListedPerson { person, .. } in people {
                    @let name = &person.author.name;
                    li {
                        (avatar::avatar(&person.author))
                        div.who {
                            strong { a href=(person.author.path()) { bdi { (name) } } }
                            "Banned" (until_end(person.banned_until))
                        }
                        form method="post" action={ (person.author.path()) "/unban" } {
                            button.button.quiet { "Unban" span.sr { " " (name) } }
                        }
                    }
                }
            }
        }
    };
    admin_page("Banned", sidebar, "/admin/bans", notice, body)
}
