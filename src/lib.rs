//! Taproom: real-time chat rooms in one small binary. This page is the map; `docs/architecture.md` has the details: the
//! invariants, the path of a message and of a listener, the choices that were measured, and a glossary.
//!
//! A browser, or `curl -N`, holds one stream of Server-Sent Events; messages are posted over plain HTTP; everything is kept
//! in one embedded file. A module uses only modules of lower layers, and `tests/architecture.rs` keeps it so:
//!
//! | layer | module | contents |
//! |---|---|---|
//! | 0 | [`domain`] | ids, texts, commands, events, refusals, permissions and limits, as types and rules. Pure |
//! | 0 | [`assets`] | the scripts and styles of the pages |
//! | 0 | `clock` | the wall clock |
//! | 0 | `secrets` | random tokens, codes, nonces and salts |
//! | 1 | [`store`] | the data file: tables, judging and applying commands, snapshots, backups |
//! | 1 | [`metrics`] | counters and histograms, as Prometheus text |
//! | 1 | [`views`] | HTML, text and JSON, as pure functions |
//! | 2 | [`live`] | what listeners receive: frames, hubs, cursors, presence |
//! | 3 | [`engine`] | the path of a change: queue, group commit, publishing. Read it first |
//! | 4 | [`web`] | HTTP: the table of addresses, handlers, errors, the accept loop |
//! | 4 | [`control`] | the socket for the operator's commands |
//! | 5 | [`config`] | flags and variables |
//! | 6 | [`commands`], [`app`] | subcommands; starting and stopping in order |
//! | 6 | `fuzzing` | what the targets in `fuzz/` may reach; compiled for them only |
//!
//! # Invariants in short
//!
//! - One writer, one order: a [`domain::Seq`] numbers every change, and everything else reads snapshots.
//! - Commit, then publish: nobody is answered, and no listener hears of a change, before it is durable.
//! - Applying a command is total and deterministic: time and randomness arrive with it.
//! - A nonce makes a command happen once. Its outcome is kept for 48 hours, in the same transaction.
//! - A listener is a cursor, not a queue. Live, lagging and resuming are one code path, without a silent gap.
//! - Access is checked in the writer, and again before a stream sends what comes after a change of access.
//! - A fragment takes no viewer: page, answer and stream hold the same bytes of a message.
//!
//! # A message, from the request to every screen
//!
//! 1. [`web`] parses the request into a [`domain::Command`]; [`views`] renders its Markdown.
//! 2. [`engine::Engine::execute`] queues it, or says at once that the queue is full.
//! 3. The writer gives everything that waits to [`store::Store::commit`]: one transaction, one fsync.
//! 4. After the fsync the callers are answered, and the publisher encodes each change once, as a [`live::Frame`].
//! 5. The room's hub keeps the frame and wakes its listeners. Each [`live::Listener`] takes the same bytes, and the thread that
//!    wakes it writes them to its socket.

pub mod domain;

pub mod assets;

pub(crate) mod clock;

pub(crate) mod secrets;

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
