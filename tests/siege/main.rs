//! Taproom under siege: the program itself, as a process, killed, flooded, starved of disk and of descriptors, all over
//! loopback. Whatever is done to it, others are served meanwhile, and afterwards it is what it was before.
//!
//! Every run of the tests holds a bounded siege. The full one takes some ten minutes and ends by itself:
//!
//!     TAPROOM_SIEGE=full cargo test --release --test siege -- --nocapture --test-threads 1
//!
//! What is drawn by lot (when to kill) comes from one number, which is told; `TAPROOM_SIEGE_SEED=NUMBER` draws the same again.

#![expect(clippy::unwrap_used, reason = "in a test, a panic that says where is the answer")]

#[path = "../chat/ears.rs"]
mod ears;
#[path = "../chat/harness.rs"]
#[expect(dead_code, reason = "shared with the tests of single houses, which use all of it")]
mod harness;
#[path = "../../benches/load/process.rs"]
#[expect(dead_code, reason = "shared with the benchmark, which uses all of it")]
mod process;
#[path = "../chat/program.rs"]
#[expect(dead_code, reason = "shared with the tests of single houses, which use all of it")]
mod program;
#[path = "../chat/sse.rs"]
mod sse;

mod line;
mod lot;
mod siege;

mod kills;

mod disks;

mod crowds;
mod descriptors;
mod endless;
mod slow;

mod deaf;
