//! Reports: telling those who keep order of a message, and their queue.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use crate::domain::limits::{ADMIN_LIST_ROWS_MAX, REASON_CHARS_MAX};
use crate::domain::{Command, Permission, Person, Refusal, Report, RoomCommand, Seq, ServerCommand, SingleLine};
use crate::engine::{Error, now};
use crate::store::Snapshot;
use crate::views;
use crate::views::admin::reports::ListedReport;
use crate::views::layout::page::Notice;
use crate::views::messages::delete::MessageView;
use crate::web::AppState;
use crate::web::auth::visitor::Visitor;
use crate::web::limits::rate_limits::{self, LimitedAction};
use crate::web::messages::target::find_message;
use crate::web::request::form::Form;
use crate::web::request::query;
use crate::web::response::error;
use crate::web::response::{redisplay, see_other, wants_page, with_private_cache};
use crate::web::rooms::sidebar::Sidebar;

/// Asks what is wrong with a message.
#[handler]
pub(crate) fn show(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    Ok(report_page(request, house, &visitor, "", None)?)
}

/// A message is reported.
#[handler]
pub(crate) async fn create(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    let sent = Form::read(request, body, &["reason"]).await.map_err(Error::Refused)?;
    let (room, message) = find_message(house, &house.store.snapshot().map_err(Error::Internal)?, request, &visitor)?;
    visitor.require_permission(Permission::ReportMessages, Some(&room)).map_err(Error::Refused)?;
    let reported = async {
        let reason = if sent.has_fields() { sent.get_single("reason")? } else { sent.get_or_body("reason") };
        let reason = SingleLine::parse_optional("reason", reason, REASON_CHARS_MAX)?;
        rate_limits::check(request, visitor.author().map(|person| person.id), LimitedAction::MinorChange)?;
        let command = Command::Room(room.id, RoomCommand::ReportMessage { message: message.id, reason });
        house.engine.execute(visitor.actor()?, None, command).await
    };
    match reported.await {
        Ok(_) if wants_page(request) => {
            Ok(see_other(&format!("{}/messages/{}/report?done=reported", room.slug.path(), message.id)))
        }
        Ok(_) => Ok(StatusCode::CREATED.into_response()),
        Err(error) => redisplay(request, house, error, |problem| {
            report_page(request, house, &visitor, sent.get_or_body("reason"), Some(&error::error_detail(problem)))
        }),
    }
}

/// What was reported.
#[handler]
pub(crate) fn list(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    let person = visitor.require_permission(Permission::ResolveReports, None).map_err(Error::Refused)?;
    let snapshot = house.store.snapshot().map_err(Error::Internal)?;
    let reports = snapshot.reports(ADMIN_LIST_ROWS_MAX).map_err(Error::Internal)?.into_iter();
    let reports = reports.map(|report| load_report(&snapshot, person, report)).collect::<Result<Vec<_>, _>>()?;
    if !wants_page(request) {
        let reports: Vec<_> = reports.iter().map(views::json::ReportJson::from_listed).collect();
        return Ok(with_private_cache(Json(reports).into_response(), &visitor));
    }
    let sidebar = Sidebar::load(&snapshot, &visitor).map_err(Error::Internal)?;
    let is_settled = query::text(request, "done").as_deref() == Some("resolved");
    let notice = is_settled.then(|| Notice::Done("It is settled.".to_owned()));
    let page = views::admin::reports::page(&sidebar.view(&visitor, None), &reports, notice.as_ref(), now());
    Ok(with_private_cache(page.into_response(), &visitor))
}

/// A report is put away.
#[handler]
pub(crate) async fn resolve(
    request: &Request,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    visitor.require_permission(Permission::ResolveReports, None).map_err(Error::Refused)?;
    let report = request.raw_path_param("id").and_then(|id| id.parse().ok()).map(Seq);
    let command = ServerCommand::ResolveReport { report: report.ok_or(Error::Refused(Refusal::NotFound))? };
    house.engine.execute(visitor.actor().map_err(Error::Refused)?, None, Command::Server(command)).await?;
    Ok(if wants_page(request) {
        see_other("/admin/reports?done=resolved")
    } else {
        StatusCode::NO_CONTENT.into_response()
    })
}

fn report_page(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    reason: &str,
    error: Option<&str>,
) -> Result<Response, Error> {
    let snapshot = house.store.snapshot()?;
    let (room, message) = find_message(house, &snapshot, request, visitor)?;
    visitor.require_permission(Permission::ReportMessages, Some(&room))?;
    let sidebar = Sidebar::load(&snapshot, visitor)?;
    let sidebar = sidebar.view(visitor, Some(room.id));
    let view = MessageView { places: &sidebar, room: &room, message: &message, now: now() };
    let is_reported = query::text(request, "done").as_deref() == Some("reported");
    let notice = is_reported.then(|| Notice::Done("Thank you. Those who keep order know of it.".to_owned()));
    Ok(with_private_cache(
        views::messages::delete::report_page(&view, reason, error, notice.as_ref()).into_response(),
        visitor,
    ))
}

/// A report with all it is about. Whoever reported a message has given it to those who keep order to read, also one of a
/// room that they do not see; of the room itself they learn nothing.
fn load_report(snapshot: &Snapshot, viewer: &Person, (id, report): (Seq, Report)) -> Result<ListedReport, Error> {
    let settled_by = report.resolved.map_or(Ok(None), |(by, _)| snapshot.author(by))?;
    let room = snapshot.visible_room_by_id(report.room, Some(viewer), now())?.map(|visible_room| visible_room.room);
    let (message, by) = (snapshot.message(report.room, report.message)?, snapshot.author(report.reporter)?);
    Ok(ListedReport { id, by, message, room, resolved_by: settled_by, report })
}
