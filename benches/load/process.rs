//! What Linux knows about a process and its children: the CPU time they have used, the memory and the descriptors they
//! hold. Of the servers measured only nginx has children.

use std::fs;
use std::io;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

/// How long a tick of `/proc/PID/stat` is; 100 a second on every Linux that there is to meet (`getconf CLK_TCK`).
const TICK: Duration = Duration::from_millis(10);
/// How long a server may take to stop.
const ENDS_WITHIN: Duration = Duration::from_secs(10);

/// A process, by its number.
#[derive(Clone, Copy, Debug)]
pub struct Process(pub u32);

impl Process {
    /// User and system time since it started.
    pub fn cpu(self) -> io::Result<Duration> {
        let mut all = 0;
        for number in self.family() {
            let stat = fs::read_to_string(format!("/proc/{number}/stat"))?;
            // The second field is the name, in parentheses, and may hold anything; utime and stime are the 14th and 15th.
            let fields = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
            all +=
                fields.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u32>().ok()).sum::<u32>();
        }
        Ok(TICK * all)
    }

    /// Resident memory, in KiB. Pages that several of them share are counted for each.
    pub fn rss_kib(self) -> io::Result<f64> {
        let mut all = 0.0;
        for number in self.family() {
            let status = fs::read_to_string(format!("/proc/{number}/status"))?;
            let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
            let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
            all += kib.ok_or_else(|| io::Error::other("no VmRSS in /proc/PID/status"))?;
        }
        Ok(all)
    }

    /// How many descriptors are open.
    pub fn descriptors(self) -> io::Result<usize> {
        self.family().map(|number| Ok(fs::read_dir(format!("/proc/{number}/fd"))?.count())).sum()
    }

    /// Asks it to end in order (SIGTERM).
    pub fn terminate(self) -> io::Result<()> {
        let status = Command::new("kill").args(["-s", "TERM", &self.0.to_string()]).status()?;
        if status.success() { Ok(()) } else { Err(io::Error::other("the server cannot be told to stop")) }
    }

    fn family(self) -> impl Iterator<Item = u32> {
        let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", self.0)).unwrap_or_default();
        let children: Vec<u32> = children.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        std::iter::once(self.0).chain(children)
    }
}

/// Ends a child in order, or, if it takes too long, at once.
pub fn end(child: &mut Child) -> io::Result<()> {
    let asked = Process(child.id()).terminate();
    let since = Instant::now();
    while asked.is_ok() && since.elapsed() < ENDS_WITHIN {
        if child.try_wait()?.is_some() {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(2));
    }
    let _has_ended_already = child.kill();
    child.wait()?;
    asked.and(Err(io::Error::other("a server did not stop when it was told to")))
}

/// CPU time of the thread that asks. Nothing where the kernel does not count it.
pub fn own_thread_cpu() -> Duration {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = stat.split_whitespace().next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

/// How many processes wanted a CPU over the last minute, on average: what ran beside the measurement shows here.
pub fn load() -> f64 {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().next().and_then(|load| load.parse().ok()).unwrap_or(f64::NAN)
}
