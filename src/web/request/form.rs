//! The body of a request: a form (urlencoded or multipart), a JSON object, or plain text.

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
use crate::domain::limits::REQUEST_BODY_BYTES_MAX;
use crate::web::response::http_error::HttpError;

/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// How many bytes of a too large body are read and discarded, so that its sender gets the error: most clients read the
/// response only after they have sent everything.
const DISCARDED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The fields of a form, or a text without fields.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Form {
    fields: Vec<(String, FieldValue)>,
    text: Option<String>,
}

/// The value of a field. Forms have texts only; JSON has more types.
#[derive(Debug, PartialEq, Eq)]
enum FieldValue {
    Text(String),
    Bool(bool),
    List(Vec<String>),
    /// A value that no field accepts.
    Other,
}

impl Form {
    /// Reads the body of a request. A body that claims to be urlencoded but has none of the `fields` is a text.
    ///
    /// # Errors
    /// [`HttpError::RequestTooLarge`], [`HttpError::RequestTimeout`], [`HttpError::RequestUnreadable`].
    pub async fn read(request: &Request, body: Body, fields: &[&str]) -> Result<Self, HttpError> {
        // tokio stops polling a task that used up its budget, timers included, and hyper reads the size of a chunk for
        // as long as it is zeros. `unconstrained` keeps this timer polled.
        let body = unconstrained(timeout(BODY_TIMEOUT, read_body(request, body))).await;
        let bytes = body.unwrap_or(Err(HttpError::RequestTimeout))?;
        let media_type =
            request.content_type().unwrap_or("").split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        match media_type.as_str() {
            "multipart/form-data" => parse_multipart(request, bytes).await,
            "application/json" => parse_json(&bytes),
            "application/x-www-form-urlencoded" => parse_urlencoded(bytes, fields),
            _ => Ok(Self { fields: Vec::new(), text: Some(parse_utf8(bytes)?) }),
        }
    }

    /// The first text of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().filter(|(key, _)| key == name).find_map(|(_, value)| match value {
            FieldValue::Text(text) => Some(text.as_str()),
            FieldValue::Bool(_) | FieldValue::List(_) | FieldValue::Other => None,
        })
    }

    /// The only text of this name; "" if there is none.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] if the field occurs twice or is not a text.
    pub fn get_single(&self, name: &'static str) -> Result<&str, Refusal> {
        let mut values = self.values(name);
        match (values.next(), values.next()) {
            (None, _) => Ok(""),
            (Some(FieldValue::Text(text)), None) => Ok(text),
            (Some(_), _) => Err(Refusal::FieldInvalid(name)),
        }
    }

    /// All non-blank texts of this name: a repeated field of a form, or an array in JSON.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] if one value is not a text.
    pub fn get_all(&self, name: &'static str) -> Result<Vec<&str>, Refusal> {
        let mut found = Vec::new();
        for value in self.values(name) {
            match value {
                FieldValue::Text(text) => found.push(text.as_str()),
                FieldValue::List(texts) => found.extend(texts.iter().map(String::as_str)),
                FieldValue::Bool(_) | FieldValue::Other => return Err(Refusal::FieldInvalid(name)),
            }
        }
        found.retain(|text| !text.trim().is_empty());
        Ok(found)
    }

    /// Whether the switch of this name is on. A form sends `on` or nothing (WHATWG HTML, section 4.10.5.1.15).
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] if it is anything else.
    pub fn is_on(&self, name: &'static str) -> Result<bool, Refusal> {
        let mut values = self.values(name);
        match (values.next(), values.next()) {
            (Some(FieldValue::Bool(on)), None) => Ok(*on),
            _ => match self.get_single(name)? {
                "on" => Ok(true),
                "" => Ok(false),
                _ => Err(Refusal::FieldInvalid(name)),
            },
        }
    }

    /// The choice in the field of this name.
    ///
    /// # Errors
    /// [`Refusal::FieldBlank`] if the field is empty or missing, [`Refusal::FieldInvalid`] if it is not a choice.
    pub fn require_choice<T>(&self, name: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, Refusal> {
        match self.get_single(name)? {
            "" => Err(Refusal::FieldBlank(name)),
            word => parse(word).ok_or(Refusal::FieldInvalid(name)),
        }
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &FieldValue> {
        self.fields.iter().filter(move |(key, _)| key == name).map(|(_, value)| value)
    }

    /// The field of this name, or the whole text if there are no fields.
    pub fn get_or_body(&self, name: &str) -> &str {
        self.get(name).or(self.text.as_deref()).unwrap_or("")
    }

    /// Whether it has fields, as the form of a page does; a plain text has none.
    pub fn has_fields(&self) -> bool {
        self.text.is_none()
    }
}

async fn read_body(request: &Request, body: Body) -> Result<Vec<u8>, HttpError> {
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > REQUEST_BODY_BYTES_MAX) && request.headers().contains_key(EXPECT) {
        return Err(HttpError::RequestTooLarge); // the client waits for 100-continue and need not send it
    }
    let mut chunks = std::pin::pin!(body.into_bytes_stream());
    let (mut bytes, mut length) = (BytesMut::new(), 0);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| HttpError::RequestUnreadable("it ended too early"))?;
        length += chunk.len();
        if length <= REQUEST_BODY_BYTES_MAX {
            bytes.extend_from_slice(&chunk);
        } else if length > DISCARDED_BYTES_MAX {
            break;
        }
    }
    if length > REQUEST_BODY_BYTES_MAX { Err(HttpError::RequestTooLarge) } else { Ok(bytes.into()) }
}

