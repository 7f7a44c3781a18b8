//! How somebody reads a room: how far they have come, of what they want to hear, what they have begun to write. Every change
//! waits for the disk, so what would change nothing is not asked for.

use std::sync::Arc;

use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};
use tokio::task::JoinSet;

use super::accept::Accept;
use super::account::onward;
use super::answers::{done, private};
use super::form::Form;
use super::pace::{self, Deed};
use super::places::Places;
use super::visitor::Visitor;
use super::{House, messages};
use crate::domain::limits::MARKED_ROOMS_MAX;
use crate::domain::{
    Body as Text, Command, Draft, Involvement, Kind, MessageId, ReaderCommand, Reading, Refusal, Room, RoomId, Seq,
    UserId,
};
use crate::engine::Problem;
use crate::views;

/// Somebody has read up to here.
#[handler]
pub(super) async fn mark_read(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["seq"]).await.map_err(Problem::Refused)?;
    let (room, reading) = reader(house, request, &visitor)?;
    let seq = number(&form, "seq").map_err(Problem::Refused)?;
    if reading.moves_to(seq) {
        carry_out(house, request, &visitor, room.id, vec![ReaderCommand::Read { seq }]).await?;
    }
    Ok(done(request, room.address.path()))
}

/// Somebody wants to read this message again, and what came after it. The page to which this leads does not say by itself
/// that they have: see `assets/page/marks.js`.
#[handler]
pub(super) async fn mark_unread(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["message"]).await.map_err(Problem::Refused)?;
    let (room, _) = reader(house, request, &visitor)?;
    let message = number(&form, "message").map_err(Problem::Refused)?;
    carry_out(house, request, &visitor, room.id, vec![ReaderCommand::Unread { message }]).await?;
    Ok(done(request, &format!("{}?around={message}&unread=#new", room.address.path())))
}

/// What somebody has begun to write is kept; if it is blank, thrown away.
#[handler]
pub(super) async fn keep_draft(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["body", "reply_to", "nonce"]).await.map_err(Problem::Refused)?;
    let (room, _) = reader(house, request, &visitor)?;
    keep(house, request, &visitor, &room, &form).await?;
    Ok(done(request, room.address.path()))
}

async fn keep(house: &House, request: &Request, visitor: &Visitor, room: &Room, form: &Form) -> Result<(), Problem> {
    let typed = form.get_or_text("body");
    let body = if typed.trim().is_empty() { None } else { Some(Text::parse(typed)?) };
    let reply_to = messages::answered(form)?;
    let snapshot = house.store.snapshot()?;
    if let Some(id) = reply_to {
        snapshot.message(room.id, id)?.ok_or(Refusal::MessageUnknown)?;
    }
    let kept = snapshot.draft(visitor.named()?.author.id, room.id)?;
    drop(snapshot);
    let words = body.as_ref().map_or("", Text::as_str).to_owned();
    let new = (body.is_some() || reply_to.is_some()).then_some(Draft { body: words, reply_to });
    if new == kept {
        return Ok(());
    }
    carry_out(house, request, visitor, room.id, vec![ReaderCommand::Draft { body, reply_to }]).await
}

/// Of what somebody hears in a room, and what they may choose.
#[handler]
pub(super) fn show_involvement(
    request: &Request,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let (room, reading) = reader(house, request, &visitor)?;
    if Accept::of(request) == Accept::Json {
        return Ok(private(Json(views::json::Reading::of(&room, &reading)).into_response(), &visitor));
    }
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let places = Places::of(&snapshot, &visitor).map_err(Problem::Unread)?;
    let page = views::involvement::page(&places.view(&visitor, Some(room.id)), &room, &reading);
    Ok(private(page.into_response(), &visitor))
}

/// They choose, and whether the room stands above the others.
#[handler]
pub(super) async fn involve(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["involvement", "on_top"]).await.map_err(Problem::Refused)?;
    let (room, reading) = reader(house, request, &visitor)?;
    let involvement = form.choice("involvement", Involvement::parse).map_err(Problem::Refused)?;
    let on_top = form.is_on("on_top").map_err(Problem::Refused)?;
    let mut commands = Vec::new();
    if involvement != reading.involvement {
        commands.push(ReaderCommand::Involve { involvement });
    }
    if on_top != reading.on_top {
        commands.push(ReaderCommand::KeepOnTop { on_top });
    }
    carry_out(house, request, &visitor, room.id, commands).await?;
    Ok(done(request, room.address.path()))
}

