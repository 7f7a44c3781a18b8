//! Completing what somebody has begun to write: people, emoji, rooms and commands, of which a few letters are there. Nobody
//! learns of anything here that they could not see anyway.

use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};

use crate::domain::limits::COMPLETIONS_MAX;
use crate::domain::{
    Author, BROADCAST_MENTIONS, Body, CompletionPrefix, CompletionQuery, Permission, Person, Refusal, Room,
    SLASH_COMMANDS, UserName, can,
};
use crate::engine::now;
use crate::store::Snapshot;
use crate::views;
use crate::views::messages::autocomplete::{Suggestion, SuggestionTarget};
use crate::views::text::{self, CodeStyle, NameResolver};
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::query;
use crate::web::response::error::Error;
use crate::web::response::with_private_cache;

/// What goes on with `q`, for somebody who writes in the room at the address `room`; best first.
#[handler]
pub(crate) fn list(ctx: Ctx<'_>) -> Result<Response, Error> {
    let choices = list_suggestions(&ctx)?;
    let response = match ctx.accept() {
        Accept::Json => {
            let choices: Vec<_> = choices.iter().map(views::json::SuggestionJson::from_suggestion).collect();
            Json(choices).into_response()
        }
        Accept::Page | Accept::Text | Accept::Stream | Accept::Anything => {
            views::messages::autocomplete::options(&choices).into_response()
        }
    };
    Ok(with_private_cache(response, &ctx.visitor))
}

fn list_suggestions(ctx: &Ctx<'_>) -> Result<Vec<Suggestion>, Error> {
    let person = ctx.visitor.person.as_ref().ok_or(Refusal::SignInRequired)?;
    let completion = CompletionQuery::parse(&query::text(ctx.request, "q").unwrap_or_default())?;
    ctx.check_rate(LimitedAction::Autocomplete)?;
    let snapshot = ctx.snapshot()?;
    let room = ctx
        .state
        .find_room_by_name(&snapshot, &query::text(ctx.request, "room").unwrap_or_default(), &ctx.visitor)?
        .room;
    if !snapshot.settings()?.join_policy.admits(Some(person)) {
        return Err(Refusal::MembersOnly.into()); // whoever only reads a public room has nobody to speak to
    }
    Ok(match completion.prefix {
        CompletionPrefix::Person => suggest_people(ctx, &snapshot, &completion, &room, person)?,
        CompletionPrefix::Room => suggest_rooms(&snapshot, &completion, person)?,
        CompletionPrefix::Emoji => suggest_emoji(&completion),
        CompletionPrefix::Command => suggest_commands(&completion),
    })
}

/// Those who have a part in what is said here come before others whose names fit as well; everybody comes last.
fn suggest_people(
    ctx: &Ctx<'_>,
    snapshot: &Snapshot,
    completion: &CompletionQuery,
    room: &Room,
    person: &Person,
) -> Result<Vec<Suggestion>, Error> {
    let mut near = snapshot.recent_authors(room.id)?;
    near.extend(ctx.state.hubs.summarize_roster(room.id).people.iter().map(|author| author.id));
    let mut people = snapshot.matching_people(completion, room, &near, now())?;
    people.retain(|(_, other)| other.author.id != person.author.id);
    people.sort_by_key(|(rank, person)| (*rank, !near.contains(&person.author.id)));
    let mut choices: Vec<(u8, Suggestion)> =
        people.into_iter().take(COMPLETIONS_MAX).map(|(rank, person)| (rank, suggest_person(person.author))).collect();
    let begins = BROADCAST_MENTIONS.into_iter().filter(|word| completion.rank_match(word) == Some(0));
    if can(person, Permission::MentionRoom, Some(room)) || snapshot.is_small_room(room)? {
        choices.extend(
            begins.map(|word| {
                (0, Suggestion { insertion: format!("@{word} "), target: SuggestionTarget::Everyone(word) })
            }),
        );
    }
    choices.sort_by_key(|(rank, _)| *rank);
    choices.truncate(COMPLETIONS_MAX);
    Ok(choices.into_iter().map(|(_, choice)| choice).collect())
}

/// Somebody's name as it must be written to be read as theirs: signs in it that would mean something else are made plain.
fn suggest_person(author: Author) -> Suggestion {
    let plain = format!("@{} ", author.name);
    let insert = if mentions_author(&plain, &author) {
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
    Suggestion { insertion: insert, target: SuggestionTarget::Person(author) }
}

fn mentions_author(text: &str, author: &Author) -> bool {
    let own = UserName::parse(&author.name).map(|name| name.key());
    let person = |name: &UserName| (Ok(name.key()) == own).then(|| author.clone());
    let names = NameResolver { find_person: &person, find_room: &|_| None };
    Body::parse(text).is_ok_and(|body| text::render(body, &names, CodeStyle::Plain).mentions == [author.id])
}

fn suggest_rooms(snapshot: &Snapshot, completion: &CompletionQuery, person: &Person) -> Result<Vec<Suggestion>, Error> {
    let mut rooms = snapshot.matching_rooms(completion, person, now())?;
    rooms.sort_by_key(|(rank, _)| *rank);
    rooms.truncate(COMPLETIONS_MAX);
    let choice =
        |room: Room| Suggestion { insertion: format!("#{} ", room.slug), target: SuggestionTarget::Room(room) };
    Ok(rooms.into_iter().map(|(_, room)| choice(room)).collect())
}

fn suggest_emoji(completion: &CompletionQuery) -> Vec<Suggestion> {
    let found = text::emoji::matching_emoji(&completion.query, COMPLETIONS_MAX).into_iter();
    found
        .map(|(name, emoji)| Suggestion {
            insertion: format!("{emoji} "),
            target: SuggestionTarget::Emoji(emoji, name),
        })
        .collect()
}

fn suggest_commands(completion: &CompletionQuery) -> Vec<Suggestion> {
    let found =
        SLASH_COMMANDS.iter().filter(|command| completion.rank_match(command.name) == Some(0)).take(COMPLETIONS_MAX);
    found
        .map(|command| Suggestion {
            insertion: format!("/{}{}", command.name, if command.argument.is_empty() { "" } else { " " }),
            target: SuggestionTarget::Command(command.name, command.argument, command.effect),
        })
        .collect()
}
