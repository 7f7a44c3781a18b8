//! Posting a message: permission checks, the rows that are stored, and the follow-ups on the author's read state.

use std::time::Duration;

use crate::domain::{
    Actor, Applied, Event, Grouping, MarkReadOnPost, MessageContent, MessageExtras, MessageId, Permission, Person,
    PostFollowUps, PreviousMessage, Refusal, Room, RoomId, UserId, can,
};
use crate::store::StoreError;
use crate::store::apply::accounts::names;
use crate::store::apply::context::{
    ACTIVITY_ROW_MISSING, Halt, Outcome, Stamp, refuse, require_person, require_visible_room,
};
use crate::store::apply::messages::{box_extras, check_can_post, find_message, index_mentions, require_message};
use crate::store::apply::rooms::read_state;
use crate::store::feed;
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::{ActivityRow, MemberRow, MessageRow};

/// A message to post.
pub(crate) struct NewMessage<'a> {
    pub room: RoomId,
    pub content: &'a MessageContent,
    pub reply_to: Option<MessageId>,
    pub follow_ups: PostFollowUps,
}

pub(crate) fn post_message(t: &mut Tables, stamp: Stamp, actor: Actor, new: &NewMessage<'_>) -> Outcome {
    let NewMessage { room: id, content, reply_to, follow_ups } = *new;
    let person = require_person(t, stamp, actor)?;
    let author = person.author.id;
    let (room, mut member) = require_visible_room(t, stamp, id, &person)?;
    check_can_post(t, stamp, &person, &room, &member)?;
    check_slow_mode(stamp, &person, &room, &member)?;
    let replied_to = reply_to.map(|message| require_message(t, id, message)).transpose()?;
    let previous = feed::last_room_change(&t.messages, &t.changes, &t.rooms, id)?.ok_or(ACTIVITY_ROW_MISSING)?;
    let activity = rows::remove(&mut t.activity, "recent", previous.0)?;
    let mut activity: ActivityRow = activity.ok_or(ACTIVITY_ROW_MISSING)?;
    let thread_root = replied_to.as_ref().and_then(|row| thread_root(row, reply_to));
    let replied_to_author = replied_to.as_ref().map(|row| row.author);
    let mut extras = MessageExtras { reply_to, thread_root, ..MessageExtras::default() };
    index_mentions(t, (&room, stamp.seq), author, replied_to_author, content, &mut extras)?;
    names::record_name_uses(t, stamp, id, &[author])?;
    // Mentioned names are shown in the room whether or not their people can read it.
    names::record_name_uses(t, stamp, id, &content.mentions)?;
    if let Some(thread) = thread_root {
        add_to_thread(t, id, thread, stamp.seq)?;
    }
    let last = activity.last_author.map(|author| PreviousMessage { author, at: activity.last_posted_at });
    let Grouping { continues_group, starts_day } = Grouping::from_previous(last, author, stamp.at);
    activity.message_count += 1;
    let row = MessageRow {
        author,
        at: stamp.at,
        continues_group,
        starts_day,
        ordinal: activity.message_count,
        body: content.body.as_str().to_owned(),
        rendered: content.rendered.clone(),
        extras: box_extras(extras),
    };
    rows::put(&mut t.messages, (id.0, stamp.seq.0), &row)?;
    if room.slow_mode_s > 0 {
        member.last_posted_at = stamp.at;
        rows::put(&mut t.members, (id.0, author.0), &member)?;
    }
    (activity.at, activity.last_posted_at, activity.last_author) = (stamp.at, stamp.at, Some(author));
    feed::append_and_sweep(t, &mut activity)?;
    rows::put(&mut t.activity, stamp.seq.0, &activity)?;
    let read_state_changed = run_follow_ups(t, author, &room, (stamp.seq, row.ordinal), follow_ups)?;
    Ok(Applied {
        seq: stamp.seq,
        previous,
        event: Event::MessagePosted { room: id, message: stamp.seq },
        read_state_of: read_state_changed.then_some(author),
        is_replay: false,
    })
}

/// Clears the author's draft and moves their read mark. Returns whether either changed.
fn run_follow_ups(
    t: &mut Tables,
    author: UserId,
    room: &Room,
    (message, ordinal): (MessageId, u64),
    follow_ups: PostFollowUps,
) -> Result<bool, StoreError> {
    let draft_cleared = follow_ups.clear_draft && read_state::clear_draft(t, author, room.id)?;
    let mark_moved = match follow_ups.mark_read {
        MarkReadOnPost::Unchanged => false,
        MarkReadOnPost::UpToMessage => read_state::mark_own_message_read(t, author, room.id, message, ordinal)?,
        MarkReadOnPost::UpToMention => read_state::mark_read_up_to_mention(t, author, room, message, ordinal)?,
    };
    Ok(draft_cleared || mark_moved)
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

/// The root of the thread to which a reply to this message belongs.
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
