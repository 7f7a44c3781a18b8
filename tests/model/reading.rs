//! Reads everything that the store tells, and compares it with the model.

use std::cmp::Reverse;

use taproom::domain::{Address, Done, Event, Message, Moment, Seq, TokenHash, UserName};
use taproom::store::{Snapshot, Window};

use crate::rules::{Model, Post, Room};
use crate::wishes::NAMES;

/// A message of the store, as the model has it; what came before it is told by the feed.
fn post(message: &Message, before: Seq) -> Post {
    Post {
        id: message.id.0,
        author: (message.author.id, message.author.name.to_string()),
        at: message.at.0,
        body: message.body.clone(),
        follows: message.place.follows,
        opens_day: message.place.opens_day,
        before,
    }
}

/// Everything that can be read is what the model has.
pub fn reads_like(snapshot: &Snapshot, model: &Model, hashes: &[TokenHash]) {
    assert_eq!(snapshot.last().unwrap().0, model.last);
    assert_eq!(snapshot.count_rooms().unwrap(), model.rooms.len() as u64);
    let mut recent: Vec<&Room> = model.rooms.iter().collect();
    recent.sort_by_key(|room| Reverse(room.last));
    let listed = snapshot.recent_rooms(3, None, Moment(0)).unwrap();
    assert_eq!(
        listed.iter().map(|recent| (recent.room.id, recent.last, recent.at.0)).collect::<Vec<_>>(),
        recent.iter().take(3).map(|r| (r.id, r.last, r.last_at)).collect::<Vec<_>>()
    );
    for (id, name) in &model.users {
        assert_eq!(snapshot.user(*id).unwrap().map(|user| user.name).as_deref(), Some(name.as_str()));
    }
    for name in NAMES.map(|name| UserName::parse(name).unwrap()) {
        let known = model.users.iter().find(|(_, taken)| taken.key() == name.key()).map(|(id, _)| *id);
        assert_eq!(snapshot.user_named(&name).unwrap(), known);
    }
    for hash in hashes {
        let holder = model.tokens.iter().find(|(token, _)| token == hash).map(|(_, user)| *user);
        assert_eq!(snapshot.known(*hash, Moment(0)).unwrap().map(|known| known.person.author.id), holder);
    }
    for room in &model.rooms {
        reads_like_room(snapshot, room);
    }
    assert!(snapshot.room(&Address::of("nowhere").unwrap()).unwrap().is_none());
}

fn reads_like_room(snapshot: &Snapshot, room: &Room) {
    let read = snapshot.room(room.name.address()).unwrap().expect("the room is there");
    assert_eq!((read.id, read.name.as_str()), (room.id, room.name.as_str()));
    let changes = snapshot.changes_after(room.id, Seq(0), usize::MAX).unwrap();
    let posted = |post: &Post| {
        let event = Event::Posted { room: room.id, message: Seq(post.id) };
        Done { seq: Seq(post.id), before: post.before, event, again: false }
    };
    assert_eq!(changes, room.posts.iter().map(posted).collect::<Vec<_>>());
    assert_eq!(snapshot.feed_floor(room.id).unwrap(), Some(Seq(room.id.0)), "nothing has left the feed");
    if let Some(middle) = room.posts.get(room.posts.len() / 2) {
        let rest = snapshot.changes_after(room.id, Seq(middle.id), 7).unwrap();
        let after = room.posts.iter().filter(|post| post.id > middle.id).take(7);
        assert_eq!(rest, after.map(posted).collect::<Vec<_>>());
    }
    let ids = [0, room.id.0, room.last.0 / 2, room.last.0, room.last.0 + 1, u64::MAX].map(Seq);
    let windows = ids.into_iter().flat_map(|id| [Window::Before(id), Window::After(id), Window::Around(id)]);
    for window in windows.filter(|w| *w != Window::After(Seq(u64::MAX))).chain([Window::Latest]) {
        let page = snapshot.page(room.id, window).unwrap();
        let (posts, older, newer) = room.page(window);
        assert_eq!((page.older, page.newer), (older, newer), "{window:?}");
        let read = page.messages.iter().zip(posts).map(|(message, like)| post(message, like.before));
        assert_eq!((read.collect::<Vec<_>>().as_slice(), page.messages.len()), (posts, posts.len()), "{window:?}");
    }
    for like in &room.posts {
        let message = snapshot.message(room.id, Seq(like.id)).unwrap().expect("the message is there");
        assert_eq!(&post(&message, like.before), like);
    }
    assert!(snapshot.message(room.id, Seq(room.id.0)).unwrap().is_none(), "an opening is no message");
}
