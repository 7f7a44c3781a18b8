//! What somebody sends: a form (urlencoded or multipart), a JSON object, or the text itself.

use std::time::Duration;

use bytes::BytesMut;
use percent_encoding::percent_decode;
use poem::http::header::{CONTENT_LENGTH, EXPECT};
use poem::web::Multipart;
use poem::{Body, FromRequest, Request, RequestBody};
use tokio::task::unconstrained;
use tokio::time::timeout;
use tokio_stream::StreamExt;

use crate::domain::Refusal;
use crate::domain::limits::FORM_BYTES_MAX;

/// How long a body may take to arrive.
const BODY_WITHIN: Duration = Duration::from_secs(30);
/// How much of a body that is too large is taken in and thrown away, in bytes, so that its sender gets to read why it
/// was refused: most read the answer only after they have sent all.
const DISCARDED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The fields of a form, or a text without fields.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    text: Option<String>,
}

impl Form {
    /// Reads the body of a request. What says that it is urlencoded and has none of the `fields` is a text.
    ///
    /// # Errors
    /// [`Refusal::TooLarge`], [`Refusal::TooSlow`], [`Refusal::Unreadable`].
    pub async fn read(request: &Request, body: Body, fields: &[&'static str]) -> Result<Self, Refusal> {
        // A connection that always has more to read uses up its turn before anything else is polled, a clock too, and hyper
        // reads a chunk's size for as long as it is zeros. So this clock needs no turn.
        let gathered = unconstrained(timeout(BODY_WITHIN, gather(request, body))).await;
        let bytes = gathered.unwrap_or(Err(Refusal::TooSlow))?;
        let kind = request.content_type().unwrap_or("").split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        match kind.as_str() {
            "multipart/form-data" => multipart(request, bytes).await,
            "application/json" => json(&bytes, fields),
            "application/x-www-form-urlencoded" => urlencoded(bytes, fields),
            _ => Ok(Self { fields: Vec::new(), text: Some(utf8(bytes)?) }),
        }
    }

    /// The first field of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The field of this name, which a form has once or not at all; then it is blank.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] if it is there twice: which of them counts is not for us to say.
    pub fn one(&self, name: &'static str) -> Result<&str, Refusal> {
        let mut values = self.all(name);
        let value = values.next().unwrap_or("");
        if values.next().is_some() { Err(Refusal::FieldInvalid(name)) } else { Ok(value) }
    }

    /// All fields of this name: the boxes of a form that were ticked.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The field of this name, or the whole text where there are no fields.
    pub fn get_or_text(&self, name: &str) -> &str {
        self.get(name).or(self.text.as_deref()).unwrap_or("")
    }

    /// Whether it has fields, as a page's form does, and is not just a text.
    pub fn has_fields(&self) -> bool {
        self.text.is_none()
    }
}

async fn gather(request: &Request, body: Body) -> Result<Vec<u8>, Refusal> {
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > FORM_BYTES_MAX) && request.headers().contains_key(EXPECT) {
        return Err(Refusal::TooLarge); // who asks before sending is spared sending
    }
    let mut chunks = std::pin::pin!(body.into_bytes_stream());
    let (mut taken, mut length) = (BytesMut::new(), 0);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Refusal::Unreadable("the request broke off"))?;
        length += chunk.len();
        if length <= FORM_BYTES_MAX {
            taken.extend_from_slice(&chunk);
        } else if length > DISCARDED_BYTES_MAX {
            break;
        }
    }
    if length > FORM_BYTES_MAX { Err(Refusal::TooLarge) } else { Ok(taken.into()) }
}

async fn multipart(request: &Request, bytes: Vec<u8>) -> Result<Form, Refusal> {
    let broken = Refusal::Unreadable("the form is not whole");
    let mut body = RequestBody::new(Body::from_vec(bytes));
    let mut parts = Multipart::from_request(request, &mut body).await.map_err(|_| broken.clone())?;
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|_| broken.clone())? {
        let name = part.name().unwrap_or("").to_owned();
        fields.push((name, utf8(part.bytes().await.map_err(|_| broken.clone())?)?));
    }
    Ok(Form { fields, text: None })
}

/// An object of JSON, whose fields are texts and numbers.
fn json(bytes: &[u8], known: &[&'static str]) -> Result<Form, Refusal> {
    use serde_json::Value;
    let no_text = |key: &str| match known.iter().find(|name| **name == key) {
        Some(name) => Refusal::FieldInvalid(name),
        None => Refusal::Unreadable("a field is no text"),
    };
    let object: serde_json::Map<String, Value> =
        serde_json::from_slice(bytes).map_err(|_| Refusal::Unreadable("it is no JSON object"))?;
    let fields = object.into_iter().map(|(key, value)| match value {
        Value::String(text) => Ok((key, text)),
        Value::Number(number) => Ok((key, number.to_string())),
        Value::Null => Ok((key, String::new())),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(no_text(&key)),
    });
    Ok(Form { fields: fields.collect::<Result<_, _>>()?, text: None })
}

/// A form as browsers write it (WHATWG URL, section 5.1). What has none of the fields that are wanted is no form:
/// `curl -d hi` says that it is one, and means the text.
fn urlencoded(bytes: Vec<u8>, fields: &[&str]) -> Result<Form, Refusal> {
    let is_field = |pair: &[u8]| {
        let value = |field: &&str| pair.strip_prefix(field.as_bytes()).is_some_and(|rest| rest.starts_with(b"="));
        fields.iter().any(value)
    };
    let pairs = || bytes.split(|&b| b == b'&').filter(|pair| !pair.is_empty());
    if pairs().next().is_some() && !pairs().any(is_field) {
        return Ok(Form { fields: Vec::new(), text: Some(utf8(bytes)?) });
    }
    let decode = |text: &[u8]| {
        let blanks: Vec<u8> = text.iter().map(|&b| if b == b'+' { b' ' } else { b }).collect();
        utf8(percent_decode(&blanks).collect())
    };
    let fields = pairs().map(|pair| {
        let (key, value) = pair.split_at(pair.iter().position(|&b| b == b'=').unwrap_or(pair.len()));
        Ok((decode(key)?, decode(value.strip_prefix(b"=").unwrap_or(value))?))
    });
    Ok(Form { fields: fields.collect::<Result<_, _>>()?, text: None })
}

fn utf8(bytes: Vec<u8>) -> Result<String, Refusal> {
    String::from_utf8(bytes).map_err(|_| Refusal::Unreadable("it is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(body: &str) -> Result<Form, Refusal> {
        urlencoded(body.as_bytes().to_vec(), &["body"])
    }

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let read = form("body=a+b%0D%0A%26c&nonce=n&&x").expect("a form");
        assert_eq!((read.get("body"), read.get("nonce"), read.get("x")), (Some("a b\r\n&c"), Some("n"), Some("")));
        assert!(read.has_fields());
        assert!(form("").expect("an empty form").has_fields());
    }

    #[test]
    fn what_is_no_form_is_the_text() {
        for text in ["hi", "hello world & bye = bye", "a=b", "100%", "body", "https://x.example/?id=5&name=bob"] {
            let read = form(text).expect("a text");
            assert_eq!(read.get_or_text("body"), text);
            assert!(!read.has_fields());
        }
    }

    #[test]
    fn what_is_not_utf8_is_refused() {
        assert!(matches!(form("body=%ff"), Err(Refusal::Unreadable(_))));
        assert!(matches!(urlencoded(vec![0xff], &[]), Err(Refusal::Unreadable(_))));
        assert!(matches!(json(b"{\"body\":\"\\ud800\"}", &[]), Err(Refusal::Unreadable(_))));
    }
}
