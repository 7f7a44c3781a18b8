//! Names: who has which, who had which, and in which rooms they can be seen.

use redb::ReadableTable;

use crate::domain::limits::{FORMER_NAME_RETENTION, FORMER_NAMES_MAX};
use crate::domain::{Actor, Event, Expiry, Refusal, Role, RoomId, Seq, UserId, UserName};
use crate::store::StoreError;
use crate::store::apply::context::{Halt, Outcome, Stamp, find_user, refuse, require_person, silent};
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::{FormerNameRow, UserRow};

/// Whether somebody may take a name: nobody else has it, or had it, or has one that looks like it.
pub(crate) fn check_name_free(t: &mut Tables, name: &UserName, except: Option<UserId>) -> Result<(), Halt> {
    let is_others = |id: u64| except.is_none_or(|but| but.0 != id);
    let taken = t.names.open()?.get(name.key().as_str())?.map(|id| id.value());
    if taken.is_some_and(is_others) {
        return refuse(Refusal::NameTaken(name.as_str().to_owned()));
    }
    let alike = t.skeletons.open()?.get(name.skeleton().as_str())?.map(|id| UserId(id.value()));
    if let Some(id) = alike.filter(|id| is_others(id.0)) {
        let row = find_user(t, id)?.ok_or(StoreError::Missing { table: "users" })?;
        let former = former_names(t, id)?.into_iter().map(|(_, former)| former.name);
        let like = former.chain([row.name.clone()]).find(|other| name_skeleton(other) == name.skeleton());
        return refuse(Refusal::NameConfusable(like.unwrap_or(row.name)));
    }
    Ok(())
}

/// Somebody new takes a name that is free.
pub(crate) fn create_person(
    t: &mut Tables,
    stamp: Stamp,
    name: &UserName,
    role: Role,
    invitation: Option<Seq>,
) -> Result<UserId, StoreError> {
    let id = UserId(stamp.seq.0);
    let (muted, banned, shown, named) = (Expiry::PAST, Expiry::PAST, name.as_str().to_owned(), stamp.seq);
    let row = UserRow {
        name: shown,
        joined_at: stamp.at,
        role,
        muted_until: muted,
        banned_until: banned,
        invitation,
        presence_hidden: false,
        name_seq: named,
    };
    rows::put(&mut t.users, id.0, &row)?;
    reserve_name(t, id, name)?;
    Ok(id)
}

/// Somebody is called otherwise. Who may not speak anywhere may not speak by a name either.
pub(crate) fn rename_person(t: &mut Tables, stamp: Stamp, actor: Actor, name: &UserName) -> Outcome {
    let person = require_person(t, stamp, actor)?;
    let id = person.author.id;
    if !person.has_account() {
        return refuse(Refusal::AccountRequired);
    }
    if person.muted_until.is_active(stamp.at) {
        return refuse(Refusal::Muted(person.muted_until));
    }
    check_name_free(t, name, Some(id))?;
    let mut row = find_user(t, id)?.ok_or(StoreError::Missing { table: "users" })?;
    if row.name == name.as_str() {
        return refuse(Refusal::NotFound);
    }
    let is_another = name_key(&row.name) != name.key();
    let mut former = former_names(t, id)?;
    let back = former.iter().position(|(_, former)| name_key(&former.name) == name.key());
    let back = back.map(|place| former.remove(place).0);
    let is_full = is_another && former.len() >= FORMER_NAMES_MAX;
    if let Some((_, oldest)) = former.first().filter(|_| is_full) {
        let free = Expiry(oldest.replaced_at.plus(FORMER_NAME_RETENTION));
        if free.is_active(stamp.at) {
            return refuse(Refusal::TooManyRenames(free));
        }
    }
    let oldest = is_full.then(|| former.remove(0));
    let old = std::mem::replace(&mut row.name, name.as_str().to_owned());
    for gone in oldest.iter().map(|(gone, _)| gone).chain(&back) {
        t.former_names.open()?.remove((id.0, gone.0))?;
    }
    if is_another {
        rows::put(
            t.former_names.open()?,
            (id.0, stamp.seq.0),
            &FormerNameRow { name: old.clone(), replaced_at: stamp.at },
        )?;
    }
    t.renames.open()?.remove(row.name_seq.0)?;
    t.renames.open()?.insert(stamp.seq.0, id.0)?;
    row.name_seq = stamp.seq;
    rows::put(&mut t.users, id.0, &row)?;
    reserve_name(t, id, name)?;
    if let Some((_, oldest)) = oldest {
        t.names.open()?.remove(name_key(&oldest.name).as_str())?;
        delete_skeleton(t, id, &oldest.name)?;
    }
    delete_skeleton(t, id, &old)?;
    Ok(silent(stamp, Event::PersonRenamed { user: id }))
}

/// From now on this name is somebody's, and nobody else takes one that looks like it. Of two that always looked alike, the
/// first keeps the look.
fn reserve_name(t: &mut Tables, id: UserId, name: &UserName) -> Result<(), StoreError> {
    t.names.open()?.insert(name.key().as_str(), id.0)?;
    let look = name.skeleton();
    if t.skeletons.open()?.get(look.as_str())?.is_none() {
        t.skeletons.open()?.insert(look.as_str(), id.0)?;
    }
    Ok(())
}

/// What looks like a name may be taken again, unless somebody's other names look so too.
fn delete_skeleton(t: &mut Tables, id: UserId, name: &str) -> Result<(), StoreError> {
    let look = name_skeleton(name);
    let row = find_user(t, id)?.ok_or(StoreError::Missing { table: "users" })?;
    let is_theirs = t.skeletons.open()?.get(look.as_str())?.is_some_and(|holder| holder.value() == id.0);
    let is_kept = former_names(t, id)?.iter().any(|(_, former)| name_skeleton(&former.name) == look);
    if is_theirs && !is_kept && name_skeleton(&row.name) != look {
        t.skeletons.open()?.remove(look.as_str())?;
    }
    Ok(())
}

/// The names that somebody had, oldest first, each with the change by which they gave it up.
fn former_names(t: &mut Tables, id: UserId) -> Result<Vec<(Seq, FormerNameRow)>, StoreError> {
    let mut found = Vec::new();
    for entry in t.former_names.open()?.range((id.0, 0)..=(id.0, u64::MAX))? {
        let (key, row) = entry?;
        found.push((Seq(key.value().1), rows::decode("former", row.value())?));
    }
    Ok(found)
}

/// A name that is kept, as names are told apart. What was a name once always is.
fn name_key(name: &str) -> String {
    UserName::parse(name).map_or_else(|_| name.to_owned(), |name| name.key())
}

fn name_skeleton(name: &str) -> String {
    UserName::parse(name).map_or_else(|_| name.to_owned(), |name| name.skeleton())
}

/// From this change on the names of these people can be seen in a room. Most were seen there before, and then nothing is
/// written.
pub(crate) fn record_name_uses(
    t: &mut Tables,
    stamp: Stamp,
    room: RoomId,
    people: &[UserId],
) -> Result<(), StoreError> {
    for id in people {
        if t.name_uses.open()?.get((id.0, room.0))?.is_none() && find_user(t, *id)?.is_some() {
            t.name_uses.open()?.insert((id.0, room.0), stamp.seq.0)?;
        }
    }
    Ok(())
}
