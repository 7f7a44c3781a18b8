//! Limits on what is held at one time: connections and streams of an address, streams of a person. Unlike a rate limit
//! it does not refill with time: a permit is held until it is dropped.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::UserId;
use crate::web::response::http_error::HttpError;

/// How many streams one person may have open: one for each tab on each device. A stream whose client vanished stays
/// open for another minute.
const STREAMS_PER_PERSON_MAX: usize = 32;

/// Counts the permits of each key, up to a maximum.
pub(crate) struct ConcurrencyLimit<Key: Hash + Eq> {
    max: usize,
    held: Mutex<HashMap<Key, usize>>,
}

/// One permit of a key, held until it is dropped.
pub(crate) struct ConcurrencyPermit<Key: Hash + Eq> {
    limit: Arc<ConcurrencyLimit<Key>>,
    key: Key,
}

impl<Key: Hash + Eq + Clone> ConcurrencyLimit<Key> {
    /// A limit of `max` permits for each key, none of them held.
    pub fn new(max: usize) -> Arc<Self> {
        Arc::new(Self { max, held: Mutex::default() })
    }

    /// A permit for this key, if it has one left.
    pub fn try_acquire(self: &Arc<Self>, key: Key) -> Option<ConcurrencyPermit<Key>> {
        let mut held = self.lock();
        let count = held.get(&key).copied().unwrap_or(0);
        if count >= self.max {
            return None;
        }
        held.insert(key.clone(), count + 1);
        Some(ConcurrencyPermit { limit: Arc::clone(self), key })
    }
}

impl<Key: Hash + Eq> ConcurrencyLimit<Key> {
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, usize>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<Key: Hash + Eq> Drop for ConcurrencyPermit<Key> {
    fn drop(&mut self) {
        let mut held = self.limit.lock();
        match held.get_mut(&self.key) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => {
                held.remove(&self.key);
            }
        }
    }
}

/// Limits of open streams, for people and for addresses.
pub(crate) struct StreamLimits {
    per_person: Arc<ConcurrencyLimit<UserId>>,
    per_address: Arc<ConcurrencyLimit<IpAddr>>,
}

/// The permits that a stream holds while it is open.
pub(crate) type StreamPermits = (Option<ConcurrencyPermit<UserId>>, Option<ConcurrencyPermit<IpAddr>>);

impl StreamLimits {
    /// Limits with this maximum for each address, and [`STREAMS_PER_PERSON_MAX`] for each person.
    pub fn new(streams_per_address: usize) -> Self {
        Self {
            per_person: ConcurrencyLimit::new(STREAMS_PER_PERSON_MAX),
            per_address: ConcurrencyLimit::new(streams_per_address),
        }
    }

    /// Permits for one more stream of this person and this address, as far as they are known.
    ///
    /// # Errors
    /// [`HttpError::TooManyStreams`] if one of them has none left.
    pub fn try_acquire(&self, person: Option<UserId>, address: Option<IpAddr>) -> Result<StreamPermits, HttpError> {
        let person = person.map(|person| self.per_person.try_acquire(person).ok_or(HttpError::TooManyStreams));
        let address = address.map(|address| self.per_address.try_acquire(address).ok_or(HttpError::TooManyStreams));
        Ok((person.transpose()?, address.transpose()?))
    }
}

#[cfg(test)]
mod tests {
    use crate::web::limits::concurrency::*;

    #[test]
    fn each_key_has_its_own_permits_and_dropping_one_frees_it() {
        let limit = ConcurrencyLimit::new(2);
        let (first, second) = (limit.try_acquire("a"), limit.try_acquire("a"));
        assert!(first.is_some() && second.is_some() && limit.try_acquire("a").is_none());
        let other = limit.try_acquire("b");
        assert!(other.is_some(), "another key has its own permits");
        drop(first);
        let third = limit.try_acquire("a");
        assert!(third.is_some() && limit.try_acquire("a").is_none());
        drop((second, third, other));
        assert!(limit.lock().is_empty());
    }

    #[test]
    fn a_stream_refused_for_its_address_holds_no_permit_of_the_person() {
        let (streams, address) = (StreamLimits::new(1), Some(IpAddr::from([192, 0, 2, 1])));
        let open = streams.try_acquire(Some(UserId(1)), address).expect("a permit is left");
        assert!(streams.try_acquire(Some(UserId(1)), address).is_err());
        assert_eq!(streams.per_person.lock().get(&UserId(1)), Some(&1));
        drop(open);
        assert!(streams.try_acquire(None, address).is_ok());
    }
}
