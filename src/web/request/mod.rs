//! Reading a request: its context, body, query, client and origin.

pub(crate) mod accept;
pub(crate) mod client_address;
pub(crate) mod context;
pub(crate) mod cookies;
pub(crate) mod form;
pub(crate) mod forwarded;
pub(crate) mod origin;
pub(crate) mod query;
pub(crate) mod redirect_target;
pub(crate) mod theme;
pub(crate) mod user_agent;
