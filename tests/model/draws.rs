//! What is drawn by lot: wishes of every kind, at moments that matter.

use std::ops::RangeInclusive;

use proptest::prelude::*;
use proptest::strategy::Union;

use crate::verb::Verb;
use crate::wishes::{Batch, NONE, Wish};

/// From how much is drawn.
pub struct Scale {
    /// How many transactions there are at most, and at least.
    pub batches: RangeInclusive<usize>,
    /// How often a wish is repeated that may be repeated.
    pub times: usize,
}

const SECOND: i64 = 1_000;
const HOUR: i64 = 60 * 60 * SECOND;
/// To both sides of where a person is named again, of where a slow room takes the next message, and of where an outcome is
/// forgotten; and beyond the ends of links, of sessions and of what is deleted.
const LATER: [i64; 14] = [
    0,
    0,
    999,
    SECOND,
    299_999,
    300_000,
    300_000,
    -HOUR,
    HOUR,
    13 * HOUR,
    48 * HOUR - 1,
    48 * HOUR,
    7 * 24 * HOUR,
    90 * 24 * HOUR,
];

/// How often each is wished.
const VERBS: [(u32, Verb); 49] = [
    (6, Verb::Enter),
    (4, Verb::Open),
    (22, Verb::Post),
    (1, Verb::Leave),
    (2, Verb::Own),
    (4, Verb::Claim),
    (3, Verb::SignIn),
    (3, Verb::SetPassword),
    (2, Verb::MakeToken),
    (2, Verb::Revoke),
    (1, Verb::RevokeOthers),
    (3, Verb::SetRecoveryCodes),
    (7, Verb::Recover),
    (8, Verb::Reset),
    (6, Verb::Join),
    (7, Verb::Rename),
    (2, Verb::SetPresence),
    (3, Verb::Seen),
    (10, Verb::SetRoom),
    (4, Verb::Add),
    (4, Verb::Remove),
    (2, Verb::GoOut),
    (4, Verb::Archive),
    (3, Verb::Delete),
    (5, Verb::Undelete),
    (8, Verb::EditMessage),
    (10, Verb::React),
    (7, Verb::Pin),
    (6, Verb::RemoveMessage),
    (6, Verb::Report),
    (4, Verb::MuteInRoom),
    (6, Verb::Read),
    (5, Verb::Unread),
    (4, Verb::Draft),
    (3, Verb::Involve),
    (3, Verb::KeepOnTop),
    (8, Verb::SetRole),
    (3, Verb::Mute),
    (3, Verb::Ban),
    (3, Verb::Unban),
    (7, Verb::Erase),
    (2, Verb::Erased),
    (5, Verb::ResetLink),
    (6, Verb::SetHouse),
    (5, Verb::CreateRoom),
    (5, Verb::Direct),
    (5, Verb::Invite),
    (2, Verb::RevokeInvitation),
    (6, Verb::Settle),
];

fn wish(times: usize) -> impl Strategy<Value = Wish> {
    let verb = Union::new_weighted(VERBS.map(|(weight, verb)| (weight, Just(verb))).to_vec());
    let number = || prop_oneof![8 => 0..8_usize, 3 => 8..NONE, 1 => Just(NONE)];
    // The first people have the most to say.
    let who = prop_oneof![8 => 0..3_usize, 5 => 0..8_usize, 2 => 8..NONE, 1 => Just(NONE)];
    let numbers = [number(), number(), number()];
    let nonce = prop_oneof![3 => Just(None), 1 => (0..2_u8).prop_map(Some)];
    let often = prop_oneof![9 => Just(1), 1 => Just(times)];
    (who, nonce, verb, numbers, often).prop_map(|(who, nonce, verb, numbers, often)| {
        let may_repeat = matches!(verb, Verb::Post | Verb::MakeToken | Verb::SignIn | Verb::Rename);
        Wish { who, nonce, verb, numbers, times: if may_repeat { often } else { 1 } }
    })
}

fn batch(times: usize) -> impl Strategy<Value = Batch> {
    (prop::sample::select(LATER.to_vec()), prop::collection::vec(wish(times), 1..16))
}

/// Somebody takes the house, makes a moderator, and lets guests in; one room is for those who were picked.
fn beginning() -> Vec<Batch> {
    let wish = |who, verb, numbers| Wish { who, nonce: None, verb, numbers, times: 1 };
    vec![
        (0, vec![wish(NONE, Verb::Own, [1, 0, 0])]),
        (0, vec![wish(0, Verb::Invite, [2, 0, 0])]),
        (0, vec![wish(NONE, Verb::Join, [0, 2, 1]), wish(NONE, Verb::Enter, [0, 3, 0])]),
        (0, vec![wish(NONE, Verb::Enter, [2, 5, 0]), wish(1, Verb::CreateRoom, [3, 2, 2])]),
    ]
}

/// All that happens in a house, of which most have an owner from the beginning.
pub fn run(scale: &Scale) -> impl Strategy<Value = Vec<Batch>> + use<> {
    let batches = prop::collection::vec(batch(scale.times), scale.batches.clone());
    (prop::bool::weighted(0.8), batches).prop_map(
        |(is_owned, batches)| {
            if is_owned { [beginning(), batches].concat() } else { batches }
        },
    )
}
