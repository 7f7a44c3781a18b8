//! Why something is not done, when the reason lies with who asks. Each says, in words for them, what to change.

use thiserror::Error;

use crate::domain::Slug;
use crate::domain::limits::{
    BODY_CHARS_MAX, COMPLETION_CHARS_MAX, NONCE_BYTES_MAX, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN,
    REQUEST_BODY_BYTES_MAX, ROOM_NAME_CHARS_MAX, USER_NAME_CHARS_MAX,
};
use crate::domain::text::clean;

/// A "no" to the asker.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The name has nothing one can see.
    #[error("Type the name the others will see.")]
    NameBlank,
    /// The name is over the limit.
    #[error("At most {USER_NAME_CHARS_MAX} characters for a name, please.")]
    NameTooLong,
    /// The name belongs to somebody else.
    #[error("{0} is somebody else here. Take another name, or sign in if it is yours.")]
    NameTaken(String),
    /// The room's name has nothing that could make an address.
    #[error("Type the name of a room: a word, a number or an emoji will do.")]
    RoomNameBlank,
    /// The room's name is over the limit.
    #[error("At most {ROOM_NAME_CHARS_MAX} characters for a room, please.")]
    RoomNameTooLong,
    /// There is no such room.
    #[error("There is no room called “{0}”. Come in with that name and it opens.")]
    RoomNotFound(String),
    /// There is no such message in this room.
    #[error("There is no such message in this room.")]
    MessageNotFound,
    /// The calendar has no such day.
    #[error("There is no such day. One is written like 2026-11-22.")]
    DayInvalid,
    /// The message is blank.
    #[error("Write something first.")]
    BodyBlank,
    /// The message is over the limit.
    #[error("A message has at most {BODY_CHARS_MAX} characters. Send it in parts.")]
    BodyTooLong,
    /// It begins like a command, and there is none of this name.
    #[error("There is no command /{0}. Type /help to see which there are, or one more slash, //{0}, to say just that.")]
    CommandUnknown(String),
    /// It begins like a command that says nothing, where something is to be said.
    #[error("/{0} says nothing. Type one more slash, //{0}, to say just that.")]
    CommandEmpty(String),
    /// The nonce is not one.
    #[error("A nonce has at most {NONCE_BYTES_MAX} visible ASCII characters.")]
    NonceInvalid,
    /// Saying something needs a name, and so does all that is one's own.
    #[error(
        "For this you need a name: send `room` and `name` to /join, then show the token it answers as `Authorization: Bearer TOKEN`."
    )]
    SignInRequired,
    /// The credentials that were shown belong to nobody.
    #[error("That token belongs to nobody here. Send `room` and `name` to /join for a new one.")]
    TokenInvalid,
    /// A browser sent this from a page of another site.
    #[error("This was sent from another site's page, so it was not done. Open Taproom itself and try again.")]
    CrossOrigin,
    /// The request's body is over the limit.
    #[error("That is too much at once: a request has at most {REQUEST_BODY_BYTES_MAX} bytes.")]
    RequestTooLarge,
    /// The request's body is not what its type says, or not UTF-8.
    #[error("That could not be read: {0}.")]
    RequestUnreadable(&'static str),
    /// A part of the address is not what it should be.
    #[error("`{0}` must be a number from a link or an event id.")]
    QueryInvalid(&'static str),
    /// A stream is not told in this form.
    #[error("`as` must be html, text or json.")]
    FormatUnknown,
    /// What is to be completed does not begin like anything that can be.
    #[error("`q` must begin with @, :, # or / and have at most {COMPLETION_CHARS_MAX} characters.")]
    CompletionInvalid,
    /// The body took too long to arrive.
    #[error("That took too long to arrive. Send it again.")]
    RequestTimeout,
    /// The name reads like one that mixes scripts.
    #[error(
        "This name mixes letters of several scripts, as names do that want to be taken for another. Use one script."
    )]
    NameMixesScripts,
    /// The name looks like somebody's.
    #[error("That looks too much like {0}, who is somebody else here. Take another name, or sign in if it is yours.")]
    NameConfusable(String),
    /// Somebody has as many former names as are kept for them, and none of them long enough.
    #[error("You have changed your name often, and each former name is kept for you. Take one of them, or wait{0}.")]
    TooManyRenames(String),
    /// A field has nothing in it.
    #[error("Fill in the field “{0}”.")]
    FieldBlank(&'static str),
    /// A field is over its limit.
    #[error("The field “{0}” has at most {1} characters.")]
    FieldTooLong(&'static str, usize),
    /// A field has something in it that is none of its choices.
    #[error("The field “{0}” does not take that.")]
    FieldInvalid(&'static str),
    /// The password is too short or too long.
    #[error("A password has {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters.")]
    PasswordLength,
    /// The password would be guessed soon.
    #[error(
        "That password is soon guessed: many people use it, or it is little more than a name. Take four or five words that do not belong together."
    )]
    PasswordWeak,
    /// A name and what should prove it do not fit together. It does not say which is wrong.
    #[error("That name and that secret do not belong together. Check both and try again.")]
    BadCredentials,
    /// The password in use was not the right one.
    #[error("That is not your present password.")]
    PasswordIncorrect,
    /// The door lets nobody in who has no name yet.
    #[error("Nobody new comes in here without an invitation. If you have an account, sign in.")]
    InvitationRequired,
    /// The door lets nobody in who has no account.
    #[error("This house is for its members. Sign in, or give your name a password to keep it.")]
    MembersOnly,
    /// No new guests for now.
    #[error("No new guests for the moment. Come back later, or sign in if you have an account.")]
    GuestsNotAllowed,
    /// Somebody who may not come in.
    #[error("You have been put outside{0}.")]
    Banned(String),
    /// Nobody new comes in from there.
    #[error("From your address nobody comes in anew for now. If you have an account, sign in.")]
    AddressBlocked,
    /// Somebody who may not speak.
    #[error("You cannot post here{0}.")]
    Muted(String),
    /// The room has a pace.
    #[error("This room is slow: your next message can go out in {0} s.")]
    SlowMode(u64),
    /// The room is only read.
    #[error("This room is in the archive: it can be read, and nothing is added.")]
    RoomArchived,
    /// There is no such room, and none is opened by that name.
    #[error("There is no such room, or it is not for you.")]
    RoomNotVisible,
    /// There is a room of that name.
    #[error("There is a room of that name already. Take another name.")]
    RoomNameTaken,
    /// A room of this kind does not do that.
    #[error("A room of this kind cannot do that.")]
    RoomVisibilityUnsupported,
    /// The asker's role does not reach.
    #[error("That is not yours to do.")]
    NotAllowed,
    /// An account is needed.
    #[error("That needs an account. Give your name a password first.")]
    AccountRequired,
    /// There is one already.
    #[error("Your name has a password already.")]
    AlreadyRegistered,
    /// There is nobody of that name.
    #[error("There is nobody here of that name.")]
    PersonNotFound,
    /// The last owner must stay.
    #[error("A house needs an owner: make somebody else one first.")]
    LastOwner,
    /// A link that leads nowhere, or nowhere any more.
    #[error("This link leads nowhere, or no longer. Ask whoever gave it to you for a new one.")]
    LinkInvalid,
    /// Too much of something.
    #[error("That is one too many: at most {0}.")]
    LimitReached(usize),
    /// What the token may not be used for.
    #[error("This token is not for that.")]
    ScopeMissing,
    /// Nothing lives at this address.
    #[error("There is nothing at this address.")]
    NotFound,
    /// Something lives there, but it does not take this method.
    #[error("This address does not take that method.")]
    MethodNotAllowed,
    /// It was sent to another name than the one by which this server is reached, which is told.
    #[error("This server is at {0}. Ask for it by that name.")]
    Misdirected(String),
    /// As much of it is open as one may have open.
    #[error("You have very many pages open here. Close some of them, then try again.")]
    TooManyStreams,
    /// It came too soon after the ones before.
    #[error("That was too fast. Wait {}, then send it again.", count_seconds(*retry_after_s))]
    RateLimited {
        /// How long to wait, in whole seconds; at least one.
        retry_after_s: u64,
    },
}

