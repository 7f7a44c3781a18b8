//! The model's rules of reading: how far somebody has come in a room, what they want to hear, what they have begun to write.

use taproom::domain::{
    Actor, Draft, Event, MarkReadOnPost, NotificationLevel, PostFollowUps, ReadState, ReadStateCommand, Refusal,
    RoomId, Seq, UserId, Visibility,
};

use super::{Mark, Model, Now, Post, Room};

impl Model {
    pub(super) fn read(
        &mut self,
        now: Now,
        who: Actor,
        id: RoomId,
        command: &ReadStateCommand,
    ) -> Result<Event, Refusal> {
        let user = self.asker(now, who)?;
        self.seen_by(now, &user, id)?;
        let user = user.id;
        let room = self.room_mut(id);
        match command {
            ReadStateCommand::MarkRead { seq } => {
                // Nobody has read what is still to come.
                let up_to = seq.0.min(now.seq.0 - 1);
                let mark = room.mark(user);
                mark.read = mark.read.max(up_to);
            }
            ReadStateCommand::MarkUnread { message } => {
                room.post(message.0).ok_or(Refusal::MessageNotFound)?;
                let mark = room.mark(user);
                // What was not read before stays so.
                if mark.read == 0 || mark.read >= message.0 {
                    mark.read = message.0 - 1;
                }
            }
            ReadStateCommand::SaveDraft { body, reply_to } => {
                room.drafts.retain(|(other, _)| *other != user);
                if body.is_some() || reply_to.is_some() {
                    let body = body.as_ref().map_or("", |body| body.as_str()).to_owned();
                    room.drafts.push((user, Draft { body, reply_to: *reply_to }));
                }
            }
            ReadStateCommand::SetNotificationLevel { level: involvement } => room.mark(user).involvement = *involvement,
            ReadStateCommand::SetFavorite { favorite: on_top } => room.mark(user).on_top = *on_top,
        }
        Ok(Event::ReadStateChanged { user, room: id })
    }
}

impl Model {
    /// What a post changes for its author, who is answered if it changed anything.
    pub(super) fn follow_up(
        &mut self,
        author: Actor,
        id: RoomId,
        message: Seq,
        follow_ups: PostFollowUps,
    ) -> Option<UserId> {
        let Actor::User(user) = author else { return None };
        let room = self.room_mut(id);
        let drafts = room.drafts.len();
        room.drafts.retain(|(other, _)| !follow_ups.clear_draft || *other != user);
        let was = room.marks.iter().find(|mark| mark.user == user).map_or(0, |mark| mark.read);
        let first_mention =
            room.posts.iter().find(|post| post.id > was && post.speaks_to(user)).map(|post| post.id - 1);
        let up_to = match follow_ups.mark_read {
            MarkReadOnPost::UpToMessage => message.0,
            MarkReadOnPost::UpToMention if was > 0 || room.kind == Visibility::Direct => {
                first_mention.unwrap_or(message.0)
            }
            MarkReadOnPost::UpToMention | MarkReadOnPost::Unchanged => 0,
        };
        let moves = up_to > was;
        if moves {
            room.mark(user).read = up_to;
        }
        (moves || room.drafts.len() < drafts).then_some(user)
    }
}

impl Post {
    fn speaks_to(&self, user: UserId) -> bool {
        self.author != user && (self.calls_all || self.mentions.contains(&user))
    }
}

impl Room {
    fn mark(&mut self, user: UserId) -> &mut Mark {
        let known = self.marks.iter().position(|mark| mark.user == user);
        let n = known.unwrap_or_else(|| {
            self.marks.push(Mark { user, read: 0, involvement: NotificationLevel::Default, on_top: false });
            self.marks.len() - 1
        });
        &mut self.marks[n]
    }

    /// What waits for somebody. Nothing for whoever spoke last, unless something of it speaks to them; for whoever has never
    /// read there that which speaks to them by name, and in a talk all of it.
    pub fn reading(&self, user: UserId) -> ReadState {
        let nothing = Mark { user, read: 0, involvement: NotificationLevel::Default, on_top: false };
        let mark = self.marks.iter().find(|mark| mark.user == user).unwrap_or(&nothing);
        let spoke_last = self.posts.last().is_some_and(|post| post.author == user);
        let speaks = |post: &Post| post.speaks_to(user);
        let waits = |post: &&Post| match mark.read {
            0 if self.kind != Visibility::Direct => post.mentions.contains(&user),
            read => post.id > read,
        };
        let waiting = || self.posts.iter().filter(waits);
        let mentions = waiting().filter(|post| speaks(post)).count() as u64;
        let unread = if spoke_last && mentions == 0 { 0 } else { waiting().count() as u64 };
        let Mark { read, involvement, on_top, .. } = *mark;
        let last = Seq(self.posts.last().map_or(0, |post| post.id));
        ReadState { read_up_to: Seq(read), last_message: last, unread, mentions, level: involvement, favorite: on_top }
    }
}
