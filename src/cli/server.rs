//! The running server, asked from its own machine.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use reqwest::redirect::Policy;

use crate::config::Listen;

/// The longest time to wait for an answer of the server.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks the server that listens there.
pub(super) async fn ask(listen: &Listen, path: &str) -> reqwest::Result<reqwest::Response> {
    let client = reqwest::Client::builder().timeout(PATIENCE).no_proxy();
    let (client, host) = match listen {
        Listen::Tcp(address) => (client, reachable(*address).to_string()),
        Listen::Unix(path) => (client.unix_socket(path.as_path()), "localhost".to_owned()),
    };
    client.build()?.get(format!("http://{host}{path}")).send().await
}

/// The text at `/livez` below the public address.
pub(super) async fn ask_public(url: &str) -> reqwest::Result<String> {
    let client = reqwest::Client::builder().timeout(PATIENCE).redirect(Policy::none()).build()?;
    client.get(format!("{}/livez", url.trim_end_matches('/'))).send().await?.error_for_status()?.text().await
}

/// A listener on all addresses is asked on the loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
