//! What listeners receive. A [`Frame`] is a change, encoded once as the bytes of a stream. [`Hubs`] has a hub for each room
//! with a listener; it holds the last frames and the wakers of the room. A [`Listener`] is a cursor: it turns the hub, and
//! the feed behind it, into one stream without a gap.
//!
//! Besides changes there is short-lived state, which has no id, is not stored, and of which only the latest is sent: the
//! roster, the typists and the heartbeat of a room (`hub/ephemeral.rs`), and updates for one person (`presence/inbox.rs`).
//! One task, the scheduler (`schedule/`), sends it when it is due. `presence/unread_subscriptions.rs` knows which people are
//! notified of unread messages in which rooms.
//!
//! Nothing here knows requests and responses. Who may listen to a room is evaluated by the rules of the domain, and again
//! whenever the rules or the people they apply to change.

mod frame;
mod hub;
mod listener;
mod presence;
mod recent_log;
mod schedule;
mod sse;
mod stream_events;

pub use crate::live::frame::{Format, Frame, read_frame};
pub use crate::live::hub::registry::Hubs;
pub use crate::live::hub::replay_buffer::ReplayLimits;
pub use crate::live::listener::access::{Access, Subscriber};
pub use crate::live::listener::resume::ResumePoint;
pub use crate::live::listener::{Listener, ListenerOptions};
pub use crate::live::sse::Encoding;
#[cfg(fuzzing)]
pub(crate) use crate::live::sse::encode_event;
