//! Commands about the caller's own account: password, sessions, tokens, recovery, name and presence.

use crate::domain::{Device, PasswordHash, Scopes, Seq, SessionId, SingleLine, TokenHash, UserId, UserName};

/// A command about the caller's own account.
#[derive(Clone, Debug)]
pub enum AccountCommand {
    /// Become the first owner. It works once. A guest keeps their name.
    SetUpServer {
        /// The name of the server.
        server_name: SingleLine,
        /// The name to take. The caller's own name is free to the caller.
        name: UserName,
        /// The password of the new account.
        password: PasswordHash,
        /// The token of the new session.
        token: TokenHash,
        /// The device of the new session.
        device: Device,
    },
    /// Set a password: the guest becomes a member.
    Register {
        /// The password.
        password: PasswordHash,
        /// The token of the session from now on.
        token: TokenHash,
        /// The token of the session until now.
        replaces: TokenHash,
        /// The device of the session.
        device: Device,
    },
    /// Start a session. The password has been verified already.
    SignIn {
        /// Who signs in.
        user: UserId,
        /// The change that set the verified password. The command is refused if the password has changed since.
        password_seq: Seq,
        /// The token of the new session.
        token: TokenHash,
        /// The device of the new session.
        device: Device,
    },
    /// Change the password. All other sessions end.
    SetPassword {
        /// The change that set the verified password. The command is refused if the password has changed since.
        password_seq: Seq,
        /// The new password.
        password: PasswordHash,
        /// The token of the session from now on.
        token: TokenHash,
        /// The device of the session.
        device: Device,
    },
    /// Create a personal token for a script.
    CreateToken {
        /// The label of the token.
        label: SingleLine,
        /// What the token may be used for.
        scopes: Scopes,
        /// The hash of the token.
        token: TokenHash,
    },
    /// Revoke a session or a personal token.
    RevokeSession {
        /// The session or token.
        id: SessionId,
    },
    /// Revoke all sessions except the current one.
    RevokeOtherSessions {
        /// The token of the current session.
        current: TokenHash,
    },
    /// Replace the recovery codes.
    SetRecoveryCodes {
        /// The hashes of the new codes.
        codes: Vec<TokenHash>,
    },
    /// Set a new password with a recovery code. All sessions end.
    Recover {
        /// Whose account it is.
        user: UserId,
        /// The hash of the recovery code.
        code: TokenHash,
        /// The new password.
        password: PasswordHash,
        /// The token of the new session.
        token: TokenHash,
        /// The device of the new session.
        device: Device,
    },
    /// Set a new password with a reset link from an owner. All sessions end.
    ResetPassword {
        /// The hash of the link.
        link: TokenHash,
        /// The new password.
        password: PasswordHash,
        /// The token of the new session.
        token: TokenHash,
        /// The device of the new session.
        device: Device,
    },
    /// Join with an invitation.
    AcceptInvitation {
        /// The hash of the invitation code.
        code: TokenHash,
        /// The name to take.
        name: UserName,
        /// The password, if the person gets an account at once.
        password: Option<PasswordHash>,
        /// The token of the new session.
        token: TokenHash,
        /// The device of the new session.
        device: Device,
    },
    /// Take another name. The old name stays reserved and leads to the new one.
    Rename {
        /// The new name.
        name: UserName,
    },
    /// Choose whether others see when the caller is online or typing.
    SetPresence {
        /// Whether others do not see it.
        hidden: bool,
    },
    /// Record that a token was used today.
    RecordUse {
        /// The token.
        token: TokenHash,
        /// The device that used it, if it is a session.
        device: Device,
    },
}
