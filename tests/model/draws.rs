//! What is drawn by lot: commands of every kind, with names, rooms and nonces that often meet.

use proptest::prelude::*;
use taproom::domain::{Asked, Body, Command, Nonce, RoomId, RoomName, TokenHash, UserName, Who};

use crate::rules::Model;

/// Names of which some are one, in different spellings; hostile ones among them.
pub const NAMES: [&str; 6] = ["Ann", "ＡＮＮ", "<b>Ben</b>", "\"Cid\" & co", "an\u{200d}n", "d\u{202e}ora"];
/// Rooms of which some have one address.
const ROOMS: [&str; 5] = ["Café 12/3 🚀", "CAFE\u{301} 12-3 🚀", "Cellar", "<i>", "cellar "];

/// What is drawn. Numbers stand for people, rooms and tokens that are there when it is carried out, as far as they go.
#[derive(Clone, Debug)]
pub enum Draw {
    Enter { room: usize, name: usize },
    Open { room: usize },
    Post { room: usize, text: u8, times: usize },
    Leave { token: usize },
}

#[derive(Clone, Debug)]
pub struct Wish {
    who: usize,
    nonce: Option<u8>,
    draw: Draw,
}

/// Some wishes that share a transaction, and how much later than the last they come; clocks also run back.
pub type Batch = (i64, Vec<Wish>);

fn wish() -> impl Strategy<Value = Wish> {
    let draw = prop_oneof![
        3 => (0..ROOMS.len(), 0..NAMES.len()).prop_map(|(room, name)| Draw::Enter { room, name }),
        2 => (0..ROOMS.len()).prop_map(|room| Draw::Open { room }),
        8 => (0..4_usize, any::<u8>(), prop_oneof![9 => Just(1_usize), 1 => Just(60)])
            .prop_map(|(room, text, times)| Draw::Post { room, text, times }),
        1 => (0..9_usize).prop_map(|token| Draw::Leave { token }),
    ];
    (0..4_usize, prop::option::of(0..2_u8), draw).prop_map(|(who, nonce, draw)| Wish { who, nonce, draw })
}

pub fn batch() -> impl Strategy<Value = Batch> {
    let hour = 60 * 60 * 1_000;
    // To both sides of where a person is named again, and of where an outcome is forgotten.
    let later = prop::sample::select(vec![0, 299_999, 300_000, 300_000, -hour, 13 * hour, 48 * hour - 1, 48 * hour]);
    (later, prop::collection::vec(wish(), 1..12))
}

/// A batch as commands. Each wish to enter brings a token that was never there before.
pub fn commands(model: &Model, batch: &[Wish], hashes: &mut Vec<TokenHash>) -> Vec<Asked> {
    let mut all = Vec::new();
    for Wish { who, nonce, draw } in batch {
        // Beyond those who are there stands nobody.
        let who = model.users.get(*who).map_or(Who::Nobody, |(id, _)| Who::User(*id));
        let nonce = nonce.and_then(|nonce| Nonce::parse(&format!("nonce-{nonce}")).unwrap());
        let (times, command) = match draw {
            Draw::Enter { room, name } => {
                let mut token = [9; 32];
                token[..8].copy_from_slice(&(hashes.len() as u64).to_be_bytes());
                hashes.push(TokenHash(token));
                let (room, name) = (RoomName::parse(ROOMS[*room]).unwrap(), UserName::parse(NAMES[*name]).unwrap());
                (1, Command::Enter { room, name, token: TokenHash(token) })
            }
            Draw::Open { room } => (1, Command::Open { room: RoomName::parse(ROOMS[*room]).unwrap() }),
            Draw::Post { room, text, times } => {
                let room = model.rooms.get(*room).map_or(RoomId(u64::MAX), |room| room.id);
                (*times, Command::Post { room, body: Body::parse(&format!("<p>\ntext {text} 🚀")).unwrap() })
            }
            Draw::Leave { token } => {
                (1, Command::Leave { token: hashes.get(*token).copied().unwrap_or(TokenHash([1; 32])) })
            }
        };
        all.extend(std::iter::repeat_n(Asked { who, nonce, command }, times));
    }
    all
}
