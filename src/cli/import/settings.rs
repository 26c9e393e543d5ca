//! The original's settings become a configuration of ours.

use std::path::Path;

use super::{certificate, document::Document, filter, given::Given, keys, python};
use crate::{config::database_url, domain::SecretKey};

/// The values that its code fixed: Office 365 A1 for students, used in Germany.
const LICENCE: &str = "314c4481-f395-4525-be8b-2ec4bb1e9d91";
const USAGE_LOCATION: &str = "DE";

/// The original proves itself by SHA-1 of its certificate.
const ASSERTION: &str = "assertion = \"rs256-sha1\"";

/// The value in its defaults for an id that was not given.
const NO_ID: &str = "00000000-0000-0000-0000-000000000000";

/// A configuration, and what of the original's is not in it.
pub(super) struct Converted {
    pub(super) document: Document,
    pub(super) given: Given,
}

/// Converts the settings of a file. `texts` is the folder of texts that are imported with them.
pub(super) fn convert(source: &str, texts: Option<&Path>) -> Converted {
    let mut converted = Converted { document: Document::default(), given: Given::new(python::read(source)) };
    converted
        .document
        .comment("Imported from MS365-Accountcreator; every key is explained in config/default.toml.");
    converted.top();
    converted.server();
    converted.database();
    converted.tenant();
    converted.profile();
    converted.mail();
    converted.signup();
    if let Some(folder) = texts {
        converted.document.section("[texts]");
        converted.document.pair("dir", folder.display().to_string());
    }
    converted.rest();
    converted
}

impl Converted {
    /// A text under our key, if it is given.
    fn copy(&mut self, name: &str, ours: &str) {
        if let Some((_, text)) = self.given.text(name) {
            self.document.pair(ours, text);
        }
    }

    fn top(&mut self) {
        if let Some((line, secret)) = self.given.text("JWT_SECRET_KEY") {
            if SecretKey::new(&secret).is_ok() {
                self.document.secret("secret_key", "secret-key", secret.trim());
            } else {
                self.document.comment("JWT_SECRET_KEY is too weak. Make a key: openssl rand -base64 32");
                self.document.comment("secret_key_file = \"…\"");
                self.given.leave(line, "JWT_SECRET_KEY", "is too weak to seal passwords");
            }
        }
        self.copy("SUPPORT_EMAIL", "support_email");
    }

    fn server(&mut self) {
        self.document.section("[server]");
        self.document.comment("The address people see, which links in mails begin with.");
        self.document.comment("public_url = \"https://…\"");
        if let Some(proxies) = self.given.number("REVERSE_PROXY_COUNT") {
            self.document.pair("proxy_hops", proxies);
        }
    }

    fn database(&mut self) {
        const NAME: &str = "SQLALCHEMY_DATABASE_URI";
        if let Some((line, uri)) = self.given.text(NAME) {
            self.document.section("[database]");
            match database_url(&uri) {
                Some(url) if url.starts_with("postgres:") => {
                    self.document.comment(
                        "Another host must prove its name by a certificate, unless sslmode is written.",
                    );
                    self.document.secret("url", "database-url", &url);
                }
                Some(url) => {
                    self.document.comment("A file of its own: that of MS365-Accountcreator stays as it is.");
                    self.document.pair("url", url);
                }
                None => self.given.leave(line, NAME, "names no database that can be used here"),
            }
        }
        if self.given.flag("DEBUG_DONT_CONNECT_TO_API", false) {
            self.document.section("[graph]");
            self.document.pair("dry_run", true);
        }
    }

    fn tenant(&mut self) {
        self.document.section("[tenants.main]");
        self.authority();
        if let Some((_, id)) = self.given.text("GRAPH_API_AUTH_CLIENT_ID").filter(|(_, id)| id != NO_ID) {
            self.document.pair("client_id", id);
        }
        let thumbprint = self.given.text("GRAPH_API_AUTH_PUBKEY_THUMBPRINT").map(|(_, text)| text);
        let key = self.given.text("GRAPH_API_AUTH_PRIVKEY_PATH").map(|(_, path)| path);
        let found = key.as_deref().and_then(|key| certificate::beside(Path::new(key), thumbprint.as_deref()));
        match found {
            Some(certificate) => self.document.pair("certificate_path", certificate.display().to_string()),
            None => {
                let thumbprint = thumbprint.unwrap_or_else(|| "…".to_owned());
                self.document.comment(format!(
                    "The certificate with the thumbprint {thumbprint}, PEM; it belongs to the key below."
                ));
                self.document.comment("certificate_path = \"…\"");
            }
        }
        if let Some(key) = key {
            self.document.pair("key_path", key);
        }
        self.document.comment("As MS365-Accountcreator did it, where a policy of the tenant's asks for it.");
        self.document.comment(ASSERTION);
    }

