//! A house that a test puts together from its parts, so that it holds the store, or the disk under the store.

use std::sync::Arc;
use std::time::Duration;

use taproom::domain::Moment;
use taproom::engine::Engine;
use taproom::live::{Hubs, Tail};
use taproom::meters::Meters;
use taproom::store::Store;
use taproom::web::serve::Seats;
use taproom::web::{self, serve};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::harness::{ANN, Ears, Guest, ROOM, client};
use crate::past::Past;

/// A house of parts: the server, and the store under it.
pub struct Parts {
    pub store: Arc<Store>,
    pub house: Arc<web::House>,
    pub url: String,
    /// Who is in it.
    pub past: Past,
    _directory: Option<TempDir>,
}

impl Parts {
    /// One in which somebody came in at this moment, with so many seats.
    pub async fn open(at: Moment, seats: usize) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let parts = Self::on(crate::past::store(directory.path()), at, seats).await;
        Self { _directory: Some(directory), ..parts }
    }

    /// The same on this store.
    pub async fn on(store: Store, at: Moment, seats: usize) -> Self {
        Self::with(store, at, Seats { all: seats, each: seats, shared: Vec::new() }, |_| {}).await
    }

    /// The same with these seats, and changed before it opens.
    pub async fn with(store: Store, at: Moment, seats: Seats, change: impl FnOnce(&mut web::House)) -> Self {
        let store = Arc::new(store);
        let past = Past::enters(&store, at, ANN, ROOM);
        let meters = Arc::new(Meters::default());
        let hubs = Arc::new(Hubs::new(Tail::default(), tokio::runtime::Handle::current(), Arc::clone(&meters)));
        let engine = Engine::start(Arc::clone(&store), Arc::clone(&hubs), Arc::clone(&meters)).unwrap();
        let counted = Arc::clone(&meters);
        let mut house = web::House {
            store: Arc::clone(&store),
            engine: Arc::new(engine),
            hubs,
            meters: counted,
            metrics_token: None,
            trusted_proxies: Vec::new(),
            public_url: None,
            pace: None,
            passwords: web::Passwords::default(),
            owner_link: None,
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
