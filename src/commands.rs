//! What the `taproom` command does besides serving: copies of the data file, and links for those who have forgotten their
//! passwords.

use std::io;
use std::path::Path;

use thiserror::Error;

use crate::config::CliCommand;
use crate::control::{self, ControlRequest, summary};
use crate::store::{self, BackupError, OpenError, Store};

/// Why a task was not done. Each is one line.
#[derive(Debug, Error)]
pub enum CliError {
    /// A copy was not made or not put back.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// A file is not what it should be.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The Taproom that runs has refused.
    #[error("{0}")]
    Refused(String),
    /// Nobody is there to make a link.
    #[error("no Taproom is running on {0}. Start it, or give the directory of the one that runs with --data.")]
    NotRunning(String),
    /// There is nothing to copy.
    #[error("{0} holds no data file. Give the directory with --data.")]
    NoData(String),
    /// The system says no.
    #[error("{0}")]
    System(#[from] io::Error),
}

/// Does the task and answers what to print. Blocks until it is done.
///
/// # Errors
/// [`TaskError`]
pub fn run(command: &CliCommand, data: &Path) -> Result<String, CliError> {
    match command {
        CliCommand::Backup { file } => backup(file, data),
        CliCommand::Check { file } => Ok(format!("{} is whole: {}", file.display(), summary(store::check_file(file)?))),
        CliCommand::Reset { name } => create_reset_link(name, data),
        CliCommand::Restore { file } => {
            let counts = store::restore_backup(file, data)?;
            Ok(format!("{} holds now {}", data.display(), summary(counts)))
        }
    }
}

/// Through the Taproom that runs on `data`, or by opening the file oneself.
fn backup(file: &Path, data: &Path) -> Result<String, CliError> {
    let file = std::path::absolute(file)?;
    let made = match control::send_request(data, &ControlRequest::Backup(file.clone()))? {
        Some(answer) => answer.map_err(CliError::Refused)?,
        None if !store::data_file_exists(data) => return Err(CliError::NoData(data.display().to_string())),
        None => summary(Store::open(data)?.backup(&file)?),
    };
    Ok(format!("{} holds {made}", file.display()))
}

/// Through the Taproom that runs: a link is a change, and there is one writer.
fn create_reset_link(name: &str, data: &Path) -> Result<String, CliError> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" "); // the question is one line
    let link = control::send_request(data, &ControlRequest::CreateResetLink(name.clone()))?;
    let link = link.ok_or_else(|| CliError::NotRunning(data.display().to_string()))?.map_err(CliError::Refused)?;
    Ok(format!("{link}\nWhoever opens this link within a day chooses a new password for {name}. It works once."))
}
