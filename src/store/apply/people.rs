//! Commands on other people: roles, mutes, bans and password reset links.

use redb::ReadableTable;

use crate::domain::limits::RESET_LINK_LIFETIME;
use crate::domain::{
    Actor, AuditAction, Event, Expiry, Invitation, Permission, Person, Refusal, Role, SingleLine, TokenHash, UserId,
    outranks,
};
use crate::store::StoreError;
use crate::store::apply::accounts::credentials::revoke_reset_links;
use crate::store::apply::accounts::sessions;
use crate::store::apply::context::{
    Halt, Outcome, Stamp, audit, find_person, find_user, refuse, require_permission, save_settings, silent,
};
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::{BlockedAddressRow, ResetLinkRow, SettingsRow, UserRow};

/// Changes the role of a person who has an account. Guests have none, and no one can be made a guest.
pub(crate) fn set_role(t: &mut Tables, stamp: Stamp, actor: Actor, id: UserId, role: Role) -> Outcome {
    let by = require_permission(t, stamp, actor, Permission::ChangeRoles, None)?.author.id;
    let Some(mut row) = find_user(t, id)? else { return refuse(Refusal::PersonNotFound) };
    if row.role == Role::Guest || role == Role::Guest {
        return refuse(Refusal::AccountRequired);
    }
    // An owner who demotes another owner remains one. A banned owner does not count: they could not help.
    if id == by && role != Role::Owner && !has_another_owner(t, stamp, id)? {
        return refuse(Refusal::LastOwner);
    }
    let mut settings: SettingsRow = rows::get(&t.settings, "house", "house")?.unwrap_or_default();
    match (row.role == Role::Owner, role == Role::Owner) {
        (true, false) => settings.owner_count -= 1,
        (false, true) => settings.owner_count += 1,
        (true, true) | (false, false) => {}
    }
    save_settings(t, &settings)?;
    row.role = role;
    rows::put(&mut t.users, id.0, &row)?;
    revoke_invitations_above(t, id, role)?;
    audit(t, stamp, Some(by), AuditAction::RoleChanged { user: id, role })?;
    Ok(silent(stamp, Event::PersonChanged { user: id }))
}

