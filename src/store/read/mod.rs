//! Reads the data file. Each read uses one snapshot.

pub(crate) mod autocomplete;
pub(crate) mod days;
pub(crate) mod names;
pub(crate) mod people;
pub(crate) mod read_state;
pub(crate) mod rooms;
pub(crate) mod threads;

use redb::{ReadOnlyTable, ReadTransaction};

use crate::domain::limits::PAGE_MESSAGES;
use crate::domain::{
    Applied, Author, Cursor, ExcerptPart, ExcerptPiece, Grouping, LazyDetails, Message, MessageDetails, MessageExtras,
    MessageId, NAMED_REACTORS_MAX, Quote, RenderedContent, Room, RoomId, Seq, Slug, UserId, UserName, excerpt_of_text,
};
use crate::store::file::format;
use crate::store::table::rows::{self, RowBytes};
use crate::store::table::schema::{
    ACTIVITY, ActivityRow, CHANGES, MESSAGES, META, MessageRow, NAME_USES, NAMES, RENAMES, ROOMS, RoomRow, SLUGS,
    USERS, UserRow,
};
use crate::store::{StoreError, feed, table};

/// The state after one commit.
pub struct Snapshot(ReadTransaction);

/// Which messages of a room a page has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The last ones.
    Latest,
    /// The ones before this id.
    Before(MessageId),
    /// The ones after this id.
    After(MessageId),
    /// The ones around this id, and the message itself if there is one.
    Around(MessageId),
}

/// At most [`PAGE_MESSAGES`] messages, oldest first.
#[derive(Debug)]
pub struct Page {
    /// The messages.
    pub messages: Vec<Message>,
    /// Whether there are older messages.
    pub has_older: bool,
    /// Whether there are newer messages.
    pub has_newer: bool,
}

impl Snapshot {
    pub(crate) fn new(txn: ReadTransaction) -> Self {
        Self(txn)
    }

    pub(crate) fn transaction(&self) -> &ReadTransaction {
        &self.0
    }

    /// The last change of the server.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read, as in all methods below.
    pub fn last_seq(&self) -> Result<Seq, StoreError> {
        Ok(table::last_server_change(&self.0.open_table(META)?, &self.0.open_table(ACTIVITY)?)?.0)
    }

    /// The same with the epoch of the file.
    pub fn cursor(&self) -> Result<Cursor, StoreError> {
        Ok(Cursor { epoch: Some(format::read_format_and_epoch(&self.0)?.1), seq: self.last_seq()? })
    }

    /// The room with this slug.
    pub fn room_by_slug(&self, slug: &Slug) -> Result<Option<Room>, StoreError> {
        match self.0.open_table(SLUGS)?.get(slug.as_str())? {
            Some(id) => self.room_by_id(RoomId(id.value())),
            None => Ok(None),
        }
    }

    /// The room with this id.
    pub fn room_by_id(&self, id: RoomId) -> Result<Option<Room>, StoreError> {
        Ok(rows::get(&self.0.open_table(ROOMS)?, "rooms", id.0)?.map(|row: RoomRow| row.into_room(id)))
    }

    /// The author with this id.
    pub fn author_by_id(&self, id: UserId) -> Result<Option<Author>, StoreError> {
        let row: Option<UserRow> = rows::get(&self.0.open_table(USERS)?, "users", id.0)?;
        Ok(row.map(|row| Author { id, name: row.name.into() }))
    }

    /// The person who has this name or has it reserved.
    pub fn user_id_by_name(&self, name: &UserName) -> Result<Option<UserId>, StoreError> {
        Ok(self.0.open_table(NAMES)?.get(name.key().as_str())?.map(|id| UserId(id.value())))
    }

    /// One message of a room.
    pub fn message(&self, room: RoomId, id: MessageId) -> Result<Option<Message>, StoreError> {
        Ok(self.messages(room, [id])?.pop())
    }

