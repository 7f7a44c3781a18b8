//! What the store once judged wrongly, each told as a story: draws come to the rarest of them too seldom to rely on.

use redb::backends::InMemoryBackend;
use taproom::domain::{Done, Event, Kind, Moment, Refusal, Role, RoomId, Seq, Until, UserId};
use taproom::store::Store;

use crate::written::{What, Written};

/// A house in which things are done one after the other.
struct Told(Store);

type Answer = Result<Done, Refusal>;

const ROOM: &str = "Cellar";

impl Told {
    /// A house with an owner.
    fn new() -> (Self, UserId) {
        let told = Self(Store::open_on(InMemoryBackend::new()).unwrap());
        let own = What::Own { house: "House".into(), name: "Olga".into(), password: 1, token: 1 };
        let owned = told.does(None, own).unwrap();
        (told, UserId(owned.seq.0))
    }

    fn does(&self, who: Option<UserId>, what: What) -> Answer {
        let written = Written { at: Moment(1), who, operator: false, nonce: None, what };
        let answer = self.0.commit(Moment(1), &[written.asked()]).unwrap().remove(0);
        self.0.verify().unwrap();
        answer
    }

    /// Somebody new, invited by somebody.
    fn comes(&self, by: UserId, name: &str, role: Role) -> UserId {
        let secret = 100 + self.0.snapshot().unwrap().last().unwrap().0;
        self.invites(by, role, secret).unwrap();
        self.joins(secret, name).map(|done| UserId(done.seq.0)).unwrap()
    }

    fn invites(&self, by: UserId, role: Role, code: u64) -> Answer {
        let (label, uses, until, rooms) = ("link".to_owned(), None, Until::LIFTED, Vec::new());
        self.does(Some(by), What::Invite { label, role, uses, until, rooms, code })
    }

    fn joins(&self, code: u64, name: &str) -> Answer {
        self.does(None, What::Join { code, name: name.into(), password: Some(2), token: 1_000 + code })
    }

    fn creates(&self, by: UserId, kind: Kind) -> Result<RoomId, Refusal> {
        let create = What::CreateRoom { name: ROOM.into(), kind, members: Vec::new(), salt: 7 };
        self.does(Some(by), create).map(|done| RoomId(done.seq.0))
    }

    fn says(&self, who: UserId, room: RoomId) -> Seq {
        self.does(Some(who), What::Post { room, body: "words".into() }).unwrap().seq
    }

    fn role(&self, user: UserId) -> Role {
        self.0.snapshot().unwrap().person(user).unwrap().expect("somebody").role
    }
}

#[test]
fn whoever_is_made_less_or_put_outside_comes_back_by_no_link_of_their_own() {
    let (house, owner) = Told::new();
    for (n, is_put_outside) in [(1, false), (2, true)] {
        let moderator = house.comes(owner, &format!("Moderator {n}"), Role::Moderator);
        house.invites(moderator, Role::Moderator, n).unwrap();
        house.invites(owner, Role::Moderator, 10 + n).unwrap();
        let less = match is_put_outside {
            true => What::Ban { user: moderator, until: Until::LIFTED, why: None, addresses: Vec::new() },
            false => What::SetRole { user: moderator, role: Role::Member },
        };
        house.does(Some(owner), less).unwrap();
        assert_eq!(house.joins(n, "again"), Err(Refusal::LinkDead));
        house.joins(10 + n, &format!("by another's link {n}")).unwrap();
    }
}

#[test]
fn an_owner_does_not_step_down_while_the_only_other_is_outside() {
    let (house, owner) = Told::new();
    let other = house.comes(owner, "Other", Role::Member);
    house.does(Some(owner), What::SetRole { user: other, role: Role::Owner }).unwrap();
    let ban = What::Ban { user: other, until: Until::LIFTED, why: None, addresses: Vec::new() };
    house.does(Some(owner), ban).unwrap();
    let step_down = || house.does(Some(owner), What::SetRole { user: owner, role: Role::Member });
    assert_eq!(step_down(), Err(Refusal::LastOwner));
    house.does(Some(owner), What::Unban { user: other }).unwrap();
    step_down().unwrap();
    assert_eq!((house.role(owner), house.role(other)), (Role::Member, Role::Owner));
}

#[test]
fn whoever_begins_a_direct_talk_is_not_above_the_other() {
    let (house, owner) = Told::new();
    let [ann, ben] = ["Ann", "Ben"].map(|name| house.comes(owner, name, Role::Member));
    let room = RoomId(house.does(Some(ann), What::Direct { with: vec![ben], salt: 1 }).unwrap().seq.0);
    let message = house.says(ben, room);
    for what in [
        What::RemoveMessage { room, message },
        What::MuteInRoom { room, user: ben, until: Until::LIFTED },
        What::Archive { room, archived: true },
    ] {
        assert_eq!(house.does(Some(ann), what), Err(Refusal::NotAllowed));
    }
    let found = house.does(Some(ben), What::Direct { with: vec![ann], salt: 2 }).unwrap();
    assert_eq!(found.event, Event::Opened { room });
}

#[test]
fn a_direct_room_is_not_created_by_a_name() {
    let (house, owner) = Told::new();
    assert_eq!(house.creates(owner, Kind::Direct), Err(Refusal::RoomKind));
}

#[test]
fn in_a_room_its_creator_silences_members_and_nobody_silences_another_moderator() {
    let (house, owner) = Told::new();
    let [one, other] = ["One", "Two"].map(|name| house.comes(owner, name, Role::Moderator));
    let member = house.comes(owner, "Member", Role::Member);
    let entered = house.does(None, What::Enter { room: ROOM.into(), name: "Guest".into(), token: 5 }).unwrap();
    let (guest, room) = (UserId(entered.seq.0), RoomId(entered.seq.0));
    let silences =
        |who, user| house.does(Some(who), What::MuteInRoom { room, user, until: Until::LIFTED }).map(|done| done.event);
    assert_eq!(silences(guest, member), Ok(Event::RoomMuted { room, user: member }));
    assert_eq!(silences(one, other), Err(Refusal::NotAllowed));
    assert_eq!(silences(guest, one), Err(Refusal::NotAllowed));
    assert_eq!(silences(owner, one), Ok(Event::RoomMuted { room, user: one }));
}

#[test]
fn a_room_that_was_closed_and_is_open_again_stands_in_one_list() {
    let (house, owner) = Told::new();
    let room = house.creates(owner, Kind::Closed).unwrap();
    let lists = || {
        let snapshot = house.0.snapshot().unwrap();
        let person = snapshot.person(owner).unwrap().expect("the owner");
        let hidden = snapshot.hidden_rooms(&person, Moment(1)).unwrap().len();
        (hidden, snapshot.recent_rooms(9, Some(&person), Moment(1)).unwrap().len())
    };
    assert_eq!(lists(), (1, 0));
    let open = What::SetRoom { room, name: ROOM.into(), topic: None, kind: Kind::Open, slow_s: 0, salt: 8 };
    house.does(Some(owner), open).unwrap();
    assert_eq!(lists(), (0, 1));
}
