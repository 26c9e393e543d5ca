//! The HTTP side: server, router, middleware, pages, and the API.
//!
//! A request passes the `router`, which determines its connection info and removes the base path from it, one
//! middleware (`edge`), and then its handler. Each address in an answer is made by `Web::path`. A handler answers with
//! a page or with an [`Error`], which the edge logs and shows in the visitor's language.
//!
//! Imports go one way: `state` and the extractors (`client`, `language`, `sender`, `visitor`, `body`, …), then `pages`
//! and `api`, then `edge` and `routes`, then `router`.

mod api;
mod assets;
mod body;
mod client;
mod compress;
mod cookie;
mod edge;
mod encoding;
mod error;
mod form_token;
mod headers;
mod health;
mod language;
mod limits;
mod listener;
mod origin;
mod pages;
mod prepared;
mod proof;
mod refusal;
mod request_id;
mod router;
mod routes;
mod sender;
mod server;
mod state;
mod suspicion;
mod visitor;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod weight_tests;

pub use assets::Assets;
pub use client::{Proxies, SEEN_AT, Sighting};
pub use error::Error;
pub use health::ALIVE;
pub use limits::{RateLimits, TooMany};
pub use listener::{ListenError, Listener};
pub use refusal::{BodyError, Refusal};
pub use router::router;
pub use routes::{Route, routes};
pub use server::{Served, Shares, serve};
pub use state::Site;
