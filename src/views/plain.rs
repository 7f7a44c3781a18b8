//! The same for a terminal: one message is one line, and what a message's later lines say can't be taken for another
//! message, because they are indented.

use super::time;
use crate::domain::{Message, Room, Token};

/// `2026-11-22 09:02Z Ann: hello`, without a line end.
pub fn line(message: &Message) -> String {
    let body = message.body.replace('\n', "\n    ");
    format!("{} {}Z {}: {body}", time::date(message.at), time::clock(message.at), message.author.name)
}

/// Several messages, a line each.
pub fn lines(messages: &[Message]) -> String {
    messages.iter().map(|message| line(message) + "\n").collect()
}

/// What somebody who comes in from a terminal is told: the token, and what to do with it.
pub fn welcome(origin: &str, room: &Room, token: &Token) -> String {
    let (path, token) = (room.address.path(), token.text());
    format!(
        "{token}\n\n\
         curl -N '{origin}{path}/live?as=text'\n\
         curl -H 'Authorization: Bearer {token}' -d 'Hello' '{origin}{path}/messages'\n\
         curl -H 'Accept: text/plain' '{origin}{path}'\n"
    )
}
