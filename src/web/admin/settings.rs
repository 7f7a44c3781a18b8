//! The settings of the server: its name, who can join, and who can create rooms.

use poem::web::Json;
use poem::{IntoResponse, Response, handler};

use crate::domain::limits::LABEL_CHARS_MAX;
use crate::domain::{Command, JoinPolicy, Permission, Role, ServerCommand, ServerSettings as Settings, SingleLine};
use crate::views;
use crate::views::admin::settings::SettingsForm;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::query;
use crate::web::response::error::{self, Error};
use crate::web::response::{redisplay, see_other, with_private_cache};
use crate::web::rooms::sidebar::Sidebar;

const FIELDS: [&str; 4] = ["name", "join_policy", "room_creation", "allow_guests"];

/// Shows the settings.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    ctx.require_permission(Permission::EditServer, None)?;
    let settings = ctx.snapshot()?.settings()?;
    if !ctx.wants_page() {
        return Ok(with_private_cache(
            Json(views::json::SettingsJson::from_settings(&settings)).into_response(),
            &ctx.visitor,
        ));
    }
    server_settings_page(&ctx, &SettingsForm::from_settings(settings))
}

/// Changes the settings.
#[handler]
pub(crate) async fn update(ctx: Ctx<'_>) -> Result<Response, Error> {
    ctx.require_permission(Permission::EditServer, None)?;
    let form = ctx.form(&FIELDS).await?;
    match try_update(&ctx, &form).await {
        Ok(settings) if !ctx.wants_page() => {
            Ok(Json(views::json::SettingsJson::from_settings(&settings)).into_response())
        }
        Ok(_) => Ok(see_other("/admin/settings?done=saved")),
        Err(error) => redisplay(ctx.request, ctx.state, error, |error| {
            server_settings_page(&ctx, &SettingsForm::from_form(&form, error::field_error(error, &FIELDS)))
        }),
    }
}

async fn try_update(ctx: &Ctx<'_>, form: &Form) -> Result<Settings, Error> {
    let name = SingleLine::parse("name", form.get_single("name")?, LABEL_CHARS_MAX)?;
    let join_policy = form.require_choice("join_policy", JoinPolicy::parse)?;
    let room_creation =
        form.require_choice("room_creation", |word| Role::parse(word).filter(|role| *role < Role::Owner))?;
    let allow_guests = form.is_on("allow_guests")?;
    ctx.execute(Command::Server(ServerCommand::UpdateSettings { name, join_policy, room_creation, allow_guests }))
        .await?;
    Ok(ctx.snapshot()?.settings()?)
}

fn server_settings_page(ctx: &Ctx<'_>, form: &SettingsForm) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
    let notice_text = (query::text(ctx.request, "done").as_deref() == Some("saved")).then_some("Saved.");
    Ok(with_private_cache(
        views::admin::settings::page(&sidebar.view(&ctx.visitor, None), notice_text, form).into_response(),
        &ctx.visitor,
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
