//! The model's rules of names and accounts: coming in, passwords, tokens, recovery codes and links.

use taproom::domain::{
    AccountCommand, Actor, AuditAction, Device, Event, JoinPolicy, PasswordHash, Refusal, Role, Seq, SessionId,
    Timestamp, TokenHash, TokenKind, UserId, UserName,
};

use super::{DAY, Model, Now, Token, User};

/// Somebody has at most so many tokens, and half as many of them for scripts.
const TOKENS: usize = 100;

impl Model {
    pub(super) fn account(&mut self, now: Now, who: Actor, command: &AccountCommand) -> Result<Event, Refusal> {
        use AccountCommand as C;
        match command {
            C::SetUpServer { server_name: house, name, password, token, device } => {
                let user = self.own(now, who, name)?;
                self.house.name = house.as_str().to_owned();
                self.user_mut(user).role = Role::Owner;
                self.note(now, Some(user), AuditAction::ServerSetUp);
                self.end(user, |_| true);
                Ok(self.renew(now, user, password, *token, device))
            }
            C::AcceptInvitation { code, name, password, token, device } => {
                self.join(now, *code, name, password.as_ref(), *token, device)
            }
            C::Register { password, token, replaces: instead, device } => {
                let user = self.asker(now, who)?;
                if user.role > Role::Guest {
                    return Err(Refusal::AlreadyRegistered);
                }
                if !self.tokens.iter().any(|known| known.hash == *instead && known.user == user.id) {
                    return Err(Refusal::TokenInvalid);
                }
                Ok(self.renew(now, user.id, password, *token, device))
            }
            C::SignIn { user, password_seq: proof, token, device } => {
                self.proven(*user, *proof).ok_or(Refusal::BadCredentials)?;
                self.may_come_in(now, *user)?;
                self.give(now, *user, *token, TokenKind::Session(device.clone()));
                Ok(Event::SignedIn { user: *user })
            }
            C::SetPassword { password_seq: proof, password, token, device } => {
                let user = self.at_least(now, who, Role::Member)?.id;
                self.proven(user, *proof).ok_or(Refusal::PasswordIncorrect)?;
                Ok(self.renew(now, user, password, *token, device))
            }
            C::Recover { user, code, password, token, device } => {
                let codes = self.user(*user).map_or(&[][..], |user| &user.codes);
                let index = codes.iter().position(|known| known == code).ok_or(Refusal::BadRecoveryCode)?;
                self.may_come_in(now, *user)?;
                self.user_mut(*user).codes.remove(index);
                self.end(*user, |_| true);
                Ok(self.renew(now, *user, password, *token, device))
            }
            C::ResetPassword { link, password, token, device } => self.reset(now, *link, password, *token, device),
            C::Rename { name } => self.rename(now, who, name),
            C::SetPresence { .. }
            | C::CreateToken { .. }
            | C::RevokeSession { .. }
            | C::RevokeOtherSessions { .. }
            | C::SetRecoveryCodes { .. } => {
                let user = self.asker(now, who)?;
                self.keep_account(now, &user, command)
            }
            C::RecordUse { token, device } => self.seen(now, *token, device),
        }
    }

    fn reset(
        &mut self,
        now: Now,
        link: TokenHash,
        password: &PasswordHash,
        token: TokenHash,
        device: &Device,
    ) -> Result<Event, Refusal> {
        let is_good = |(known, _, until): &(TokenHash, UserId, u64)| *known == link && now.at < *until;
        let index = self.resets.iter().position(is_good).ok_or(Refusal::LinkInvalid)?;
        self.may_come_in(now, self.resets[index].1)?;
        let (_, user, _) = self.resets[index];
        self.end(user, |_| true);
        Ok(self.renew(now, user, password, token, device))
    }

    fn keep_account(&mut self, now: Now, user: &User, command: &AccountCommand) -> Result<Event, Refusal> {
        use AccountCommand as C;
        match command {
            C::RevokeSession { id } => {
                let is_it = |token: &Token| token.user == user.id && SessionId::from_hash(token.hash) == *id;
                let index = self.tokens.iter().position(is_it).ok_or(Refusal::NotFound)?;
                self.tokens.remove(index);
                Ok(Event::PersonChanged { user: user.id })
            }
            C::RevokeOtherSessions { current: keep } => {
                self.end(user.id, |token| is_session(token) && token.hash != *keep);
                Ok(Event::PersonChanged { user: user.id })
            }
            C::SetPresence { hidden } => {
                self.user_mut(user.id).hidden = *hidden;
                Ok(Event::PersonChanged { user: user.id })
            }
            _ if user.role < Role::Member => Err(Refusal::NotAllowed),
            C::CreateToken { label, scopes, token } => {
                let scripts = self.tokens.iter().filter(|token| token.user == user.id && !is_session(token));
                if scripts.count() >= TOKENS / 2 {
                    return Err(Refusal::LimitReached(TOKENS / 2));
                }
                let label = label.as_str().to_owned();
                self.give(now, user.id, *token, TokenKind::Personal { label, scopes: *scopes });
                Ok(Event::SignedIn { user: user.id })
            }
            C::SetRecoveryCodes { codes } => {
                self.user_mut(user.id).codes.clone_from(codes);
                Ok(Event::AuditLogged)
            }
            other => panic!("no matter of one's own account: {other:?}"),
        }
    }

