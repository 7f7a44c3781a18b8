//! A room, and the address by which it is found.

pub(crate) mod read_state;

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::domain::limits::ROOM_NAME_CHARS_MAX;
use crate::domain::{Refusal, RoomId, Timestamp, UserId};

/// Who hears a room and speaks in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Visibility {
    /// Everybody in the house.
    #[default]
    Open,
    /// Everybody in the house; and everybody else may read.
    Public,
    /// Those who were picked.
    Private,
    /// Exactly the people with whom it began. It never becomes anything else.
    Direct,
}

impl Visibility {
    /// The kinds that a room can be given.
    pub const CHOICES: [Self; 3] = [Self::Open, Self::Public, Self::Private];

    /// The word for it in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Public => "public",
            Self::Private => "private",
            Self::Direct => "direct",
        }
    }

    /// Reads the word of a kind that a room can be given.
    pub fn parse(word: &str) -> Option<Self> {
        Self::CHOICES.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether the room is there only for those who belong to it.
    pub fn is_members_only(self) -> bool {
        matches!(self, Self::Private | Self::Direct)
    }
}

/// A room.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Room {
    /// Its number.
    pub id: RoomId,
    /// Its name as it was typed last.
    pub name: String,
    /// Where it is found.
    pub slug: Slug,
    /// What it is about. Blank if nobody has said.
    pub topic: String,
    /// Who hears it.
    pub visibility: Visibility,
    /// Who created it.
    pub created_by: UserId,
    /// In so many seconds each may say one thing; 0 if there is no such limit.
    pub slow_mode_s: u32,
    /// It can be read, and nobody says anything there.
    pub archived: bool,
    /// Since when it is deleted: for a week it can be had back.
    pub deleted_at: Option<Timestamp>,
}

impl Room {
    /// An open room as it is when somebody has just opened it.
    pub fn new_open(id: RoomId, name: String, slug: Slug, created_by: UserId) -> Self {
        let (topic, visibility) = (String::new(), Visibility::Open);
        Self { id, name, slug, topic, visibility, created_by, slow_mode_s: 0, archived: false, deleted_at: None }
    }
}

/// A room's name made fit for a URL: lower case, blanks and slashes are `-`; letters of any script and emoji stay.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slug {
    text: String,
    path: String,
}

/// What a path segment keeps as it is: the unreserved characters of RFC 3986, section 2.3.
pub(crate) const PATH_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Slug {
    /// The address of the room of this name. An address is its own address.
    ///
    /// # Errors
    /// [`Refusal::RoomBlank`] if nothing but `-` and `.` is left (`.` and `..` mean something else in a URL),
    /// [`Refusal::RoomTooLong`] if it comes out longer than a name may be.
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

    /// The address of a hidden room: the name's, as far as there is room, with letters behind it that nobody can guess.
    /// Whoever may not know of the room cannot come upon it by trying names.
    pub fn hidden_text(name: &str, salt: Salt) -> String {
        let start: String = name.chars().take(ROOM_NAME_CHARS_MAX - 1 - Salt::CHARS).collect();
        format!("{start}~{salt}")
    }

    /// Whether this has the shape of a hidden room's address. No room is opened by such a name, whether there is one or
    /// not, so nobody learns anything by trying.
    pub fn is_hidden(text: &str) -> bool {
        let salt = text.rsplit_once('~').map(|(_, salt)| salt);
        salt.is_some_and(|salt| salt.len() == Salt::CHARS && salt.bytes().all(|b| Salt::ALPHABET.contains(&b)))
    }

    /// An address that the store keeps, so it went through [`Address::of`] before.
    pub fn from_stored(text: String) -> Self {
        const ROOMS: &str = "/rooms/";
        let mut path = String::with_capacity(ROOMS.len() + text.len());
        path.push_str(ROOMS);
        path.extend(utf8_percent_encode(&text, PATH_SEGMENT)); // piece by piece: every page has fifty of these
        Self { text, path }
    }

    /// The address as people read it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The path of the room's page, percent-encoded: fit for a link and for a header.
    pub fn path(&self) -> &str {
        &self.path
    }
}

/// Letters that nobody can guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salt(pub u64);

impl Salt {
    /// How many letters: 65 bits would need 13 of them.
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
