//! The state that all requests share.

pub(crate) mod password_hasher;
pub(crate) mod setup_link;

use std::sync::Arc;

use ipnet::IpNet;

use crate::engine::Engine;
use crate::live::Hubs;
use crate::metrics::Metrics;
use crate::store::Store;
use crate::web::limits::rate_limits::RateLimits;
use crate::web::ops::metrics::MetricsToken;
use crate::web::request::origin::PublicUrl;
use crate::web::state::password_hasher::PasswordHasher;
use crate::web::state::setup_link::SetupLink;

/// What every handler may use.
pub struct AppState {
    /// Where everything is read.
    pub store: Arc<Store>,
    /// The one way to change anything.
    pub engine: Arc<Engine>,
    /// Who listens.
    pub hubs: Arc<Hubs>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What lets a program read the meters from another machine.
    pub metrics_token: Option<MetricsToken>,
    /// The proxies that are believed what they tell of who asks.
    pub trusted_proxies: Vec<IpNet>,
    /// The one name by which everybody reaches this house, if it has one.
    pub public_url: Option<PublicUrl>,
    /// How fast anybody may do what costs something; nothing if as fast as they like.
    pub rate_limits: Option<RateLimits>,
    /// Where passwords are hashed.
    pub password_hasher: PasswordHasher,
    /// What makes somebody the owner of a house that has none.
    pub setup_link: Option<SetupLink>,
}

impl AppState {
    /// The state that a request is served with.
    pub(crate) fn from_request(request: &poem::Request) -> &Arc<Self> {
        request.data().expect("routes() adds the state to every request")
    }
}
