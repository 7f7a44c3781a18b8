//! A server that a test assembles from its parts, so that the test holds the store or the disk under the store.

use std::sync::Arc;
use std::time::Duration;

use taproom::domain::Timestamp;
use taproom::engine::Engine;
use taproom::live::{Hubs, ReplayLimits};
use taproom::metrics::Metrics;
use taproom::store::Store;
use taproom::web::serve::ConnectionLimits;
use taproom::web::{self, serve};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::harness::{ANN, Ears, Guest, ROOM, client};
use crate::past::Past;

/// The server, and the store under it.
pub struct Parts {
    pub store: Arc<Store>,
    pub house: Arc<web::AppState>,
    pub url: String,
    /// The guest in it.
    pub past: Past,
    _directory: Option<TempDir>,
}

impl Parts {
    /// A server that a guest joined at this time, with so many connections.
    pub async fn open(at: Timestamp, seats: usize) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let parts = Self::on(crate::past::store(directory.path()), at, seats).await;
        Self { _directory: Some(directory), ..parts }
    }

    /// The same on a given store.
    pub async fn on(store: Store, at: Timestamp, seats: usize) -> Self {
        Self::with(store, at, ConnectionLimits { total: seats, per_address: seats, exempt: Vec::new() }, |_| {}).await
    }

    /// The same with these connection limits, and changed before it starts.
    pub async fn with(
        store: Store,
        at: Timestamp,
        seats: ConnectionLimits,
        change: impl FnOnce(&mut web::AppState),
    ) -> Self {
        let store = Arc::new(store);
        let past = Past::enters(&store, at, ANN, ROOM);
        let meters = Arc::new(Metrics::default());
        let hubs = Arc::new(Hubs::new(ReplayLimits::default(), tokio::runtime::Handle::current(), Arc::clone(&meters)));
        let engine = Engine::start(Arc::clone(&store), Arc::clone(&hubs), Arc::clone(&meters)).unwrap();
        let counted = Arc::clone(&meters);
        let mut house = web::AppState {
            store: Arc::clone(&store),
            engine: Arc::new(engine),
            hubs,
            metrics: counted,
            metrics_token: None,
            trusted_proxies: Vec::new(),
            public_url: None,
            rate_limits: None,
            password_hasher: web::PasswordHasher::default(),
            setup_link: None,
        };
        change(&mut house);
        let house = Arc::new(house);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let endpoint = web::endpoint(Arc::clone(&house));
        tokio::spawn(serve::serve(listener, endpoint, seats, meters, std::future::pending::<()>(), Duration::ZERO));
        Self { store, house, url, past, _directory: None }
    }

    pub fn guest(&self) -> Guest {
        self.past.guest_at(&self.url)
    }

    pub async fn listen(&self, query: &str) -> Ears {
        Ears::open(client().get(format!("{}{}/live?{query}", self.url, self.guest().room))).await
    }
}
