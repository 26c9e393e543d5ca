//! Everything a measurement needs, running: tenant, mail server, database, our server, students with forms.

use std::{net::SocketAddr, ops::RangeInclusive, time::Instant};

use accountcreator::domain::Clock;
use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{
    directory::group_id,
    load::{self, Prepared},
    rig::{
        browser::{Browser, Entry, in_letters},
        place::{Place, Ports},
        process::Process,
        settings::{LICENCE, MAIL_DOMAIN, Pace, Profile, Settings},
        tenant::{Mail, Tenant},
    },
};

/// A running server with all it talks to.
pub struct Town {
    pub place: Place,
    pub tenant: Tenant,
    pub server: Process,
    pub browser: Browser,
    ports: Ports,
    _directory: Process,
    students: usize,
}

/// How many groups an account is in. The student's address says it.
pub type GroupCount = u128;

/// One profile: all accounts are in one group.
pub const ORDINARY: RangeInclusive<GroupCount> = 1..=1;

impl Town {
    /// Builds it for so many signups at once. There is a profile for each number of groups.
    pub async fn build(concurrency: usize, groups: RangeInclusive<GroupCount>) -> Result<Self> {
        Self::build_with(concurrency, groups, str::to_owned).await
    }

    /// Builds it with settings that are changed before the server reads them.
    pub async fn build_with(
        concurrency: usize,
        groups: RangeInclusive<GroupCount>,
        change: impl FnOnce(&str) -> String,
    ) -> Result<Self> {
        let (place, ports) = (Place::new()?, Ports::free()?);
        let (listen, smtp) = (ports.tenant.to_string(), ports.smtp.to_string());
        let arguments = ["--directory", &smtp, "--listen", &listen];
        let directory = place.start("directory", &std::env::current_exe()?, &arguments, ports.tenant).await?;
        let tenant = Tenant::at(&listen)?;
        let state = tenant.state().await?;
        let settings = Settings {
            listen: ports.server,
            database_url: "sqlite://bench.db",
            tenant: tenant.base(),
            smtp: ports.smtp,
            ids: (&state.tenant_id, &state.client_id),
            concurrency,
            pace: Pace::Default,
            attribute: "employeeId",
            profiles: groups.map(profile).collect(),
        };
        place.prepare(&settings).await?;
        place.write("test.toml", &change(&settings.to_toml()))?;
        let server = place.start_server(&ports).await?;
        let browser = Browser::at(&ports.server.to_string())?;
        Ok(Self { place, tenant, server, browser, ports, _directory: directory, students: 0 })
    }

    /// Where our server listens.
    pub fn address(&self) -> SocketAddr {
        self.ports.server
    }

    /// Changes how the tenant behaves.
    pub async fn weather(&self, faults: &Value) -> Result<()> {
        self.tenant.set_faults(faults).await
    }

    /// The next student, with a name nobody else has, whose account is in so many groups.
    pub fn student(&mut self, groups: GroupCount) -> Entry {
        self.students += 1;
        let number = self.students;
        Entry {
            email: format!("st{number:06}+{groups}@{MAIL_DOMAIN}"),
            first_name: "Maxi".to_owned(),
            last_name: format!("Muster{}", in_letters(&number)),
        }
    }

    /// Opens a form for each of so many students and fills it in. They are in one group each.
    pub async fn forms(&mut self, count: usize) -> Result<Vec<(Entry, Prepared)>> {
        let mut forms = Vec::with_capacity(count);
        for _ in 0..count {
            let entry = self.student(1);
            let form = self.browser.open().await?;
            let (path, cookies, body) = form.sealed(&entry);
            forms.push((entry, load::post(self.address(), path, cookies, &body)));
        }
        Ok(forms)
    }

    /// One signup on its own: from sending the form to the mail that was taken, in milliseconds.
    pub async fn sign_up(&self, entry: &Entry) -> Result<f64> {
        let form = self.browser.open().await?;
        let (path, cookies, body) = form.sealed(entry);
        let request = load::post(self.address(), path, cookies, &body);
        let start = now_ms();
        load::each(self.address(), 1, vec![request], 303).await?;
        Ok(milliseconds(self.mail_to(entry).await?.at_ms - start))
    }

    /// Many signups at once: from sending the first form to the last mail that was taken, in seconds.
    pub async fn sign_up_all(&self, forms: Vec<(Entry, Prepared)>, connections: usize) -> Result<f64> {
        let (entries, requests): (Vec<_>, Vec<_>) = forms.into_iter().unzip();
        let start = now_ms();
        load::each(self.address(), connections, requests, 303).await?;
        // The last one first: waiting for it spares asking for the others again and again.
        let mut last = start;
        for entry in entries.iter().rev() {
            last = last.max(self.mail_to(entry).await?.at_ms);
        }
        Ok(milliseconds(last - start) / 1000.0)
    }

    /// Waits until everybody has mail.
    pub async fn wait_for_mails(&self, entries: &[Entry], end: Instant) -> Result<()> {
        // The last one first: waiting for it spares asking for the others again and again.
        for entry in entries.iter().rev() {
            while self.tenant.wait_for_mail(&entry.email).await?.is_none() {
                ensure!(
                    Instant::now() < end,
                    "no mail came to {}; {}",
                    entry.email,
                    self.server.last_words()
                );
            }
        }
        Ok(())
    }

    async fn mail_to(&self, entry: &Entry) -> Result<Mail> {
        let mail = self.tenant.wait_for_mail(&entry.email).await?;
        mail.with_context(|| format!("no mail came to {}; {}", entry.email, self.server.last_words()))
    }
}

/// The rule for students in so many groups.
pub fn profile(groups: GroupCount) -> Profile {
    Profile {
        name: format!("groups-{groups}"),
        email: format!(r"(?<student_id>st\d{{6}})\+{groups}@{}", MAIL_DOMAIN.replace('.', r"\.")),
        licences: vec![LICENCE.to_owned()],
        groups: (0..groups).map(|number| group_id(number).to_string()).collect(),
    }
}

fn now_ms() -> i64 {
    Clock::system().now().millis()
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
fn milliseconds(count: i64) -> f64 {
    count as f64
}
