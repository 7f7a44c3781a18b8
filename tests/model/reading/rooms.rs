//! Reads which rooms there are for whom, and what was said and happened in them.

use std::cmp::Reverse;

use taproom::domain::{Applied, Event, Expiry, Message, RoomId, Seq, Slug, Timestamp, UserId, Visibility};
use taproom::store::{Snapshot, Window};

use super::messages;
use super::people::person;
use crate::rules::{Model, Room, User};

pub fn read_like(snapshot: &Snapshot, model: &Model, at: u64) {
    let for_all = model.rooms.iter().filter(|room| !room.kind.is_members_only() && room.deleted_at.is_none());
    assert_eq!(snapshot.count_rooms().unwrap(), for_all.count() as u64);
    let ids: Vec<RoomId> = model.rooms.iter().map(|room| room.id).collect();
    assert_eq!(snapshot.room_ids_after(RoomId(0), usize::MAX).unwrap(), ids);
    for user in [None].into_iter().chain(model.users.iter().map(Some)) {
        seen_like(snapshot, model, user, at);
        messages::reader_like(snapshot, model, user.map_or(UserId(u64::MAX), |user| user.id));
    }
    for room in &model.rooms {
        assert_eq!(snapshot.room_by_id(room.id).unwrap(), Some(shown(model, room, None, true)));
        let mut members = room.members.clone();
        members.sort();
        let read = snapshot.members(room.id, usize::MAX).unwrap();
        assert_eq!(read.iter().map(|author| author.id).collect::<Vec<_>>(), members);
        let shown = messages::shown(model, room);
        reads_like(snapshot, model, room, &shown);
        pages_like(snapshot, room, &shown);
        messages::read_like(snapshot, room, &shown);
    }
}

/// A room as somebody sees it. As it is kept, a direct room has no name.
fn shown(model: &Model, room: &Room, user: Option<&User>, is_kept: bool) -> taproom::domain::Room {
    let mut name = room.name.clone();
    if room.kind == Visibility::Direct && !is_kept {
        let others = room.members.iter().filter(|id| user.is_none_or(|user| user.id != **id));
        let names: Vec<String> = others.map(|id| model.user(*id).expect("they are known").name.to_string()).collect();
        name = names.join(", ");
    }
    taproom::domain::Room {
        id: room.id,
        name,
        slug: Slug::from_name(&room.address).unwrap(),
        topic: room.topic.clone(),
        visibility: room.kind,
        created_by: room.created_by,
        slow_mode_s: room.slow_s,
        archived: room.archived,
        deleted_at: room.deleted_at.map(Timestamp),
    }
}

/// The rooms as one person sees them, or nobody: at every address that ever was, and in every list.
fn seen_like(snapshot: &Snapshot, model: &Model, user: Option<&User>, at: u64) {
    let (person, now) = (user.map(person), Timestamp(at));
    let sight = |room: &Room| {
        let belongs = user.is_some_and(|user| room.members.contains(&user.id));
        let muted = user.map_or(Expiry::PAST, |user| room.muted_until(user.id));
        model.sees(at, room, user).then(|| (shown(model, room, user, false), belongs, muted))
    };
    for (address, _) in model.addresses.iter().chain([&("nowhere".to_owned(), RoomId(0))]) {
        let read = snapshot.visible_room_by_slug(&Slug::from_name(address).unwrap(), person.as_ref(), now).unwrap();
        let expected = model.room_at(address).and_then(sight);
        assert_eq!(read.map(|read| (read.room, read.is_member, read.muted_until)), expected, "{address} for {user:?}");
    }
    for room in &model.rooms {
        let read = snapshot.visible_room_by_id(room.id, person.as_ref(), now).unwrap();
        assert_eq!(read.map(|read| (read.room, read.is_member, read.muted_until)), sight(room));
    }
    let mut recent: Vec<&Room> =
        model.rooms.iter().filter(|room| !room.kind.is_members_only() && model.sees(at, room, user)).collect();
    recent.sort_by_key(|room| Reverse(room.last));
    for limit in [2, usize::from(u8::MAX)] {
        let read = snapshot.active_rooms(limit, person.as_ref(), now).unwrap();
        let read: Vec<_> =
            read.into_iter().map(|recent| (recent.room, recent.last_seq, recent.last_changed_at.0)).collect();
        let expected = recent.iter().take(limit).map(|room| (shown(model, room, user, false), room.last, room.last_at));
        assert_eq!(read, expected.collect::<Vec<_>>(), "for {user:?}");
    }
    let (Some(user), Some(person)) = (user, person) else { return };
    let hidden = model.rooms.iter().filter(|room| room.kind.is_members_only() && model.sees(at, room, Some(user)));
    let hidden: Vec<_> = hidden.map(|room| shown(model, room, Some(user), false)).collect();
    assert_eq!(snapshot.members_only_rooms(&person, now).unwrap(), hidden, "for {user:?}");
    let mut gone: Vec<&Room> = model.rooms.iter().filter(|room| model.may_have_back(at, room, user)).collect();
    gone.sort_by_key(|room| Reverse(room.last));
    let gone: Vec<_> = gone.into_iter().map(|room| shown(model, room, Some(user), false)).collect();
    assert_eq!(snapshot.deleted_rooms(&person, now).unwrap(), gone, "for {user:?}");
}

