//! Reports: telling those who keep order of a message, and their queue.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use super::answers::{again, private, see_other, wants_page};
use super::changing::found;
use super::form::Form;
use super::pace::{self, Deed};
use super::places::Places;
use super::visitor::Visitor;
use super::{House, problem, query};
use crate::domain::limits::{LISTED_PEOPLE_MAX, REASON_CHARS_MAX};
use crate::domain::{Act, Command, HouseCommand, Line, Person, Refusal, Report, RoomCommand, Seq};
use crate::engine::{Problem, now};
use crate::store::Snapshot;
use crate::views;
use crate::views::removal::View;
use crate::views::reports::Listed;
use crate::views::sheet::Notice;

/// Asks what is wrong with a message.
#[handler]
pub(super) fn ask(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    Ok(form(request, house, &visitor, "", None)?)
}

/// A message is reported.
#[handler]
pub(super) async fn tell(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let sent = Form::read(request, body, &["why"]).await.map_err(Problem::Refused)?;
    let (room, message) = found(house, &house.store.snapshot().map_err(Problem::Unread)?, request, &visitor)?;
    visitor.allowed(Act::Report, Some(&room)).map_err(Problem::Refused)?;
    let reported = async {
        let why = if sent.has_fields() { sent.one("why")? } else { sent.get_or_text("why") };
        let why = Line::parse_optional("why", why, REASON_CHARS_MAX)?;
        pace::take(request, visitor.author().map(|person| person.id), Deed::Note)?;
        let command = Command::Room(room.id, RoomCommand::Report { message: message.id, why });
        house.engine.execute(visitor.who()?, None, command).await
    };
    match reported.await {
        Ok(_) if wants_page(request) => {
            Ok(see_other(&format!("{}/messages/{}/report?done=reported", room.address.path(), message.id)))
        }
        Ok(_) => Ok(StatusCode::CREATED.into_response()),
        Err(problem) => again(request, house, problem, |problem| {
            form(request, house, &visitor, sent.get_or_text("why"), Some(&problem::detail(problem)))
        }),
    }
}

/// What was reported.
#[handler]
pub(super) fn queue(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let person = visitor.allowed(Act::KeepReports, None).map_err(Problem::Refused)?;
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let reports = snapshot.reports(LISTED_PEOPLE_MAX).map_err(Problem::Unread)?.into_iter();
    let reports = reports.map(|report| listed(&snapshot, person, report)).collect::<Result<Vec<_>, _>>()?;
    if !wants_page(request) {
        let reports: Vec<_> = reports.iter().map(views::json::Report::of).collect();
        return Ok(private(Json(reports).into_response(), &visitor));
    }
    let places = Places::of(&snapshot, &visitor).map_err(Problem::Unread)?;
    let is_settled = query::text(request, "done").as_deref() == Some("settled");
    let notice = is_settled.then(|| Notice::Done("It is settled.".to_owned()));
    let page = views::reports::page(&places.view(&visitor, None), &reports, notice.as_ref(), now());
    Ok(private(page.into_response(), &visitor))
}

/// A report is put away.
#[handler]
pub(super) async fn settle(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    visitor.allowed(Act::KeepReports, None).map_err(Problem::Refused)?;
    let report = request.raw_path_param("id").and_then(|id| id.parse().ok()).map(Seq);
    let command = HouseCommand::Settle { report: report.ok_or(Problem::Refused(Refusal::Nothing))? };
    house.engine.execute(visitor.who().map_err(Problem::Refused)?, None, Command::House(command)).await?;
    Ok(if wants_page(request) {
        see_other("/house/reports?done=settled")
    } else {
        StatusCode::NO_CONTENT.into_response()
    })
}

fn form(
    request: &Request,
    house: &House,
    visitor: &Visitor,
    why: &str,
    wrong: Option<&str>,
) -> Result<Response, Problem> {
    let snapshot = house.store.snapshot()?;
    let (room, message) = found(house, &snapshot, request, visitor)?;
    visitor.allowed(Act::Report, Some(&room))?;
    let places = Places::of(&snapshot, visitor)?;
    let places = places.view(visitor, Some(room.id));
    let view = View { places: &places, room: &room, message: &message, now: now() };
    let is_reported = query::text(request, "done").as_deref() == Some("reported");
    let notice = is_reported.then(|| Notice::Done("Thank you. Those who keep order know of it.".to_owned()));
    Ok(private(views::removal::report(&view, why, wrong, notice.as_ref()).into_response(), visitor))
}

/// A report with all it is about. Whoever reported a message has given it to those who keep order to read, also one of a
/// room that they do not see; of the room itself they learn nothing.
fn listed(snapshot: &Snapshot, viewer: &Person, (id, report): (Seq, Report)) -> Result<Listed, Problem> {
    let settled_by = report.settled.map_or(Ok(None), |(by, _)| snapshot.user(by))?;
    let room = snapshot.sight_by_id(report.room, Some(viewer), now())?.map(|sight| sight.room);
    let (message, by) = (snapshot.message(report.room, report.message)?, snapshot.user(report.by)?);
    Ok(Listed { id, by, message, room, settled_by, report })
}
