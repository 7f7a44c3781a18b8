//! Keeping order among what was said: taking it away, reporting it, and silencing whoever said it.

use redb::ReadableTable;

use super::{
    MISSING, Outcome, Stamp, Stop, allowed, asker, change_room, member, messages, note, refuse, seen_room, unheard,
};
use crate::domain::{
    Act, Deed, Event, Extras, Line, MessageId, Refusal, Report, RoomId, Seq, Until, UserId, Who, may, may_silence,
    outranks,
};
use crate::store::rows;
use crate::store::schema::MessageRow;
use crate::store::tables::Tables;

/// How many messages one change takes away of somebody's, and through how many it looks for them: nobody else can post
/// meanwhile.
const ERASED_AT_ONCE: usize = 256;
const LOOKED_AT: usize = 4_096;

/// Whoever said it may take it away, and whoever keeps order there.
pub(super) fn remove(t: &mut Tables, stamp: Stamp, who: Who, id: RoomId, message: MessageId) -> Outcome {
    let person = asker(t, stamp, who)?;
    let (room, _) = seen_room(t, stamp, id, &person)?;
    let row = messages::said(t, id, message)?;
    let is_own = row.author == person.author.id;
    if !is_own && !may(&person, Act::RemoveMessage, Some(&room)) {
        return refuse(Refusal::NotAllowed);
    }
    blank(t, id, message)?;
    if !is_own {
        note(t, stamp, Some(person.author.id), Deed::Removed { room: id, message, author: row.author })?;
    }
    Ok(change_room(t, stamp, id, Event::Removed { room: id, message })?)
}

/// Takes the text out of a message, and everything that hangs on it; who said it and when stay, and its place in a thread.
fn blank(t: &mut Tables, room: RoomId, message: MessageId) -> Result<(), Stop> {
    let row = messages::find(t, room, message)?.ok_or(MISSING)?;
    let extras = row.extras.map_or_else(Extras::default, |extras| *extras);
    messages::be_silent(t, room, message, &extras)?;
    let versions = t.versions.open()?;
    let old = (room.0, message.0, 0)..=(room.0, message.0, u64::MAX);
    versions.retain_in(old, |_, _| false)?;
    if extras.pinned {
        t.pins.open()?.remove((room.0, message.0))?;
    }
    let Extras { reply_to, thread, replies, .. } = extras;
    let extras = messages::kept(Extras { reply_to, thread, replies, ..Extras::default() });
    let row = MessageRow { body: String::new(), html: None, extras, ..row };
    rows::put(&mut t.messages, (room.0, message.0), &row)?;
    Ok(())
}

pub(super) fn report(
    t: &mut Tables,
    stamp: Stamp,
    who: Who,
    id: RoomId,
    message: MessageId,
    why: Option<&Line>,
) -> Outcome {
    let person = allowed(t, stamp, who, Act::Report, None)?;
    seen_room(t, stamp, id, &person)?;
    messages::said(t, id, message)?;
    let why = why.map_or(String::new(), |why| why.as_str().to_owned());
    let report = Report { room: id, message, by: person.author.id, why, at: stamp.at, settled: None };
    rows::put(t.reports.open()?, stamp.seq.0, &report)?;
    Ok(unheard(stamp, Event::Noted))
}

/// Silences somebody in a room, or lets them speak there again.
pub(super) fn mute(t: &mut Tables, stamp: Stamp, who: Who, id: RoomId, user: UserId, until: Until) -> Outcome {
    let person = asker(t, stamp, who)?;
    let (room, _) = seen_room(t, stamp, id, &person)?;
    if !may(&person, Act::MuteInRoom, Some(&room)) {
        return refuse(Refusal::NotAllowed);
    }
    let Some(other) = super::person(t, user)? else { return refuse(Refusal::PersonUnknown) };
    if !may_silence(&person, &other) {
        return refuse(Refusal::NotAllowed);
    }
    let mut row = member(t, id, user)?;
    row.muted = until;
    rows::put(&mut t.members, (id.0, user.0), &row)?;
    note(t, stamp, Some(person.author.id), Deed::Muted { user, room: Some(id), until })?;
    Ok(unheard(stamp, Event::RoomMuted { room: id, user }))
}

/// Takes away what somebody said in a room, as much as fits into one change, from after a message on. The room is told
/// once, to look anew.
pub(super) fn erase(t: &mut Tables, stamp: Stamp, who: Who, user: UserId, id: RoomId, after: MessageId) -> Outcome {
    let person = allowed(t, stamp, who, Act::Ban, None)?;
    let Some(other) = super::person(t, user)? else { return refuse(Refusal::PersonUnknown) };
    if !outranks(&person, &other) {
        return refuse(Refusal::NotAllowed);
    }
    let mut found = Vec::new();
    for entry in t.messages.range((id.0, after.0.saturating_add(1))..=(id.0, u64::MAX))?.take(LOOKED_AT) {
        let (key, row) = entry?;
        let row: MessageRow<&str> = rows::decode("messages", row.value())?;
        if row.author == user && !row.body.is_empty() {
            found.push(Seq(key.value().1));
            if found.len() == ERASED_AT_ONCE {
                break;
            }
        }
    }
    if found.is_empty() {
        return refuse(Refusal::MessageUnknown);
    }
    for message in &found {
        blank(t, id, *message)?;
    }
    let messages = u32::try_from(found.len()).unwrap_or(u32::MAX);
    note(t, stamp, Some(person.author.id), Deed::Erased { user, room: id, messages })?;
    Ok(change_room(t, stamp, id, Event::RoomChanged { room: id })?)
}
