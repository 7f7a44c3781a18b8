//! The house: what it is called, and who may come in.

use std::sync::Arc;

use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use crate::domain::limits::LABEL_CHARS_MAX;
use crate::domain::{Command, JoinPolicy, Permission, Role, ServerCommand, ServerSettings as Settings, SingleLine};
use crate::engine::Error;
use crate::views;
use crate::views::admin::settings::SettingsForm;
use crate::web::AppState;
use crate::web::auth::visitor::Visitor;
use crate::web::request::form::Form;
use crate::web::request::query;
use crate::web::response::error;
use crate::web::response::{redisplay, see_other, wants_page, with_private_cache};
use crate::web::rooms::sidebar::Sidebar;

/// The settings.
#[handler]
pub(crate) fn show(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    visitor.require_permission(Permission::EditServer, None).map_err(Error::Refused)?;
    let settings = house.store.snapshot().and_then(|snapshot| snapshot.settings()).map_err(Error::Internal)?;
    if !wants_page(request) {
        return Ok(with_private_cache(
            Json(views::json::SettingsJson::from_settings(&settings)).into_response(),
            &visitor,
        ));
    }
    Ok(server_settings_page(request, house, &visitor, &SettingsForm::from_settings(settings))?)
}

/// An owner settles what the house is.
#[handler]
pub(crate) async fn update(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    visitor.require_permission(Permission::EditServer, None).map_err(Error::Refused)?;
    let fields = ["name", "join_policy", "room_creation", "allow_guests"];
    let form = Form::read(request, body, &fields).await.map_err(Error::Refused)?;
    match try_update(house, &visitor, &form).await {
        Ok(settings) if !wants_page(request) => {
            Ok(Json(views::json::SettingsJson::from_settings(&settings)).into_response())
        }
        Ok(_) => Ok(see_other("/admin/settings?done=saved")),
        Err(error) => redisplay(request, house, error, |problem| {
            server_settings_page(
                request,
                house,
                &visitor,
                &SettingsForm::from_form(&form, error::field_error(problem, &fields)),
            )
        }),
    }
}

async fn try_update(house: &AppState, visitor: &Visitor, form: &Form) -> Result<Settings, Error> {
    let name = SingleLine::parse("name", form.get_single("name")?, LABEL_CHARS_MAX)?;
    let door = form.require_choice("join_policy", JoinPolicy::parse)?;
    let rooms_by = form.require_choice("room_creation", |word| Role::parse(word).filter(|role| *role < Role::Owner))?;
    let new_guests = form.is_on("allow_guests")?;
    let command =
        ServerCommand::UpdateSettings { name, join_policy: door, room_creation: rooms_by, allow_guests: new_guests };
    house.engine.execute(visitor.actor()?, None, Command::Server(command)).await?;
    Ok(house.store.snapshot()?.settings()?)
}

fn server_settings_page(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    form: &SettingsForm,
) -> Result<Response, Error> {
    let snapshot = house.store.snapshot()?;
    let sidebar = Sidebar::load(&snapshot, visitor)?;
    let saved = (query::text(request, "done").as_deref() == Some("saved")).then_some("Saved.");
    Ok(with_private_cache(
        views::admin::settings::page(&sidebar.view(visitor, None), saved, form).into_response(),
        visitor,
    ))
}

impl SettingsForm {
    fn from_settings(settings: Settings) -> Self {
        let Settings { name, join_policy, room_creation, allow_guests } = settings;
        Self {
            name,
            join_policy: join_policy.as_str().to_owned(),
            room_creation: room_creation.as_str().to_owned(),
            allow_guests,
            error: None,
        }
    }

    fn from_form(form: &Form, error: (&'static str, String)) -> Self {
        let field = |name| form.get(name).unwrap_or("").to_owned();
        let allow_guests = form.is_on("allow_guests").unwrap_or(false);
        Self {
            name: field("name"),
            join_policy: field("join_policy"),
            room_creation: field("room_creation"),
            allow_guests,
            error: Some(error),
        }
    }
}
