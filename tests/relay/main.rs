//! The real binary in front of real mail servers.
//!
//! Behind a real Postfix with its defaults, which delivers `eve%attacker.net@example.edu` and
//! `attacker.net!eve@example.edu` to `eve@attacker.net`: a rule for a whole domain lets nobody get a mail there. In
//! `xoauth2`, a real Dovecot.
//!
//! `ACCOUNTCREATOR_REQUIRE_POSTFIX=1` and `ACCOUNTCREATOR_REQUIRE_DOVECOT=1` make it a failure where they cannot be
//! started.
#![allow(clippy::unwrap_used, missing_docs)]

mod replies;
#[path = "../rig/mod.rs"]
mod rig;
#[path = "../support/skipped.rs"]
mod skipped;
mod xoauth2;

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, Result, ensure};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor, address::Envelope};

use rig::{
    browser::{Answer, Browser, Entry},
    place::{Place, Ports},
    postfix::{self, Postfix},
    settings::{LICENCE, MAIL_DOMAIN, Pace, Profile, Settings},
    tenant::{State, Tenant},
};

const ELSEWHERE: &str = "eve@attacker.net";
const BYPASSES: [&str; 2] = ["eve%attacker.net@example.edu", "attacker.net!eve@example.edu"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_mail_leaves_the_domain_by_way_of_the_relay() {
    if let Some(why) = postfix::missing() {
        return skipped::skip("POSTFIX", why);
    }
    run().await.unwrap();
}

async fn run() -> Result<()> {
    let (place, ports) = (Place::new()?, Ports::free()?);
    let (_sandbox, tenant) = place.start_sandbox(&ports).await?;
    let relay = Postfix::start(MAIL_DOMAIN, ports.smtp).await?;
    follow(&place, ports, &tenant, &relay).await.with_context(|| relay.last_words())
}

async fn follow(place: &Place, ports: Ports, tenant: &Tenant, relay: &Postfix) -> Result<()> {
    for parameter in ["allow_percent_hack", "swap_bangpath"] {
        ensure!(relay.parameter(parameter)? == "yes", "{parameter} is not as by default");
    }
    for address in BYPASSES {
        send(relay.address(), address).await.context(address)?;
    }
    let delivered =
        || async { (tenant.mails_to(ELSEWHERE).await.ok()?.len() == BYPASSES.len()).then_some(()) };
    rig::wait::until("the relay delivers elsewhere", Duration::from_secs(30), delivered).await?;

    let state = tenant.state().await?;
    let settings = settings(ports, tenant, relay.address(), &state);
    place.prepare(&settings).await?;
    let mut server = place.start_server(&ports).await?;
    let browser = Browser::at(&ports.server.to_string())?;
    let others =
        ["\"eve@attacker.net\"@example.edu", "eve@attacker.net@example.edu", "eve％attacker.net@example.edu"];
    for address in BYPASSES.into_iter().chain(others) {
        let answer = sign_up(&browser, address).await?;
        ensure!(matches!(answer, Answer::Refused(status) if status == 422), "{address}: {answer:?}");
    }
    let brien = "patrick.o'brien@example.edu";
    let answer = sign_up(&browser, brien).await?;
    ensure!(matches!(answer, Answer::Taken(_)), "{brien}: {answer:?}");
    let mail = tenant.wait_for_mail(brien).await?.context("no mail has come by way of the relay")?;
    ensure!(mail.recipient == brien, "it has come for {}", mail.recipient);
    let all = tenant.mails().await?;
    let expected = BYPASSES.len() + 1;
    ensure!(all.len() == expected, "{} mails have come", all.len());
    server.kill().await
}

fn settings<'a>(ports: Ports, tenant: &'a Tenant, smtp: SocketAddr, state: &'a State) -> Settings<'a> {
    Settings {
        listen: ports.server,
        database_url: "sqlite://relay.db",
        tenant: tenant.base(),
        smtp,
        ids: (&state.tenant_id, &state.client_id),
        concurrency: 4,
        pace: Pace::Default,
        attribute: "employeeId",
        profiles: vec![Profile {
            name: "everybody".to_owned(),
            email: format!(r"(?<student_id>[^@]+)@{}", MAIL_DOMAIN.replace('.', r"\.")),
            licences: vec![LICENCE.to_owned()],
            groups: Vec::new(),
        }],
    }
}

async fn sign_up(browser: &Browser, address: &str) -> Result<Answer> {
    let entry = Entry {
        email: address.to_owned(),
        first_name: "Patrick".to_owned(),
        last_name: "O'Brien".to_owned(),
    };
    let form = browser.open().await?;
    browser.send(&form, &entry).await
}

/// Sends a mail through the relay, as 0.1.0 sent one with a password.
async fn send(relay: SocketAddr, to: &str) -> Result<()> {
    let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(relay.ip().to_string());
    let transport = transport.port(relay.port()).build();
    let envelope = Envelope::new(Some("accounts@example.edu".parse()?), vec![to.parse()?])?;
    let mail = b"From: accounts@example.edu\r\nSubject: Your password\r\n\r\nIt is secret.\r\n";
    transport.send_raw(&envelope, mail).await?;
    Ok(())
}
