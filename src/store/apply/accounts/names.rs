//! Names: which are taken or reserved, renaming, and the rooms in which a name can be seen.

use redb::ReadableTable;

use crate::domain::limits::{FORMER_NAME_RETENTION, FORMER_NAMES_MAX};
use crate::domain::{Actor, Event, Expiry, Refusal, Role, RoomId, Seq, UserId, UserName};
use crate::store::StoreError;
use crate::store::apply::context::{Halt, Outcome, Stamp, find_user, refuse, require_person, silent};
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::{FormerNameRow, UserRow};

/// Refuses a name that another person than `except` has or has reserved, or that looks like such a name.
pub(crate) fn check_name_free(t: &mut Tables, name: &UserName, except: Option<UserId>) -> Result<(), Halt> {
    let is_others = |id: u64| except.is_none_or(|except| except.0 != id);
    let taken = t.names.open()?.get(name.key().as_str())?.map(|id| id.value());
    if taken.is_some_and(is_others) {
        return refuse(Refusal::NameTaken(name.as_str().to_owned()));
    }
    let confusable = t.skeletons.open()?.get(name.skeleton().as_str())?.map(|id| UserId(id.value()));
    if let Some(id) = confusable.filter(|id| is_others(id.0)) {
        let row = find_user(t, id)?.ok_or(StoreError::Missing { table: "users" })?;
        let former = former_names(t, id)?.into_iter().map(|(_, former)| former.name);
        let other = former.chain([row.name.clone()]).find(|other| name_skeleton(other) == name.skeleton());
        return refuse(Refusal::NameConfusable(other.unwrap_or(row.name)));
    }
    Ok(())
}

/// Creates a person with a name that is free.
pub(crate) fn create_person(
    t: &mut Tables,
    stamp: Stamp,
    name: &UserName,
    role: Role,
    invitation: Option<Seq>,
) -> Result<UserId, StoreError> {
    let id = UserId(stamp.seq.0);
    let row = UserRow {
        name: name.as_str().to_owned(),
        joined_at: stamp.at,
        role,
        muted_until: Expiry::PAST,
        banned_until: Expiry::PAST,
        invitation,
        presence_hidden: false,
        name_seq: stamp.seq,
    };
    rows::put(&mut t.users, id.0, &row)?;
    reserve_name(t, id, name)?;
    Ok(id)
}

/// Renames a person. A muted person can't: a name could be used to post a text.
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
    let is_new_key = name_key(&row.name) != name.key();
    let mut former = former_names(t, id)?;
    let returning = former.iter().position(|(_, former)| name_key(&former.name) == name.key());
    let returning = returning.map(|index| former.remove(index).0);
    let is_full = is_new_key && former.len() >= FORMER_NAMES_MAX;
    if let Some((_, oldest)) = former.first().filter(|_| is_full) {
        let free_at = Expiry(oldest.replaced_at.plus(FORMER_NAME_RETENTION));
        if free_at.is_active(stamp.at) {
            return refuse(Refusal::TooManyRenames(free_at));
        }
    }
    let oldest = is_full.then(|| former.remove(0));
    let old = std::mem::replace(&mut row.name, name.as_str().to_owned());
    for released in oldest.iter().map(|(seq, _)| seq).chain(&returning) {
        t.former_names.open()?.remove((id.0, released.0))?;
    }
    if is_new_key {
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

/// Reserves a name and its skeleton for a person. If another person's name has the skeleton already, which the rules of
/// an older version allowed, it stays theirs.
fn reserve_name(t: &mut Tables, id: UserId, name: &UserName) -> Result<(), StoreError> {
    t.names.open()?.insert(name.key().as_str(), id.0)?;
    let skeleton = name.skeleton();
    if t.skeletons.open()?.get(skeleton.as_str())?.is_none() {
        t.skeletons.open()?.insert(skeleton.as_str(), id.0)?;
    }
    Ok(())
}

/// Releases the skeleton of a name, unless another name of the same person has it too.
fn delete_skeleton(t: &mut Tables, id: UserId, name: &str) -> Result<(), StoreError> {
    let skeleton = name_skeleton(name);
    let row = find_user(t, id)?.ok_or(StoreError::Missing { table: "users" })?;
    let is_theirs = t.skeletons.open()?.get(skeleton.as_str())?.is_some_and(|owner| owner.value() == id.0);
    let is_in_use = former_names(t, id)?.iter().any(|(_, former)| name_skeleton(&former.name) == skeleton);
    if is_theirs && !is_in_use && name_skeleton(&row.name) != skeleton {
        t.skeletons.open()?.remove(skeleton.as_str())?;
    }
    Ok(())
}

/// The former names that are reserved for a person, oldest first, each with the change that replaced it.
fn former_names(t: &mut Tables, id: UserId) -> Result<Vec<(Seq, FormerNameRow)>, StoreError> {
    let mut found = Vec::new();
    for entry in t.former_names.open()?.range((id.0, 0)..=(id.0, u64::MAX))? {
        let (key, row) = entry?;
        found.push((Seq(key.value().1), rows::decode("former", row.value())?));
    }
    Ok(found)
}

/// The key of a stored name. A name that is not valid by the present rules is its own key.
fn name_key(name: &str) -> String {
    UserName::parse(name).map_or_else(|_| name.to_owned(), |name| name.key())
}

fn name_skeleton(name: &str) -> String {
    UserName::parse(name).map_or_else(|_| name.to_owned(), |name| name.skeleton())
}

/// Records that the names of these people can be seen in a room from this change on. Usually they could be seen before,
/// and nothing is written.
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
