//! The thing to compare with: an axum server that sends a fixed answer, byte for byte what ours sends.

use std::{net::SocketAddr, path::Path};

use anyhow::{Context, Result};
use axum::{
    Router,
    http::{HeaderMap, HeaderName, HeaderValue},
    routing::get,
};
use bytes::Bytes;
use tokio::net::TcpListener;

/// Serves the answer in a file: its headers, an empty line, its body.
pub async fn serve(listen: SocketAddr, answer: &Path) -> Result<()> {
    let answer = Bytes::from(std::fs::read(answer)?);
    let (headers, body) = split(&answer)?;
    let page = get(move || async move { (headers, body) });
    let listener = TcpListener::bind(listen).await?;
    Ok(axum::serve(listener, Router::new().route("/en", page)).await?)
}

/// Writes an answer the way [`serve`] reads it.
pub fn join(headers: &HeaderMap, body: &[u8]) -> Vec<u8> {
    // The server adds these by itself.
    let sent = headers.iter().filter(|(name, _)| !matches!(name.as_str(), "date" | "content-length"));
    let lines = sent.map(|(name, value)| [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\n"].concat());
    [lines.flatten().collect(), b"\n".to_vec(), body.to_vec()].concat()
}

fn split(answer: &Bytes) -> Result<(HeaderMap, Bytes)> {
    let end = answer.windows(2).position(|window| window == b"\n\n").context("there is no empty line")?;
    let mut headers = HeaderMap::new();
    for line in std::str::from_utf8(&answer[..end])?.lines() {
        let (name, value) = line.split_once(": ").context("a header is a name and a value")?;
        headers.append(HeaderName::try_from(name)?, HeaderValue::from_str(value)?);
    }
    Ok((headers, answer.slice(end + 2..)))
}
