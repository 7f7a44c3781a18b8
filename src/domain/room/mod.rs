//! Rooms, and the slugs that URLs name them by.

pub(crate) mod read_state;

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::domain::limits::ROOM_NAME_CHARS_MAX;
use crate::domain::{Refusal, RoomId, Timestamp, UserId};

/// Who can read a room and post in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Visibility {
    /// All people on the server.
    #[default]
    Open,
    /// All people on the server can post, and everyone on the web can read.
    Public,
    /// Members only.
    Private,
    /// A direct message: exactly the people it started with. Its visibility never changes.
    Direct,
}

impl Visibility {
    /// The values that a user can choose for a room.
    pub const CHOICES: [Self; 3] = [Self::Open, Self::Public, Self::Private];

    /// The value as forms write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Public => "public",
            Self::Private => "private",
            Self::Direct => "direct",
        }
    }

    /// Parses a value that a user can choose.
    pub fn parse(word: &str) -> Option<Self> {
        Self::CHOICES.into_iter().find(|visibility| visibility.as_str() == word)
    }

    /// Whether only members can see the room.
    pub fn is_members_only(self) -> bool {
        matches!(self, Self::Private | Self::Direct)
    }
}

/// A room.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Room {
    /// The id.
    pub id: RoomId,
    /// The name as it was last typed.
    pub name: String,
    /// The slug in its URL.
    pub slug: Slug,
    /// The topic. Blank if it has none.
    pub topic: String,
    /// Who can read it and post in it.
    pub visibility: Visibility,
    /// The user who created it.
    pub created_by: UserId,
    /// Slow mode: the seconds that a user waits between two messages; 0 turns it off.
    pub slow_mode_s: u32,
    /// Whether it is archived: people can read it, and no one can post.
    pub archived: bool,
    /// When it was deleted. It can be restored for [`DELETED_ROOM_RETENTION`](super::limits::DELETED_ROOM_RETENTION).
    pub deleted_at: Option<Timestamp>,
}

impl Room {
    /// A new open room with the default settings.
    pub fn new_open(id: RoomId, name: String, slug: Slug, created_by: UserId) -> Self {
        let (topic, visibility) = (String::new(), Visibility::Open);
        Self { id, name, slug, topic, visibility, created_by, slow_mode_s: 0, archived: false, deleted_at: None }
    }
}

/// A room's name made fit for a URL: lower case, with `-` for spaces and slashes. Letters of any script and emoji stay.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slug {
    text: String,
    path: String,
}

/// The characters that a path segment keeps: the unreserved characters of RFC 3986, section 2.3.
pub(crate) const PATH_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Slug {
    /// The slug of a room's name. A slug is its own slug.
    ///
    /// # Errors
    /// [`Refusal::RoomNameBlank`] if only `-` and `.` are left (`.` and `..` are relative segments of a URL),
    /// [`Refusal::RoomNameTooLong`] if the slug is longer than a name may be.
    pub fn from_name(name: &str) -> Result<Self, Refusal> {
        let folded = name.chars().filter(|c| !c.is_control()).nfkc().flat_map(char::to_lowercase).nfc();
        let dashed: String =
            folded.map(|c| if c.is_whitespace() || matches!(c, '/' | '\\') { '-' } else { c }).collect();
        let words: Vec<&str> = dashed.split('-').filter(|word| !word.is_empty()).collect();
        let address = words.join("-");
        if address.chars().all(|c| matches!(c, '-' | '.')) {
            return Err(Refusal::RoomNameBlank);
        }
        if address.chars().count() > ROOM_NAME_CHARS_MAX {
            return Err(Refusal::RoomNameTooLong);
        }
        Ok(Self::from_stored(address))
    }

    /// The slug of a hidden room: as much of the name's slug as fits, followed by random letters. A user without access
    /// cannot find the room by trying names.
    pub fn hidden_text(name: &str, salt: Salt) -> String {
        let start: String = name.chars().take(ROOM_NAME_CHARS_MAX - 1 - Salt::CHARS).collect();
        format!("{start}~{salt}")
    }

    /// Whether a text has the form of a hidden room's slug. Creating a room with such a name is always refused, whether
    /// or not the room exists, so trying names reveals nothing.
    pub fn is_hidden(text: &str) -> bool {
        let salt = text.rsplit_once('~').map(|(_, salt)| salt);
        salt.is_some_and(|salt| salt.len() == Salt::CHARS && salt.bytes().all(|b| Salt::ALPHABET.contains(&b)))
    }

    /// Wraps a slug from the store, which [`Slug::from_name`] or [`Slug::hidden_text`] made.
    pub fn from_stored(text: String) -> Self {
        const ROOMS: &str = "/rooms/";
        let mut path = String::with_capacity(ROOMS.len() + text.len());
        path.push_str(ROOMS);
        path.extend(utf8_percent_encode(&text, PATH_SEGMENT)); // piece by piece: every page has fifty of these
        Self { text, path }
    }

    /// The slug as people read it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The path of the room's page, percent-encoded, so that it fits a link and a header.
    pub fn path(&self) -> &str {
        &self.path
    }
}