    /// Those of these messages of a room that exist.
    pub fn messages(&self, room: RoomId, ids: impl IntoIterator<Item = MessageId>) -> Result<Vec<Message>, StoreError> {
        let mut reader = MessageReader::new(self, room, 1)?;
        for id in ids {
            if let Some(row) = reader.table.get((room.0, id.0))? {
                reader.push(id, row.value())?;
            }
        }
        Ok(reader.messages)
    }

    /// What a reply to this message shows of it.
    pub fn quote(&self, room: RoomId, id: MessageId) -> Result<Option<Quote>, StoreError> {
        MessageReader::new(self, room, 0)?.load_quote(id)
    }

    /// A page of a room's messages.
    pub fn message_page(&self, room: RoomId, window: Window) -> Result<Page, StoreError> {
        const HALF: usize = PAGE_MESSAGES / 2;
        let (at, room_before, room_after) = match window {
            Window::Latest => (u64::MAX, PAGE_MESSAGES, 0),
            Window::Before(id) => (id.0, PAGE_MESSAGES, 0),
            Window::After(id) => (id.0.saturating_add(1), 0, PAGE_MESSAGES),
            Window::Around(id) => (id.0, HALF, HALF),
        };
        let mut reader = MessageReader::new(self, room, PAGE_MESSAGES + 1)?;
        // Reads one more than fits, to find out whether there are more.
        for entry in reader.table.range((room.0, 0)..(room.0, at))?.rev().take(room_before + 1) {
            let (key, row) = entry?;
            reader.push(Seq(key.value().1), row.value())?;
        }
        let has_older = reader.messages.len() > room_before;
        reader.messages.truncate(room_before);
        reader.messages.reverse();
        let full = reader.messages.len() + room_after;
        if window != Window::Latest {
            for entry in reader.table.range((room.0, at)..=(room.0, u64::MAX))?.take(room_after + 1) {
                let (key, row) = entry?;
                reader.push(Seq(key.value().1), row.value())?;
            }
        }
        let mut messages = reader.messages;
        let has_newer = messages.len() > full;
        messages.truncate(full);
        Ok(Page { messages, has_older, has_newer })
    }

    /// The next changes of a room after `seq`, at most `limit`, in order.
    pub fn changes_after(&self, room: RoomId, seq: Seq, limit: usize) -> Result<Vec<Applied>, StoreError> {
        let (renames, name_uses) = (self.0.open_table(RENAMES)?, self.0.open_table(NAME_USES)?);
        feed::changes_after(
            &self.0.open_table(MESSAGES)?,
            &self.0.open_table(CHANGES)?,
            (&renames, &name_uses),
            room,
            seq,
            limit,
        )
    }

    /// The change after which a room's feed starts. A listener with an older cursor has missed changes that are gone.
    pub fn feed_floor(&self, room: RoomId) -> Result<Option<Seq>, StoreError> {
        let last = feed::last_room_change(
            &self.0.open_table(MESSAGES)?,
            &self.0.open_table(CHANGES)?,
            &self.0.open_table(ROOMS)?,
            room,
        )?;
        let Some(last) = last else { return Ok(None) };
        let row: Option<ActivityRow> = rows::get(&self.0.open_table(ACTIVITY)?, "recent", last.0)?;
        Ok(Some(row.ok_or(StoreError::Missing { table: "recent" })?.feed_floor))
    }
}

/// Reads messages of a room, and looks up each author once.
struct MessageReader {
    room: RoomId,
    table: ReadOnlyTable<(u64, u64), RowBytes<MessageRow>>,
    users: ReadOnlyTable<u64, RowBytes<UserRow>>,
    /// The messages that were read.
    messages: Vec<Message>,
    /// The authors that were read. A page has few, so a linear search is faster than hashing.
    authors: Vec<Author>,
}

