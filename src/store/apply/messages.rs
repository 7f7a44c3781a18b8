//! Saying something, and saying it otherwise.

use std::time::Duration;

use redb::ReadableTable;

use super::{MISSING, Outcome, Stamp, Stop, asker, change_room, house, member, naming, refuse, seen_room};
use crate::domain::limits::EDITS_MAX;
use crate::domain::{
    Act, Done, Event, Extras, MessageId, Person, Place, Previous, Refusal, Room, RoomId, UserId, Who, Words, may,
    silenced,
};
use crate::store::schema::{MemberRow, MessageRow, ReadRow, RecentRow, VersionRow};
use crate::store::tables::Tables;
use crate::store::{Fault, completing, feed, rows};

pub(super) fn post(
    t: &mut Tables,
    stamp: Stamp,
    who: Who,
    id: RoomId,
    words: &Words,
    reply_to: Option<MessageId>,
) -> Outcome {
    let person = asker(t, stamp, who)?;
    let author = person.author.id;
    let (room, mut member) = seen_room(t, stamp, id, &person)?;
    may_speak(t, stamp, &person, &room, &member)?;
    is_in_time(stamp, &person, &room, &member)?;
    let answered = reply_to.map(|message| said(t, id, message)).transpose()?;
    let before = feed::last(&t.messages, &t.changes, &t.rooms, id)?.ok_or(MISSING)?;
    let mut recent: RecentRow = rows::take(&mut t.recent, "recent", before.0)?.ok_or(MISSING)?;
    let previous = recent.author.map(|author| Previous { author, at: recent.said_at });
    let Place { follows, opens_day } = Place::after(previous, author, stamp.at);
    let thread = answered.as_ref().map(|row| thread_of(row, reply_to));
    let spoken_to = answered.as_ref().map(|row| row.author);
    let mut extras = Extras { reply_to, thread: thread.flatten(), ..Extras::default() };
    speak_to(t, (&room, stamp.seq), author, spoken_to, words, &mut extras)?;
    naming::see(t, stamp, id, &[author])?;
    naming::see(t, stamp, id, &words.mentions)?; // their names are read there, whether they hear it or not
    if let Some(thread) = extras.thread {
        lengthen(t, id, thread, stamp.seq)?;
    }
    let (body, html) = (words.body.as_str().to_owned(), words.html.clone());
    let nth = recent.posts + 1;
    let row = MessageRow { author, at: stamp.at, follows, opens_day, nth, body, html, extras: kept(extras) };
    rows::put(&mut t.messages, (id.0, stamp.seq.0), &row)?;
    if room.slow_s > 0 {
        member.said_at = stamp.at;
        rows::put(&mut t.members, (id.0, author.0), &member)?;
    }
    (recent.at, recent.said_at, recent.author, recent.posts) = (stamp.at, stamp.at, Some(author), nth);
    feed::lengthen(t, &mut recent)?;
    rows::put(&mut t.recent, stamp.seq.0, &recent)?;
    let event = Event::Posted { room: id, message: stamp.seq };
    Ok(Done { seq: stamp.seq, before, event, again: false })
}

/// Whoever said it may say it otherwise, as long as they may speak there. What it said before is kept.
pub(super) fn edit(t: &mut Tables, stamp: Stamp, who: Who, id: RoomId, message: MessageId, words: &Words) -> Outcome {
    let person = asker(t, stamp, who)?;
    let (room, member) = seen_room(t, stamp, id, &person)?;
    let mut row = said(t, id, message)?;
    if row.author != person.author.id {
        return refuse(Refusal::NotAllowed);
    }
    may_speak(t, stamp, &person, &room, &member)?;
    let versions = t.versions.open()?;
    if versions.range((id.0, message.0, 0)..=(id.0, message.0, u64::MAX))?.count() >= EDITS_MAX {
        return refuse(Refusal::TooMany(EDITS_MAX));
    }
    let before = VersionRow { until: stamp.at, body: std::mem::take(&mut row.body) };
    rows::put(versions, (id.0, message.0, stamp.seq.0), &before)?;
    let mut extras = row.extras.take().map_or_else(Extras::default, |extras| *extras);
    be_silent(t, id, message, &extras)?;
    let answered = extras.reply_to.map(|answered| find(t, id, answered)).transpose()?.flatten();
    speak_to(t, (&room, message), row.author, answered.map(|row| row.author), words, &mut extras)?;
    naming::see(t, stamp, id, &words.mentions)?;
    extras.edited_at = Some(stamp.at);
    let (body, html, extras) = (words.body.as_str().to_owned(), words.html.clone(), kept(extras));
    rows::put(&mut t.messages, (id.0, message.0), &MessageRow { body, html, extras, ..row })?;
    Ok(change_room(t, stamp, id, Event::Edited { room: id, message })?)
}

