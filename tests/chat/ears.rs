//! Somebody who listens: a stream over a real socket, event by event, with everything checked that holds for every
//! stream.

use std::collections::VecDeque;

use reqwest::{RequestBuilder, Response};
use serde_json::Value;

use crate::harness::within;
use crate::sse::{Event, Parser};

/// Somebody who listens.
pub struct Ears {
    /// The head of the answer.
    pub response: Response,
    /// The first event: `hello` or `reset`.
    pub first: Event,
    /// The id of the last event that had one: what a browser sends as `Last-Event-ID`.
    pub last_id: String,
    parser: Parser,
    heard: VecDeque<Event>,
}

impl Ears {
    /// Opens the stream, and waits for its first event.
    pub async fn open(request: RequestBuilder) -> Self {
        let response = within("a stream", request.send()).await.expect("there is an answer");
        assert_eq!(response.status(), 200, "the stream opens");
        let (first, last_id) = (Event::default(), String::new());
        let mut ears = Self { response, first, last_id, parser: Parser::default(), heard: VecDeque::new() };
        ears.first = ears.next().await.expect("a stream says something first");
        ears
    }

    /// The next event, of any kind. `None` when the stream has ended, which it does between two events.
    pub async fn next(&mut self) -> Option<Event> {
        while self.heard.is_empty() {
            let bytes = within("the next event", self.response.chunk()).await.expect("the stream does not break");
            match bytes {
                Some(bytes) => self.heard.extend(self.parser.read(&bytes)),
                None => {
                    assert!(self.parser.is_between_events(), "a stream ends with a whole event");
                    return None;
                }
            }
        }
        let event = self.heard.pop_front()?;
        if let Some(id) = &event.id {
            self.last_id.clone_from(id);
        }
        Some(event)
    }

    /// The next change, whoever comes or goes meanwhile. Heartbeats do not make it wait longer.
    pub async fn hears(&mut self) -> Event {
        within("the next change", async {
            loop {
                let event = self.next().await.expect("the stream goes on");
                if event.is_change() {
                    return event;
                }
                assert!(event.id.is_none(), "only changes have an id here: {event:?}");
            }
        })
        .await
    }

    /// The texts of the next changes of a stream `as=json`.
    pub async fn hears_texts(&mut self, count: usize) -> Vec<String> {
        let mut texts = Vec::with_capacity(count);
        for _ in 0..count {
            texts.push(text_of(&self.hears().await));
        }
        texts
    }
}

/// What was said, by an event of a stream `as=json`.
pub fn text_of(event: &Event) -> String {
    let change: Value = serde_json::from_str(&event.data).expect("every change is JSON");
    change["message"]["body"].as_str().expect("a message has a body").to_owned()
}
