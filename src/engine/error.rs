//! Why a command has no outcome.

use thiserror::Error;

use crate::domain::Refusal;
use crate::store::StoreError;

/// Why a command has no outcome.
#[derive(Debug, Error)]
pub enum EngineError {
    /// A rule of the domain refuses the command.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The queue is full. Nothing was changed; the caller may retry in a moment.
    #[error("too many requests are waiting. Try again in a moment")]
    Busy,
    /// The server is stopping. Nothing was changed.
    #[error("the server is restarting")]
    Stopping,
    /// Internal, and logged: the change could not be written. Whether it was is unknown; the caller may retry with the same nonce.
    #[error("failed to write the change")]
    Unwritable,
    /// Internal: the data could not be read.
    #[error(transparent)]
    Internal(#[from] StoreError),
}