async fn parse_multipart(request: &Request, bytes: Vec<u8>) -> Result<Form, HttpError> {
    let broken = HttpError::RequestUnreadable("the form is incomplete");
    let mut body = RequestBody::new(Body::from_vec(bytes));
    let mut parts = Multipart::from_request(request, &mut body).await.map_err(|_| broken.clone())?;
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|_| broken.clone())? {
        let name = part.name().unwrap_or("").to_owned();
        fields.push((name, FieldValue::Text(parse_utf8(part.bytes().await.map_err(|_| broken.clone())?)?)));
    }
    Ok(Form { fields, text: None })
}

fn parse_json(bytes: &[u8]) -> Result<Form, HttpError> {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(bytes).map_err(|_| HttpError::RequestUnreadable("it is not a JSON object"))?;
    Ok(Form {
        fields: object.into_iter().map(|(key, value)| (key, FieldValue::from_json(value))).collect(),
        text: None,
    })
}

impl FieldValue {
    fn from_json(value: serde_json::Value) -> Self {
        use serde_json::Value as V;
        match value {
            V::String(text) => Self::Text(text),
            V::Number(number) => Self::Text(number.to_string()),
            V::Null => Self::Text(String::new()),
            V::Bool(on) => Self::Bool(on),
            V::Array(values) => {
                let texts = values.into_iter().map(|value| match Self::from_json(value) {
                    Self::Text(text) => Some(text),
                    Self::Bool(_) | Self::List(_) | Self::Other => None,
                });
                texts.collect::<Option<_>>().map_or(Self::Other, Self::List)
            }
            V::Object(_) => Self::Other,
        }
    }
}

