//! The setup link: the first person to use it becomes the server's owner. Its token is kept in a file in the data
//! directory until then, so that the printed link stays valid across restarts.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use constant_time_eq::constant_time_eq;

use crate::domain::Token;
use crate::secrets;
use crate::store::Store;

/// The file's name in the data directory.
const SETUP_LINK_FILE: &str = "setup-link";

/// The link that makes an owner, while the server has none.
pub struct SetupLink {
    token: Token,
    file: PathBuf,
}

impl SetupLink {
    /// Loads the link from `directory`, or makes a new one. `None` if the server has an owner.
    ///
    /// # Errors
    /// If the store cannot be read, the system gives no random bytes, or the file cannot be written.
    pub fn load_or_create(directory: &Path, store: &Store) -> io::Result<Option<Self>> {
        let file = directory.join(SETUP_LINK_FILE);
        if store.snapshot().and_then(|snapshot| snapshot.has_owner()).map_err(io::Error::other)? {
            // A crash between setting up and deleting the file leaves the file behind.
            let _missing_as_a_rule = fs::remove_file(&file);
            return Ok(None);
        }
        let saved = fs::read_to_string(&file).ok().and_then(|text| Token::parse(&text));
        let token = match saved {
            Some(token) => token,
            None => {
                let token = secrets::new_token().map_err(io::Error::other)?;
                let _missing_or_unreadable = fs::remove_file(&file);
                let mut new_file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file)?;
                writeln!(new_file, "{}", token.to_text())?;
                token
            }
        };
        Ok(Some(Self { token, file }))
    }

    /// The link's path on this server.
    pub fn path(&self) -> String {
        format!("/setup/{}", self.token.to_text())
    }

    /// Whether `token` is this link's token. The comparison takes the same time for every guess of the right length.
    pub(in crate::web) fn matches(&self, token: &str) -> bool {
        constant_time_eq(token.as_bytes(), self.token.to_text().as_bytes())
    }

    /// Deletes the file, after the link has made an owner.
    pub(in crate::web) fn mark_used(&self) {
        if let Err(cause) = fs::remove_file(&self.file) {
            tracing::warn!(%cause, file = %self.file.display(), "failed to delete the file of the used setup link");
        }
    }
}
