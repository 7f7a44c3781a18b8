//! An in-memory disk that a test controls: it works, blocks every sync, or fails.

use std::io;
use std::sync::{Arc, Condvar, Mutex};

use redb::StorageBackend;
use redb::backends::InMemoryBackend;

/// How the disk behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It works.
    Well,
    /// A sync blocks until the mood changes or [`Disk::lets_one_through`] is called.
    Slow,
    /// Every write and sync fails.
    Broken,
}

/// An in-memory disk.
#[derive(Clone, Debug)]
pub struct Disk(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    platter: InMemoryBackend,
    gate: Mutex<Gate>,
    changed: Condvar,
}

#[derive(Debug)]
struct Gate {
    mood: Mood,
    /// Whether a sync is blocked.
    waiting: bool,
    /// Whether the file has grown since the last sync. redb syncs next, under a lock that readers need too, so that sync is
    /// never blocked.
    grown: bool,
    /// How many blocked syncs may go on.
    passes: usize,
}

impl Disk {
    /// A disk that works.
    pub fn new() -> Self {
        let gate = Mutex::new(Gate { mood: Mood::Well, waiting: false, grown: false, passes: 0 });
        Self(Arc::new(Inner { platter: InMemoryBackend::new(), gate, changed: Condvar::new() }))
    }

    /// Changes the behaviour of the disk.
    pub fn becomes(&self, mood: Mood) {
        self.0.gate.lock().unwrap().mood = mood;
        self.0.changed.notify_all();
    }

    /// Whether a sync is blocked. Then nothing else happens on the disk.
    pub fn is_waited_for(&self) -> bool {
        let gate = self.0.gate.lock().unwrap();
        gate.waiting && gate.passes == 0
    }

    /// Lets the blocked sync go on.
    pub fn lets_one_through(&self) {
        self.0.gate.lock().unwrap().passes = 1;
        self.0.changed.notify_all();
    }
}

impl Inner {
    fn check_works(&self) -> io::Result<()> {
        match self.gate.lock().unwrap().mood {
            Mood::Well | Mood::Slow => Ok(()),
            Mood::Broken => Err(io::Error::other("the disk is broken")),
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.0.platter.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.platter.read(offset, out)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.0.check_works()?;
        self.0.gate.lock().unwrap().grown |= length > self.len()?;
        self.0.platter.set_len(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut gate = self.0.gate.lock().unwrap();
        if !std::mem::take(&mut gate.grown) {
            gate.waiting = true;
            gate = self.0.changed.wait_while(gate, |gate| gate.mood == Mood::Slow && gate.passes == 0).unwrap();
            gate.waiting = false;
            gate.passes = gate.passes.saturating_sub(1);
        }
        drop(gate);
        self.0.check_works()?;
        self.0.platter.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.check_works()?;
        self.0.platter.write(offset, data)
    }
}
