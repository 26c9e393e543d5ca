//! Other visitors' forms, and a victim's mails, while the networks of one IPv6 /48 flood the form.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use reqwest::{Client, header::HeaderMap, redirect::Policy};
use tokio::{
    task::JoinSet,
    time::{Instant as Deadline, interval, sleep_until},
};

use crate::{
    Effort,
    load::{Connection, Prepared, post_from},
    report::{Goal, Report},
    rig::{
        browser::{Answer, Browser, Entry, Form, in_letters},
        settings::MAIL_DOMAIN,
    },
    town::{ORDINARY, Town},
};

/// The networks of the attacker: the /56s of one /48.
const NETWORKS: usize = 256;
/// The requests of the attacker per second.
const RATE: usize = 200;
/// The connections over which they come.
const CONNECTIONS: usize = 50;
/// One in so many requests of the attacker is for the victim's address.
const FOR_THE_VICTIM: usize = 4;
/// The time from one other visitor to the next.
const VISITOR_EVERY: Duration = Duration::from_millis(200);
/// The most mails that `mails_per_address` lets a victim have within the hour.
const MAILS_AT_MOST: f64 = 4.0;

pub async fn measure(effort: Effort, report: &mut Report) -> Result<()> {
    report.heading(&format!("A flood from {NETWORKS} networks of one /48, {RATE} forms per second"));
    let town = Town::build_with(16, ORDINARY, with_default_limits).await?;
    let server = town.address();
    let form = town.browser.open().await?;
    let victim = entry(0);
    let end = Instant::now() + Duration::from_secs(effort.of(6, 60) as u64);

    let visitors = tokio::spawn(visitors(server, end));
    let mut attackers = JoinSet::new();
    for connection in 0..CONNECTIONS {
        attackers.spawn(attack(server, form.clone(), connection, end));
    }
    let mut answers = BTreeMap::<u16, usize>::new();
    while let Some(answered) = attackers.join_next().await {
        for status in answered?? {
            *answers.entry(status).or_default() += 1;
        }
    }
    let Visitors { came, answered, mut took } = visitors.await??;
    town.tenant.wait_for_mail(&victim.email).await?.context("the victim had no mail")?;
    // What is still to be mailed is mailed.
    let settled = Deadline::now() + Duration::from_secs(effort.of(2, 10) as u64);
    sleep_until(settled).await;
    let mails = town.tenant.mails_to(&victim.email).await?.len();

    let count = |status| answers.get(&status).copied().unwrap_or_default();
    report.add("forms of the attacker", number(answers.values().sum()), "", Goal::None);
    report.add("of these taken", number(count(303)), "", Goal::None);
    report.add("of these refused as too many", number(count(429)), "", Goal::None);
    report.add("forms of other visitors", number(came), "", Goal::None);
    report.add("of these taken", 100.0 * number(answered) / number(came), "%", Goal::AtLeast(99.0));
    took.sort_unstable();
    let slow = took.get(took.len() * 99 / 100).context("there were visitors")?;
    report.add("99 of 100 other visitors' forms", slow.as_secs_f64() * 1000.0, "ms", Goal::AtMost(1000.0));
    report.add("mails to the victim", number(mails), "", Goal::AtMost(MAILS_AT_MOST));
    Ok(())
}

/// The limits by default, for clients that a proxy on this machine names.
fn with_default_limits(settings: &str) -> String {
    let is_limit = |line: &&str| line.contains("_per_") || line.contains("_in_total");
    let others: Vec<_> = settings.lines().filter(|line| !is_limit(line)).collect();
    others.join("\n").replacen("[server]\n", "[server]\ntrusted_proxies = [\"127.0.0.0/8\"]\n", 1)
}

/// Sends forms at a steady pace until the end, whatever becomes of them; returns the statuses of the answers.
async fn attack(server: SocketAddr, form: Form, connection: usize, end: Instant) -> Result<Vec<u16>> {
    let mut line = Connection::open(server).await?;
    let mut ticks = interval(Duration::from_millis((1000 * CONNECTIONS / RATE) as u64));
    let mut statuses = Vec::new();
    while Instant::now() < end {
        ticks.tick().await;
        let count = connection + statuses.len() * CONNECTIONS;
        statuses.push(line.exchange(&hostile_form(server, &form, count)).await?);
    }
    Ok(statuses)
}

/// A form of the attacker: from the next of its networks, for the victim or for an address of its own making.
fn hostile_form(server: SocketAddr, form: &Form, count: usize) -> Prepared {
    let number = if count.is_multiple_of(FOR_THE_VICTIM) { 0 } else { count };
    let mut entry = entry(number);
    // Another name makes it another request.
    entry.last_name = format!("Muster{}", in_letters(&count));
    let (path, cookies, body) = form.sealed(&entry);
    let client = format!("2001:db8:1:{:02x}00::{count:x}", count % NETWORKS);
    post_from(server, &client, path, cookies, &body)
}

fn entry(number: usize) -> Entry {
    Entry {
        email: format!("st{number:06}+1@{MAIL_DOMAIN}"),
        first_name: "Maxi".to_owned(),
        last_name: "Muster".to_owned(),
    }
}

/// What other visitors have met.
struct Visitors {
    came: usize,
    answered: usize,
    took: Vec<Duration>,
}

/// Visitors from networks of their own, one after another: each opens the form and sends it.
async fn visitors(server: SocketAddr, end: Instant) -> Result<Visitors> {
    let mut ticks = interval(VISITOR_EVERY);
    let mut under_way = JoinSet::new();
    let mut came = 0;
    while Instant::now() < end {
        ticks.tick().await;
        under_way.spawn(visit(server, came));
        came += 1;
    }
    let took = under_way.join_all().await.into_iter().filter_map(Result::ok).flatten().collect::<Vec<_>>();
    Ok(Visitors { came, answered: took.len(), took })
}

/// One visitor; returns the time from opening the form to the answer, if the form was taken.
async fn visit(server: SocketAddr, number: usize) -> Result<Option<Duration>> {
    // Half of them come by IPv4, half by IPv6.
    let address = match number % 2 {
        0 => format!("198.{}.{}.7", 18 + number / 256, number % 256),
        _ => format!("2001:db8:{:x}::7", 0x100 + number),
    };
    let forwarded = HeaderMap::from_iter([("x-forwarded-for".parse()?, address.parse()?)]);
    let client = Client::builder().no_proxy().redirect(Policy::none()).default_headers(forwarded);
    let client = client.timeout(Duration::from_secs(20)).build()?;
    let browser = Browser::with(client, format!("http://{server}/en").parse()?);
    let start = Instant::now();
    let form = browser.open().await?;
    let answer = browser.send(&form, &entry(500_000 + number)).await?;
    Ok(matches!(answer, Answer::Taken(_)).then(|| start.elapsed()))
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
fn number(count: usize) -> f64 {
    count as f64
}
