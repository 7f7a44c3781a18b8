//! Finds the room of a request.

use crate::domain::{JoinPolicy, Refusal, Slug};
use crate::engine::now;
use crate::store::{Snapshot, VisibleRoom};
use crate::web::auth::visitor::Visitor;
use crate::web::request::context::Ctx;
use crate::web::request::query;
use crate::web::response::error::Error;
use crate::web::state::AppState;

impl Ctx<'_> {
    /// The room of the request's path, if the visitor may see it. A room that they may not see answers like a room that
    /// does not exist.
    ///
    /// # Errors
    /// [`Error::Refused`] if there is no such room, or one has to sign in to see any.
    pub fn room(&self) -> Result<VisibleRoom, Error> {
        self.state.find_room(&*self.snapshot()?, self.request, &self.visitor)
    }
}

impl AppState {
    /// The room at the address that stands in a request's path, if the visitor may see it. One that they may not see
    /// answers as one that is not there.
    pub(crate) fn find_room(
        &self,
        snapshot: &Snapshot,
        request: &poem::Request,
        visitor: &Visitor,
    ) -> Result<VisibleRoom, Error> {
        self.find_room_by_name(snapshot, query::room_name(request), visitor)
    }

    /// The same of the room of this name, wherever that stands.
    pub(crate) fn find_room_by_name(
        &self,
        snapshot: &Snapshot,
        name: &str,
        visitor: &Visitor,
    ) -> Result<VisibleRoom, Error> {
        let person = visitor.person.as_ref();
        let address = Slug::from_name(name);
        let visible_room =
            address.map_or(Ok(None), |address| snapshot.visible_room_by_slug(&address, person, now()))?;
        match visible_room {
            Some(sight) => Ok(sight),
            None => Err(Error::Refused(match snapshot.settings()?.join_policy {
                JoinPolicy::Invited if person.is_none() => Refusal::InvitationRequired,
                JoinPolicy::Members if person.is_none_or(|person| !person.has_account()) => Refusal::MembersOnly,
                JoinPolicy::Anyone | JoinPolicy::Invited | JoinPolicy::Members => Refusal::room_not_found(name),
            })),
        }
    }
}