/// What was said in a room and what happened there, one thing after the other.
fn reads_like(snapshot: &Snapshot, model: &Model, room: &Room, shown: &[Message]) {
    let changes = heard(model, room);
    assert_eq!(snapshot.changes_after(room.id, Seq(0), usize::MAX).unwrap(), changes);
    assert_eq!(snapshot.feed_floor(room.id).unwrap(), Some(Seq(room.id.0)), "nothing has left the feed");
    if let Some(middle) = changes.get(changes.len() / 2) {
        let rest: Vec<_> = changes.iter().filter(|done| done.seq > middle.seq).take(7).copied().collect();
        assert_eq!(snapshot.changes_after(room.id, middle.seq, 7).unwrap(), rest);
    }
    for like in shown {
        assert_eq!(snapshot.message(room.id, like.id).unwrap().as_ref(), Some(like));
    }
    assert!(snapshot.message(room.id, Seq(room.id.0)).unwrap().is_none(), "an opening is no message");
    for author in room.posts.iter().map(|post| post.author).chain([UserId(0)]) {
        let said = room.posts.iter().filter(|post| post.author == author && !post.body.is_empty());
        let said: Vec<Seq> = said.map(|post| Seq(post.id)).collect();
        assert_eq!(snapshot.next_message_by(author, room.id, Seq(0)).unwrap(), said.first().copied());
        if let [first, next, ..] = said[..] {
            assert_eq!(snapshot.next_message_by(author, room.id, first).unwrap(), Some(next));
        }
    }
}

/// What listeners of a room hear: what changes it, and the last new name of each whose name could be seen
/// there by then.
fn heard(model: &Model, room: &Room) -> Vec<Applied> {
    let mut heard = room.changes.clone();
    for user in &model.users {
        let is_seen = model.seen_since(user.id, room.id).is_some_and(|since| since < user.named);
        if user.named.0 != user.id.0 && is_seen {
            let before = room.changes.iter().map(|done| done.seq).filter(|seq| *seq < user.named).max();
            let (seq, event) = (user.named, Event::PersonRenamed { user: user.id });
            heard.push(Applied {
                seq,
                previous: before.unwrap_or(Seq(room.id.0)),
                event,
                read_state_of: None,
                is_replay: false,
            });
        }
    }
    heard.sort_by_key(|done| done.seq);
    heard
}

fn pages_like(snapshot: &Snapshot, room: &Room, shown: &[Message]) {
    let ids = [0, room.id.0, room.last.0 / 2, room.last.0, room.last.0 + 1, u64::MAX].map(Seq);
    let windows = ids.into_iter().flat_map(|id| [Window::Before(id), Window::After(id), Window::Around(id)]);
    for window in windows.filter(|w| *w != Window::After(Seq(u64::MAX))).chain([Window::Latest]) {
        let page = snapshot.message_page(room.id, window).unwrap();
        let (at, older, newer) = room.page(window);
        assert_eq!((page.has_older, page.has_newer), (older, newer), "{window:?}");
        assert_eq!(page.messages, shown[at], "{window:?}");
    }
}
