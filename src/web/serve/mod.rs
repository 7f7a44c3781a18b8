//! Connections: poem's endpoints on hyper, with limits on time and number for everything. The socket of an event stream
//! leaves hyper as soon as the stream begins (`detach.rs`).
//!
//! poem has a server of its own. It drops a departed listener only after two writes to it, sets no timeout for the head of
//! a request, and spins when descriptors run out; and a listener costs it twenty times as much memory.

mod connection;
pub(crate) mod detach;
mod limits;
mod stream_writer;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use poem::{Endpoint, Response};
use socket2::SockRef;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::metrics::Metrics;
use crate::web::serve::connection::{Connection, HEAD_TIMEOUT};
use crate::web::serve::limits::ConnectionLimiter;
pub use crate::web::serve::limits::ConnectionLimits;

/// How long sent data may remain unacknowledged (`TCP_USER_TIMEOUT`, RFC 5482): for a client that has vanished, or does not
/// read. Its stream can be resumed.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(60);
/// How long to wait before accepting again when the system is out of descriptors or memory.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(100);

/// What serves connections.
struct Acceptor<E> {
    endpoint: Arc<E>,
    limiter: ConnectionLimiter,
    metrics: Arc<Metrics>,
    /// Changes, by its end, when the server stops.
    closing: watch::Receiver<()>,
}

/// Accepts and serves connections until `shutdown` completes or this is dropped. Then waits for open requests, for at most
/// `drain_timeout`.
pub async fn serve<E>(
    listener: TcpListener,
    endpoint: E,
    limits: ConnectionLimits,
    metrics: Arc<Metrics>,
    shutdown: impl Future,
    drain_timeout: Duration,
) where
    E: Endpoint<Output = Response> + 'static,
{
    let (close, closing) = watch::channel(());
    let acceptor = Acceptor { endpoint: Arc::new(endpoint), limiter: ConnectionLimiter::new(limits), metrics, closing };
    tokio::select! {
        () = acceptor.run(&listener) => {}
        _ = shutdown => {}
    }
    drop(listener);
    drop(close);
    let open = acceptor.limiter.wait_until_idle(drain_timeout).await;
    if open > 0 {
        tracing::warn!(timeout_s = drain_timeout.as_secs(), open, "failed to drain all connections before the timeout");
    }
}

impl<E: Endpoint<Output = Response> + 'static> Acceptor<E> {
    async fn run(&self, listener: &TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => self.accept(stream, peer),
                Err(error) if is_peer_error(&error) => {}
                Err(error) => {
                    let retry_ms = ACCEPT_RETRY_DELAY.as_millis();
                    tracing::warn!(%error, retry_ms, "failed to accept a connection");
                    sleep(ACCEPT_RETRY_DELAY).await;
                }
            }
        }
    }

    /// Serves a connection, or rejects it if there are too many.
    fn accept(&self, stream: TcpStream, peer: SocketAddr) {
        let permit = match self.limiter.try_acquire(peer.ip(), &self.metrics) {
            Ok(permit) => permit,
            Err(response) => {
                self.metrics.connections_rejected.inc();
                tokio::spawn(reject(stream, response));
                return;
            }
        };
        // A frame must not wait for the acknowledgement of the one before.
        let _refused_by_the_system = stream.set_nodelay(true);
        let _refused_by_the_system = SockRef::from(&stream).set_tcp_user_timeout(Some(TCP_USER_TIMEOUT));
        let Ok(local) = stream.local_addr() else { return };
        let connection = Connection { endpoint: Arc::clone(&self.endpoint), local, peer };
        tokio::spawn(connection.serve(stream, permit, self.closing.clone()));
    }
}

/// Whether the error concerns only the connection that was to be accepted.
fn is_peer_error(error: &io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn reject(mut stream: TcpStream, response: &'static [u8]) {
    let _gone = timeout(HEAD_TIMEOUT, async {
        stream.write_all(response).await?;
        stream.shutdown().await
    })
    .await;
}
