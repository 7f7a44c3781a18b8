//! The model's rules of the house: its settings, its invitations, and what was reported.

use taproom::domain::{Deed, Event, House, HouseCommand, Invitation, Kind, Moment, Refusal, Role, Who};

use super::{Model, Now};

/// At most so many people or rooms are picked at a time.
pub(super) const PICKED: usize = 50;

impl Model {
    pub(super) fn on_house(&mut self, now: Now, who: Who, command: &HouseCommand) -> Result<Event, Refusal> {
        use HouseCommand as C;
        match command {
            C::Set { name, door, rooms_by, new_guests } => {
                let by = self.at_least(now, who, Role::Owner)?.id;
                let name = name.as_str().to_owned();
                self.house = House { name, door: *door, rooms_by: *rooms_by, new_guests: *new_guests };
                self.note(now, Some(by), Deed::HouseSet);
                Ok(Event::HouseChanged)
            }
            C::CreateRoom { name, kind, members, salt } => self.create(now, who, (name, *kind), members, *salt),
            C::Direct { with, salt } => self.direct(now, who, with, *salt),
            C::Invite { .. } => self.invite(now, who, command),
            C::RevokeInvitation { id } => {
                let by = self.at_least(now, who, Role::Moderator)?.id;
                let found = self.invitations.iter_mut().find(|(_, invitation)| invitation.id == *id);
                found.ok_or(Refusal::Nothing)?.1.revoked = true;
                self.note(now, Some(by), Deed::InvitationRevoked { id: *id });
                Ok(Event::Noted)
            }
            C::Settle { report } => {
                let by = self.at_least(now, who, Role::Moderator)?.id;
                let found = self.reports.iter_mut().find(|(id, _)| id == report).ok_or(Refusal::Nothing)?;
                if found.1.settled.is_none() {
                    found.1.settled = Some((by, Moment(now.at)));
                    self.note(now, Some(by), Deed::Settled { report: *report });
                }
                Ok(Event::Noted)
            }
        }
    }

    fn invite(&mut self, now: Now, who: Who, command: &HouseCommand) -> Result<Event, Refusal> {
        let HouseCommand::Invite { label, role, uses, until, rooms, code } = command else { panic!("an invitation") };
        let by = self.at_least(now, who, Role::Moderator)?;
        if *role == Role::Owner || *role > by.role {
            return Err(Refusal::NotAllowed);
        }
        if rooms.len() > PICKED {
            return Err(Refusal::TooMany(PICKED));
        }
        for room in rooms {
            if self.seen_by(now, &by, *room)?.kind != Kind::Closed {
                return Err(Refusal::RoomKind);
            }
        }
        let (id, label, by, made_at) = (now.seq, label.as_str().to_owned(), by.id, Moment(now.at));
        self.note(now, Some(by), Deed::Invited { id, label: label.clone() });
        let (role, uses_left, until, rooms) = (*role, *uses, *until, rooms.clone());
        let invitation = Invitation { id, label, role, uses_left, until, rooms, by, made_at, revoked: false };
        self.invitations.push((*code, invitation));
        Ok(Event::Noted)
    }
}
