//! Names: who has which, who had which, and in which rooms they can be seen.

use redb::ReadableTable;

use super::{Outcome, Stamp, Stop, asker, refuse, unheard, user};
use crate::domain::limits::{FORMER_NAME_KEPT, FORMER_NAMES_MAX};
use crate::domain::{Event, Refusal, Role, RoomId, Seq, Until, UserId, UserName, Who, spell};
use crate::store::schema::{FormerRow, UserRow};
use crate::store::tables::Tables;
use crate::store::{Fault, rows};

/// Whether somebody may take a name: nobody else has it, or had it, or has one that looks like it.
pub(super) fn is_free(t: &mut Tables, name: &UserName, but: Option<UserId>) -> Result<(), Stop> {
    let is_others = |id: u64| but.is_none_or(|but| but.0 != id);
    let taken = t.names.open()?.get(name.key().as_str())?.map(|id| id.value());
    if taken.is_some_and(is_others) {
        return refuse(Refusal::NameTaken(name.as_str().to_owned()));
    }
    let alike = t.looks.open()?.get(name.look().as_str())?.map(|id| UserId(id.value()));
    if let Some(id) = alike.filter(|id| is_others(id.0)) {
        let row = user(t, id)?.ok_or(Fault::Missing { table: "users" })?;
        let former = former(t, id)?.into_iter().map(|(_, former)| former.name);
        let like = former.chain([row.name.clone()]).find(|other| looks_of(other) == name.look());
        return refuse(Refusal::NameAlike(like.unwrap_or(row.name)));
    }
    Ok(())
}

/// Somebody new takes a name that is free.
pub(super) fn take_name(
    t: &mut Tables,
    stamp: Stamp,
    name: &UserName,
    role: Role,
    invited: Option<Seq>,
) -> Result<UserId, Fault> {
    let id = UserId(stamp.seq.0);
    let (muted, banned, shown, named) = (Until::OVER, Until::OVER, name.as_str().to_owned(), stamp.seq);
    let row = UserRow { name: shown, entered_at: stamp.at, role, muted, banned, invited, hidden: false, named };
    rows::put(&mut t.users, id.0, &row)?;
    hold(t, id, name)?;
    Ok(id)
}

/// Somebody is called otherwise. Who may not speak anywhere may not speak by a name either.
pub(super) fn rename(t: &mut Tables, stamp: Stamp, who: Who, name: &UserName) -> Outcome {
    let person = asker(t, stamp, who)?;
    let id = person.author.id;
    if !person.has_account() {
        return refuse(Refusal::AccountNeeded);
    }
    if person.muted.holds(stamp.at) {
        return refuse(Refusal::Muted(spell(person.muted)));
    }
    is_free(t, name, Some(id))?;
    let mut row = user(t, id)?.ok_or(Fault::Missing { table: "users" })?;
    if row.name == name.as_str() {
        return refuse(Refusal::Nothing);
    }
    let is_another = key_of(&row.name) != name.key();
    let mut former = former(t, id)?;
    let back = former.iter().position(|(_, former)| key_of(&former.name) == name.key());
    let back = back.map(|place| former.remove(place).0);
    let is_full = is_another && former.len() >= FORMER_NAMES_MAX;
    if let Some((_, oldest)) = former.first().filter(|_| is_full) {
        let free = Until(oldest.until.after(FORMER_NAME_KEPT));
        if free.holds(stamp.at) {
            return refuse(Refusal::NameTooOften(spell(free)));
        }
    }
    let oldest = is_full.then(|| former.remove(0));
    let old = std::mem::replace(&mut row.name, name.as_str().to_owned());
    for gone in oldest.iter().map(|(gone, _)| gone).chain(&back) {
        t.former.open()?.remove((id.0, gone.0))?;
    }
    if is_another {
        rows::put(t.former.open()?, (id.0, stamp.seq.0), &FormerRow { name: old.clone(), until: stamp.at })?;
    }
    t.renamed.open()?.remove(row.named.0)?;
    t.renamed.open()?.insert(stamp.seq.0, id.0)?;
    row.named = stamp.seq;
    rows::put(&mut t.users, id.0, &row)?;
    hold(t, id, name)?;
    if let Some((_, oldest)) = oldest {
        t.names.open()?.remove(key_of(&oldest.name).as_str())?;
        forget_look(t, id, &oldest.name)?;
    }
    forget_look(t, id, &old)?;
    Ok(unheard(stamp, Event::Renamed { user: id }))
}

/// From now on this name is somebody's, and nobody else takes one that looks like it. Of two that always looked alike, the
/// first keeps the look.
fn hold(t: &mut Tables, id: UserId, name: &UserName) -> Result<(), Fault> {
    t.names.open()?.insert(name.key().as_str(), id.0)?;
    let look = name.look();
    if t.looks.open()?.get(look.as_str())?.is_none() {
        t.looks.open()?.insert(look.as_str(), id.0)?;
    }
    Ok(())
}

/// What looks like a name may be taken again, unless somebody's other names look so too.
fn forget_look(t: &mut Tables, id: UserId, name: &str) -> Result<(), Fault> {
    let look = looks_of(name);
    let row = user(t, id)?.ok_or(Fault::Missing { table: "users" })?;
    let is_theirs = t.looks.open()?.get(look.as_str())?.is_some_and(|holder| holder.value() == id.0);
    let is_kept = former(t, id)?.iter().any(|(_, former)| looks_of(&former.name) == look);
    if is_theirs && !is_kept && looks_of(&row.name) != look {
        t.looks.open()?.remove(look.as_str())?;
    }
    Ok(())
}

/// The names that somebody had, oldest first, each with the change by which they gave it up.
fn former(t: &mut Tables, id: UserId) -> Result<Vec<(Seq, FormerRow)>, Fault> {
    let mut found = Vec::new();
    for entry in t.former.open()?.range((id.0, 0)..=(id.0, u64::MAX))? {
        let (key, row) = entry?;
        found.push((Seq(key.value().1), rows::decode("former", row.value())?));
    }
    Ok(found)
}

/// A name that is kept, as names are told apart. What was a name once always is.
fn key_of(name: &str) -> String {
    UserName::parse(name).map_or_else(|_| name.to_owned(), |name| name.key())
}

fn looks_of(name: &str) -> String {
    UserName::parse(name).map_or_else(|_| name.to_owned(), |name| name.look())
}

/// From this change on the names of these people can be seen in a room. Most were seen there before, and then nothing is
/// written.
pub(super) fn see(t: &mut Tables, stamp: Stamp, room: RoomId, people: &[UserId]) -> Result<(), Fault> {
    for id in people {
        if t.seen.open()?.get((id.0, room.0))?.is_none() && user(t, *id)?.is_some() {
            t.seen.open()?.insert((id.0, room.0), stamp.seq.0)?;
        }
    }
    Ok(())
}
