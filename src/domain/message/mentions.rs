//! Who is spoken to by name in the HTML of a text. It does not know what else stands there.

use std::ops::Range;

use crate::domain::{Author, UserId};

/// What stands before a person's number in the HTML of a text that speaks to them by name. The name follows, and the text
/// keeps the one that they had then; what is shown is the one that they have. Nobody can write this: their quotes are escaped.
pub const MENTION_START: &str = "data-user=\"";

/// What stands between the number of somebody who is spoken to and their name.
const MENTION_NAME: &str = "\">@";

/// Who is spoken to by name in the HTML of a text, each once, in order.
pub fn mentioned_users(html: &str) -> Vec<UserId> {
    let numbers = html.split(MENTION_START).skip(1).filter_map(|rest| rest.split('"').next()?.parse().ok());
    let mut called: Vec<UserId> = numbers.map(UserId).collect();
    called.sort_unstable();
    called.dedup();
    called
}

/// Whose number stands here, after [`CALLED`], and where the name that they had then, up to the next tag. None if it is
/// nobody of these.
pub fn find_mention<'a>(html: &str, mentioned: &'a [Author]) -> Option<(&'a Author, Range<usize>)> {
    let (number, _) = html.split_once(MENTION_NAME)?;
    let id = UserId(number.parse().ok()?);
    let start = number.len() + MENTION_NAME.len();
    let end = start + html[start..].find('<')?;
    mentioned.iter().find(|person| person.id == id).map(|person| (person, start..end))
}
