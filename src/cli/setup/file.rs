//! The text of `config.toml`: short, commented, and only what differs from the defaults.

use std::{fmt::Write as _, path::Path};

use secrecy::ExposeSecret;
use toml::Value;

use super::{
    answers::Answers,
    question::{self, CLIENT_ID},
};

/// The names of what is written.
pub(super) const KEY: &str = "key.pem";
pub(super) const CERTIFICATE: &str = "certificate.pem";
pub(super) const SECRET_KEY: &str = "secret-key";
pub(super) const CONFIG: &str = "config.toml";
pub(super) const SMTP_PASSWORD: &str = "smtp-password";
pub(super) const DATABASE_URL: &str = "database-url";
pub(super) const EXCHANGE: &str = "exchange-setup.ps1";

/// The place of the secrets that were typed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Secrets {
    /// Each in a file of its own, as it is written.
    InFiles,
    /// In its text, for a look at all answers before anything is written.
    InPlace,
}

/// A part of the file: its comment, its header, and the keys that are asked for in it.
struct Part {
    comment: &'static str,
    header: &'static str,
    keys: &'static [&'static str],
}

const PARTS: [Part; 11] = [
    Part {
        comment: "Where people turn for help, and what seals passwords until they are mailed.",
        header: "",
        keys: &["support_email"],
    },
    Part {
        comment: "A proxy in front of it ends TLS.",
        header: "[server]",
        keys: &["server.listen", "server.public_url", "server.trusted_proxies"],
    },
    Part { comment: "", header: "[site]", keys: &["site.name", "site.email_example"] },
    Part {
        comment: "`serve` brings its tables up to date by itself.",
        header: "[database]",
        keys: &["database.url", "database.url_file"],
    },
    Part {
        comment: "The directory. entra-setup.sh and entra-portal.md tell how the application is registered there.",
        header: "[tenants.main]",
        keys: &[
            "tenants.main.cloud",
            "tenants.main.tenant_id",
            "tenants.main.client_id",
            "tenants.main.authority",
            "tenants.main.graph_url",
            "tenants.main.ca_file",
        ],
    },
    Part {
        comment: "Who may sign up, and what their accounts get. Further profiles are asked after this one.",
        header: "[[profiles]]",
        keys: &[
            "profiles[0].email",
            "profiles[0].domain",
            "profiles[0].licences",
            "profiles[0].usage_location",
            "profiles[0].groups",
        ],
    },
    Part { comment: "", header: "[mail]", keys: &["mail.transport", "mail.from"] },
    Part {
        comment: "",
        header: "[mail.smtp]",
        keys: &[
            "mail.smtp.auth",
            "mail.smtp.host",
            "mail.smtp.security",
            "mail.smtp.port",
            "mail.smtp.user",
            "mail.smtp.password_file",
        ],
    },
    Part { comment: "", header: "[mail.graph]", keys: &["mail.graph.mailbox", "mail.graph.scoped"] },
    Part { comment: "", header: "[mail.file]", keys: &["mail.file.dir"] },
    Part {
        comment: "Whether a mailed code confirms the address first: then only its owner gets an account for it.",
        header: "[signup]",
        keys: &["signup.confirm_email"],
    },
];

/// The whole file.
pub(super) fn render(answers: &Answers, secrets: Secrets) -> String {
    let mut text = String::from(
        "# What differs from the defaults. `accountcreator config show` prints every setting in force,\n\
         # `accountcreator config check` names every fault.\n",
    );
    for part in &PARTS {
        let lines = lines(part, answers, secrets);
        if lines.is_empty() {
            continue;
        }
        text.push('\n');
        if !part.comment.is_empty() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "# {}", part.comment);
        }
        if !part.header.is_empty() {
            let _ = writeln!(text, "{}", part.header);
        }
        text += &lines;
    }
    text
}

fn lines(part: &Part, answers: &Answers, secrets: Secrets) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &Value| {
        let _ = writeln!(text, "{name} = {value}");
    };
    match part.header {
        "[database]" => line("migrate_on_start", &Value::from(true)),
        "[[profiles]]" => {
            line("name", &Value::from("main"));
            line("tenant", &Value::from("main"));
        }
        _ => {}
    }
    for key in part.keys {
        let Some(question) = question::of(key) else { continue };
        let name = key.rsplit('.').next().unwrap_or(key);
        if let (Secrets::InPlace, Some(secret)) = (secrets, answers.secrets.get(key)) {
            line(name.trim_end_matches("_file"), &Value::from(secret.expose_secret()));
            continue;
        }
        match answers.value(question) {
            Some(value) => line(name, &value),
            None if *key == CLIENT_ID => {
                line(name, &Value::from(""));
            }
            None => {}
        }
    }
    match part.header {
        "" => line("secret_key_file", &path(&answers.dir.join(SECRET_KEY))),
        "[tenants.main]" => {
            line("certificate_path", &path(&answers.dir.join(CERTIFICATE)));
            line("key_path", &path(&answers.dir.join(KEY)));
        }
        _ => {}
    }
    text
}

fn path(file: &Path) -> Value {
    Value::from(file.display().to_string())
}

/// The text with the client id in the place that its tenant's section has for it, if there is such a place. A comment
/// behind it stays.
pub(super) fn with_client_id(text: &str, alias: &str, id: &str) -> Option<String> {
    let header = format!("[tenants.{alias}]");
    let is_header = |line: &str| line.split('#').next().is_some_and(|line| line.trim() == header);
    let start = text.lines().position(is_header)? + 1;
    let section = text.lines().skip(start).take_while(|line| !line.trim_start().starts_with('['));
    let (at, (before, after)) =
        section.enumerate().find_map(|(at, line)| Some((start + at, place(line)?)))?;
    let filled = format!("{before}{}{after}", Value::from(id));
    let lines =
        text.lines().enumerate().map(|(number, line)| if number == at { filled.as_str() } else { line });
    Some(lines.map(|line| format!("{line}\n")).collect())
}

/// The parts of the line before and behind the empty text of a client id that is still to come.
fn place(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once('=')?;
    let value = value.trim_start();
    let after = [r#""""#, "''"].iter().find_map(|empty| value.strip_prefix(empty))?;
    let is_place =
        key.trim() == "client_id" && (after.trim().is_empty() || after.trim_start().starts_with('#'));
    is_place.then(|| (&line[..line.len() - value.len()], after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_has_its_place_in_the_file() {
        let placed: Vec<&str> = PARTS.iter().flat_map(|part| part.keys).copied().collect();
        for question in &question::QUESTIONS {
            assert!(placed.contains(&question.key), "{}", question.key);
        }
        assert_eq!(placed.len(), question::QUESTIONS.len());
    }

    #[test]
    fn a_client_id_fills_the_place_of_its_tenant_and_changes_nothing_else() {
        let filled = |text: &str| with_client_id(text, "main", "x");
        let text = "[tenants.a]\nclient_id = \"\"\n\n[tenants.main] # ours\n# client_id = \"\"\n  client_id=''  # soon\n\
                    b = 2 # mine\n";
        assert_eq!(filled(text), Some(text.replace("client_id=''", "client_id=\"x\"")));
        for none in [
            "[tenants.main]\nclient_id = \"y\"\n",
            "[tenants.main]\na = 1\n[tenants.b]\nclient_id = \"\"\n",
            "client_id = \"\"\n",
            "[tenants]\nmain = { client_id = \"\" }\n",
        ] {
            assert_eq!(filled(none), None, "{none}");
        }
    }
}
