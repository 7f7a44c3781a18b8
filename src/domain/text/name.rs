//! Names of people and of rooms.

use std::fmt;

use unicode_security::{MixedScript, RestrictionLevel, RestrictionLevelDetection, skeleton};
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::limits::{ROOM_NAME_CHARS_MAX, USER_NAME_CHARS_MAX};
use crate::domain::text::clean;
use crate::domain::{Refusal, Slug};

/// A person's display name: one line of 1 to [`USER_NAME_CHARS_MAX`] characters, without invisible ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserName(String);

impl UserName {
    /// Cleans and checks a typed name.
    ///
    /// # Errors
    /// [`Refusal::NameBlank`] if no visible character is left, [`Refusal::NameTooLong`].
    pub fn parse(typed: &str) -> Result<Self, Refusal> {
        let name = clean::clean_line(typed);
        match name.chars().count() {
            0 => Err(Refusal::NameBlank),
            n if n > USER_NAME_CHARS_MAX => Err(Refusal::NameTooLong),
            _ if clean::is_invisible(&name) => Err(Refusal::NameBlank),
            _ => Ok(Self(name)),
        }
    }

    /// Two names with the same key are the same name: case, width and invisible joiners make no difference.
    pub fn key(&self) -> String {
        clean::fold(&self.0)
    }

    /// Two names with the same skeleton look alike (Unicode Technical Standard 39, section 4). The skeleton is taken of
    /// the name as it is written, where a capital I looks like a small l, and again of its folded form.
    pub fn skeleton(&self) -> String {
        let written: String = skeleton(&self.0).collect();
        skeleton(&clean::fold(&written)).collect()
    }

    /// Checks a name that a person wants to take. Names that mix scripts as no language does are refused, because they
    /// can imitate another name (Unicode Technical Standard 39, section 5.2, up to "highly restrictive").
    ///
    /// # Errors
    /// As [`UserName::parse`], and [`Refusal::NameMixesScripts`].
    pub fn parse_new(typed: &str) -> Result<Self, Refusal> {
        let name = Self::parse(typed)?;
        let letters: String = name.0.chars().filter(|c| c.is_alphanumeric()).collect();
        let is_plausible = letters.is_empty()
            || letters.check_restriction_level(RestrictionLevel::HighlyRestrictive)
            || letters.is_single_script();
        if is_plausible { Ok(name) } else { Err(Refusal::NameMixesScripts) }
    }

    /// The name as it was cleaned.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A room's display name of 1 to [`ROOM_NAME_CHARS_MAX`] characters, with the slug made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomName {
    text: String,
    slug: Slug,
}

impl RoomName {
    /// Cleans and checks a typed name.
    ///
    /// # Errors
    /// [`Refusal::RoomNameBlank`] if no character is left that a slug could be made of, [`Refusal::RoomNameTooLong`],
    /// [`Refusal::RoomNotVisible`] for a name that only a hidden room can have.
    pub fn parse(typed: &str) -> Result<Self, Refusal> {
        let text = clean::clean_line(typed);
        if text.chars().count() > ROOM_NAME_CHARS_MAX {
            return Err(Refusal::RoomNameTooLong);
        }
        if clean::is_invisible(&text) {
            return Err(Refusal::RoomNameBlank);
        }
        let slug = Slug::from_name(&text)?;
        if Slug::is_hidden(slug.as_str()) {
            return Err(Refusal::RoomNotVisible);
        }
        Ok(Self { text, slug })
    }

    /// The slug. Two names with the same slug are the same room.
    pub fn slug(&self) -> &Slug {
        &self.slug
    }

    /// The name as it was cleaned.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Refusal {
    /// The refusal for a room name that does not exist. It repeats the name cleaned and cut like that of a room.
    pub fn room_not_found(name: &str) -> Self {
        if Slug::is_hidden(name) {
            return Self::RoomNotVisible;
        }
        Self::RoomNotFound(clean::clean_line(name).chars().take(ROOM_NAME_CHARS_MAX).collect())
    }
}

