//! Saying something, and saying it otherwise.

use std::time::Duration;

use redb::ReadableTable;

use crate::domain::limits::EDITS_MAX;
use crate::domain::{
    Actor, Applied, Event, Grouping, MessageContent, MessageExtras, MessageId, Permission, Person, PreviousMessage,
    Refusal, Room, RoomId, UserId, can, muted_reason,
};
use crate::store::apply::{
    ACTIVITY_ROW_MISSING, Halt, Outcome, Stamp, member_row, names, record_room_change, refuse, require_person,
    require_visible_room, settings,
};
use crate::store::read::autocomplete;
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::{ActivityRow, MemberRow, MessageRow, ReadStateRow, VersionRow};
use crate::store::{StoreError, feed};

pub(crate) fn post_message(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    id: RoomId,
    content: &MessageContent,
    reply_to: Option<MessageId>,
) -> Outcome {
    let person = require_person(t, stamp, actor)?;
    let author = person.author.id;
    let (room, mut member) = require_visible_room(t, stamp, id, &person)?;
    check_can_post(t, stamp, &person, &room, &member)?;
    check_slow_mode(stamp, &person, &room, &member)?;
    let answered = reply_to.map(|message| require_message(t, id, message)).transpose()?;
    let before = feed::last_room_change(&t.messages, &t.changes, &t.rooms, id)?.ok_or(ACTIVITY_ROW_MISSING)?;
    let mut recent: ActivityRow = rows::remove(&mut t.activity, "recent", before.0)?.ok_or(ACTIVITY_ROW_MISSING)?;
    let previous = recent.last_author.map(|author| PreviousMessage { author, at: recent.last_posted_at });
    let Grouping { continues_group: follows, starts_day: opens_day } =
        Grouping::from_previous(previous, author, stamp.at);
    let thread = answered.as_ref().map(|row| thread_root(row, reply_to));
    let spoken_to = answered.as_ref().map(|row| row.author);
    let mut extras = MessageExtras { reply_to, thread_root: thread.flatten(), ..MessageExtras::default() };
    index_mentions(t, (&room, stamp.seq), author, spoken_to, content, &mut extras)?;
    names::record_name_uses(t, stamp, id, &[author])?;
    names::record_name_uses(t, stamp, id, &content.mentions)?; // their names are read there, whether they hear it or not
    if let Some(thread) = extras.thread_root {
        add_to_thread(t, id, thread, stamp.seq)?;
    }
    let (body, html) = (content.body.as_str().to_owned(), content.html.clone());
    let nth = recent.message_count + 1;
    let row = MessageRow {
        author,
        at: stamp.at,
        continues_group: follows,
        starts_day: opens_day,
        ordinal: nth,
        body,
        html,
        extras: box_extras(extras),
    };
    rows::put(&mut t.messages, (id.0, stamp.seq.0), &row)?;
    if room.slow_mode_s > 0 {
        member.last_posted_at = stamp.at;
        rows::put(&mut t.members, (id.0, author.0), &member)?;
    }
    (recent.at, recent.last_posted_at, recent.last_author, recent.message_count) =
        (stamp.at, stamp.at, Some(author), nth);
    feed::append_and_sweep(t, &mut recent)?;
    rows::put(&mut t.activity, stamp.seq.0, &recent)?;
    let event = Event::MessagePosted { room: id, message: stamp.seq };
    Ok(Applied { seq: stamp.seq, previous: before, event, is_replay: false })
}

/// Whoever said it may say it otherwise, as long as they may speak there. What it said before is kept.
pub(crate) fn edit_message(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    id: RoomId,
    message: MessageId,
    content: &MessageContent,
) -> Outcome {
    let person = require_person(t, stamp, actor)?;
    let (room, member) = require_visible_room(t, stamp, id, &person)?;
    let mut row = require_message(t, id, message)?;
    if row.author != person.author.id {
        return refuse(Refusal::NotAllowed);
    }
    check_can_post(t, stamp, &person, &room, &member)?;
    let versions = t.versions.open()?;
    if versions.range((id.0, message.0, 0)..=(id.0, message.0, u64::MAX))?.count() >= EDITS_MAX {
        return refuse(Refusal::LimitReached(EDITS_MAX));
    }
    let before = VersionRow { replaced_at: stamp.at, body: std::mem::take(&mut row.body) };
    rows::put(versions, (id.0, message.0, stamp.seq.0), &before)?;
    let mut extras = row.extras.take().map_or_else(MessageExtras::default, |extras| *extras);
    remove_mentions(t, id, message, &extras)?;
    let answered = extras.reply_to.map(|answered| find_message(t, id, answered)).transpose()?.flatten();
    index_mentions(t, (&room, message), row.author, answered.map(|row| row.author), content, &mut extras)?;
    names::record_name_uses(t, stamp, id, &content.mentions)?;
    extras.edited_at = Some(stamp.at);
    let (body, html, extras) = (content.body.as_str().to_owned(), content.html.clone(), box_extras(extras));
    rows::put(&mut t.messages, (id.0, message.0), &MessageRow { body, html, extras, ..row })?;
    Ok(record_room_change(t, stamp, id, Event::MessageEdited { room: id, message })?)
}

