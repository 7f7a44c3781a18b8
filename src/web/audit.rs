//! The log of what was done to keep order.

use std::sync::Arc;

use poem::web::{Data, Json};
use poem::{IntoResponse, Request, Response, Result, handler};

use super::answers::{private, wants_page};
use super::places::Places;
use super::visitor::Visitor;
use super::{House, query};
use crate::domain::limits::LISTED_PEOPLE_MAX;
use crate::domain::{Act, Audit, Deed, Person, Seq};
use crate::engine::{Problem, now};
use crate::store::Snapshot;
use crate::views;
use crate::views::audit::Line;

/// The log, newest first; with `before`, what came before that line.
#[handler]
pub(super) fn show(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let viewer = visitor.allowed(Act::ReadAudit, None).map_err(Problem::Refused)?;
    let before = query::number(request, "before").map_err(Problem::Refused)?;
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let mut audit = snapshot.audit(before, LISTED_PEOPLE_MAX + 1).map_err(Problem::Unread)?; // one more: there are older
    let has_older = audit.len() > LISTED_PEOPLE_MAX;
    audit.truncate(LISTED_PEOPLE_MAX);
    let older = audit.last().filter(|_| has_older).map(|(seq, _)| *seq);
    let lines = audit.into_iter().map(|audited| line(&snapshot, viewer, audited)).collect::<Result<Vec<_>, _>>()?;
    if !wants_page(request) {
        let lines: Vec<_> = lines.iter().map(views::json::Line::of).collect();
        return Ok(private(Json(lines).into_response(), &visitor));
    }
    let places = Places::of(&snapshot, &visitor).map_err(Problem::Unread)?;
    let page = views::audit::page(&places.view(&visitor, None), &lines, older);
    Ok(private(page.into_response(), &visitor))
}

fn line(snapshot: &Snapshot, viewer: &Person, (id, audit): (Seq, Audit)) -> Result<Line, Problem> {
    let named = |user: Option<_>| user.map_or(Ok(None), |user| snapshot.user(user));
    let room = audit.deed.room().map_or(Ok(None), |room| snapshot.sight_by_id(room, Some(viewer), now()))?;
    let label = match audit.deed {
        Deed::InvitationRevoked { id } => snapshot.invitation_by_id(id)?.map(|invitation| invitation.label),
        _ => None,
    };
    let (by, user) = (named(audit.by)?, named(audit.deed.user())?);
    Ok(Line { id, by, user, room: room.map(|sight| sight.room), label, audit })
}
