//! The model's rules of what is said: saying it, taking it away, reporting it, and keeping somebody from it.

use taproom::domain::{
    Actor, AuditAction, Event, Expiry, JoinPolicy, MessageContent, MessageId, Refusal, Report, Role, RoomId,
    SingleLine, Timestamp, UserId,
};

use super::{DAY, MINUTE, Model, Now, Post, Room, User};

impl Model {
    pub(super) fn post(
        &mut self,
        now: Now,
        who: Actor,
        id: RoomId,
        words: &MessageContent,
        reply_to: Option<MessageId>,
    ) -> Result<Event, Refusal> {
        let user = self.asker(now, who)?;
        let room = self.seen_by(now, &user, id)?;
        self.may_speak(now, &user, room)?;
        let said_at = room.said.iter().rfind(|(author, _)| *author == user.id).map_or(0, |(_, at)| *at);
        let next = said_at + u64::from(room.slow_s) * 1_000;
        if said_at > 0 && now.at < next && !user.keeps(room) {
            return Err(Refusal::SlowMode((next - now.at).div_ceil(1_000)));
        }
        if let Some(answered) = reply_to {
            room.said(answered).ok_or(Refusal::MessageNotFound)?;
        }
        self.room_mut(id).say(now, &user, reply_to);
        self.speak(now, id, now.seq, &user, words);
        self.see(now, user.id, id);
        Ok(Event::MessagePosted { room: id, message: now.seq })
    }

    /// Whether the house, the room, and what was laid on somebody let them say anything there.
    pub(super) fn may_speak(&self, now: Now, user: &User, room: &Room) -> Result<(), Refusal> {
        if self.house.join_policy == JoinPolicy::Members && user.role == Role::Guest {
            return Err(Refusal::MembersOnly);
        }
        if room.archived {
            return Err(Refusal::RoomArchived);
        }
        let muted = room.muted_until(user.id).max(user.muted);
        if muted.is_active(Timestamp(now.at)) { Err(Refusal::Muted(muted)) } else { Ok(()) }
    }

    pub(super) fn remove_message(
        &mut self,
        now: Now,
        who: Actor,
        id: RoomId,
        message: MessageId,
    ) -> Result<Event, Refusal> {
        let user = self.asker(now, who)?;
        let room = self.seen_by(now, &user, id)?;
        let author = room.said(message).ok_or(Refusal::MessageNotFound)?.author;
        if author != user.id {
            if !user.keeps(room) {
                return Err(Refusal::NotAllowed);
            }
            self.note(now, Some(user.id), AuditAction::MessageDeleted { room: id, message, author });
        }
        self.room_mut(id).blank(&[message.0]);
        Ok(Event::MessageDeleted { room: id, message })
    }

    pub(super) fn report(
        &mut self,
        now: Now,
        who: Actor,
        id: RoomId,
        message: MessageId,
        why: Option<&SingleLine>,
    ) -> Result<Event, Refusal> {
        let user = self.asker(now, who)?;
        self.seen_by(now, &user, id)?.said(message).ok_or(Refusal::MessageNotFound)?;
        let why = why.map_or("", |why| why.as_str()).to_owned();
        let report = Report {
            room: id,
            message,
            reporter: user.id,
            reason: why,
            reported_at: Timestamp(now.at),
            resolved: None,
        };
        self.reports.push((now.seq, report));
        Ok(Event::AuditLogged)
    }

    /// Whoever keeps order in a room silences everybody there but themselves and those who keep order in the house; whom
    /// only one above them silences.
    pub(super) fn mute_in_room(
        &mut self,
        now: Now,
        who: Actor,
        id: RoomId,
        other: UserId,
        until: Expiry,
    ) -> Result<Event, Refusal> {
        let user = self.asker(now, who)?;
        if !user.keeps(self.seen_by(now, &user, id)?) {
            return Err(Refusal::NotAllowed);
        }
        let other = self.user(other).ok_or(Refusal::PersonNotFound)?;
        if other.id == user.id || (other.role >= Role::Moderator && !user.outranks(other)) {
            return Err(Refusal::NotAllowed);
        }
        let other = other.id;
        self.room_mut(id).muted.push((other, until));
        self.note(now, Some(user.id), AuditAction::Muted { user: other, room: Some(id), until });
        Ok(Event::MutedInRoom { room: id, user: other })
    }

    pub(super) fn erase(
        &mut self,
        now: Now,
        who: Actor,
        user: UserId,
        id: RoomId,
        after: MessageId,
    ) -> Result<Event, Refusal> {
        let (by, _) = self.above(now, who, user)?;
        let room = self.rooms.iter().find(|room| room.id == id).ok_or(Refusal::MessageNotFound)?;
        let said = room.posts.iter().filter(|post| post.id > after.0 && post.author == user && !post.body.is_empty());
        let said: Vec<u64> = said.map(|post| post.id).take(256).collect();
        if said.is_empty() {
            return Err(Refusal::MessageNotFound);
        }
        self.room_mut(id).blank(&said);
        self.note(now, Some(by.id), AuditAction::MessagesPurged { user, room: id, messages: said.len() as u32 });
        Ok(Event::RoomChanged { room: id })
    }
}

impl Room {
    /// Somebody begins to say something; the words follow.
    fn say(&mut self, now: Now, user: &User, reply_to: Option<MessageId>) {
        let (author, previous) = (user.id, self.posts.last());
        let same_day = previous.is_some_and(|p| p.at / DAY == now.at / DAY);
        let follows = previous.is_some_and(|p| p.author == author && now.at - p.at < 5 * MINUTE) && same_day;
        let (id, reply_to) = (now.seq.0, reply_to.map(|message| message.0));
        self.posts.push(Post::wordless(id, author, now.at, (follows, !same_day), reply_to));
        if self.slow_s > 0 {
            self.said.push((user.id, now.at));
        }
    }

    /// What was said and not taken away.
    pub(super) fn said(&self, message: MessageId) -> Option<&Post> {
        self.posts.iter().find(|post| post.id == message.0 && !post.body.is_empty())
    }

    /// Of what is taken away there stays who said it, when, and what it answered.
    fn blank(&mut self, messages: &[u64]) {
        for post in self.posts.iter_mut().filter(|post| messages.contains(&post.id)) {
            let Post { id, author, at, follows, opens_day, reply_to, .. } = post.clone();
            *post = Post::wordless(id, author, at, (follows, opens_day), reply_to);
        }
    }

    pub fn muted_until(&self, user: UserId) -> Expiry {
        self.muted.iter().rfind(|(muted, _)| *muted == user).map_or(Expiry::PAST, |(_, until)| *until)
    }
}

impl Post {
    /// What there is of a message before its words, and after them.
    fn wordless(id: u64, author: UserId, at: u64, (follows, opens_day): (bool, bool), reply_to: Option<u64>) -> Self {
        Self {
            id,
            author,
            at,
            follows,
            opens_day,
            reply_to,
            body: String::new(),
            html: None,
            mentions: Vec::new(),
            calls_all: false,
            edited_at: None,
            pinned: false,
            reactions: Vec::new(),
            versions: Vec::new(),
        }
    }
}
