//! A post as it is written down: its text, and what it changes beside the message.

use serde::{Deserialize, Serialize};
use taproom::domain::{
    Body, ExcerptPiece, MarkReadOnPost, MessageContent, PostFollowUps, RenderedContent, RoomId, Seq, UserId,
};

/// A post, and what it changes beside the message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WrittenPost {
    pub room: RoomId,
    pub said: Said,
    pub reply_to: Option<Seq>,
    #[serde(flatten)]
    pub follow_ups: FollowUps,
}

/// What a post changes beside the message. Runs that were recorded before there was any have none.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FollowUps {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub clear_draft: bool,
    #[serde(skip_serializing_if = "MarkRead::is_unchanged")]
    pub mark_read: MarkRead,
}

/// How far a post moves the read mark of its author.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkRead {
    #[default]
    Unchanged,
    UpToMessage,
    UpToMention,
}

impl MarkRead {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    fn is_unchanged(&self) -> bool {
        matches!(self, Self::Unchanged)
    }
}

impl FollowUps {
    pub fn parsed(self) -> PostFollowUps {
        let mark_read = match self.mark_read {
            MarkRead::Unchanged => MarkReadOnPost::Unchanged,
            MarkRead::UpToMessage => MarkReadOnPost::UpToMessage,
            MarkRead::UpToMention => MarkReadOnPost::UpToMention,
        };
        PostFollowUps { clear_draft: self.clear_draft, mark_read }
    }
}

/// Words.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Said {
    pub body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<UserId>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub calls_all: bool,
}

impl Said {
    /// What is shown as it was written, and speaks to nobody by name.
    pub fn plain(body: &str) -> Self {
        Self { body: body.to_owned(), ..Self::default() }
    }

    pub fn content(self) -> MessageContent {
        let Self { body, html, mentions, calls_all } = self;
        let rendered =
            html.map(|html| RenderedContent { mentioned: mentioned_users(&html), excerpt: html_excerpt(&html), html });
        MessageContent {
            rendered,
            mentions_room: calls_all,
            ..MessageContent::from_body(Body::parse(&body).unwrap()).with_mentions(mentions)
        }
    }
}

/// The users whose names stand in drawn HTML, each once, ascending.
pub fn mentioned_users(html: &str) -> Vec<UserId> {
    let mut users: Vec<UserId> = mentioned_in_order(html).collect();
    users.sort_unstable();
    users.dedup();
    users
}

/// How drawn HTML begins: words and then people who are mentioned. It is never long.
pub fn html_excerpt(html: &str) -> Vec<ExcerptPiece> {
    let words = html.trim_start_matches("<p>").split("<span").next().unwrap().trim_end_matches("</p>");
    let called: Vec<_> = mentioned_in_order(html).map(ExcerptPiece::Mention).collect();
    let words = if called.is_empty() { words.trim_end() } else { words };
    [ExcerptPiece::Text(words.to_owned())].into_iter().chain(called).collect()
}

fn mentioned_in_order(html: &str) -> impl Iterator<Item = UserId> {
    html.split("data-user=\"").skip(1).map(|part| UserId(part.split('"').next().unwrap().parse().unwrap()))
}
