//! Puts the parts together, starts them in order, and stops them in order.

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

/// How long requests that are under way get to end when the server stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(8);
/// How many connections are open at once, at most.
const CONNECTIONS_MAX: usize = 20_000;
/// How many connections may wait to be accepted: after a restart everybody comes back at once.
const LISTEN_BACKLOG_MAX: u32 = 4_096;
/// Descriptors that are not for connections: the data file, the log, the runtime, and some in reserve.
const DESCRIPTORS_RESERVED: u64 = 64;

/// The addresses by which this machine reaches itself (RFC 6890, sections 2.2.2 and 2.2.3).
const LOOPBACK: [IpNet; 2] = [
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8)),
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128)),
];

/// Why Taproom does not start. Each is one line: what is wrong, and what to do.
#[derive(Debug, Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {cause}. Stop what listens there, or give another address with --listen.")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        cause: io::Error,
    },
    /// The token for the meters can be guessed, or cannot be sent.
    #[error(
        "--metrics-token needs at least {METRICS_TOKEN_BYTES_MIN} visible ASCII characters. `openssl rand -hex 16` makes one."
    )]
    MetricsToken,
    /// The data file cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The system refuses something else.
    #[error("cannot start: {0}")]
    System(#[from] io::Error),
}

/// A Taproom that runs.
pub struct RunningServer {
    address: SocketAddr,
    setup_path: Option<String>,
    shutdown: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl RunningServer {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The path of the link that makes somebody the owner, if nobody was when it started.
    pub fn setup_path(&self) -> Option<&str> {
        self.setup_path.as_deref()
    }

    /// Stops it: no more commands, no more connections; streams end and are asked to come back later; what was asked is
    /// answered; what was accepted is written; the file is closed. Takes at most some seconds.
    pub async fn stop(mut self) {
        if let Some(stop) = self.shutdown.take() {
            let _ended_by_itself = stop.send(());
        }
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "the server has panicked");
        }
    }
}

/// Starts Taproom. Call it on a tokio runtime.
///
/// # Errors
/// [`StartError`]; then nothing has changed on disk.
pub async fn start(config: &Config) -> Result<RunningServer, StartError> {
    start_with(config, ReplayLimits::default(), LimitClock::default()).await
}

/// The same, with hubs that keep a tail of this size, and with limits by this clock.
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
        .inspect_err(|error| tracing::warn!(%error, "no control socket: backups only while stopped"))
        .ok();
    let engine = Arc::new(Engine::start(Arc::clone(&store), Arc::clone(&hubs), Arc::clone(&metrics))?);
    let limits = connection_limits(descriptors, &config.trusted_proxy);
    let rate_limits = (config.rate_limits == Switch::On).then(|| RateLimits::new(clock, limits.per_address));
    let (trusted_proxies, public_url) = (config.trusted_proxy.clone(), config.public_url.clone());
    let address = listener.local_addr()?;
    let owner_link = SetupLink::load_or_create(&config.data, &store)
        .inspect_err(|error| tracing::warn!(%error, "no link for an owner: the data directory takes no file"))
        .unwrap_or_default();
    let owner_path = owner_link.as_ref().map(SetupLink::path);
    let password_hasher = PasswordHasher::default();
    let state = AppState {
        store,
        engine,
        hubs,
        metrics,
        metrics_token,
        trusted_proxies,
        public_url,
        rate_limits,
        password_hasher,
        setup_link: owner_link,
    };
    let house = Arc::new(state);
    web::resume_purges(&house)
        .inspect_err(|fault| tracing::warn!(%fault, "what was begun to be taken away stays"))
        .ok();
    let origin = house.public_url.as_ref().map_or_else(|| format!("http://{address}"), ToString::to_string);
    let context = ControlContext { store: Arc::clone(&house.store), engine: Arc::clone(&house.engine), origin };
    let (stop, stopped) = oneshot::channel::<()>();
    let ended = tokio::spawn(run(listener, house, (control, context), limits, async {
        let _dropped = stopped.await;
    }));
    Ok(RunningServer { address, setup_path: owner_path, shutdown: Some(stop), task: ended })
}

/// As many as the system gives descriptors for. Nobody has more than half of them, so that no one address shuts out all
/// others; but behind the proxies, and whatever else on this machine passes requests on, there may be everybody.
fn connection_limits(descriptors: u64, proxies: &[IpNet]) -> ConnectionLimits {
    let all =
        usize::try_from(descriptors.saturating_sub(DESCRIPTORS_RESERVED)).unwrap_or(usize::MAX).min(CONNECTIONS_MAX);
    ConnectionLimits { total: all, per_address: all.div_ceil(2), exempt: [&LOOPBACK, proxies].concat() }
}

fn bind_listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?; // the address of a Taproom that has just ended is free
    socket.bind(address)?;
    socket.listen(LISTEN_BACKLOG_MAX)
}

async fn run(
    listener: TcpListener,
    state: Arc<AppState>,
    (control, context): (Option<ControlSocket>, ControlContext),
    limits: ConnectionLimits,
    stopped: impl Future<Output = ()>,
) {
    let shutdown = async {
        tokio::select! {
            () = stopped => {}
            () = state.hubs.run_scheduler(&state.store) => {}
            () = state.engine.retry_until_writable() => {}
            () = serve_control(control.as_ref(), &context) => {}
        }
        state.engine.stop_accepting();
        state.hubs.close();
    };
    let (endpoint, meters) = (web::endpoint(Arc::clone(&state)), Arc::clone(&state.metrics));
    serve::serve(listener, endpoint, limits, meters, shutdown, DRAIN_TIMEOUT).await;
    // The writer blocks until it has written what it took.
    let _panicked = tokio::task::spawn_blocking(move || state.engine.stop()).await;
}

async fn serve_control(control: Option<&ControlSocket>, context: &ControlContext) {
    match control {
        Some(control) => control.serve(context).await,
        None => std::future::pending().await,
    }
}