/// The random part of a hidden room's slug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salt(pub u64);

impl Salt {
    /// The number of letters: 13 letters have 65 bits.
    const CHARS: usize = 13;
    /// Crockford's alphabet, which has no letters that look alike.
    const ALPHABET: [u8; 32] = *b"0123456789abcdefghjkmnpqrstvwxyz";
}

impl fmt::Display for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..Self::CHARS)
            .try_for_each(|n| write!(f, "{}", char::from(Self::ALPHABET[(self.0 >> (5 * n)) as usize % 32])))
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::room::*;

    fn slug(name: &str) -> String {
        Slug::from_name(name).map(|a| a.text).unwrap_or_else(|refusal| format!("{refusal:?}"))
    }

    #[test]
    fn slug_resembles_the_name() {
        assert_eq!(slug("Café 12/3 🚀"), "café-12-3-🚀");
        assert_eq!(slug("  a // b\\c - d "), "a-b-c-d");
        assert_eq!(slug("ＫＩＴＣＨＥＮ"), "kitchen");
        assert_eq!(slug("C++"), "c++");
        assert_eq!(slug("日本語 部屋"), "日本語-部屋");
    }

    #[test]
    fn slug_of_a_slug_is_itself() {
        for name in ["Café 12/3 🚀", "İstanbul", "a\u{301} B", "e\0\u{301}", "x--y", "½ pint"] {
            let once = slug(name);
            assert_eq!(slug(&once), once, "{name}");
        }
    }

    #[test]
    fn dot_segments_are_no_slug() {
        for name in ["", "-", ".", "..", " / ", ". ."] {
            assert_eq!(slug(name), "RoomNameBlank", "{name:?}");
        }
        assert_eq!(slug("..."), "RoomNameBlank");
        assert_eq!(slug("v1.2"), "v1.2");
    }

    #[test]
    fn hidden_slug_is_a_slug_but_no_room_name() {
        for name in ["plans", &"é".repeat(80), "a~b"] {
            let hidden = Slug::hidden_text(name, Salt(u64::MAX - 7));
            assert_eq!(slug(&hidden), hidden);
            assert!(Slug::is_hidden(&hidden));
            assert!(matches!(crate::domain::RoomName::parse(&hidden), Err(Refusal::RoomNotVisible)), "{hidden}");
        }
        for plain in ["plans", "plans~", "~0123456789ab", "x~0123456789abl"] {
            assert!(!Slug::is_hidden(plain), "{plain}");
        }
    }

    #[test]
    fn path_is_ascii() {
        let path = Slug::from_name("Café #1? 100%").map(|a| a.path);
        assert_eq!(path.as_deref(), Ok("/rooms/caf%C3%A9-%231%3F-100%25"));
    }
}
