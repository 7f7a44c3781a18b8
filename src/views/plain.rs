//! Plain text for terminals: one message is one line. Further lines of a message are indented, so they can't be taken for
//! another message.

use crate::domain::{Author, Message, MessageId, Room, SLASH_COMMANDS, Scopes, Token, Version};
use crate::views::messages::history::version_times;
use crate::views::messages::reactions::ListedReaction;
use crate::views::time::FormattedTime;

/// `2026-11-22 09:02Z Ann: hello`, without a line break at the end.
pub fn message_line(message: &Message) -> String {
    let mut line = String::with_capacity(message.body.len() + 64);
    push_message(&mut line, message);
    line
}

/// Several messages, one per line.
pub fn message_lines(messages: &[Message]) -> String {
    let mut lines = String::with_capacity(messages.iter().map(|message| message.body.len() + 64).sum());
    for message in messages {
        push_message(&mut lines, message);
        lines.push('\n');
    }
    lines
}

/// A message was deleted.
pub fn deleted(message: MessageId) -> String {
    format!("({message} was deleted)")
}

/// A message was edited; its new text.
pub fn edited(message: &Message) -> String {
    format!("({} now reads) {}", message.id, message_line(message))
}

/// All versions of a message, oldest first, each with its time.
pub fn history(message: &Message, versions: &[Version]) -> String {
    let bodies = versions.iter().map(|version| version.body.as_str()).chain([message.body.as_str()]);
    let mut lines = String::new();
    for (from, body) in version_times(message.at, versions).zip(bodies) {
        let stamp = FormattedTime::new(from);
        lines.extend([stamp.date(), " ", stamp.hour_minute(), "Z "]);
        push_indented(&mut lines, body);
        lines.push('\n');
    }
    lines
}

/// The reactions to a message with the people who reacted, one reaction per line.
pub fn reaction_list(reactions: &[ListedReaction]) -> String {
    let format_line = |reaction: &ListedReaction| {
        let names: Vec<&str> = reaction.people.iter().map(|author| &*author.name).collect();
        format!("{} {}: {}\n", reaction.reaction, reaction.count, names.join(", "))
    };
    reactions.iter().map(format_line).collect()
}

/// The reactions to a message changed; the reactions with their counts.
pub fn reactions_changed(message: &Message) -> String {
    let groups =
        message.details.extras.reactions.iter().map(|group| format!(" {} {}", group.reaction, group.users.len()));
    format!("(reactions to {}:{})", message.id, groups.collect::<String>())
}

/// A message was pinned or unpinned.
pub fn pin_changed(message: &Message) -> String {
    format!("({} is {} pinned)", message.id, if message.details.extras.pinned { "now" } else { "no longer" })
}

/// The settings of a room changed.
pub fn room_changed(room: &Room) -> String {
    let archived_text = if room.archived { ", archived" } else { "" };
    let topic = if room.topic.is_empty() { String::new() } else { format!(": {}", room.topic) };
    format!("(the room is now {}{topic}{archived_text})", room.name)
}

/// A user was renamed. The former name is given if it still belongs to them.
pub fn renamed(author: &Author, former_name: Option<&str>) -> String {
    match former_name {
        Some(former_name) => format!("({former_name} is now called {})", author.name),
        None => format!("(user {} is now called {})", author.id, author.name),
    }
}

fn push_message(out: &mut String, message: &Message) {
    let stamp = FormattedTime::new(message.at);
    out.extend([stamp.date(), " ", stamp.hour_minute(), "Z ", &message.author.name, ": "]);
    if message.is_deleted() {
        out.push_str("(deleted)");
    }
    push_indented(out, &message.body);
}

fn push_indented(out: &mut String, text: &str) {
    for (n, line) in text.split('\n').enumerate() {
        out.extend([if n > 0 { "\n    " } else { "" }, line]);
    }
}

/// Rooms with their paths and names, one per line.
pub fn room_list(rooms: &[Room]) -> String {
    rooms.iter().map(|room| format!("{}\t{}\n", room.slug.path(), room.name)).collect()
}

/// The slash commands, one per line.
pub fn command_list() -> String {
    SLASH_COMMANDS.map(|command| format!("/{} {}\t{}\n", command.name, command.argument, command.effect)).concat()
}

/// The answer to joining from a terminal: the token, and commands that use it.
pub fn join_instructions(origin: &str, room: &Room, token: &Token) -> String {
    let (path, token) = (room.slug.path(), token.to_text());
    format!(
        "{token}\n\n\
         curl -N '{origin}{path}/live?as=text'\n\
         curl -H 'Authorization: Bearer {token}' -d 'Hello' '{origin}{path}/messages'\n\
         curl -H 'Accept: text/plain' '{origin}{path}'\n"
    )
}

/// A command that uses a token within its scopes, in this room or in the lobby.
pub fn token_usage(origin: &str, room: Option<&Room>, scopes: Scopes, token: &Token) -> String {
    let (path, token) = (room.map_or("/rooms/lobby", |room| room.slug.path()), token.to_text());
    if scopes.post {
        format!("curl -H 'Authorization: Bearer {token}' -d 'Hello' '{origin}{path}/messages'")
    } else {
        format!("curl -N -H 'Authorization: Bearer {token}' '{origin}{path}/live?as=text'")
    }
}
