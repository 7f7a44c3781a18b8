//! What somebody asks for about their own account: a password, sessions, tokens for scripts, and the ways back to a name.

use crate::domain::{Device, PasswordHash, Scopes, Seq, SessionId, SingleLine, TokenHash, UserId, UserName};

/// Something about one's own account.
#[derive(Clone, Debug)]
pub enum AccountCommand {
    /// Take the house, once: become its owner. Whoever has a name keeps it.
    SetUpServer {
        /// What to call the house.
        server_name: SingleLine,
        /// The name to take; if it is the asker's own, they keep it.
        name: UserName,
        /// The password of the account.
        password: PasswordHash,
        /// The token that will prove the name.
        token: TokenHash,
        /// From where.
        device: Device,
    },
    /// Give one's name a password: a guest becomes a member.
    Register {
        /// The password.
        password: PasswordHash,
        /// The token that takes the place of the one that was shown.
        token: TokenHash,
        /// The token that was shown.
        replaces: TokenHash,
        /// From where.
        device: Device,
    },
    /// Come in as somebody whose password was tried and was right.
    SignIn {
        /// Who.
        user: UserId,
        /// The change that set the password that was tried.
        password_seq: Seq,
        /// The token that will prove the name.
        token: TokenHash,
        /// From where.
        device: Device,
    },
    /// Take another password. All other sessions end.
    SetPassword {
        /// The change that set the password that was tried.
        password_seq: Seq,
        /// The new one.
        password: PasswordHash,
        /// The token that takes the place of the one that was shown.
        token: TokenHash,
        /// From where.
        device: Device,
    },
    /// Make a token for a script.
    CreateToken {
        /// What to call it.
        label: SingleLine,
        /// What it may be used for.
        scopes: Scopes,
        /// It.
        token: TokenHash,
    },
    /// End a session or a token of one's own.
    RevokeSession {
        /// Which.
        id: SessionId,
    },
    /// End all sessions but this.
    RevokeOtherSessions {
        /// The token that was shown.
        current: TokenHash,
    },
    /// Take new recovery codes; the old ones are no longer good.
    SetRecoveryCodes {
        /// Their hashes.
        codes: Vec<TokenHash>,
    },
    /// Choose a new password with a recovery code. All sessions end.
    Recover {
        /// Who.
        user: UserId,
        /// The code.
        code: TokenHash,
        /// The new password.
        password: PasswordHash,
        /// The token that will prove the name.
        token: TokenHash,
        /// From where.
        device: Device,
    },
    /// Choose a new password with a link from the owner. All sessions end.
    ResetPassword {
        /// The link.
        link: TokenHash,
        /// The new password.
        password: PasswordHash,
        /// The token that will prove the name.
        token: TokenHash,
        /// From where.
        device: Device,
    },
    /// Come in by an invitation.
    AcceptInvitation {
        /// The link.
        code: TokenHash,
        /// The name to take.
        name: UserName,
        /// The password, if there is to be an account at once.
        password: Option<PasswordHash>,
        /// The token that will prove the name.
        token: TokenHash,
        /// From where.
        device: Device,
    },
    /// Be called otherwise. The name that one had stays one's own, and leads to the new one.
    Rename {
        /// The new name.
        name: UserName,
    },
    /// Whether others are shown when one is here.
    SetPresence {
        /// Whether not.
        hidden: bool,
    },
    /// A token was used today.
    RecordUse {
        /// Which.
        token: TokenHash,
        /// From where, if it is a session.
        device: Device,
    },
}
