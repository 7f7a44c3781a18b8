//! The model's rules of rooms: who comes into them and opens them, what they are, and who belongs to the hidden ones.

use taproom::domain::{
    Actor, AuditAction, Device, Event, JoinPolicy, Refusal, Role, RoomCommand, RoomId, RoomName, Salt, Slug, TokenHash,
    TokenKind, UserId, UserName, Visibility,
};

use super::house::PICKED;
use super::{DAY, Model, Now, Room, User};

impl Model {
    pub(super) fn enter(
        &mut self,
        now: Now,
        room: &RoomName,
        name: &UserName,
        token: TokenHash,
        device: &Device,
    ) -> Result<Event, Refusal> {
        match (self.house.join_policy, self.house.allow_guests) {
            (JoinPolicy::Anyone, true) => {}
            (JoinPolicy::Anyone, false) => return Err(Refusal::GuestsNotAllowed),
            (JoinPolicy::Invited, _) => return Err(Refusal::InvitationRequired),
            (JoinPolicy::Members, _) => return Err(Refusal::MembersOnly),
        }
        self.may_open(Role::Guest, room)?;
        let user = self.take_name(now, name, None)?;
        self.give(now, user, token, TokenKind::Session(device.clone()));
        Ok(Event::PersonJoined { user, room: self.find_or_open(now, user, room) })
    }

    pub(super) fn open(&mut self, now: Now, who: Actor, name: &RoomName) -> Result<Event, Refusal> {
        let user = self.asker(now, who)?;
        if !self.admits(Some(&user)) {
            return Err(Refusal::MembersOnly);
        }
        if let Some(room) = self.room_at(name.slug().as_str()).filter(|room| self.sees(now.at, room, Some(&user))) {
            return Ok(Event::RoomOpened { room: room.id });
        }
        self.may_open(user.role, name)?;
        Ok(Event::RoomOpened { room: self.find_or_open(now, user.id, name) })
    }

    pub(super) fn on_room(
        &mut self,
        now: Now,
        who: Actor,
        id: RoomId,
        command: &RoomCommand,
    ) -> Result<Event, Refusal> {
        use RoomCommand as C;
        match command {
            C::EditMessage { message, content: words } => self.edit(now, who, id, *message, words),
            C::SetReaction { message, reaction, present: on } => {
                self.react(now, who, id, *message, reaction.as_str(), *on)
            }
            C::SetPinned { message, pinned } => self.pin(now, who, id, *message, *pinned),
            C::DeleteMessage { message } => self.remove_message(now, who, id, *message),
            C::ReportMessage { message, reason: why } => self.report(now, who, id, *message, why.as_ref()),
            C::MuteMember { user, until } => self.mute_in_room(now, who, id, *user, *until),
            C::Restore => self.undelete(now, who, id),
            C::Leave => {
                let user = self.asker(now, who)?;
                if self.seen_by(now, &user, id)?.kind != Visibility::Private {
                    return Err(Refusal::RoomVisibilityUnsupported);
                }
                self.part(id, user.id)
            }
            C::Update { .. } | C::AddMember { .. } | C::RemoveMember { .. } | C::SetArchived { .. } | C::Delete => {
                let user = self.asker(now, who)?;
                if !user.keeps(self.seen_by(now, &user, id)?) {
                    return Err(Refusal::NotAllowed);
                }
                self.keep(now, &user, id, command)
            }
        }
    }

    /// What whoever keeps order in a room does with it.
    fn keep(&mut self, now: Now, user: &User, id: RoomId, command: &RoomCommand) -> Result<Event, Refusal> {
        use RoomCommand as C;
        let kind = self.room_mut(id).kind;
        match command {
            C::Update { .. } => self.set(now, user, id, command),
            C::AddMember { user: other } if kind == Visibility::Private => {
                self.user(*other).ok_or(Refusal::PersonNotFound)?;
                self.room_mut(id).belong(*other);
                Ok(Event::MemberAdded { room: id, user: *other })
            }
            C::RemoveMember { user: other } if kind == Visibility::Private && *other != user.id => {
                self.part(id, *other)
            }
            C::SetArchived { archived } => {
                self.room_mut(id).archived = *archived;
                self.note(now, Some(user.id), AuditAction::RoomArchived { room: id, archived: *archived });
                Ok(Event::RoomChanged { room: id })
            }
            C::Delete if kind != Visibility::Direct => {
                self.room_mut(id).deleted_at = Some(now.at);
                self.note(now, Some(user.id), AuditAction::RoomDeleted { room: id, deleted: true });
                Ok(Event::RoomDeletedOrRestored { room: id })
            }
            _ => Err(Refusal::RoomVisibilityUnsupported),
        }
    }

