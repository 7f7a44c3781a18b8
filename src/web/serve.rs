//! Connections: poem's endpoints on hyper, with the time and number of everything bounded.
//!
//! poem brings a server of its own. It lets go of a departed listener only after writing to it twice, sets no time for
//! a request's head, and spins when descriptors run out; and a listener costs it half as much memory again.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, Response};
use socket2::SockRef;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

use crate::domain::limits::HEAD_BYTES_MAX;

/// How long a request's head may take to arrive, and a connection may wait for its next request.
const HEAD_WITHIN: Duration = Duration::from_secs(20);
/// How long a client may leave what was sent to it lying in the network (`TCP_USER_TIMEOUT`, RFC 5482): one that has gone
/// without a word, or reads no more. Its stream can be resumed.
const TAKEN_WITHIN: Duration = Duration::from_secs(60);
/// How much hyper takes from a body before the socket takes it, in bytes: what a client costs that reads no more.
const UNSENT_BYTES_MAX: usize = 64 * 1024;
/// How often to look whether the rest of the first bytes has come.
const PEEK_AGAIN_AFTER: Duration = Duration::from_millis(10);
/// How long to wait before accepting again when the system has nothing to give (out of descriptors, of memory).
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(100);
/// How many requests one HTTP/2 connection may have open.
const HTTP2_STREAMS_MAX: u32 = 128;
/// What a connection over the limit is told.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 5\r\n\
Connection: close\r\nContent-Length: 62\r\n\r\nEvery seat is taken at this moment. Try again in some seconds.";

/// Accepts connections and serves them until it is dropped or `until` is over; then lets the requests that are under way
/// end, for at most `drain`.
pub async fn serve<E>(listener: TcpListener, endpoint: E, connections_max: usize, until: impl Future, drain: Duration)
where
    E: Endpoint<Output = Response> + 'static,
{
    let (close, closing) = watch::channel(());
    let house = Arc::new(Door { endpoint, seats: Arc::new(Semaphore::new(connections_max)), closing });
    let graceful = GracefulShutdown::new();
    let accept = async {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => house.welcome(stream, peer, &graceful),
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
    if timeout(drain, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

/// An error of the one connection that was to be accepted, and of no other.
fn is_theirs(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

struct Door<E> {
    endpoint: E,
    seats: Arc<Semaphore>,
    /// Changes, by its end, when the server stops.
    closing: watch::Receiver<()>,
}

impl<E: Endpoint<Output = Response> + 'static> Door<E> {
    fn welcome(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr, graceful: &GracefulShutdown) {
        match Arc::clone(&self.seats).try_acquire_owned() {
            Ok(seat) => {
                let (door, watcher) = (Arc::clone(self), graceful.watcher());
                tokio::spawn(async move { door.serve(stream, peer, watcher, seat).await });
            }
            Err(_) => {
                tokio::spawn(turn_away(stream));
            }
        }
    }

    async fn serve(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        watcher: Watcher,
        _seat: OwnedSemaphorePermit,
    ) {
        // A frame must not wait for the acknowledgement of the one before.
        let _refused_by_the_system = stream.set_nodelay(true);
        let _refused_by_the_system = SockRef::from(&stream).set_tcp_user_timeout(Some(TAKEN_WITHIN));
        let Ok(local) = stream.local_addr() else { return };
        let mut closing = self.closing.clone();
        let is_http2 = tokio::select! {
            spoken = timeout(HEAD_WITHIN, speaks_http2(&stream)) => spoken,
            _ = closing.changed() => return,
        };
        let Ok(Ok(is_http2)) = is_http2 else { return };
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let door = Arc::clone(&self);
            // On the heap: hyper keeps this future's place for as long as the connection lives, a listener's too.
            Box::pin(async move { Ok::<_, Infallible>(door.answer(request, local, peer).await) })
        });
        let ended = if is_http2 {
            let mut builder = http2::Builder::new(TokioExecutor::new());
            builder.timer(TokioTimer::new()).max_concurrent_streams(HTTP2_STREAMS_MAX);
            builder.max_header_list_size(HEAD_BYTES_MAX as u32).keep_alive_interval(HEAD_WITHIN);
            Box::pin(watcher.watch(builder.serve_connection(TokioIo::new(stream), service))).await
        } else {
            let mut builder = http1::Builder::new();
            builder.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).max_header_size(HEAD_BYTES_MAX);
            builder.max_buf_size(UNSENT_BYTES_MAX);
            watcher.watch(builder.serve_connection(TokioIo::new(stream), service)).await
        };
        if let Err(error) = ended {
            tracing::debug!(%error, %peer, "a connection broke off");
        }
    }

    async fn answer(
        &self,
        request: hyper::Request<Incoming>,
        local: SocketAddr,
        peer: SocketAddr,
    ) -> hyper::Response<impl hyper::body::Body<Data = bytes::Bytes, Error = std::io::Error> + use<E>> {
        let (local, peer) = (LocalAddr(Addr::SocketAddr(local)), RemoteAddr(Addr::SocketAddr(peer)));
        let response = self.endpoint.get_response((request, local, peer, Scheme::HTTP).into()).await;
        hyper::Response::from(response)
    }
}

/// The first bytes of HTTP/2 (RFC 9113, section 3.4), which begin no request of HTTP/1.1.
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Whether a connection speaks HTTP/2. Waits for all of the preface, so that whoever sends only its beginning does not
/// come in: from there on HTTP/2 would wait without a limit.
async fn speaks_http2(stream: &TcpStream) -> std::io::Result<bool> {
    let mut start = [0; HTTP2_PREFACE.len()];
    loop {
        match stream.peek(&mut start).await? {
            0 => return Ok(false), // gone: HTTP/1.1 says so at once
            length if !HTTP2_PREFACE.starts_with(&start[..length]) => return Ok(false),
            length if length == HTTP2_PREFACE.len() => return Ok(true),
            _ => sleep(PEEK_AGAIN_AFTER).await,
        }
    }
}

async fn turn_away(mut stream: TcpStream) {
    let _gone = timeout(HEAD_WITHIN, async {
        stream.write_all(FULL).await?;
        stream.shutdown().await
    })
    .await;
}
