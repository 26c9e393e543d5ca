//! The real binary behind real proxies, with the settings that operators are shown (`config/deploy`): nginx, Caddy
//! and HAProxy; with the host to itself, below a path that is passed on, below one that is stripped; by a port and by
//! a socket. Each time a student signs up through it, and somebody tries to cheat.
//!
//! `ACCOUNTCREATOR_REQUIRE_PROXIES=1` makes a proxy that is not installed a failure.
#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs)]

#[path = "../rig/mod.rs"]
mod rig;

mod front;
mod site;
mod visits;

use anyhow::{Context, Result};

use front::Front;
use rig::{
    place::{Place, Ports},
    tenant::Tenant,
};
use site::{Placement, Transport};
use visits::Visits;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx() {
    matrix(Front::Nginx).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn caddy() {
    matrix(Front::Caddy).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn haproxy() {
    matrix(Front::HAProxy).await.unwrap();
}

/// One proxy in every placement and by every transport.
async fn matrix(proxy: Front) -> Result<()> {
    if !proxy.is_installed() {
        let required = std::env::var_os("ACCOUNTCREATOR_REQUIRE_PROXIES").is_some_and(|value| value == "1");
        assert!(!required, "{proxy:?} is not installed");
        eprintln!("{proxy:?} is not installed: not tested");
        return Ok(());
    }
    let (place, ports) = (Place::new()?, Ports::free()?);
    let (_sandbox, tenant) = place.start_sandbox(&ports).await?;
    for placement in Placement::ALL {
        for transport in Transport::ALL {
            let what = format!("{proxy:?}, {placement:?}, {transport:?}");
            one(proxy, placement, transport, (&place, ports, &tenant)).await.context(what)?;
        }
    }
    Ok(())
}

async fn one(
    proxy: Front,
    placement: Placement,
    transport: Transport,
    (place, ports, tenant): (&Place, Ports, &Tenant),
) -> Result<()> {
    let mut server = site::start(place, ports, tenant, placement, transport).await?;
    let (mut front, address) =
        front::start(proxy, place, placement, &transport.address(place, ports)).await?;
    let visits = Visits { address, prefix: placement.prefix(), tenant };
    let outcome = async {
        visits.sign_up().await.context("signing up")?;
        visits.follow_every_address().await.context("following every address")?;
        visits.post_as_scripts_do().await.context("posting as scripts do")?;
        visits.cheat().await.context("cheating")?;
        site::look_at_proxies(place, transport).await.context("what doctor says")
    };
    let outcome = outcome.await;
    front.kill().await?;
    server.stop(site::FAREWELL).await?;
    outcome.with_context(|| format!("{}\n{}", front.last_words(), server.last_words()))
}