pub(crate) fn check_can_post(
    t: &Tables,
    stamp: Stamp,
    person: &Person,
    room: &Room,
    member: &MemberRow,
) -> Result<(), Halt> {
    match muted_reason(settings(t)?, room, person, member.muted_until, stamp.at) {
        Some(refusal) => refuse(refusal),
        None => Ok(()),
    }
}

fn check_slow_mode(stamp: Stamp, person: &Person, room: &Room, member: &MemberRow) -> Result<(), Halt> {
    let next = member.last_posted_at.plus(Duration::from_secs(room.slow_mode_s.into()));
    let is_slowed =
        room.slow_mode_s > 0 && member.last_posted_at.0 > 0 && !can(person, Permission::EditRoom, Some(room));
    if is_slowed && stamp.at < next {
        let seconds = next.saturating_since(stamp.at).as_millis().div_ceil(1_000);
        return refuse(Refusal::SlowMode(u64::try_from(seconds).unwrap_or(u64::MAX)));
    }
    Ok(())
}

pub(crate) fn find_message(t: &Tables, room: RoomId, message: MessageId) -> Result<Option<MessageRow>, StoreError> {
    rows::get(&t.messages, "messages", (room.0, message.0))
}

/// A message that is there, and was not taken away.
pub(crate) fn require_message(t: &Tables, room: RoomId, message: MessageId) -> Result<MessageRow, Halt> {
    match find_message(t, room, message)?.filter(|row| !row.body.is_empty()) {
        Some(row) => Ok(row),
        None => refuse(Refusal::MessageNotFound),
    }
}

/// Most messages have none, and a row without them is shorter.
pub(crate) fn box_extras(extras: MessageExtras) -> Option<Box<MessageExtras>> {
    (extras != MessageExtras::default()).then(|| Box::new(extras))
}

/// The thread to which an answer to this message belongs.
fn thread_root(replied_to: &MessageRow, id: Option<MessageId>) -> Option<MessageId> {
    replied_to.extras.as_ref().and_then(|extras| extras.thread_root).or(id)
}

/// Counts a message in its thread.
fn add_to_thread(t: &mut Tables, room: RoomId, thread: MessageId, message: MessageId) -> Result<(), StoreError> {
    t.threads.open()?.insert((room.0, thread.0, message.0), ())?;
    let Some(mut row) = find_message(t, room, thread)? else { return Ok(()) };
    row.extras.get_or_insert_default().reply_count += 1;
    rows::put(&mut t.messages, (room.0, thread.0), &row)
}

/// Writes down to whom a message speaks: whom it mentions, whose words it answers, and everybody if it may call them. Only
/// those who can hear the room are spoken to, and nobody by themselves.
fn index_mentions(
    t: &mut Tables,
    (room, message): (&Room, MessageId),
    author: UserId,
    replied_to_author: Option<UserId>,
    content: &MessageContent,
    extras: &mut MessageExtras,
) -> Result<(), StoreError> {
    extras.mentions_room = content.mentions_room && can_mention_room(t, room, author)?;
    let mut spoken_to = [content.mentions.as_slice(), replied_to_author.as_slice()].concat();
    spoken_to.sort_unstable();
    spoken_to.dedup();
    extras.mentions.clear();
    for user in spoken_to {
        let hears = !room.visibility.is_members_only() || member_row(t, room.id, user)?.is_member;
        if user == author || !hears || crate::store::apply::find_user(t, user)?.is_none() {
            continue;
        }
        extras.mentions.push(user);
        let read: Option<ReadStateRow> = rows::get(t.read_states.open()?, "reads", (user.0, room.id.0))?;
        if read.is_none_or(|read| read.read_up_to < message) {
            t.mentions.open()?.insert((user.0, room.id.0, message.0), ())?;
        }
    }
    if extras.mentions_room {
        t.room_mentions.open()?.insert((room.id.0, message.0), author.0)?;
    }
    Ok(())
}

/// Takes back that a message speaks to anybody.
pub(crate) fn remove_mentions(
    t: &mut Tables,
    room: RoomId,
    message: MessageId,
    extras: &MessageExtras,
) -> Result<(), StoreError> {
    for user in &extras.mentions {
        t.mentions.open()?.remove((user.0, room.0, message.0))?;
    }
    if extras.mentions_room {
        t.room_mentions.open()?.remove((room.0, message.0))?;
    }
    Ok(())
}

/// In a small room everybody may call everybody.
fn can_mention_room(t: &Tables, room: &Room, author: UserId) -> Result<bool, StoreError> {
    let Some(person) = crate::store::apply::find_person(t, author)? else { return Ok(false) };
    Ok(can(&person, Permission::MentionRoom, Some(room)) || autocomplete::is_small_room(&t.users, &t.members, room)?)
}
