//! What listeners hear. A [`Frame`] is a change, written once as the bytes of a stream; a [`Hubs`] has a hub for each
//! room that somebody listens to, with the last frames and a bell; a [`Listener`] is a cursor that turns both, and the
//! feed behind them, into one stream without a gap.
//!
//! Nothing here knows requests and answers. Hearer may listen to what is judged by the rules, again whenever they or the
//! people they are about have changed.

mod frame;
mod hub;
mod hubs;
mod listener;
mod rights;
mod standing;

#[cfg(fuzzing)]
pub(crate) use frame::event;
pub use frame::{Format, Frame, Framing, read as read_frame};
pub use hub::Tail;
pub use hubs::Hubs;
pub use listener::{Listener, Start};
pub use standing::{Hearer, Standing};