    /// Whoever takes the house: somebody with their own name, or somebody new.
    fn own(&mut self, now: Now, who: Actor, name: &UserName) -> Result<UserId, Refusal> {
        if self.users.iter().any(|user| user.role == Role::Owner) {
            return Err(Refusal::LinkInvalid);
        }
        let own = self.users.iter().find(|user| who == Actor::User(user.id) && user.name.key() == name.key());
        match own {
            Some(user) => Ok(user.id),
            None => self.take_name(now, name, None),
        }
    }

    fn join(
        &mut self,
        now: Now,
        code: TokenHash,
        name: &UserName,
        password: Option<&PasswordHash>,
        token: TokenHash,
        device: &Device,
    ) -> Result<Event, Refusal> {
        let index = self.invitations.iter().position(|(known, _)| *known == code).ok_or(Refusal::LinkInvalid)?;
        let invitation = self.invitations[index].1.clone();
        let is_over = now.at >= invitation.expiry.0.0 || invitation.uses_left == Some(0);
        if is_over || invitation.revoked {
            return Err(Refusal::LinkInvalid);
        }
        if password.is_none() && (self.house.join_policy == JoinPolicy::Members || invitation.role > Role::Guest) {
            return Err(Refusal::AccountRequired);
        }
        let user = self.take_name(now, name, Some(invitation.id))?;
        if let Some(left) = &mut self.invitations[index].1.uses_left {
            *left -= 1;
        }
        for room in self.rooms.iter_mut().filter(|room| invitation.rooms.contains(&room.id)) {
            room.members.push(user);
        }
        match password {
            Some(password) => {
                self.user_mut(user).role = invitation.role;
                self.renew(now, user, password, token, device);
            }
            None => self.give(now, user, token, TokenKind::Session(device.clone())),
        }
        Ok(Event::SignedIn { user })
    }

    /// A new password ends every session but the one that begins with it, and makes a guest a member.
    fn renew(&mut self, now: Now, id: UserId, password: &PasswordHash, token: TokenHash, device: &Device) -> Event {
        let user = self.user_mut(id);
        user.role = user.role.max(Role::Member);
        user.password = Some((password.as_str().to_owned(), now.seq));
        self.end(id, is_session);
        self.resets.retain(|(_, user, _)| *user != id);
        self.give(now, id, token, TokenKind::Session(device.clone()));
        Event::PersonChanged { user: id }
    }

    fn proven(&self, user: UserId, proof: Seq) -> Option<()> {
        let (_, set) = self.user(user)?.password.as_ref()?;
        (*set == proof).then_some(())
    }

    fn may_come_in(&self, now: Now, user: UserId) -> Result<(), Refusal> {
        let user = self.user(user).ok_or(Refusal::BadCredentials)?;
        if user.banned.is_active(Timestamp(now.at)) { Err(Refusal::Banned(user.banned)) } else { Ok(()) }
    }

    /// Of too many tokens, the session that was used longest ago makes room.
    pub(super) fn give(&mut self, now: Now, user: UserId, hash: TokenHash, kind: TokenKind) {
        let theirs = || self.tokens.iter().filter(|token| token.user == user);
        if theirs().count() >= TOKENS {
            let oldest = theirs().filter(|token| is_session(token)).map(|token| (token.seen_at, token.hash.0)).min();
            self.end(user, |token| Some((token.seen_at, token.hash.0)) == oldest);
        }
        self.tokens.push(Token { hash, user, made_at: now.at, seen_at: now.at, kind });
    }

    pub(super) fn end(&mut self, user: UserId, ends: impl Fn(&Token) -> bool) {
        self.tokens.retain(|token| token.user != user || !ends(token));
    }

    /// A token is seen once a day.
    fn seen(&mut self, now: Now, hash: TokenHash, device: &Device) -> Result<Event, Refusal> {
        let token = self.tokens.iter_mut().find(|token| token.hash == hash).ok_or(Refusal::TokenInvalid)?;
        if token.seen_at / DAY == now.at / DAY {
            return Err(Refusal::NotFound);
        }
        token.seen_at = now.at;
        if let TokenKind::Session(known) = &mut token.kind {
            known.clone_from(device);
        }
        Ok(Event::AuditLogged)
    }
}

fn is_session(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Session(_))
}
