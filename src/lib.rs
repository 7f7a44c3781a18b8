//! Taproom: real-time chat rooms in one small binary.
pub mod app;
pub mod assets;
pub mod config;
pub mod domain;
pub mod engine;
pub mod live;
pub mod store;
pub mod views;
pub mod web;
