//! Why a command or a request is refused when the reason lies with the caller. Each text says what is wrong and what to
//! do.
//!
//! The texts are for people and may change; programs read [`RefusalFacts::code`], which does not. A text names a form
//! field by its key in backticks; a page replaces the key with the label of the field.

use thiserror::Error;

use crate::domain::limits::{
    BODY_CHARS_MAX, COMPLETION_CHARS_MAX, NONCE_BYTES_MAX, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, ROOM_NAME_CHARS_MAX,
    USER_NAME_CHARS_MAX,
};
use crate::domain::time::expiry::{Expiry, describe_expiry};

/// A refusal, with the values that its text needs.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The name has no visible character.
    #[error("Enter the name that others will see.")]
    NameBlank,
    /// The name is over the limit.
    #[error("This name is too long. Use at most {USER_NAME_CHARS_MAX} characters.")]
    NameTooLong,
    /// Another person has the name, or had it.
    #[error("The name {0} is taken. Choose another, or sign in.")]
    NameTaken(String),
    /// The room name has no character that a slug could be made of.
    #[error("Enter a room name with at least one letter, digit or emoji.")]
    RoomNameBlank,
    /// The room name is over the limit.
    #[error("This room name is too long. Use at most {ROOM_NAME_CHARS_MAX} characters.")]
    RoomNameTooLong,
    /// No room has this name, and anyone who may create rooms could create it.
    #[error("There is no room called “{0}”. Join with that name to create it.")]
    RoomNotFound(String),
    /// The room has no such message.
    #[error("There is no such message in this room. It may have been deleted.")]
    MessageNotFound,
    /// The text is not a date, or the calendar has no such day.
    #[error("There is no such day. Write a date like 2026-11-22.")]
    DayInvalid,
    /// The message is blank.
    #[error("Write something first.")]
    BodyBlank,
    /// The message is over the limit.
    #[error("This message is too long. Use at most {BODY_CHARS_MAX} characters, or send it in parts.")]
    BodyTooLong,
    /// The message starts with a slash command that does not exist.
    #[error("There is no command /{0}. Type /help for a list, or //{0} to send it as text.")]
    CommandUnknown(String),
    /// The text is a slash command that sends no message, where a message is needed.
    #[error("/{0} does not send a message. Type //{0} to send it as text.")]
    CommandEmpty(String),
    /// The nonce is empty, too long, or has other characters.
    #[error("A nonce has 1 to {NONCE_BYTES_MAX} visible ASCII characters.")]
    NonceInvalid,
    /// The caller is not signed in.
    #[error("Sign in first.")]
    SignInRequired,
    /// The token belongs to no one, was revoked or has expired.
    #[error("This token is invalid or has expired.")]
    TokenInvalid,
    /// The autocompletion query has none of the known prefixes, or is over the limit.
    #[error("`q` must start with @, :, # or / and have at most {COMPLETION_CHARS_MAX} characters.")]
    CompletionInvalid,
    /// The name mixes scripts as no language does.
    #[error("This name mixes letters of different scripts, so it could pass for another name. Use one script.")]
    NameMixesScripts,
    /// The name can be mistaken for another person's.
    #[error("This name looks too much like {0}, which is taken. Choose another, or sign in.")]
    NameConfusable(String),
    /// The person has the maximum of former names, and the oldest is reserved for them until this moment.
    #[error("You have changed your name too often. Choose one of your former names, or wait{}.", describe_expiry(*.0))]
    TooManyRenames(Expiry),
    /// A field is empty.
    #[error("Fill in `{0}`.")]
    FieldBlank(&'static str),
    /// A field is over its limit in characters.
    #[error("`{0}` is too long. Use at most {1} characters.")]
    FieldTooLong(&'static str, usize),
    /// A field has a value that it does not accept.
    #[error("`{0}` has an invalid value.")]
    FieldInvalid(&'static str),
    /// The password is too short or too long.
    #[error("Choose a password of {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters.")]
    PasswordLength,
    /// The password is among the most common ones, or little more than a name.
    #[error("That password is too easy to guess. Use four or five random words.")]
    PasswordWeak,
    /// The name and the password do not match. It does not say which is wrong.
    #[error("Wrong name or password.")]
    BadCredentials,
    /// The name and the recovery code do not match. It does not say which is wrong.
    #[error("Wrong name or recovery code. Each code works once.")]
    BadRecoveryCode,
    /// The current password is wrong.
    #[error("That is not your current password.")]
    PasswordIncorrect,
    /// The caller is new, and new people need an invitation.
    #[error("This server is invite-only. Ask for an invitation, or sign in.")]
    InvitationRequired,
    /// The caller has no account, and the server is for members only.
    #[error("This server is for members only. Sign in, or create an account.")]
    MembersOnly,
    /// The caller is new, and new guests are turned off.
    #[error("New guests are turned off for now. Try again later, or sign in.")]
    GuestsNotAllowed,
    /// The caller is banned until this moment.
    #[error("You are banned{}.", describe_expiry(*.0))]
    Banned(Expiry),
    /// The caller is new, and their address block is blocked.
    #[error("New accounts from your network are blocked for now. Sign in if you have an account.")]
    AddressBlocked,
    /// The caller is muted in this room or everywhere until this moment.
    #[error("You are muted{}.", describe_expiry(*.0))]
    Muted(Expiry),
    /// The room is in slow mode: this many seconds are left until the caller's next message.
    #[error("Slow mode: you can post again in {0} s.")]
    SlowMode(u64),
    /// The room is archived, so it can only be read.
    #[error("This room is archived: read-only.")]
    RoomArchived,
    /// The room does not exist, or the caller may not know that it does.
    #[error("This room does not exist, or you do not have access.")]
    RoomNotVisible,
    /// Another room has the name.
    #[error("A room with this name exists already. Choose another name.")]
    RoomNameTaken,
    /// Rooms of this visibility do not have what the command changes.
    #[error("That is not possible in this kind of room.")]
    RoomVisibilityUnsupported,
    /// The caller's role or relation to the room does not allow it.
    #[error("You do not have permission to do that.")]
    NotAllowed,
    /// The caller is a guest, and it takes an account.
    #[error("You need an account for that. Create an account first.")]
    AccountRequired,
    /// The caller has an account already.
    #[error("You already have an account.")]
    AlreadyRegistered,
    /// No person has this name or number.
    #[error("There is no one with this name. Check the spelling.")]
    PersonNotFound,
    /// The last owner can't be demoted or banned.
    #[error("There must be at least one owner. Make someone else an owner first.")]
    LastOwner,
    /// The link of an invitation, a password reset or the setup is invalid, used up or expired.
    #[error("This link is invalid or has expired. Ask for a new one.")]
    LinkInvalid,
    /// A list has as many entries as it may have.
    #[error("The limit is {0}.")]
    LimitReached(usize),
    /// The token's scopes do not include what was requested.
    #[error("This token lacks the required scope.")]
    ScopeMissing,
    /// Nothing exists at this address.
    #[error("There is nothing at this address.")]
    NotFound,
}

/// What has to change before the same request succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalClass {
    /// The values that were sent.
    Invalid,
    /// Something that already exists.
    Conflict,
    /// The target does not exist, or the caller may not know that it does.
    NotFound,
    /// The caller has to sign in.
    SignInNeeded,
    /// The caller is known and has no permission.
    Forbidden,
    /// Time has to pass.
    TooSoon,
}

/// What code needs to know about a [`Refusal`] besides its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusalFacts {
    /// The name of the refusal for programs and metrics. It contains nothing of the request.
    pub code: &'static str,
    /// What has to change.
    pub class: RefusalClass,
    /// The key of the form field that has to change, if it is one.
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
            Self::BadCredentials | Self::BadRecoveryCode => ("bad_credentials", SignInNeeded, None),
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
}

#[cfg(test)]
mod tests {
    use crate::domain::Timestamp;
    use crate::domain::refusal::*;

    #[test]
    fn ban_says_when_it_ends() {
        let end = Expiry(Timestamp(1_795_543_200_000));
        assert_eq!(Refusal::Banned(end).to_string(), "You are banned until 2026-11-24 18:00 UTC.");
        assert_eq!(Refusal::Banned(Expiry::NEVER).to_string(), "You are banned.");
        assert_eq!(Refusal::Muted(end).to_string(), "You are muted until 2026-11-24 18:00 UTC.");
    }
}
