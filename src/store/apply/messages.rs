//! Saying something, and taking it away.

use std::time::Duration;

use redb::ReadableTable;

use super::{
    MISSING, Outcome, Stamp, Stop, allowed, asker, change_room, house, member, note, refuse, seen_room, unheard,
};
use crate::domain::{
    Act, Body, Deed, Done, Event, Line, MessageId, Person, Place, Previous, Refusal, Report, Room, RoomId, Seq, Until,
    UserId, Who, may, may_silence, outranks, silenced,
};
use crate::store::schema::{MemberRow, MessageRow, RecentRow};
use crate::store::tables::Tables;
use crate::store::{feed, rows};

/// How many messages one change takes away of somebody's, and through how many it looks for them: nobody else can post
/// meanwhile.
const ERASED_AT_ONCE: usize = 256;
const LOOKED_AT: usize = 4_096;

pub(super) fn post(t: &mut Tables, stamp: Stamp, who: Who, id: RoomId, body: &Body) -> Outcome {
    let person = asker(t, stamp, who)?;
    let author = person.author.id;
    let (room, mut member) = seen_room(t, stamp, id, &person)?;
    may_speak(t, stamp, &person, &room, &member)?;
    let before = feed::last(&t.messages, &t.changes, &t.rooms, id)?.ok_or(MISSING)?;
    let mut recent: RecentRow = rows::take(&mut t.recent, "recent", before.0)?.ok_or(MISSING)?;
    let previous = recent.author.map(|author| Previous { author, at: recent.said_at });
    let Place { follows, opens_day } = Place::after(previous, author, stamp.at);
    let row = MessageRow { author, at: stamp.at, follows, opens_day, body: body.as_str().to_owned() };
    rows::put(&mut t.messages, (id.0, stamp.seq.0), &row)?;
    if room.slow_s > 0 {
        member.said_at = stamp.at;
        rows::put(&mut t.members, (id.0, author.0), &member)?;
    }
    (recent.at, recent.said_at, recent.author) = (stamp.at, stamp.at, Some(author));
    feed::lengthen(t, &mut recent)?;
    rows::put(&mut t.recent, stamp.seq.0, &recent)?;
    let event = Event::Posted { room: id, message: stamp.seq };
    Ok(Done { seq: stamp.seq, before, event, again: false })
}

fn may_speak(t: &Tables, stamp: Stamp, person: &Person, room: &Room, member: &MemberRow) -> Result<(), Stop> {
    if let Some(refusal) = silenced(house(t)?, room, person, member.muted, stamp.at) {
        return refuse(refusal);
    }
    let next = member.said_at.after(Duration::from_secs(room.slow_s.into()));
    let is_slowed = room.slow_s > 0 && member.said_at.0 > 0 && !may(person, Act::SetRoom, Some(room));
    if is_slowed && stamp.at < next {
        let seconds = next.since(stamp.at).as_millis().div_ceil(1_000);
        return refuse(Refusal::Slow(u64::try_from(seconds).unwrap_or(u64::MAX)));
    }
    Ok(())
}

/// Whoever said it may take it away, and whoever keeps order there.
pub(super) fn remove(t: &mut Tables, stamp: Stamp, who: Who, id: RoomId, message: MessageId) -> Outcome {
    let person = asker(t, stamp, who)?;
    let (room, _) = seen_room(t, stamp, id, &person)?;
    let row: Option<MessageRow> = rows::get(&t.messages, "messages", (id.0, message.0))?;
    let Some(row) = row.filter(|row| !row.body.is_empty()) else { return refuse(Refusal::MessageUnknown) };
    let is_own = row.author == person.author.id;
    if !is_own && !may(&person, Act::RemoveMessage, Some(&room)) {
        return refuse(Refusal::NotAllowed);
    }
    blank(t, id, message, row.author)?;
    if !is_own {
        note(t, stamp, Some(person.author.id), Deed::Removed { room: id, message, author: row.author })?;
    }
    Ok(change_room(t, stamp, id, Event::Removed { room: id, message })?)
}

/// Takes the text out of a message; who said it and when stay.
fn blank(t: &mut Tables, room: RoomId, message: MessageId, author: UserId) -> Result<(), Stop> {
    let row: MessageRow = rows::get(&t.messages, "messages", (room.0, message.0))?.ok_or(MISSING)?;
    rows::put(&mut t.messages, (room.0, message.0), &MessageRow { author, body: String::new(), ..row })?;
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
    let row: Option<MessageRow> = rows::get(&t.messages, "messages", (id.0, message.0))?;
    if row.is_none_or(|row| row.body.is_empty()) {
        return refuse(Refusal::MessageUnknown);
    }
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
        let row: MessageRow = rows::decode("messages", row.value())?;
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
        blank(t, id, *message, user)?;
    }
    let messages = u32::try_from(found.len()).unwrap_or(u32::MAX);
    note(t, stamp, Some(person.author.id), Deed::Erased { user, room: id, messages })?;
    Ok(change_room(t, stamp, id, Event::RoomChanged { room: id })?)
}