pub(super) fn may_speak(
    t: &Tables,
    stamp: Stamp,
    person: &Person,
    room: &Room,
    member: &MemberRow,
) -> Result<(), Stop> {
    match silenced(house(t)?, room, person, member.muted, stamp.at) {
        Some(refusal) => refuse(refusal),
        None => Ok(()),
    }
}

fn is_in_time(stamp: Stamp, person: &Person, room: &Room, member: &MemberRow) -> Result<(), Stop> {
    let next = member.said_at.after(Duration::from_secs(room.slow_s.into()));
    let is_slowed = room.slow_s > 0 && member.said_at.0 > 0 && !may(person, Act::SetRoom, Some(room));
    if is_slowed && stamp.at < next {
        let seconds = next.since(stamp.at).as_millis().div_ceil(1_000);
        return refuse(Refusal::Slow(u64::try_from(seconds).unwrap_or(u64::MAX)));
    }
    Ok(())
}

pub(super) fn find(t: &Tables, room: RoomId, message: MessageId) -> Result<Option<MessageRow>, Fault> {
    rows::get(&t.messages, "messages", (room.0, message.0))
}

/// A message that is there, and was not taken away.
pub(super) fn said(t: &Tables, room: RoomId, message: MessageId) -> Result<MessageRow, Stop> {
    match find(t, room, message)?.filter(|row| !row.body.is_empty()) {
        Some(row) => Ok(row),
        None => refuse(Refusal::MessageUnknown),
    }
}

/// Most messages have none, and a row without them is shorter.
pub(super) fn kept(extras: Extras) -> Option<Box<Extras>> {
    (extras != Extras::default()).then(|| Box::new(extras))
}

/// The thread to which an answer to this message belongs.
fn thread_of(answered: &MessageRow, id: Option<MessageId>) -> Option<MessageId> {
    answered.extras.as_ref().and_then(|extras| extras.thread).or(id)
}

/// Counts a message in its thread.
fn lengthen(t: &mut Tables, room: RoomId, thread: MessageId, message: MessageId) -> Result<(), Fault> {
    t.threads.open()?.insert((room.0, thread.0, message.0), ())?;
    let Some(mut row) = find(t, room, thread)? else { return Ok(()) };
    row.extras.get_or_insert_default().replies += 1;
    rows::put(&mut t.messages, (room.0, thread.0), &row)
}

/// Writes down to whom a message speaks: whom it mentions, whose words it answers, and everybody if it may call them. Only
/// those who can hear the room are spoken to, and nobody by themselves.
fn speak_to(
    t: &mut Tables,
    (room, message): (&Room, MessageId),
    author: UserId,
    answered: Option<UserId>,
    words: &Words,
    extras: &mut Extras,
) -> Result<(), Fault> {
    extras.calls_all = words.calls_all && may_call(t, room, author)?;
    let mut spoken_to = [words.mentions.as_slice(), answered.as_slice()].concat();
    spoken_to.sort_unstable();
    spoken_to.dedup();
    extras.mentions.clear();
    for user in spoken_to {
        let hears = !room.kind.is_hidden() || member(t, room.id, user)?.belongs;
        if user == author || !hears || super::user(t, user)?.is_none() {
            continue;
        }
        extras.mentions.push(user);
        let read: Option<ReadRow> = rows::get(t.reads.open()?, "reads", (user.0, room.id.0))?;
        if read.is_none_or(|read| read.seq < message) {
            t.mentions.open()?.insert((user.0, room.id.0, message.0), ())?;
        }
    }
    if extras.calls_all {
        t.calls.open()?.insert((room.id.0, message.0), author.0)?;
    }
    Ok(())
}

/// Takes back that a message speaks to anybody.
pub(super) fn be_silent(t: &mut Tables, room: RoomId, message: MessageId, extras: &Extras) -> Result<(), Fault> {
    for user in &extras.mentions {
        t.mentions.open()?.remove((user.0, room.0, message.0))?;
    }
    if extras.calls_all {
        t.calls.open()?.remove((room.0, message.0))?;
    }
    Ok(())
}

/// In a small room everybody may call everybody.
fn may_call(t: &Tables, room: &Room, author: UserId) -> Result<bool, Fault> {
    let Some(person) = super::person(t, author)? else { return Ok(false) };
    Ok(may(&person, Act::CallEverybody, Some(room)) || completing::is_small(&t.users, &t.members, room)?)
}
