//! How many connections there are at a time: in total, and for one client address.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::metrics::{GaugeGuard, Metrics};
use crate::web::limits::concurrency::{ConcurrencyLimit, ConcurrencyPermit};
use crate::web::request::client_address;

/// The response to a connection above the limit of the server.
const SERVER_FULL_RESPONSE: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 5\r\n\
Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\
Connection: close\r\nContent-Length: 48\r\n\r\nThe server is full. Try again in a few seconds.\n";

/// The response to a connection above the limit of its address.
const ADDRESS_FULL_RESPONSE: &[u8] =
    b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 60\r\n\
Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\
Connection: close\r\nContent-Length: 60\r\n\r\nToo many connections from your address. Close some of them.\n";

/// How many connections there may be at a time.
pub struct ConnectionLimits {
    /// In total.
    pub total: usize,
    /// For one address, or one network of IPv6.
    pub per_address: usize,
    /// Addresses with the total limit alone: proxies, which have many clients.
    pub exempt: Vec<IpNet>,
}

/// Counts the connections and enforces the limits.
pub(crate) struct ConnectionLimiter {
    total: usize,
    permits: Arc<Semaphore>,
    per_address: Arc<ConcurrencyLimit<IpAddr>>,
    exempt: Vec<IpNet>,
}

/// Counts a connection until it is dropped. Boxed, apart from what a stream needs at each delivery.
pub(crate) type ConnectionPermit = Box<ConnectionCount>;

/// What a connection holds.
pub(crate) struct ConnectionCount {
    _total: OwnedSemaphorePermit,
    _address: Option<ConcurrencyPermit<IpAddr>>,
    _gauge: GaugeGuard,
}

impl ConnectionLimiter {
    pub fn new(limits: ConnectionLimits) -> Self {
        let ConnectionLimits { total, per_address, exempt } = limits;
        let total = total.min(Semaphore::MAX_PERMITS);
        let permits = Arc::new(Semaphore::new(total));
        Self { total, permits, per_address: ConcurrencyLimit::new(per_address), exempt }
    }

    /// A permit for a connection from this address, or the response that rejects it.
    pub fn try_acquire(&self, peer: IpAddr, metrics: &Metrics) -> Result<ConnectionPermit, &'static [u8]> {
        let peer = peer.to_canonical();
        let is_exempt = self.exempt.iter().any(|network| network.contains(&peer));
        let total = Arc::clone(&self.permits).try_acquire_owned().map_err(|_| SERVER_FULL_RESPONSE)?;
        let address = if is_exempt {
            None
        } else {
            let network = client_address::to_network_prefix(peer);
            Some(self.per_address.try_acquire(network).ok_or(ADDRESS_FULL_RESPONSE)?)
        };
        Ok(Box::new(ConnectionCount { _total: total, _address: address, _gauge: metrics.track_connection() }))
    }

    /// Waits until no connection is open, for at most this long. Returns the number of connections that are still open.
    pub async fn wait_until_idle(&self, at_most: Duration) -> usize {
        let all = u32::try_from(self.total).unwrap_or(u32::MAX);
        match timeout(at_most, self.permits.acquire_many(all)).await {
            Ok(_) => 0,
            Err(_) => self.total.saturating_sub(self.permits.available_permits()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::web::serve::limits::*;

    #[test]
    fn a_rejection_states_the_length_of_its_text() {
        for response in [SERVER_FULL_RESPONSE, ADDRESS_FULL_RESPONSE] {
            let text = std::str::from_utf8(response).expect("ASCII");
            let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
            assert!(head.contains(&format!("Content-Length: {}", body.len())), "{body:?} has {} bytes", body.len());
        }
    }
}