/// One or two letters for a name's avatar: the first of each of the first two words, or the first two of the only word.
pub fn initials(name: &str) -> String {
    if name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ') {
        return ascii_initials(name);
    }
    let mut words = name.unicode_words();
    let letters: Vec<&str> = match (words.next(), words.next()) {
        (Some(first), Some(second)) => [first, second].iter().filter_map(|w| w.graphemes(true).next()).collect(),
        (Some(only), None) => only.graphemes(true).take(2).collect(),
        (None, _) => name.graphemes(true).take(1).collect(),
    };
    letters.concat().to_uppercase()
}

/// The same for a name of ASCII letters, digits and spaces, where words end only at spaces. This is the fast path: most
/// names are like that, and every row of a page shows one.
fn ascii_initials(name: &str) -> String {
    let mut words = name.split_ascii_whitespace();
    let (first, second) = (words.next().unwrap_or(name), words.next());
    let mut letters = String::with_capacity(2);
    letters.push_str(&first[..first.len().min(if second.is_some() { 1 } else { 2 })]);
    letters.push_str(&second.unwrap_or("")[..usize::from(second.is_some())]);
    letters.make_ascii_uppercase();
    letters
}

#[cfg(test)]
mod tests {
    use crate::domain::text::name::*;

    #[test]
    fn user_name_length_is_limited() {
        assert_eq!(UserName::parse("  \u{200b}\u{202e} "), Err(Refusal::NameBlank));
        assert_eq!(UserName::parse("\u{200d}\u{fe0f}"), Err(Refusal::NameBlank));
        assert!(UserName::parse(&"é".repeat(32)).is_ok());
        assert_eq!(UserName::parse(&"é".repeat(33)), Err(Refusal::NameTooLong));
    }

    #[test]
    fn confusable_names_share_a_skeleton() {
        let skeleton = |name: &str| UserName::parse(name).map(|name| name.skeleton());
        assert_eq!(skeleton("\u{430}nn"), skeleton("ann")); // a Cyrillic letter
        assert_eq!(skeleton("ＡＮＮ"), skeleton("ann"));
        assert_eq!(skeleton("mark"), skeleton("rnark"));
        assert_eq!(skeleton("Iris"), skeleton("lris")); // a capital I, and a small l
        assert_eq!(skeleton("BOB"), skeleton("b0b")); // a capital O, and a zero
        assert_ne!(skeleton("ann"), skeleton("anna"));
    }

    #[test]
    fn only_plausible_script_mixes_are_accepted() {
        for fine in
            ["Ann", "Zoë 3", "Анна", "田中さん", "Kim 김", "فريد", "🚀", "R2-D2 🤖", "O'Neil", "x_y", "(ben)", "Ωμέγα"]
        {
            assert!(UserName::parse_new(fine).is_ok(), "{fine}");
        }
        for mixed in ["\u{430}nn", "Annа", "pаypal"] {
            assert_eq!(UserName::parse_new(mixed), Err(Refusal::NameMixesScripts), "{mixed}");
        }
    }

    #[test]
    fn room_name_length_is_limited() {
        assert!(RoomName::parse(&"r".repeat(80)).is_ok());
        assert_eq!(RoomName::parse(&"r".repeat(81)), Err(Refusal::RoomNameTooLong));
        assert_eq!(RoomName::parse(" / "), Err(Refusal::RoomNameBlank));
    }

    #[test]
    fn missing_room_is_quoted_like_a_room_name() {
        let long = format!(" a\u{202e}  {}", "b".repeat(ROOM_NAME_CHARS_MAX));
        let expected = format!("a {}", "b".repeat(ROOM_NAME_CHARS_MAX - 2));
        assert_eq!(Refusal::room_not_found(&long), Refusal::RoomNotFound(expected));
    }

    #[test]
    fn initials_work_in_any_script() {
        assert_eq!(initials("Ada Moreau"), "AM");
        assert_eq!(initials("ann"), "AN");
        assert_eq!(initials("فريد الحسن"), "فا");
        assert_eq!(initials("🚀"), "🚀");
        assert_eq!(initials("<img src=x>"), "IS");
        assert_eq!(initials("x"), "X");
        assert_eq!(initials("r2d2 C3PO 7"), "RC");
        assert_eq!(initials("O'Neil"), "O'");
    }
}
