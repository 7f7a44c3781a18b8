//! Invitations: links with which people join, and revoking them.

use std::time::Duration;

use poem::http::StatusCode;
use poem::web::Json;
use poem::{IntoResponse, Response, handler};

use crate::domain::limits::{ADMIN_LIST_ROWS_MAX, LABEL_CHARS_MAX, MEMBERS_PICKED_MAX};
use crate::domain::{
    Command, Expiry, Invitation, Permission, Person, Refusal, Role, RoomId, Seq, ServerCommand, SingleLine, Slug,
    Token, Visibility,
};
use crate::engine::now;
use crate::secrets;
use crate::store::{Snapshot, StoreError};
use crate::views;
use crate::views::admin::invitations::{InvitationForm, InvitationsView, ListedInvitation};
use crate::views::layout::page::Notice;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::{origin, query};
use crate::web::response::error::{self, Error};
use crate::web::response::{redisplay, see_other, with_no_store, with_private_cache};
use crate::web::rooms::sidebar::Sidebar;

const FIELDS: [&str; 5] = ["name", "role", "uses", "expires", "rooms"];
/// How many people the list names who joined with invitations.
const NAMES_LISTED_MAX: usize = 1_000;

/// Lists the invitations, with the form for a new one.
#[handler]
pub(crate) fn list(ctx: Ctx<'_>) -> Result<Response, Error> {
    ctx.require_permission(Permission::Invite, None)?;
    if !ctx.wants_page() {
        let invitations = load_invitations(&*ctx.snapshot()?)?;
        let to_json = |listed| views::json::ListedInvitationJson::from_listed(listed, now());
        let invitations: Vec<_> = invitations.iter().map(to_json).collect();
        return Ok(with_private_cache(Json(invitations).into_response(), &ctx.visitor));
    }
    invitations_page(&ctx, &InvitationForm::with_defaults())
}

/// Creates an invitation. Its link is shown once; only its hash is stored.
#[handler]
pub(crate) async fn create(ctx: Ctx<'_>) -> Result<Response, Error> {
    ctx.require_permission(Permission::Invite, None)?;
    let form = ctx.form(&FIELDS).await?;
    match try_create(&ctx, &form).await {
        Ok((invitation, code)) => respond_created(&ctx, &invitation, &code),
        Err(error) => redisplay(ctx.request, ctx.state, error, |error| {
            invitations_page(&ctx, &InvitationForm::from_form(&form, error::field_error(error, &FIELDS)))
        }),
    }
}

/// Revokes an invitation: nobody can join with it any more.
#[handler]
pub(crate) async fn revoke(ctx: Ctx<'_>) -> Result<Response, Error> {
    ctx.require_permission(Permission::Invite, None)?;
    let id = ctx.path_param("id").parse().map(Seq).map_err(|_| Refusal::NotFound)?;
    ctx.execute(Command::Server(ServerCommand::RevokeInvitation { id })).await?;
    Ok(if ctx.wants_page() { see_other("/admin/invitations?done=revoked") } else { StatusCode::NO_CONTENT.into() })
}

async fn try_create(ctx: &Ctx<'_>, form: &Form) -> Result<(Invitation, Token), Error> {
    let person = ctx.require_person()?;
    let label = SingleLine::parse("name", form.get_single("name")?, LABEL_CHARS_MAX)?;
    let role = form.require_choice("role", |word| Role::parse(word).filter(|role| *role < Role::Owner))?;
    let max_uses = match form.get_single("uses")?.trim() {
        "" => None,
        count => Some(count.parse().ok().filter(|count| *count > 0).ok_or(Refusal::FieldInvalid("uses"))?),
    };
    let expiry = form.require_choice("expires", parse_expiry)?;
    let rooms = find_private_rooms(&*ctx.snapshot()?, person, &form.get_all("rooms")?)?;
    let code = secrets::new_token()?;
    let command = ServerCommand::CreateInvitation { label, role, max_uses, expiry, rooms, code: code.hash() };
    ctx.execute(Command::Server(command)).await?;
    let invitation = ctx.snapshot()?.invitation_by_code(code.hash())?;
    Ok((invitation.ok_or(StoreError::Missing { table: "invitations" })?, code))
}

