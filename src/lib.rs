//! Self-service signup for Microsoft 365: a form, a durable record, an account in Entra, a mailed password.

pub mod app;
pub mod audit;
pub mod cli;
pub mod config;
pub mod domain;
pub mod engine;
pub mod entra;
pub mod graph;
pub mod http;
pub mod mail;
pub mod metrics;
pub mod sandbox;
pub mod signup;
pub mod store;
pub mod texts;

#[cfg(test)]
mod frames;
