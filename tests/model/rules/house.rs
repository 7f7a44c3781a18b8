//! The model's rules of the house: its settings, its invitations, and what was reported.

use taproom::domain::{
    Actor, AuditAction, Event, Invitation, Refusal, Role, ServerCommand, ServerSettings, Timestamp, Visibility,
};

use super::{Model, Now};

/// At most so many people or rooms are picked at a time.
pub(super) const PICKED: usize = 50;

impl Model {
    pub(super) fn on_house(&mut self, now: Now, who: Actor, command: &ServerCommand) -> Result<Event, Refusal> {
        use ServerCommand as C;
        match command {
            C::UpdateSettings { name, join_policy: door, room_creation: rooms_by, allow_guests: new_guests } => {
                let by = self.at_least(now, who, Role::Owner)?.id;
                let name = name.as_str().to_owned();
                self.house =
                    ServerSettings { name, join_policy: *door, room_creation: *rooms_by, allow_guests: *new_guests };
                self.note(now, Some(by), AuditAction::SettingsChanged);
                Ok(Event::ServerChanged)
            }
            C::CreateRoom { name, visibility: kind, members, salt } => {
                self.create(now, who, (name, *kind), members, *salt)
            }
            C::OpenDirect { others: with, salt } => self.direct(now, who, with, *salt),
            C::CreateInvitation { .. } => self.invite(now, who, command),
            C::RevokeInvitation { id } => {
                let by = self.at_least(now, who, Role::Moderator)?.id;
                let found = self.invitations.iter_mut().find(|(_, invitation)| invitation.id == *id);
                found.ok_or(Refusal::NotFound)?.1.revoked = true;
                self.note(now, Some(by), AuditAction::InvitationRevoked { id: *id });
                Ok(Event::AuditLogged)
            }
            C::ResolveReport { report } => {
                let by = self.at_least(now, who, Role::Moderator)?.id;
                let found = self.reports.iter_mut().find(|(id, _)| id == report).ok_or(Refusal::NotFound)?;
                if found.1.resolved.is_none() {
                    found.1.resolved = Some((by, Timestamp(now.at)));
                    self.note(now, Some(by), AuditAction::ReportResolved { report: *report });
                }
                Ok(Event::AuditLogged)
            }
        }
    }

    fn invite(&mut self, now: Now, who: Actor, command: &ServerCommand) -> Result<Event, Refusal> {
        let ServerCommand::CreateInvitation { label, role, max_uses: uses, expiry: until, rooms, code } = command
        else {
            panic!("an invitation")
        };
        let by = self.at_least(now, who, Role::Moderator)?;
        if *role == Role::Owner || *role > by.role {
            return Err(Refusal::NotAllowed);
        }
        if rooms.len() > PICKED {
            return Err(Refusal::LimitReached(PICKED));
        }
        for room in rooms {
            if self.seen_by(now, &by, *room)?.kind != Visibility::Private {
                return Err(Refusal::RoomVisibilityUnsupported);
            }
        }
        let (id, label, by, made_at) = (now.seq, label.as_str().to_owned(), by.id, Timestamp(now.at));
        self.note(now, Some(by), AuditAction::InvitationCreated { id, label: label.clone() });
        let (role, uses_left, until, rooms) = (*role, *uses, *until, rooms.clone());
        let invitation = Invitation {
            id,
            label,
            role,
            uses_left,
            expiry: until,
            rooms,
            created_by: by,
            created_at: made_at,
            revoked: false,
        };
        self.invitations.push((*code, invitation));
        Ok(Event::AuditLogged)
    }
}
