//! Proxies, as the running server has last seen them.

use super::finding::{Area, Finding, told};
use crate::{
    cli::server,
    config::Config,
    http::{ALIVE, SEEN_AT, Sighting},
};

/// The headers that name the client of a request.
const FOR: [&str; 2] = ["forwarded", "x-forwarded-for"];

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    match ask(config).await {
        Ok(seen) => judge(config, &seen).into_iter().chain(public_address(config).await).collect(),
        Err(_) => vec![Finding::skipped(
            Area::Proxy,
            "no server runs here that could tell how requests come to it",
            "start it, open a page through the proxy, and look again",
        )],
    }
}

async fn ask(config: &Config) -> reqwest::Result<Vec<Sighting>> {
    server::ask(&config.server.listen, SEEN_AT).await?.error_for_status()?.json().await
}

/// Returns whether the address in mails leads to this service, which has just answered on its own address.
async fn public_address(config: &Config) -> Option<Finding> {
    let url = config.server.public_url.as_deref()?;
    let problem = match server::ask_public(url).await {
        Ok(answer) if answer == ALIVE => {
            return Some(Finding::ok(Area::Proxy, format!("server.public_url, {url}, leads to the service")));
        }
        Ok(_) => "something else answers there".to_owned(),
        Err(error) => told(&error.without_url()),
    };
    let what = format!("server.public_url, {url}, does not lead to the service from here: {problem}");
    let remedy = format!(
        "correct its host, port and path: mails have links to it. If only this machine cannot reach it, open {url}/livez in \
         a browser: it says ok"
    );
    Some(Finding::warning(Area::Proxy, what, remedy))
}

fn judge(config: &Config, seen: &[Sighting]) -> Vec<Finding> {
    // The latest come last. If a proxy sends more headers with some requests than with others, the fullest set counts.
    let is_poorer = |one: &Sighting| {
        let more = |other: &Sighting| one.headers.iter().all(|name| other.headers.contains(name));
        seen.iter().any(|other| other.peer == one.peer && other != one && more(other))
    };
    let findings: Vec<_> =
        seen.iter().filter(|one| !is_poorer(one)).map(|one| finding(config, one)).collect();
    if findings.is_empty() {
        return vec![Finding::ok(
            Area::Proxy,
            "no request has come through a proxy since the server started",
        )];
    }
    findings
}

fn finding(config: &Config, Sighting { peer, believed, headers }: &Sighting) -> Finding {
    let peer = peer.map_or_else(|| "the socket".to_owned(), |peer| peer.to_string());
    let said = if headers.is_empty() { "no header".to_owned() } else { headers.join(", ") };
    let count = headers.iter().filter(|name| FOR.contains(&name.as_str())).count();
    let tells_scheme = headers.iter().any(|name| name == "forwarded" || name == "x-forwarded-proto");
    if !believed {
        let what =
            format!("requests come from {peer} with {said}, but server.trusted_proxies does not name it");
        let remedy = format!(
            "if that is your proxy, write server.trusted_proxies = [\"{peer}\"]: without it all who come \
             through it share the limits of one network"
        );
        return Finding::warning(Area::Proxy, what, remedy);
    }
    if count == 0 {
        let what =
            format!("requests come from the proxy {peer} with {said}, so nobody knows for whom it speaks");
        let remedy = "let it add X-Forwarded-For: without it all who come through it share the limits of one \
                      network; the README has settings for nginx, Apache, lighttpd, Caddy, HAProxy and Traefik";
        return Finding::warning(Area::Proxy, what, remedy);
    }
    if count == FOR.len() {
        let what = format!("requests come from the proxy {peer} with both Forwarded and X-Forwarded-For");
        let remedy = "let it remove the one that it does not write itself: where they do not agree, neither is \
                      believed";
        return Finding::warning(Area::Proxy, what, remedy);
    }
    if config.server.public_url.is_none() && !tells_scheme {
        let what = format!(
            "the proxy {peer} does not tell by which scheme requests come, so cookies are not marked secure"
        );
        let remedy = "set server.public_url, or let the proxy add X-Forwarded-Proto";
        return Finding::warning(Area::Proxy, what, remedy);
    }
    Finding::ok(Area::Proxy, format!("requests come from the proxy {peer} with {said}, and it is believed"))
}
