//! Finds the room of a request, and the people that a form names. A room that the visitor may not see answers like a room
//! that does not exist.

use poem::Request;

use crate::domain::limits::MEMBERS_PICKED_MAX;
use crate::domain::{JoinPolicy, Refusal, Slug, UserId, UserName, muted_reason};
use crate::engine::now;
use crate::store::{Snapshot, StoreError, VisibleRoom};
use crate::web::auth::visitor::Visitor;
use crate::web::request::context::Ctx;
use crate::web::request::query;
use crate::web::response::error::Error;
use crate::web::state::AppState;

impl Ctx<'_> {
    /// The room of the request's path, if the visitor may see it.
    ///
    /// # Errors
    /// [`Error::Refused`] if there is no such room, or one has to sign in to see any.
    pub fn room(&self) -> Result<VisibleRoom, Error> {
        self.state.find_room(&*self.snapshot()?, self.request, &self.visitor)
    }
}

impl AppState {
    /// The room of a request's path, if the visitor may see it.
    ///
    /// # Errors
    /// As [`Ctx::room`].
    pub(crate) fn find_room(
        &self,
        snapshot: &Snapshot,
        request: &Request,
        visitor: &Visitor,
    ) -> Result<VisibleRoom, Error> {
        self.find_room_by_name(snapshot, query::room_name(request), visitor)
    }

    /// The room of this name or slug, if the visitor may see it.
    ///
    /// # Errors
    /// As [`Ctx::room`].
    pub(crate) fn find_room_by_name(
        &self,
        snapshot: &Snapshot,
        name: &str,
        visitor: &Visitor,
    ) -> Result<VisibleRoom, Error> {
        let person = visitor.person.as_ref();
        let visible_room =
            Slug::from_name(name).map_or(Ok(None), |slug| snapshot.visible_room_by_slug(&slug, person, now()))?;
        match visible_room {
            Some(visible_room) => Ok(visible_room),
            None => Err(Error::Refused(match snapshot.settings()?.join_policy {
                JoinPolicy::Invited if person.is_none() => Refusal::InvitationRequired,
                JoinPolicy::Members if person.is_none_or(|person| !person.has_account()) => Refusal::MembersOnly,
                JoinPolicy::Anyone | JoinPolicy::Invited | JoinPolicy::Members => Refusal::room_not_found(name),
            })),
        }
    }
}

/// Why the visitor may not post in this room, as a sentence; `None` if they may, or are not signed in.
///
/// # Errors
/// [`StoreError`] if the file cannot be read.
pub(crate) fn muted_reason_here(
    snapshot: &Snapshot,
    visitor: &Visitor,
    visible_room: &VisibleRoom,
) -> Result<Option<String>, StoreError> {
    let Some(person) = &visitor.person else { return Ok(None) };
    let refusal = muted_reason(&snapshot.settings()?, &visible_room.room, person, visible_room.muted_until, now());
    Ok(refusal.map(|refusal| refusal.to_string()))
}

/// The people of these names, which are separated by commas or line ends. The number of names is checked before any
/// lookup.
///
/// # Errors
/// [`Error::Refused`] with [`Refusal::LimitReached`], [`Refusal::PersonNotFound`], or what is wrong with a name.
pub(crate) fn find_people_by_name(snapshot: &Snapshot, names: &str) -> Result<Vec<UserId>, Error> {
    let names = names.split([',', '\n']).map(str::trim).filter(|name| !name.is_empty());
    if names.clone().nth(MEMBERS_PICKED_MAX).is_some() {
        return Err(Refusal::LimitReached(MEMBERS_PICKED_MAX).into());
    }
    let find_user = |name| {
        let person = snapshot.person_by_name(&UserName::parse(name)?)?;
        Ok(person.ok_or(Refusal::PersonNotFound)?.author.id)
    };
    names.map(find_user).collect()
}
