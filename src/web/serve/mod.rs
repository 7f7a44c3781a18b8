//! Connections: poem's endpoints on hyper, with the time and number of everything bounded. A listener's socket leaves
//! hyper as soon as its stream begins (`takeover.rs`).
//!
//! poem brings a server of its own. It lets go of a departed listener only after writing to it twice, sets no time for
//! a request's head, and spins when descriptors run out; and a listener costs it twenty times as much memory.

mod connection;
pub(crate) mod detach;
mod stream_writer;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use poem::{Endpoint, Response};
use socket2::SockRef;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

use crate::metrics::{GaugeGuard, Metrics};
use crate::web::limits::concurrency::{ConcurrencyLimit, ConcurrencyPermit};
use crate::web::request::client_address;
use crate::web::serve::connection::{Connection, HEAD_TIMEOUT};

/// How long a client may leave what was sent to it lying in the network (`TCP_USER_TIMEOUT`, RFC 5482): one that has gone
/// without a word, or reads no more. Its stream can be resumed.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(60);
/// How long to wait before accepting again when the system has nothing to give (out of descriptors, of memory).
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(100);
/// What a connection over the limit is told.
const SERVER_FULL_RESPONSE: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 5\r\n\
Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\
Connection: close\r\nContent-Length: 62\r\n\r\nEvery seat is taken at this moment. Try again in some seconds.";

/// What a connection is told of whose address there are enough.
const ADDRESS_FULL_RESPONSE: &[u8] =
    b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 60\r\n\
Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\
Connection: close\r\nContent-Length: 67\r\n\r\nVery many connections from your address are open. Close some first.";

/// How many connections there may be at a time.
pub struct ConnectionLimits {
    /// All together.
    pub total: usize,
    /// Of one address, or one network of IPv6.
    pub per_address: usize,
    /// Addresses of which there may be as many as there are seats: proxies, behind which there are many.
    pub exempt: Vec<IpNet>,
}

/// The seats that are left.
struct ConnectionLimiter {
    permits: Arc<Semaphore>,
    per_address: Arc<ConcurrencyLimit<IpAddr>>,
    exempt: Vec<IpNet>,
}

/// A connection's place, counted as taken until it is dropped. Out of the way of what a stream needs all the time.
type ConnectionPermit = Box<(OwnedSemaphorePermit, Option<ConcurrencyPermit<IpAddr>>, GaugeGuard)>;

impl ConnectionLimiter {
    fn new(limits: ConnectionLimits) -> Self {
        let ConnectionLimits { total: all, per_address: each, exempt } = limits;
        Self { permits: Arc::new(Semaphore::new(all)), per_address: ConcurrencyLimit::new(each), exempt }
    }

    /// A seat for whoever comes from this address, or what they are told.
    fn try_acquire(&self, peer: IpAddr, metrics: &Metrics) -> Result<ConnectionPermit, &'static [u8]> {
        let peer = peer.to_canonical();
        let counts = !self.exempt.iter().any(|addresses| addresses.contains(&peer));
        let permit = Arc::clone(&self.permits).try_acquire_owned().map_err(|_| SERVER_FULL_RESPONSE)?;
        let place = counts
            .then(|| self.per_address.try_acquire(client_address::to_network_prefix(peer)).ok_or(ADDRESS_FULL_RESPONSE))
            .transpose()?;
        Ok(Box::new((permit, place, metrics.track_connection())))
    }
}

/// Accepts connections, as many as there are `seats`, and serves them until it is dropped or `until` is over; then lets the requests that are under way
/// end, for at most `drain`.
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
    let everybody = u32::try_from(limits.total).unwrap_or(u32::MAX);
    let (endpoint, hall) = (Arc::new(endpoint), ConnectionLimiter::new(limits));
    let accept = async {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => accept_connection(stream, peer, &endpoint, &hall, &metrics, &closing),
                Err(error) if is_peer_error(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "no connection can be accepted");
                    sleep(ACCEPT_RETRY_DELAY).await;
                }
            }
        }
    };
    tokio::select! {
        () = accept => {}
        _ = shutdown => {}
    }
    drop(listener);
    drop(close);
    // Everybody has gone when every seat is free.
    if timeout(drain_timeout, hall.permits.acquire_many(everybody)).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

/// An error of the one connection that was to be accepted, and of no other.
fn is_peer_error(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Gives a connection a seat and serves it, or turns it away. `closing` changes, by its end, when the server stops.
fn accept_connection<E: Endpoint<Output = Response> + 'static>(
    stream: TcpStream,
    peer: SocketAddr,
    endpoint: &Arc<E>,
    limiter: &ConnectionLimiter,
    metrics: &Metrics,
    closing: &watch::Receiver<()>,
) {
    let seat = match limiter.try_acquire(peer.ip(), metrics) {
        Ok(seat) => seat,
        Err(words) => {
            metrics.connections_rejected.inc();
            tokio::spawn(reject(stream, words));
            return;
        }
    };
    // A frame must not wait for the acknowledgement of the one before.
    let _refused_by_the_system = stream.set_nodelay(true);
    let _refused_by_the_system = SockRef::from(&stream).set_tcp_user_timeout(Some(TCP_USER_TIMEOUT));
    let Ok(local) = stream.local_addr() else { return };
    let caller = Connection { endpoint: Arc::clone(endpoint), local, peer };
    tokio::spawn(caller.serve(stream, seat, closing.clone()));
}

async fn reject(mut stream: TcpStream, response: &'static [u8]) {
    let _gone = timeout(HEAD_TIMEOUT, async {
        stream.write_all(response).await?;
        stream.shutdown().await
    })
    .await;
}
