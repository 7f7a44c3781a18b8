//! The flags and variables of `taproom`.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;

use crate::web::PublicUrl;

/// Real-time chat rooms in one small binary. Open the address it prints, and choose a room and a name.
#[derive(Clone, Debug, Parser)]
#[command(version, max_term_width = 100)]
pub struct Cli {
    /// The options of the server.
    #[command(flatten)]
    pub config: Config,

    /// What to do instead of serving.
    #[command(subcommand)]
    pub subcommand: Option<CliCommand>,
}

/// The subcommands.
#[derive(Clone, Debug, Subcommand)]
pub enum CliCommand {
    /// Write a verified backup to a new file; Taproom may be running
    Backup {
        /// The file to create
        file: PathBuf,
    },
    /// Verify every row of a data file or a backup, and count its contents
    Check {
        /// The file to verify; it is not changed
        file: PathBuf,
    },
    /// Create a link to set a new password, for a person who is locked out; Taproom must be running
    Reset {
        /// The name of the person
        name: String,
    },
    /// Restore a backup into a data directory that has no data yet
    Restore {
        /// The backup
        file: PathBuf,
    },
}

/// The options of the server.
#[derive(Clone, Debug, Args)]
pub struct Config {
    /// Where to listen: an address of this machine and a port (0 for any free port)
    #[arg(long, env = "TAPROOM_LISTEN", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8000")]
    pub listen: SocketAddr,

    /// The data directory; created if it does not exist
    #[arg(long, global = true, env = "TAPROOM_DATA", value_name = "DIRECTORY", default_value = "data")]
    pub data: PathBuf,

    /// What to log to standard error: error, warn, info, debug or trace; or a filter such as taproom=debug,hyper=info.
    /// Prefix it with json for JSON lines: json, or json,debug
    #[arg(long, env = "TAPROOM_LOG", value_name = "LEVEL", default_value = "info")]
    pub log: String,

    /// The token that allows reading /metrics from another machine: at least 16 characters
    #[arg(long, env = "TAPROOM_METRICS_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub metrics_token: Option<String>,

    /// Proxies whose Forwarded or X-Forwarded-For, -Proto and -Host headers are trusted: addresses and ranges such as
    /// 10.0.0.0/8, separated by commas
    #[arg(long, env = "TAPROOM_TRUSTED_PROXY", value_name = "ADDRESSES", value_delimiter = ',', value_parser = parse_network)]
    pub trusted_proxy: Vec<IpNet>,

    /// The public address of the server; requests for other hosts are refused
    #[arg(long, env = "TAPROOM_PUBLIC_URL", value_name = "https://HOST")]
    pub public_url: Option<PublicUrl>,

    /// Rate limits for joining, posting, creating rooms and opening streams; off is for load tests
    #[arg(long, env = "TAPROOM_RATE_LIMITS", value_enum, value_name = "on|off", hide_possible_values = true, default_value_t = Switch::On)]
    pub rate_limits: Switch,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// A range of addresses, or one address.
fn parse_network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
    text.parse().or_else(|_| address()).map_err(|_| "give an address, or a range such as 10.0.0.0/8".to_owned())
}

/// What is logged, and in which format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogOptions<'a> {
    /// Whether each event is a line of JSON, and not a line of text.
    pub json: bool,
    /// A level, or a filter of levels.
    pub filter: &'a str,
}

impl<'a> LogOptions<'a> {
    /// Parses the value of `--log`: `json` alone is `json,info`.
    pub fn parse(text: &'a str) -> Self {
        match text.strip_prefix("json") {
            Some("") => Self { json: true, filter: "info" },
            Some(filter) if filter.starts_with(',') => Self { json: true, filter: &filter[1..] },
            _ => Self { json: false, filter: text },
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::*;

    #[test]
    fn json_prefix_is_only_recognised_before_a_comma() {
        let (json, text) = (|filter| LogOptions { json: true, filter }, |filter| LogOptions { json: false, filter });
        assert_eq!(LogOptions::parse("json"), json("info"));
        assert_eq!(LogOptions::parse("json,taproom=debug,hyper=info"), json("taproom=debug,hyper=info"));
        assert_eq!(LogOptions::parse("debug"), text("debug"));
        assert_eq!(LogOptions::parse("jsonrpc=trace"), text("jsonrpc=trace"));
        assert_eq!(LogOptions::parse("debug,json"), text("debug,json"));
    }
}
