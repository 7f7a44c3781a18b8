//! What is drawn by lot: wishes of every kind, at moments that matter.

use std::ops::Range;

use proptest::prelude::*;

use crate::wishes::{Batch, Draw, NAMES, ROOMS, Wish};

/// From how much is drawn.
pub struct Scale {
    /// How many times as many people, rooms and tokens as a short run has.
    pub crowd: usize,
    /// How often a post that is repeated is repeated.
    pub times: usize,
}

fn wish(Scale { crowd, times }: &Scale) -> impl Strategy<Value = Wish> + use<> {
    let up_to = |n: usize| -> Range<usize> { 0..n * crowd };
    let draw = prop_oneof![
        3 => (up_to(ROOMS.len()), up_to(NAMES.len())).prop_map(|(room, name)| Draw::Enter { room, name }),
        2 => up_to(ROOMS.len()).prop_map(|room| Draw::Open { room }),
        8 => (up_to(4), any::<u8>(), prop_oneof![9 => Just(1_usize), 1 => Just(*times)])
            .prop_map(|(room, text, times)| Draw::Post { room, text, times }),
        1 => up_to(9).prop_map(|token| Draw::Leave { token }),
    ];
    (up_to(4), prop::option::of(0..2_u8), draw).prop_map(|(who, nonce, draw)| Wish { who, nonce, draw })
}

pub fn batch(scale: &Scale) -> impl Strategy<Value = Batch> + use<> {
    let hour = 60 * 60 * 1_000;
    // To both sides of where a person is named again, and of where an outcome is forgotten.
    let later = prop::sample::select(vec![0, 299_999, 300_000, 300_000, -hour, 13 * hour, 48 * hour - 1, 48 * hour]);
    (later, prop::collection::vec(wish(scale), 1..12))
}
