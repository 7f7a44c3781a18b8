//! Connects the parts of the server, starts them in order, and stops them in order.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use thiserror::Error;
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::config::{Config, Switch};
use crate::control::{ControlContext, ControlSocket};
use crate::engine::Engine;
use crate::live::{Hubs, ReplayLimits};
use crate::metrics::Metrics;
use crate::store::{OpenError, Store};
use crate::web::serve::ConnectionLimits;
use crate::web::{
    self, AppState, LimitClock, METRICS_TOKEN_BYTES_MIN, MetricsToken, PasswordHasher, RateLimits, SetupLink, serve,
};

/// How long open requests get to finish when the server stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(8);
/// The most connections at a time.
const CONNECTIONS_MAX: usize = 20_000;
/// The most connections that wait to be accepted: after a restart all clients reconnect at once.
const LISTEN_BACKLOG_MAX: u32 = 4_096;
/// File descriptors that are not for connections: the data file, the log, the runtime, and a reserve.
const DESCRIPTORS_RESERVED: u64 = 64;

/// The loopback addresses (RFC 6890, sections 2.2.2 and 2.2.3).
const LOOPBACK: [IpNet; 2] = [
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8)),
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128)),
];

/// Why the server cannot start. Each is one line: what is wrong, and what to do.
#[derive(Debug, Error)]
pub enum StartError {
    /// The address cannot be used.
    #[error(
        "cannot listen on {address}: {cause}. Stop the program that uses it, or give another address with --listen."
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The error of the system.
        cause: io::Error,
    },
    /// The metrics token is too short, or cannot be sent in a header.
    #[error(
        "--metrics-token needs at least {METRICS_TOKEN_BYTES_MIN} visible ASCII characters. Create one with `openssl rand -hex 16`."
    )]
    MetricsToken,
    /// The data file cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Another error of the system.
    #[error("cannot start: {0}")]
    System(#[from] io::Error),
}

/// A running server.
pub struct RunningServer {
    address: SocketAddr,
    setup_path: Option<String>,
    shutdown: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl RunningServer {
    /// The address on which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The path of the setup link, if the server had no owner when it started.
    pub fn setup_path(&self) -> Option<&str> {
        self.setup_path.as_deref()
    }

    /// Stops the server: it accepts no commands and no connections; streams end and their clients are asked to reconnect later;
    /// open requests are answered; accepted changes are written; the file is closed. Takes a few seconds at most.
    pub async fn stop(mut self) {
        if let Some(stop) = self.shutdown.take() {
            let _already_ended = stop.send(());
        }
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "the server has panicked");
        }
    }
}

/// Starts the server. Must be called on a tokio runtime.
///
/// # Errors
/// [`StartError`]; then nothing on disk has changed.
pub async fn start(config: &Config) -> Result<RunningServer, StartError> {
    start_with(config, ReplayLimits::default(), LimitClock::default()).await
}

/// The same, with these limits of replay buffers, and with rate limits by this clock.
///
/// # Errors
/// As [`start`].
pub async fn start_with(
    config: &Config,
    replay_limits: ReplayLimits,
    clock: LimitClock,
) -> Result<RunningServer, StartError> {
    let metrics_token = match &config.metrics_token {
        Some(text) => Some(MetricsToken::parse(text).ok_or(StartError::MetricsToken)?),
        None => None,
    };
    let descriptors = rlimit::increase_nofile_limit(u64::MAX)?;
    let listener =
        bind_listener(config.listen).map_err(|cause| StartError::Listen { address: config.listen, cause })?;
    let store = Arc::new(Store::open(&config.data)?);
    let metrics = Arc::new(Metrics::default());
    let hubs = Arc::new(Hubs::new(replay_limits, Handle::current(), Arc::clone(&metrics)));
    let control = ControlSocket::open(&config.data)
        .inspect_err(|error| tracing::warn!(%error, "failed to open the control socket; `taproom backup` and `taproom reset` need it"))
        .ok();
    let engine = Arc::new(Engine::start(Arc::clone(&store), Arc::clone(&hubs), Arc::clone(&metrics))?);
    let limits = connection_limits(descriptors, &config.trusted_proxy);
    let rate_limits = (config.rate_limits == Switch::On).then(|| RateLimits::new(clock, limits.per_address));
    let (trusted_proxies, public_url) = (config.trusted_proxy.clone(), config.public_url.clone());
    let address = listener.local_addr()?;
    let setup_link = SetupLink::load_or_create(&config.data, &store)
        .inspect_err(|error| tracing::warn!(%error, "failed to create the setup link"))
        .unwrap_or_default();
    let setup_path = setup_link.as_ref().map(SetupLink::path);
    let password_hasher = PasswordHasher::default();
    let state = Arc::new(AppState {
        store,
        engine,
        hubs,
        metrics,
        metrics_token,
        trusted_proxies,
        public_url,
        rate_limits,
        password_hasher,
        setup_link,
    });
    web::resume_purges(&state)
        .inspect_err(|error| tracing::warn!(%error, "failed to resume purging deleted messages"))
        .ok();
    let origin = state.public_url.as_ref().map_or_else(|| format!("http://{address}"), ToString::to_string);
    let context = ControlContext { store: Arc::clone(&state.store), engine: Arc::clone(&state.engine), origin };
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(run(listener, state, Control { socket: control, context }, limits, async {
        let _dropped = stopped.await;
    }));
    Ok(RunningServer { address, setup_path, shutdown: Some(stop), task })
}

/// As many connections as there are file descriptors. One address may have half of them, so that it cannot lock out all
/// others; except proxies, and anything on this machine that passes requests on, which may have all clients.
fn connection_limits(descriptors: u64, proxies: &[IpNet]) -> ConnectionLimits {
    let total =
        usize::try_from(descriptors.saturating_sub(DESCRIPTORS_RESERVED)).unwrap_or(usize::MAX).min(CONNECTIONS_MAX);
    ConnectionLimits { total, per_address: total.div_ceil(2), exempt: [&LOOPBACK, proxies].concat() }
}

fn bind_listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?; // the address of a server that has just stopped is free
    socket.bind(address)?;
    socket.listen(LISTEN_BACKLOG_MAX)
}

/// The control socket, if it could be opened, and what its requests are executed on.
struct Control {
    socket: Option<ControlSocket>,
    context: ControlContext,
}

async fn run(
    listener: TcpListener,
    state: Arc<AppState>,
    control: Control,
    limits: ConnectionLimits,
    stopped: impl Future<Output = ()>,
) {
    let shutdown = async {
        tokio::select! {
            () = stopped => {}
            () = state.hubs.run_scheduler(&state.store) => {}
            () = state.engine.retry_until_writable() => {}
            () = serve_control(&control) => {}
        }
        state.engine.stop_accepting();
        state.hubs.close();
    };
    let (endpoint, metrics) = (web::endpoint(Arc::clone(&state)), Arc::clone(&state.metrics));
    serve::serve(listener, endpoint, limits, metrics, shutdown, DRAIN_TIMEOUT).await;
    // Blocks until the accepted changes are written.
    let _panicked = tokio::task::spawn_blocking(move || state.engine.stop()).await;
}

async fn serve_control(control: &Control) {
    match &control.socket {
        Some(socket) => socket.serve(&control.context).await,
        None => std::future::pending().await,
    }
}
