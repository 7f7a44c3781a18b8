//! Suggestions for what the visitor types: people, emoji, rooms and slash commands. They contain nothing that the visitor
//! can't see elsewhere.

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

/// Suggestions that complete `q` in the room with the slug `room`, best first.
#[handler]
pub(crate) fn list(ctx: Ctx<'_>) -> Result<Response, Error> {
    let suggestions = list_suggestions(&ctx)?;
    let response = match ctx.accept() {
        Accept::Json => {
            let suggestions: Vec<_> = suggestions.iter().map(views::json::SuggestionJson::from_suggestion).collect();
            Json(suggestions).into_response()
        }
        Accept::Page | Accept::Text | Accept::Stream | Accept::Anything => {
            views::messages::autocomplete::options(&suggestions).into_response()
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
        return Err(Refusal::MembersOnly.into()); // a reader of a public room who can't post has nothing to complete
    }
    Ok(match completion.prefix {
        CompletionPrefix::Person => suggest_people(ctx, &snapshot, &completion, &room, person)?,
        CompletionPrefix::Room => suggest_rooms(&snapshot, &completion, person)?,
        CompletionPrefix::Emoji => suggest_emoji(&completion),
        CompletionPrefix::Command => suggest_commands(&completion),
    })
}

/// People who posted here recently or are here now come before others with an equal match; `@here` and `@room` come last.
fn suggest_people(
    ctx: &Ctx<'_>,
    snapshot: &Snapshot,
    completion: &CompletionQuery,
    room: &Room,
    person: &Person,
) -> Result<Vec<Suggestion>, Error> {
    let mut nearby = snapshot.recent_authors(room.id)?;
    nearby.extend(ctx.state.hubs.summarize_roster(room.id).people.iter().map(|author| author.id));
    let mut people = snapshot.matching_people(completion, room, &nearby, now())?;
    people.retain(|(_, other)| other.author.id != person.author.id);
    people.sort_by_key(|(rank, person)| (*rank, !nearby.contains(&person.author.id)));
    let mut suggestions: Vec<(u8, Suggestion)> =
        people.into_iter().take(COMPLETIONS_MAX).map(|(rank, person)| (rank, suggest_person(person.author))).collect();
    let broadcasts = BROADCAST_MENTIONS.into_iter().filter(|word| completion.rank_match(word) == Some(0));
    if can(person, Permission::MentionRoom, Some(room)) || snapshot.is_small_room(room)? {
        suggestions.extend(
            broadcasts.map(|word| {
                (0, Suggestion { insertion: format!("@{word} "), target: SuggestionTarget::Everyone(word) })
            }),
        );
    }
    suggestions.sort_by_key(|(rank, _)| *rank);
    suggestions.truncate(COMPLETIONS_MAX);
    Ok(suggestions.into_iter().map(|(_, suggestion)| suggestion).collect())
}

/// Suggests a person. Punctuation that Markdown would interpret is escaped, so that the text inserted mentions that person.
fn suggest_person(author: Author) -> Suggestion {
    let plain = format!("@{} ", author.name);
    let insertion = if mentions_author(&plain, &author) {
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
    Suggestion { insertion, target: SuggestionTarget::Person(author) }
}

fn mentions_author(text: &str, author: &Author) -> bool {
    let own_key = UserName::parse(&author.name).map(|name| name.key());
    let find_person = |name: &UserName| (Ok(name.key()) == own_key).then(|| author.clone());
    let resolver = NameResolver { find_person: &find_person, find_room: &|_| None };
    Body::parse(text).is_ok_and(|body| text::render(body, &resolver, CodeStyle::Plain).mentions == [author.id])
}

fn suggest_rooms(snapshot: &Snapshot, completion: &CompletionQuery, person: &Person) -> Result<Vec<Suggestion>, Error> {
    let mut rooms = snapshot.matching_rooms(completion, person, now())?;
    rooms.sort_by_key(|(rank, _)| *rank);
    rooms.truncate(COMPLETIONS_MAX);
    let suggest =
        |room: Room| Suggestion { insertion: format!("#{} ", room.slug), target: SuggestionTarget::Room(room) };
    Ok(rooms.into_iter().map(|(_, room)| suggest(room)).collect())
}

fn suggest_emoji(completion: &CompletionQuery) -> Vec<Suggestion> {
    let matches = text::emoji::matching_emoji(&completion.query, COMPLETIONS_MAX).into_iter();
    matches
        .map(|(name, emoji)| Suggestion {
            insertion: format!("{emoji} "),
            target: SuggestionTarget::Emoji(emoji, name),
        })
        .collect()
}

fn suggest_commands(completion: &CompletionQuery) -> Vec<Suggestion> {
    let matches =
        SLASH_COMMANDS.iter().filter(|command| completion.rank_match(command.name) == Some(0)).take(COMPLETIONS_MAX);
    matches
        .map(|command| Suggestion {
            insertion: format!("/{}{}", command.name, if command.argument.is_empty() { "" } else { " " }),
            target: SuggestionTarget::Command(command.name, command.argument, command.effect),
        })
        .collect()
}
