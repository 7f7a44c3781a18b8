//! What nobody can guess. Drawn here, before a command is made, so that carrying it out draws nothing.

use crate::domain::{RecoveryCode, Salt, Token};
use crate::engine;
use crate::web::response::error::Error;

/// A new token.
pub(crate) fn new_token() -> Result<Token, Error> {
    let mut bits = [0; 32];
    getrandom::fill(&mut bits).map_err(log_random_error)?;
    Ok(Token::new(bits))
}

/// A new recovery code.
pub(crate) fn new_recovery_code() -> Result<RecoveryCode, Error> {
    let mut bits = [0; 15];
    getrandom::fill(&mut bits).map_err(log_random_error)?;
    Ok(RecoveryCode::new(bits))
}

/// A new nonce. It starts with the time, so that those of one moment lie together in the store.
pub(crate) fn new_nonce() -> Result<String, Error> {
    let random = getrandom::u64().map_err(log_random_error)?;
    Ok(format!("{:011x}-{random:016x}", engine::now().0))
}

/// Letters that nobody can guess.
pub(crate) fn new_salt() -> Result<Salt, Error> {
    getrandom::u64().map(Salt).map_err(log_random_error)
}

fn log_random_error(cause: getrandom::Error) -> Error {
    tracing::error!(%cause, "the system gives no random numbers");
    Error::Unwritable
}
