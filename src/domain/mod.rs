//! What Taproom is about: names, rooms, messages, what people ask for, what then happens, and why it may be refused.
//!
//! Everything here is pure. Nothing reads a clock, draws a random number, waits, or touches a file or a socket: time
//! and randomness come in as values. Text from outside becomes a type here, once; a type that exists is the proof.

mod body;
mod clean;
mod command;
mod cursor;
mod event;
mod ids;
pub mod limits;
mod message;
mod name;
mod nonce;
mod refusal;
mod room;
mod token;

pub use body::Body;
pub use command::{Asked, Command, Who};
pub use cursor::{Cursor, Epoch};
pub use event::{Done, Event};
pub use ids::{MessageId, Moment, RoomId, Seq, UserId};
pub use message::{Author, Message, Place, Previous};
pub use name::{RoomName, UserName, initials};
pub use nonce::Nonce;
pub use refusal::Refusal;
pub use room::{Address, Room};
pub use token::{Token, TokenHash};
