//! Somebody who asks for a room's page now and then, to see whether pages wait behind the messages that go out.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::http::{self, Line};
use crate::server::Cast;

/// A thread that asks, until it is told to finish.
pub struct Visitor {
    finish: Arc<AtomicBool>,
    thread: JoinHandle<io::Result<Vec<u32>>>,
}

impl Visitor {
    /// Starts asking for the first room's page, so often each second. What comes late makes nothing after it late.
    pub fn start(address: SocketAddr, cast: &Arc<Cast>, rate: usize) -> io::Result<Self> {
        let finish = Arc::new(AtomicBool::new(false));
        let (finished, mut line) = (Arc::clone(&finish), Line::open(address)?);
        let request = http::get(&cast.rooms[0], "text/html", &cast.tokens[0]);
        let every = Duration::from_secs(1) / u32::try_from(rate).unwrap_or(1);
        let ask = move || {
            let mut delays = Vec::new();
            while !finished.load(Ordering::Acquire) {
                thread::sleep(every);
                let asked = Instant::now();
                let (status, _) = line.ask(&request)?;
                if status != 200 {
                    return Err(io::Error::other(format!("a page was answered {status}")));
                }
                delays.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
            Ok(delays)
        };
        Ok(Self { finish, thread: thread::Builder::new().name("visitor".to_owned()).spawn(ask)? })
    }

    /// Stops asking, and answers how long each page took, in microseconds.
    pub fn finish(self) -> io::Result<Vec<u32>> {
        self.finish.store(true, Ordering::Release);
        self.thread.join().map_err(|_| io::Error::other("the visitor has panicked"))?
    }
}
