//! What the system knows of this process, read from Linux's `/proc`. Elsewhere, and where it may not be read, there is
//! nothing; nothing is made up.

use std::fs;

use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};
use rlimit::Resource;

/// What is known.
#[derive(Debug)]
pub struct ProcessStats {
    open_fds: Option<u64>,
    max_fds: Option<u64>,
    resident_bytes: Option<u64>,
}

impl ProcessStats {
    /// Looks it up. Counts ten thousand descriptors one by one: not for an async worker.
    pub fn collect() -> Self {
        let status = fs::read_to_string("/proc/self/status").ok();
        Self {
            // One of them is the directory that is just being read.
            open_fds: fs::read_dir("/proc/self/fd").ok().map(|fds| (fds.count() as u64).saturating_sub(1)),
            max_fds: rlimit::getrlimit(Resource::NOFILE).ok().map(|(soft, _)| soft),
            resident_bytes: status.as_deref().and_then(parse_resident_bytes),
        }
    }

    /// Adds what is known, under the names that Prometheus' own libraries use.
    pub(crate) fn register(&self, registry: &mut Registry) {
        for (name, help, value) in [
            ("process_open_fds", "Descriptors that are open", self.open_fds),
            ("process_max_fds", "Descriptors that may be open", self.max_fds),
        ] {
            if let Some(value) = value {
                registry.register(name, help, ConstGauge::new(value));
            }
        }
        if let Some(bytes) = self.resident_bytes {
            let help = "Memory that is resident";
            registry.register_with_unit("process_resident_memory", help, Unit::Bytes, ConstGauge::new(bytes));
        }
    }
}

/// `VmRSS` of `/proc/PID/status`, which is in KiB (proc_pid_status(5)).
fn parse_resident_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1_024)
}

#[cfg(test)]
mod tests {
    use crate::metrics::process::*;

    #[test]
    fn memory_is_read_in_bytes_or_not_at_all() {
        assert_eq!(parse_resident_bytes("Name:\ttaproom\nVmRSS:\t    5124 kB\nThreads:\t4\n"), Some(5_246_976));
        for wrong in ["", "VmRSS:", "VmRSS:\t 5 MB", "VmHWM:\t 5 kB"] {
            assert_eq!(parse_resident_bytes(wrong), None, "{wrong}");
        }
    }
}
