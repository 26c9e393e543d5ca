//! The arguments of `setup`: each answer may be given by a flag.

use std::path::PathBuf;

use super::answers::Answers;

/// The folder in which the service looks for its configuration by default.
pub(super) const USUAL_DIR: &str = "/etc/accountcreator";

/// Arguments of `setup`.
#[derive(Debug, clap::Args)]
pub struct SetupArgs {
    /// The folder for all that is written
    #[arg(long, value_name = "DIR", default_value = USUAL_DIR)]
    pub dir: PathBuf,
    /// Ask nothing: name all that is missing at once
    #[arg(long)]
    pub non_interactive: bool,
    /// Microsoft's cloud: global, us-gov-l4, us-gov-l5 or china
    #[arg(long, value_name = "NAME", help_heading = TENANT)]
    pub cloud: Option<String>,
    /// The directory's id, or one of its domains
    #[arg(long, value_name = "TENANT", help_heading = TENANT)]
    pub tenant: Option<String>,
    /// The application (client) id, once the app registration is made
    #[arg(long, value_name = "GUID", help_heading = TENANT)]
    pub client_id: Option<String>,
    /// Another token service than the cloud's, for a simulated tenant
    #[arg(long, value_name = "URL", help_heading = TENANT)]
    pub authority: Option<String>,
    /// Another Graph than the cloud's, for a simulated tenant
    #[arg(long, value_name = "URL", help_heading = TENANT)]
    pub graph_url: Option<String>,
    /// Authorities to trust besides the system's (PEM), for a simulated tenant
    #[arg(long, value_name = "FILE", help_heading = TENANT)]
    pub ca_file: Option<PathBuf>,
    /// Who may sign up: domains of addresses with commas between, or a regular expression with an @
    #[arg(long, value_name = "RULE", help_heading = ACCOUNTS)]
    pub email_rule: Option<String>,
    /// An address that the rule admits; the form shows it
    #[arg(long, value_name = "ADDRESS", help_heading = ACCOUNTS)]
    pub email_example: Option<String>,
    /// The domain of the new accounts, verified in the tenant
    #[arg(long, value_name = "DOMAIN", help_heading = ACCOUNTS)]
    pub domain: Option<String>,
    /// The SKU id of a licence that accounts get; may be given again
    #[arg(long, value_name = "GUID", help_heading = ACCOUNTS)]
    pub licence: Vec<String>,
    /// The country in which the licences are used, such as DE
    #[arg(long, value_name = "COUNTRY", help_heading = ACCOUNTS)]
    pub usage_location: Option<String>,
    /// The object id of a group that accounts join; may be given again
    #[arg(long, value_name = "GUID", help_heading = ACCOUNTS)]
    pub group: Vec<String>,
    /// Where people turn for help
    #[arg(long, value_name = "ADDRESS", help_heading = SITE)]
    pub support_email: Option<String>,
    /// What pages and mails call the site
    #[arg(long, value_name = "NAME", help_heading = SITE)]
    pub site_name: Option<String>,
    /// The address people use
    #[arg(long, value_name = "URL", help_heading = SITE)]
    pub public_url: Option<String>,
    /// The address and port to listen on
    #[arg(long, value_name = "ADDR", help_heading = SITE)]
    pub listen: Option<String>,
    /// A proxy, by address or network, that is believed when it says who sends a request; may be given again
    #[arg(long, value_name = "NETWORK", help_heading = SITE)]
    pub trusted_proxy: Vec<String>,
    /// The database; with a password in it rather by --database-url-file
    #[arg(long, value_name = "URL", help_heading = SITE, conflicts_with = "database_url_file")]
    pub database_url: Option<String>,
    /// A file that holds the database's address
    #[arg(long, value_name = "FILE", help_heading = SITE)]
    pub database_url_file: Option<PathBuf>,
    /// Confirm addresses by a mailed code before anything is created: yes (recommended) or no
    #[arg(long, value_name = "YES_OR_NO", help_heading = SITE)]
    pub confirm_email: Option<String>,
    /// How mails leave: smtp, graph (Exchange Online through Microsoft Graph) or file
    #[arg(long, value_name = "WAY", help_heading = MAIL)]
    pub mail_transport: Option<String>,
    /// How to log in to the mail server: password, or xoauth2 (Exchange Online)
    #[arg(long, value_name = "WAY", help_heading = MAIL)]
    pub smtp_auth: Option<String>,
    /// The mail server; with xoauth2 it follows from the cloud
    #[arg(long, value_name = "HOST", help_heading = MAIL)]
    pub smtp_host: Option<String>,
    /// starttls, tls or plain
    #[arg(long, value_name = "WAY", help_heading = MAIL)]
    pub smtp_security: Option<String>,
    /// Its port, if not the usual one
    #[arg(long, value_name = "PORT", help_heading = MAIL)]
    pub smtp_port: Option<String>,
    /// The user there; with xoauth2 the mailbox
    #[arg(long, value_name = "USER", help_heading = MAIL)]
    pub smtp_user: Option<String>,
    /// A file that holds the user's password
    #[arg(long, value_name = "FILE", help_heading = MAIL, requires = "smtp_user")]
    pub smtp_password_file: Option<PathBuf>,
    /// The mailbox that sends through Microsoft Graph
    #[arg(long, value_name = "ADDRESS", help_heading = MAIL)]
    pub graph_mailbox: Option<String>,
    /// Let Exchange restrict the application to this mailbox: yes (recommended) or no
    #[arg(long, value_name = "YES_OR_NO", help_heading = MAIL)]
    pub graph_scoped: Option<String>,
    /// The folder for mails, with the transport file
    #[arg(long, value_name = "DIR", help_heading = MAIL)]
    pub mail_dir: Option<PathBuf>,
    /// The sender, such as "Accounts <accounts@example.edu>"
    #[arg(long, value_name = "SENDER", help_heading = MAIL)]
    pub mail_from: Option<String>,
}

