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
pub use audit::{AuditEntry, AuditAction, Report};
pub use body::{Body, MessageContent};
pub use called::{MENTION_START, find_mention, mentioned_users};
pub use code::RecoveryCode;
pub use command::{Envelope, Command, ServerCommand, PersonCommand, RoomCommand, Actor};
pub use completing::{CompletionQuery, BROADCAST_MENTIONS, CompletionPrefix};
pub use cursor::{Cursor, Epoch};
pub use day::{Day, DayPage};
pub use device::{Device, Scopes, Session, SessionId, TokenKind};
pub use event::{AccessChange, UnreadChange, Applied, Event};
pub use house::{JoinPolicy, ServerSettings, Invitation};
pub use ids::{MessageId, Timestamp, RoomId, Seq, UserId};
pub use line::SingleLine;
pub use message::{Author, MessageExtras, Message, MessageDetails, ExcerptPart, Grouping, PreviousMessage, Quote, NAMED_REACTORS_MAX, LazyDetails, Version};
pub use name::{RoomName, UserName, initials};
pub use nonce::Nonce;
pub use password::{Password, PasswordHash};
pub use person::{Person, Role, Expiry, describe_expiry};
pub use reaction::{ReactionGroup, Reaction};
pub use reader::{Badge, Draft, NotificationLevel, SidebarRank, ReadStateCommand, ReadState};
pub use refusal::Refusal;
pub use rights::{Permission, Requirement, PERMISSIONS, can, can_restore, can_pin, can_mute, outranks, can_see, muted_reason};
pub use room::{Slug, Visibility, Room, Salt};
pub use slash::{SLASH_COMMANDS, Input, SlashCommand, escape_slash, text_to_edit};
pub use token::{Token, TokenHash};
