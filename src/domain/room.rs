//! A room, and the address by which it is found.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use unicode_normalization::UnicodeNormalization;

use super::limits::ROOM_CHARS_MAX;
use super::{Refusal, RoomId};

/// A room.
#[derive(Clone, Debug)]
pub struct Room {
    /// Its number.
    pub id: RoomId,
    /// Its name as the one who opened it typed it.
    pub name: String,
    /// Where it is found.
    pub address: Address,
}

/// A room's name made fit for a URL: lower case, blanks and slashes are `-`; letters of any script and emoji stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    text: String,
    path: String,
}

/// What a path segment keeps as it is: the unreserved characters of RFC 3986, section 2.3.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Address {
    /// The address of the room of this name. An address is its own address.
    ///
    /// # Errors
    /// [`Refusal::RoomBlank`] if nothing but `-` and `.` is left (`.` and `..` mean something else in a URL),
    /// [`Refusal::RoomTooLong`] if it comes out longer than a name may be.
    pub fn of(name: &str) -> Result<Self, Refusal> {
        let folded = name.chars().filter(|c| !c.is_control()).nfkc().flat_map(char::to_lowercase).nfc();
        let dashed: String =
            folded.map(|c| if c.is_whitespace() || matches!(c, '/' | '\\') { '-' } else { c }).collect();
        let words: Vec<&str> = dashed.split('-').filter(|word| !word.is_empty()).collect();
        let address = words.join("-");
        if address.chars().all(|c| matches!(c, '-' | '.')) {
            return Err(Refusal::RoomBlank);
        }
        if address.chars().count() > ROOM_CHARS_MAX {
            return Err(Refusal::RoomTooLong);
        }
        Ok(Self::stored(address))
    }

    /// An address that the store keeps, so it went through [`Address::of`] before.
    pub fn stored(text: String) -> Self {
        const ROOMS: &str = "/rooms/";
        let mut path = String::with_capacity(ROOMS.len() + text.len());
        path.push_str(ROOMS);
        path.extend(utf8_percent_encode(&text, SEGMENT)); // piece by piece: every page has fifty of these
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

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(name: &str) -> String {
        Address::of(name).map(|a| a.text).unwrap_or_else(|refusal| format!("{refusal:?}"))
    }

    #[test]
    fn an_address_reads_like_the_name() {
        assert_eq!(address("Café 12/3 🚀"), "café-12-3-🚀");
        assert_eq!(address("  a // b\\c - d "), "a-b-c-d");
        assert_eq!(address("ＫＩＴＣＨＥＮ"), "kitchen");
        assert_eq!(address("C++"), "c++");
        assert_eq!(address("日本語 部屋"), "日本語-部屋");
    }

    #[test]
    fn an_address_is_its_own_address() {
        for name in ["Café 12/3 🚀", "İstanbul", "a\u{301} B", "e\0\u{301}", "x--y", "½ pint"] {
            let once = address(name);
            assert_eq!(address(&once), once, "{name}");
        }
    }

    #[test]
    fn what_a_url_would_take_for_a_step_is_no_address() {
        for name in ["", "-", ".", "..", " / ", ". ."] {
            assert_eq!(address(name), "RoomBlank", "{name:?}");
        }
        assert_eq!(address("..."), "RoomBlank");
        assert_eq!(address("v1.2"), "v1.2");
    }

    #[test]
    fn a_path_is_ascii() {
        let path = Address::of("Café #1? 100%").map(|a| a.path);
        assert_eq!(path.as_deref(), Ok("/rooms/caf%C3%A9-%231%3F-100%25"));
    }
}