impl MessageReader {
    fn new(snapshot: &Snapshot, room: RoomId, expected: usize) -> Result<Self, StoreError> {
        let (table, users) = (snapshot.0.open_table(MESSAGES)?, snapshot.0.open_table(USERS)?);
        Ok(Self { room, table, users, messages: Vec::with_capacity(expected), authors: Vec::new() })
    }

    /// Decodes a row and appends its message. Author and texts are copied only when the message is built in place: moving
    /// them through return values makes a page a sixth more expensive.
    fn push(&mut self, id: MessageId, row: &[u8]) -> Result<(), StoreError> {
        let MessageRow::<&str> { author, at, continues_group, starts_day, body, rendered, extras, .. } =
            rows::decode("messages", row)?;
        let details = match (&rendered, extras) {
            (None, None) => LazyDetails::default(),
            (rendered, extras) => {
                let mentioned = rendered.as_ref().map_or(&[][..], |rendered| &rendered.mentioned);
                self.load_details(mentioned, extras.map_or_else(MessageExtras::default, |extras| *extras))?
            }
        };
        let (author, grouping) = (self.load_author(author)?.clone(), Grouping { continues_group, starts_day });
        let (body, html) = (body.to_owned(), rendered.map(|rendered| rendered.html.to_owned()));
        self.messages.push(Message { id, author, at, body, html, grouping, details });
        Ok(())
    }

    fn load_details(&mut self, mentioned: &[UserId], extras: MessageExtras) -> Result<LazyDetails, StoreError> {
        let quote = extras.reply_to.map(|id| self.load_quote(id)).transpose()?.flatten();
        let reactors = self.load_reactors(&extras)?;
        let mentioned = mentioned.iter().map(|id| self.load_author(*id).cloned()).collect::<Result<_, _>>()?;
        Ok(MessageDetails { extras, quote, reactors, mentioned }.into())
    }

    /// The people who reacted and are shown by name.
    fn load_reactors(&mut self, extras: &MessageExtras) -> Result<Vec<Author>, StoreError> {
        let mut named: Vec<UserId> = Vec::new();
        for group in &extras.reactions {
            named.extend(group.users.iter().take(NAMED_REACTORS_MAX));
        }
        named.sort_unstable();
        named.dedup();
        named.into_iter().map(|id| self.load_author(id).cloned()).collect()
    }

    /// What a reply to this message shows of it.
    fn load_quote(&mut self, id: MessageId) -> Result<Option<Quote>, StoreError> {
        let Some(row) = self.table.get((self.room.0, id.0))? else { return Ok(None) };
        let MessageRow::<&str> { author, body, rendered, .. } = rows::decode("messages", row.value())?;
        let excerpt = match rendered {
            Some(RenderedContent { excerpt, .. }) => {
                excerpt.into_iter().map(|piece| self.load_excerpt_part(piece)).collect::<Result<_, _>>()?
            }
            None => excerpt_of_text(body)
                .into_iter()
                .map(|piece| self.load_excerpt_part(piece))
                .collect::<Result<_, _>>()?,
        };
        Ok(Some(Quote { id, author: self.load_author(author)?.clone(), excerpt }))
    }

    fn load_excerpt_part(&mut self, piece: ExcerptPiece<impl Into<String>>) -> Result<ExcerptPart, StoreError> {
        Ok(match piece {
            ExcerptPiece::Text(text) => ExcerptPart::Text(text.into()),
            ExcerptPiece::Mention(user) => ExcerptPart::Mention(self.load_author(user)?.clone()),
        })
    }

    fn load_author(&mut self, id: UserId) -> Result<&Author, StoreError> {
        if let Some(index) = self.authors.iter().position(|author| author.id == id) {
            return Ok(&self.authors[index]);
        }
        let row = self.users.get(id.0)?.ok_or(StoreError::Missing { table: "users" })?;
        let UserRow::<&str> { name, .. } = rows::decode("users", row.value())?;
        self.authors.push(Author { id, name: name.into() });
        self.load_author(id)
    }
}
