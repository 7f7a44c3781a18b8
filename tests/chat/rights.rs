//! Who may do what: each act of the table, by each role, on each road that leads to it; allowed and refused exactly as the
//! table says.

use reqwest::RequestBuilder;
use taproom::domain::{PERMISSIONS, Permission, Requirement, Role};

use crate::harness::{Answer, Guest, ask};
use crate::staff::{GARDEN_PATH, Staffed, page_of};

/// Somebody who tries, what they are, and whether they opened the room.
struct Asker<'a> {
    word: &'static str,
    who: Option<&'a Guest>,
    role: Option<Role>,
    created: bool,
}

impl Asker<'_> {
    fn may(&self, needs: Requirement) -> bool {
        match needs {
            Requirement::Role(role) => self.role.is_some_and(|own| own >= role),
            Requirement::RoomModerator => self.created || self.role.is_some_and(|own| own >= Role::Moderator),
        }
    }

    async fn tries(&self, staffed: &Staffed, road: &Road, accept: &str) -> Answer {
        let request: RequestBuilder = match &road.form {
            None => staffed.house.get(&road.path),
            Some(form) => staffed.house.post(&road.path).form(form),
        };
        let request = match self.who {
            Some(guest) => request.bearer_auth(&guest.token),
            None => request,
        };
        ask(request.header("accept", accept)).await
    }
}

/// A road to an act: an address that is read, or one to which a form is sent.
struct Road {
    path: String,
    form: Option<Vec<(&'static str, String)>>,
}

fn reads(path: impl Into<String>) -> Road {
    Road { path: path.into(), form: None }
}

fn sends(path: impl Into<String>, form: &[(&'static str, &str)]) -> Road {
    let form = form.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Road { path: path.into(), form: Some(form) }
}

/// All roads to an act. Each can be gone by one after the other, and what one leaves behind is in nobody's way.
fn roads(act: Permission, target: &str, member: &str, cellar: &str, said: u64) -> Vec<Road> {
    let (target, member, message) = (page_of(target), page_of(member), format!("{GARDEN_PATH}/messages/{said}"));
    match act {
        Permission::ReportMessages => {
            vec![reads(format!("{message}/report")), sends(format!("{message}/report"), &[("reason", "x")])]
        }
        // Its roads are those of one's own account.
        Permission::ManageAccount => vec![],
        // Said with a message: who may not is heard without the call.
        Permission::MentionRoom => vec![],
        Permission::PinMessages => vec![sends(format!("{message}/pin"), &[]), sends(format!("{message}/unpin"), &[])],
        Permission::EditRoom => vec![sends(format!("{GARDEN_PATH}/settings"), &[("topic", "x")])],
        Permission::ManageMembers => vec![sends(format!("{cellar}/members"), &[("name", "Tim")])],
        Permission::ArchiveRoom => vec![sends(format!("{GARDEN_PATH}/archive"), &[("archived", "no")])],
        Permission::DeleteRoom => vec![sends(format!("{GARDEN_PATH}/delete"), &[])],
        Permission::DeleteMessages => vec![reads(format!("{message}/delete")), sends(format!("{message}/delete"), &[])],
        Permission::MuteInRoom => {
            let (until, room) = (("duration", "1h"), ("room", &GARDEN_PATH["/rooms/".len()..]));
            let room = (room.0, &*room.1.replace("%3C", "<").replace("%3E", ">"));
            vec![sends(format!("{target}/mute"), &[until, room]), sends(format!("{target}/unmute"), &[room])]
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
async fn every_role_may_do_exactly_what_the_table_says_on_every_road() {
    let staffed = Staffed::open().await;
    let Staffed { house, owner, moderator, member, guest, creator } = &staffed;
    let said_by = house.guest("Said", crate::staff::GARDEN).await;
    house.guest("Tim", crate::staff::GARDEN).await;
    let everybody = [owner, moderator, member, guest].map(|guest| guest.name.as_str());
    // In the cellar all of them belong to the room of one, so that what they may do is all that differs.
    let cellar = creator.creates("Cellar", "private", &everybody[1..3].join(",")).await;
    for name in [everybody[0], everybody[3]] {
        assert_eq!(creator.sends(&format!("{cellar}/members"), &[("name", name)]).await.status, 200);
    }
    let invited = owner.sends("/admin/invitations", &[("name", "x"), ("role", "guest"), ("expires", "1d")]).await;
    let invitation = invited.json()["id"].to_string();
    let reported = said_by.posts("to be reported").await;
    let report = format!("{GARDEN_PATH}/messages/{reported}/report");
    assert_eq!(member.sends(&report, &[("reason", "x")]).await.status, 201);
    let report = (reported + 1).to_string();
    let asker = |word, who, role, created| Asker { word, who, role, created };
    let askers = [
        asker("nobody", None, None, false),
        asker("guest", Some(guest), Some(Role::Guest), false),
        asker("member", Some(member), Some(Role::Member), false),
        asker("creator", Some(creator), Some(Role::Guest), true),
        asker("moderator", Some(moderator), Some(Role::Moderator), false),
        asker("owner", Some(owner), Some(Role::Owner), false),
    ];
    let (mut allowed, mut refused) = (0, 0);
    for (act, needs) in PERMISSIONS {
        for asker in &askers {
            for accept in ["application/json", "text/html"] {
                let said = said_by.posts("said").await;
                for mut road in roads(act, "Tim", &member.name, &cellar, said) {
                    road.path = road.path.replace("REPORT", &report).replace("INVITATION", &invitation);
                    let answer = asker.tries(&staffed, &road, accept).await;
                    let told = format!("{act:?} by {} at {}: {}", asker.word, road.path, answer.text());
                    if asker.may(needs) {
                        assert!(matches!(answer.status, 200 | 201 | 204 | 303), "{} {told}", answer.status);
                        allowed += 1;
                    } else {
                        let status = if asker.who.is_none() { [401, 404] } else { [403, 403] };
                        assert!(status.contains(&answer.status), "{} {told}", answer.status);
                        assert!(
                            answer.status != 404 || act == Permission::ManageMembers,
                            "a closed room is not there: {told}"
                        );
                        refused += 1;
                    }
                    if act == Permission::DeleteRoom && asker.may(needs) {
                        assert_eq!(owner.sends(&format!("{GARDEN_PATH}/undelete"), &[]).await.status, 200);
                    }
                }
            }
        }
    }
    assert!(allowed > 100 && refused > 100, "{allowed} allowed, {refused} refused");
}
