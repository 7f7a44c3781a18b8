//! Every flag and variable, once.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;

use crate::web::PublicUrl;

/// Real-time chat rooms in one small binary. Open the page it tells you, type a room and a name, and talk.
#[derive(Clone, Debug, Parser)]
#[command(version, max_term_width = 100)]
pub struct Cli {
    /// How to serve, and where the data is.
    #[command(flatten)]
    pub config: Config,

    /// What to do instead of serving.
    #[command(subcommand)]
    pub subcommand: Option<CliCommand>,
}

/// What can be done besides serving.
#[derive(Clone, Debug, Subcommand)]
pub enum CliCommand {
    /// Write a verified copy of the data into a new file, also while Taproom runs
    Backup {
        /// The file to make
        file: PathBuf,
    },
    /// Read every row of a data file or a copy, and tell what it holds
    Check {
        /// The file to read; it is not changed
        file: PathBuf,
    },
    /// Make a link by which somebody who has forgotten their password chooses a new one; Taproom must be running
    Reset {
        /// Their name
        name: String,
    },
    /// Put a copy back, into a data directory that has no data yet
    Restore {
        /// The copy
        file: PathBuf,
    },
}

/// How to serve.
#[derive(Clone, Debug, Args)]
pub struct Config {
    /// Where to listen: an address of this machine and a port (0 for any free one)
    #[arg(long, env = "TAPROOM_LISTEN", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8000")]
    pub listen: SocketAddr,

    /// The directory that holds everything; made if it is not there
    #[arg(long, global = true, env = "TAPROOM_DATA", value_name = "DIRECTORY", default_value = "data")]
    pub data: PathBuf,

    /// What to log, on standard error: error, warn, info, debug or trace; or a filter like taproom=debug,hyper=info;
    /// as JSON with json before it, as in json or json,debug
    #[arg(long, env = "TAPROOM_LOG", value_name = "LEVEL", default_value = "info")]
    pub log: String,

    /// What a program must show to read /metrics from another machine: at least 16 characters
    #[arg(long, env = "TAPROOM_METRICS_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub metrics_token: Option<String>,

    /// Proxies that are believed what they tell of a request, in Forwarded or X-Forwarded-For, -Proto and -Host: addresses
    /// and ranges such as 10.0.0.0/8, with commas between them
    #[arg(long, env = "TAPROOM_TRUSTED_PROXY", value_name = "ADDRESSES", value_delimiter = ',', value_parser = parse_network)]
    pub trusted_proxy: Vec<IpNet>,

    /// The address by which everybody reaches it; what is sent to another host is refused
    #[arg(long, env = "TAPROOM_PUBLIC_URL", value_name = "https://HOST")]
    pub public_url: Option<PublicUrl>,

    /// Whether there are limits on how fast anybody may come in, post, open rooms and listen; off is for load tests
    #[arg(long, env = "TAPROOM_RATE_LIMITS", value_enum, value_name = "on|off", hide_possible_values = true, default_value_t = Switch::On)]
    pub rate_limits: Switch,
}

/// Whether something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// A range of addresses, or one alone.
fn parse_network(text: &str) -> Result<IpNet, String> {
    let one = || text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
    text.parse().or_else(|_| one()).map_err(|_| "it is neither an address nor a range such as 10.0.0.0/8".to_owned())
}

/// What is logged, and in which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogOptions<'a> {
    /// Whether each event is an object of JSON on a line; otherwise it is a line for people.
    pub json: bool,
    /// A level, or a filter of levels.
    pub filter: &'a str,
}

impl<'a> LogOptions<'a> {
    /// Reads what `--log` says: `json` alone is `json,info`.
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
        let (json, lines) = (|filter| LogOptions { json: true, filter }, |filter| LogOptions { json: false, filter });
        assert_eq!(LogOptions::parse("json"), json("info"));
        assert_eq!(LogOptions::parse("json,taproom=debug,hyper=info"), json("taproom=debug,hyper=info"));
        assert_eq!(LogOptions::parse("debug"), lines("debug"));
        assert_eq!(LogOptions::parse("jsonrpc=trace"), lines("jsonrpc=trace"));
        assert_eq!(LogOptions::parse("debug,json"), lines("debug,json"));
    }
}
