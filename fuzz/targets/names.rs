//! Names, addresses and messages, of whatever was typed: the limits hold, nothing unseen is left, and taking what came
//! out once more changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taproom::domain::limits::{BODY_CHARS_MAX, USER_NAME_CHARS_MAX, ROOM_NAME_CHARS_MAX};
use taproom::domain::{Slug, Body, Nonce, Refusal, RoomName, UserName, initials};

fuzz_target!(|input: &[u8]| {
    let typed = String::from_utf8_lossy(input);
    a_name_stays_itself(&typed);
    a_room_stays_where_it_is(&typed);
    an_address_is_its_own_address(&typed);
    a_message_stays_itself(&typed);
    assert!(initials(&typed).len() <= 12 * typed.len() + 12);
    match Refusal::room_not_found(&typed) {
        Refusal::RoomNotFound(repeated) => {
            assert!(repeated.chars().count() <= ROOM_NAME_CHARS_MAX && is_seen(&repeated));
        }
        refused => assert!(refused == Refusal::RoomNotVisible && Slug::is_hidden(&typed)),
    }
});

fn a_name_stays_itself(typed: &str) {
    let Ok(name) = UserName::parse(typed) else { return };
    assert!((1..=USER_NAME_CHARS_MAX).contains(&name.as_str().chars().count()));
    assert!(is_line(name.as_str()), "{name:?}");
    assert!(!name.key().is_empty());
    let again = UserName::parse(name.as_str()).expect("what is shown as a name is one");
    assert_eq!(again, name);
    assert_eq!(again.key(), name.key());
    // A compatibility form may bring blanks with it, which a name that was typed would not keep.
    if let Ok(folded) = UserName::parse(&name.key()).as_ref()
        && folded.as_str() == name.key()
    {
        assert_eq!(folded.key(), name.key(), "the key of {name:?} is its own key");
    }
}

fn a_room_stays_where_it_is(typed: &str) {
    let Ok(room) = RoomName::parse(typed) else { return };
    assert!((1..=ROOM_NAME_CHARS_MAX).contains(&room.as_str().chars().count()));
    assert!(is_line(room.as_str()), "{room:?}");
    assert_eq!(RoomName::parse(room.as_str()).as_ref(), Ok(&room));
    assert_eq!(Slug::from_name(room.as_str()).as_ref(), Ok(room.slug()));
    assert_eq!(Slug::from_name(room.slug().as_str()).as_ref(), Ok(room.slug()), "{room:?}");
}

fn an_address_is_its_own_address(typed: &str) {
    let Ok(address) = Slug::from_name(typed) else { return };
    assert!((1..=ROOM_NAME_CHARS_MAX).contains(&address.as_str().chars().count()));
    assert!(!address.as_str().contains(['/', '\\', ' ']) && !matches!(address.as_str(), "." | ".."));
    assert_eq!(Slug::from_name(address.as_str()).as_ref(), Ok(&address), "the address of {typed:?}");
    assert!(address.path().bytes().all(|b| b.is_ascii_alphanumeric() || b"/-._~%".contains(&b)));
    let segment = address.path().strip_prefix("/rooms/").expect("a room's path");
    assert!(!segment.contains('/'));
    // A form's decoder also turns `+` into a blank, but a path has none.
    let (decoded, _) = form_urlencoded::parse(segment.as_bytes()).next().expect("it has a segment");
    assert_eq!(decoded, address.as_str());
}

fn a_message_stays_itself(typed: &str) {
    let Ok(body) = Body::parse(typed) else { return };
    assert!((1..=BODY_CHARS_MAX).contains(&body.as_str().chars().count()));
    assert!(body.as_str().chars().all(|c| c == '\n' || c == '\t' || !c.is_control()));
    assert_eq!(Body::parse(body.as_str()).as_ref(), Ok(&body));
    let nonce = Nonce::parse("n").ok().flatten().expect("a nonce");
    assert!(nonce.of(&body).as_str().is_ascii());
}

/// One line: no white space but single blanks inside, and nothing unseen.
fn is_line(text: &str) -> bool {
    let blanks = text.starts_with(' ') || text.ends_with(' ') || text.contains("  ");
    !blanks && is_seen(text)
}

/// Nothing in it is a control, white space other than a blank, or one of Unicode's default ignorable code points
/// (DerivedCoreProperties.txt), of which only joiners and variation selectors change what is seen.
fn is_seen(text: &str) -> bool {
    text.chars().all(|c| {
        let ignorable = matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
        !ignorable && !c.is_control() && (c == ' ' || !c.is_whitespace())
    })
}
