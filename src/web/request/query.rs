//! The room in a request's path, and the parameters of its query.

use percent_encoding::percent_decode_str;
use poem::Request;

use crate::domain::{Cursor, Seq};
use crate::web::response::http_error::HttpError;

/// The room in the path, decoded by the router.
pub(crate) fn room_name(request: &Request) -> &str {
    request.raw_path_param("room").unwrap_or("")
}

/// The first value of this name, in a link that Taproom made.
pub(crate) fn text(request: &Request, name: &str) -> Option<String> {
    Some(decode(raw_value(request, name)?))
}

/// The first value of this name, in a query that a form sent: a plus is a space there.
pub(crate) fn form_text(request: &Request, name: &str) -> Option<String> {
    Some(decode(&raw_value(request, name)?.replace('+', " ")))
}

fn raw_value<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let pairs = request.uri().query()?.split('&');
    Some(pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?.1)
}

fn decode(value: &str) -> String {
    percent_decode_str(value).decode_utf8_lossy().into_owned()
}

/// A message's id, or a whole cursor of which only the sequence number counts.
///
/// # Errors
/// [`HttpError::QueryInvalid`].
pub(crate) fn seq(request: &Request, name: &'static str) -> Result<Option<Seq>, HttpError> {
    Ok(cursor(request, name)?.map(|cursor| cursor.seq))
}

/// A cursor, which may be a bare sequence number.
///
/// # Errors
/// [`HttpError::QueryInvalid`].
pub(crate) fn cursor(request: &Request, name: &'static str) -> Result<Option<Cursor>, HttpError> {
    text(request, name).map(|text| Cursor::parse(&text).ok_or(HttpError::QueryInvalid(name))).transpose()
}
