//! Who is spoken to by name in the HTML of a text. It does not know what else stands there.

use std::ops::Range;

use super::{Author, UserId};

/// What stands before a person's number in the HTML of a text that speaks to them by name. The name follows, and the text
/// keeps the one that they had then; what is shown is the one that they have. Nobody can write this: their quotes are escaped.
pub const CALLED: &str = "data-user=\"";

/// What stands between the number of somebody who is spoken to and their name.
const NAME: &str = "\">@";

/// Who is spoken to by name in the HTML of a text, each once, in order.
pub fn called_in(html: &str) -> Vec<UserId> {
    let numbers = html.split(CALLED).skip(1).filter_map(|rest| rest.split('"').next()?.parse().ok());
    let mut called: Vec<UserId> = numbers.map(UserId).collect();
    called.sort_unstable();
    called.dedup();
    called
}

/// Whose number stands here, after [`CALLED`], and where the name that they had then, up to the next tag. None if it is
/// nobody of these.
pub fn called_at<'a>(html: &str, called: &'a [Author]) -> Option<(&'a Author, Range<usize>)> {
    let (number, _) = html.split_once(NAME)?;
    let id = UserId(number.parse().ok()?);
    let start = number.len() + NAME.len();
    let end = start + html[start..].find('<')?;
    called.iter().find(|person| person.id == id).map(|person| (person, start..end))
}
