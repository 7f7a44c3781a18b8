//! Reading people: who they are, by what they are known again, and what was written down about them.

use redb::{ReadableTable, ReadableTableMetadata};

use super::rows;
use super::schema::{
    AUDIT, BLOCKS, BlockRow, INVITATION_CODES, INVITATIONS, NAMES, RECOVERY, REPORTS, RESETS, ResetRow, SECRETS,
    SecretRow, TOKENS, TOKENS_OF, TokenRow, USERS, UserRow,
};
use super::{Fault, Snapshot};
use crate::domain::limits::SESSION_KEPT;
use crate::domain::{
    Audit, Author, Invitation, Moment, PasswordHash, Person, Report, RoomId, Seq, Session, SessionId, TokenHash,
    TokenKind, UserId, UserName,
};

/// Somebody who has shown a token.
#[derive(Clone, Debug)]
pub struct Known {
    /// Who.
    pub person: Person,
    /// What the token is.
    pub kind: TokenKind,
    /// Since when it is there.
    pub made_at: Moment,
    /// When it was used last, to within a day.
    pub seen_at: Moment,
}

/// A password as it is kept, and which change set it.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Whose.
    pub user: UserId,
    /// The hash.
    pub hash: PasswordHash,
    /// The change.
    pub set: Seq,
}

/// Somebody in the list of people.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Who.
    pub person: Person,
    /// When they were seen last, to within a day. None if nothing knows them any more.
    pub seen_at: Option<Moment>,
    /// Since when they have their name.
    pub entered_at: Moment,
    /// The invitation by which they came.
    pub invited: Option<Seq>,
}

impl UserRow {
    /// The person of this row.
    pub(super) fn person(self, id: UserId) -> Person {
        let Self { name, role, muted, banned, hidden, .. } = self;
        Person { author: Author { id, name: name.into() }, role, muted, banned, hidden }
    }
}

impl Snapshot {
    /// The person of this number, and how they stand.
    ///
    /// # Errors
    /// [`Fault`] if the file cannot be read; so with all that follow.
    pub fn person(&self, id: UserId) -> Result<Option<Person>, Fault> {
        let row: Option<UserRow> = rows::get(&self.transaction().open_table(USERS)?, "users", id.0)?;
        Ok(row.map(|row| row.person(id)))
    }

    /// Whoever has this name.
    pub fn person_named(&self, name: &UserName) -> Result<Option<Person>, Fault> {
        let id = self.transaction().open_table(NAMES)?.get(name.key().as_str())?.map(|id| UserId(id.value()));
        id.map_or(Ok(None), |id| self.person(id))
    }

    /// Whoever holds the token of this hash, if it is still good. A person who was put outside holds none.
    pub fn known(&self, token: TokenHash, now: Moment) -> Result<Option<Known>, Fault> {
        let row: Option<TokenRow> = rows::get(&self.transaction().open_table(TOKENS)?, "tokens", token.0)?;
        let Some(TokenRow { user, made_at, seen_at, kind }) = row else { return Ok(None) };
        if is_over(&kind, seen_at, now) {
            return Ok(None);
        }
        let person = self.person(UserId(user))?.filter(|person| !person.banned.holds(now));
        Ok(person.map(|person| Known { person, kind, made_at, seen_at }))
    }

    /// The password of this person, if they have one.
    pub fn credentials(&self, user: UserId) -> Result<Option<Credentials>, Fault> {
        let row: Option<SecretRow> = rows::get(&self.transaction().open_table(SECRETS)?, "secrets", user.0)?;
        Ok(row.map(|SecretRow { phc, set }| Credentials { user, hash: PasswordHash::new(phc), set }))
    }

    /// The devices and tokens by which somebody is known, used last first.
    pub fn sessions(&self, user: UserId, now: Moment) -> Result<Vec<Session>, Fault> {
        let mut sessions = self.kept_sessions(user)?;
        sessions.retain(|session| !is_over(&session.kind, session.seen_at, now));
        Ok(sessions)
    }

    /// The same with those that nobody has used for too long: a row stays until another takes its place.
    fn kept_sessions(&self, user: UserId) -> Result<Vec<Session>, Fault> {
        let (tokens, tokens_of) = (self.transaction().open_table(TOKENS)?, self.transaction().open_table(TOKENS_OF)?);
        let mut found = Vec::new();
        for entry in tokens_of.range((user.0, [0; 32])..=(user.0, [u8::MAX; 32]))? {
            let hash = entry?.0.value().1;
            let row: Option<TokenRow> = rows::get(&tokens, "tokens", hash)?;
            let TokenRow { made_at, seen_at, kind, .. } = row.ok_or(Fault::Missing { table: "tokens" })?;
            found.push(Session { id: SessionId::of(TokenHash(hash)), kind, made_at, seen_at });
        }
        found.sort_by_key(|session| std::cmp::Reverse(session.seen_at));
        Ok(found)
    }

    /// How many recovery codes somebody has left.
    pub fn recovery_codes(&self, user: UserId) -> Result<usize, Fault> {
        let codes = self.transaction().open_table(RECOVERY)?;
        Ok(codes.range((user.0, [0; 32])..=(user.0, [u8::MAX; 32]))?.count())
    }

    /// For whom a link chooses a new password, if it still does.
    pub fn reset(&self, link: TokenHash, now: Moment) -> Result<Option<Person>, Fault> {
        let row: Option<ResetRow> = rows::get(&self.transaction().open_table(RESETS)?, "resets", link.0)?;
        let row = row.filter(|row| row.until.holds(now));
        row.map_or(Ok(None), |row| self.person(row.user))
    }

