//! The pages of moderators and owners: people, invitations, reports, bans, the audit log and the server's settings.

pub(crate) mod audit_log;
pub(crate) mod invitations;
pub(crate) mod moderation;
pub(crate) mod notices;
pub(crate) mod people;
pub(crate) mod purge;
pub(crate) mod reports;
pub(crate) mod settings;