impl Refusal {
    /// Which refusal it is, in one word for programs. It holds nothing of what was asked, and never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NameBlank => "name_blank",
            Self::NameTooLong => "name_too_long",
            Self::NameTaken(_) => "name_taken",
            Self::RoomNameBlank => "room_blank",
            Self::RoomNameTooLong => "room_too_long",
            Self::RoomNotFound(_) => "room_unknown",
            Self::MessageNotFound => "message_unknown",
            Self::DayInvalid => "day_unknown",
            Self::BodyBlank => "body_blank",
            Self::BodyTooLong => "body_too_long",
            Self::CommandUnknown(_) => "command_unknown",
            Self::CommandEmpty(_) => "command_silent",
            Self::NonceInvalid => "nonce_invalid",
            Self::SignInRequired => "name_needed",
            Self::TokenInvalid => "token_unknown",
            Self::CrossOrigin => "foreign_origin",
            Self::RequestTooLarge => "too_large",
            Self::RequestUnreadable(_) => "unreadable",
            Self::QueryInvalid(_) | Self::FormatUnknown | Self::CompletionInvalid => "query_invalid",
            Self::RequestTimeout => "too_slow",
            Self::NameMixesScripts => "name_mixed",
            Self::NameConfusable(_) => "name_alike",
            Self::TooManyRenames(_) => "name_too_often",
            Self::FieldBlank(_) => "field_blank",
            Self::FieldTooLong(..) => "field_too_long",
            Self::FieldInvalid(_) => "field_invalid",
            Self::PasswordLength => "password_length",
            Self::PasswordWeak => "password_weak",
            Self::BadCredentials => "sign_in_wrong",
            Self::PasswordIncorrect => "password_wrong",
            Self::InvitationRequired => "door_invited",
            Self::MembersOnly => "door_members",
            Self::GuestsNotAllowed => "no_new_guests",
            Self::Banned(_) => "banned",
            Self::AddressBlocked => "address_blocked",
            Self::Muted(_) => "muted",
            Self::SlowMode(_) => "slow",
            Self::RoomArchived => "room_archived",
            Self::RoomNotVisible => "room_unknown",
            Self::RoomNameTaken => "room_taken",
            Self::RoomVisibilityUnsupported => "room_kind",
            Self::NotAllowed => "not_allowed",
            Self::AccountRequired => "account_needed",
            Self::AlreadyRegistered => "account_there",
            Self::PersonNotFound => "person_unknown",
            Self::LastOwner => "last_owner",
            Self::LinkInvalid => "link_dead",
            Self::LimitReached(_) => "too_many",
            Self::ScopeMissing => "scope",
            Self::NotFound => "nothing",
            Self::MethodNotAllowed => "method_unknown",
            Self::Misdirected(_) => "misdirected",
            Self::TooManyStreams => "too_many_streams",
            Self::RateLimited { .. } => "too_fast",
        }
    }

    /// With which field of a form it has to do, by its name there, if with one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::NameBlank
            | Self::NameTooLong
            | Self::NameTaken(_)
            | Self::NameMixesScripts
            | Self::NameConfusable(_)
            | Self::TooManyRenames(_) => Some("name"),
            Self::RoomNameBlank | Self::RoomNameTooLong => Some("room"),
            Self::FieldBlank(field) | Self::FieldTooLong(field, _) | Self::FieldInvalid(field) => Some(field),
            Self::PasswordLength | Self::PasswordWeak => Some("password"),
            Self::PasswordIncorrect => Some("current"),
            Self::BodyBlank | Self::BodyTooLong | Self::CommandUnknown(_) | Self::CommandEmpty(_) => Some("body"),
            Self::NonceInvalid => Some("nonce"),
            Self::RoomNotFound(_)
            | Self::RoomNotVisible
            | Self::AddressBlocked
            | Self::MessageNotFound
            | Self::DayInvalid
            | Self::SignInRequired
            | Self::TokenInvalid
            | Self::CrossOrigin
            | Self::RequestTooLarge
            | Self::RequestUnreadable(_)
            | Self::QueryInvalid(_)
            | Self::FormatUnknown
            | Self::CompletionInvalid
            | Self::RequestTimeout
            | Self::BadCredentials
            | Self::InvitationRequired
            | Self::MembersOnly
            | Self::GuestsNotAllowed
            | Self::Banned(_)
            | Self::Muted(_)
            | Self::SlowMode(_)
            | Self::RoomArchived
            | Self::RoomNameTaken
            | Self::RoomVisibilityUnsupported
            | Self::NotAllowed
            | Self::AccountRequired
            | Self::AlreadyRegistered
            | Self::PersonNotFound
            | Self::LastOwner
            | Self::LinkInvalid
            | Self::LimitReached(_)
            | Self::ScopeMissing
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::Misdirected(_)
            | Self::TooManyStreams
            | Self::RateLimited { .. } => None,
        }
    }

    /// There is no room of this name, which is repeated as cleanly and shortly as if there were.
    pub fn room_not_found(name: &str) -> Self {
        if Slug::is_hidden(name) {
            return Self::RoomNotVisible;
        }
        Self::RoomNotFound(clean::clean_line(name).chars().take(ROOM_NAME_CHARS_MAX).collect())
    }
}

fn count_seconds(count: u64) -> String {
    if count == 1 { "a second".to_owned() } else { format!("{count} seconds") }
}
