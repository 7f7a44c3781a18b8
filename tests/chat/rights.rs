//! Permissions: each permission of the table, for each role, on each route that needs it; allowed and refused exactly
//! as the table says.

use reqwest::RequestBuilder;
use taproom::domain::{PERMISSIONS, Permission, Requirement, Role};

use crate::harness::{Answer, Guest, ask};
use crate::staff::{GARDEN_PATH, Staffed, page_of};

/// A caller, their role, and whether they created the room.
struct Caller<'a> {
    label: &'static str,
    guest: Option<&'a Guest>,
    role: Option<Role>,
    is_creator: bool,
}

impl Caller<'_> {
    fn may(&self, requirement: Requirement) -> bool {
        match requirement {
            Requirement::Role(role) => self.role.is_some_and(|actual| actual >= role),
            Requirement::RoomModerator => self.is_creator || self.role.is_some_and(|actual| actual >= Role::Moderator),
        }
    }

    async fn requests(&self, staffed: &Staffed, route: &Route, accept: &str) -> Answer {
        let request: RequestBuilder = match &route.form {
            None => staffed.house.get(&route.path),
            Some(form) => staffed.house.post(&route.path).form(form),
        };
        let request = match self.guest {
            Some(guest) => request.bearer_auth(&guest.token),
            None => request,
        };
        ask(request.header("accept", accept)).await
    }
}

