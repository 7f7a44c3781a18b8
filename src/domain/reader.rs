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
    /// The last message of the room. 0: there is none.
    pub last: Seq,
    /// How many messages came after what they have read. None for whoever spoke last, unless one of them speaks to them. For
    /// somebody who has never read there only those that do, or an old room would come down on whoever sees it for the
    /// first time; in a direct room all.
    pub unread: u64,
    /// How many of these speak to them, by name or by calling everybody.
    pub mentions: u64,
    /// Of what they want to hear.
    pub involvement: Involvement,
    /// Whether the room stands above the others in their list.
    pub on_top: bool,
}

/// What a list of rooms shows beside a room: how much there is that somebody has not read, if they want to hear of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Badge {
    /// Nothing.
    Nothing,
    /// So many messages.
    Unread(u64),
    /// So many messages that are for them, and not just for the room.
    ForThem(u64),
}

/// Where a room stands in somebody's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// Above the others.
    pub on_top: bool,
    /// The last message, where the order goes by it.
    pub last: Option<Seq>,
}

impl Reading {
    /// What stands beside the room in their list.
    pub fn badge(&self, kind: Kind) -> Badge {
        match (self.involvement.in_room(kind), self.mentions, self.unread) {
            (Involvement::Everything, _, unread @ 1..) if kind == Kind::Direct => Badge::ForThem(unread),
            (_, mentions @ 1.., _) => Badge::ForThem(mentions),
            (_, 0, 0) | (Involvement::Nothing | Involvement::Hidden, 0, _) => Badge::Nothing,
            (Involvement::Usual | Involvement::Everything | Involvement::Mentions, 0, unread) => Badge::Unread(unread),
        }
    }

    /// Of how many messages they are notified in a room of this kind.
    pub fn notify(&self, kind: Kind) -> u64 {
        match (self.involvement.notifies(kind, false), self.involvement.notifies(kind, true)) {
            (true, _) => self.unread,
            (false, true) => self.mentions,
            (false, false) => 0,
        }
    }

    /// Whether the room stands in their list.
    pub fn is_listed(&self) -> bool {
        self.involvement != Involvement::Hidden || self.mentions > 0
    }

    /// Where in their list a room of this kind stands, the highest first: of rooms with the same rank the name decides. Nothing
    /// if it does not stand there.
    pub fn rank(&self, kind: Kind) -> Option<Rank> {
        let last = (kind == Kind::Direct).then_some(self.last);
        self.is_listed().then_some(Rank { on_top: self.on_top, last })
    }

    /// Whether it changes anything to say that they have read up to here.
    pub fn moves_to(&self, seq: Seq) -> bool {
        self.read < seq.min(self.last)
    }
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
    #[test]
    fn a_badge_shows_what_somebody_wants_to_hear_of_and_what_speaks_to_them_always_but_notifies_by_the_rule() {
        use Involvement as I;
        for (involvement, kind, mentions, badge, notify) in [
            (I::Usual, Kind::Direct, 0, Badge::ForThem(5), 5),
            (I::Usual, Kind::Open, 0, Badge::Unread(5), 0),
            (I::Usual, Kind::Closed, 2, Badge::ForThem(2), 2),
            (I::Everything, Kind::Public, 2, Badge::ForThem(2), 5),
            (I::Mentions, Kind::Direct, 0, Badge::Unread(5), 0),
            (I::Nothing, Kind::Direct, 0, Badge::Nothing, 0),
            (I::Hidden, Kind::Open, 1, Badge::ForThem(1), 0),
        ] {
            let reading = Reading { unread: 5, mentions, involvement, ..Reading::default() };
            assert_eq!(reading.badge(kind), badge, "{involvement:?} {kind:?}");
            assert_eq!(Reading { involvement, ..Reading::default() }.badge(kind), Badge::Nothing);
            assert_eq!(reading.notify(kind), notify, "{involvement:?} {kind:?}");
        }
        let hidden = Reading { unread: 5, involvement: I::Hidden, ..Reading::default() };
        assert!(!hidden.is_listed() && Reading { mentions: 1, ..hidden }.is_listed());
    }
}