const TENANT: &str = "Tenant";
const ACCOUNTS: &str = "Accounts";
const SITE: &str = "Site";
const MAIL: &str = "Mail";

impl SetupArgs {
    /// The answers that the flags give, by the key of the configuration.
    pub(super) fn answers(&self) -> anyhow::Result<Answers> {
        let list = |items: &[String]| (!items.is_empty()).then(|| items.join(", "));
        let path = |file: &Option<PathBuf>| {
            let file = file.as_ref().map(std::path::absolute).transpose();
            file.map(|file| file.map(|file| file.display().to_string()))
        };
        let given = [
            ("tenants.main.cloud", self.cloud.clone()),
            ("tenants.main.tenant_id", self.tenant.clone()),
            ("tenants.main.client_id", self.client_id.clone()),
            ("tenants.main.authority", self.authority.clone()),
            ("tenants.main.graph_url", self.graph_url.clone()),
            ("tenants.main.ca_file", path(&self.ca_file)?),
            ("profiles[0].email", self.email_rule.clone()),
            ("site.email_example", self.email_example.clone()),
            ("profiles[0].domain", self.domain.clone()),
            ("profiles[0].licences", list(&self.licence)),
            ("profiles[0].usage_location", self.usage_location.clone()),
            ("profiles[0].groups", list(&self.group)),
            ("support_email", self.support_email.clone()),
            ("site.name", self.site_name.clone()),
            ("server.public_url", self.public_url.clone()),
            ("server.listen", self.listen.clone()),
            ("server.trusted_proxies", list(&self.trusted_proxy)),
            ("database.url", self.database_url.clone()),
            ("database.url_file", path(&self.database_url_file)?),
            ("mail.transport", self.mail_transport.clone()),
            ("mail.smtp.auth", self.smtp_auth.clone()),
            ("mail.smtp.host", self.smtp_host.clone()),
            ("mail.smtp.security", self.smtp_security.clone()),
            ("mail.smtp.port", self.smtp_port.clone()),
            ("mail.smtp.user", self.smtp_user.clone()),
            ("mail.smtp.password_file", path(&self.smtp_password_file)?),
            ("mail.graph.mailbox", self.graph_mailbox.clone()),
            ("mail.graph.scoped", self.graph_scoped.clone()),
            ("mail.file.dir", path(&self.mail_dir)?),
            ("mail.from", self.mail_from.clone()),
            ("signup.confirm_email", self.confirm_email.clone()),
        ];
        Ok(given.into_iter().filter_map(|(key, value)| Some((key, value?))).collect())
    }
}
