//! Why something is not done, when the reason lies with who asks. Each says, in words for them, what to change.

use thiserror::Error;

use crate::domain::Slug;
use crate::domain::limits::{
    BODY_CHARS_MAX, COMPLETION_CHARS_MAX, NONCE_BYTES_MAX, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, ROOM_NAME_CHARS_MAX,
    USER_NAME_CHARS_MAX,
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
    #[error("Sign in first.")]
    SignInRequired,
    /// The credentials that were shown belong to nobody.
    #[error("This token is invalid or has expired.")]
    TokenInvalid,
    /// What is to be completed does not begin like anything that can be.
    #[error("`q` must begin with @, :, # or / and have at most {COMPLETION_CHARS_MAX} characters.")]
    CompletionInvalid,
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
    #[error("Fill in `{0}`.")]
    FieldBlank(&'static str),
    /// A field is over its limit.
    #[error("`{0}` is too long. Use at most {1} characters.")]
    FieldTooLong(&'static str, usize),
    /// A field has something in it that is none of its choices.
    #[error("`{0}` has an invalid value.")]
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
}

/// What kind of "no" a refusal is: what has to change before the same request succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalClass {
    /// What was sent.
    Invalid,
    /// What already exists.
    Conflict,
    /// What was asked for does not exist, or the caller may not know that it does.
    NotFound,
    /// Who asks: nobody that is known.
    SignInNeeded,
    /// Who asks: somebody who may not.
    Forbidden,
    /// Time has to pass.
    TooSoon,
}

/// What callers need to know of a [`Refusal`] besides its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusalFacts {
    /// The name of the refusal for programs and metrics. It holds nothing of the request.
    pub code: &'static str,
    /// What kind of refusal it is.
    pub class: RefusalClass,
    /// The form field that it is about, if it is about one.
    pub field: Option<&'static str>,
}

impl Refusal {
    /// The code, the class and the form field of this refusal.
    pub fn facts(&self) -> RefusalFacts {
        use RefusalClass::{Conflict, Forbidden, Invalid, NotFound, SignInNeeded, TooSoon};
        let (code, class, field) = match self {
            Self::NameBlank => ("name_blank", Invalid, Some("name")),
            Self::NameTooLong => ("name_too_long", Invalid, Some("name")),
            Self::NameTaken(_) => ("name_taken", Conflict, Some("name")),
            Self::RoomNameBlank => ("room_name_blank", Invalid, Some("room")),
            Self::RoomNameTooLong => ("room_name_too_long", Invalid, Some("room")),
            Self::RoomNotFound(_) => ("room_not_found", NotFound, None),
            Self::MessageNotFound => ("message_not_found", NotFound, None),
            Self::DayInvalid => ("day_invalid", NotFound, None),
            Self::BodyBlank => ("body_blank", Invalid, Some("body")),
            Self::BodyTooLong => ("body_too_long", Invalid, Some("body")),
            Self::CommandUnknown(_) => ("command_unknown", Invalid, Some("body")),
            Self::CommandEmpty(_) => ("command_empty", Invalid, Some("body")),
            Self::NonceInvalid => ("nonce_invalid", Invalid, Some("nonce")),
            Self::SignInRequired => ("sign_in_required", SignInNeeded, None),
            Self::TokenInvalid => ("token_invalid", SignInNeeded, None),
            Self::CompletionInvalid => ("query_invalid", Invalid, None),
            Self::NameMixesScripts => ("name_mixes_scripts", Invalid, Some("name")),
            Self::NameConfusable(_) => ("name_confusable", Conflict, Some("name")),
            Self::TooManyRenames(_) => ("too_many_renames", Conflict, Some("name")),
            Self::FieldBlank(field) => ("field_blank", Invalid, Some(*field)),
            Self::FieldTooLong(field, _) => ("field_too_long", Invalid, Some(*field)),
            Self::FieldInvalid(field) => ("field_invalid", Invalid, Some(*field)),
            Self::PasswordLength => ("password_length", Invalid, Some("password")),
            Self::PasswordWeak => ("password_weak", Invalid, Some("password")),
            Self::BadCredentials => ("bad_credentials", SignInNeeded, None),
            Self::PasswordIncorrect => ("password_incorrect", Invalid, Some("current")),
            Self::InvitationRequired => ("invitation_required", SignInNeeded, None),
            Self::MembersOnly => ("members_only", SignInNeeded, None),
            Self::GuestsNotAllowed => ("guests_not_allowed", Forbidden, None),
            Self::Banned(_) => ("banned", Forbidden, None),
            Self::AddressBlocked => ("address_blocked", Forbidden, None),
            Self::Muted(_) => ("muted", Forbidden, None),
            Self::SlowMode(_) => ("slow_mode", TooSoon, None),
            Self::RoomArchived => ("room_archived", Forbidden, None),
            Self::RoomNotVisible => ("room_not_found", NotFound, None),
            Self::RoomNameTaken => ("room_name_taken", Conflict, None),
            Self::RoomVisibilityUnsupported => ("room_visibility_unsupported", Invalid, None),
            Self::NotAllowed => ("not_allowed", Forbidden, None),
            Self::AccountRequired => ("account_required", Forbidden, None),
            Self::AlreadyRegistered => ("already_registered", Conflict, None),
            Self::PersonNotFound => ("person_not_found", NotFound, None),
            Self::LastOwner => ("last_owner", Conflict, None),
            Self::LinkInvalid => ("link_invalid", NotFound, None),
            Self::LimitReached(_) => ("limit_reached", Invalid, None),
            Self::ScopeMissing => ("scope_missing", Forbidden, None),
            Self::NotFound => ("not_found", NotFound, None),
        };
        RefusalFacts { code, class, field }
    }

    /// There is no room of this name, which is repeated as cleanly and shortly as if there were.
    pub fn room_not_found(name: &str) -> Self {
        if Slug::is_hidden(name) {
            return Self::RoomNotVisible;
        }
        Self::RoomNotFound(clean::clean_line(name).chars().take(ROOM_NAME_CHARS_MAX).collect())
    }
}
