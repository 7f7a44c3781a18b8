//! admin.

pub(crate) mod audit_log;
pub(crate) mod invitations;
pub(crate) mod moderation;
pub(crate) mod people;
pub(crate) mod purge;
pub(crate) mod reports;
pub(crate) mod settings;
