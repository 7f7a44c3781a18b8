//! Metrics for monitoring: counters, gauges and histograms, which each part of the program updates where the thing happens,
//! and all of them as text. No label holds text from a user, so the number of time series is bounded.
//!
//! Nothing here knows HTTP. The names follow Prometheus
//! (<https://prometheus.io/docs/practices/naming/>); the text is OpenMetrics 1.0, and only the part of it that the
//! older Prometheus text format 0.0.4 shares.

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

/// All metrics since the start of the process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    started: SystemTime,
    /// Messages posted, each counted once however often it was sent.
    pub messages_posted: Counter,
    /// Frames delivered from a replay buffer. Each hub counts its own and adds them here now and then.
    pub delivered_from_replay: Counter,
    /// Frames delivered from the feed to streams that were behind.
    pub delivered_from_feed: Counter,
    /// Bytes delivered from the feed.
    pub feed_delivered_bytes: Counter,
    /// Resets because of a gap in the feed.
    pub stream_resets: Counter,
    open_streams: Gauge,
    open_connections: Gauge,
    /// Connections rejected because of a limit.
    pub connections_rejected: Counter,
    /// Internal errors; each is logged once.
    pub internal_errors: Counter,
    /// Commands in each transaction.
    pub batch_commands: Histogram,
    /// Time from taking a batch of commands until it is durable, in seconds.
    pub commit_seconds: Histogram,
    /// Time from a commit until every waiting stream was woken for its frame, in seconds.
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

/// Values that are read when the metrics are requested.
#[derive(Debug)]
pub struct Gauges {
    /// Commands waiting for the writer.
    pub queued_commands: usize,
    /// Size of the data file, in bytes.
    pub data_file_bytes: Option<u64>,
    /// Statistics of this process from the system.
    pub process: ProcessStats,
}

/// Counts one in a gauge until it is dropped.
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
        let deliveries_help = "Frames delivered to event streams, by source: replay_buffer (memory) or feed (disk)";
        let deliveries =
            register(r, "stream_frames_delivered", deliveries_help, Family::<DeliveryLabels, Counter>::default());
        let feed_help = "Bytes delivered from the feed to event streams that were behind";
        let commit_help = "Time from taking a batch of commands until it is durable on disk";
        let fan_out_help = "Time from a commit until every waiting stream was woken for its frame";
        let request_help = "Time until the response to an HTTP request starts, by route; event streams are excluded";
        let requests = Family::new_with_constructor(cpu_histogram as fn() -> Histogram);
        let batches = Histogram::new(command_count_buckets());
        let mut counter = |name: &str, help: &str| register(r, name, help, Counter::default());
        let messages_posted =
            counter("messages_posted", "Messages posted, each counted once however often it was sent");
        let stream_resets =
            counter("stream_resets", "Event streams told to reload the room because the feed has a gap");
        let connections_rejected = counter(
            "connections_rejected",
            "Connections rejected because the server or the client address was at its limit",
        );
        let internal_errors = counter("internal_errors", "Internal errors; each is logged once");
        let http_help = "HTTP requests answered, by route and status class";
        Self {
            started: SystemTime::now(),
            messages_posted,
            delivered_from_replay: deliveries.get_or_create_owned(&DeliveryLabels { source: "replay_buffer" }),
            delivered_from_feed: deliveries.get_or_create_owned(&DeliveryLabels { source: "feed" }),
            feed_delivered_bytes: register_with_unit(r, "feed_delivered", Unit::Bytes, feed_help, Counter::default()),
            stream_resets,
            open_streams: register(r, "open_streams", "Event streams currently open", Gauge::default()),
            open_connections: register(r, "open_connections", "Client connections currently open", Gauge::default()),
            connections_rejected,
            internal_errors,
            batch_commands: register(r, "commit_batch_commands", "Number of commands in a transaction", batches),
            commit_seconds: register_with_unit(r, "commit_duration", Unit::Seconds, commit_help, disk_histogram()),
            fan_out_seconds: register_with_unit(r, "fan_out_duration", Unit::Seconds, fan_out_help, cpu_histogram()),
            refusals: register(r, "requests_refused", "Requests refused, by kind of refusal", Family::default()),
            http_requests: register(r, "http_requests", http_help, Family::default()),
            http_request_seconds: register_with_unit(r, "http_request_duration", Unit::Seconds, request_help, requests),
            registry,
        }
    }
}

impl Metrics {
    /// Counts an open stream until the guard is dropped.
    pub fn track_stream(&self) -> GaugeGuard {
        track(&self.open_streams)
    }

    /// Counts an open connection until the guard is dropped.
    pub fn track_connection(&self) -> GaugeGuard {
        track(&self.open_connections)
    }

    /// Counts a refusal; `kind` is one of a fixed set.
    pub fn count_refusal(&self, kind: &'static str) {
        self.refusals.get_or_create(&RefusalLabels { kind }).inc();
    }

    /// Counts a response. `route` is an entry of the route table, not the path of the request; `status` is a class such as
    /// `2xx`. Streams have no `elapsed` time.
    pub fn count_request(&self, route: &Arc<str>, status: &'static str, elapsed: Option<Duration>) {
        self.http_requests.get_or_create(&RequestLabels { route: Arc::clone(route), status }).inc();
        if let Some(elapsed) = elapsed {
            self.http_request_seconds
                .get_or_create(&RouteLabels { route: Arc::clone(route) })
                .observe(elapsed.as_secs_f64());
        }
    }

    /// All metrics as text.
    pub fn encode_text(&self, gauges: &Gauges) -> String {
        let mut text = String::new();
        encode_registry(&mut text, &self.registry)
            .and_then(|()| encode_registry(&mut text, &self.build_gauge_registry(gauges)))
            .and_then(|()| encode_eof(&mut text))
            .expect("writing to a String cannot fail");
        text
    }

    fn build_gauge_registry(&self, gauges: &Gauges) -> Registry {
        let mut registry = Registry::default();
        let r = &mut registry;
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        let build = Family::<_, Gauge>::default();
        build.get_or_create(&version).set(1);
        r.register("taproom_build_info", "Version of this build; the value is always 1", build);
        let queued = ConstGauge::new(gauges.queued_commands as u64);
        r.register("taproom_queued_commands", "Commands waiting for the writer thread", queued);
        let started = self.started.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let help = "Start time of the process since the Unix epoch";
        r.register_with_unit("process_start_time", help, Unit::Seconds, ConstGauge::new(started));
        if let Some(bytes) = gauges.data_file_bytes {
            r.register_with_unit("taproom_data_file", "Size of the data file", Unit::Bytes, ConstGauge::new(bytes));
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

/// For what waits for the disk: 0.25 ms to 4 s.
fn disk_histogram() -> Histogram {
    Histogram::new(exponential_buckets(0.000_25, 2.0, 15))
}

/// For what memory and processor do: 50 us to 1.6 s.
fn cpu_histogram() -> Histogram {
    Histogram::new(exponential_buckets(0.000_05, 2.0, 16))
}
