//! How somebody reads a room: how far they have come, what they want to hear of, what they have begun to write. Nobody else
//! sees any of it.

use serde::{Deserialize, Serialize};

use super::{Body, Kind, MessageId, Seq};

/// Something about how the asker reads a room.
#[derive(Clone, Debug)]
pub enum ReaderCommand {
    /// They have read everything up to here. Of several places the furthest counts, in whatever order they are told.
    Read {
        /// Up to which change.
        seq: Seq,
    },
    /// They want to read this message again, and what came after it.
    Unread {
        /// From which on.
        message: MessageId,
    },
    /// Keep what they have begun to write, or nothing.
    Draft {
        /// It.
        body: Option<Body>,
        /// What it answers.
        reply_to: Option<MessageId>,
    },
    /// What they want to hear of from now on.
    Involve {
        /// It.
        involvement: Involvement,
    },
    /// Whether the room stands above the others in their list.
    KeepOnTop {
        /// Whether.
        on_top: bool,
    },
}

/// Of what in a room somebody wants to hear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Involvement {
    /// What nobody has chosen: everything in a direct room, mentions in the others.
    #[default]
    Usual,
    /// Every message.
    Everything,
    /// What speaks to them by name.
    Mentions,
    /// Nothing; the room stays in the list.
    Nothing,
    /// Nothing, and the room stands in the list only while it mentions them.
    Hidden,
}

impl Involvement {
    /// What somebody can choose.
    pub const CHOICES: [Self; 4] = [Self::Everything, Self::Mentions, Self::Nothing, Self::Hidden];

    /// The word for it in forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Everything => "everything",
            Self::Mentions => "mentions",
            Self::Nothing => "nothing",
            Self::Hidden => "hidden",
        }
    }

    /// Reads the word of what somebody can choose.
    pub fn parse(word: &str) -> Option<Self> {
        Self::CHOICES.into_iter().find(|choice| choice.word() == word)
    }

    /// What it comes to in a room of this kind.
    #[must_use]
    pub fn in_room(self, kind: Kind) -> Self {
        match (self, kind) {
            (Self::Usual, Kind::Direct) => Self::Everything,
            (Self::Usual, Kind::Open | Kind::Public | Kind::Closed) => Self::Mentions,
            (chosen, _) => chosen,
        }
    }

    /// Whether somebody who has chosen this is notified of a message of another in a room of this kind. Which way the
    /// notification takes is not asked here: the page and everything that comes after it go by this one rule.
    pub fn notifies(self, kind: Kind, mentions_them: bool) -> bool {
        match self.in_room(kind) {
            Self::Everything => true,
            Self::Mentions | Self::Usual => mentions_them,
            Self::Nothing | Self::Hidden => false,
        }
    }
}

/// How far somebody has read in a room, and how much there is that they have not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reading {
    /// The last change up to which they have read. 0: they have never said.
    pub read: Seq,
    /// How many messages came after it; none for whoever spoke last. For somebody who has never read there: only those that
    /// speak to them, or an old room would come down on whoever sees it for the first time.
    pub unread: u64,
    /// How many of these speak to them, by name or by calling everybody.
    pub mentions: u64,
    /// Of what they want to hear.
    pub involvement: Involvement,
    /// Whether the room stands above the others in their list.
    pub on_top: bool,
}

/// What somebody has begun to write.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Draft {
    /// It.
    pub body: String,
    /// What it answers.
    pub reply_to: Option<MessageId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direct_room_tells_everything_and_the_others_what_speaks_to_one() {
        use Involvement as I;
        for (chosen, kind, of_all, of_mentions) in [
            (I::Usual, Kind::Direct, true, true),
            (I::Usual, Kind::Open, false, true),
            (I::Everything, Kind::Closed, true, true),
            (I::Mentions, Kind::Direct, false, true),
            (I::Nothing, Kind::Direct, false, false),
            (I::Hidden, Kind::Public, false, false),
        ] {
            assert_eq!(
                (chosen.notifies(kind, false), chosen.notifies(kind, true)),
                (of_all, of_mentions),
                "{chosen:?}"
            );
        }
    }
}
