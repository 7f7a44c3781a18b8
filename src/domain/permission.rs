//! Permissions, in one table. Applying a command checks it, and so do the pages, which hide buttons that the user may
//! not use.

use crate::domain::limits::DELETED_ROOM_RETENTION;
use crate::domain::{Expiry, Person, Refusal, Role, Room, ServerSettings, Timestamp, UserId, Visibility};

/// An action that requires a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Report a message to the moderators.
    ReportMessages,
    /// Use what belongs to an account, such as creating personal tokens and listing sessions.
    ManageAccount,
    /// Change a room's name, topic, visibility and slow mode.
    EditRoom,
    /// Choose the members of a private room.
    ManageMembers,
    /// Archive and unarchive a room.
    ArchiveRoom,
    /// Delete and restore a room.
    DeleteRoom,
    /// Delete another person's message.
    DeleteMessages,
    /// Pin a message.
    PinMessages,
    /// Mention everyone in a room that is not small.
    MentionRoom,
    /// Mute a person in one room.
    MuteInRoom,
    /// See the role of each person, and when they were last online.
    ViewPeople,
    /// Mute a person on the whole server.
    Mute,
    /// Ban a person.
    Ban,
    /// Read and resolve reports.
    ResolveReports,
    /// Read the audit log.
    ViewAuditLog,
    /// Create invitations.
    Invite,
    /// Change a person's role to member, moderator or owner.
    ChangeRoles,
    /// Create a password reset link for a person.
    CreateResetLinks,
    /// Change the server settings.
    EditServer,
}

/// What a permission requires of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// This role, or a higher one.
    Role(Role),
    /// A moderator of the server, or the creator of the room.
    RoomModerator,
}

/// The table of all permissions.
pub const PERMISSIONS: [(Permission, Requirement); 19] = [
    (Permission::ReportMessages, Requirement::Role(Role::Guest)),
    (Permission::ManageAccount, Requirement::Role(Role::Member)),
    (Permission::EditRoom, Requirement::RoomModerator),
    (Permission::ManageMembers, Requirement::RoomModerator),
    (Permission::ArchiveRoom, Requirement::RoomModerator),
    (Permission::DeleteRoom, Requirement::RoomModerator),
    (Permission::DeleteMessages, Requirement::RoomModerator),
    (Permission::PinMessages, Requirement::RoomModerator),
    (Permission::MentionRoom, Requirement::RoomModerator),
    (Permission::MuteInRoom, Requirement::RoomModerator),
    (Permission::ViewPeople, Requirement::Role(Role::Moderator)),
    (Permission::Mute, Requirement::Role(Role::Moderator)),
    (Permission::Ban, Requirement::Role(Role::Moderator)),
    (Permission::ResolveReports, Requirement::Role(Role::Moderator)),
    (Permission::ViewAuditLog, Requirement::Role(Role::Moderator)),
    (Permission::Invite, Requirement::Role(Role::Moderator)),
    (Permission::ChangeRoles, Requirement::Role(Role::Owner)),
    (Permission::CreateResetLinks, Requirement::Role(Role::Owner)),
    (Permission::EditServer, Requirement::Role(Role::Owner)),
];

impl Permission {
    /// What the permission requires.
    pub fn requirement(self) -> Requirement {
        let found = PERMISSIONS.iter().find(|(act, _)| *act == self);
        found.expect("the table has every act").1
    }
}

/// Whether the person has the permission; in this room, if the action is in a room.
pub fn can(person: &Person, permission: Permission, room: Option<&Room>) -> bool {
    match permission.requirement() {
        Requirement::Role(role) => person.role >= role,
        Requirement::RoomModerator => {
            person.role >= Role::Moderator || room.is_some_and(|room| is_creator(room, person.author.id))
        }
    }
}

/// Whether a person can pin messages in a room. In a direct message everyone can, because no one moderates it.
pub fn can_pin(person: &Person, room: &Room) -> bool {
    room.visibility == Visibility::Direct || can(person, Permission::PinMessages, Some(room))
}

/// Whether a person can act on another: no one can act on themselves or on a higher role, and only an owner can act on
/// a moderator.
pub fn outranks(person: &Person, other: &Person) -> bool {
    person.author.id != other.author.id && (person.role > other.role || person.role == Role::Owner)
}

/// Whether a moderator or the creator of a room can mute a person there: anyone but themselves, and a moderator of the
/// server only if they outrank that person.
pub fn can_mute(person: &Person, other: &Person) -> bool {
    outranks(person, other) || (person.author.id != other.author.id && other.role < Role::Moderator)
}

/// Whether a person can read a room now. `is_member` matters only in a hidden room.
pub fn can_see(
    settings: &ServerSettings,
    room: &Room,
    person: Option<&Person>,
    is_member: bool,
    now: Timestamp,
) -> bool {
    if room.deleted_at.is_some() || person.is_some_and(|person| person.banned_until.is_active(now)) {
        return false;
    }
    match room.visibility {
        Visibility::Public => true,
        Visibility::Open => settings.join_policy.admits(person),
        Visibility::Private | Visibility::Direct => is_member && settings.join_policy.admits(person),
    }
}

/// Whether a person can restore a deleted room now: if it were not deleted, the person could see and delete it.
/// `is_member` is as in [`can_see`].
pub fn can_restore(settings: &ServerSettings, room: &Room, person: &Person, is_member: bool, now: Timestamp) -> bool {
    let restored = Room { deleted_at: None, ..room.clone() };
    room.deleted_at.is_some_and(|at| now.saturating_since(at) < DELETED_ROOM_RETENTION)
        && can_see(settings, &restored, Some(person), is_member, now)
        && can(person, Permission::DeleteRoom, Some(&restored))
}

/// Why a person cannot post in a visible room. `muted` is the end of the person's mute in the room. Slow mode is not
/// checked here, because it only delays a post.
pub fn muted_reason(
    settings: &ServerSettings,
    room: &Room,
    person: &Person,
    room_muted_until: Expiry,
    now: Timestamp,
) -> Option<Refusal> {
    let muted = person.muted_until.max(room_muted_until);
    if !settings.join_policy.admits(Some(person)) {
        Some(Refusal::MembersOnly) // a public room can be read by anyone, but posting follows the join policy
    } else if room.archived {
        Some(Refusal::RoomArchived)
    } else if muted.is_active(now) {
        Some(Refusal::Muted(muted))
    } else {
        None
    }
}

/// No one moderates a direct message, not even its creator.
fn is_creator(room: &Room, person: UserId) -> bool {
    room.created_by == person && room.visibility != Visibility::Direct
}

#[cfg(test)]
mod tests {
    use crate::domain::permission::*;

    #[test]
    fn every_permission_is_listed_once() {
        for (n, (act, _)) in PERMISSIONS.iter().enumerate() {
            assert_eq!(PERMISSIONS.iter().position(|(other, _)| other == act), Some(n), "{act:?} stands there twice");
        }
        // A new permission that is not in the table panics here: the last variant gives the number of all.
        assert_eq!(Permission::EditServer as usize + 1, PERMISSIONS.len());
        assert!(PERMISSIONS.iter().all(|(act, needs)| act.requirement() == *needs));
    }
}
