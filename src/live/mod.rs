//! What listeners hear. A [`Frame`] is a change, written once as the bytes of a stream; a [`Hubs`] has a hub for each
//! room that somebody listens to, with the last frames and a row of bells; a [`Listener`] is a cursor that turns both, and the
//! feed behind them, into one stream without a gap.
//!
//! Besides changes there is what passes: who is here and who types in a room, and its heartbeat, stands in its `notes.rs`, what is new to one
//! person alone on their `board.rs`. It has no number that a listener could come back to, is kept nowhere, and the
//! latest of it is all that anybody is told. One task, the `keeper.rs`, tells it when it is due; of which rooms somebody is
//! told who is elsewhere, the `followers.rs` know.
//!
//! Nothing here knows requests and answers. Who may listen to what is judged by the rules, again whenever they or the
//! people they are about have changed.

mod frame;
mod hub;
mod listener;
mod presence;
mod schedule;
mod sse;

pub use crate::live::frame::{Format, Frame, read_frame};
pub use crate::live::hub::registry::Hubs;
pub use crate::live::hub::replay_buffer::ReplayLimits;
pub use crate::live::listener::Listener;
pub use crate::live::listener::access::{Access, Subscriber};
pub use crate::live::listener::resume::ResumePoint;
pub use crate::live::sse::Encoding;
#[cfg(fuzzing)]
pub(crate) use crate::live::sse::encode_event;
