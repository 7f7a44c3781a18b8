//! The queue of reported messages. Reporting one is in `web/messages/report.rs`.

use poem::http::StatusCode;
use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};

use crate::domain::limits::ADMIN_LIST_ROWS_MAX;
use crate::domain::{Command, Permission, Person, Refusal, Report, Seq, ServerCommand};
use crate::engine::now;
use crate::store::Snapshot;
use crate::views;
use crate::views::admin::reports::ListedReport;
use crate::views::layout::page::Notice;
use crate::web::request::context::Ctx;
use crate::web::request::query;
use crate::web::response::error::Error;
use crate::web::response::{see_other, with_private_cache};
use crate::web::rooms::sidebar::Sidebar;

/// What was reported.
#[handler]
pub(crate) fn list(ctx: Ctx<'_>) -> Result<Response, Error> {
    let person = ctx.require_permission(Permission::ResolveReports, None)?;
    let snapshot = ctx.snapshot()?;
    let reports = snapshot.reports(ADMIN_LIST_ROWS_MAX)?.into_iter();
    let reports = reports.map(|report| load_report(&snapshot, person, report)).collect::<Result<Vec<_>, _>>()?;
    if !ctx.wants_page() {
        let reports: Vec<_> = reports.iter().map(views::json::ReportJson::from_listed).collect();
        return Ok(with_private_cache(Json(reports).into_response(), &ctx.visitor));
    }
    let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
    let is_settled = query::text(ctx.request, "done").as_deref() == Some("resolved");
    let notice = is_settled.then(|| Notice::Success("It is settled.".to_owned()));
    let page = views::admin::reports::page(&sidebar.view(&ctx.visitor, None), &reports, notice.as_ref(), now());
    Ok(with_private_cache(page.into_response(), &ctx.visitor))
}

/// A report is put away.
#[handler]
pub(crate) async fn resolve(ctx: Ctx<'_>) -> Result<Response, Error> {
    ctx.require_permission(Permission::ResolveReports, None)?;
    let report = ctx.request.raw_path_param("id").and_then(|id| id.parse().ok()).map(Seq);
    let command = ServerCommand::ResolveReport { report: report.ok_or(Error::Refused(Refusal::NotFound))? };
    ctx.execute(Command::Server(command)).await?;
    Ok(if ctx.wants_page() {
        see_other("/admin/reports?done=resolved")
    } else {
        StatusCode::NO_CONTENT.into_response()
    })
}

/// A report with all it is about. Whoever reported a message has given it to those who keep order to read, also one of a
/// room that they do not see; of the room itself they learn nothing.
fn load_report(snapshot: &Snapshot, viewer: &Person, (id, report): (Seq, Report)) -> Result<ListedReport, Error> {
    let settled_by = report.resolved.map_or(Ok(None), |(by, _)| snapshot.author_by_id(by))?;
    let room = snapshot.visible_room_by_id(report.room, Some(viewer), now())?.map(|visible_room| visible_room.room);
    let (message, by) = (snapshot.message(report.room, report.message)?, snapshot.author_by_id(report.reporter)?);
    Ok(ListedReport { id, reported_by: by, message, room, resolved_by: settled_by, report })
}
