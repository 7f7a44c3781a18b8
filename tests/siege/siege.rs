//! What every siege is made of: how hard it is, a house under it, somebody else who must be served meanwhile, and what
//! the house must be afterwards.

use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::harness::{ANN, BEN, Ears, Guest, ROOM, ask, client, text_of, until};
use crate::process::Process;
use crate::program::Program;

/// How much more memory may be held after a second flood than after the first of the same kind, in KiB: what an allocator
/// may keep for no reason. What leaks with every connection, request or stream is more than that.
const SLACK_KIB: f64 = 16.0 * 1024.0;

/// How long to wait for what must happen soon. It is no measure of speed, only of hopelessness.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whether the siege is the full one.
pub fn is_full() -> bool {
    std::env::var("TAPROOM_SIEGE").is_ok_and(|how| how == "full")
}

/// So many, in the bounded siege or in the full one.
pub fn so_many(bounded: usize, full: usize) -> usize {
    if is_full() { full } else { bounded }
}

/// Tells a figure, or what is needed to do the same again. It is shown with `--nocapture`, and when a test fails.
#[expect(clippy::print_stderr, reason = "of what tests print, only this is kept for when they fail")]
pub fn tell(line: &str) {
    eprintln!("{line}");
}

/// A Taproom as a process, and somebody in it who must not notice the siege.
pub struct Besieged {
    pub program: Program,
    pub process: Process,
    ann: Guest,
    ears: Ears,
    rounds: usize,
    slowest: Duration,
    _directory: TempDir,
}

impl Besieged {
    pub async fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let program = Program::start(directory.path()).await;
        Self::of(program, directory).await
    }

    pub async fn of(program: Program, directory: TempDir) -> Self {
        // This process holds the other end of all that the program holds.
        rlimit::increase_nofile_limit(u64::MAX).expect("as many descriptors as are allowed");
        let ann = program.guest(ANN, ROOM).await;
        let ears = ann.listen("as=json").await;
        let process = Process(program.id());
        Self { program, process, ann, ears, rounds: 0, slowest: Duration::ZERO, _directory: directory }
    }

    /// Its host and port.
    pub fn host(&self) -> &str {
        self.program.url.strip_prefix("http://").expect("it speaks plain HTTP")
    }

    /// The path of the room in which somebody else talks.
    pub fn room(&self) -> &str {
        &self.ann.room
    }

    /// A request to post to that room, up to its body, as it stands on the wire.
    pub fn post_head(&self, more: &str) -> String {
        let (room, token) = (&self.ann.room, &self.ann.token);
        format!("POST {room}/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{more}\r\n")
    }

    /// Somebody else is served, over connections of their own: a page, a post, and it is heard.
    pub async fn others_are_served(&mut self) {
        let begun = Instant::now();
        let ann = Guest { http: client(), ..self.ann.clone() };
        let text = format!("round {}", self.rounds);
        ann.posts(&text).await;
        assert_eq!(text_of(&self.ears.hears().await), text, "whoever listens hears all, in order");
        let page = client().get(format!("{}{}", self.program.url, ann.room)).header("accept", "text/html");
        let page = ask(page).await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains(&text), "the page is as new as the post");
        self.rounds += 1;
        self.slowest = self.slowest.max(begun.elapsed());
    }

    /// Somebody new comes in.
    pub async fn somebody_comes_in(&self) {
        let name = format!("{BEN} {}", self.rounds);
        self.program.guest(&name[name.len().saturating_sub(32)..], ROOM).await;
    }

    /// Does something to the program. Meanwhile others are served, again and again; that they were is checked.
    pub async fn while_others_are_served<T>(&mut self, flood: impl Future<Output = T>) -> T {
        let (mut flood, before) = (std::pin::pin!(flood), self.rounds);
        let done = loop {
            let mut round = std::pin::pin!(self.others_are_served());
            tokio::select! {
                done = &mut flood => {
                    round.await; // not given up half way: what was posted is to be heard
                    break done;
                }
                () = &mut round => {}
            }
        };
        assert!(self.rounds > before, "others were served");
        done
    }

    /// Waits until the program holds no more descriptors than this; how long that took.
    pub async fn lets_go_of_all_but(&self, descriptors: usize) -> Duration {
        self.lets_go_within(PATIENCE, descriptors).await
    }

    /// The same, with a patience of its own.
    pub async fn lets_go_within(&self, patience: Duration, descriptors: usize) -> Duration {
        let begun = Instant::now();
        while self.process.descriptors().unwrap() > descriptors {
            assert!(begun.elapsed() < patience, "the descriptors come back: {:?}", self.process.descriptors());
            tokio::task::yield_now().await;
        }
        begun.elapsed()
    }

    /// Reads so many changes of the room, whoever said them; the last text.
    pub async fn hears_changes(&mut self, count: usize) -> String {
        self.ears.hears_texts(count).await.pop().expect("something is said")
    }

    /// Waits until the door says so of the room, in which nobody but this listener remains.
    pub async fn all_others_have_gone(&self) {
        let url = format!("{}/", self.program.url);
        until("the listeners to be gone", || async {
            ask(client().get(&url).header("accept", "text/html")).await.text().contains("1 here")
        })
        .await;
    }

    /// Floods it twice. After each flood it holds as many descriptors as before, and nobody listens who has gone; after
    /// the second it holds no more memory than after the first.
    pub async fn withstands(&mut self, what: &str, flood: impl AsyncFn(&mut Self)) {
        let mut memory = Vec::new();
        for _ in 0..2 {
            let descriptors = self.process.descriptors().unwrap();
            self.slowest = Duration::ZERO;
            flood(self).await;
            let took = self.lets_go_of_all_but(descriptors).await;
            self.all_others_have_gone().await;
            memory.push(self.process.rss_kib().unwrap());
            tell(&format!(
                "{what}: all let go of after {} ms, {:.1} MiB; others were served {} times by now, in at most {} ms",
                took.as_millis(),
                memory[memory.len() - 1] / 1024.0,
                self.rounds,
                self.slowest.as_millis(),
            ));
        }
        self.others_are_served().await;
        self.somebody_comes_in().await;
        // The allocator gives it back some seconds later.
        let bound = memory[0] + SLACK_KIB;
        until(&format!("the memory of {what} to come back, {memory:?} KiB"), || async {
            self.process.rss_kib().unwrap() <= bound
        })
        .await;
    }
}
