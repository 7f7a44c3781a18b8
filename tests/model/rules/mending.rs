//! The model's rules of what becomes of words: to whom they speak, how they are mended, what hangs on them.

use taproom::domain::{Actor, Event, MessageContent, MessageId, Refusal, RoomId, Seq, Visibility};

use super::{Model, Now, Post, Room, User};

const EDITS: usize = 100;
const PINS: usize = 50;
const REACTIONS: usize = 20;
const REACTORS: usize = 200;
/// So many people are few: among them everybody may call everybody.
const FEW: usize = 20;
/// So many characters of a message stand in an answer to it.
const QUOTED: usize = 120;

impl Model {
    /// Puts words into a message: a new one, or one that is said otherwise.
    pub(super) fn speak(&mut self, now: Now, id: RoomId, message: MessageId, author: &User, words: &MessageContent) {
        let room = self.rooms.iter().find(|room| room.id == id).expect("a room that is there");
        let answered = room.post(message.0).and_then(|post| room.post(post.reply_to?)).map(|post| post.author);
        let is_few = if room.kind.is_members_only() { room.members.len() <= FEW } else { self.users.len() <= FEW };
        let calls_all = words.mentions_room && (is_few || author.keeps(room));
        let hears = |user: &User| !room.kind.is_members_only() || room.members.contains(&user.id);
        let is_spoken_to = |user: &&User| words.mentions.contains(&user.id) || answered == Some(user.id);
        let others = self.users.iter().filter(|user| user.id != author.id && hears(user));
        let mentions = others.filter(is_spoken_to).map(|user| user.id).collect();
        let post = self.post_mut(id, message);
        (post.body, post.html) =
            (words.body.as_str().to_owned(), words.rendered.as_ref().map(|rendered| rendered.html.clone()));
        (post.mentions, post.calls_all) = (mentions, calls_all);
        words.mentions.iter().for_each(|user| self.see(now, *user, id));
    }

    pub(super) fn edit(
        &mut self,
        now: Now,
        who: Actor,
        id: RoomId,
        message: MessageId,
        words: &MessageContent,
    ) -> Result<Event, Refusal> {
        let user = self.asker(now, who)?;
        let room = self.seen_by(now, &user, id)?;
        let post = room.said(message).ok_or(Refusal::MessageNotFound)?;
        if post.author != user.id {
            return Err(Refusal::NotAllowed);
        }
        self.may_speak(now, &user, room)?;
        if post.versions.len() >= EDITS {
            return Err(Refusal::LimitReached(EDITS));
        }
        let post = self.post_mut(id, message);
        post.versions.push((now.at, post.body.clone()));
        post.edited_at = Some(now.at);
        self.speak(now, id, message, &user, words);
        Ok(Event::MessageEdited { room: id, message })
    }

    pub(super) fn react(
        &mut self,
        now: Now,
        who: Actor,
        id: RoomId,
        message: MessageId,
        with: &str,
        on: bool,
    ) -> Result<Event, Refusal> {
        let user = self.asker(now, who)?;
        let room = self.seen_by(now, &user, id)?;
        let post = room.said(message).ok_or(Refusal::MessageNotFound)?;
        self.may_speak(now, &user, room)?;
        let same = post.reactions.iter().position(|(known, _)| known == with);
        let (kinds, by) = (post.reactions.len(), same.map_or(&[][..], |n| &post.reactions[n].1));
        if by.contains(&user.id) == on {
            return Ok(Event::AuditLogged); // it is as they want it
        }
        if on && by.len() >= REACTORS {
            return Err(Refusal::LimitReached(REACTORS));
        }
        if on && same.is_none() && kinds >= REACTIONS {
            return Err(Refusal::LimitReached(REACTIONS));
        }
        let reactions = &mut self.post_mut(id, message).reactions;
        match (same, on) {
            (None, _) => reactions.push((with.to_owned(), vec![user.id])),
            (Some(n), true) => reactions[n].1.push(user.id),
            (Some(n), false) => reactions[n].1.retain(|other| *other != user.id),
        }
        reactions.retain(|(_, by)| !by.is_empty());
        self.see(now, user.id, id);
        Ok(Event::ReactionsChanged { room: id, message })
    }

    pub(super) fn pin(
        &mut self,
        now: Now,
        who: Actor,
        id: RoomId,
        message: MessageId,
        pinned: bool,
    ) -> Result<Event, Refusal> {
        let user = self.asker(now, who)?;
        let room = self.seen_by(now, &user, id)?;
        if room.kind != Visibility::Direct && !user.keeps(room) {
            return Err(Refusal::NotAllowed);
        }
        let post = room.said(message).ok_or(Refusal::MessageNotFound)?;
        self.may_speak(now, &user, room)?;
        if post.pinned == pinned {
            return Ok(Event::AuditLogged);
        }
        if pinned && room.posts.iter().filter(|post| post.pinned).count() >= PINS {
            return Err(Refusal::LimitReached(PINS));
        }
        self.post_mut(id, message).pinned = pinned;
        Ok(Event::PinsChanged { room: id, message })
    }

    fn post_mut(&mut self, room: RoomId, Seq(message): MessageId) -> &mut Post {
        let posts = &mut self.room_mut(room).posts;
        posts.iter_mut().find(|post| post.id == message).expect("a message that is there")
    }
}

impl Room {
    pub fn post(&self, id: u64) -> Option<&Post> {
        self.posts.iter().find(|post| post.id == id)
    }
}

impl Post {
    /// How what was written begins, on one line.
    pub fn excerpt(&self) -> String {
        let line = self.body.split_whitespace().collect::<Vec<_>>().join(" ");
        let begins: String = line.chars().take(QUOTED).collect();
        if begins == line { line } else { begins + "…" }
    }
}