/// A urlencoded form as browsers send it (WHATWG URL, section 5.1). A body with none of the expected fields is a text:
/// `curl -d hi` declares a form and means the text.
fn parse_urlencoded(bytes: Vec<u8>, fields: &[&str]) -> Result<Form, HttpError> {
    let is_field = |pair: &[u8]| {
        let value = |field: &&str| pair.strip_prefix(field.as_bytes()).is_some_and(|rest| rest.starts_with(b"="));
        fields.iter().any(value)
    };
    let pairs = || bytes.split(|&b| b == b'&').filter(|pair| !pair.is_empty());
    if pairs().next().is_some() && !pairs().any(is_field) {
        return Ok(Form { fields: Vec::new(), text: Some(parse_utf8(bytes)?) });
    }
    let decode = |text: &[u8]| {
        let blanks: Vec<u8> = text.iter().map(|&b| if b == b'+' { b' ' } else { b }).collect();
        parse_utf8(percent_decode(&blanks).collect())
    };
    let fields = pairs().map(|pair| {
        let (key, value) = pair.split_at(pair.iter().position(|&b| b == b'=').unwrap_or(pair.len()));
        Ok((decode(key)?, FieldValue::Text(decode(value.strip_prefix(b"=").unwrap_or(value))?)))
    });
    Ok(Form { fields: fields.collect::<Result<_, _>>()?, text: None })
}

fn parse_utf8(bytes: Vec<u8>) -> Result<String, HttpError> {
    String::from_utf8(bytes).map_err(|_| HttpError::RequestUnreadable("it is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use crate::web::request::form::*;

    fn form(body: &str) -> Result<Form, HttpError> {
        parse_urlencoded(body.as_bytes().to_vec(), &["body"])
    }

    #[test]
    fn a_urlencoded_form_is_decoded_as_browsers_encode_it() {
        let read = form("body=a+b%0D%0A%26c&nonce=n&&x").expect("a form");
        assert_eq!((read.get("body"), read.get("nonce"), read.get("x")), (Some("a b\r\n&c"), Some("n"), Some("")));
        assert!(read.has_fields());
        assert!(form("").expect("an empty form").has_fields());
    }

    #[test]
    fn a_body_without_expected_fields_is_the_text() {
        for text in ["hi", "hello world & bye = bye", "a=b", "100%", "body", "https://x.example/?id=5&name=bob"] {
            let read = form(text).expect("a text");
            assert_eq!(read.get_or_body("body"), text);
            assert!(!read.has_fields());
        }
    }

    #[test]
    fn repeated_fields_and_wrong_types_are_refused_by_their_name() {
        let repeated = parse_urlencoded(b"a=1&a=2&b=on&c=".to_vec(), &["a"]).expect("a form");
        assert_eq!(
            (repeated.get_single("a"), repeated.get_all("a")),
            (Err(Refusal::FieldInvalid("a")), Ok(vec!["1", "2"]))
        );
        assert_eq!((repeated.is_on("b"), repeated.is_on("c"), repeated.is_on("d")), (Ok(true), Ok(false), Ok(false)));
        assert_eq!(repeated.is_on("a"), Err(Refusal::FieldInvalid("a")));
        assert_eq!(repeated.require_choice("c", |_| Some(())), Err(Refusal::FieldBlank("c")));
        let json = parse_json(br#"{"a":true,"b":["x",1,""],"c":{},"d":5,"e":null,"f":[true]}"#).expect("an object");
        assert_eq!((json.is_on("a"), json.get_single("a")), (Ok(true), Err(Refusal::FieldInvalid("a"))));
        assert_eq!((json.get_all("b"), json.get_single("b")), (Ok(vec!["x", "1"]), Err(Refusal::FieldInvalid("b"))));
        assert_eq!(
            (json.get_single("c"), json.get_all("f")),
            (Err(Refusal::FieldInvalid("c")), Err(Refusal::FieldInvalid("f")))
        );
        assert_eq!((json.get_single("d"), json.get_single("e"), json.get("c")), (Ok("5"), Ok(""), None));
    }

    #[test]
    fn bodies_that_are_not_utf8_are_refused() {
        assert!(matches!(form("body=%ff"), Err(HttpError::RequestUnreadable(_))));
        assert!(matches!(parse_urlencoded(vec![0xff], &[]), Err(HttpError::RequestUnreadable(_))));
        assert!(matches!(parse_json(b"{\"body\":\"\\ud800\"}"), Err(HttpError::RequestUnreadable(_))));
    }
}
