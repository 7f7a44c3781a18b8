//! Recovery codes: written down once, they let a person who forgot the password set a new one.

use sha2::{Digest, Sha256};

use crate::domain::TokenHash;

/// 120 random bits, shown to their owner once and never stored. It has no `Debug`, so that no log can contain it.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode([u8; 15]);

/// Letters and digits that are not confused with each other (Crockford's Base32,
/// <https://www.crockford.com/base32.html>).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// How many characters a code has, with five bits each.
const CODE_CHARS: usize = 24;
/// How many characters are written between two dashes.
const GROUP_CHARS: usize = 4;

impl RecoveryCode {
    /// A code with these random bits.
    pub fn new(random: [u8; 15]) -> Self {
        Self(random)
    }

    /// Parses a code as a person has written it down: case, dashes and white space do not matter, and letters that look
    /// like a digit count as that digit. `None` for anything else.
    pub fn parse(typed: &str) -> Option<Self> {
        let (mut bits, mut count) = (0_u128, 0);
        for c in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let c = match c.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                c => c,
            };
            let value = ALPHABET.iter().position(|known| char::from(*known) == c)?;
            count += 1;
            if count > CODE_CHARS {
                return None;
            }
            bits = bits << 5 | value as u128;
        }
        let [_, code @ ..] = bits.to_be_bytes();
        (count == CODE_CHARS).then_some(Self(code))
    }

    /// The code in six groups of four characters, as in `0123-4567-89ab-cdef-ghjk-mnpq`.
    pub fn to_text(&self) -> String {
        let mut bytes = [0; 16];
        bytes[1..].copy_from_slice(&self.0);
        let bits = u128::from_be_bytes(bytes);
        let mut text = String::with_capacity(CODE_CHARS + CODE_CHARS / GROUP_CHARS);
        for n in 0..CODE_CHARS {
            if n > 0 && n % GROUP_CHARS == 0 {
                text.push('-');
            }
            let value = bits >> (5 * (CODE_CHARS - 1 - n)) & 31;
            text.push(char::from(ALPHABET[value as usize]));
        }
        text
    }

    /// What the store keeps. A plain hash is enough: no one can try 2^120 codes.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::person::recovery_code::*;

    #[test]
    fn parse_accepts_only_what_to_text_writes() {
        let code = RecoveryCode::new([0, 1, 2, 3, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0xff, 0, 0, 0, 0, 1]);
        let text = code.to_text();
        assert_eq!(text, "000g-40zy-vjx9-gxqz-0000-0001");
        let loose = text.replace('0', "O").replace('-', " ").to_uppercase();
        for written in [text.as_str(), &text.replace('-', ""), &loose, &format!("\t{text}\n")] {
            assert!(RecoveryCode::parse(written).is_some_and(|read| read == code), "{written:?}");
        }
        for invalid in ["", &text[1..], &format!("{text}0"), &text.replace('z', "u"), &"é".repeat(24)] {
            assert!(RecoveryCode::parse(invalid).is_none(), "{invalid:?}");
        }
    }
}
