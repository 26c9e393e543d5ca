//! The real binary in front of a real Postfix that takes its time, does not accept the sender, has a full mailbox, or asks
//! to come again.

use std::{collections::HashSet, fs, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{Answer, ELSEWHERE, settings, sign_up, skipped};
use crate::rig::{
    browser::Browser,
    place::{Place, Ports},
    policy::Policy,
    postfix::{self, Postfix},
    settings::{MAIL_DOMAIN, Pace, Settings},
    tenant::{State, Tenant},
    wait::until,
};

const SLOW: &str = "slow@example.edu";
const FULL: &str = "full@example.edu";
const GREYLISTED: &str = "grey@example.edu";

/// Longer than the lease and the time limit of other replies.
const TIME_TAKEN: Duration = Duration::from_secs(8);
const LIMIT: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_person_gets_one_mail_whatever_the_server_says_first() {
    if let Some(why) = postfix::missing() {
        return skipped::skip("POSTFIX", why);
    }
    one_mail_each().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mails_wait_until_the_sender_is_accepted() {
    if let Some(why) = postfix::missing() {
        return skipped::skip("POSTFIX", why);
    }
    another_sender().await.unwrap();
}

/// Mails that are sent twice would come a moment after the first: the lease and the pauses are short.
async fn one_mail_each() -> Result<()> {
    let (place, ports) = (Place::new()?, Ports::free()?);
    let (_sandbox, tenant) = place.start_sandbox(&ports).await?;
    let mut greylisted = HashSet::new();
    let policy = Policy::start(move |asked| {
        let recipient = asked.get("recipient").map(String::as_str).unwrap_or_default().to_owned();
        let is_end = asked.get("protocol_state").is_some_and(|state| state == "END-OF-MESSAGE");
        match recipient.as_str() {
            SLOW if is_end => (TIME_TAKEN, "DUNNO"),
            GREYLISTED if !is_end && greylisted.insert(recipient.clone()) => {
                (Duration::ZERO, "450 4.7.1 Greylisted")
            }
            _ => (Duration::ZERO, "DUNNO"),
        }
    })
    .await?;
    let more = format!(
        "smtpd_recipient_restrictions = check_recipient_access inline:{{ {{{FULL} = 452 4.2.2 Mailbox full}} }}, \
         check_policy_service inet:{policy}, permit\n\
         smtpd_end_of_data_restrictions = check_policy_service inet:{policy}\n",
        policy = policy.address()
    );
    let relay = Postfix::start_with(MAIL_DOMAIN, ports.smtp, &more).await?;
    let followed = follow_replies(&place, ports, &tenant, &relay).await;
    followed.with_context(|| relay.last_words())
}

async fn follow_replies(place: &Place, ports: Ports, tenant: &Tenant, relay: &Postfix) -> Result<()> {
    let state = tenant.state().await?;
    let settings = Settings { pace: Pace::Hasty, ..settings(ports, tenant, relay.address(), &state) };
    place.prepare(&settings).await?;
    let patient = settings.to_toml().replace("timeout_after_data = \"2s\"", "timeout_after_data = \"10m\"");
    place.write("test.toml", &patient)?;
    let mut server = place.start_server(&ports).await?;
    let browser = Browser::at(&ports.server.to_string())?;

    let enter = async |address: &str| {
        ensure!(matches!(sign_up(&browser, address).await?, Answer::Taken(_)), "{address} was refused");
        Ok(())
    };
    enter(SLOW).await?;
    for address in [FULL, GREYLISTED] {
        enter(address).await?;
    }
    let others: Vec<_> = (1..=5).map(|number| format!("st{number}@example.edu")).collect();
    for address in &others {
        enter(address).await?;
        tenant.wait_for_mail(address).await?.with_context(|| format!("no mail for {address}"))?;
    }
    ensure!(tenant.mails_to(SLOW).await?.is_empty(), "the others came after the slow mail");
    for address in [SLOW, GREYLISTED] {
        tenant.wait_for_mail(address).await?.with_context(|| format!("no mail for {address}"))?;
    }
    let done = || async {
        let signups: Value = place.ask(&["signups", "list", "--json"]).await.ok()?;
        let stages: Vec<_> = signups.as_array()?.iter().filter_map(|one| one["stage"].as_str()).collect();
        let done = stages.iter().filter(|stage| **stage == "done").count();
        (done == others.len() + 2).then(|| stages.contains(&"delivering"))
    };
    let is_full_waiting = until("all but one are done", LIMIT, done).await?;
    ensure!(is_full_waiting, "the signup with the full mailbox waits");
    for address in others.iter().map(String::as_str).chain([SLOW, GREYLISTED]) {
        let mails = tenant.mails_to(address).await?.len();
        ensure!(mails == 1, "{mails} mails for {address}");
    }
    ensure!(tenant.mails_to(ELSEWHERE).await?.is_empty());
    let log = fs::read_to_string(place.file("serve.log"))?;
    ensure!(!log.contains("no mail can be sent"), "a full mailbox is taken for an outage: {log}");
    server.kill().await
}

async fn another_sender() -> Result<()> {
    let (place, ports) = (Place::new()?, Ports::free()?);
    let (_sandbox, tenant) = place.start_sandbox(&ports).await?;
    let refusal = "550 5.1.8 <wrong@example.edu>: Sender address rejected: not known here";
    let more = format!(
        "smtpd_recipient_restrictions = check_sender_access inline:{{ {{wrong@example.edu = {refusal}}} }}, permit\n"
    );
    let relay = Postfix::start_with(MAIL_DOMAIN, ports.smtp, &more).await?;
    let state = tenant.state().await?;
    follow_senders(&place, ports, &tenant, &relay, &state).await.with_context(|| relay.last_words())
}

async fn follow_senders(
    place: &Place,
    ports: Ports,
    tenant: &Tenant,
    relay: &Postfix,
    state: &State,
) -> Result<()> {
    let settings = Settings { pace: Pace::Hasty, ..settings(ports, tenant, relay.address(), state) };
    place.prepare(&settings).await?;
    let right = settings.to_toml();
    place.write("test.toml", &right.replace("<accounts@", "<wrong@"))?;
    let mut server = place.start_server(&ports).await?;
    let browser = Browser::at(&ports.server.to_string())?;
    let students: Vec<_> = (1..=4).map(|number| format!("st{number}@example.edu")).collect();
    for address in &students {
        ensure!(matches!(sign_up(&browser, address).await?, Answer::Taken(_)), "{address} was refused");
    }
    let asked_again = || async {
        let refused = relay.log().matches("Sender address rejected").count();
        (refused > 2 * students.len()).then_some(())
    };
    until("the mails are tried again", LIMIT, asked_again).await?;
    let signups: Value = place.ask(&["signups", "list", "--json"]).await?;
    for signup in signups.as_array().context("a list")? {
        ensure!(signup["stage"] == "delivering", "a password is given up: {signup}");
    }
    server.kill().await?;
    let log = fs::read_to_string(place.file("serve.log"))?;
    let warnings: Vec<_> = log.lines().filter(|line| line.contains("no mail can be sent")).collect();
    ensure!(warnings.len() == 1 && warnings[0].contains("mail.from"), "{warnings:?}");

    place.write("test.toml", &right)?;
    let mut server = place.start_server(&ports).await?;
    for address in &students {
        tenant.wait_for_mail(address).await?.with_context(|| format!("no mail for {address}"))?;
    }
    ensure!(tenant.mails().await?.len() == students.len(), "a mail came twice");
    server.kill().await
}
