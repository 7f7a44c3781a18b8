//! Reading people: their sessions and credentials, invitations, reports, bans and the audit log.

use redb::{ReadableTable, ReadableTableMetadata};

use crate::domain::limits::SESSION_RETENTION;
use crate::domain::{
    AuditEntry, Author, Invitation, PasswordHash, Person, Report, RoomId, Seq, Session, SessionId, Timestamp,
    TokenHash, TokenKind, UserId, UserName,
};
use crate::store::table::rows;
use crate::store::table::schema::{
    AUDIT_LOG, BLOCKED_ADDRESSES, BlockedAddressRow, INVITATION_CODES, INVITATIONS, MESSAGES, MessageRow, NAMES,
    PASSWORDS, PasswordRow, RECOVERY_CODES, REPORTS, RESET_LINKS, ROOMS, ResetLinkRow, TOKENS, TOKENS_BY_PERSON,
    TokenRow, USERS, UserRow,
};
use crate::store::{Snapshot, StoreError};

/// The person and the token of an authenticated request.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// The person.
    pub person: Person,
    /// Whether the token is a session or a personal token.
    pub kind: TokenKind,
    /// When the token was created.
    pub created_at: Timestamp,
    /// When the token was used last, accurate to a day.
    pub last_used_at: Timestamp,
}

/// A stored password.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Whose password it is.
    pub user: UserId,
    /// The hash.
    pub hash: PasswordHash,
    /// The change that set it.
    pub password_seq: Seq,
}

/// An entry of the list of people.
#[derive(Clone, Debug)]
pub struct PersonListing {
    /// The person.
    pub person: Person,
    /// When one of their sessions or tokens was used last, accurate to a day. `None` if they have none.
    pub last_seen_at: Option<Timestamp>,
    /// When they joined.
    pub joined_at: Timestamp,
    /// The invitation that they joined with.
    pub invitation: Option<Seq>,
}

impl UserRow {
    /// Converts the row of the person with this id.
    pub(crate) fn into_person(self, id: UserId) -> Person {
        let Self { name, role, muted_until, banned_until, presence_hidden, .. } = self;
        Person { author: Author { id, name: name.into() }, role, muted_until, banned_until, presence_hidden }
    }
}

impl Snapshot {
    /// The person with this id.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read, as in all methods below.
    pub fn person_by_id(&self, id: UserId) -> Result<Option<Person>, StoreError> {
        let row: Option<UserRow> = rows::get(&self.transaction().open_table(USERS)?, "users", id.0)?;
        Ok(row.map(|row| row.into_person(id)))
    }

    /// The person who has this name, or had it and has it reserved.
    pub fn person_by_name(&self, name: &UserName) -> Result<Option<Person>, StoreError> {
        let id = self.transaction().open_table(NAMES)?.get(name.key().as_str())?.map(|id| UserId(id.value()));
        id.map_or(Ok(None), |id| self.person_by_id(id))
    }

    /// The person whom a token authenticates. `None` if the token is unknown or expired, or the person is banned.
    pub fn authenticate(&self, token: TokenHash, now: Timestamp) -> Result<Option<Authenticated>, StoreError> {
        let row: Option<TokenRow> = rows::get(&self.transaction().open_table(TOKENS)?, "tokens", token.0)?;
        let Some(TokenRow { user, created_at, last_used_at, kind }) = row else { return Ok(None) };
        if is_expired(&kind, last_used_at, now) {
            return Ok(None);
        }
        let person = self.person_by_id(UserId(user))?.filter(|person| !person.banned_until.is_active(now));
        Ok(person.map(|person| Authenticated { person, kind, created_at, last_used_at }))
    }

    /// The password of a person who has an account.
    pub fn credentials(&self, user: UserId) -> Result<Option<Credentials>, StoreError> {
        let row: Option<PasswordRow> = rows::get(&self.transaction().open_table(PASSWORDS)?, "secrets", user.0)?;
        Ok(row.map(|PasswordRow { phc, password_seq }| Credentials {
            user,
            hash: PasswordHash::new(phc),
            password_seq,
        }))
    }

    /// The valid sessions and tokens of a person, last used first.
    pub fn sessions(&self, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        let mut sessions = self.all_sessions(user)?;
        sessions.retain(|session| !is_expired(&session.kind, session.last_used_at, now));
        Ok(sessions)
    }

    /// The same with expired sessions. An expired session keeps its row until a new one replaces it.
    fn all_sessions(&self, user: UserId) -> Result<Vec<Session>, StoreError> {
        let (tokens, tokens_of) =
            (self.transaction().open_table(TOKENS)?, self.transaction().open_table(TOKENS_BY_PERSON)?);
        let mut found = Vec::new();
        for entry in tokens_of.range((user.0, [0; 32])..=(user.0, [u8::MAX; 32]))? {
            let hash = entry?.0.value().1;
            let row: Option<TokenRow> = rows::get(&tokens, "tokens", hash)?;
            let TokenRow { created_at, last_used_at, kind, .. } = row.ok_or(StoreError::Missing { table: "tokens" })?;
            found.push(Session { id: SessionId::from_hash(TokenHash(hash)), kind, created_at, last_used_at });
        }
        found.sort_by_key(|session| std::cmp::Reverse(session.last_used_at));
        Ok(found)
    }

    /// How many unused recovery codes a person has.
    pub fn count_recovery_codes(&self, user: UserId) -> Result<usize, StoreError> {
        let codes = self.transaction().open_table(RECOVERY_CODES)?;
        Ok(codes.range((user.0, [0; 32])..=(user.0, [u8::MAX; 32]))?.count())
    }

