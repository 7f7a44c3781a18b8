//! Random values that nobody can guess: tokens, recovery codes, nonces and salts. They are drawn before a command is
//! made, because applying a command must be deterministic.

use crate::clock;
use crate::domain::{RecoveryCode, Salt, Token};

/// The system's random number generator failed. The cause is already in the log.
#[derive(Debug, thiserror::Error)]
#[error("the system's random number generator failed")]
pub(crate) struct RandomError;

/// A new token: 256 random bits.
///
/// # Errors
/// [`RandomError`].
pub(crate) fn new_token() -> Result<Token, RandomError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(log_random_error)?;
    Ok(Token::new(bytes))
}

/// A new recovery code: 120 random bits.
///
/// # Errors
/// [`RandomError`].
pub(crate) fn new_recovery_code() -> Result<RecoveryCode, RandomError> {
    let mut bytes = [0; 15];
    getrandom::fill(&mut bytes).map_err(log_random_error)?;
    Ok(RecoveryCode::new(bytes))
}

/// A new nonce. It starts with the time, so that nonces of one moment are neighbours in the store.
///
/// # Errors
/// [`RandomError`].
pub(crate) fn new_nonce() -> Result<String, RandomError> {
    let random = getrandom::u64().map_err(log_random_error)?;
    Ok(format!("{:011x}-{random:016x}", clock::now().0))
}

/// A new salt: 64 random bits.
///
/// # Errors
/// [`RandomError`].
pub(crate) fn new_salt() -> Result<Salt, RandomError> {
    getrandom::u64().map(Salt).map_err(log_random_error)
}

fn log_random_error(cause: getrandom::Error) -> RandomError {
    tracing::error!(%cause, "failed to draw random bytes from the system");
    RandomError
}