/// Somebody has read everything everywhere.
#[handler]
pub(super) async fn mark_all_read(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["next"]).await.map_err(Problem::Refused)?;
    let user = visitor.named().map_err(Problem::Refused)?.author.id;
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let readings = snapshot.readings(user).map_err(Problem::Unread)?;
    drop(snapshot);
    let unread = readings.into_iter().filter(|(_, reading)| reading.unread > 0).take(MARKED_ROOMS_MAX);
    let unread: Vec<_> = unread.map(|(room, reading)| (room, ReaderCommand::Read { seq: reading.last })).collect();
    if !unread.is_empty() {
        pace::take(request, Some(user), Deed::Read).map_err(Problem::Refused)?;
        all(house, &visitor, unread).await?;
    }
    Ok(done(request, onward(form.get("next").unwrap_or(""))))
}

/// By what somebody has said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Means {
    /// A page with a script, which tells by itself how far one has read.
    Script,
    /// A page without.
    Form,
    /// A program.
    Program,
}

/// Somebody has said something. What they had begun to write on a page has gone out; and whoever speaks has read what was
/// said before. Of a program that is noted for those who read at all, and in talks: others have no mark that could move. It
/// is noted only if the program may read, or a job at night would read for its owner; and what speaks to them stays unread.
pub(super) async fn sent(house: &Arc<House>, visitor: &Visitor, room: &Room, message: MessageId, means: Means) {
    let Some(user) = visitor.author().map(|author| author.id) else { return };
    let Ok(commands) = left_over(house, visitor, user, room, message, means) else { return };
    // What was said is said, whatever becomes of this.
    let _said_already = all(house, visitor, commands.into_iter().map(|command| (room.id, command)).collect()).await;
}

fn left_over(
    house: &House,
    visitor: &Visitor,
    user: UserId,
    room: &Room,
    message: MessageId,
    means: Means,
) -> Result<Vec<ReaderCommand>, Problem> {
    let snapshot = house.store.snapshot()?;
    let mut commands = Vec::new();
    if means != Means::Program && snapshot.draft(user, room.id)?.is_some() {
        commands.push(ReaderCommand::Draft { body: None, reply_to: None });
    }
    // Asked first, because it is one look, and most programs have no mark.
    let moves = match means {
        Means::Script => false,
        Means::Form => true,
        Means::Program => visitor.reads() && (room.kind == Kind::Direct || snapshot.has_mark(user, room.id)?),
    };
    if moves {
        let reading = snapshot.reading(user, room.id)?;
        let first = match means {
            Means::Program => snapshot.first_that_speaks_to(user, room.id, reading.read)?,
            Means::Script | Means::Form => None,
        };
        let seq = first.map_or(message, |first| message.min(Seq(first.0 - 1)));
        commands.extend(reading.moves_to(seq).then_some(ReaderCommand::Read { seq }));
    }
    Ok(commands)
}

/// The room of a request's path, and how the visitor reads it.
fn reader(house: &House, request: &Request, visitor: &Visitor) -> Result<(Room, Reading), Problem> {
    let snapshot = house.store.snapshot()?;
    let room = house.room(&snapshot, request, visitor)?.room;
    let reading = snapshot.reading(visitor.named()?.author.id, room.id)?;
    Ok((room, reading))
}

fn number(form: &Form, field: &'static str) -> Result<Seq, Refusal> {
    match form.one(field)?.trim() {
        "" => Err(Refusal::FieldBlank(field)),
        number => number.parse().map(Seq).map_err(|_| Refusal::FieldInvalid(field)),
    }
}

async fn carry_out(
    house: &House,
    request: &Request,
    visitor: &Visitor,
    room: RoomId,
    commands: Vec<ReaderCommand>,
) -> Result<(), Problem> {
    let who = visitor.who()?;
    if !commands.is_empty() {
        pace::take(request, visitor.author().map(|author| author.id), Deed::Read)?;
    }
    for command in commands {
        house.engine.execute(who, None, Command::Reader(room, command)).await?;
    }
    Ok(())
}

/// Has many commands carried out at once: they share a transaction, or a few. A room that was closed to them meanwhile holds
/// up none of the others.
async fn all(house: &Arc<House>, visitor: &Visitor, commands: Vec<(RoomId, ReaderCommand)>) -> Result<(), Problem> {
    let (who, mut under_way) = (visitor.somebody(), JoinSet::new());
    for (room, command) in commands {
        let house = Arc::clone(house);
        under_way.spawn(async move { house.engine.execute(who, None, Command::Reader(room, command)).await });
    }
    while let Some(outcome) = under_way.join_next().await {
        match outcome.unwrap_or(Err(Problem::Stopping)) {
            Ok(_) | Err(Problem::Refused(_)) => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(())
}