    /// The person whose password a reset link can set. `None` if the link is invalid or has expired.
    pub fn person_by_reset_link(&self, link: TokenHash, now: Timestamp) -> Result<Option<Person>, StoreError> {
        let row: Option<ResetLinkRow> = rows::get(&self.transaction().open_table(RESET_LINKS)?, "resets", link.0)?;
        let row = row.filter(|row| row.expiry.is_active(now));
        row.map_or(Ok(None), |row| self.person_by_id(row.user))
    }

    /// The invitation with this code, usable or not.
    pub fn invitation_by_code(&self, code: TokenHash) -> Result<Option<Invitation>, StoreError> {
        let id = self.transaction().open_table(INVITATION_CODES)?.get(code.0)?.map(|id| id.value());
        let invitations = self.transaction().open_table(INVITATIONS)?;
        id.map_or(Ok(None), |id| rows::get(&invitations, "invitations", id))
    }

    /// The invitation with this id, usable or not.
    pub fn invitation_by_id(&self, id: Seq) -> Result<Option<Invitation>, StoreError> {
        rows::get(&self.transaction().open_table(INVITATIONS)?, "invitations", id.0)
    }

    /// The people who joined with an invitation, each with that invitation, newest first; at most `limit`.
    pub fn people_by_invitation(&self, limit: usize) -> Result<Vec<(Seq, Author)>, StoreError> {
        let mut found = Vec::new();
        for entry in self.transaction().open_table(USERS)?.iter()?.rev() {
            let (id, row) = entry?;
            let row: UserRow = rows::decode("users", row.value())?;
            if let Some(invitation) = row.invitation {
                found.push((invitation, Author { id: UserId(id.value()), name: row.name.into() }));
            }
            if found.len() == limit {
                break;
            }
        }
        Ok(found)
    }

    /// The invitations, newest first; at most `limit`.
    pub fn invitations(&self, limit: usize) -> Result<Vec<Invitation>, StoreError> {
        let table = self.transaction().open_table(INVITATIONS)?;
        table.iter()?.rev().take(limit).map(|entry| rows::decode("invitations", entry?.1.value())).collect()
    }

    /// The people whom `is_wanted` accepts, in the order in which they joined, newest first; at most `limit`.
    pub fn people(&self, limit: usize, is_wanted: impl Fn(&Person) -> bool) -> Result<Vec<PersonListing>, StoreError> {
        let mut found = Vec::new();
        for entry in self.transaction().open_table(USERS)?.iter()?.rev() {
            let (id, row) = entry?;
            let (id, row): (UserId, UserRow) = (UserId(id.value()), rows::decode("users", row.value())?);
            if is_wanted(&row.clone().into_person(id)) {
                found.push(self.listing_from_row(id, row)?);
            }
            if found.len() == limit {
                break;
            }
        }
        Ok(found)
    }

    /// The same entry for the person with this id.
    pub fn person_listing(&self, id: UserId) -> Result<Option<PersonListing>, StoreError> {
        let row: Option<UserRow> = rows::get(&self.transaction().open_table(USERS)?, "users", id.0)?;
        row.map(|row| self.listing_from_row(id, row)).transpose()
    }

    fn listing_from_row(&self, id: UserId, row: UserRow) -> Result<PersonListing, StoreError> {
        let (joined_at, invitation) = (row.joined_at, row.invitation);
        let last_seen_at = self.all_sessions(id)?.first().map(|session| session.last_used_at);
        Ok(PersonListing { person: row.into_person(id), last_seen_at, joined_at, invitation })
    }

    /// The number of people.
    pub fn count_people(&self) -> Result<u64, StoreError> {
        Ok(self.transaction().open_table(USERS)?.len()?)
    }

    /// Whether new people are blocked from this address block.
    pub fn is_address_blocked(&self, address: &str, now: Timestamp) -> Result<bool, StoreError> {
        for entry in self.transaction().open_table(BLOCKED_ADDRESSES)?.range((address, 0)..=(address, u64::MAX))? {
            if rows::decode::<BlockedAddressRow>("blocks", entry?.1.value())?.expiry.is_active(now) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The reports, newest first; at most `limit`.
    pub fn reports(&self, limit: usize) -> Result<Vec<(Seq, Report)>, StoreError> {
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

    /// The entries of the audit log before a change, newest first; at most `limit`.
    pub fn audit_log(&self, before: Option<Seq>, limit: usize) -> Result<Vec<(Seq, AuditEntry)>, StoreError> {
        let table = self.transaction().open_table(AUDIT_LOG)?;
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

    /// The next message of a person in a room after this one that is not deleted.
    pub fn next_message_by(&self, user: UserId, room: RoomId, after: Seq) -> Result<Option<Seq>, StoreError> {
        let table = self.transaction().open_table(MESSAGES)?;
        for entry in table.range((room.0, after.0.saturating_add(1))..=(room.0, u64::MAX))? {
            let (key, row) = entry?;
            let row: MessageRow<&str> = rows::decode("messages", row.value())?;
            if row.author == user && !row.body.is_empty() {
                return Ok(Some(Seq(key.value().1)));
            }
        }
        Ok(None)
    }

    /// The ids of all rooms in order, after this one; at most `limit`.
    pub fn room_ids_after(&self, room: RoomId, limit: usize) -> Result<Vec<RoomId>, StoreError> {
        let table = self.transaction().open_table(ROOMS)?;
        let rooms = table.range(room.0.saturating_add(1)..)?.take(limit);
        rooms.map(|entry| Ok(RoomId(entry?.0.value()))).collect()
    }
}

/// Whether a session has expired because it was not used for [`SESSION_RETENTION`]. Personal tokens do not expire.
fn is_expired(kind: &TokenKind, last_used_at: Timestamp, now: Timestamp) -> bool {
    matches!(kind, TokenKind::Session(_)) && now.saturating_since(last_used_at) >= SESSION_RETENTION
}
