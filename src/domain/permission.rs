//! Who may do what: one table. The judge of every command asks it, and so do the pages, which show nobody a button that
//! would be refused.

use crate::domain::limits::DELETED_ROOM_RETENTION;
use crate::domain::{Expiry, Person, Refusal, Role, Room, ServerSettings, Timestamp, UserId, Visibility};

/// Something that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Report a message to those who keep order.
    ReportMessages,
    /// Say that a personal token may act for oneself, see one's devices, and whatever else belongs to an account.
    ManageAccount,
    /// Change a room's name, topic, kind and pace.
    EditRoom,
    /// Pick the members of a closed room.
    ManageMembers,
    /// Put a room into the archive, and take it out again.
    ArchiveRoom,
    /// Delete a room, and undo that.
    DeleteRoom,
    /// Take away what another has said.
    DeleteMessages,
    /// Pin a message.
    PinMessages,
    /// Call everybody in a room that is not small.
    MentionRoom,
    /// Silence somebody in one room.
    MuteInRoom,
    /// See everybody's role and when they were here last.
    ViewPeople,
    /// Silence somebody in the whole house.
    Mute,
    /// Put somebody outside.
    Ban,
    /// Read what was reported, and settle it.
    ResolveReports,
    /// Read what those who keep order have done.
    ViewAuditLog,
    /// Make links by which others may come in.
    Invite,
    /// Make somebody a member, a moderator or an owner, or no longer.
    ChangeRoles,
    /// Make a link by which somebody may choose a new password.
    CreateResetLinks,
    /// Name the house, and say who may come in.
    EditServer,
}

/// What somebody must be for an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// Of this role, or one above it.
    Role(Role),
    /// A moderator of the house, or whoever created the room.
    RoomModerator,
}

/// The table.
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
    /// What somebody must be for it.
    pub fn requirement(self) -> Requirement {
        let found = PERMISSIONS.iter().find(|(act, _)| *act == self);
        found.expect("the table has every act").1
    }
}

/// Whether this person may do it; in this room, if it is done in one.
pub fn can(person: &Person, permission: Permission, room: Option<&Room>) -> bool {
    match permission.requirement() {
        Requirement::Role(role) => person.role >= role,
        Requirement::RoomModerator => {
            person.role >= Role::Moderator || room.is_some_and(|room| is_creator(room, person.author.id))
        }
    }
}

/// Whether somebody may pin in a room. In a direct room everybody does: nobody stands above the other there.
pub fn can_pin(person: &Person, room: &Room) -> bool {
    room.visibility == Visibility::Direct || can(person, Permission::PinMessages, Some(room))
}

/// Whether somebody may lay something on somebody else: nobody does so to themselves or to one above them, and only an
/// owner to a moderator.
pub fn outranks(person: &Person, other: &Person) -> bool {
    person.author.id != other.author.id && (person.role > other.role || person.role == Role::Owner)
}

/// Whether whoever keeps order in a room may silence somebody there: everybody but themselves, and but those who keep
/// order in the house, unless they are above them.
pub fn can_mute(person: &Person, other: &Person) -> bool {
    outranks(person, other) || (person.author.id != other.author.id && other.role < Role::Moderator)
}

/// Whether somebody may read a room at this moment. `belongs` says whether they belong to it, if it is hidden.
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

/// Whether somebody may have a room back at this moment that was deleted: if it were there, they would see it and might
/// delete it. `belongs` is as in [`sees`].
pub fn can_restore(settings: &ServerSettings, room: &Room, person: &Person, is_member: bool, now: Timestamp) -> bool {
    let there = Room { deleted_at: None, ..room.clone() };
    room.deleted_at.is_some_and(|at| now.saturating_since(at) < DELETED_ROOM_RETENTION)
        && can_see(settings, &there, Some(person), is_member, now)
        && can(person, Permission::DeleteRoom, Some(&there))
}

/// Why somebody may not say anything in a room that they see; `muted` is until when they are silenced there. The pace of
/// a slow room is another matter: it asks for patience.
pub fn muted_reason(
    settings: &ServerSettings,
    room: &Room,
    person: &Person,
    room_muted_until: Expiry,
    now: Timestamp,
) -> Option<Refusal> {
    let muted = person.muted_until.max(room_muted_until);
    if !settings.join_policy.admits(Some(person)) {
        Some(Refusal::MembersOnly) // a public room is read by everybody, and its door is the house's
    } else if room.archived {
        Some(Refusal::RoomArchived)
    } else if muted.is_active(now) {
        Some(Refusal::Muted(muted))
    } else {
        None
    }
}

/// Nobody stands above the other in a direct room, whoever began it.
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
        // A new act that is not in the table panics here: the last of the enum tells how many there are.
        assert_eq!(Permission::EditServer as usize + 1, PERMISSIONS.len());
        assert!(PERMISSIONS.iter().all(|(act, needs)| act.requirement() == *needs));
    }
}
