//! Reacting to what was said, and pinning it.

use redb::ReadableTable;

use super::{Outcome, Stamp, asker, change_room, messages, naming, refuse, seen_room, unheard};
use crate::domain::limits::{PINS_MAX, REACTIONS_MAX, REACTORS_MAX};
use crate::domain::{Event, Extras, MessageId, Reacted, Reaction, Refusal, RoomId, UserId, Who, may_pin};
use crate::store::rows;
use crate::store::tables::Tables;

/// Whoever may speak in a room may react there, to everything in each way once.
pub(super) fn react(
    t: &mut Tables,
    stamp: Stamp,
    who: Who,
    id: RoomId,
    message: MessageId,
    (reaction, on): (&Reaction, bool),
) -> Outcome {
    let person = asker(t, stamp, who)?;
    let (room, member) = seen_room(t, stamp, id, &person)?;
    let mut row = messages::said(t, id, message)?;
    messages::may_speak(t, stamp, &person, &room, &member)?;
    let mut extras = row.extras.take().map_or_else(Extras::default, |extras| *extras);
    let user = person.author.id;
    let has_changed = if on {
        match add(&mut extras.reactions, user, reaction.as_str()) {
            Ok(is_new) => is_new,
            Err(refusal) => return refuse(refusal),
        }
    } else {
        take_back(&mut extras.reactions, user, reaction.as_str())
    };
    if !has_changed {
        return Ok(unheard(stamp, Event::Noted)); // pressed twice, or on two devices: it is as they want it
    }
    row.extras = messages::kept(extras);
    rows::put(&mut t.messages, (id.0, message.0), &row)?;
    naming::see(t, stamp, id, &[user])?;
    Ok(change_room(t, stamp, id, Event::Reacted { room: id, message })?)
}

fn add(reactions: &mut Vec<Reacted>, user: UserId, with: &str) -> Result<bool, Refusal> {
    let kinds = reactions.len();
    match reactions.iter_mut().find(|reacted| reacted.with == with) {
        Some(reacted) if reacted.by.contains(&user) => return Ok(false),
        Some(reacted) if reacted.by.len() >= REACTORS_MAX => return Err(Refusal::TooMany(REACTORS_MAX)),
        Some(reacted) => reacted.by.push(user),
        None if kinds >= REACTIONS_MAX => return Err(Refusal::TooMany(REACTIONS_MAX)),
        None => reactions.push(Reacted { with: with.to_owned(), by: vec![user] }),
    }
    Ok(true)
}

fn take_back(reactions: &mut Vec<Reacted>, user: UserId, with: &str) -> bool {
    let Some(reacted) = reactions.iter_mut().find(|reacted| reacted.with == with) else { return false };
    let before = reacted.by.len();
    reacted.by.retain(|other| *other != user);
    let has_changed = reacted.by.len() < before;
    reactions.retain(|reacted| !reacted.by.is_empty());
    has_changed
}

pub(super) fn pin(t: &mut Tables, stamp: Stamp, who: Who, id: RoomId, message: MessageId, pinned: bool) -> Outcome {
    let person = asker(t, stamp, who)?;
    let (room, member) = seen_room(t, stamp, id, &person)?;
    if !may_pin(&person, &room) {
        return refuse(Refusal::NotAllowed);
    }
    let mut row = messages::said(t, id, message)?;
    messages::may_speak(t, stamp, &person, &room, &member)?;
    let mut extras = row.extras.take().map_or_else(Extras::default, |extras| *extras);
    if extras.pinned == pinned {
        return Ok(unheard(stamp, Event::Noted));
    }
    let pins = t.pins.open()?;
    if pinned && pins.range((id.0, 0)..=(id.0, u64::MAX))?.count() >= PINS_MAX {
        return refuse(Refusal::TooMany(PINS_MAX));
    }
    if pinned {
        pins.insert((id.0, message.0), ())?;
    } else {
        pins.remove((id.0, message.0))?;
    }
    extras.pinned = pinned;
    row.extras = messages::kept(extras);
    rows::put(&mut t.messages, (id.0, message.0), &row)?;
    Ok(change_room(t, stamp, id, Event::Pinned { room: id, message })?)
}
