//! Passwords: hashing them, which takes long on purpose.

use argon2::Argon2;
use argon2::password_hash::PasswordHasher;

use super::House;
use crate::domain::{Password, PasswordHash};
use crate::engine::Problem;

/// Hashes a password that somebody has chosen.
///
/// # Errors
/// [`Problem::Broken`] if it cannot be done.
pub(super) async fn hash(_house: &House, password: Password) -> Result<PasswordHash, Problem> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| Problem::Broken)?;
    let hashed = tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map(|hash| PasswordHash::new(hash.to_string()))
    });
    hashed.await.map_err(|_| Problem::Broken)?.map_err(|_| Problem::Broken)
}
