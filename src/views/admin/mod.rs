//! admin.

pub mod audit_log;
pub mod invitations;
pub mod people;
pub mod reports;
pub mod settings;
