//! How somebody reads a room: how far they have come, what they want to hear of, what they have begun to write. Nobody else
//! sees any of it.

use serde::{Deserialize, Serialize};

use crate::domain::{Body, MessageId, Seq, Visibility};

/// Something about how the asker reads a room.
#[derive(Clone, Debug)]
pub enum ReadStateCommand {
    /// They have read everything up to here. Of several places the furthest counts, in whatever order they are told.
    MarkRead {
        /// Up to which change.
        seq: Seq,
    },
    /// They want to read this message again, and what came after it.
    MarkUnread {
        /// From which on.
        message: MessageId,
    },
    /// Keep what they have begun to write, or nothing.
    SaveDraft {
        /// It.
        body: Option<Body>,
        /// What it answers.
        reply_to: Option<MessageId>,
    },
    /// What they want to hear of from now on.
    SetNotificationLevel {
        /// It.
        level: NotificationLevel,
    },
    /// Whether the room stands above the others in their list.
    SetFavorite {
        /// Whether.
        favorite: bool,
    },
}

/// Of what in a room somebody wants to hear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NotificationLevel {
    /// What nobody has chosen: everything in a direct room, mentions in the others.
    #[default]
    Default,
    /// Every message.
    Everything,
    /// What speaks to them by name.
    Mentions,
    /// Nothing; the room stays in the list.
    Nothing,
    /// Nothing, and the room stands in the list only while it mentions them.
    Hidden,
}

impl NotificationLevel {
    /// What somebody can choose.
    pub const CHOICES: [Self; 4] = [Self::Everything, Self::Mentions, Self::Nothing, Self::Hidden];

    /// The word for it in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "usual",
            Self::Everything => "everything",
            Self::Mentions => "mentions",
            Self::Nothing => "nothing",
            Self::Hidden => "hidden",
        }
    }

    /// Reads the word of what somebody can choose.
    pub fn parse(word: &str) -> Option<Self> {
        Self::CHOICES.into_iter().find(|choice| choice.as_str() == word)
    }

    /// What it comes to in a room of this kind.
    #[must_use]
    pub fn resolve_for(self, visibility: Visibility) -> Self {
        match (self, visibility) {
            (Self::Default, Visibility::Direct) => Self::Everything,
            (Self::Default, Visibility::Open | Visibility::Public | Visibility::Private) => Self::Mentions,
            (chosen, _) => chosen,
        }
    }

    /// Whether somebody who has chosen this is notified of a message of another in a room of this kind. Which way the
    /// notification takes is not asked here: the page and everything that comes after it go by this one rule.
    pub fn notifies(self, visibility: Visibility, mentions_reader: bool) -> bool {
        match self.resolve_for(visibility) {
            Self::Everything => true,
            Self::Mentions | Self::Default => mentions_reader,
            Self::Nothing | Self::Hidden => false,
        }
    }
}

/// How far somebody has read in a room, and how much there is that they have not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReadState {
    /// The last change up to which they have read. 0: they have never said.
    pub read_up_to: Seq,
    /// The last message of the room. 0: there is none.
    pub last_message: Seq,
    /// How many messages came after what they have read. None for whoever spoke last, unless one of them speaks to them. For
    /// somebody who has never read there only those that do, or an old room would come down on whoever sees it for the
    /// first time; in a direct room all.
    pub unread: u64,
    /// How many of these speak to them, by name or by calling everybody.
    pub mentions: u64,
    /// Of what they want to hear.
    pub level: NotificationLevel,
    /// Whether the room stands above the others in their list.
    pub favorite: bool,
}

/// What a list of rooms shows beside a room: how much there is that somebody has not read, if they want to hear of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Badge {
    /// Nothing.
    Nothing,
    /// So many messages.
    Unread(u64),
    /// So many messages that are for them, and not just for the room.
    Mentioned(u64),
}

/// Where a room stands in somebody's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SidebarRank {
    /// Above the others.
    pub favorite: bool,
    /// The last message, where the order goes by it.
    pub last_message: Option<Seq>,
}

