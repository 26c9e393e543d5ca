//! A `config.toml` that is there already: its owner's, so that flags are only compared with it.

use anyhow::Context;
use toml::{Table, Value};

use super::{
    answers::{Answers, NO_CLIENT_ID, written},
    file,
    question::{self, CLIENT_ID, DATABASE, Question},
};
use crate::{
    cli::configured::Misconfigured,
    config::{self, Config},
    domain::TenantAlias,
};

/// The file as it was found.
pub(super) struct Existing {
    text: String,
    table: Table,
    alias: String,
}

impl Existing {
    pub(super) fn read(text: String) -> anyhow::Result<Self> {
        // Text that is not TOML is reported by the loader, which does not quote what may be a secret.
        let table = text.parse::<Table>().unwrap_or_default();
        let aliases: Vec<&String> =
            table.get("tenants").and_then(Value::as_table).into_iter().flat_map(Table::keys).collect();
        let alias = match aliases.as_slice() {
            [] => "main".to_owned(),
            [only] => (*only).clone(),
            several if several.iter().any(|alias| *alias == "main") => "main".to_owned(),
            _ => anyhow::bail!(
                "config.toml has several tenants and none of them is `main`; \
                 `accountcreator manifest` prints what each needs"
            ),
        };
        Ok(Self { text, table, alias })
    }

    /// The tenant whose registration is looked after.
    pub(super) fn tenant(&self) -> anyhow::Result<TenantAlias> {
        Ok(self.alias.parse()?)
    }

    /// Returns whether the client id is still to come.
    pub(super) fn lacks_client_id(&self) -> bool {
        self.value(CLIENT_ID).and_then(Value::as_str) == Some("")
    }

    /// The values that the flags ask for and the file does not say, one line each. A client id that was to come is no
    /// difference.
    pub(super) fn differences(&self, asked: &Answers) -> Vec<String> {
        let differing = asked.iter().filter_map(|(key, answer)| {
            let question = question::of(key)?;
            let wanted = written(question.form, answer);
            let to_come = key == CLIENT_ID && self.lacks_client_id();
            (!to_come && !self.says(question, &wanted)).then(|| self.difference(question, &wanted))
        });
        differing.collect()
    }

    fn says(&self, question: &Question, wanted: &Value) -> bool {
        match self.value(question.key) {
            Some(value) => value == wanted,
            None => wanted.as_str().is_some() && wanted.as_str() == question.built_in,
        }
    }

    fn difference(&self, question: &Question, wanted: &Value) -> String {
        let key = self.key(question.key);
        match self.value(question.key) {
            // It may hold a password.
            Some(_) if question.key == DATABASE => format!("{key} is another one than {wanted}"),
            Some(value) => format!("{key} is {value}, {} asks for {wanted}", question.flag),
            None => format!("{key} is not there, {} asks for {wanted}", question.flag),
        }
    }

    fn key(&self, key: &str) -> String {
        key.replacen("tenants.main.", &format!("tenants.{}.", self.alias), 1)
    }

    fn value(&self, key: &str) -> Option<&Value> {
        let key = self.key(key);
        let (path, name) = key.rsplit_once('.').unwrap_or(("", &key));
        let steps = path.split('.').filter(|step| !step.is_empty());
        let table = steps.into_iter().try_fold(&self.table, |table, step| match step.strip_suffix("[0]") {
            Some(list) => table.get(list)?.as_array()?.first()?.as_table(),
            None => table.get(step)?.as_table(),
        });
        table?.get(name)
    }

    /// The text with this client id, where one was to come.
    pub(super) fn filled(&self, client_id: &str) -> anyhow::Result<Option<String>> {
        if !self.lacks_client_id() {
            return Ok(None);
        }
        let filled = file::with_client_id(&self.text, &self.alias, client_id);
        filled.map(Some).with_context(|| {
            format!(
                "config.toml has no line `client_id = \"\"` under [tenants.{}], so nothing was changed; \
                 write {} there yourself",
                self.alias,
                Value::from(client_id)
            )
        })
    }

    /// The configuration that the text makes on this machine, with some client id in any case.
    pub(super) fn load(&self, text: &str) -> Result<Config, Misconfigured> {
        let some = file::with_client_id(text, &self.alias, NO_CLIENT_ID).filter(|_| self.lacks_client_id());
        let text = some.as_deref().unwrap_or(text);
        config::from_text(text, std::env::vars()).map_err(Misconfigured)
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn existing(text: &str) -> Existing {
        Existing::read(text.to_owned()).expect("one tenant")
    }

    #[test]
    fn only_what_is_asked_for_and_differs_is_told() {
        let file = existing(
            "[server]\nlisten = \"127.0.0.1:1\"\n[tenants.uni]\ntenant_id = \"a.example\"\nclient_id = \"\"\n\
             [[profiles]]\nlicences = [\"x\"]\n[mail.smtp]\nport = 25\n",
        );
        let asked: Answers = [
            ("server.listen", "127.0.0.1:2"),
            ("tenants.main.tenant_id", "a.example"),
            ("tenants.main.client_id", "new"),
            ("tenants.main.cloud", "global"),
            ("profiles[0].licences", "x"),
            ("profiles[0].groups", "g, h"),
            ("mail.smtp.port", "25"),
        ]
        .map(|(key, answer)| (key, answer.to_owned()))
        .into_iter()
        .collect();
        assert_eq!(
            file.differences(&asked),
            [
                "profiles[0].groups is not there, --group asks for [\"g\", \"h\"]",
                "server.listen is \"127.0.0.1:1\", --listen asks for \"127.0.0.1:2\"",
            ]
        );
        assert_eq!(file.tenant().expect("an alias").as_str(), "uni");
        let filled = file.filled("new").expect("a place").expect("none was there");
        assert!(filled.contains("client_id = \"new\"\n"));
        let elsewhere = existing("[tenants]\nuni = { client_id = '' }\n").filled("new");
        assert!(elsewhere.expect_err("no such line").to_string().contains("under [tenants.uni]"));
    }

    #[test]
    fn a_client_id_that_is_known_is_not_replaced() {
        let file = existing("[tenants.main]\nclient_id = \"old\"\n");
        assert!(!file.lacks_client_id() && file.filled("new").expect("nothing to fill").is_none());
        let asked: Answers = [("tenants.main.client_id", "new".to_owned())].into_iter().collect();
        assert_eq!(file.differences(&asked).len(), 1);
    }

    #[test]
    fn of_several_tenants_it_is_main() {
        let two = "[tenants.main]\n[tenants.staff]\n";
        assert_eq!(existing(two).tenant().expect("an alias").as_str(), "main");
        assert!(Existing::read(two.replace("main", "students")).is_err());
    }
}
