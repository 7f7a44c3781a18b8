//! The audit log: what moderators and owners did.

use poem::web::Json;
use poem::{IntoResponse, Response, handler};

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

/// Shows the log, newest first; with `before`, the entries before that one.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let viewer = ctx.require_permission(Permission::ViewAuditLog, None)?;
    let before = query::seq(ctx.request, "before")?;
    let snapshot = ctx.snapshot()?;
    let mut entries = snapshot.audit_log(before, ADMIN_LIST_ROWS_MAX + 1)?; // one more shows whether there are older ones
    let has_older = entries.len() > ADMIN_LIST_ROWS_MAX;
    entries.truncate(ADMIN_LIST_ROWS_MAX);
    let next_before = entries.last().filter(|_| has_older).map(|(id, _)| *id);
    let lines = entries.into_iter().map(|(id, entry)| load_audit_line(&snapshot, viewer, id, entry));
    let lines = lines.collect::<Result<Vec<_>, _>>()?;
    if !ctx.wants_page() {
        let lines: Vec<_> = lines.iter().map(views::json::AuditLineJson::from_line).collect();
        return Ok(with_private_cache(Json(lines).into_response(), &ctx.visitor));
    }
    let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
    let page = views::admin::audit_log::page(&sidebar.view(&ctx.visitor, None), &lines, next_before);
    Ok(with_private_cache(page.into_response(), &ctx.visitor))
}

fn load_audit_line(snapshot: &Snapshot, viewer: &Person, id: Seq, entry: AuditEntry) -> Result<AuditLine, Error> {
    let find_author = |user: Option<_>| user.map_or(Ok(None), |user| snapshot.author_by_id(user));
    let room =
        entry.action.target_room().map_or(Ok(None), |room| snapshot.visible_room_by_id(room, Some(viewer), now()))?;
    let invitation_label = match entry.action {
        AuditAction::InvitationRevoked { id } => snapshot.invitation_by_id(id)?.map(|invitation| invitation.label),
        _ => None,
    };
    Ok(AuditLine {
        id,
        actor: find_author(entry.actor)?,
        user: find_author(entry.action.target_user())?,
        room: room.map(|visible_room| visible_room.room),
        invitation_label,
        entry,
    })
}
