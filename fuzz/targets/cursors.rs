//! Ids, cursors, nonces and tokens, from a header or an address: reading them never panics, and what was read is
//! written as it can be read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taproom::domain::limits::NONCE_BYTES_MAX;
use taproom::domain::{Cursor, Epoch, Nonce, Seq, Token};
use taproom::fuzzing;

// The first line is what stands behind the question mark, the rest a header.
fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    a_cursor_is_read_as_it_is_written(&text);
    a_nonce_is_short_and_visible(&text);
    a_token_has_one_spelling(&text);
    let (query, header) = text.split_once('\n').unwrap_or((&text, ""));
    a_stream_goes_on_from_one_of_the_two(query, header);
    every_number_is_a_cursor(input);
});

fn a_cursor_is_read_as_it_is_written(text: &str) {
    let Some(cursor) = Cursor::parse(text) else { return };
    assert!(text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-'));
    assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
}

fn a_nonce_is_short_and_visible(text: &str) {
    let Ok(Some(nonce)) = Nonce::parse(text) else { return };
    assert!((1..=NONCE_BYTES_MAX).contains(&nonce.as_str().len()));
    assert!(nonce.as_str().bytes().all(|b| (b'!'..=b'~').contains(&b)));
    assert_eq!(nonce.as_str(), text.trim());
    assert_eq!(Nonce::parse(nonce.as_str()), Ok(Some(nonce)));
}

fn a_token_has_one_spelling(text: &str) {
    let Some(token) = Token::parse(text) else { return };
    assert_eq!(token.to_text(), text.trim());
    assert!(Token::parse(&token.to_text()).is_some_and(|read| read == token && read.hash() == token.hash()));
    assert_eq!(fuzzing::has_header_token(format!("Bearer {}", token.to_text()).as_bytes()), Some(true));
}

fn a_stream_goes_on_from_one_of_the_two(query: &str, header: &str) {
    let _either = fuzzing::has_header_token(header.as_bytes());
    let Some(wish) = fuzzing::resume_position(query, header.as_bytes()) else { return };
    if !query.contains("after=") {
        let from_header = match header {
            "" => Ok(None),
            id => Cursor::parse(id).map(Some).ok_or(()),
        };
        assert_eq!(wish.map_err(|_| ()), from_header);
    }
    if let (Some(page), Some(stream)) = (Cursor::parse(query), Cursor::parse(header)) {
        let wish = fuzzing::resume_position(&format!("after={page}"), stream.to_string().as_bytes());
        let one_history = page.epoch.is_none() || page.epoch == stream.epoch;
        let later = if one_history && page.seq > stream.seq { page } else { stream };
        assert_eq!(wish, Some(Ok(Some(later))));
    }
}

fn every_number_is_a_cursor(input: &[u8]) {
    let mut bytes = [0; 32];
    let length = input.len().min(32);
    bytes[..length].copy_from_slice(&input[..length]);
    let token = Token::new(bytes);
    assert!(Token::parse(&token.to_text()).is_some_and(|read| read == token));
    let seq = Seq(u64::from_le_bytes(*bytes.first_chunk().expect("32 are more than 8")));
    for epoch in [None, Some(Epoch(u32::from_le_bytes(*bytes.last_chunk().expect("32 are more than 4"))))] {
        let cursor = Cursor { epoch, seq };
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        assert_eq!(fuzzing::resume_position(&format!("x=1&after={cursor}"), b""), Some(Ok(Some(cursor))));
    }
}
