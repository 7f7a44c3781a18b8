//! Who may do what: one table. The judge of every command asks it, and so do the pages, which show nobody a button that
//! would be refused.

use super::limits::DELETED_KEPT;
use super::{House, Kind, Moment, Person, Refusal, Role, Room, Until, UserId, spell};

/// Something that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Report a message to those who keep order.
    Report,
    /// Say that a personal token may act for oneself, see one's devices, and whatever else belongs to an account.
    KeepAccount,
    /// Change a room's name, topic, kind and pace.
    SetRoom,
    /// Pick the members of a closed room.
    PickMembers,
    /// Put a room into the archive, and take it out again.
    Archive,
    /// Delete a room, and undo that.
    DeleteRoom,
    /// Take away what another has said.
    RemoveMessage,
    /// Pin a message.
    Pin,
    /// Call everybody in a room that is not small.
    CallEverybody,
    /// Silence somebody in one room.
    MuteInRoom,
    /// See everybody's role and when they were here last.
    SeePeople,
    /// Silence somebody in the whole house.
    Mute,
    /// Put somebody outside.
    Ban,
    /// Read what was reported, and settle it.
    KeepReports,
    /// Read what those who keep order have done.
    ReadAudit,
    /// Make links by which others may come in.
    Invite,
    /// Make somebody a member, a moderator or an owner, or no longer.
    SetRole,
    /// Make a link by which somebody may choose a new password.
    ResetPassword,
    /// Name the house, and say who may come in.
    SetHouse,
}

/// What somebody must be for an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Of this role, or one above it.
    Role(Role),
    /// A moderator of the house, or whoever created the room.
    RoomModerator,
}

/// The table.
pub const RIGHTS: [(Act, Needs); 19] = [
    (Act::Report, Needs::Role(Role::Guest)),
    (Act::KeepAccount, Needs::Role(Role::Member)),
    (Act::SetRoom, Needs::RoomModerator),
    (Act::PickMembers, Needs::RoomModerator),
    (Act::Archive, Needs::RoomModerator),
    (Act::DeleteRoom, Needs::RoomModerator),
    (Act::RemoveMessage, Needs::RoomModerator),
    (Act::Pin, Needs::RoomModerator),
    (Act::CallEverybody, Needs::RoomModerator),
    (Act::MuteInRoom, Needs::RoomModerator),
    (Act::SeePeople, Needs::Role(Role::Moderator)),
    (Act::Mute, Needs::Role(Role::Moderator)),
    (Act::Ban, Needs::Role(Role::Moderator)),
    (Act::KeepReports, Needs::Role(Role::Moderator)),
    (Act::ReadAudit, Needs::Role(Role::Moderator)),
    (Act::Invite, Needs::Role(Role::Moderator)),
    (Act::SetRole, Needs::Role(Role::Owner)),
    (Act::ResetPassword, Needs::Role(Role::Owner)),
    (Act::SetHouse, Needs::Role(Role::Owner)),
];

impl Act {
    /// What somebody must be for it.
    pub fn needs(self) -> Needs {
        let found = RIGHTS.iter().find(|(act, _)| *act == self);
        found.expect("the table has every act").1
    }
}

/// Whether this person may do it; in this room, if it is done in one.
pub fn may(person: &Person, act: Act, room: Option<&Room>) -> bool {
    match act.needs() {
        Needs::Role(role) => person.role >= role,
        Needs::RoomModerator => {
            person.role >= Role::Moderator || room.is_some_and(|room| created(room, person.author.id))
        }
    }
}

/// Whether somebody may pin in a room. In a direct room everybody does: nobody stands above the other there.
pub fn may_pin(person: &Person, room: &Room) -> bool {
    room.kind == Kind::Direct || may(person, Act::Pin, Some(room))
}

/// Whether somebody may lay something on somebody else: nobody does so to themselves or to one above them, and only an
/// owner to a moderator.
pub fn outranks(person: &Person, other: &Person) -> bool {
    person.author.id != other.author.id && (person.role > other.role || person.role == Role::Owner)
}

/// Whether whoever keeps order in a room may silence somebody there: everybody but themselves, and but those who keep
/// order in the house, unless they are above them.
pub fn may_silence(person: &Person, other: &Person) -> bool {
    outranks(person, other) || (person.author.id != other.author.id && other.role < Role::Moderator)
}

/// Whether somebody may read a room at this moment. `belongs` says whether they belong to it, if it is hidden.
pub fn sees(house: &House, room: &Room, person: Option<&Person>, belongs: bool, now: Moment) -> bool {
    if room.deleted_at.is_some() || person.is_some_and(|person| person.banned.holds(now)) {
        return false;
    }
    match room.kind {
        Kind::Public => true,
        Kind::Open => house.door.admits(person),
        Kind::Closed | Kind::Direct => belongs && house.door.admits(person),
    }
}

/// Whether somebody may have a room back at this moment that was deleted: if it were there, they would see it and might
/// delete it. `belongs` is as in [`sees`].
pub fn may_have_back(house: &House, room: &Room, person: &Person, belongs: bool, now: Moment) -> bool {
    let there = Room { deleted_at: None, ..room.clone() };
    room.deleted_at.is_some_and(|at| now.since(at) < DELETED_KEPT)
        && sees(house, &there, Some(person), belongs, now)
        && may(person, Act::DeleteRoom, Some(&there))
}

/// Why somebody may not say anything in a room that they see; `muted` is until when they are silenced there. The pace of
/// a slow room is another matter: it asks for patience.
pub fn silenced(house: &House, room: &Room, person: &Person, muted: Until, now: Moment) -> Option<Refusal> {
    let muted = person.muted.max(muted);
    if !house.door.admits(Some(person)) {
        Some(Refusal::DoorMembers) // a public room is read by everybody, and its door is the house's
    } else if room.archived {
        Some(Refusal::RoomArchived)
    } else if muted.holds(now) {
        Some(Refusal::Muted(spell(muted)))
    } else {
        None
    }
}

/// Nobody stands above the other in a direct room, whoever began it.
fn created(room: &Room, person: UserId) -> bool {
    room.created_by == person && room.kind != Kind::Direct
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_act_once() {
        for (n, (act, _)) in RIGHTS.iter().enumerate() {
            assert_eq!(RIGHTS.iter().position(|(other, _)| other == act), Some(n), "{act:?} stands there twice");
        }
        // A new act that is not in the table panics here: the last of the enum tells how many there are.
        assert_eq!(Act::SetHouse as usize + 1, RIGHTS.len());
        assert!(RIGHTS.iter().all(|(act, needs)| act.needs() == *needs));
    }
}
