//! Where a visitor walks: a simulated tenant and two servers of ours, one that confirms addresses and one that
//! does not; one whose total limit is used up by the first form; and a tenant without a free seat, whose server is
//! closed.

use std::{collections::BTreeMap, path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{
    pseudo,
    record::Record,
    rig::{
        place::{BINARY, Place, Ports, free_port},
        process::Process,
        settings::{LICENCE, MAIL_DOMAIN, Pace, Profile, Settings},
        tenant::{Mail, State, Tenant, User},
        wait::until,
    },
    setting::Setting,
    student::Student,
    wording::Wording,
};

/// How long anything may take that a student waits for.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A stage of its own, on which one visitor walks at a time.
pub struct Stage {
    /// Gives accounts at once.
    pub open: Server,
    /// Confirms addresses.
    pub confirming: Server,
    /// Lets one form in a week through without a proof of work or a confirmed address.
    pub slowed: Server,
    /// Lets everybody pick a username.
    pub picking: Server,
    /// Takes nobody, since no licence is free.
    pub closed: Server,
    tenant: Tenant,
    sandbox: Process,
    _sold_out: Process,
    wordings: BTreeMap<String, Wording>,
    place: Place,
}

/// A server of ours.
pub struct Server {
    /// Its address, without a slash at the end.
    pub home: String,
    pub record: Record,
    _process: Process,
}

impl Stage {
    /// Sets everything up.
    pub async fn build() -> Result<Self> {
        let place = Place::new()?;
        let texts = place.file("texts");
        pseudo::write(&texts)?;
        let ports = Ports::free()?;
        let (sandbox, tenant) = place.start_sandbox(&ports).await?;
        let state = tenant.state().await?;
        let open = Server::start(&place, "open", (UNLIMITED, UNPICKED), "", &ports, &state).await?;
        let confirming =
            Server::start(&place, "confirming", (UNLIMITED, CONFIRMING), "", &ports, &state).await?;
        let slowed = Server::start(&place, "slowed", (ONE_A_WEEK, UNPICKED), "", &ports, &state).await?;
        let picking = Server::start(&place, "picking", (UNLIMITED, PICKING), "", &ports, &state).await?;
        let ports = Ports::free()?;
        let sold_out = start_sold_out(&place, &ports).await?;
        let closed = Server::start(&place, "closed", (UNLIMITED, UNPICKED), CLOSING, &ports, &state).await?;
        let wordings = wordings(&texts)?;
        Ok(Self {
            open,
            confirming,
            slowed,
            picking,
            closed,
            tenant,
            sandbox,
            _sold_out: sold_out,
            wordings,
            place,
        })
    }

    /// What the pages of a language say.
    pub fn wording(&self, language: &str) -> Result<&Wording> {
        self.wordings.get(language).with_context(|| format!("no texts in {language}"))
    }

    /// Everything works again.
    pub async fn calm(&self) -> Result<()> {
        self.thaw().await?;
        self.tenant.set_faults(&json!({})).await
    }

    /// Closes signups of the server that slows, or opens them, as an operator does.
    pub async fn switch_signups(&self, closed: bool) -> Result<()> {
        let command = if closed { "close" } else { "open" };
        let arguments = ["signups", command, "--config", "slowed.toml"];
        Process::start("switch", self.place.path(), Path::new(BINARY), &arguments)?.succeed().await
    }

    /// Marks a mail of the server that confirms as come back, as support does.
    pub async fn mark_undelivered(&self, reference: &str) -> Result<()> {
        let arguments = ["signups", "undelivered", reference, "--config", "confirming.toml"];
        Process::start("undelivered", self.place.path(), Path::new(BINARY), &arguments)?.succeed().await
    }

    /// What goes wrong from now on.
    pub async fn set_faults(&self, faults: &Value) -> Result<()> {
        self.tenant.set_faults(faults).await
    }

    /// The tenant and its mail server stand still: whatever is under way stays so.
    pub async fn freeze(&self) -> Result<()> {
        self.sandbox.signal("STOP").await
    }

    /// They go on where they stood.
    pub async fn thaw(&self) -> Result<()> {
        self.sandbox.signal("CONT").await
    }

    /// The mail of this number to a student, counted from one.
    pub async fn mail(&self, student: &Student, number: usize) -> Result<Mail> {
        until("a mail arrives", PATIENCE, || async {
            self.tenant.mails_to(&student.email).await.ok()?.into_iter().nth(number - 1)
        })
        .await
    }

    /// The one account of a student who has had so many mails.
    pub async fn only_account(&self, student: &Student, mails: usize) -> Result<User> {
        let users = self.tenant.state().await?.users;
        let mut theirs: Vec<_> =
            users.into_iter().filter(|user| user.text("employeeId") == student.id).collect();
        ensure!(theirs.len() == 1, "{} accounts instead of one", theirs.len());
        let sent = self.tenant.mails_to(&student.email).await?.len();
        ensure!(sent == mails, "{sent} mails instead of {mails}");
        theirs.pop().context("one is there")
    }

    /// What the servers have logged last, for whoever looks for the cause of a failure.
    pub fn last_words(&self) -> String {
        let log = |name: &str| std::fs::read_to_string(self.place.file(name)).unwrap_or_default();
        let logs =
            ["open.log", "confirming.log", "slowed.log", "picking.log", "closed.log"].map(log).concat();
        let lines: Vec<_> = logs.lines().filter(|line| line.contains("ERROR")).collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }
}

impl Server {
    async fn start(
        place: &Place,
        name: &str,
        (total, signup): (&str, &str),
        own: &str,
        ports: &Ports,
        state: &State,
    ) -> Result<Self> {
        let listen = free_port()?;
        let settings = Settings {
            listen,
            database_url: &format!("sqlite://{name}.db"),
            tenant: &format!("http://{}", ports.tenant),
            smtp: ports.smtp,
            ids: (&state.tenant_id, &state.client_id),
            concurrency: 4,
            pace: Pace::Brisk,
            attribute: "employeeId",
            profiles: vec![Profile {
                name: "students".to_owned(),
                email: format!(r"(?<student_id>st\d{{6}})@{}", MAIL_DOMAIN.replace('.', r"\.")),
                licences: vec![LICENCE.to_owned()],
                groups: state.groups.iter().map(|group| group.id.clone()).collect(),
            }],
        };
        let file = format!("{name}.toml");
        // A password that did not arrive may be replaced.
        let settings = settings.to_toml().replace("[tenants.test]", "[tenants.test]\nreset_passwords = true");
        let settings = settings.replace(UNLIMITED, total).replace(UNPICKED, signup);
        let settings = settings.replace("mails_per_address = []", "mails_per_address = [\"4/1h\"]");
        place.write(&file, &format!("{settings}{MORE}{own}"))?;
        let program = Path::new(BINARY);
        let migrate = ["migrate", "--config", &file];
        Process::start(name, place.path(), program, &migrate)?.succeed().await?;
        let process = place.start(name, program, &["serve", "--config", &file], listen).await?;
        let record = Record::at(place.file(&format!("{name}.db")));
        Ok(Self { home: format!("http://{listen}"), record, _process: process })
    }
}

/// What the pages show besides, and the language made for tests.
const MORE: &str = r#"
[site]
name = "Rheinisch-Westfälische Technische Hochschule Aachen"
email_example = "st123456@example.edu"

[texts]
dir = "texts"
"#;

const UNLIMITED: &str = "submissions_in_total = \"1000000/1s\"";
const ONE_A_WEEK: &str = "submissions_in_total = \"1/7d\"\nnetwork_share = 100";

const UNPICKED: &str = "username_choice = \"never\"";
const PICKING: &str = "username_choice = \"always\"";
const CONFIRMING: &str = "username_choice = \"never\"\nconfirm_email = true";

const CLOSING: &str = r#"
[seats]
watch = true
when_none = "close"
"#;

/// A tenant of the same ids, all of whose licences are taken.
async fn start_sold_out(place: &Place, ports: &Ports) -> Result<Process> {
    let (listen, smtp) = (ports.tenant.to_string(), ports.smtp.to_string());
    let own = ["--certificate", "app.crt", "--seats", "0"];
    let arguments = [&["sandbox", "--listen", &listen, "--smtp-listen", &smtp][..], &own].concat();
    place.start("sold-out", Path::new(BINARY), &arguments, ports.tenant).await
}

/// The texts of the languages in which visitors walk.
fn wordings(texts: &Path) -> Result<BTreeMap<String, Wording>> {
    let locales = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales");
    let mut wordings = BTreeMap::new();
    for Setting { language, .. } in Setting::all() {
        let folder = if language == pseudo::TAG { texts } else { &locales };
        wordings.insert(language.to_owned(), Wording::read(&folder.join(language))?);
    }
    Ok(wordings)
}