    /// `https://login.microsoftonline.com/<directory>`
    fn authority(&mut self) {
        const NAME: &str = "GRAPH_API_AUTH_AUTHORITY";
        let Some((line, authority)) = self.given.text(NAME) else { return };
        let split = authority.trim_end_matches('/').rsplit_once('/');
        let Some((host, directory)) = split.filter(|(host, _)| host.contains("://")) else {
            return self.given.leave(line, NAME, "does not end with the directory's id");
        };
        match host.to_ascii_lowercase().as_str() {
            "https://login.microsoftonline.com" => {}
            "https://login.microsoftonline.us" => self.document.pair("cloud", "us-gov-l4"),
            "https://login.partner.microsoftonline.cn" | "https://login.chinacloudapi.cn" => {
                self.document.pair("cloud", "china");
            }
            _ => self.document.pair("authority", host),
        }
        if directory != NO_ID {
            self.document.pair("tenant_id", directory);
        }
    }

    fn profile(&mut self) {
        const FILTER: &str = "EMAIL_ADDRESS_FILTER";
        self.document.section("[[profiles]]");
        self.document.pair("name", "students");
        if let Some((line, python)) = self.given.text(FILTER) {
            match filter::convert(&python) {
                Ok(rule) => {
                    if rule.dots_escaped {
                        self.document
                            .comment("A dot stood for any sign here; in the domain it is a dot now.");
                    }
                    self.document.pair("email", rule.text);
                }
                Err(because) => {
                    self.document.comment(format!("{FILTER}, which has to be said otherwise: {python}"));
                    self.given.leave(line, FILTER, format!("cannot be said here: {because}"));
                }
            }
        }
        self.document.pair("tenant", "main");
        self.copy("GRAPH_API_USER_MAIL_DOMAIN", "domain");
        self.document.comment("What MS365-Accountcreator gave everybody.");
        self.document.pair("licences", vec![LICENCE]);
        self.document.pair("usage_location", USAGE_LOCATION);
        self.document.pair("username", "{first}.{last}");
        let groups = self.given.texts("GRAPH_API_GROUPS_FOR_NEW_USERS").unwrap_or_default();
        let groups: Vec<_> = groups.into_iter().filter(|group| group != NO_ID).collect();
        if !groups.is_empty() {
            self.document.pair("groups", groups);
        }
        self.document.section("[profiles.attributes]");
        self.document.pair("givenName", "{first_name}");
        self.document.pair("surname", "{last_name}");
        self.document.pair("mail", "{principal_name}");
    }

    fn mail(&mut self) {
        self.document.section("[mail]");
        if self.given.flag("DEBUG_DONT_SEND_MAIL", false) {
            self.document.pair("transport", "file");
        }
        self.copy("MAIL_SENDING_ADDRESS", "from");
        self.document.section("[mail.smtp]");
        self.copy("MAIL_SERVER_HOST", "host");
        let (tls, starttls) =
            (self.given.flag("MAIL_SERVER_SSL", false), self.given.flag("MAIL_SERVER_STARTTLS", true));
        let security = match (tls, starttls) {
            (true, _) => "tls",
            (false, true) => "starttls",
            (false, false) => "plain",
        };
        self.document.pair("security", security);
        let port = self.given.number("MAIL_SERVER_PORT").unwrap_or(25);
        self.document.pair("port", port);
        let (user, password) = (self.given.text("MAIL_SERVER_USER"), self.given.text("MAIL_SERVER_PW"));
        if self.given.flag("MAIL_SERVER_LOGIN", true) {
            if let Some((_, user)) = user {
                self.document.pair("user", user);
            }
            if let Some((_, password)) = password {
                self.document.secret("password", "smtp-password", &password);
            }
        }
    }

    /// The password has so many bytes, in base64 behind `!1Aa`.
    fn signup(&mut self) {
        self.document.section("[signup]");
        self.document.comment("A mailed code confirms the address first; the original asks for none.");
        self.document.pair("confirm_email", true);
        if let Some(bytes) = self.given.number("GENERATED_PASSWORD_BYTES") {
            let characters = bytes.saturating_mul(4).saturating_add(2) / 3 + 4;
            self.document.pair("password_length", characters.clamp(16, 64));
        }
    }

    /// A comment for each setting that is not there any more.
    fn rest(&mut self) {
        let rest: Vec<_> = self.given.rest().map(|(line, name)| (line, name.to_owned())).collect();
        let left = self.given.left.iter().filter(|left| !left.name.is_empty());
        let mut notes: Vec<_> =
            left.map(|left| (left.line, left.name.clone(), left.because.clone())).collect();
        for (line, name) in rest {
            let note = keys::of(&name).map_or("", |key| key.note);
            let because = if note.is_empty() {
                "has no counterpart".to_owned()
            } else {
                format!("has no counterpart: {note}")
            };
            self.given.leave(line, &name, because.clone());
            notes.push((line, name, because));
        }
        notes.sort();
        if !notes.is_empty() {
            self.document.section("# What is not here, by the lines of the old file:");
        }
        for (line, name, because) in notes {
            self.document.comment(format!("{name} (line {line}) {because}"));
        }
        self.given.left.sort_by_key(|left| left.line);
    }
}

#[cfg(test)]
mod tests;
