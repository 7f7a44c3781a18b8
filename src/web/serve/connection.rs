//! One connection: which HTTP it speaks, and its requests, one after the other or side by side, until it ends or, over
//! HTTP/1.1, becomes a stream.

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
use crate::web::serve::ConnectionPermit;
use crate::web::serve::detach::{self, Handoff, HttpResponse, Socket};

/// How long a request's head may take to arrive, and a connection may wait for its next request.
pub(crate) const HEAD_TIMEOUT: Duration = Duration::from_secs(20);
/// How much hyper takes from a body before the socket takes it, in bytes: what a client costs that reads no more.
const WRITE_BUFFER_BYTES_MAX: usize = 64 * 1024;
/// How often to look whether the rest of the first bytes has come.
const PEEK_RETRY_DELAY: Duration = Duration::from_millis(10);
/// How many requests one HTTP/2 connection may have open.
const HTTP2_STREAMS_MAX: u32 = 128;
/// The first bytes of HTTP/2 (RFC 9113, section 3.4), which begin no request of HTTP/1.1.
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Who is at the other end, and what answers them.
pub(crate) struct Connection<E> {
    pub endpoint: Arc<E>,
    pub local: SocketAddr,
    pub peer: SocketAddr,
}

impl<E: Endpoint<Output = Response> + 'static> Connection<E> {
    /// Serves the connection until it ends; `closing` changes when it is to end soon. A stream that leaves it takes `seat`
    /// along.
    pub async fn serve(self, stream: TcpStream, permit: ConnectionPermit, mut closing: watch::Receiver<()>) {
        let is_http2 = tokio::select! {
            spoken = timeout(HEAD_TIMEOUT, is_http2(&stream)) => spoken,
            _ = closing.changed() => return,
        };
        let (peer, caller) = (self.peer, Arc::new(self));
        let ended = match is_http2 {
            Ok(Ok(true)) => caller.serve_http2(stream, closing).await,
            Ok(Ok(false)) => caller.serve_http1(stream, permit, closing).await,
            Ok(Err(_)) | Err(_) => return,
        };
        if let Err(error) = ended {
            tracing::debug!(%error, %peer, "a connection broke off");
        }
    }

    async fn serve_http1(
        self: Arc<Self>,
        stream: TcpStream,
        permit: ConnectionPermit,
        mut closing: watch::Receiver<()>,
    ) -> hyper::Result<()> {
        let handover = Handoff::default();
        let left = handover.clone();
        // On the heap: hyper keeps the place of this future for as long as the connection lives.
        let service = service_fn(|request| Box::pin(Arc::clone(&self).respond_or_detach(request, left.clone())));
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_header_size(REQUEST_HEAD_BYTES_MAX);
        builder.max_buf_size(WRITE_BUFFER_BYTES_MAX);
        let socket = TokioIo::new(Socket::new(stream, handover.clone()));
        let mut connection = builder.serve_connection(socket, service);
        let mut is_closing = false;
        let answer = loop {
            let next = poll_fn(|cx| match Pin::new(&mut connection).poll(cx) {
                Poll::Ready(ended) => Poll::Ready(ended.map(|()| None)),
                Poll::Pending => handover.take_ready().map_or(Poll::Pending, |answer| Poll::Ready(Ok(Some(answer)))),
            });
            tokio::select! {
                next = next => break next?,
                _ = closing.changed(), if !is_closing => {
                    is_closing = true;
                    Pin::new(&mut connection).graceful_shutdown();
                }
            }
        };
        if let Some(answer) = answer {
            let socket = connection.into_parts().io.into_inner().into_stream();
            // In a task of its own, which is small; this one, with all that hyper needed, ends.
            if let Ok(outlet) = detach::detach_stream(socket, answer, permit).await {
                tokio::spawn(outlet);
            }
        }
        Ok(())
    }

    async fn serve_http2(self: Arc<Self>, stream: TcpStream, mut closing: watch::Receiver<()>) -> hyper::Result<()> {
        let service = service_fn(|request| {
            let caller = Arc::clone(&self);
            async move { Ok::<_, Infallible>(caller.respond(request).await) }
        });
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder.timer(TokioTimer::new()).max_concurrent_streams(HTTP2_STREAMS_MAX);
        builder.max_header_list_size(REQUEST_HEAD_BYTES_MAX as u32).keep_alive_interval(HEAD_TIMEOUT);
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
        tokio::select! {
            ended = connection.as_mut() => return ended,
            _ = closing.changed() => connection.as_mut().graceful_shutdown(),
        }
        connection.await
    }

    /// Answers, or leaves a stream for the connection to take over: then hyper hears nothing more of this request.
    async fn respond_or_detach(
        self: Arc<Self>,
        request: hyper::Request<Incoming>,
        handoff: Handoff,
    ) -> Result<HttpResponse, Infallible> {
        let answer = self.respond(request).await;
        if detach::should_detach(&answer) {
            handoff.hand_off(answer);
            return pending().await;
        }
        Ok(answer)
    }

    async fn respond(&self, request: hyper::Request<Incoming>) -> HttpResponse {
        let (local, peer) = (LocalAddr(Addr::SocketAddr(self.local)), RemoteAddr(Addr::SocketAddr(self.peer)));
        self.endpoint.get_response((request, local, peer, Scheme::HTTP).into()).await.into()
    }
}

/// Whether a connection speaks HTTP/2. Waits for all of the preface, so that whoever sends only its beginning does not
/// come in: from there on HTTP/2 would wait without a limit.
async fn is_http2(stream: &TcpStream) -> io::Result<bool> {
    let mut start = [0; HTTP2_PREFACE.len()];
    loop {
        match stream.peek(&mut start).await? {
            0 => return Ok(false), // gone: HTTP/1.1 says so at once
            length if !HTTP2_PREFACE.starts_with(&start[..length]) => return Ok(false),
            length if length == HTTP2_PREFACE.len() => return Ok(true),
            _ => sleep(PEEK_RETRY_DELAY).await,
        }
    }
}
