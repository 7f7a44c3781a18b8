//! What is laid on people, and lifted: roles, silence, the way out, and the way back to a forgotten password.

use redb::ReadableTable;

use super::{Outcome, Stamp, Stop, account, allowed, note, order, person, refuse, sessions, unheard, user};
use crate::domain::limits::RESET_KEPT;
use crate::domain::{
    Act, Deed, Event, Invitation, Line, Person, PersonCommand, Refusal, Role, TokenHash, Until, UserId, Who, outranks,
};
use crate::store::schema::{BlockRow, HouseRow, ResetRow, UserRow};
use crate::store::tables::Tables;
use crate::store::{Fault, rows};

pub(super) fn carry_out(t: &mut Tables, stamp: Stamp, who: Who, id: UserId, command: &PersonCommand) -> Outcome {
    use PersonCommand as C;
    match command {
        C::SetRole(role) => set_role(t, stamp, who, id, *role),
        C::Mute { until } => {
            let (by, mut row) = lay_on(t, stamp, who, id, Act::Mute)?;
            row.muted = *until;
            rows::put(&mut t.users, id.0, &row)?;
            note(t, stamp, Some(by), Deed::Muted { user: id, room: None, until: *until })?;
            Ok(unheard(stamp, Event::PersonChanged { user: id }))
        }
        C::Ban { until, why, addresses, erase } => ban(t, stamp, who, id, (*until, why.as_ref(), addresses, *erase)),
        C::Unban => unban(t, stamp, who, id),
        C::Erase { room, after } => order::erase(t, stamp, who, id, *room, *after),
        C::Erased => {
            lay_on(t, stamp, who, id, Act::Ban)?;
            t.erasures.open()?.remove(id.0)?;
            Ok(unheard(stamp, Event::Noted))
        }
        C::ResetLink { link } => reset_link(t, stamp, who, id, *link),
    }
}

/// A guest has no account that could be given a role, and becomes none by being given one.
fn set_role(t: &mut Tables, stamp: Stamp, who: Who, id: UserId, role: Role) -> Outcome {
    let by = allowed(t, stamp, who, Act::SetRole, None)?.author.id;
    let Some(mut row) = user(t, id)? else { return refuse(Refusal::PersonUnknown) };
    if row.role == Role::Guest || role == Role::Guest {
        return refuse(Refusal::AccountNeeded);
    }
    // Whoever makes another less remains an owner; one who was put outside could not help.
    if id == by && role != Role::Owner && !is_another_owner(t, stamp, id)? {
        return refuse(Refusal::LastOwner);
    }
    let mut house: HouseRow = rows::get(&t.house, "house", "house")?.unwrap_or_default();
    match (row.role == Role::Owner, role == Role::Owner) {
        (true, false) => house.owners -= 1,
        (false, true) => house.owners += 1,
        (true, true) | (false, false) => {}
    }
    super::settle_house(t, &house)?;
    row.role = role;
    rows::put(&mut t.users, id.0, &row)?;
    take_back_invitations(t, id, role)?;
    note(t, stamp, Some(by), Deed::RoleSet { user: id, role })?;
    Ok(unheard(stamp, Event::PersonChanged { user: id }))
}

