//! The model's rules of what is laid on people: roles, silence, the way out, and links to a new password.

use taproom::domain::{Actor, AuditAction, Event, Expiry, PersonCommand, Refusal, Role, Timestamp, UserId};

use super::{DAY, Model, Now, User};

impl Model {
    pub(super) fn on_person(
        &mut self,
        now: Now,
        who: Actor,
        id: UserId,
        command: &PersonCommand,
    ) -> Result<Event, Refusal> {
        use PersonCommand as C;
        match command {
            C::SetRole(role) => self.set_role(now, who, id, *role),
            C::Mute { until } => {
                let (by, _) = self.above(now, who, id)?;
                self.user_mut(id).muted = *until;
                self.note(now, Some(by.id), AuditAction::Muted { user: id, room: None, until: *until });
                Ok(Event::PersonChanged { user: id })
            }
            C::Ban { .. } => self.ban(now, who, id, command),
            C::Unban => {
                let (by, _) = self.above(now, who, id)?;
                self.user_mut(id).banned = Expiry::PAST;
                self.blocks.retain(|(_, user, _)| *user != id);
                let (until, why) = (Expiry::PAST, String::new());
                self.note(now, Some(by.id), AuditAction::Banned { user: id, until, reason: why, blocked_addresses: 0 });
                Ok(Event::PersonChanged { user: id })
            }
            C::PurgeMessages { room, after } => self.erase(now, who, id, *room, *after),
            C::FinishPurge => {
                self.above(now, who, id)?;
                self.erasures.retain(|(user, _)| *user != id);
                Ok(Event::AuditLogged)
            }
            C::CreateResetLink { link } => {
                let by = match who {
                    Actor::Operator => None,
                    _ => Some(self.at_least(now, who, Role::Owner)?.id),
                };
                self.user(id).ok_or(Refusal::PersonNotFound)?;
                self.resets.retain(|(_, user, _)| *user != id);
                self.resets.push((*link, id, now.at + DAY));
                self.note(now, by, AuditAction::ResetLinkCreated { user: id });
                Ok(Event::AuditLogged)
            }
        }
    }

    fn ban(&mut self, now: Now, who: Actor, id: UserId, command: &PersonCommand) -> Result<Event, Refusal> {
        let PersonCommand::Ban { until, reason: why, blocked_addresses: addresses, delete_messages: erase } = command
        else {
            panic!("a ban")
        };
        let (by, _) = self.above(now, who, id)?;
        self.user_mut(id).banned = *until;
        for address in addresses {
            self.blocks.retain(|(known, user, _)| known != address || *user != id);
            self.blocks.push((address.clone(), id, *until));
        }
        if *erase {
            self.erasures.retain(|(user, _)| *user != id);
            self.erasures.push((id, by.id));
        }
        self.end(id, |_| true);
        let why = why.as_ref().map_or("", |why| why.as_str()).to_owned();
        self.note(
            now,
            Some(by.id),
            AuditAction::Banned { user: id, until: *until, reason: why, blocked_addresses: addresses.len() as u32 },
        );
        self.take_back_invitations(id, Role::Guest);
        Ok(Event::PersonChanged { user: id })
    }

    fn set_role(&mut self, now: Now, who: Actor, id: UserId, role: Role) -> Result<Event, Refusal> {
        let by = self.at_least(now, who, Role::Owner)?.id;
        let old = self.user(id).ok_or(Refusal::PersonNotFound)?.role;
        if old == Role::Guest || role == Role::Guest {
            return Err(Refusal::AccountRequired);
        }
        let is_owner = |user: &User| user.role == Role::Owner && !user.banned.is_active(Timestamp(now.at));
        if role < Role::Owner && !self.users.iter().any(|user| user.id != id && is_owner(user)) {
            return Err(Refusal::LastOwner);
        }
        self.user_mut(id).role = role;
        self.take_back_invitations(id, role);
        self.note(now, Some(by), AuditAction::RoleChanged { user: id, role });
        Ok(Event::PersonChanged { user: id })
    }

    /// An invitation is good as long as whoever made it could make it.
    fn take_back_invitations(&mut self, by: UserId, role: Role) {
        for (_, invitation) in self.invitations.iter_mut().filter(|(_, invitation)| invitation.created_by == by) {
            invitation.revoked |= role < Role::Moderator || role < invitation.role;
        }
    }

    /// Whoever asks keeps order in the house, and may lay something on this person.
    pub(super) fn above(&self, now: Now, who: Actor, id: UserId) -> Result<(User, User), Refusal> {
        let by = self.at_least(now, who, Role::Moderator)?;
        let other = self.user(id).ok_or(Refusal::PersonNotFound)?;
        if by.outranks(other) { Ok((by, other.clone())) } else { Err(Refusal::NotAllowed) }
    }
}
