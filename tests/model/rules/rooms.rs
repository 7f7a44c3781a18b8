//! The model's rules of rooms: who comes into them and opens them, what they are, and who belongs to the hidden ones.

use taproom::domain::{
    Address, Deed, Device, Door, Event, Kind, Refusal, Role, RoomCommand, RoomId, RoomName, Salt, TokenHash, TokenKind,
    UserId, UserName, Who,
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
        match (self.house.door, self.house.new_guests) {
            (Door::Open, true) => {}
            (Door::Open, false) => return Err(Refusal::NoNewGuests),
            (Door::Invited, _) => return Err(Refusal::DoorInvited),
            (Door::Members, _) => return Err(Refusal::DoorMembers),
        }
        self.may_open(Role::Guest, room)?;
        let user = self.take_name(now, name, None)?;
        self.give(now, user, token, TokenKind::Session(device.clone()));
        Ok(Event::Entered { user, room: self.find_or_open(now, user, room) })
    }

    pub(super) fn open(&mut self, now: Now, who: Who, name: &RoomName) -> Result<Event, Refusal> {
        let user = self.asker(now, who)?;
        if !self.admits(Some(&user)) {
            return Err(Refusal::DoorMembers);
        }
        if let Some(room) = self.room_at(name.address().as_str()).filter(|room| self.sees(now.at, room, Some(&user))) {
            return Ok(Event::Opened { room: room.id });
        }
        self.may_open(user.role, name)?;
        Ok(Event::Opened { room: self.find_or_open(now, user.id, name) })
    }

    pub(super) fn on_room(&mut self, now: Now, who: Who, id: RoomId, command: &RoomCommand) -> Result<Event, Refusal> {
        use RoomCommand as C;
        match command {
            C::EditMessage { message, words } => self.edit(now, who, id, *message, words),
            C::React { message, reaction, on } => self.react(now, who, id, *message, reaction.as_str(), *on),
            C::Pin { message, pinned } => self.pin(now, who, id, *message, *pinned),
            C::RemoveMessage { message } => self.remove_message(now, who, id, *message),
            C::Report { message, why } => self.report(now, who, id, *message, why.as_ref()),
            C::Mute { user, until } => self.mute_in_room(now, who, id, *user, *until),
            C::Undelete => self.undelete(now, who, id),
            C::Leave => {
                let user = self.asker(now, who)?;
                if self.seen_by(now, &user, id)?.kind != Kind::Closed {
                    return Err(Refusal::RoomKind);
                }
                self.part(id, user.id)
            }
            C::Set { .. } | C::Add { .. } | C::Remove { .. } | C::Archive { .. } | C::Delete => {
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
            C::Set { .. } => self.set(now, user, id, command),
            C::Add { user: other } if kind == Kind::Closed => {
                self.user(*other).ok_or(Refusal::PersonUnknown)?;
                self.room_mut(id).belong(*other);
                Ok(Event::Joined { room: id, user: *other })
            }
            C::Remove { user: other } if kind == Kind::Closed && *other != user.id => self.part(id, *other),
            C::Archive { archived } => {
                self.room_mut(id).archived = *archived;
                self.note(now, Some(user.id), Deed::Archived { room: id, archived: *archived });
                Ok(Event::RoomChanged { room: id })
            }
            C::Delete if kind != Kind::Direct => {
                self.room_mut(id).deleted_at = Some(now.at);
                self.note(now, Some(user.id), Deed::RoomDeleted { room: id, deleted: true });
                Ok(Event::RoomGone { room: id })
            }
            _ => Err(Refusal::RoomKind),
        }
    }

    fn set(&mut self, now: Now, user: &User, id: RoomId, command: &RoomCommand) -> Result<Event, Refusal> {
        let RoomCommand::Set { name, topic, kind, slow_s, salt } = command else { panic!("settings") };
        let room = self.room_mut(id);
        if room.kind == Kind::Direct || *kind == Kind::Direct {
            return Err(Refusal::RoomKind);
        }
        let (was_hidden, is_hidden, creator) = (room.kind.is_hidden(), kind.is_hidden(), room.created_by);
        if room.name != name.as_str() || was_hidden != is_hidden {
            let address = address(name, *kind, *salt);
            if self.holder(&address).is_some_and(|holder| holder != id) {
                return Err(Refusal::RoomTaken);
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
            self.note(now, Some(user.id), Deed::RoomSet { room: id });
        }
        Ok(Event::RoomChanged { room: id })
    }

    fn undelete(&mut self, now: Now, who: Who, id: RoomId) -> Result<Event, Refusal> {
        let user = self.asker(now, who)?;
        let unknown = Refusal::RoomUnknown(String::new());
        let room = self.rooms.iter().find(|room| room.id == id).ok_or(unknown.clone())?;
        if !self.may_have_back(now.at, room, &user) {
            return Err(unknown);
        }
        let address = room.address.clone();
        if self.holder(&address).is_some() {
            return Err(Refusal::RoomTaken);
        }
        self.addresses.push((address, id));
        self.room_mut(id).deleted_at = None;
        self.note(now, Some(user.id), Deed::RoomDeleted { room: id, deleted: false });
        Ok(Event::RoomGone { room: id })
    }

    fn part(&mut self, id: RoomId, user: UserId) -> Result<Event, Refusal> {
        let members = &mut self.room_mut(id).members;
        let index = members.iter().position(|member| *member == user).ok_or(Refusal::PersonUnknown)?;
        members.remove(index);
        Ok(Event::Parted { room: id, user })
    }

    pub(super) fn create(
        &mut self,
        now: Now,
        who: Who,
        (name, kind): (&RoomName, Kind),
        members: &[UserId],
        salt: Salt,
    ) -> Result<Event, Refusal> {
        let user = self.asker(now, who)?;
        if !self.admits(Some(&user)) || user.role < self.house.rooms_by {
            return Err(Refusal::NotAllowed);
        }
        if kind == Kind::Direct {
            return Err(Refusal::RoomKind);
        }
        self.all_known(members)?;
        let address = address(name, kind, salt);
        if self.holder(&address).is_some() {
            return Err(Refusal::RoomTaken);
        }
        let room = self.new_room(now, user.id, name.as_str(), address, kind);
        if kind == Kind::Closed {
            members.iter().chain([&user.id]).for_each(|member| self.room_mut(room).belong(*member));
        }
        Ok(Event::Opened { room })
    }

    pub(super) fn direct(&mut self, now: Now, who: Who, with: &[UserId], salt: Salt) -> Result<Event, Refusal> {
        let user = self.asker(now, who)?;
        if !self.admits(Some(&user)) {
            return Err(Refusal::DoorMembers);
        }
        self.all_known(with)?;
        let mut people = [with, &[user.id]].concat();
        people.sort();
        people.dedup();
        match people.len() {
            0..=1 => return Err(Refusal::PersonUnknown),
            2..=8 => {}
            _ => return Err(Refusal::TooMany(8)),
        }
        let theirs = |room: &&Room| room.kind == Kind::Direct && room.members == people;
        if let Some(room) = self.rooms.iter().find(theirs) {
            return Ok(Event::Opened { room: room.id });
        }
        let address = Address::hidden("direct", salt);
        if self.holder(&address).is_some() {
            return Err(Refusal::RoomTaken);
        }
        let room = self.new_room(now, user.id, "", address, Kind::Direct);
        people.iter().for_each(|user| self.see(now, *user, room));
        self.room_mut(room).members = people;
        Ok(Event::Opened { room })
    }

    fn all_known(&self, people: &[UserId]) -> Result<(), Refusal> {
        if people.len() > PICKED {
            return Err(Refusal::TooMany(PICKED));
        }
        let is_known = people.iter().all(|id| self.user(*id).is_some());
        if is_known { Ok(()) } else { Err(Refusal::PersonUnknown) }
    }
}

fn address(name: &RoomName, kind: Kind, salt: Salt) -> String {
    let plain = name.address().as_str();
    if kind.is_hidden() { Address::hidden(plain, salt) } else { plain.to_owned() }
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
        let room = self.room_at(name.address().as_str())?;
        (!room.kind.is_hidden() && room.deleted_at.is_none()).then_some(room.id)
    }

    fn may_open(&self, role: Role, name: &RoomName) -> Result<(), Refusal> {
        if self.open_room(name).is_some() {
            Ok(())
        } else if role < self.house.rooms_by {
            Err(Refusal::room_unknown(name.as_str()))
        } else {
            Ok(())
        }
    }

    fn find_or_open(&mut self, now: Now, by: UserId, name: &RoomName) -> RoomId {
        let there = self.open_room(name);
        there.unwrap_or_else(|| self.new_room(now, by, name.as_str(), name.address().to_string(), Kind::Open))
    }

    fn new_room(&mut self, now: Now, by: UserId, name: &str, address: String, kind: Kind) -> RoomId {
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
