//! The real binary behind real proxies, with the settings that operators are shown (`config/deploy`): nginx,
//! Apache, lighttpd, Caddy and HAProxy; with the host to itself, below a path that is passed on, below one that is
//! stripped; by a port and by a socket. Each time a student signs up through it, somebody tries to cheat, the log of the
//! proxy has no token of a status page, and another site of the same proxy is left as it is.
//!
//! `ACCOUNTCREATOR_REQUIRE_PROXIES=1` makes a proxy that is not installed a failure.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../rig/mod.rs"]
mod rig;
#[path = "../support/skipped.rs"]
mod skipped;

mod front;
mod site;
mod visits;

use anyhow::{Context, Result, ensure};

use front::Front;
use rig::{
    place::{Place, Ports},
    tenant::Tenant,
};
use site::{Placement, Transport};
use visits::{OtherSite, Visits};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx() {
    matrix(Front::Nginx).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apache() {
    matrix(Front::Apache).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lighttpd() {
    matrix(Front::Lighttpd).await.unwrap();
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
        skipped::skip("PROXIES", &format!("{proxy:?} is not installed"));
        return Ok(());
    }
    let (place, ports) = (Place::new()?, Ports::free()?);
    let (_sandbox, tenant) = place.start_sandbox(&ports).await?;
    for placement in Placement::ALL.into_iter().filter(|placement| proxy.has(*placement)) {
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
    let other = OtherSite::start().await?;
    let mut front =
        front::start(proxy, place, placement, &transport.address(place, ports), other.address()).await?;
    let visits = Visits { address: front.address, prefix: placement.prefix(), tenant };
    let outcome = async {
        let page = visits.sign_up().await.context("signing up")?;
        visits.follow_every_address().await.context("following every address")?;
        visits.post_as_scripts_do().await.context("posting as scripts do")?;
        visits.cheat().await.context("cheating")?;
        site::look_at_proxies(place, transport).await.context("what doctor says")?;
        other.is_left_as_it_is(proxy, front.neighbour).await.context("the other site")?;
        let number = visits.number_of(&page).await.context("the number of a request")?;
        server.stop(site::FAREWELL).await?;
        visits.ask_in_vain(&page).await.context("without our server")?;
        // lighttpd keeps lines in memory until it ends.
        front.process.stop(site::FAREWELL).await?;
        let logged = front::logged(place)?;
        ensure!(logged.contains(&number), "{number} is not in the log of the proxy: {logged}");
        let token = page.path().rsplit('/').next().unwrap_or_default();
        ensure!(!logged.contains(token), "the token is in the log of the proxy: {logged}");
        Ok(())
    };
    let outcome = outcome.await;
    front.process.kill().await?;
    server.kill().await?;
    outcome.with_context(|| format!("{}\n{}", front.process.last_words(), server.last_words()))
}
