//! The configuration file of a server under test.

use std::{fmt::Write as _, net::SocketAddr};

/// What differs between servers under test.
pub struct Settings<'a> {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where the database is.
    pub database_url: &'a str,
    /// Where token endpoint and Graph are, such as `http://127.0.0.1:8365`.
    pub tenant: &'a str,
    /// Where the mail server is.
    pub smtp: SocketAddr,
    /// The directory's id and the application's.
    pub ids: (&'a str, &'a str),
    /// How many signups are carried out at once.
    pub concurrency: usize,
    /// How impatient the worker is.
    pub pace: Pace,
    /// The attribute that gets the id of a student.
    pub attribute: &'a str,
    /// Who may sign up, and what for.
    pub profiles: Vec<Profile>,
}

/// How long the worker waits for what.
#[derive(Clone, Copy)]
pub enum Pace {
    /// As it is by default.
    Default,
    /// So that many failures fit into a second.
    Hasty,
    /// As patient as by default with an answer, but back soon after a failure.
    Brisk,
}

/// A rule for emails.
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Which emails it admits; a group `student_id` becomes the user's attribute.
    pub email: String,
    /// What the accounts get.
    pub licences: Vec<String>,
    /// Where the accounts are members.
    pub groups: Vec<String>,
}

/// The domain of all accounts: the sandbox's only one.
pub const DOMAIN: &str = "students.example.edu";
/// The domain of all addresses that mail goes to.
pub const MAIL_DOMAIN: &str = "example.edu";
/// The licence there is.
pub const LICENCE: &str = "314c4481-f395-4525-be8b-2ec4bb1e9d91";

impl Settings<'_> {
    /// The settings as a file.
    pub fn to_toml(&self) -> String {
        let Self { listen, database_url, tenant, smtp, ids: (tenant_id, client_id), concurrency, .. } = self;
        let attribute = self.attribute;
        let (smtp_host, smtp_port) = (smtp.ip(), smtp.port());
        let (smtp_pace, pace) = match self.pace {
            Pace::Default => ("", ""),
            Pace::Hasty => ("timeout = \"2s\"\ntimeout_after_data = \"2s\"", HASTY),
            Pace::Brisk => ("", BRISK),
        };
        let mut file = format!(
            r#"secret_key_file = "secret.key"
support_email = "help@{MAIL_DOMAIN}"

[server]
listen = "{listen}"
public_url = "http://{listen}"

# All students come from one address here: the limits count, but never hold.
[limits]
submissions_per_network = "1000000/1s"
mails_per_address = []
submissions_in_total = "1000000/1s"
codes_per_network = "1000000/1s"
pages_per_network = "1000000/1s"

[database]
url = "{database_url}"

[tenants.test]
authority = "{tenant}"
graph_url = "{tenant}/v1.0"
tenant_id = "{tenant_id}"
client_id = "{client_id}"
certificate_path = "app.crt"
key_path = "app.key"

[mail]
from = "Accounts <accounts@{MAIL_DOMAIN}>"

[mail.smtp]
host = "{smtp_host}"
port = {smtp_port}
security = "plain"
{smtp_pace}

# Forms are filled in without picking a username.
[signup]
username_choice = "never"

[bots]
min_time = "0s"

[worker]
concurrency = {concurrency}
{pace}
"#
        );
        for Profile { name, email, licences, groups } in &self.profiles {
            let _ = write!(
                file,
                r#"
[[profiles]]
name = "{name}"
email = '{email}'
tenant = "test"
domain = "{DOMAIN}"
licences = {licences:?}
groups = {groups:?}
usage_location = "DE"
[profiles.attributes]
{attribute} = "{{student_id}}"
"#
            );
        }
        file
    }
}

const HASTY: &str = r#"lease = "5s"
retry_base = "50ms"
retry_max = "1s"

[graph]
timeout = "1s"
connect_timeout = "1s"
"#;

const BRISK: &str = r#"retry_base = "100ms"
retry_max = "1s"
seats_retry = "1s"
"#;