    fn set(&mut self, now: Now, user: &User, id: RoomId, command: &RoomCommand) -> Result<Event, Refusal> {
        let RoomCommand::Update { name, topic, visibility: kind, slow_mode_s: slow_s, salt } = command else {
            panic!("settings")
        };
        let room = self.room_mut(id);
        if room.kind == Visibility::Direct || *kind == Visibility::Direct {
            return Err(Refusal::RoomVisibilityUnsupported);
        }
        let (was_hidden, is_hidden, creator) = (room.kind.is_members_only(), kind.is_members_only(), room.created_by);
        if room.name != name.as_str() || was_hidden != is_hidden {
            let address = address(name, *kind, *salt);
            if self.holder(&address).is_some_and(|holder| holder != id) {
                return Err(Refusal::RoomNameTaken);
            }
            self.room_mut(id).address.clone_from(&address);
            self.addresses.push((address, id));
        }
        let room = self.room_mut(id);
        if is_hidden && !was_hidden {
            room.belong(user.id);
        }
        (room.name, room.kind, room.slow_s) = (name.as_str().to_owned(), *kind, *slow_s);
        room.topic = topic.as_ref().map_or("", |topic| topic.as_str()).to_owned();
        if creator != user.id {
            self.note(now, Some(user.id), AuditAction::RoomChanged { room: id });
        }
        Ok(Event::RoomChanged { room: id })
    }

    fn undelete(&mut self, now: Now, who: Actor, id: RoomId) -> Result<Event, Refusal> {
        let user = self.asker(now, who)?;
        let unknown = Refusal::RoomNotFound(String::new());
        let room = self.rooms.iter().find(|room| room.id == id).ok_or(unknown.clone())?;
        if !self.may_have_back(now.at, room, &user) {
            return Err(unknown);
        }
        let address = room.address.clone();
        if self.holder(&address).is_some() {
            return Err(Refusal::RoomNameTaken);
        }
        self.addresses.push((address, id));
        self.room_mut(id).deleted_at = None;
        self.note(now, Some(user.id), AuditAction::RoomDeleted { room: id, deleted: false });
        Ok(Event::RoomDeletedOrRestored { room: id })
    }

    fn part(&mut self, id: RoomId, user: UserId) -> Result<Event, Refusal> {
        let members = &mut self.room_mut(id).members;
        let index = members.iter().position(|member| *member == user).ok_or(Refusal::PersonNotFound)?;
        members.remove(index);
        Ok(Event::MemberRemoved { room: id, user })
    }

    pub(super) fn create(
        &mut self,
        now: Now,
        who: Actor,
        (name, kind): (&RoomName, Visibility),
        members: &[UserId],
        salt: Salt,
    ) -> Result<Event, Refusal> {
        let user = self.asker(now, who)?;
        if !self.admits(Some(&user)) || user.role < self.house.room_creation {
            return Err(Refusal::NotAllowed);
        }
        if kind == Visibility::Direct {
            return Err(Refusal::RoomVisibilityUnsupported);
        }
        self.all_known(members)?;
        let address = address(name, kind, salt);
        if self.holder(&address).is_some() {
            return Err(Refusal::RoomNameTaken);
        }
        let room = self.new_room(now, user.id, name.as_str(), address, kind);
        if kind == Visibility::Private {
            members.iter().chain([&user.id]).for_each(|member| self.room_mut(room).belong(*member));
        }
        Ok(Event::RoomOpened { room })
    }

