//! The subcommands of `taproom`: backups of the data file, and links to set a new password.

use std::io;
use std::path::Path;

use thiserror::Error;

use crate::config::CliCommand;
use crate::control::{self, ControlRequest, summary};
use crate::store::{self, BackupError, OpenError, Store};

/// Why a subcommand failed. Each is one line.
#[derive(Debug, Error)]
pub enum CliError {
    /// A backup could not be written or restored.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// A data file cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The running server refused.
    #[error("{0}")]
    Refused(String),
    /// No server is running that could create a link.
    #[error("no Taproom is running on {0}. Start it, or give its data directory with --data.")]
    NotRunning(String),
    /// There is nothing to back up.
    #[error("{0} has no data file. Give the data directory with --data.")]
    NoData(String),
    /// The system returned an error.
    #[error("{0}")]
    System(#[from] io::Error),
}

/// Runs a subcommand and returns what to print. Blocks until it is done.
///
/// # Errors
/// [`CliError`]
pub fn run(command: &CliCommand, data: &Path) -> Result<String, CliError> {
    match command {
        CliCommand::Backup { file } => backup(file, data),
        CliCommand::Check { file } => Ok(format!("{} is valid: {}", file.display(), summary(store::check_file(file)?))),
        CliCommand::Reset { name } => create_reset_link(name, data),
        CliCommand::Restore { file } => {
            let counts = store::restore_backup(file, data)?;
            Ok(format!("Restored to {}: {}", data.display(), summary(counts)))
        }
    }
}

/// Through the server that runs on `data`, or by opening the file directly.
fn backup(file: &Path, data: &Path) -> Result<String, CliError> {
    let file = std::path::absolute(file)?;
    let contents = match control::send_request(data, &ControlRequest::Backup { file: file.clone() })? {
        Some(response) => response.map_err(CliError::Refused)?,
        None if !store::data_file_exists(data) => return Err(CliError::NoData(data.display().to_string())),
        None => summary(Store::open(data)?.backup(&file)?),
    };
    Ok(format!("Backed up to {}: {contents}", file.display()))
}

/// Through the running server: a link is a change, and there is one writer.
fn create_reset_link(name: &str, data: &Path) -> Result<String, CliError> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let link = control::send_request(data, &ControlRequest::CreateResetLink { name: name.clone() })?;
    let link = link.ok_or_else(|| CliError::NotRunning(data.display().to_string()))?.map_err(CliError::Refused)?;
    Ok(format!("{link}\nOpen this link within 24 hours to set a new password for {name}. It works once."))
}
