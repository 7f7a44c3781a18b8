//! Statistics of this process, read from Linux's `/proc`. On other systems, and where it cannot be read, they are left out.

use std::fs;

use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};
use rlimit::Resource;

/// What could be read.
#[derive(Debug)]
pub struct ProcessStats {
    open_fds: Option<u64>,
    max_fds: Option<u64>,
    resident_bytes: Option<u64>,
}

impl ProcessStats {
    /// Reads the statistics. Blocking: it counts up to ten thousand descriptors one by one.
    pub fn collect() -> Self {
        let status = fs::read_to_string("/proc/self/status").ok();
        Self {
            // Without the directory that is being read.
            open_fds: fs::read_dir("/proc/self/fd").ok().map(|fds| (fds.count() as u64).saturating_sub(1)),
            max_fds: rlimit::getrlimit(Resource::NOFILE).ok().map(|(soft, _)| soft),
            resident_bytes: status.as_deref().and_then(parse_resident_bytes),
        }
    }

    /// Registers them under the names that the Prometheus libraries use.
    pub(crate) fn register(&self, registry: &mut Registry) {
        for (name, help, value) in [
            ("process_open_fds", "Number of open file descriptors", self.open_fds),
            ("process_max_fds", "Maximum number of open file descriptors", self.max_fds),
        ] {
            if let Some(value) = value {
                registry.register(name, help, ConstGauge::new(value));
            }
        }
        if let Some(bytes) = self.resident_bytes {
            let help = "Resident memory size";
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
        for invalid in ["", "VmRSS:", "VmRSS:\t 5 MB", "VmHWM:\t 5 kB"] {
            assert_eq!(parse_resident_bytes(invalid), None, "{invalid}");
        }
    }
}
