//! What is counted, for whoever watches from outside: plain numbers, which each part moves where it does the thing, and
//! all of them as text. No label holds anything that somebody wrote, so there is a bounded number of them.
//!
//! Nothing here knows HTTP, nor what is counted. The names follow Prometheus
//! (<https://prometheus.io/docs/practices/naming/>); the text is OpenMetrics 1.0, and of that only what the older
//! Prometheus text format 0.0.4 knows too.

mod process;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Metric, Registry, Unit};

pub use crate::metrics::process::ProcessStats;

/// All that is counted since the start.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    started: SystemTime,
    /// Messages that were posted; each once, however often it was sent.
    pub messages_posted: Counter,
    /// Frames that listeners took from a hub's tail. Each hub counts its own, and hands them in now and then.
    pub delivered_from_replay: Counter,
    /// Frames that listeners took from the feed, because they were behind.
    pub delivered_from_feed: Counter,
    /// The bytes of those that were read from the feed.
    pub feed_read_bytes: Counter,
    /// Listeners that were told to read the room anew.
    pub stream_resets: Counter,
    open_streams: Gauge,
    open_connections: Gauge,
    /// Connections that found no free seat.
    pub connections_rejected: Counter,
    /// What went wrong on our side, each time it was logged.
    pub internal_errors: Counter,
    /// How many commands shared a transaction.
    pub batch_commands: Histogram,
    /// How long a transaction took, from its first command to the disk's answer, in seconds.
    pub commit_seconds: Histogram,
    /// From a commit until every bell of one of its frames was rung, in seconds.
    pub fan_out_seconds: Histogram,
    refusals: Family<RefusalLabels, Counter>,
    http_requests: Family<RequestLabels, Counter>,
    http_request_seconds: Family<RouteLabels, Histogram, fn() -> Histogram>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RefusalLabels {
    kind: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct DeliveryLabels {
    source: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RouteLabels {
    route: Arc<str>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    route: Arc<str>,
    status: &'static str,
}

/// What nobody counts and is looked up when somebody asks.
#[derive(Debug)]
pub struct Gauges {
    /// How many commands wait for the writer.
    pub queued_commands: usize,
    /// How large the data file is, in bytes.
    pub data_file_bytes: Option<u64>,
    /// What the system knows of this process.
    pub process: ProcessStats,
}

/// Something that is there until this is dropped.
#[derive(Debug)]
pub struct GaugeGuard(Gauge);

impl Drop for GaugeGuard {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("taproom");
        let r = &mut registry;
        let deliveries = register(
            r,
            "deliveries",
            "Changes handed to listeners, from a tail or from the feed",
            Family::<DeliveryLabels, Counter>::default(),
        );
        Self {
            started: SystemTime::now(),
            messages_posted: register(r, "posts", "Messages posted", Counter::default()),
            delivered_from_replay: deliveries.get_or_create_owned(&DeliveryLabels { source: "tail" }),
            delivered_from_feed: deliveries.get_or_create_owned(&DeliveryLabels { source: "feed" }),
            feed_read_bytes: register_with_unit(
                r,
                "feed_read",
                Unit::Bytes,
                "What listeners that were behind were given of the feed",
                Counter::default(),
            ),
            stream_resets: register(r, "resets", "Listeners told to read the room anew", Counter::default()),
            open_streams: register(r, "listeners", "Streams that are open", Gauge::default()),
            open_connections: register(r, "connections", "Connections that are open", Gauge::default()),
            connections_rejected: register(
                r,
                "connections_turned_away",
                "Connections that found no free seat",
                Counter::default(),
            ),
            internal_errors: register(r, "faults", "Faults of this server, each logged once", Counter::default()),
            batch_commands: register(
                r,
                "batch_commands",
                "Commands in one transaction",
                Histogram::new(command_count_buckets()),
            ),
            commit_seconds: register_with_unit(
                r,
                "commit",
                Unit::Seconds,
                "From taking a batch to the disk's answer",
                disk_histogram(),
            ),
            fan_out_seconds: register_with_unit(
                r,
                "fan_out",
                Unit::Seconds,
                "From a commit to a frame's last bell",
                cpu_histogram(),
            ),
            refusals: register(r, "refusals", "Requests refused for what they asked", Family::default()),
            http_requests: register(r, "http_requests", "Requests answered", Family::default()),
            http_request_seconds: register_with_unit(
                r,
                "http_request",
                Unit::Seconds,
                "Until a request's answer begins; streams are left out",
                Family::new_with_constructor(cpu_histogram as fn() -> Histogram),
            ),
            registry,
        }
    }
}

impl Metrics {
    /// Counts a listener until what this returns is dropped.
    pub fn track_stream(&self) -> GaugeGuard {
        track(&self.open_streams)
    }

    /// Counts a connection until what this returns is dropped.
    pub fn track_connection(&self) -> GaugeGuard {
        track(&self.open_connections)
    }

    /// Counts a refusal; `kind` is one of a fixed set of words.
    pub fn count_refusal(&self, kind: &'static str) {
        self.refusals.get_or_create(&RefusalLabels { kind }).inc();
    }

    /// Counts a request that was answered. `route` is an entry of the table of addresses, not the address itself, and
    /// `status` a class such as `2xx`. What streams gives no time: how long it lasts says nothing.
    pub fn count_request(&self, route: &Arc<str>, status: &'static str, elapsed: Option<Duration>) {
        self.http_requests.get_or_create(&RequestLabels { route: Arc::clone(route), status }).inc();
        if let Some(took) = elapsed {
            self.http_request_seconds
                .get_or_create(&RouteLabels { route: Arc::clone(route) })
                .observe(took.as_secs_f64());
        }
    }

    /// Everything as text.
    pub fn encode_text(&self, gauges: &Gauges) -> String {
        let mut text = String::new();
        encode_registry(&mut text, &self.registry)
            .and_then(|()| encode_registry(&mut text, &self.build_gauge_registry(gauges)))
            .and_then(|()| encode_eof(&mut text))
            .expect("a String takes all");
        text
    }

    fn build_gauge_registry(&self, gauges: &Gauges) -> Registry {
        let mut registry = Registry::default();
        let r = &mut registry;
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        let build = Family::<_, Gauge>::default();
        build.get_or_create(&version).set(1);
        r.register("taproom_build_info", "Which Taproom this is", build);
        let waiting = ConstGauge::new(gauges.queued_commands as u64);
        r.register("taproom_queue_commands", "Commands that wait for the writer", waiting);
        let started = self.started.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let name = "process_start_time";
        r.register_with_unit(name, "When it started, after 1970", Unit::Seconds, ConstGauge::new(started));
        if let Some(bytes) = gauges.data_file_bytes {
            r.register_with_unit("taproom_data_file", "How large the data is", Unit::Bytes, ConstGauge::new(bytes));
        }
        gauges.process.register(r);
        registry
    }
}

fn track(gauge: &Gauge) -> GaugeGuard {
    gauge.inc();
    GaugeGuard(gauge.clone())
}

fn register<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register(name, help, metric.clone());
    metric
}

fn register_with_unit<M: Metric + Clone>(registry: &mut Registry, name: &str, unit: Unit, help: &str, metric: M) -> M {
    registry.register_with_unit(name, help, unit, metric.clone());
    metric
}

/// 1, 2, 4 .. 256.
fn command_count_buckets() -> impl Iterator<Item = f64> {
    exponential_buckets(1.0, 2.0, 9)
}

/// What waits for the disk: 0.25 ms to 4 s.
fn disk_histogram() -> Histogram {
    Histogram::new(exponential_buckets(0.000_25, 2.0, 15))
}

/// What memory and processor do: 50 us to 1.6 s.
fn cpu_histogram() -> Histogram {
    Histogram::new(exponential_buckets(0.000_05, 2.0, 16))
}
