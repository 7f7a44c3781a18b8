//! What nobody can guess. Drawn here, before a command is made, so that carrying it out draws nothing.

use crate::domain::{RecoveryCode, Salt, Token};
use crate::engine::{self, Problem};

/// A new token.
pub(super) fn token() -> Result<Token, Problem> {
    let mut bits = [0; 32];
    getrandom::fill(&mut bits).map_err(logged)?;
    Ok(Token::new(bits))
}

/// A new recovery code.
pub(super) fn recovery_code() -> Result<RecoveryCode, Problem> {
    let mut bits = [0; 15];
    getrandom::fill(&mut bits).map_err(logged)?;
    Ok(RecoveryCode::new(bits))
}

/// A new nonce. It starts with the time, so that those of one moment lie together in the store.
pub(super) fn nonce() -> Result<String, Problem> {
    let random = getrandom::u64().map_err(logged)?;
    Ok(format!("{:011x}-{random:016x}", engine::now().0))
}

/// Letters that nobody can guess.
pub(super) fn salt() -> Result<Salt, Problem> {
    getrandom::u64().map(Salt).map_err(logged)
}

fn logged(cause: getrandom::Error) -> Problem {
    tracing::error!(%cause, "the system gives no random numbers");
    Problem::Broken
}
