//! Invitations: making links by which others come in, and taking them back.

use std::sync::Arc;
use std::time::Duration;

use poem::http::header::CACHE_CONTROL;
use poem::http::{HeaderValue, StatusCode};
use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use crate::domain::limits::{ADMIN_LIST_ROWS_MAX, LABEL_CHARS_MAX, MEMBERS_PICKED_MAX};
use crate::domain::{
    Command, Expiry, Invitation, Permission, Person, Refusal, Role, RoomId, Seq, ServerCommand, SingleLine, Slug,
    Token, Visibility,
};
use crate::engine::{Error, now};
use crate::store::{Snapshot, StoreError};
use crate::views;
use crate::views::admin::invitations::{InvitationForm, InvitationsView, ListedInvitation};
use crate::views::layout::page::Notice;
use crate::web::AppState;
use crate::web::auth::secrets;
use crate::web::auth::visitor::Visitor;
use crate::web::request::form::Form;
use crate::web::request::{origin, query};
use crate::web::response::error;
use crate::web::response::{redisplay, see_other, wants_page, with_private_cache};
use crate::web::rooms::sidebar::Sidebar;

const FIELDS: [&str; 5] = ["name", "role", "uses", "expires", "rooms"];
/// How many people the list names who came by an invitation.
const NAMES_LISTED_MAX: usize = 1_000;

/// The list, and the form for a new one.
#[handler]
pub(crate) fn list(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    visitor.require_permission(Permission::Invite, None).map_err(Error::Refused)?;
    if !wants_page(request) {
        let listed = load_invitations(&house.store.snapshot().map_err(Error::Internal)?)?;
        let listed: Vec<_> =
            listed.iter().map(|one| views::json::ListedInvitationJson::from_listed(one, now())).collect();
        return Ok(with_private_cache(Json(listed).into_response(), &visitor));
    }
    Ok(invitations_page(request, house, &visitor, &InvitationForm::with_defaults())?)
}

/// A new one. Its link is shown once, and only a hash of it is kept.
#[handler]
pub(crate) async fn create(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    visitor.require_permission(Permission::Invite, None).map_err(Error::Refused)?;
    let form = Form::read(request, body, &FIELDS).await.map_err(Error::Refused)?;
    match try_create(house, &visitor, &form).await {
        Ok((invitation, code)) => Ok(respond_created(request, house, &visitor, &invitation, &code)?),
        Err(error) => redisplay(request, house, error, |problem| {
            invitations_page(
                request,
                house,
                &visitor,
                &InvitationForm::from_form(&form, error::field_error(problem, &FIELDS)),
            )
        }),
    }
}

/// It is taken back: nobody comes in by it any more.
#[handler]
pub(crate) async fn revoke(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    visitor.require_permission(Permission::Invite, None).map_err(Error::Refused)?;
    let id = request.raw_path_param("id").and_then(|id| id.parse().ok()).map(Seq);
    let command = ServerCommand::RevokeInvitation { id: id.ok_or(Error::Refused(Refusal::NotFound))? };
    house.engine.execute(visitor.actor().map_err(Error::Refused)?, None, Command::Server(command)).await?;
    Ok(if wants_page(request) {
        see_other("/admin/invitations?done=revoked")
    } else {
        StatusCode::NO_CONTENT.into_response()
    })
}

async fn try_create(house: &AppState, visitor: &Visitor, form: &Form) -> Result<(Invitation, Token), Error> {
    let person = visitor.require_person()?;
    let label = SingleLine::parse("name", form.get_single("name")?, LABEL_CHARS_MAX)?;
    let role = form.require_choice("role", |word| Role::parse(word).filter(|role| *role < Role::Owner))?;
    let uses = match form.get_single("uses")?.trim() {
        "" => None,
        count => Some(count.parse().ok().filter(|count| *count > 0).ok_or(Refusal::FieldInvalid("uses"))?),
    };
    let until = form.require_choice("expires", parse_expiry)?;
    let rooms = find_private_rooms(&house.store.snapshot()?, person, &form.get_all("rooms")?)?;
    let token = secrets::new_token()?;
    let command =
        ServerCommand::CreateInvitation { label, role, max_uses: uses, expiry: until, rooms, code: token.hash() };
    house.engine.execute(visitor.actor()?, None, Command::Server(command)).await?;
    let invitation = house.store.snapshot()?.invitation_by_code(token.hash())?;
    Ok((invitation.ok_or(StoreError::Missing { table: "invitations" })?, token))
}

fn find_private_rooms(snapshot: &Snapshot, person: &Person, addresses: &[&str]) -> Result<Vec<RoomId>, Error> {
    if addresses.len() > MEMBERS_PICKED_MAX {
        return Err(Refusal::FieldInvalid("rooms").into());
    }
    let mut rooms = Vec::new();
    for address in addresses {
        let address = Slug::from_name(address).map_err(|_| Refusal::FieldInvalid("rooms"))?;
        let room = snapshot.visible_room(&address, Some(person), now())?.map(|visible_room| visible_room.room);
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

fn respond_created(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    invitation: &Invitation,
    code: &Token,
) -> Result<Response, Error> {
    let path = format!("/invite/{}", code.to_text());
    let link = format!("{}{path}", origin::public_origin(request));
    let mut response = if wants_page(request) {
        let snapshot = house.store.snapshot()?;
        let sidebar = Sidebar::load(&snapshot, visitor)?;
        let qr = format!("{path}/qr.svg");
        with_private_cache(
            views::admin::invitations::created(&sidebar.view(visitor, None), invitation, &link, &qr).into_response(),
            visitor,
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
        Ok(ListedInvitation { by: snapshot.author(invitation.created_by)?, joined, invitation })
    };
    snapshot.invitations(ADMIN_LIST_ROWS_MAX)?.into_iter().map(listed).collect()
}

fn invitations_page(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    form: &InvitationForm,
) -> Result<Response, Error> {
    let (snapshot, person) = (house.store.snapshot()?, visitor.require_person()?);
    let sidebar = Sidebar::load(&snapshot, visitor)?;
    let invitations = load_invitations(&snapshot)?;
    let mut rooms = snapshot.hidden_rooms(person, now())?;
    rooms.retain(|room| room.visibility == Visibility::Private);
    let is_revoked = query::text(request, "done").as_deref() == Some("revoked");
    let notice = is_revoked.then(|| Notice::Done("It is taken back: nobody comes in by it any more.".to_owned()));
    let sidebar = sidebar.view(visitor, None);
    let view = InvitationsView {
        places: &sidebar,
        invitations: &invitations,
        rooms: &rooms,
        form,
        notice: notice.as_ref(),
        now: now(),
    };
    Ok(with_private_cache(views::admin::invitations::list(&view).into_response(), visitor))
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
