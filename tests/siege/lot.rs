//! What is drawn by lot, from one number that is told, so that whatever it led to can be done again.

use crate::siege::tell;

/// Draws numbers (SplitMix64, <https://prng.di.unimi.it/splitmix64.c>).
pub struct Lot(u64);

impl Lot {
    /// One that draws what was not drawn before, or what `TAPROOM_SIEGE_SEED` says.
    pub fn new() -> Self {
        let told = std::env::var("TAPROOM_SIEGE_SEED").ok().map(|seed| seed.parse().expect("the seed is a number"));
        let seed = told.unwrap_or_else(|| getrandom::u64().expect("the system has random numbers"));
        tell(&format!("TAPROOM_SIEGE_SEED={seed} draws the same again"));
        Self(seed)
    }

    /// A number below this one.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }
}
