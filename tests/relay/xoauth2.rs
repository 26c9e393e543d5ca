//! The real binary in front of a real Dovecot, which takes mail only after a login by XOAUTH2 and asks the simulated
//! tenant about each token.

use std::{fs, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::{Answer, settings, sign_up, skipped};
use crate::rig::{
    browser::Browser,
    dovecot::{self, Dovecot},
    place::{Place, Ports},
    tenant::Tenant,
    wait::until,
};

const MAILBOX: &str = "accounts@example.edu";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_goes_through_dovecot_by_xoauth2() {
    if let Some(why) = dovecot::missing() {
        return skipped::skip("DOVECOT", why);
    }
    run().await.unwrap();
}

async fn run() -> Result<()> {
    let (place, ports) = (Place::new()?, Ports::free()?);
    let grant = ["--exchange-role", "Application SMTP.SendAsApp"];
    let (_sandbox, tenant) = place.start_sandbox_with(&ports, &grant).await?;
    let introspection = format!("{}/sandbox/introspect?mailbox={MAILBOX}", tenant.base());
    let dovecot = Dovecot::start(&introspection, ports.smtp).await?;
    follow(&place, ports, &tenant, &dovecot).await.with_context(|| dovecot.last_words())
}

async fn follow(place: &Place, ports: Ports, tenant: &Tenant, dovecot: &Dovecot) -> Result<()> {
    let state = tenant.state().await?;
    let settings = settings(ports, tenant, dovecot.address(), &state);
    place.prepare(&settings).await?;
    let login = format!("[mail.smtp]\nauth = \"xoauth2\"\nuser = \"{MAILBOX}\"\n");
    place.write("test.toml", &settings.to_toml().replace("[mail.smtp]\n", &login))?;
    let mut server = place.start_server(&ports).await?;
    let browser = Browser::at(&ports.server.to_string())?;

    let first = "st000001@example.edu";
    ensure!(matches!(sign_up(&browser, first).await?, Answer::Taken(_)), "{first} was refused");
    let mail = tenant.wait_for_mail(first).await?.context("no mail has come by way of Dovecot")?;
    ensure!(mail.recipient == first, "it has come for {}", mail.recipient);
    let log = dovecot.log();
    ensure!(log.contains(&format!("Login: user=<{MAILBOX}>, method=XOAUTH2")), "nobody logged in by XOAUTH2");

    // The tenant takes the right away, and a new process has to log in.
    server.kill().await?;
    let refused = json!({ "operations": { "smtp_token": [{ "kind": "status" }] } });
    tenant.set_faults(&refused).await?;
    let mut server = place.start_server(&ports).await?;
    let browser = Browser::at(&ports.server.to_string())?;
    let second = "st000002@example.edu";
    ensure!(matches!(sign_up(&browser, second).await?, Answer::Taken(_)), "{second} was refused");
    let told = || async {
        let log = fs::read_to_string(place.file("serve.log")).ok()?;
        log.contains("does not take the access token").then_some(log)
    };
    let log = until("the log tells of the refusal and why", Duration::from_secs(30), told).await?;
    ensure!(log.contains("535 5.7.8"), "the log does not tell the reply: {log}");
    ensure!(!log.contains("Bearer"), "a token is in the log");
    ensure!(tenant.mails_to(second).await?.is_empty(), "a mail has come without a login");
    server.kill().await
}
