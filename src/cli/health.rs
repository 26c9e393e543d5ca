//! `accountcreator health`

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
    process::ExitCode,
    time::Duration,
};

use anyhow::Context;

use super::{configured, say::say};

/// Asks `/readyz` of the server on this machine; the exit code tells.
pub(super) async fn run(file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let config = configured::load(file)?;
    let address = reachable(config.server.listen);
    let client = reqwest::Client::builder().timeout(Duration::from_secs(3)).no_proxy().build()?;
    let answer = client
        .get(format!("http://{address}/readyz"))
        .send()
        .await
        .with_context(|| format!("nothing answers at {address}; is `accountcreator serve` running?"))?;
    let status = answer.status();
    anyhow::ensure!(status.is_success(), "the server is not ready ({status}); its log says why");
    say!("ready");
    Ok(ExitCode::SUCCESS)
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