    /// The invitation of this link, good or not.
    pub fn invitation(&self, code: TokenHash) -> Result<Option<Invitation>, Fault> {
        let id = self.transaction().open_table(INVITATION_CODES)?.get(code.0)?.map(|id| id.value());
        let invitations = self.transaction().open_table(INVITATIONS)?;
        id.map_or(Ok(None), |id| rows::get(&invitations, "invitations", id))
    }

    /// The invitation of this number.
    pub fn invitation_by_id(&self, id: Seq) -> Result<Option<Invitation>, Fault> {
        rows::get(&self.transaction().open_table(INVITATIONS)?, "invitations", id.0)
    }

    /// Who came by which invitation, newest first; at most `limit`.
    pub fn newcomers(&self, limit: usize) -> Result<Vec<(Seq, Author)>, Fault> {
        let mut found = Vec::new();
        for entry in self.transaction().open_table(USERS)?.iter()?.rev() {
            let (id, row) = entry?;
            let row: UserRow = rows::decode("users", row.value())?;
            if let Some(invitation) = row.invited {
                found.push((invitation, Author { id: UserId(id.value()), name: row.name.into() }));
            }
            if found.len() == limit {
                break;
            }
        }
        Ok(found)
    }

    /// The invitations, newest first; at most `limit`.
    pub fn invitations(&self, limit: usize) -> Result<Vec<Invitation>, Fault> {
        let table = self.transaction().open_table(INVITATIONS)?;
        table.iter()?.rev().take(limit).map(|entry| rows::decode("invitations", entry?.1.value())).collect()
    }

    /// People in the order in which they came, newest first, of whom `wanted` is true; at most `limit`.
    pub fn people(&self, limit: usize, wanted: impl Fn(&Person) -> bool) -> Result<Vec<Seen>, Fault> {
        let mut found = Vec::new();
        for entry in self.transaction().open_table(USERS)?.iter()?.rev() {
            let (id, row) = entry?;
            let (id, row): (UserId, UserRow) = (UserId(id.value()), rows::decode("users", row.value())?);
            if wanted(&row.clone().person(id)) {
                found.push(self.seen_of(id, row)?);
            }
            if found.len() == limit {
                break;
            }
        }
        Ok(found)
    }

    /// One of them.
    pub fn seen(&self, id: UserId) -> Result<Option<Seen>, Fault> {
        let row: Option<UserRow> = rows::get(&self.transaction().open_table(USERS)?, "users", id.0)?;
        row.map(|row| self.seen_of(id, row)).transpose()
    }

    fn seen_of(&self, id: UserId, row: UserRow) -> Result<Seen, Fault> {
        let (entered_at, invited) = (row.entered_at, row.invited);
        let seen_at = self.kept_sessions(id)?.first().map(|session| session.seen_at);
        Ok(Seen { person: row.person(id), seen_at, entered_at, invited })
    }

    /// How many people there are.
    pub fn count_people(&self) -> Result<u64, Fault> {
        Ok(self.transaction().open_table(USERS)?.len()?)
    }

    /// Whether nobody may come in anew from this address block.
    pub fn is_blocked(&self, address: &str, now: Moment) -> Result<bool, Fault> {
        for entry in self.transaction().open_table(BLOCKS)?.range((address, 0)..=(address, u64::MAX))? {
            if rows::decode::<BlockRow>("blocks", entry?.1.value())?.until.holds(now) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What was reported, newest first; at most `limit`.
    pub fn reports(&self, limit: usize) -> Result<Vec<(Seq, Report)>, Fault> {
        let table = self.transaction().open_table(REPORTS)?;
        table
            .iter()?
            .rev()
            .take(limit)
            .map(|entry| {
                let (id, row) = entry?;
                Ok((Seq(id.value()), rows::decode("reports", row.value())?))
            })
            .collect()
    }

    /// What was done to keep order, before a change, newest first; at most `limit`.
    pub fn audit(&self, before: Option<Seq>, limit: usize) -> Result<Vec<(Seq, Audit)>, Fault> {
        let table = self.transaction().open_table(AUDIT)?;
        table
            .range(..before.map_or(u64::MAX, |seq| seq.0))?
            .rev()
            .take(limit)
            .map(|entry| {
                let (id, row) = entry?;
                Ok((Seq(id.value()), rows::decode("audit", row.value())?))
            })
            .collect()
    }

    /// The next message that somebody said in a room from after this one on, and in which room it is looked for next.
    pub fn said_by(&self, user: UserId, room: RoomId, after: Seq) -> Result<Option<Seq>, Fault> {
        let table = self.transaction().open_table(super::schema::MESSAGES)?;
        for entry in table.range((room.0, after.0.saturating_add(1))..=(room.0, u64::MAX))? {
            let (key, row) = entry?;
            let row: super::schema::MessageRow<&str> = rows::decode("messages", row.value())?;
            if row.author == user && !row.body.is_empty() {
                return Ok(Some(Seq(key.value().1)));
            }
        }
        Ok(None)
    }

    /// The rooms, from after this one on; at most `limit`. For going through all of them.
    pub fn rooms_after(&self, room: RoomId, limit: usize) -> Result<Vec<RoomId>, Fault> {
        let table = self.transaction().open_table(super::schema::ROOMS)?;
        let rooms = table.range(room.0.saturating_add(1)..)?.take(limit);
        rooms.map(|entry| Ok(RoomId(entry?.0.value()))).collect()
    }
}

/// Whether somebody is no longer known by this token, because nobody has used it for so long.
fn is_over(kind: &TokenKind, seen_at: Moment, now: Moment) -> bool {
    matches!(kind, TokenKind::Session(_)) && now.since(seen_at) >= SESSION_KEPT
}
