//! From where nobody comes in anew: the addresses of those who were put outside.

use std::net::IpAddr;

use poem::Request;

use crate::domain::{AddressBlock, Person, Refusal, TokenKind, UserId};
use crate::engine::now;
use crate::store::{Snapshot, StoreError};
use crate::web::auth::visitor::Visitor;
use crate::web::request::client_address;
use crate::web::response::error::Error;
use crate::web::state::AppState;

/// Refuses whoever has no account and comes from where somebody was put out. They may still read.
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

/// From where somebody has come whose devices are still known; only what stands for them and no whole network.
///
/// # Errors
/// [`Fault`] if the file cannot be read.
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
