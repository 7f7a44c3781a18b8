//! The shell of the admin pages: the tabs that the viewer may open.

use maud::Markup;

use crate::domain::{Permission, can};
use crate::views::layout::page::{self, Notice, Tab};
use crate::views::rooms::sidebar::SidebarView;

/// All tabs. The last one is for those who may change the settings of the server.
const TABS: [Tab; 6] = [
    Tab { name: "People", href: "/admin/people" },
    Tab { name: "Invitations", href: "/admin/invitations" },
    Tab { name: "Reports", href: "/admin/reports" },
    Tab { name: "Banned", href: "/admin/bans" },
    Tab { name: "Audit log", href: "/admin/audit-log" },
    Tab { name: "Settings", href: "/admin/settings" },
];

/// An admin page beside its tabs, of which `href` is the open one.
pub(crate) fn admin_page(
    title: &str,
    sidebar: &SidebarView,
    href: &str,
    notice: Option<&Notice>,
    body: Markup,
) -> Markup {
    let tabs =
        if sidebar.viewer.is_some_and(|viewer| can(viewer, Permission::EditServer, None)) { &TABS } else { &TABS[..5] };
    page::page(title, sidebar, (tabs, href), notice, body)
}
