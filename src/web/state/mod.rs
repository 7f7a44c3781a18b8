//! The state that all requests share. It knows nothing of a request.

pub(crate) mod metrics_token;
pub(crate) mod password_hasher;
pub(crate) mod public_url;
pub(crate) mod setup_link;

use std::sync::Arc;

use ipnet::IpNet;

use crate::engine::Engine;
use crate::live::Hubs;
use crate::metrics::Metrics;
use crate::store::Store;
use crate::web::limits::rate_limits::RateLimits;
use crate::web::state::metrics_token::MetricsToken;
use crate::web::state::password_hasher::PasswordHasher;
use crate::web::state::public_url::PublicUrl;
use crate::web::state::setup_link::SetupLink;

/// The state that all requests share.
pub struct AppState {
    /// The data, for reading.
    pub store: Arc<Store>,
    /// The only way to change the data.
    pub engine: Arc<Engine>,
    /// The event streams of all rooms.
    pub hubs: Arc<Hubs>,
    /// Counters and gauges.
    pub metrics: Arc<Metrics>,
    /// The token for reading the metrics from another machine, if the operator set one.
    pub metrics_token: Option<MetricsToken>,
    /// Proxies whose `Forwarded` and `X-Forwarded-*` headers are trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// The public address of this server, if the operator set one.
    pub public_url: Option<PublicUrl>,
    /// The rate limits; `None` if they are switched off.
    pub rate_limits: Option<RateLimits>,
    /// Hashes and verifies passwords.
    pub password_hasher: PasswordHasher,
    /// The link that sets up a server without an owner.
    pub setup_link: Option<SetupLink>,
}

impl AppState {
    /// The state that serves this request.
    pub(crate) fn from_request(request: &poem::Request) -> &Arc<Self> {
        request.data().expect("routes() adds the state to every request")
    }
}
