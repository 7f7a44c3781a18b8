//! The log of what was done to keep order.

use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};

use crate::domain::limits::ADMIN_LIST_ROWS_MAX;
use crate::domain::{AuditAction, AuditEntry, Permission, Person, Seq};
use crate::engine::now;
use crate::store::Snapshot;
use crate::views;
use crate::views::admin::audit_log::AuditLine;
use crate::web::request::context::Ctx;
use crate::web::request::query;
use crate::web::response::error::Error;
use crate::web::response::with_private_cache;
use crate::web::rooms::sidebar::Sidebar;

/// The log, newest first; with `before`, what came before that line.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let viewer = ctx.require_permission(Permission::ViewAuditLog, None)?;
    let before = query::seq(ctx.request, "before")?;
    let snapshot = ctx.snapshot()?;
    let mut audit = snapshot.audit_log(before, ADMIN_LIST_ROWS_MAX + 1)?; // one more: there are older
    let has_older = audit.len() > ADMIN_LIST_ROWS_MAX;
    audit.truncate(ADMIN_LIST_ROWS_MAX);
    let older = audit.last().filter(|_| has_older).map(|(seq, _)| *seq);
    let lines =
        audit.into_iter().map(|audited| load_audit_line(&snapshot, viewer, audited)).collect::<Result<Vec<_>, _>>()?;
    if !ctx.wants_page() {
        let lines: Vec<_> = lines.iter().map(views::json::AuditLineJson::from_line).collect();
        return Ok(with_private_cache(Json(lines).into_response(), &ctx.visitor));
    }
    let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
    let page = views::admin::audit_log::page(&sidebar.view(&ctx.visitor, None), &lines, older);
    Ok(with_private_cache(page.into_response(), &ctx.visitor))
}

fn load_audit_line(snapshot: &Snapshot, viewer: &Person, (id, audit): (Seq, AuditEntry)) -> Result<AuditLine, Error> {
    let named = |user: Option<_>| user.map_or(Ok(None), |user| snapshot.author_by_id(user));
    let room =
        audit.action.target_room().map_or(Ok(None), |room| snapshot.visible_room_by_id(room, Some(viewer), now()))?;
    let label = match audit.action {
        AuditAction::InvitationRevoked { id } => snapshot.invitation_by_id(id)?.map(|invitation| invitation.label),
        _ => None,
    };
    let (by, user) = (named(audit.actor)?, named(audit.action.target_user())?);
    Ok(AuditLine {
        id,
        actor: by,
        user,
        room: room.map(|visible_room| visible_room.room),
        invitation_label: label,
        entry: audit,
    })
}
