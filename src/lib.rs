//! Taproom: real-time chat rooms in one small binary. This page is the map.
//!
//! # From above
//!
//! A browser, or `curl -N`, holds one stream of Server-Sent Events; messages are posted by plain HTTP; everything is
//! kept in one embedded file. The floors, each of which uses only lower ones (`tests/architecture.rs` keeps it so):
//!
//! | floor | modules | what belongs there |
//! |---|---|---|
//! | 0 | [`domain`], [`assets`] | what Taproom is about, as types and rules; the files of the pages. Pure |
//! | 1 | [`store`] | the data file: tables, judging and applying commands, reading snapshots |
//! | 1 | [`meters`] | what is counted, and all of it as text, for whoever watches |
//! | 1 | [`views`] | what is shown: HTML, lines, JSON. Pure functions |
//! | 2 | [`live`] | what listeners hear: frames, hubs, cursors |
//! | 3 | [`engine`] | the road of a change: queue, group commit, telling. Read it first |
//! | 4 | [`web`] | HTTP: the table of addresses, who asks, one file for each noun, problems as answers |
//! | 4 | [`control`] | the socket by which the machine's operator asks things of a running Taproom |
//! | 5 | [`config`] | every flag and variable |
//! | 6 | [`tasks`], [`app`] | copies of the data; starting and stopping in order |
//! | 6 | `fuzzing` | the one door through which the targets in `fuzz/` reach the inside; compiled for them only |
//!
//! # What is promised
//!
//! - **One writer, one order.** Every change goes through one thread; a [`domain::Seq`] numbers it, and a message's id is
//!   the number of its post. Everything else only reads, each time on one snapshot.
//! - **Commit, then tell.** Nobody is answered, and no listener hears of a thing, before it is durable.
//! - **Judging is total and deterministic.** It reads no clock and draws no random number; time and randomness come in
//!   with the command. The same commands on an empty file give the same tables.
//! - **Exactly once.** A command has a nonce; what it led to is kept with it for 48 hours, across restarts, and the same
//!   nonce from the same person finds it again.
//! - **A room's command reads only that room**, the house, the people and the outcomes. Together with determinism this
//!   leaves the way open to several machines that apply one replicated order.
//! - **No silent gap.** Live, a little behind and long away are one piece of code. A page tells the number of the very
//!   snapshot it was made from, and its stream goes on from there. Where nothing leads on, the listener is told to start
//!   anew.
//! - **A listener is a number, not a queue.** One that stops reading delays nobody.
//! - **Whoever may not hear hears nothing.** Rights are judged by one table ([`domain::RIGHTS`]) and one rule
//!   ([`domain::sees`]), in the one writer; a stream is judged again before anything is told that comes after a change of
//!   rights, and a room that somebody may not see answers as one that is not there.
//! - **No secret is kept, logged or told.** Of passwords, tokens, codes and links there are hashes, in tables of their own;
//!   commands carry nothing else.
//! - **A fragment takes no viewer.** Page, answer and stream hold the same bytes of a message; what differs from viewer to
//!   viewer is a small private stylesheet.
//!
//! # A message, from the key to every screen
//!
//! 1. `web/messages.rs`: who asks ([`web`]'s visitor), what (the form, parsed into a [`domain::Command`], its text
//!    read as Markdown by `views/text/`).
//! 2. [`engine::Engine::execute`] puts it into the queue, or says at once that the queue is full.
//! 3. The writer takes all that waits and gives it to [`store::Store::commit`]: one transaction, one fsync.
//!    `store/apply/` judges each command and writes the message, its room's row and its outcome.
//! 4. The file is synced. Now, and not before, the writer answers the askers, and the teller reads each change back on a
//!    snapshot, writes it once as a [`live::Frame`] and gives it to the room's hub, while the writer is at the next batch.
//! 5. The hub keeps the frame in its tail, and its bells are rung on the runtime. Every listener looks, takes the same
//!    bytes, and moves on by one number; `web/serve/outlet.rs` writes them to its socket, on the thread that rings.
//! 6. The author's page has shown it since the key was pressed. The answer and the stream both bring the row: whichever is
//!    first is kept (`assets/page/rows.js`), and takes the place of what stood there (`assets/page/outbox.js`).
//!
//! # A listener, from the page to the present
//!
//! 1. `web/rooms.rs` renders the page on one snapshot and prints its number into the address of the stream.
//! 2. `web/live.rs` takes the later of that number and `Last-Event-ID`; [`live::Start::judge`] says whether anything leads
//!    on from there.
//! 3. [`live::Listener`] hangs up its bell, looks at the hub's tail, and if that starts too late reads the feed page by
//!    page until the two meet. Then it waits for the bell, which rings for a heartbeat and the end of the server too.
//! 4. A connection that breaks comes back with the id of what was last heard: step 2.
//!
//! # What passes
//!
//! Who is here, who is typing and what is new to one person alone is no change: it has no number, nobody catches up on it,
//! and it is nowhere but in memory. A room has a note for each of the first two, and one for its heartbeat, of which only
//! the latest is kept, and a listener holds the number of the last that it read. A person who listens has a board: a number
//! again, and what the last news were about; what is true is read when a listener looks. One task, which sleeps until
//! something is due, writes notes and rings bells (`live/keeper.rs`).
//!
//! # Choices that were measured or tried
//!
//! - Connections are served by a loop of our own on hyper (`web/serve/mod.rs` says why), and a frame is a shared `Bytes`. A
//!   stream leaves hyper, whose buffers would make a listener sixteen times as large (`web/serve/takeover.rs`). It is written
//!   by whoever rings its bell: to wake a task for each listener cost a third of the time outside the kernel
//!   (`web/serve/outlet.rs`).
//! - A post touches as few tables as can be: each is a page or two that the disk must take, and on a quiet server that is
//!   most of what a post costs.
//! - Commits are redb's one-phase commits without quick repair: a third faster with few writers. The price is that after a
//!   crash (not after a stop) opening walks the file once, about 0.2 s for a million messages.
//! - Reads happen where they are asked for, on the async workers: a page is fifty rows, some microseconds from memory. Only
//!   writing, which waits for the disk, has a thread of its own; hashing a password and reading code to colour, which take
//!   long, stand aside of the workers.
//! - Pages are packed with gzip when they are sent (`web/compress.rs` has the figures), and not sent at all to whoever has
//!   them already (`web/etag.rs`). Nothing rendered is kept on this side: to make a page again is cheap, and never wrong.
//! - How fast anybody may do what costs something is judged before a command is made, in memory, and not by the writer: it
//!   changes nothing that is kept, and a flood must not get as far as the queue (`web/pace.rs`).
//! - The address of a hidden room ends in letters that nobody can guess, and no room is opened by a name of that shape. So its
//!   plain name stays free for others, and nobody learns of it by trying names.
//! - A listener compares one number to know whether rights have changed, and asks whom that concerns only when it has: a
//!   sign-out does not make ten thousand others look into the store.
//! - A removed message stays as a row without text: its place, its author and its number are true, and catching up tells
//!   it as it is now.
//! - Markdown is read once, where a message comes in, and what was made of it travels in the command: carrying it out
//!   needs no parser and no names, and comes to the same with every version. A text without markup is kept only once.
//! - A message that changes is told as its whole row, which the page turns its own into, whatever changed: so whoever was
//!   away for any mixture of changes ends with what a fresh page has. Answers show what they quote as it is now.
//! - A name is read where a message is read, and stored nowhere with it but in the HTML of a text, where the number beside it says
//!   whose it is. That somebody is called otherwise is no change of any room: it stands in a table of its own, and catching up
//!   mixes it in for the rooms in which the name was ever seen, of which an index is kept.
//! - What is new for somebody is counted from two ordinals, the room's last message and theirs, with one look for each room
//!   that they read; a post writes nothing for those who have not read it.
//! - The order of the rooms beside a page is made in one place (`web/places.rs`). An open page is told where a room stands that
//!   may have moved, and fetches the list when that is not what it shows: so it is the list that a fresh page has.
//! - A refused command is not remembered with its nonce: it changed nothing, and the same form may succeed once its mistake
//!   is mended.

pub(crate) mod clock;

pub mod domain;

pub mod assets;

pub mod store;

pub mod metrics;

pub mod views;

pub mod live;

pub mod engine;

pub mod web;

pub mod control;

pub mod config;

pub mod commands;

pub mod app;

#[cfg(fuzzing)]
pub mod fuzzing;
