//! What somebody may wish, in numbers that anybody can draw, with names, rooms and nonces that often meet; and how it
//! becomes commands.

use taproom::domain::{Asked, Body, Command, Device, Nonce, RoomId, RoomName, TokenHash, UserName, Who};

use crate::rules::Model;

/// Names of which some are one, in different spellings; hostile ones among them.
pub const NAMES: [&str; 6] = ["Ann", "ＡＮＮ", "<b>Ben</b>", "\"Cid\" & co", "an\u{200d}n", "d\u{202e}ora"];
/// Rooms of which some have one address.
pub const ROOMS: [&str; 5] = ["Café 12/3 🚀", "CAFE\u{301} 12-3 🚀", "Cellar", "<i>", "cellar "];

/// What is wished. Numbers stand for people, rooms and tokens that are there when it is carried out, as far as they go,
/// and for names: beyond the last, they begin again with a number behind them.
#[derive(Clone, Debug)]
pub enum Draw {
    Enter { room: usize, name: usize },
    Open { room: usize },
    Post { room: usize, text: u8, times: usize },
    Leave { token: usize },
}

#[derive(Clone, Debug)]
pub struct Wish {
    pub who: usize,
    pub nonce: Option<u8>,
    pub draw: Draw,
}

/// Some wishes that share a transaction, and how much later than the last they come, in milliseconds; clocks also run
/// back.
pub type Batch = (i64, Vec<Wish>);

/// A batch as commands. Each wish to enter brings a token that was never there before.
pub fn commands(model: &Model, batch: &[Wish], hashes: &mut Vec<TokenHash>) -> Vec<Asked> {
    let mut all = Vec::new();
    for Wish { who, nonce, draw } in batch {
        // Beyond those who are there stands nobody.
        let who = model.users.get(*who).map_or(Who::Nobody, |(id, _)| Who::User(*id));
        let nonce = nonce.and_then(|nonce| Nonce::parse(&format!("nonce-{nonce}")).unwrap());
        let (times, command) = match draw {
            Draw::Enter { room, name } => {
                let token = token(hashes.len() as u64);
                hashes.push(token);
                let name = UserName::parse(&numbered(&NAMES, *name)).unwrap();
                (1, Command::Enter { room: room_name(*room), name, token, device: Device::default() })
            }
            Draw::Open { room } => (1, Command::Open { room: room_name(*room) }),
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

/// The hash of the token of this number.
pub fn token(number: u64) -> TokenHash {
    let mut hash = [9; 32];
    hash[..8].copy_from_slice(&number.to_be_bytes());
    TokenHash(hash)
}

fn room_name(n: usize) -> RoomName {
    RoomName::parse(&numbered(&ROOMS, n)).unwrap()
}

fn numbered(names: &[&str], n: usize) -> String {
    let name = names[n % names.len()];
    match n / names.len() {
        0 => name.to_owned(),
        round => format!("{name}{round}"),
    }
}
