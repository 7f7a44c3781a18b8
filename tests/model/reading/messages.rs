//! Reads messages with all that hangs on them, and how each person reads the rooms.

use std::collections::BTreeMap;

use taproom::domain::{
    Author, ExcerptPart, ExcerptPiece, Grouping, Message, MessageDetails, MessageExtras, Quote, ReactionGroup, Seq,
    Timestamp, UserId, Version,
};
use taproom::store::Snapshot;

use crate::post::{html_excerpt, mentioned_users};
use crate::rules::{Model, Post, Room};

/// So many messages of a thread are shown.
const THREAD: usize = 200;
/// So many of those who react alike are named.
const NAMED: usize = 5;

/// What hangs on the messages of a room, which are shown so.
pub fn read_like(snapshot: &Snapshot, room: &Room, shown: &[Message]) {
    for (post, message) in room.posts.iter().zip(shown) {
        let belongs: Vec<&Message> =
            shown.iter().filter(|other| other.details.extras.thread_root == Some(message.id)).collect();
        let last = &belongs[belongs.len().saturating_sub(THREAD)..];
        let thread: Vec<Message> = [message].iter().chain(last).copied().cloned().collect();
        assert_eq!(snapshot.thread(room.id, message.id).unwrap(), thread);
        if message.details.extras.thread_root.is_none() {
            for answered in &thread {
                let is_answer = |other: &&Message| other.details.extras.reply_to == Some(answered.id);
                let answers: Vec<Message> = thread.iter().filter(is_answer).cloned().collect();
                assert_eq!(snapshot.replies(room.id, answered).unwrap(), answers);
            }
        }
        let versions =
            post.versions.iter().map(|(until, body)| Version { replaced_at: Timestamp(*until), body: body.clone() });
        assert_eq!(snapshot.versions(room.id, message.id).unwrap(), versions.collect::<Vec<_>>());
    }
    let pins: Vec<Message> = shown.iter().rev().filter(|message| message.details.extras.pinned).cloned().collect();
    assert_eq!(snapshot.pins(room.id).unwrap(), pins);
    assert_eq!(snapshot.thread(room.id, Seq(room.id.0)).unwrap(), [], "an opening begins no thread");
}

/// The messages of a room as they are read. A thread is all that answers what began it, or an answer to that.
pub fn shown(model: &Model, room: &Room) -> Vec<Message> {
    let (mut began, mut replies) = (BTreeMap::new(), BTreeMap::new());
    for post in &room.posts {
        let first = post.reply_to.map_or(post.id, |answered| began[&answered]);
        began.insert(post.id, first);
        *replies.entry(first).or_insert(0) += u32::from(first != post.id);
    }
    let whole = |post: &Post| {
        let first = began[&post.id];
        let thread = (first != post.id).then_some(Seq(first));
        message(model, room, post, thread, replies.get(&post.id).copied().unwrap_or(0))
    };
    room.posts.iter().map(whole).collect()
}

fn message(model: &Model, room: &Room, post: &Post, thread: Option<Seq>, replies: u32) -> Message {
    let called = |id| Author { id, name: model.user(id).expect("they are known").name.as_str().into() };
    let author = |post: &Post| called(post.author);
    let answered = post.reply_to.and_then(|id| room.post(id));
    let reacted = |(with, by): &(String, Vec<UserId>)| ReactionGroup { reaction: with.clone(), users: by.clone() };
    let more = MessageDetails {
        reactors: reactors(model, post),
        mentioned: post.html.as_deref().map_or_else(Vec::new, mentioned_users).into_iter().map(called).collect(),
        extras: MessageExtras {
            mentions: post.mentions.clone(),
            mentions_room: post.calls_all,
            reply_to: post.reply_to.map(Seq),
            thread_root: thread,
            reply_count: replies,
            edited_at: post.edited_at.map(Timestamp),
            pinned: post.pinned,
            reactions: post.reactions.iter().map(reacted).collect(),
        },
        quote: answered.map(|post| Quote { id: Seq(post.id), author: author(post), excerpt: excerpt(model, post) }),
    };
    Message {
        id: Seq(post.id),
        author: author(post),
        at: Timestamp(post.at),
        body: post.body.clone(),
        html: post.html.clone(),
        grouping: Grouping { continues_group: post.follows, starts_day: post.opens_day },
        details: more.into(),
    }
}

/// How a post begins: as it was written; or what is shown, which is words and then people who are called, and never long.
fn excerpt(model: &Model, post: &Post) -> Vec<ExcerptPart> {
    let Some(html) = &post.html else {
        return Some(post.excerpt()).filter(|line| !line.is_empty()).map(ExcerptPart::Text).into_iter().collect();
    };
    let part = |piece| match piece {
        ExcerptPiece::Text(words) => ExcerptPart::Text(words),
        ExcerptPiece::Mention(id) => {
            let name = model.user(id).expect("they are known").name.as_str();
            ExcerptPart::Mention(Author { id, name: name.into() })
        }
    };
    html_excerpt(html).into_iter().map(part).collect()
}

/// Those of who reacted that are named, in the order in which they came to the house.
fn reactors(model: &Model, post: &Post) -> Vec<Author> {
    let is_named = |id: UserId| post.reactions.iter().any(|(_, by)| by.iter().take(NAMED).any(|other| *other == id));
    let named = model.users.iter().filter(|user| is_named(user.id));
    named.map(|user| Author { id: user.id, name: user.name.as_str().into() }).collect()
}

/// How somebody reads each room; those are listed of which they have said something, or in which somebody speaks to them.
pub fn reader_like(snapshot: &Snapshot, model: &Model, user: UserId) {
    let (mut listed, mut begun) = (Vec::new(), Vec::new());
    for room in &model.rooms {
        let like = room.reading(user);
        assert_eq!(snapshot.read_state(user, room.id).unwrap(), like, "of {:?} by {user:?}", room.id);
        let speaks = |post: &Post| post.mentions.contains(&user);
        let is_known = room.marks.iter().any(|mark| mark.user == user) || room.members.contains(&user);
        if is_known || room.posts.iter().any(speaks) {
            listed.push((room.id, like));
        }
        let draft = room.drafts.iter().find(|(other, _)| *other == user).map(|(_, draft)| draft.clone());
        assert_eq!(snapshot.draft(user, room.id).unwrap(), draft);
        begun.extend(draft.map(|_| room.id));
    }
    assert_eq!(snapshot.read_states(user).unwrap(), listed);
    assert_eq!(snapshot.rooms_with_drafts(user).unwrap(), begun);
}
