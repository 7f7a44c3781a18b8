//! A house in which a story is told: things are done one after the other, and after each every row fits the others.

use redb::backends::InMemoryBackend;
use taproom::domain::{Applied, Expiry, ReadState, Refusal, Role, RoomId, Seq, Timestamp, UserId, Visibility};
use taproom::store::Store;

use crate::post::{FollowUps, Said, WrittenPost};
use crate::written::{What, Written};

/// A house in which things are done one after the other.
pub struct Told(pub Store);

/// What comes of it.
pub type Answer = Result<Applied, Refusal>;

/// The room that is created.
pub const ROOM: &str = "Cellar";

impl Told {
    /// A house with an owner.
    pub fn new() -> (Self, UserId) {
        let told = Self(Store::open_with_backend(InMemoryBackend::new()).unwrap());
        let own = What::Own { house: "House".into(), name: "Olga".into(), password: 1, token: 1 };
        let owned = told.does(None, own).unwrap();
        (told, UserId(owned.seq.0))
    }

    pub fn does(&self, who: Option<UserId>, what: What) -> Answer {
        self.does_at(Timestamp(1), who, what)
    }

    pub fn does_at(&self, at: Timestamp, who: Option<UserId>, what: What) -> Answer {
        let written = Written { at, who, operator: false, nonce: None, what };
        let answer = self.0.commit(at, &[written.asked()]).unwrap().remove(0);
        self.0.verify().unwrap();
        answer
    }

    /// Somebody new, invited by somebody.
    pub fn comes(&self, by: UserId, name: &str, role: Role) -> UserId {
        let secret = 100 + self.0.snapshot().unwrap().last_seq().unwrap().0;
        self.invites(by, role, secret).unwrap();
        self.joins(secret, name).map(|done| UserId(done.seq.0)).unwrap()
    }

    pub fn invites(&self, by: UserId, role: Role, code: u64) -> Answer {
        let (label, uses, until, rooms) = ("link".to_owned(), None, Expiry::NEVER, Vec::new());
        self.does(Some(by), What::Invite { label, role, uses, until, rooms, code })
    }

    pub fn joins(&self, code: u64, name: &str) -> Answer {
        self.does(None, What::Join { code, name: name.into(), password: Some(2), token: 1_000 + code })
    }

    pub fn creates(&self, by: UserId, kind: Visibility) -> Result<RoomId, Refusal> {
        let create = What::CreateRoom { name: ROOM.into(), kind, members: Vec::new(), salt: 7 };
        self.does(Some(by), create).map(|done| RoomId(done.seq.0))
    }

    pub fn says(&self, who: UserId, room: RoomId) -> Seq {
        self.says_this(who, room, Said::plain("words"))
    }

    pub fn says_this(&self, who: UserId, room: RoomId, said: Said) -> Seq {
        let post = WrittenPost { room, said, reply_to: None, follow_ups: FollowUps::default() };
        self.does(Some(who), What::Post(Box::new(post))).unwrap().seq
    }

    pub fn reading(&self, who: UserId, room: RoomId) -> ReadState {
        self.0.snapshot().unwrap().read_state(who, room).unwrap()
    }

    pub fn role(&self, user: UserId) -> Role {
        self.0.snapshot().unwrap().person_by_id(user).unwrap().expect("somebody").role
    }
}
