//! How many of something each of many holds at a time, and that nobody holds more: connections and streams of an address,
//! streams of a person. Unlike a pace this does not forget: whoever has a place keeps it for as long as they like.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::{Refusal, UserId};

/// How many streams one person has open at a time: every tab has one, on every device, and one that has gone without a
/// word is there for another minute.
const STREAMS_OF_A_PERSON: usize = 32;

/// Those who hold something, each as often as there are places for one.
pub(super) struct Crowd<Key: Hash + Eq> {
    places: usize,
    held: Mutex<HashMap<Key, usize>>,
}

/// A place, taken until it is dropped.
pub(super) struct Place<Key: Hash + Eq> {
    crowd: Arc<Crowd<Key>>,
    key: Key,
}

impl<Key: Hash + Eq + Clone> Crowd<Key> {
    /// Nobody yet, of whom each may have so many places.
    pub fn new(places: usize) -> Arc<Self> {
        Arc::new(Self { places, held: Mutex::default() })
    }

    /// A place for this one, if they have one left.
    pub fn enter(self: &Arc<Self>, key: Key) -> Option<Place<Key>> {
        let mut held = self.held();
        let count = held.get(&key).copied().unwrap_or(0);
        if count >= self.places {
            return None;
        }
        held.insert(key.clone(), count + 1);
        Some(Place { crowd: Arc::clone(self), key })
    }
}

impl<Key: Hash + Eq> Crowd<Key> {
    fn held(&self) -> MutexGuard<'_, HashMap<Key, usize>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<Key: Hash + Eq> Drop for Place<Key> {
    fn drop(&mut self) {
        let mut held = self.crowd.held();
        match held.get_mut(&self.key) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => {
                held.remove(&self.key);
            }
        }
    }
}

/// The streams that are open.
pub(super) struct Streams {
    persons: Arc<Crowd<UserId>>,
    addresses: Arc<Crowd<IpAddr>>,
}

/// What a stream holds while it is open.
pub(super) type Places = (Option<Place<UserId>>, Option<Place<IpAddr>>);

impl Streams {
    /// None yet, of which an address may have so many.
    pub fn new(of_an_address: usize) -> Self {
        Self { persons: Crowd::new(STREAMS_OF_A_PERSON), addresses: Crowd::new(of_an_address) }
    }

    /// Places for one more of this person and this address, as far as they are known.
    ///
    /// # Errors
    /// [`Refusal::TooManyStreams`] if one of them has as many as they may.
    pub fn open(&self, person: Option<UserId>, address: Option<IpAddr>) -> Result<Places, Refusal> {
        let person = person.map(|person| self.persons.enter(person).ok_or(Refusal::TooManyStreams));
        let address = address.map(|address| self.addresses.enter(address).ok_or(Refusal::TooManyStreams));
        Ok((person.transpose()?, address.transpose()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_so_many_places_and_whoever_goes_makes_room_and_leaves_nothing_behind() {
        let crowd = Crowd::new(2);
        let (first, second) = (crowd.enter("a"), crowd.enter("a"));
        assert!(first.is_some() && second.is_some() && crowd.enter("a").is_none());
        let other = crowd.enter("b");
        assert!(other.is_some(), "another has places of their own");
        drop(first);
        let third = crowd.enter("a");
        assert!(third.is_some() && crowd.enter("a").is_none());
        drop((second, third, other));
        assert!(crowd.held().is_empty());
    }

    #[test]
    fn whoever_finds_no_place_for_their_address_keeps_none_as_a_person() {
        let (streams, here) = (Streams::new(1), Some(IpAddr::from([192, 0, 2, 1])));
        let open = streams.open(Some(UserId(1)), here).expect("there is a place");
        assert!(streams.open(Some(UserId(1)), here).is_err());
        assert_eq!(streams.persons.held().get(&UserId(1)), Some(&1));
        drop(open);
        assert!(streams.open(None, here).is_ok());
    }
}