/// A route that needs a permission: an address that is read, or one that a form is sent to.
struct Route {
    path: String,
    form: Option<Vec<(&'static str, String)>>,
}

fn reads(path: impl Into<String>) -> Route {
    Route { path: path.into(), form: None }
}

fn sends(path: impl Into<String>, form: &[(&'static str, &str)]) -> Route {
    let form = form.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Route { path: path.into(), form: Some(form) }
}

/// All routes that need a permission. They can be requested one after the other.
fn routes(permission: Permission, target: &str, member: &str, cellar: &str, message: u64) -> Vec<Route> {
    let (target, member, message) = (page_of(target), page_of(member), format!("{GARDEN_PATH}/messages/{message}"));
    match permission {
        Permission::ReportMessages => {
            vec![reads(format!("{message}/report")), sends(format!("{message}/report"), &[("reason", "x")])]
        }
        // Its routes are those of one's own account.
        Permission::ManageAccount => vec![],
        // Part of a message: without the permission it is posted without the mention.
        Permission::MentionRoom => vec![],
        Permission::PinMessages => vec![sends(format!("{message}/pin"), &[]), sends(format!("{message}/unpin"), &[])],
        Permission::EditRoom => vec![sends(format!("{GARDEN_PATH}/settings"), &[("topic", "x")])],
        Permission::ManageMembers => vec![sends(format!("{cellar}/members"), &[("name", "Tim")])],
        Permission::ArchiveRoom => vec![sends(format!("{GARDEN_PATH}/archive"), &[("archived", "no")])],
        Permission::DeleteRoom => vec![sends(format!("{GARDEN_PATH}/delete"), &[])],
        Permission::DeleteMessages => vec![reads(format!("{message}/delete")), sends(format!("{message}/delete"), &[])],
        Permission::MuteInRoom => {
            let (duration, room) = (("duration", "1h"), ("room", &GARDEN_PATH["/rooms/".len()..]));
            let room = (room.0, &*room.1.replace("%3C", "<").replace("%3E", ">"));
            vec![sends(format!("{target}/mute"), &[duration, room]), sends(format!("{target}/unmute"), &[room])]
        }
        Permission::ViewPeople => vec![reads("/admin/people"), reads("/admin/people?q=x")],
        Permission::Mute => {
            vec![sends(format!("{target}/mute"), &[("duration", "1h")]), sends(format!("{target}/unmute"), &[])]
        }
        Permission::Ban => vec![
            reads("/admin/bans"),
            sends(format!("{target}/ban"), &[("duration", "1h")]),
            sends(format!("{target}/unban"), &[]),
        ],
        Permission::ResolveReports => vec![reads("/admin/reports"), sends("/admin/reports/REPORT/resolve", &[])],
        Permission::ViewAuditLog => vec![reads("/admin/audit-log")],
        Permission::Invite => vec![
            reads("/admin/invitations"),
            sends("/admin/invitations", &[("name", "x"), ("role", "guest"), ("expires", "1d")]),
            sends("/admin/invitations/INVITATION/revoke", &[]),
        ],
        Permission::ChangeRoles => vec![sends(format!("{member}/role"), &[("role", "member")])],
        Permission::CreateResetLinks => vec![sends(format!("{member}/reset-link"), &[])],
        Permission::EditServer => {
            let form = [("name", "x"), ("join_policy", "anyone"), ("room_creation", "guest"), ("allow_guests", "on")];
            vec![reads("/admin/settings"), sends("/admin/settings", &form)]
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_may_do_exactly_what_the_table_says_on_every_route() {
    let staffed = Staffed::open().await;
    let Staffed { house, owner, moderator, member, guest, creator } = &staffed;
    let author = house.guest("Said", crate::staff::GARDEN).await;
    house.guest("Tim", crate::staff::GARDEN).await;
    let everyone = [owner, moderator, member, guest].map(|guest| guest.name.as_str());
    // In the cellar all of them are members, so that only their permissions differ.
    let cellar = creator.creates("Cellar", "private", &everyone[1..3].join(",")).await;
    for name in [everyone[0], everyone[3]] {
        assert_eq!(creator.sends(&format!("{cellar}/members"), &[("name", name)]).await.status, 200);
    }
    let invited = owner.sends("/admin/invitations", &[("name", "x"), ("role", "guest"), ("expires", "1d")]).await;
    let invitation = invited.json()["id"].to_string();
    let reported = author.posts("to be reported").await;
    let report = format!("{GARDEN_PATH}/messages/{reported}/report");
    assert_eq!(member.sends(&report, &[("reason", "x")]).await.status, 201);
    let report = (reported + 1).to_string();
    let caller = |label, guest, role, is_creator| Caller { label, guest, role, is_creator };
    let callers = [
        caller("anonymous", None, None, false),
        caller("guest", Some(guest), Some(Role::Guest), false),
        caller("member", Some(member), Some(Role::Member), false),
        caller("creator", Some(creator), Some(Role::Guest), true),
        caller("moderator", Some(moderator), Some(Role::Moderator), false),
        caller("owner", Some(owner), Some(Role::Owner), false),
    ];
    let (mut allowed, mut refused) = (0, 0);
    for (permission, requirement) in PERMISSIONS {
        for caller in &callers {
            for accept in ["application/json", "text/html"] {
                let message = author.posts("hello").await;
                for mut route in routes(permission, "Tim", &member.name, &cellar, message) {
                    route.path = route.path.replace("REPORT", &report).replace("INVITATION", &invitation);
                    let answer = caller.requests(&staffed, &route, accept).await;
                    let context = format!("{permission:?} by {} at {}: {}", caller.label, route.path, answer.text());
                    if caller.may(requirement) {
                        assert!(matches!(answer.status, 200 | 201 | 204 | 303), "{} {context}", answer.status);
                        allowed += 1;
                    } else {
                        let status = if caller.guest.is_none() { [401, 404] } else { [403, 403] };
                        assert!(status.contains(&answer.status), "{} {context}", answer.status);
                        assert!(
                            answer.status != 404 || permission == Permission::ManageMembers,
                            "a private room is not visible: {context}"
                        );
                        refused += 1;
                    }
                    if permission == Permission::DeleteRoom && caller.may(requirement) {
                        assert_eq!(owner.sends(&format!("{GARDEN_PATH}/undelete"), &[]).await.status, 200);
                    }
                }
            }
        }
    }
    assert!(allowed > 100 && refused > 100, "{allowed} allowed, {refused} refused");
}
