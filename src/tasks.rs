//! What the `taproom` command does besides serving: copies of the data file, and links for those who have forgotten their
//! passwords.

use std::io;
use std::path::Path;

use thiserror::Error;

use crate::config::Task;
use crate::control::{self, Wish, told};
use crate::store::{self, CopyError, OpenError, Store};

/// Why a task was not done. Each is one line.
#[derive(Debug, Error)]
pub enum TaskError {
    /// A copy was not made or not put back.
    #[error(transparent)]
    Copy(#[from] CopyError),
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
pub fn run(task: &Task, data: &Path) -> Result<String, TaskError> {
    match task {
        Task::Backup { file } => back_up(file, data),
        Task::Check { file } => Ok(format!("{} is whole: {}", file.display(), told(store::check(file)?))),
        Task::Reset { name } => reset(name, data),
        Task::Restore { file } => {
            let counts = store::restore(file, data)?;
            Ok(format!("{} holds now {}", data.display(), told(counts)))
        }
    }
}

/// Through the Taproom that runs on `data`, or by opening the file oneself.
fn back_up(file: &Path, data: &Path) -> Result<String, TaskError> {
    let file = std::path::absolute(file)?;
    let made = match control::ask(data, &Wish::BackUp(file.clone()))? {
        Some(answer) => answer.map_err(TaskError::Refused)?,
        None if !store::is_in(data) => return Err(TaskError::NoData(data.display().to_string())),
        None => told(Store::open(data)?.back_up(&file)?),
    };
    Ok(format!("{} holds {made}", file.display()))
}

/// Through the Taproom that runs: a link is a change, and there is one writer.
fn reset(name: &str, data: &Path) -> Result<String, TaskError> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" "); // the question is one line
    let link = control::ask(data, &Wish::Reset(name.clone()))?;
    let link = link.ok_or_else(|| TaskError::NotRunning(data.display().to_string()))?.map_err(TaskError::Refused)?;
    Ok(format!("{link}\nWhoever opens this link within a day chooses a new password for {name}. It works once."))
}
