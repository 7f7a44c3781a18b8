//! Members of private rooms: adding and removing people, and leaving.

use poem::{Response, Result, handler};

use crate::domain::{Permission, Refusal, Room, RoomCommand, UserName};
use crate::views::FormState;
use crate::web::request::context::Ctx;
use crate::web::response::error::{Error, error_detail};
use crate::web::response::redisplay;
use crate::web::rooms::find::find_people_by_name;
use crate::web::rooms::settings::{
    check_change_rate, execute_on_room, limit_and_execute, respond_changed, respond_left, room_settings_page,
};

/// Adds people to a room, by their names.
#[handler]
pub(crate) async fn add(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["name"]).await?;
    let visible_room = ctx.room()?;
    let names = form.get_or_body("name");
    match try_add(&ctx, &visible_room.room, names).await {
        Ok(()) => respond_changed(&ctx, &visible_room.room, "/settings?done=added#members"),
        Err(error) => redisplay(ctx.request, ctx.state, error, |error| {
            let error = Some((Some("members"), error_detail(error)));
            room_settings_page(&ctx, &visible_room, &FormState { values: vec![("members", names.to_owned())], error })
        }),
    }
}

async fn try_add(ctx: &Ctx<'_>, room: &Room, names: &str) -> Result<(), Error> {
    ctx.require_permission(Permission::ManageMembers, Some(room))?;
    check_change_rate(ctx)?;
    let users = find_people_by_name(&*ctx.snapshot()?, names)?;
    if users.is_empty() {
        return Err(Refusal::FieldBlank("name").into());
    }
    for user in users {
        execute_on_room(ctx, room, RoomCommand::AddMember { user }).await?;
    }
    Ok(())
}

/// Removes the person whose name is in the path.
#[handler]
pub(crate) async fn remove(ctx: Ctx<'_>) -> Result<Response, Error> {
    let room = ctx.room()?.room;
    let name = UserName::parse(ctx.path_param("name"))?;
    let person = ctx.snapshot()?.person_by_name(&name)?.ok_or(Refusal::PersonNotFound)?;
    limit_and_execute(&ctx, &room, RoomCommand::RemoveMember { user: person.author.id }).await?;
    respond_changed(&ctx, &room, "/settings?done=removed#members")
}

/// Takes the visitor out of a room.
#[handler]
pub(crate) async fn leave(ctx: Ctx<'_>) -> Result<Response, Error> {
    let room = ctx.room()?.room;
    limit_and_execute(&ctx, &room, RoomCommand::Leave).await?;
    Ok(respond_left(&ctx))
}
