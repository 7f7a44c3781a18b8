//! The queue of reported messages. Reporting a message is in `web/messages/report.rs`.

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

/// Lists the reports, open ones first.
#[handler]
pub(crate) fn list(ctx: Ctx<'_>) -> Result<Response, Error> {
    let viewer = ctx.require_permission(Permission::ResolveReports, None)?;
    let snapshot = ctx.snapshot()?;
    let reports = snapshot.reports(ADMIN_LIST_ROWS_MAX)?.into_iter();
    let reports =
        reports.map(|(id, report)| load_report(&snapshot, viewer, id, report)).collect::<Result<Vec<_>, _>>()?;
    if !ctx.wants_page() {
        let reports: Vec<_> = reports.iter().map(views::json::ReportJson::from_listed).collect();
        return Ok(with_private_cache(Json(reports).into_response(), &ctx.visitor));
    }
    let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
    let is_resolved = query::text(ctx.request, "done").as_deref() == Some("resolved");
    let notice = is_resolved.then(|| Notice::Success("Report resolved.".to_owned()));
    let page = views::admin::reports::page(&sidebar.view(&ctx.visitor, None), &reports, notice.as_ref(), now());
    Ok(with_private_cache(page.into_response(), &ctx.visitor))
}

/// Resolves a report.
#[handler]
pub(crate) async fn resolve(ctx: Ctx<'_>) -> Result<Response, Error> {
    ctx.require_permission(Permission::ResolveReports, None)?;
    let report = ctx.path_param("id").parse().map(Seq).map_err(|_| Refusal::NotFound)?;
    ctx.execute(Command::Server(ServerCommand::ResolveReport { report })).await?;
    Ok(if ctx.wants_page() { see_other("/admin/reports?done=resolved") } else { StatusCode::NO_CONTENT.into() })
}

/// A report with the message and the people it is about. Moderators may read a reported message even in a room that
/// they don't see; of that room itself they learn nothing.
fn load_report(snapshot: &Snapshot, viewer: &Person, id: Seq, report: Report) -> Result<ListedReport, Error> {
    let resolved_by = report.resolved.map_or(Ok(None), |(by, _)| snapshot.author_by_id(by))?;
    let room = snapshot.visible_room_by_id(report.room, Some(viewer), now())?.map(|visible_room| visible_room.room);
    let (message, reported_by) =
        (snapshot.message(report.room, report.message)?, snapshot.author_by_id(report.reporter)?);
    Ok(ListedReport { id, reported_by, message, room, resolved_by, report })
}