fn find_private_rooms(snapshot: &Snapshot, person: &Person, slugs: &[&str]) -> Result<Vec<RoomId>, Error> {
    if slugs.len() > MEMBERS_PICKED_MAX {
        return Err(Refusal::FieldInvalid("rooms").into());
    }
    let mut rooms = Vec::new();
    for slug in slugs {
        let slug = Slug::from_name(slug).map_err(|_| Refusal::FieldInvalid("rooms"))?;
        let room = snapshot.visible_room_by_slug(&slug, Some(person), now())?.map(|visible_room| visible_room.room);
        let room = room.filter(|room| room.visibility == Visibility::Private).ok_or(Refusal::FieldInvalid("rooms"))?;
        if !rooms.contains(&room.id) {
            rooms.push(room.id);
        }
    }
    Ok(rooms)
}

/// When an invitation expires that is created now.
fn parse_expiry(word: &str) -> Option<Expiry> {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let duration = match word {
        "1d" => DAY,
        "1w" => 7 * DAY,
        "1m" => 30 * DAY,
        "never" => return Some(Expiry::NEVER),
        _ => return None,
    };
    Some(Expiry(now().plus(duration)))
}

fn respond_created(ctx: &Ctx<'_>, invitation: &Invitation, code: &Token) -> Result<Response, Error> {
    let path = format!("/invite/{}", code.to_text());
    let link = format!("{}{path}", origin::public_origin(ctx.request));
    let mut response = if ctx.wants_page() {
        let snapshot = ctx.snapshot()?;
        let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
        let (sidebar, qr_src) = (sidebar.view(&ctx.visitor, None), format!("{path}/qr.svg"));
        let page = views::admin::invitations::created_page(&sidebar, invitation, &link, &qr_src);
        with_private_cache(page.into_response(), &ctx.visitor)
    } else {
        Json(views::json::InvitationJson::new(invitation, Some(&link))).into_response()
    };
    response.set_status(StatusCode::CREATED);
    Ok(with_no_store(response))
}

/// The invitations, newest first, with the people who joined with each.
fn load_invitations(snapshot: &Snapshot) -> Result<Vec<ListedInvitation>, Error> {
    let joined = snapshot.people_by_invitation(NAMES_LISTED_MAX)?;
    let listed = |invitation: Invitation| {
        let joined_people = joined.iter().filter(|(id, _)| *id == invitation.id).map(|(_, author)| author.clone());
        Ok(ListedInvitation {
            created_by: snapshot.author_by_id(invitation.created_by)?,
            joined_people: joined_people.collect(),
            invitation,
        })
    };
    snapshot.invitations(ADMIN_LIST_ROWS_MAX)?.into_iter().map(listed).collect()
}

fn invitations_page(ctx: &Ctx<'_>, form: &InvitationForm) -> Result<Response, Error> {
    let (snapshot, person) = (ctx.snapshot()?, ctx.require_person()?);
    let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
    let invitations = load_invitations(&snapshot)?;
    let mut rooms = snapshot.members_only_rooms(person, now())?;
    rooms.retain(|room| room.visibility == Visibility::Private);
    let is_revoked = query::text(ctx.request, "done").as_deref() == Some("revoked");
    let notice = is_revoked.then(|| Notice::Success("Invitation revoked.".to_owned()));
    let view = InvitationsView {
        sidebar: &sidebar.view(&ctx.visitor, None),
        invitations: &invitations,
        rooms: &rooms,
        form,
        notice: notice.as_ref(),
        now: now(),
    };
    Ok(with_private_cache(views::admin::invitations::list(&view).into_response(), &ctx.visitor))
}

impl InvitationForm {
    fn with_defaults() -> Self {
        Self { role: Role::Member.as_str().to_owned(), expires: "1w".to_owned(), ..Self::default() }
    }

    fn from_form(form: &Form, error: (&'static str, String)) -> Self {
        let field = |name| form.get(name).unwrap_or("").to_owned();
        let rooms = form.get_all("rooms").unwrap_or_default().into_iter().map(str::to_owned).collect();
        let (name, role, uses, expires) = (field("name"), field("role"), field("uses"), field("expires"));
        Self { name, role, uses, expires, rooms, error: Some(error) }
    }
}
