//! Pinning a message to its room, and taking it off.

use std::sync::Arc;

use poem::web::Data;
use poem::{Request, Response, Result, handler};

use super::House;
use super::changing::change;
use super::visitor::Visitor;
use crate::domain::RoomCommand;

/// It is pinned.
#[handler]
pub(super) async fn pin(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    change(house, request, (&visitor, visitor.who()), |message| {
        Ok(RoomCommand::Pin { message: message.id, pinned: true })
    })
    .await
}

/// It no longer is.
#[handler]
pub(super) async fn unpin(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    change(house, request, (&visitor, visitor.who()), |message| {
        Ok(RoomCommand::Pin { message: message.id, pinned: false })
    })
    .await
}
