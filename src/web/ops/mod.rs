//! Endpoints besides the rooms: assets, the viewer's stylesheet, help, health checks and metrics.

pub(crate) mod assets;
pub(crate) mod health;
pub(crate) mod help;
pub(crate) mod metrics;
pub(crate) mod stylesheet;