fn has_another_owner(t: &Tables, stamp: Stamp, except: UserId) -> Result<bool, StoreError> {
    for entry in t.users.iter()? {
        let (id, row) = entry?;
        let row: UserRow = rows::decode("users", row.value())?;
        if row.role == Role::Owner && id.value() != except.0 && !row.banned_until.is_active(stamp.at) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Revokes the invitations of a person that they could not create with this role. A demoted or banned person could
/// use them to get the old role back.
fn revoke_invitations_above(t: &mut Tables, by: UserId, role: Role) -> Result<(), StoreError> {
    let mut revoked = Vec::new();
    for entry in t.invitations.open()?.iter()? {
        let invitation: Invitation = rows::decode("invitations", entry?.1.value())?;
        if invitation.created_by == by && (role < Role::Moderator || role < invitation.role) {
            revoked.push(Invitation { revoked: true, ..invitation });
        }
    }
    for invitation in revoked {
        rows::put(t.invitations.open()?, invitation.id.0, &invitation)?;
    }
    Ok(())
}

/// A ban and its options.
#[derive(Clone, Copy)]
pub(crate) struct NewBan<'a> {
    pub until: Expiry,
    pub reason: Option<&'a SingleLine>,
    pub blocked_addresses: &'a [String],
    pub delete_messages: bool,
}

pub(crate) fn ban(t: &mut Tables, stamp: Stamp, actor: Actor, id: UserId, new: NewBan<'_>) -> Outcome {
    let NewBan { until, reason, blocked_addresses, delete_messages } = new;
    let (by, mut row) = require_sanctionable(t, stamp, actor, id, Permission::Ban)?;
    row.banned_until = until;
    rows::put(&mut t.users, id.0, &row)?;
    for address in blocked_addresses {
        block_address(t, stamp, address, id, until)?;
    }
    if delete_messages {
        t.purges.open()?.insert(id.0, by.0)?;
    }
    sessions::revoke_all_tokens(t, id, None)?;
    revoke_invitations_above(t, id, Role::Guest)?;
    let reason = reason.map_or(String::new(), |reason| reason.as_str().to_owned());
    let addresses = u32::try_from(blocked_addresses.len()).unwrap_or(u32::MAX);
    audit(t, stamp, Some(by), AuditAction::Banned { user: id, until, reason, blocked_addresses: addresses })?;
    Ok(silent(stamp, Event::PersonChanged { user: id }))
}

/// Blocks an address because of a person. Active blocks because of other people stay; expired ones are deleted.
fn block_address(t: &mut Tables, stamp: Stamp, address: &str, user: UserId, until: Expiry) -> Result<(), StoreError> {
    let blocks = t.blocked_addresses.open()?;
    let mut expired = Vec::new();
    for entry in blocks.range((address, 0)..=(address, u64::MAX))? {
        let (key, row) = entry?;
        if !rows::decode::<BlockedAddressRow>("blocks", row.value())?.expiry.is_active(stamp.at) {
            expired.push(key.value().1);
        }
    }
    for other in expired {
        blocks.remove((address, other))?;
    }
    rows::put(blocks, (address, user.0), &BlockedAddressRow { expiry: until })
}

pub(crate) fn unban(t: &mut Tables, stamp: Stamp, actor: Actor, id: UserId) -> Outcome {
    let (by, mut row) = require_sanctionable(t, stamp, actor, id, Permission::Ban)?;
    row.banned_until = Expiry::PAST;
    rows::put(&mut t.users, id.0, &row)?;
    let mut addresses = Vec::new();
    for entry in t.blocked_addresses.open()?.iter()? {
        let (key, _) = entry?;
        let (address, user) = key.value();
        if user == id.0 {
            addresses.push(address.to_owned());
        }
    }
    for address in addresses {
        t.blocked_addresses.open()?.remove((address.as_str(), id.0))?;
    }
    audit(
        t,
        stamp,
        Some(by),
        AuditAction::Banned { user: id, until: Expiry::PAST, reason: String::new(), blocked_addresses: 0 },
    )?;
    Ok(silent(stamp, Event::PersonChanged { user: id }))
}

/// Creates a password reset link. The operator may do this too, so that an owner who has lost every credential can
/// recover the account.
pub(crate) fn create_reset_link(t: &mut Tables, stamp: Stamp, actor: Actor, id: UserId, link: TokenHash) -> Outcome {
    let by = match actor {
        Actor::Operator => None,
        Actor::User(_) | Actor::Anonymous => {
            Some(require_permission(t, stamp, actor, Permission::CreateResetLinks, None)?.author.id)
        }
    };
    if find_person(t, id)?.is_none() {
        return refuse(Refusal::PersonNotFound);
    }
    revoke_reset_links(t, id)?;
    let row = ResetLinkRow { user: id, expiry: Expiry(stamp.at.plus(RESET_LINK_LIFETIME)) };
    rows::put(t.reset_links.open()?, link.0, &row)?;
    audit(t, stamp, by, AuditAction::ResetLinkCreated { user: id })?;
    Ok(silent(stamp, Event::AuditLogged))
}

/// Checks that the actor has a permission and outranks the person. Returns the actor's id and the person's row.
fn require_sanctionable(
    t: &Tables,
    stamp: Stamp,
    actor: Actor,
    id: UserId,
    permission: Permission,
) -> Result<(UserId, UserRow), Halt> {
    let person: Person = require_permission(t, stamp, actor, permission, None)?;
    let Some(row) = find_user(t, id)? else { return refuse(Refusal::PersonNotFound) };
    if !outranks(&person, &row.clone().into_person(id)) {
        return refuse(Refusal::NotAllowed);
    }
    Ok((person.author.id, row))
}

/// Mutes a person in all rooms, or unmutes them.
pub(crate) fn mute(t: &mut Tables, stamp: Stamp, actor: Actor, id: UserId, until: Expiry) -> Outcome {
    let (by, mut row) = require_sanctionable(t, stamp, actor, id, Permission::Mute)?;
    row.muted_until = until;
    rows::put(&mut t.users, id.0, &row)?;
    audit(t, stamp, Some(by), AuditAction::Muted { user: id, room: None, until })?;
    Ok(silent(stamp, Event::PersonChanged { user: id }))
}

/// Ends a purge: all messages of the banned person have been deleted.
pub(crate) fn finish_purge(t: &mut Tables, stamp: Stamp, actor: Actor, id: UserId) -> Outcome {
    require_sanctionable(t, stamp, actor, id, Permission::Ban)?;
    t.purges.open()?.remove(id.0)?;
    Ok(silent(stamp, Event::AuditLogged))
}
