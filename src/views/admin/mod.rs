//! Pages of moderators and owners. All but the page of one person share the tabs of `page`.

pub mod audit_log;
pub mod bans;
pub mod invitations;
pub mod listed_person;
mod page;
pub mod people;
pub mod person;
pub mod reports;
pub mod settings;
