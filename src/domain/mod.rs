//! What Taproom is about: names, rooms, messages, what people ask for, what then happens, and why it may be refused.
//!
//! Everything here is pure. Nothing reads a clock, draws a random number, waits, or touches a file or a socket: time
//! and randomness come in as values. Text from outside becomes a type here, once; a type that exists is the proof.

mod account;
mod address_block;
mod audit;
mod body;
mod called;
mod clean;
mod code;
mod command;
mod completing;
mod cursor;
mod day;
mod device;
mod event;
mod excerpt;
mod house;
mod ids;
pub mod limits;
mod line;
mod message;
mod name;
mod nonce;
mod password;
mod person;
mod reaction;
mod reader;
mod refusal;
mod rights;
mod room;
mod slash;
mod token;

pub use account::AccountCommand;
pub use address_block::AddressBlock;
pub use audit::{Audit, Deed, Report};
pub use body::{Body, Words};
pub use called::{CALLED, called_at, called_in};
pub use code::RecoveryCode;
pub use command::{Asked, Command, HouseCommand, PersonCommand, RoomCommand, Who};
pub use completing::{Begun, EVERYBODY, Sign};
pub use cursor::{Cursor, Epoch};
pub use day::{Day, OfDay};
pub use device::{Device, Scopes, Session, SessionId, TokenKind};
pub use event::{Concerned, Counted, Done, Event};
pub use house::{Door, House, Invitation};
pub use ids::{MessageId, Moment, RoomId, Seq, UserId};
pub use line::Line;
pub use message::{Author, Extras, Message, More, Piece, Place, Previous, Quote, REACTORS_NAMED, Seldom, Version};
pub use name::{RoomName, UserName, initials};
pub use nonce::Nonce;
pub use password::{Password, PasswordHash};
pub use person::{Person, Role, Until, spell};
pub use reaction::{Reacted, Reaction};
pub use reader::{Badge, Draft, Involvement, Rank, ReaderCommand, Reading};
pub use refusal::Refusal;
pub use rights::{Act, Needs, RIGHTS, may, may_have_back, may_pin, may_silence, outranks, sees, silenced};
pub use room::{Address, Kind, Room, Salt};
pub use slash::{COMMANDS, Said, Slash, as_typed, reword};
pub use token::{Token, TokenHash};
