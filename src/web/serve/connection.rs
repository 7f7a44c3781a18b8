//! One connection: its HTTP version, and its requests, until it ends or, over HTTP/1.1, becomes an event stream.

use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, Response};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::domain::limits::REQUEST_HEAD_BYTES_MAX;
use crate::web::serve::detach::{self, Handoff, HttpResponse, Socket};
use crate::web::serve::limits::ConnectionPermit;

/// How long the head of a request may take to arrive, and how long a connection may wait for its next request.
pub(crate) const HEAD_TIMEOUT: Duration = Duration::from_secs(20);
/// How much of a body hyper buffers before the socket takes it, in bytes: the cost of a client that does not read.
const WRITE_BUFFER_BYTES_MAX: usize = 64 * 1024;
/// How often to check whether the rest of the first bytes has arrived.
const PEEK_RETRY_DELAY: Duration = Duration::from_millis(10);
/// How many open requests one HTTP/2 connection may have.
const HTTP2_STREAMS_MAX: u32 = 128;
/// The first bytes of HTTP/2 (RFC 9113, section 3.4); no request of HTTP/1.1 begins with them.
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The two ends of a connection, and the endpoint that answers its requests.
pub(crate) struct Connection<E> {
    pub endpoint: Arc<E>,
    pub local: SocketAddr,
    pub peer: SocketAddr,
}

impl<E: Endpoint<Output = Response> + 'static> Connection<E> {
    /// Serves the connection until it ends; `closing` changes when the server stops. An event stream that leaves hyper keeps
    /// the permit.
    pub async fn serve(self, stream: TcpStream, permit: ConnectionPermit, mut closing: watch::Receiver<()>) {
        let is_http2 = tokio::select! {
            detected = timeout(HEAD_TIMEOUT, is_http2(&stream)) => detected,
            _ = closing.changed() => return,
        };
        let (peer, connection) = (self.peer, Arc::new(self));
        let result = match is_http2 {
            Ok(Ok(true)) => connection.serve_http2(stream, closing).await,
            Ok(Ok(false)) => connection.serve_http1(stream, permit, closing).await,
            Ok(Err(_)) | Err(_) => return,
        };
        if let Err(error) = result {
            tracing::debug!(%error, %peer, "failed to serve a connection");
        }
    }

    async fn serve_http1(
        self: Arc<Self>,
        stream: TcpStream,
        permit: ConnectionPermit,
        mut closing: watch::Receiver<()>,
    ) -> hyper::Result<()> {
        let handoff = Handoff::default();
        let service_handoff = handoff.clone();
        // On the heap: hyper reserves the size of this future for as long as the connection lives.
        let service =
            service_fn(|request| Box::pin(Arc::clone(&self).respond_or_detach(request, service_handoff.clone())));
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_header_size(REQUEST_HEAD_BYTES_MAX);
        builder.max_buf_size(WRITE_BUFFER_BYTES_MAX);
        let socket = TokioIo::new(Socket::new(stream, handoff.clone()));
        let mut connection = builder.serve_connection(socket, service);
        let mut is_closing = false;
        let detached = loop {
            let next = poll_fn(|cx| match Pin::new(&mut connection).poll(cx) {
                Poll::Ready(result) => Poll::Ready(result.map(|()| None)),
                Poll::Pending => handoff.take_ready().map_or(Poll::Pending, |response| Poll::Ready(Ok(Some(response)))),
            });
            tokio::select! {
                next = next => break next?,
                _ = closing.changed(), if !is_closing => {
                    is_closing = true;
                    Pin::new(&mut connection).graceful_shutdown();
                }
            }
        };
        if let Some(response) = detached {
            let socket = connection.into_parts().io.into_inner().into_stream();
            // In a small task of its own; this one ends, with everything that hyper needed.
            if let Ok(writer) = detach::detach_stream(socket, response, permit).await {
                tokio::spawn(writer);
            }
        }
        Ok(())
    }

    async fn serve_http2(self: Arc<Self>, stream: TcpStream, mut closing: watch::Receiver<()>) -> hyper::Result<()> {
        let service = service_fn(|request| {
            let connection = Arc::clone(&self);
            async move { Ok::<_, Infallible>(connection.respond(request).await) }
        });
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder.timer(TokioTimer::new()).max_concurrent_streams(HTTP2_STREAMS_MAX);
        builder.max_header_list_size(REQUEST_HEAD_BYTES_MAX as u32).keep_alive_interval(HEAD_TIMEOUT);
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
        tokio::select! {
            result = connection.as_mut() => return result,
            _ = closing.changed() => connection.as_mut().graceful_shutdown(),
        }
        connection.await
    }

    /// Answers a request; or hands an event stream to the connection, and then never answers hyper.
    async fn respond_or_detach(
        self: Arc<Self>,
        request: hyper::Request<Incoming>,
        handoff: Handoff,
    ) -> Result<HttpResponse, Infallible> {
        let response = self.respond(request).await;
        if detach::should_detach(&response) {
            handoff.hand_off(response);
            return pending().await;
        }
        Ok(response)
    }

    async fn respond(&self, request: hyper::Request<Incoming>) -> HttpResponse {
        let (local, peer) = (LocalAddr(Addr::SocketAddr(self.local)), RemoteAddr(Addr::SocketAddr(self.peer)));
        self.endpoint.get_response((request, local, peer, Scheme::HTTP).into()).await.into()
    }
}

/// Whether a connection speaks HTTP/2. Waits for the whole preface: hyper would wait without a limit for the rest of it from a
/// client that sends only its beginning.
async fn is_http2(stream: &TcpStream) -> io::Result<bool> {
    let mut start = [0; HTTP2_PREFACE.len()];
    loop {
        match stream.peek(&mut start).await? {
            0 => return Ok(false), // closed; HTTP/1.1 ends at once
            length if !HTTP2_PREFACE.starts_with(&start[..length]) => return Ok(false),
            length if length == HTTP2_PREFACE.len() => return Ok(true),
            _ => sleep(PEEK_RETRY_DELAY).await,
        }
    }
}
