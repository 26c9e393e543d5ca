//! What a mail costs by each way: by SMTP, by SMTP after a login with a token, by Graph.

use std::{
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use accountcreator::{
    app::{self, Parts},
    config,
    domain::{Clock, Email, Locale},
    mail::{Error, Mail, Mailer},
};
use anyhow::{Result, bail, ensure};

use crate::{
    Effort,
    delay::ROUND_TRIP,
    procfs::cpu_time,
    report::{Goal, Report},
    rig::{
        place::{Place, Ports, free_port},
        process::Process,
        settings::{MAIL_DOMAIN, Pace, Settings},
        tenant::Tenant,
    },
};

/// How many mails are under way at once: as many as a mailbox takes by Graph.
const AT_ONCE: usize = 4;

/// Each way, as the inbox names it, and how it is configured.
const WAYS: [(&str, &str, &str); 3] = [
    ("smtp", "", ""),
    ("smtp_xoauth2", "", "auth = \"xoauth2\"\nuser = \"accounts@example.edu\"\n"),
    ("graph", "transport = \"graph\"\n", ""),
];

pub async fn measure(effort: Effort, report: &mut Report) -> Result<()> {
    let count = effort.of(100, 1_000);
    report.heading(&format!("{count} mails, {AT_ONCE} at once, {} ms away", ROUND_TRIP.as_millis()));
    let (place, ports) = (Place::new()?, Ports::free()?);
    let more = ["--no-mailbox-limits", "--grant", "Mail.Send", "--grant", "SMTP.SendAsApp"];
    let (_sandbox, tenant) = place.start_sandbox_with(&ports, &more).await?;
    let (far_tenant, _tenant_delay) = delayed(&place, "tenant-delay", ports.tenant).await?;
    let (far_smtp, _smtp_delay) = delayed(&place, "smtp-delay", ports.smtp).await?;
    let state = tenant.state().await?;
    let settings = Settings {
        listen: ports.server,
        database_url: "sqlite://bench.db",
        tenant: &format!("http://{far_tenant}"),
        smtp: far_smtp,
        ids: (&state.tenant_id, &state.client_id),
        concurrency: AT_ONCE,
        pace: Pace::Default,
        attribute: "employeeId",
        profiles: vec![crate::town::profile(1)],
    };
    for (number, (way, mail, smtp)) in WAYS.into_iter().enumerate() {
        let text = configured(&settings.to_toml(), place.path(), mail, smtp);
        // Held, so that it is moved on where a mailbox has sent as much as it may in a minute.
        let clock = Clock::manual(Clock::system().now());
        let parts = Parts { clock: clock.clone(), ..Parts::system() };
        let mailer =
            app::mailer(&config::from_toml(&text).map_err(|faults| anyhow::anyhow!("{faults}"))?, &parts)?;
        send_all(&mailer, &clock, AT_ONCE).await?;
        let (start, before) = (Instant::now(), cpu_time(std::process::id())?);
        send_all(&mailer, &clock, count).await?;
        let (took, used) = (start.elapsed(), cpu_time(std::process::id())? - before);
        arrived(&tenant, way, AT_ONCE + count, number).await?;
        let (mails, used) = (precise(count), used.as_secs_f64() * 1000.0);
        report.add(format!("mails per second by {way}"), mails / took.as_secs_f64(), "", Goal::None);
        report.add(format!("processor time of a mail by {way}"), used / mails, "ms", Goal::None);
    }
    Ok(())
}

/// An address from which the way to a server is long.
async fn delayed(place: &Place, name: &str, server: SocketAddr) -> Result<(SocketAddr, Process)> {
    let address = free_port()?;
    let (listen, to) = (address.to_string(), server.to_string());
    let arguments = ["--delay", &to, "--listen", &listen];
    Ok((address, place.start(name, &std::env::current_exe()?, &arguments, address).await?))
}

fn configured(text: &str, place: &Path, mail: &str, smtp: &str) -> String {
    let text = text.replace("[mail]\n", &format!("[mail]\n{mail}"));
    let text = text.replace("[mail.smtp]\n", &format!("[mail.smtp]\n{smtp}"));
    let file = |name: &str| format!("\"{}\"", place.join(name).display());
    let files = ["app.crt", "app.key", "secret.key"];
    files.into_iter().fold(text, |text, name| text.replace(&format!("\"{name}\""), &file(name)))
}

/// Sends so many mails, each until it is accepted.
async fn send_all(mailer: &Mailer, clock: &Clock, count: usize) -> Result<()> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        let (mailer, clock, next) = (mailer.clone(), clock.clone(), Arc::clone(&next));
        senders.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return Ok(());
                }
                send(&mailer, &clock, number).await?;
            }
        });
    }
    senders.join_all().await.into_iter().collect()
}

async fn send(mailer: &Mailer, clock: &Clock, number: usize) -> Result<()> {
    let to = Email::parse(&format!("st{number:06}@{MAIL_DOMAIN}"))?;
    let locale: Locale = "de".parse()?;
    let text = "Your username is ada.lovelace@students.example.edu.\n".repeat(20);
    let mail = || Mail {
        to: &to,
        to_name: Some("Ada Lovelace"),
        subject: "Your account at Example University".to_owned(),
        html: format!("<!doctype html><p>{}</p>", text.replace('\n', "</p>\n<p>")),
        text: text.clone(),
        message_id: format!("{number}.password"),
        reference: None,
        date: clock.now(),
        locale: &locale,
    };
    loop {
        match mailer.send(&mail()).await {
            Ok(()) => return Ok(()),
            Err(Error::Paused { .. }) => clock.advance(Duration::from_mins(1)),
            Err(error) => bail!("mail {number}: {error}"),
        }
    }
}

/// All have come, and by this way; so many ways were used before.
async fn arrived(tenant: &Tenant, way: &str, count: usize, before: usize) -> Result<()> {
    let mails = tenant.mails().await?;
    ensure!(mails.len() == count * (before + 1), "{} mails have come", mails.len());
    ensure!(mails[count * before..].iter().all(|mail| mail.way == way), "not all came by {way}");
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
fn precise(count: usize) -> f64 {
    count as f64
}
