//! The house: what it is called, and who may come in.

use std::sync::Arc;

use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use super::answers::{again, private, see_other, wants_page};
use super::form::Form;
use super::places::Places;
use super::visitor::Visitor;
use super::{House, problem, query};
use crate::domain::limits::LABEL_CHARS_MAX;
use crate::domain::{Act, Command, Door, House as Settings, HouseCommand, Line, Role};
use crate::engine::Problem;
use crate::views;
use crate::views::house::Draft;

/// The settings.
#[handler]
pub(super) fn show(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    visitor.allowed(Act::SetHouse, None).map_err(Problem::Refused)?;
    let settings = house.store.snapshot().and_then(|snapshot| snapshot.house()).map_err(Problem::Unread)?;
    if !wants_page(request) {
        return Ok(private(Json(views::json::House::of(&settings)).into_response(), &visitor));
    }
    Ok(page(request, house, &visitor, &Draft::of_house(settings))?)
}

/// An owner settles what the house is.
#[handler]
pub(super) async fn set(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    visitor.allowed(Act::SetHouse, None).map_err(Problem::Refused)?;
    let fields = ["name", "door", "rooms_by", "new_guests"];
    let form = Form::read(request, body, &fields).await.map_err(Problem::Refused)?;
    match settle(house, &visitor, &form).await {
        Ok(settings) if !wants_page(request) => Ok(Json(views::json::House::of(&settings)).into_response()),
        Ok(_) => Ok(see_other("/house?done=saved")),
        Err(problem) => again(request, house, problem, |problem| {
            page(request, house, &visitor, &Draft::of_form(&form, problem::beside(problem, &fields)))
        }),
    }
}

async fn settle(house: &House, visitor: &Visitor, form: &Form) -> Result<Settings, Problem> {
    let name = Line::parse("name", form.one("name")?, LABEL_CHARS_MAX)?;
    let door = form.choice("door", Door::parse)?;
    let rooms_by = form.choice("rooms_by", |word| Role::parse(word).filter(|role| *role < Role::Owner))?;
    let new_guests = form.is_on("new_guests")?;
    let command = HouseCommand::Set { name, door, rooms_by, new_guests };
    house.engine.execute(visitor.who()?, None, Command::House(command)).await?;
    Ok(house.store.snapshot()?.house()?)
}

fn page(request: &Request, house: &House, visitor: &Visitor, draft: &Draft) -> Result<Response, Problem> {
    let snapshot = house.store.snapshot()?;
    let places = Places::of(&snapshot, visitor)?;
    let saved = (query::text(request, "done").as_deref() == Some("saved")).then_some("Saved.");
    Ok(private(views::house::page(&places.view(visitor, None), saved, draft).into_response(), visitor))
}

impl Draft {
    fn of_house(house: Settings) -> Self {
        let Settings { name, door, rooms_by, new_guests } = house;
        Self { name, door: door.word().to_owned(), rooms_by: rooms_by.word().to_owned(), new_guests, wrong: None }
    }

    fn of_form(form: &Form, wrong: (&'static str, String)) -> Self {
        let field = |name| form.get(name).unwrap_or("").to_owned();
        let new_guests = form.is_on("new_guests").unwrap_or(false);
        Self { name: field("name"), door: field("door"), rooms_by: field("rooms_by"), new_guests, wrong: Some(wrong) }
    }
}
