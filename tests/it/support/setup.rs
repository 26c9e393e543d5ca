//! How a test wants its service, and the configuration that comes of it.

use std::{net::SocketAddr, path::Path};

use accountcreator::sandbox::{Group, GroupKind, STUDENT_SKU, Sandbox, SmtpOptions, Tenant, Xoauth2};
use uuid::Uuid;

/// A profile that admits addresses with a tag.
pub const TAGGED_PROFILE: &str = r"
[[profiles]]
name = 'tagged'
email = 'st[0-9]{6}\+[a-z]+@stud\.example\.edu'
tenant = 'main'
domain = 'students.example.edu'";

/// How a test wants its service. The default is the ordinary one.
pub struct Setup {
    /// Lines of the configuration that come last, so they can open any section.
    pub sections: String,
    /// Further lines of `[site]`.
    pub site: String,
    /// Lines of `[signup]`.
    pub signup: String,
    /// Lines of `[bots]`. No visitor of these tests needs time to fill in a form, unless a test says so.
    pub bots: String,
    /// Further lines of the profile.
    pub profile: String,
    /// Lines of `[server]`.
    pub server: String,
    /// Lines of `[limits]`; by default nothing is limited.
    pub limits: String,
    /// Further lines of the tenant.
    pub connection: &'static str,
    /// Lines of `[graph]`.
    pub graph: String,
    /// Lines of `[mail]`.
    pub mail: String,
    /// Further lines of `[mail.smtp]`.
    pub smtp: String,
    /// `plain`, `starttls` or `tls`.
    pub smtp_security: &'static str,
    /// The manners of the tenant's mail server.
    pub smtp_server: SmtpOptions,
    pub tenant: Tenant,
    /// How many groups the profile has.
    pub groups: usize,
    /// Groups of the tenant that the profile does not have.
    pub other_groups: Vec<Group>,
    pub licences: Vec<Uuid>,
    /// How long Graph and the mail server may take.
    pub timeout: &'static str,
}

const UNLIMITED: &str = r#"submissions_per_network = "off"
mails_per_address = []
submissions_in_total = "off"
codes_per_network = "off"
pages_per_network = "off""#;

impl Default for Setup {
    fn default() -> Self {
        Self {
            sections: String::new(),
            site: String::new(),
            signup: String::new(),
            bots: "min_time = \"0s\"".to_owned(),
            profile: String::new(),
            server: String::new(),
            limits: UNLIMITED.to_owned(),
            connection: "",
            graph: String::new(),
            mail: String::new(),
            smtp: String::new(),
            smtp_security: "plain",
            smtp_server: SmtpOptions::default(),
            tenant: Tenant::default(),
            groups: 2,
            other_groups: Vec::new(),
            licences: vec![STUDENT_SKU],
            timeout: "2s",
        }
    }
}

/// How mails leave for Microsoft.
#[derive(Clone, Copy, Debug)]
pub enum MailWay {
    /// By SMTP, with a login by an access token.
    Xoauth2,
    /// By a mailbox through Graph.
    Graph,
    /// The same, and the mailbox keeps no copy.
    GraphWithoutCopy,
}

impl Setup {
    /// The same with mails that leave by this way, which the tenant allows.
    pub fn mailing_by(mut self, way: MailWay) -> Self {
        let (mail, smtp, permission) = match way {
            MailWay::Xoauth2 => ("", "auth = \"xoauth2\"", "SMTP.SendAsApp"),
            MailWay::Graph => ("transport = \"graph\"", "", "Mail.Send"),
            MailWay::GraphWithoutCopy => {
                ("transport = \"graph\"\n[mail.graph]\nsave_to_sent_items = false", "", "Mail.Send")
            }
        };
        if matches!(way, MailWay::Xoauth2) {
            self.smtp_server.xoauth2 = Xoauth2::Required;
        }
        self.tenant.granted.push(permission.to_owned());
        Self { mail: mail.to_owned(), smtp: smtp.to_owned(), ..self }
    }

    /// A tenant in which new passwords may be set.
    pub fn renewing() -> Self {
        Self { connection: "reset_passwords = true", timeout: "1s", ..Self::default() }
    }

    /// The configuration, for a process that listens here and has its files there.
    pub(super) fn configuration(
        &self,
        sandbox: &Sandbox,
        address: SocketAddr,
        directory: &Path,
        database: &str,
    ) -> String {
        let directory = directory.display();
        let groups: Vec<String> = (0..self.groups).map(|number| group(number).id.to_string()).collect();
        let licences: Vec<String> = self.licences.iter().map(ToString::to_string).collect();
        let implicit = sandbox.smtps_addr().filter(|_| self.smtp_security == "tls");
        let smtp = implicit.unwrap_or_else(|| sandbox.smtp_addr());
        format!(
            r#"
secret_key = "a secret key for tests that is long enough 0123456789"
support_email = "support@example.edu"
[server]
listen = "{address}"
public_url = "http://{address}"
header_timeout = "2m"
{server}
[limits]
{limits}
[site]
name = "Example University"
{site}
[database]
url = "{database}"
migrate_on_start = true
[tenants.main]
tenant_id = "{tenant_id}"
client_id = "{client_id}"
authority = "{authority}"
graph_url = "{graph_url}"
certificate_path = "{directory}/certificate.pem"
key_path = "{directory}/key.pem"
{connection}
[[profiles]]
name = "students"
email = 'st(?<student_id>[0-9]{{6}})@stud\.example\.edu'
tenant = "main"
domain = "students.example.edu"
usage_location = "DE"
licences = {licences:?}
groups = {groups:?}
{profile}
[mail]
from = "Example University <accounts@example.edu>"
{mail}
[mail.smtp]
host = "{smtp_host}"
port = {smtp_port}
security = "{security}"
timeout = "{timeout}"
timeout_after_data = "{timeout}"
{smtp_lines}
[graph]
{graph}
timeout = "{timeout}"
connect_timeout = "1s"
[signup]
{signup}
[bots]
{bots}
{sections}
"#,
            tenant_id = self.tenant.tenant_id,
            client_id = self.tenant.client_id,
            authority = sandbox.http_url(),
            graph_url = sandbox.graph_url(),
            server = self.server,
            limits = self.limits,
            profile = self.profile,
            site = self.site,
            mail = self.mail,
            security = self.smtp_security,
            smtp_lines = self.smtp,
            connection = self.connection,
            graph = self.graph,
            smtp_host = smtp.ip(),
            smtp_port = smtp.port(),
            signup = self.signup,
            bots = self.bots,
            timeout = self.timeout,
            sections = self.sections,
        )
    }
}

pub fn group(number: usize) -> Group {
    Group {
        id: Uuid::from_u128(0x5a4d_b0e5_7e4a_4c0e_9b5e_0000_0000_0100 + number as u128),
        display_name: format!("Group {number}"),
        kind: GroupKind::Assigned,
    }
}
