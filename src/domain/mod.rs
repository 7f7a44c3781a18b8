//! The rules of the chat server: people, rooms and messages, the commands that change them, the events that follow, and
//! the refusals.
//!
//! Everything here is pure. Nothing reads a clock, draws a random number, waits, or touches a file or a socket: time
//! and randomness come in as values. Text from outside is parsed into a type here, once; the type is the proof that it
//! is valid.

pub(crate) mod text;
pub(crate) mod time;

mod command;
mod cursor;
mod event;
mod ids;
pub mod limits;
mod message;
mod nonce;
mod permission;
mod person;
mod refusal;
mod room;
mod server;

pub use crate::domain::command::{
    Actor, Command, Envelope, MarkReadOnPost, PersonCommand, PostFollowUps, RoomCommand, ServerCommand,
};
pub use crate::domain::cursor::{Cursor, Epoch};
pub use crate::domain::event::{AccessChange, Applied, Effects, Event, UnreadChange};
pub use crate::domain::ids::{MessageId, RoomId, Seq, Timestamp, UserId};
pub use crate::domain::message::author::Author;
pub use crate::domain::message::body::{Body, MessageContent, RenderedContent};
pub use crate::domain::message::completion::{BROADCAST_MENTIONS, CompletionPrefix, CompletionQuery};
pub use crate::domain::message::excerpt::{ExcerptBuilder, ExcerptPiece, excerpt_of_text};
pub use crate::domain::message::quote::{ExcerptPart, Quote};
pub use crate::domain::message::reaction::{Reaction, ReactionGroup};
pub use crate::domain::message::slash_command::{Input, SLASH_COMMANDS, SlashCommand, escape_slash, text_to_edit};
pub use crate::domain::message::{
    Grouping, LazyDetails, Message, MessageDetails, MessageExtras, NAMED_REACTORS_MAX, PreviousMessage, Version,
};
pub use crate::domain::nonce::Nonce;
pub use crate::domain::permission::{
    PERMISSIONS, Permission, Requirement, can, can_mute, can_pin, can_restore, can_see, muted_reason, outranks,
};
pub use crate::domain::person::account::AccountCommand;
pub use crate::domain::person::device::{Device, Scopes, Session, SessionId, TokenKind};
pub use crate::domain::person::password::{Password, PasswordHash};
pub use crate::domain::person::recovery_code::RecoveryCode;
pub use crate::domain::person::token::{Token, TokenHash};
pub use crate::domain::person::{Person, Role};
pub use crate::domain::refusal::{Refusal, RefusalClass, RefusalFacts};
pub use crate::domain::room::read_state::{Badge, Draft, NotificationLevel, ReadState, ReadStateCommand, SidebarRank};
pub use crate::domain::room::{Room, Salt, Slug, Visibility};
pub use crate::domain::server::address_block::AddressBlock;
pub use crate::domain::server::audit::{AuditAction, AuditEntry, Report};
pub use crate::domain::server::{Invitation, JoinPolicy, ServerSettings};
pub use crate::domain::text::name::{RoomName, UserName, initials};
pub use crate::domain::text::single_line::SingleLine;
pub use crate::domain::time::day::{Day, DayPage};
pub use crate::domain::time::expiry::{Expiry, describe_expiry};