fn is_another_owner(t: &Tables, stamp: Stamp, but: UserId) -> Result<bool, Fault> {
    for entry in t.users.iter()? {
        let (id, row) = entry?;
        let row: UserRow = rows::decode("users", row.value())?;
        if row.role == Role::Owner && id.value() != but.0 && !row.banned.holds(stamp.at) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// An invitation is good as long as whoever made it could still make it. Otherwise one who is made less, or put outside,
/// would come back by it as what they were.
fn take_back_invitations(t: &mut Tables, by: UserId, role: Role) -> Result<(), Fault> {
    let mut theirs = Vec::new();
    for entry in t.invitations.open()?.iter()? {
        let invitation: Invitation = rows::decode("invitations", entry?.1.value())?;
        if invitation.by == by && (role < Role::Moderator || role < invitation.role) {
            theirs.push(Invitation { revoked: true, ..invitation });
        }
    }
    for invitation in theirs {
        rows::put(t.invitations.open()?, invitation.id.0, &invitation)?;
    }
    Ok(())
}

fn ban(
    t: &mut Tables,
    stamp: Stamp,
    who: Who,
    id: UserId,
    (until, why, addresses, erase): (Until, Option<&Line>, &[String], bool),
) -> Outcome {
    let (by, mut row) = lay_on(t, stamp, who, id, Act::Ban)?;
    row.banned = until;
    rows::put(&mut t.users, id.0, &row)?;
    for address in addresses {
        block(t, stamp, address, id, until)?;
    }
    if erase {
        t.erasures.open()?.insert(id.0, by.0)?;
    }
    sessions::end_all(t, id, None)?;
    take_back_invitations(t, id, Role::Guest)?;
    let why = why.map_or(String::new(), |why| why.as_str().to_owned());
    let addresses = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
    note(t, stamp, Some(by), Deed::Banned { user: id, until, why, addresses })?;
    Ok(unheard(stamp, Event::PersonChanged { user: id }))
}

/// Blocks an address because of somebody. Because of whom else it is blocked stays so; what is over goes.
fn block(t: &mut Tables, stamp: Stamp, address: &str, user: UserId, until: Until) -> Result<(), Fault> {
    let blocks = t.blocks.open()?;
    let mut over = Vec::new();
    for entry in blocks.range((address, 0)..=(address, u64::MAX))? {
        let (key, row) = entry?;
        if !rows::decode::<BlockRow>("blocks", row.value())?.until.holds(stamp.at) {
            over.push(key.value().1);
        }
    }
    for other in over {
        blocks.remove((address, other))?;
    }
    rows::put(blocks, (address, user.0), &BlockRow { until })
}

fn unban(t: &mut Tables, stamp: Stamp, who: Who, id: UserId) -> Outcome {
    let (by, mut row) = lay_on(t, stamp, who, id, Act::Ban)?;
    row.banned = Until::OVER;
    rows::put(&mut t.users, id.0, &row)?;
    let mut theirs = Vec::new();
    for entry in t.blocks.open()?.iter()? {
        let (key, _) = entry?;
        let (address, user) = key.value();
        if user == id.0 {
            theirs.push(address.to_owned());
        }
    }
    for address in theirs {
        t.blocks.open()?.remove((address.as_str(), id.0))?;
    }
    note(t, stamp, Some(by), Deed::Banned { user: id, until: Until::OVER, why: String::new(), addresses: 0 })?;
    Ok(unheard(stamp, Event::PersonChanged { user: id }))
}

/// Whoever runs the machine may do this too: it is how an owner comes back who has forgotten everything.
fn reset_link(t: &mut Tables, stamp: Stamp, who: Who, id: UserId, link: TokenHash) -> Outcome {
    let by = match who {
        Who::Operator => None,
        Who::User(_) | Who::Nobody => Some(allowed(t, stamp, who, Act::ResetPassword, None)?.author.id),
    };
    if person(t, id)?.is_none() {
        return refuse(Refusal::PersonUnknown);
    }
    account::end_resets(t, id)?;
    let row = ResetRow { user: id, until: Until(stamp.at.after(RESET_KEPT)) };
    rows::put(t.resets.open()?, link.0, &row)?;
    note(t, stamp, by, Deed::ResetLinkMade { user: id })?;
    Ok(unheard(stamp, Event::Noted))
}

/// Whoever asks may do this, and to this person.
fn lay_on(t: &Tables, stamp: Stamp, who: Who, id: UserId, act: Act) -> Result<(UserId, UserRow), Stop> {
    let asker: Person = allowed(t, stamp, who, act, None)?;
    let Some(row) = user(t, id)? else { return refuse(Refusal::PersonUnknown) };
    if !outranks(&asker, &row.clone().person(id)) {
        return refuse(Refusal::NotAllowed);
    }
    Ok((asker.author.id, row))
}
