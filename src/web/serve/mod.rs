//! Connections: poem's endpoints on hyper, with the time and number of everything bounded. A listener's socket leaves
//! hyper as soon as its stream begins (`takeover.rs`).
//!
//! poem brings a server of its own. It lets go of a departed listener only after writing to it twice, sets no time for
//! a request's head, and spins when descriptors run out; and a listener costs it twenty times as much memory.

mod connection;
pub(super) mod takeover;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use poem::{Endpoint, Response};
use socket2::SockRef;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

use crate::meters::{Meters, Present};
use connection::{Caller, HEAD_WITHIN};

/// How long a client may leave what was sent to it lying in the network (`TCP_USER_TIMEOUT`, RFC 5482): one that has gone
/// without a word, or reads no more. Its stream can be resumed.
const TAKEN_WITHIN: Duration = Duration::from_secs(60);
/// How long to wait before accepting again when the system has nothing to give (out of descriptors, of memory).
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(100);
/// What a connection over the limit is told.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 5\r\n\
Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\
Connection: close\r\nContent-Length: 62\r\n\r\nEvery seat is taken at this moment. Try again in some seconds.";

/// A connection's place, counted as taken until it is dropped.
type Seat = (OwnedSemaphorePermit, Present);

/// Accepts connections and serves them until it is dropped or `until` is over; then lets the requests that are under way
/// end, for at most `drain`.
pub async fn serve<E>(
    listener: TcpListener,
    endpoint: E,
    connections_max: usize,
    meters: Arc<Meters>,
    until: impl Future,
    drain: Duration,
) where
    E: Endpoint<Output = Response> + 'static,
{
    let (close, closing) = watch::channel(());
    let (endpoint, seats) = (Arc::new(endpoint), Arc::new(Semaphore::new(connections_max)));
    let accept = async {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => welcome(stream, peer, &endpoint, &seats, &meters, &closing),
                Err(error) if is_theirs(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "no connection can be accepted");
                    sleep(ACCEPT_AGAIN_AFTER).await;
                }
            }
        }
    };
    tokio::select! {
        () = accept => {}
        _ = until => {}
    }
    drop(listener);
    drop(close);
    // Everybody has gone when every seat is free.
    let everybody = u32::try_from(connections_max).unwrap_or(u32::MAX);
    if timeout(drain, seats.acquire_many(everybody)).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

/// An error of the one connection that was to be accepted, and of no other.
fn is_theirs(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Gives a connection a seat and serves it, or turns it away. `closing` changes, by its end, when the server stops.
fn welcome<E: Endpoint<Output = Response> + 'static>(
    stream: TcpStream,
    peer: SocketAddr,
    endpoint: &Arc<E>,
    seats: &Arc<Semaphore>,
    meters: &Meters,
    closing: &watch::Receiver<()>,
) {
    let Ok(permit) = Arc::clone(seats).try_acquire_owned() else {
        meters.turned_away.inc();
        tokio::spawn(turn_away(stream));
        return;
    };
    // A frame must not wait for the acknowledgement of the one before.
    let _refused_by_the_system = stream.set_nodelay(true);
    let _refused_by_the_system = SockRef::from(&stream).set_tcp_user_timeout(Some(TAKEN_WITHIN));
    let Ok(local) = stream.local_addr() else { return };
    let caller = Caller { endpoint: Arc::clone(endpoint), local, peer };
    let seat = (permit, meters.connection());
    tokio::spawn(caller.serve(stream, seat, closing.clone()));
}

async fn turn_away(mut stream: TcpStream) {
    let _gone = timeout(HEAD_WITHIN, async {
        stream.write_all(FULL).await?;
        stream.shutdown().await
    })
    .await;
}
