//! Completing what somebody has begun to write: people, emoji, rooms and commands, of which a few letters are there. Nobody
//! learns of anything here that they could not see anyway.

use std::sync::Arc;

use poem::web::{Data, Json};
use poem::{IntoResponse, Request, Response, Result, handler};

use super::accept::Accept;
use super::answers::private;
use super::pace::{self, Deed};
use super::visitor::Visitor;
use super::{House, query};
use crate::domain::limits::COMPLETIONS_MAX;
use crate::domain::{Act, Author, Begun, Body, COMMANDS, EVERYBODY, Person, Refusal, Room, Sign, UserName, may};
use crate::engine::{Problem, now};
use crate::store::Snapshot;
use crate::views;
use crate::views::completing::{Choice, What};
use crate::views::text::{self, Code, Names};

/// What goes on with `q`, for somebody who writes in the room at the address `room`; best first.
#[handler]
pub(super) fn list(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let choices = found(request, house, &visitor)?;
    let response = match Accept::of(request) {
        Accept::Json => {
            let choices: Vec<_> = choices.iter().map(views::json::Choice::of).collect();
            Json(choices).into_response()
        }
        Accept::Page | Accept::Text | Accept::Stream | Accept::Anything => {
            views::completing::options(&choices).into_response()
        }
    };
    Ok(private(response, &visitor))
}

fn found(request: &Request, house: &House, visitor: &Visitor) -> Result<Vec<Choice>, Problem> {
    let person = visitor.person.as_ref().ok_or(Refusal::NameNeeded)?;
    let begun = Begun::parse(&query::text(request, "q").unwrap_or_default())?;
    pace::take(request, Some(person.author.id), Deed::Complete)?;
    let snapshot = house.store.snapshot()?;
    let room = house.room_called(&snapshot, &query::text(request, "room").unwrap_or_default(), visitor)?.room;
    if !snapshot.house()?.door.admits(Some(person)) {
        return Err(Refusal::DoorMembers.into()); // whoever only reads a public room has nobody to speak to
    }
    Ok(match begun.sign {
        Sign::Person => people(house, &snapshot, &begun, &room, person)?,
        Sign::Room => rooms(&snapshot, &begun, person)?,
        Sign::Emoji => emoji(&begun),
        Sign::Slash => commands(&begun),
    })
}

/// Those who have a part in what is said here come before others whose names fit as well; everybody comes last.
fn people(
    house: &House,
    snapshot: &Snapshot,
    begun: &Begun,
    room: &Room,
    person: &Person,
) -> Result<Vec<Choice>, Problem> {
    let mut near = snapshot.speakers(room.id)?;
    near.extend(house.hubs.here(room.id).named.iter().map(|author| author.id));
    let mut people = snapshot.people_like(begun, room, &near, now())?;
    people.retain(|(_, other)| other.author.id != person.author.id);
    people.sort_by_key(|(rank, person)| (*rank, !near.contains(&person.author.id)));
    let mut choices: Vec<(u8, Choice)> =
        people.into_iter().take(COMPLETIONS_MAX).map(|(rank, person)| (rank, spoken_to(person.author))).collect();
    let begins = EVERYBODY.into_iter().filter(|word| begun.rank(word) == Some(0));
    if may(person, Act::CallEverybody, Some(room)) || snapshot.is_small(room)? {
        choices.extend(begins.map(|word| (0, Choice { insert: format!("@{word} "), what: What::All(word) })));
    }
    choices.sort_by_key(|(rank, _)| *rank);
    choices.truncate(COMPLETIONS_MAX);
    Ok(choices.into_iter().map(|(_, choice)| choice).collect())
}

/// Somebody's name as it must be written to be read as theirs: signs in it that would mean something else are made plain.
fn spoken_to(author: Author) -> Choice {
    let plain = format!("@{} ", author.name);
    let insert = if speaks_to(&plain, &author) {
        plain
    } else {
        let escaped = author.name.chars().fold(String::from("@"), |mut name, c| {
            if c.is_ascii_punctuation() {
                name.push('\\');
            }
            name.push(c);
            name
        });
        format!("{escaped} ")
    };
    Choice { insert, what: What::Person(author) }
}

fn speaks_to(written: &str, author: &Author) -> bool {
    let own = UserName::parse(&author.name).map(|name| name.key());
    let person = |name: &UserName| (Ok(name.key()) == own).then(|| author.clone());
    let names = Names { person: &person, room: &|_| None };
    Body::parse(written).is_ok_and(|body| text::render(body, &names, Code::Plain).mentions == [author.id])
}

fn rooms(snapshot: &Snapshot, begun: &Begun, person: &Person) -> Result<Vec<Choice>, Problem> {
    let mut rooms = snapshot.rooms_like(begun, person, now())?;
    rooms.sort_by_key(|(rank, _)| *rank);
    rooms.truncate(COMPLETIONS_MAX);
    let choice = |room: Room| Choice { insert: format!("#{} ", room.address), what: What::Room(room) };
    Ok(rooms.into_iter().map(|(_, room)| choice(room)).collect())
}

fn emoji(begun: &Begun) -> Vec<Choice> {
    let found = text::emoji::like(&begun.letters, COMPLETIONS_MAX).into_iter();
    found.map(|(name, emoji)| Choice { insert: format!("{emoji} "), what: What::Emoji(emoji, name) }).collect()
}

fn commands(begun: &Begun) -> Vec<Choice> {
    let found = COMMANDS.iter().filter(|command| begun.rank(command.word) == Some(0)).take(COMPLETIONS_MAX);
    found
        .map(|command| Choice {
            insert: format!("/{}{}", command.word, if command.takes.is_empty() { "" } else { " " }),
            what: What::Slash(command.word, command.takes, command.does),
        })
        .collect()
}
