//! An event stream on its own socket. hyper keeps 16 KiB of buffers and a tree of futures for a connection for as long as it
//! is open, which is right for requests and too much for a listener that waits. So once poem has answered a `GET` of HTTP/1.1
//! with an event stream, the socket leaves hyper, and what remains is a [`StreamWriter`]. It costs about 1 KiB.
//!
//! A stream over HTTP/2, or for a client of HTTP/1.0, stays with hyper, and carries the same events.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::{HeaderMap, Method, StatusCode, Version};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

use crate::web::serve::limits::ConnectionPermit;
use crate::web::serve::stream_writer::StreamWriter;

/// A response on its way to a connection.
pub(crate) type HttpResponse = hyper::Response<BoxBody<Bytes, io::Error>>;

/// How much unsent data the kernel may hold, in bytes (`TCP_NOTSENT_LOWAT`): the cost of a listener that does not read.
const NOTSENT_BYTES_MAX: u32 = 128 * 1024;

/// Marks a response whose body is a stream of whole, non-empty chunks of HTTP/1.1: it leaves hyper. Only for requests for which
/// [`can_detach`] is true.
#[derive(Clone, Copy)]
pub(crate) struct PreChunked;

/// Whether the response to this request may leave hyper.
pub(crate) fn can_detach(request: &poem::Request) -> bool {
    request.version() == Version::HTTP_11 && request.method() == Method::GET
}

/// Whether this response leaves hyper.
pub(crate) fn should_detach(response: &HttpResponse) -> bool {
    response.extensions().get::<PreChunked>().is_some()
}

/// Where a request puts a response that leaves hyper. The connection takes it as soon as hyper has written all responses
/// before it.
#[derive(Clone, Default)]
pub(crate) struct Handoff(Arc<Mutex<HandoffState>>);

#[derive(Default)]
struct HandoffState {
    response: Option<HttpResponse>,
    /// Whether hyper has written everything before it.
    flushed: bool,
}

impl Handoff {
    /// Puts a response. The request has nothing more to do.
    pub fn hand_off(&self, response: HttpResponse) {
        *self.lock() = HandoffState { response: Some(response), flushed: false };
    }

    /// Takes the response, once hyper has written everything before it.
    pub fn take_ready(&self) -> Option<HttpResponse> {
        let mut state = self.lock();
        if state.flushed { state.response.take() } else { None }
    }

    fn lock(&self) -> MutexGuard<'_, HandoffState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A socket that notes when hyper has written everything: only then does hyper flush it.
pub(crate) struct Socket {
    stream: TcpStream,
    handoff: Handoff,
}

impl Socket {
    pub fn new(stream: TcpStream, handoff: Handoff) -> Self {
        Self { stream, handoff }
    }

    pub fn into_stream(self) -> TcpStream {
        self.stream
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.handoff.lock().flushed = true;
        Poll::Ready(Ok(())) // a TCP socket buffers nothing itself
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Writes the head of `response`; the writer that is returned writes the body, and keeps the permit until it ends.
///
/// # Errors
/// If the client has gone.
pub(crate) async fn detach_stream(
    mut socket: TcpStream,
    response: HttpResponse,
    permit: ConnectionPermit,
) -> io::Result<StreamWriter> {
    let _refused_by_the_system = SockRef::from(&socket).set_tcp_notsent_lowat(NOTSENT_BYTES_MAX);
    let (head, body) = response.into_parts();
    socket.write_all(&encode_head(head.status, &head.headers)).await?;
    Ok(StreamWriter::new(socket, body, permit))
}

/// The head of the response as hyper would write it, for a chunked body on a connection that ends with it.
fn encode_head(status: StatusCode, headers: &HeaderMap) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status}\r\n").into_bytes();
    for (name, value) in headers {
        head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    if let Ok(date) = DateTimePrinter::new().timestamp_to_rfc9110_string(&Timestamp::now()) {
        head.extend([b"date: ", date.as_bytes(), b"\r\n"].concat());
    }
    head.extend_from_slice(b"transfer-encoding: chunked\r\nconnection: close\r\n\r\n");
    head
}
