//! Invitations: making links by which others come in, and taking them back.

use std::time::Duration;

use poem::http::header::CACHE_CONTROL;
use poem::http::{HeaderValue, StatusCode};
use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};

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
use crate::web::response::error;
use crate::web::response::error::Error;
use crate::web::response::{redisplay, see_other, with_private_cache};
use crate::web::rooms::sidebar::Sidebar;

const FIELDS: [&str; 5] = ["name", "role", "uses", "expires", "rooms"];
/// How many people the list names who came by an invitation.
const NAMES_LISTED_MAX: usize = 1_000;

/// The list, and the form for a new one.
#[handler]
pub(crate) fn list(ctx: Ctx<'_>) -> Result<Response, Error> {
    ctx.require_permission(Permission::Invite, None)?;
    if !ctx.wants_page() {
        let listed = load_invitations(&*ctx.snapshot()?)?;
        let listed: Vec<_> =
            listed.iter().map(|one| views::json::ListedInvitationJson::from_listed(one, now())).collect();
        return Ok(with_private_cache(Json(listed).into_response(), &ctx.visitor));
    }
    invitations_page(&ctx, &InvitationForm::with_defaults())
}

/// A new one. Its link is shown once, and only a hash of it is kept.
#[handler]
pub(crate) async fn create(ctx: Ctx<'_>) -> Result<Response, Error> {
    ctx.require_permission(Permission::Invite, None)?;
    let form = ctx.form(&FIELDS).await?;
    match try_create(&ctx, &form).await {
        Ok((invitation, code)) => Ok(respond_created(&ctx, &invitation, &code)?),
        Err(error) => redisplay(ctx.request, ctx.state, error, |problem| {
            invitations_page(&ctx, &InvitationForm::from_form(&form, error::field_error(problem, &FIELDS)))
        }),
    }
}

/// It is taken back: nobody comes in by it any more.
#[handler]
pub(crate) async fn revoke(ctx: Ctx<'_>) -> Result<Response, Error> {
    ctx.require_permission(Permission::Invite, None)?;
    let id = ctx.request.raw_path_param("id").and_then(|id| id.parse().ok()).map(Seq);
    let command = ServerCommand::RevokeInvitation { id: id.ok_or(Error::Refused(Refusal::NotFound))? };
    ctx.execute(Command::Server(command)).await?;
    Ok(if ctx.wants_page() {
        see_other("/admin/invitations?done=revoked")
    } else {
        StatusCode::NO_CONTENT.into_response()
    })
}

async fn try_create(ctx: &Ctx<'_>, form: &Form) -> Result<(Invitation, Token), Error> {
    let person = ctx.require_person()?;
    let label = SingleLine::parse("name", form.get_single("name")?, LABEL_CHARS_MAX)?;
    let role = form.require_choice("role", |word| Role::parse(word).filter(|role| *role < Role::Owner))?;
    let uses = match form.get_single("uses")?.trim() {
        "" => None,
        count => Some(count.parse().ok().filter(|count| *count > 0).ok_or(Refusal::FieldInvalid("uses"))?),
    };
    let until = form.require_choice("expires", parse_expiry)?;
    let rooms = find_private_rooms(&*ctx.snapshot()?, person, &form.get_all("rooms")?)?;
    let token = secrets::new_token()?;
    let command =
        ServerCommand::CreateInvitation { label, role, max_uses: uses, expiry: until, rooms, code: token.hash() };
    ctx.execute(Command::Server(command)).await?;
    let invitation = ctx.snapshot()?.invitation_by_code(token.hash())?;
    Ok((invitation.ok_or(StoreError::Missing { table: "invitations" })?, token))
}

fn find_private_rooms(snapshot: &Snapshot, person: &Person, addresses: &[&str]) -> Result<Vec<RoomId>, Error> {
    if addresses.len() > MEMBERS_PICKED_MAX {
        return Err(Refusal::FieldInvalid("rooms").into());
    }
    let mut rooms = Vec::new();
    for address in addresses {
        let address = Slug::from_name(address).map_err(|_| Refusal::FieldInvalid("rooms"))?;
        let room = snapshot.visible_room_by_slug(&address, Some(person), now())?.map(|visible_room| visible_room.room);
        let room = room.filter(|room| room.visibility == Visibility::Private).ok_or(Refusal::FieldInvalid("rooms"))?;
        if !rooms.contains(&room.id) {
            rooms.push(room.id);
        }
    }
    Ok(rooms)
}

/// When an invitation ends that is made now.
fn parse_expiry(word: &str) -> Option<Expiry> {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let time = match word {
        "1d" => DAY,
        "1w" => 7 * DAY,
        "1m" => 30 * DAY,
        "never" => return Some(Expiry::NEVER),
        _ => return None,
    };
    Some(Expiry(now().plus(time)))
}

fn respond_created(ctx: &Ctx<'_>, invitation: &Invitation, code: &Token) -> Result<Response, Error> {
    let path = format!("/invite/{}", code.to_text());
    let link = format!("{}{path}", origin::public_origin(ctx.request));
    let mut response = if ctx.wants_page() {
        let snapshot = ctx.snapshot()?;
        let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
        let qr = format!("{path}/qr.svg");
        with_private_cache(
            views::admin::invitations::created_page(&sidebar.view(&ctx.visitor, None), invitation, &link, &qr)
                .into_response(),
            &ctx.visitor,
        )
    } else {
        Json(views::json::InvitationJson::new(invitation, Some(&link))).into_response()
    };
    response.set_status(StatusCode::CREATED);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The invitations, newest first, and who came by each.
fn load_invitations(snapshot: &Snapshot) -> Result<Vec<ListedInvitation>, Error> {
    let newcomers = snapshot.people_by_invitation(NAMES_LISTED_MAX)?;
    let listed = |invitation: Invitation| {
        let joined =
            newcomers.iter().filter(|(id, _)| *id == invitation.id).map(|(_, author)| author.clone()).collect();
        Ok(ListedInvitation {
            created_by: snapshot.author_by_id(invitation.created_by)?,
            joined_people: joined,
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
    let notice = is_revoked.then(|| Notice::Success("It is taken back: nobody comes in by it any more.".to_owned()));
    let sidebar = sidebar.view(&ctx.visitor, None);
    let view = InvitationsView {
        sidebar: &sidebar,
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
