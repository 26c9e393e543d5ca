//! Clients that hold on to their connections and say next to nothing.

use std::{net::SocketAddr, time::Duration};

use anyhow::Result;
use tokio::{io::AsyncWriteExt, net::TcpStream, task::JoinSet, time::timeout};

use crate::{
    Effort,
    load::get,
    report::{Goal, Report},
    town::{ORDINARY, Town},
    watch::Watch,
};

/// How many there are.
const CLIENTS: usize = 200;
/// How often each says another byte.
const EVERY: Duration = Duration::from_millis(100);

pub async fn measure(effort: Effort, report: &mut Report) -> Result<()> {
    report.heading(&format!("{CLIENTS} clients that send a byte every {} ms", EVERY.as_millis()));
    let town = Town::build(16, ORDINARY).await?;
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        clients.spawn(dribble(town.address(), number % 2 == 0));
    }
    let page = Watch::start(town.address(), get(town.address(), "/en"));
    let time = Duration::from_secs(effort.of(5, 60) as u64);
    if let Ok(Some(ended)) = timeout(time, clients.join_next()).await {
        ended??;
    }
    report.add("99 of 100 pages meanwhile", page.p99().await?, "ms", Goal::AtMost(100.0));
    clients.shutdown().await;
    Ok(())
}

/// Sends a head, or a body, that does not end. Whenever the server hangs up, it begins anew.
async fn dribble(server: SocketAddr, head: bool) -> Result<()> {
    let start = if head {
        "GET /en HTTP/1.1\r\nhost: slow\r\nx-slow: ".to_owned()
    } else {
        let kind = "content-type: application/x-www-form-urlencoded";
        format!("POST /en HTTP/1.1\r\nhost: slow\r\n{kind}\r\ncontent-length: 5000\r\n\r\n")
    };
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        let mut stream = TcpStream::connect(server).await?;
        stream.write_all(start.as_bytes()).await?;
        while stream.write_all(b"x").await.is_ok() {
            ticks.tick().await;
        }
    }
}
