//! Blocked networks: nobody creates an account from the addresses of banned people.

use std::net::IpAddr;

use poem::Request;

use crate::domain::{AddressBlock, Person, Refusal, TokenKind, UserId};
use crate::engine::now;
use crate::store::{Snapshot, StoreError};
use crate::web::auth::visitor::Visitor;
use crate::web::request::client_address;
use crate::web::response::error::Error;
use crate::web::state::AppState;

/// Refuses visitors without an account who come from a blocked network. They may still read.
///
/// # Errors
/// [`Refusal::AddressBlocked`].
pub(crate) fn check_not_blocked(snapshot: &Snapshot, request: &Request, visitor: &Visitor) -> Result<(), Error> {
    if visitor.person.as_ref().is_some_and(Person::has_account) {
        return Ok(());
    }
    let block = AddressBlock::containing(client_address::client_address(request)).to_string();
    if snapshot.is_address_blocked(&block, now())? { Err(Refusal::AddressBlocked.into()) } else { Ok(()) }
}

/// The networks of a user's current sessions, without private and shared ones.
///
/// # Errors
/// [`StoreError`] if the file cannot be read.
pub(crate) fn find_address_blocks(state: &AppState, user: UserId) -> Result<Vec<String>, StoreError> {
    let addresses =
        state.store.snapshot()?.sessions(user, now())?.into_iter().filter_map(|session| match session.kind {
            TokenKind::Session(device) => device.address.parse::<IpAddr>().ok(),
            TokenKind::Personal { .. } => None,
        });
    let public = addresses.map(AddressBlock::containing).filter(|block| block.is_public());
    let mut blocks: Vec<String> = public.map(|block| block.to_string()).collect();
    blocks.sort_unstable();
    blocks.dedup();
    Ok(blocks)
}