    pub(super) fn direct(&mut self, now: Now, who: Actor, with: &[UserId], salt: Salt) -> Result<Event, Refusal> {
        let user = self.asker(now, who)?;
        if !self.admits(Some(&user)) {
            return Err(Refusal::MembersOnly);
        }
        self.all_known(with)?;
        let mut people = [with, &[user.id]].concat();
        people.sort();
        people.dedup();
        match people.len() {
            0..=1 => return Err(Refusal::PersonNotFound),
            2..=8 => {}
            _ => return Err(Refusal::LimitReached(8)),
        }
        let theirs = |room: &&Room| room.kind == Visibility::Direct && room.members == people;
        if let Some(room) = self.rooms.iter().find(theirs) {
            return Ok(Event::RoomOpened { room: room.id });
        }
        let address = Slug::hidden_text("direct", salt);
        if self.holder(&address).is_some() {
            return Err(Refusal::RoomNameTaken);
        }
        let room = self.new_room(now, user.id, "", address, Visibility::Direct);
        people.iter().for_each(|user| self.see(now, *user, room));
        self.room_mut(room).members = people;
        Ok(Event::RoomOpened { room })
    }

    fn all_known(&self, people: &[UserId]) -> Result<(), Refusal> {
        if people.len() > PICKED {
            return Err(Refusal::LimitReached(PICKED));
        }
        let is_known = people.iter().all(|id| self.user(*id).is_some());
        if is_known { Ok(()) } else { Err(Refusal::PersonNotFound) }
    }
}

fn address(name: &RoomName, kind: Visibility, salt: Salt) -> String {
    let plain = name.slug().as_str();
    if kind.is_members_only() { Slug::hidden_text(plain, salt) } else { plain.to_owned() }
}

/// Where a room is found.
impl Model {
    /// Whether a room was deleted less than a week ago, and may be had back by this person.
    pub fn may_have_back(&self, at: u64, room: &Room, user: &User) -> bool {
        let is_gone = room.deleted_at.is_some_and(|deleted_at| at - deleted_at < 7 * DAY);
        let there = Room { deleted_at: None, ..room.clone() };
        is_gone && user.keeps(room) && self.sees(at, &there, Some(user))
    }

    /// The room to which an address leads, if it is there at all.
    pub fn room_at(&self, address: &str) -> Option<&Room> {
        let (_, id) = self.addresses.iter().rfind(|(known, _)| known == address)?;
        self.rooms.iter().find(|room| room.id == *id)
    }

    /// The room that has this address now, and is not deleted: nobody else can take it. One that it once had is free.
    fn holder(&self, address: &str) -> Option<RoomId> {
        self.rooms.iter().find(|room| room.address == address && room.deleted_at.is_none()).map(|room| room.id)
    }

    /// The room for everybody in the house at this address.
    fn open_room(&self, name: &RoomName) -> Option<RoomId> {
        let room = self.room_at(name.slug().as_str())?;
        (!room.kind.is_members_only() && room.deleted_at.is_none()).then_some(room.id)
    }

    fn may_open(&self, role: Role, name: &RoomName) -> Result<(), Refusal> {
        if self.open_room(name).is_some() {
            Ok(())
        } else if role < self.house.room_creation {
            Err(Refusal::room_not_found(name.as_str()))
        } else {
            Ok(())
        }
    }

    fn find_or_open(&mut self, now: Now, by: UserId, name: &RoomName) -> RoomId {
        let there = self.open_room(name);
        there.unwrap_or_else(|| self.new_room(now, by, name.as_str(), name.slug().to_string(), Visibility::Open))
    }

    fn new_room(&mut self, now: Now, by: UserId, name: &str, address: String, kind: Visibility) -> RoomId {
        let id = RoomId(now.seq.0);
        self.addresses.push((address.clone(), id));
        self.rooms.push(Room {
            id,
            name: name.to_owned(),
            address,
            topic: String::new(),
            kind,
            created_by: by,
            slow_s: 0,
            archived: false,
            deleted_at: None,
            members: Vec::new(),
            muted: Vec::new(),
            said: Vec::new(),
            posts: Vec::new(),
            marks: Vec::new(),
            drafts: Vec::new(),
            changes: Vec::new(),
            last: now.seq,
            last_at: now.at,
        });
        id
    }
}
