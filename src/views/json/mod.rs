//! JSON for programs, as `docs/protocol.md` describes it. Times are RFC 3339 in UTC, ids are numbers, addresses are paths on
//! this server.

mod admin;
mod audit_log;
mod autocomplete;
mod change;
mod message;
mod person;
mod problem;
mod read_state;
mod room;
mod session;
mod time;

pub use crate::views::json::admin::{InvitationJson, LinkJson, ListedInvitationJson, ReportJson, SettingsJson};
pub use crate::views::json::audit_log::AuditLineJson;
pub use crate::views::json::autocomplete::{EmojiJson, SuggestionJson};
pub use crate::views::json::change::{ChangeJson, RenamedJson};
pub use crate::views::json::message::{DayJson, MessageJson, MessagesJson, PageJson, ReactionJson, VersionJson};
pub use crate::views::json::person::{MeJson, PersonJson};
pub use crate::views::json::problem::ProblemJson;
pub use crate::views::json::read_state::{ReadStateJson, SidebarRoomJson, UnreadJson, UnreadRoom};
pub use crate::views::json::room::{JoinedRoomJson, RoomJson};
pub use crate::views::json::session::{InvitationAcceptedJson, SessionJson, SignedInJson};
