//! How a user reads a room: what was read, the notification level and the draft. No other user sees any of it.

use serde::{Deserialize, Serialize};

use crate::domain::{Body, MessageId, Seq, Visibility};

/// A change of the acting user's read state in a room.
#[derive(Clone, Debug)]
pub enum ReadStateCommand {
    /// Marks the room as read. The furthest position wins, in whatever order the commands arrive.
    MarkRead {
        /// The last change that was read.
        seq: Seq,
    },
    /// Marks this message and all later ones as unread.
    MarkUnread {
        /// The first unread message.
        message: MessageId,
    },
    /// Saves the draft, or deletes it.
    SaveDraft {
        /// The draft text.
        body: Option<Body>,
        /// The message that the draft replies to.
        reply_to: Option<MessageId>,
    },
    /// Sets the notification level.
    SetNotificationLevel {
        /// The new level.
        level: NotificationLevel,
    },
    /// Sets whether the room is a favourite.
    SetFavorite {
        /// Whether it is a favourite.
        favorite: bool,
    },
}

/// Which messages of a room notify a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NotificationLevel {
    /// The default: everything in a direct message, mentions in other rooms.
    #[default]
    Default,
    /// Every message.
    Everything,
    /// Messages that mention the user.
    Mentions,
    /// Nothing; the room stays in the sidebar.
    Nothing,
    /// Nothing, and the room is in the sidebar only while it has unread mentions of the user.
    Hidden,
}

impl NotificationLevel {
    /// The levels that a user can choose.
    pub const CHOICES: [Self; 4] = [Self::Everything, Self::Mentions, Self::Nothing, Self::Hidden];

    /// The level as forms write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "usual",
            Self::Everything => "everything",
            Self::Mentions => "mentions",
            Self::Nothing => "nothing",
            Self::Hidden => "hidden",
        }
    }

    /// Parses a level that a user can choose.
    pub fn parse(word: &str) -> Option<Self> {
        Self::CHOICES.into_iter().find(|choice| choice.as_str() == word)
    }

    /// The effective level in a room of this visibility: it replaces the default.
    #[must_use]
    pub fn resolve_for(self, visibility: Visibility) -> Self {
        match (self, visibility) {
            (Self::Default, Visibility::Direct) => Self::Everything,
            (Self::Default, Visibility::Open | Visibility::Public | Visibility::Private) => Self::Mentions,
            (chosen, _) => chosen,
        }
    }

    /// Whether another user's message notifies a user with this level in a room of this visibility. Every way of
    /// notifying, on the page or off it, uses this one rule.
    pub fn notifies(self, visibility: Visibility, mentions_reader: bool) -> bool {
        match self.resolve_for(visibility) {
            Self::Everything => true,
            Self::Mentions | Self::Default => mentions_reader,
            Self::Nothing | Self::Hidden => false,
        }
    }
}

/// How far a user has read in a room, and how much is unread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReadState {
    /// The last change that was read. 0: the user has never marked the room as read.
    pub read_up_to: Seq,
    /// The last message of the room. 0: there is none.
    pub last_message: Seq,
    /// How many messages are unread. The author of the last message has none, except mentions. A user who has never
    /// read the room has only mentions, because an old room would otherwise count in full on the first visit. A direct
    /// message counts all messages.
    pub unread: u64,
    /// How many of them mention the user, by name or by mentioning everyone.
    pub mentions: u64,
    /// The notification level.
    pub level: NotificationLevel,
    /// Whether the room is a favourite.
    pub favorite: bool,
}

/// The badge beside a room in a list: the number of unread messages that the notification level asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Badge {
    /// Nothing.
    Nothing,
    /// This many messages.
    Unread(u64),
    /// This many messages that mention the user or are direct.
    Mentioned(u64),
}

/// The position of a room in the sidebar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SidebarRank {
    /// Favourites come first.
    pub favorite: bool,
    /// The last message, in lists that are ordered by it.
    pub last_message: Option<Seq>,
}

impl ReadState {
    /// The badge beside the room in the sidebar.
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

    /// How many unread messages notify the user in a room of this visibility.
    pub fn notify_count(&self, visibility: Visibility) -> u64 {
        match (self.level.notifies(visibility, false), self.level.notifies(visibility, true)) {
            (true, _) => self.unread,
            (false, true) => self.mentions,
            (false, false) => 0,
        }
    }

    /// Whether the room is in the sidebar.
    pub fn is_in_sidebar(&self) -> bool {
        self.level != NotificationLevel::Hidden || self.mentions > 0
    }

    /// The position in the sidebar for a room of this visibility; the highest comes first, and rooms of equal rank are
    /// ordered by name. `None` if the room is not in the sidebar.
    pub fn sidebar_rank(&self, visibility: Visibility) -> Option<SidebarRank> {
        let last = (visibility == Visibility::Direct).then_some(self.last_message);
        self.is_in_sidebar().then_some(SidebarRank { favorite: self.favorite, last_message: last })
    }

    /// Whether marking the room as read up to here changes anything.
    pub fn would_advance_to(&self, seq: Seq) -> bool {
        self.read_up_to < seq.min(self.last_message)
    }
}

/// The unfinished message of a user in a room.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Draft {
    /// The text.
    pub body: String,
    /// The message that it replies to.
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