impl ReadState {
    /// What stands beside the room in their list.
    pub fn badge(&self, visibility: Visibility) -> Badge {
        match (self.level.resolve_for(visibility), self.mentions, self.unread) {
            (NotificationLevel::Everything, _, unread @ 1..) if visibility == Visibility::Direct => {
                Badge::Mentioned(unread)
            }
            (_, mentions @ 1.., _) => Badge::Mentioned(mentions),
            (_, 0, 0) | (NotificationLevel::Nothing | NotificationLevel::Hidden, 0, _) => Badge::Nothing,
            (NotificationLevel::Default | NotificationLevel::Everything | NotificationLevel::Mentions, 0, unread) => {
                Badge::Unread(unread)
            }
        }
    }

    /// Of how many messages they are notified in a room of this kind.
    pub fn notify_count(&self, visibility: Visibility) -> u64 {
        match (self.level.notifies(visibility, false), self.level.notifies(visibility, true)) {
            (true, _) => self.unread,
            (false, true) => self.mentions,
            (false, false) => 0,
        }
    }

    /// Whether the room stands in their list.
    pub fn is_in_sidebar(&self) -> bool {
        self.level != NotificationLevel::Hidden || self.mentions > 0
    }

    /// Where in their list a room of this kind stands, the highest first: of rooms with the same rank the name decides. Nothing
    /// if it does not stand there.
    pub fn sidebar_rank(&self, visibility: Visibility) -> Option<SidebarRank> {
        let last = (visibility == Visibility::Direct).then_some(self.last_message);
        self.is_in_sidebar().then_some(SidebarRank { favorite: self.favorite, last_message: last })
    }

    /// Whether it changes anything to say that they have read up to here.
    pub fn would_advance_to(&self, seq: Seq) -> bool {
        self.read_up_to < seq.min(self.last_message)
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
    use crate::domain::room::read_state::*;

    #[test]
    fn default_level_is_everything_in_direct_rooms_and_mentions_elsewhere() {
        use NotificationLevel as Level;
        for (chosen, visibility, of_all, of_mentions) in [
            (Level::Default, Visibility::Direct, true, true),
            (Level::Default, Visibility::Open, false, true),
            (Level::Everything, Visibility::Private, true, true),
            (Level::Mentions, Visibility::Direct, false, true),
            (Level::Nothing, Visibility::Direct, false, false),
            (Level::Hidden, Visibility::Public, false, false),
        ] {
            assert_eq!(
                (chosen.notifies(visibility, false), chosen.notifies(visibility, true)),
                (of_all, of_mentions),
                "{chosen:?}"
            );
        }
    }
    #[test]
    fn badges_and_notifications_follow_the_level() {
        use NotificationLevel as Level;
        for (level, visibility, mentions, badge, notify) in [
            (Level::Default, Visibility::Direct, 0, Badge::Mentioned(5), 5),
            (Level::Default, Visibility::Open, 0, Badge::Unread(5), 0),
            (Level::Default, Visibility::Private, 2, Badge::Mentioned(2), 2),
            (Level::Everything, Visibility::Public, 2, Badge::Mentioned(2), 5),
            (Level::Mentions, Visibility::Direct, 0, Badge::Unread(5), 0),
            (Level::Nothing, Visibility::Direct, 0, Badge::Nothing, 0),
            (Level::Hidden, Visibility::Open, 1, Badge::Mentioned(1), 0),
        ] {
            let state = ReadState { unread: 5, mentions, level, ..ReadState::default() };
            assert_eq!(state.badge(visibility), badge, "{level:?} {visibility:?}");
            assert_eq!(ReadState { level, ..ReadState::default() }.badge(visibility), Badge::Nothing);
            assert_eq!(state.notify_count(visibility), notify, "{level:?} {visibility:?}");
        }
        let hidden = ReadState { unread: 5, level: Level::Hidden, ..ReadState::default() };
        assert!(!hidden.is_in_sidebar() && ReadState { mentions: 1, ..hidden }.is_in_sidebar());
    }
}
