//! Hashes and verifies passwords. Hashing is expensive on purpose, so only a few run at once and the queue is bounded.

use std::sync::Arc;

use argon2::password_hash::{Error as HashError, PasswordHasher as _, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::{Password, PasswordHash};
use crate::web::response::error::Error;

/// Memory in KiB, passes and lanes: 19 MiB, 2 and 1, one of the equally strong settings that the OWASP Password Storage
/// Cheat Sheet lists for Argon2id (<https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html>).
const ARGON2_COST: (u32, u32, u32) = (19 * 1024, 2, 1);
/// How many hashes run at once. Each needs one core and 19 MiB of memory.
const CONCURRENT_HASHES_MAX: usize = 2;
/// How many more may wait: about two seconds of work.
const QUEUED_HASHES_MAX: usize = 64;
/// Length of a salt in bytes, as RFC 9106, section 3.1, recommends.
const SALT_BYTES: usize = 16;
/// Verified when the user does not exist, so that it takes as long as a wrong password. No password has this hash.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes passwords on a few blocking threads, with a bounded queue.
pub struct PasswordHasher {
    queue: Arc<Semaphore>,
    workers: Arc<Semaphore>,
}

impl Default for PasswordHasher {
    fn default() -> Self {
        let queue = Arc::new(Semaphore::new(CONCURRENT_HASHES_MAX + QUEUED_HASHES_MAX));
        Self { queue, workers: Arc::new(Semaphore::new(CONCURRENT_HASHES_MAX)) }
    }
}

impl PasswordHasher {
    /// Hashes a new password with its own random salt.
    ///
    /// # Errors
    /// [`Error::Busy`] if the queue is full; [`Error::Unwritable`] if hashing fails.
    pub(crate) async fn hash(&self, password: Password) -> Result<PasswordHash, Error> {
        let mut salt = [0; SALT_BYTES];
        getrandom::fill(&mut salt).map_err(|error| log_hash_failure(&error))?;
        let hash = move || new_argon2()?.hash_password_with_salt(password.as_bytes(), &salt);
        let hash = self.run_queued(hash).await?.map_err(|error| log_hash_failure(&error))?;
        Ok(PasswordHash::new(hash.to_string()))
    }

    /// Whether `password` has this hash. Without a hash the answer is no, after the same time.
    ///
    /// # Errors
    /// As [`PasswordHasher::hash`].
    pub(crate) async fn verify(&self, password: Password, hash: Option<PasswordHash>) -> Result<bool, Error> {
        let hash = hash.map_or(DUMMY_HASH.to_owned(), |hash| hash.as_str().to_owned());
        let verify = move || new_argon2()?.verify_password(password.as_bytes(), hash.as_str());
        match self.run_queued(verify).await? {
            Ok(()) => Ok(true),
            Err(HashError::PasswordInvalid) => Ok(false),
            Err(error) => Err(log_hash_failure(&error)),
        }
    }

    /// Runs `work` on a blocking thread when it is its turn. The permits are held until the work is done, even if the
    /// caller stops waiting.
    async fn run_queued<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let place = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| Error::Busy)?;
        let worker = Arc::clone(&self.workers).acquire_owned().await.map_err(|_| Error::Stopping)?;
        let permits: [OwnedSemaphorePermit; 2] = [place, worker];
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permits);
            done
        });
        done.await.map_err(|error| log_hash_failure(&error))
    }
}

fn new_argon2() -> Result<Argon2<'static>, HashError> {
    let (memory_kib, passes, lanes) = ARGON2_COST;
    let params = Params::new(memory_kib, passes, lanes, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn log_hash_failure(error: &dyn std::fmt::Display) -> Error {
    tracing::error!(%error, "failed to hash a password");
    Error::Unwritable
}

#[cfg(test)]
mod tests {
    use crate::web::state::password_hasher::*;

    #[tokio::test]
    async fn only_the_right_password_verifies_and_an_unknown_name_costs_as_much() {
        let (hasher, parse) = (PasswordHasher::default(), |text| Password::parse_attempt(text));
        let hash = hasher.hash(parse("correct horse")).await.expect("the queue is empty");
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        let other = hasher.hash(parse("correct horse")).await.expect("the queue is empty");
        assert!(hash != other, "each hash has its own salt");
        for (attempt, stored, is_right) in [
            ("correct horse", Some(hash.clone()), true),
            ("correct horse ", Some(hash.clone()), false),
            ("", Some(hash), false),
            ("correct horse", None, false),
        ] {
            let verified = hasher.verify(parse(attempt), stored).await.expect("the queue is empty");
            assert_eq!(verified, is_right, "{attempt:?}");
        }
        let same_work = |phc: &str| phc.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(same_work(DUMMY_HASH), same_work(other.as_str()), "an unknown name costs as much as a known one");
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let hasher = PasswordHasher::default();
        let busy = Arc::clone(&hasher.workers)
            .acquire_many_owned(CONCURRENT_HASHES_MAX as u32)
            .await
            .expect("all workers are free");
        let mut waiting: Vec<_> =
            (0..CONCURRENT_HASHES_MAX + QUEUED_HASHES_MAX).map(|_| Box::pin(hasher.run_queued(|| 7))).collect();
        for task in &mut waiting {
            assert!(poll_once(task).await.is_none(), "all workers are busy");
        }
        assert!(matches!(hasher.run_queued(|| 7).await, Err(Error::Busy)));
        drop(busy);
        for task in waiting {
            assert_eq!(task.await.expect("each gets its turn"), 7);
        }
        assert_eq!(hasher.run_queued(|| 7).await.expect("the queue is empty again"), 7);
    }

    /// Polls a future once.
    async fn poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        std::future::poll_fn(|cx| match std::pin::Pin::new(&mut *future).poll(cx) {
            std::task::Poll::Ready(output) => std::task::Poll::Ready(Some(output)),
            std::task::Poll::Pending => std::task::Poll::Ready(None),
        })
        .await
    }
}
