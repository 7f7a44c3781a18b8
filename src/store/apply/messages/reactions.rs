//! Reacting to messages, and pinning them.

use redb::ReadableTable;

use crate::domain::limits::{PINS_MAX, REACTIONS_MAX, REACTORS_PER_REACTION_MAX};
use crate::domain::{
    Actor, Event, MessageExtras, MessageId, Reaction, ReactionGroup, Refusal, RoomId, UserId, can_pin,
};
use crate::store::apply::accounts::names;
use crate::store::apply::context::{
    Outcome, Stamp, record_room_change, refuse, require_person, require_visible_room, silent,
};
use crate::store::apply::messages;
use crate::store::table::Tables;
use crate::store::table::rows;

/// Adds or removes a reaction. People who can post in a room can react there, with each reaction once per message.
pub(crate) fn set_reaction(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    id: RoomId,
    message: MessageId,
    (reaction, present): (&Reaction, bool),
) -> Outcome {
    let person = require_person(t, stamp, actor)?;
    let (room, member) = require_visible_room(t, stamp, id, &person)?;
    let mut row = messages::require_message(t, id, message)?;
    messages::check_can_post(t, stamp, &person, &room, &member)?;
    let mut extras = row.extras.take().map_or_else(MessageExtras::default, |extras| *extras);
    let user = person.author.id;
    let has_changed = if present {
        match add_reaction(&mut extras.reactions, user, reaction.as_str()) {
            Ok(is_new) => is_new,
            Err(refusal) => return refuse(refusal),
        }
    } else {
        remove_reaction(&mut extras.reactions, user, reaction.as_str())
    };
    if !has_changed {
        return Ok(silent(stamp, Event::AuditLogged)); // sent twice, or from two devices: nothing to do
    }
    row.extras = messages::box_extras(extras);
    rows::put(&mut t.messages, (id.0, message.0), &row)?;
    names::record_name_uses(t, stamp, id, &[user])?;
    Ok(record_room_change(t, stamp, id, Event::ReactionsChanged { room: id, message })?)
}

fn add_reaction(reactions: &mut Vec<ReactionGroup>, user: UserId, reaction: &str) -> Result<bool, Refusal> {
    let count = reactions.len();
    match reactions.iter_mut().find(|group| group.reaction == reaction) {
        Some(group) if group.users.contains(&user) => return Ok(false),
        Some(group) if group.users.len() >= REACTORS_PER_REACTION_MAX => {
            return Err(Refusal::LimitReached(REACTORS_PER_REACTION_MAX));
        }
        Some(group) => group.users.push(user),
        None if count >= REACTIONS_MAX => return Err(Refusal::LimitReached(REACTIONS_MAX)),
        None => reactions.push(ReactionGroup { reaction: reaction.to_owned(), users: vec![user] }),
    }
    Ok(true)
}

fn remove_reaction(reactions: &mut Vec<ReactionGroup>, user: UserId, reaction: &str) -> bool {
    let Some(group) = reactions.iter_mut().find(|group| group.reaction == reaction) else { return false };
    let before = group.users.len();
    group.users.retain(|other| *other != user);
    let has_changed = group.users.len() < before;
    reactions.retain(|group| !group.users.is_empty());
    has_changed
}

pub(crate) fn set_pinned(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    id: RoomId,
    message: MessageId,
    pinned: bool,
) -> Outcome {
    let person = require_person(t, stamp, actor)?;
    let (room, member) = require_visible_room(t, stamp, id, &person)?;
    if !can_pin(&person, &room) {
        return refuse(Refusal::NotAllowed);
    }
    let mut row = messages::require_message(t, id, message)?;
    messages::check_can_post(t, stamp, &person, &room, &member)?;
    let mut extras = row.extras.take().map_or_else(MessageExtras::default, |extras| *extras);
    if extras.pinned == pinned {
        return Ok(silent(stamp, Event::AuditLogged));
    }
    let pins = t.pins.open()?;
    if pinned && pins.range((id.0, 0)..=(id.0, u64::MAX))?.count() >= PINS_MAX {
        return refuse(Refusal::LimitReached(PINS_MAX));
    }
    if pinned {
        pins.insert((id.0, message.0), ())?;
    } else {
        pins.remove((id.0, message.0))?;
    }
    extras.pinned = pinned;
    row.extras = messages::box_extras(extras);
    rows::put(&mut t.messages, (id.0, message.0), &row)?;
    Ok(record_room_change(t, stamp, id, Event::PinsChanged { room: id, message })?)
}
