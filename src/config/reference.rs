//! The reference of all keys, in Markdown: what the defaults say of them, and what their readers take.

use std::{collections::BTreeMap, mem};

use ::config::{FileFormat, Format, Value, ValueKind};

use super::{
    Config,
    environment::PREFIX,
    kind::Kind,
    reload::is_on_reload,
    section::{Findings, Section},
    source::DEFAULTS,
};

const HEAD: &str = "\
# Configuration reference

Every key there is: what it takes, its default, and the environment variable that sets it as well. In a variable, lists
and tables are written as TOML. Where a section's name is yours to choose, as `main` is, the variable has yours;
`PROFILES__0` is the first profile. `accountcreator config reference` prints this page.

A change takes effect at a restart, or at a reload (SIGHUP) where the key says so. A reload also reads texts, static
files, certificates and passwords again that are given by file. Where a key of `[mail]` or of a tenant waits for a
restart, all changes of that section wait with it. The log names every key that waits.
";

/// A line of the defaults.
#[derive(Debug, PartialEq)]
enum Line<'t> {
    /// `[section]`; behind `#` it is an example.
    Header {
        name: &'t str,
        is_example: bool,
    },
    /// `key = …`; behind `#` with an example instead of a default.
    Key {
        name: &'t str,
        example: Option<&'t str>,
    },
    /// A comment.
    Text(&'t str),
    Blank,
    /// The rest of a value.
    Rest,
}

/// Keys, each perhaps with an example, and the text about them.
#[derive(Default)]
struct Group<'t> {
    text: Vec<&'t str>,
    keys: Vec<(&'t str, Option<&'t str>)>,
}

/// A section, its header as it is written; the header is empty at the top of the file.
#[derive(Default)]
struct Chapter<'t> {
    header: &'t str,
    /// Names and, in lists, numbers: `profiles`, `0`, `attributes`.
    path: Vec<&'t str>,
    is_example: bool,
    groups: Vec<Group<'t>>,
}

/// The reference of all keys as a Markdown page.
#[must_use]
pub fn reference() -> String {
    let chapters = chapters(DEFAULTS);
    let kinds = kinds(&chapters);
    let defaults = DEFAULTS.parse().unwrap_or_default();
    let pages = chapters.iter().map(|chapter| chapter.render(&kinds, &defaults));
    HEAD.to_owned() + &pages.collect::<String>()
}

fn line(text: &str) -> Line<'_> {
    let bare = text.strip_prefix("# ").unwrap_or(text);
    let is_example = bare.len() < text.len();
    let is_word = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match bare.split_once(" = ") {
        Some((name, value)) if is_word(name) => Line::Key { name, example: is_example.then_some(value) },
        _ if bare.starts_with('[') && bare.ends_with(']') => Line::Header { name: bare, is_example },
        _ if text.is_empty() => Line::Blank,
        _ => text.strip_prefix('#').map_or(Line::Rest, |comment| Line::Text(comment.trim())),
    }
}

/// The sections in their order. A text belongs to the keys or the header below it; the first one is about the file.
fn chapters(defaults: &str) -> Vec<Chapter<'_>> {
    let (mut chapters, mut chapter, mut group) = (Vec::new(), Chapter::default(), Group::default());
    let mut lists = Vec::new();
    let lines = defaults.lines().map(line).skip_while(|line| *line != Line::Blank);
    for line in lines.chain([Line::Blank]) {
        let goes_on = matches!(line, Line::Key { .. } | Line::Rest);
        if line == Line::Blank || (!group.keys.is_empty() && !goes_on) {
            chapter.groups.push(mem::take(&mut group));
        }
        match line {
            Line::Header { name, is_example } => {
                let names = name.trim_matches(['[', ']']);
                lists.extend(name.starts_with("[[").then_some(names));
                let (path, groups) = (path(names, &lists), vec![mem::take(&mut group)]);
                chapters.push(mem::replace(&mut chapter, Chapter { header: name, path, is_example, groups }));
            }
            Line::Key { name, example } => group.keys.push((name, example)),
            Line::Text(text) => group.text.push(text),
            Line::Blank | Line::Rest => {}
        }
    }
    chapters.push(chapter);
    chapters
}

/// The steps to a section, each list by its first item.
fn path<'t>(names: &'t str, lists: &[&str]) -> Vec<&'t str> {
    let mut path = Vec::new();
    for name in names.split('.') {
        path.push(name);
        if lists.iter().any(|list| path.iter().filter(|step| **step != "0").copied().eq(list.split('.'))) {
            path.push("0");
        }
    }
    path
}

fn tree(text: &str) -> Value {
    let table = FileFormat::Toml.parse(None, text).unwrap_or_default();
    Value::new(None, ValueKind::Table(table))
}

/// The kind of value that each key takes, as its reader notes it, here for a configuration that has only the sections
/// whose names are free: the others are read whether they are there or not.
fn kinds(chapters: &[Chapter<'_>]) -> BTreeMap<String, Kind> {
    let mut text = String::new();
    for chapter in chapters.iter().filter(|chapter| chapter.is_example) {
        text += &format!("{}\n", chapter.header);
        for (name, example) in chapter.groups.iter().flat_map(|group| &group.keys) {
            text += &format!("{name} = {}\n", example.unwrap_or("\"\""));
        }
    }
    let mut findings = Findings::default();
    let _incomplete = Config::read_sections(&mut Section::root(tree(&text), &mut findings));
    findings.kinds
}

/// Every key with what it takes.
#[cfg(test)]
pub(super) fn every_key() -> BTreeMap<String, Kind> {
    kinds(&chapters(DEFAULTS))
}

impl Chapter<'_> {
    /// The key as a fault names it.
    fn key(&self, name: &str) -> String {
        let steps = self.path.iter().copied().chain([name]);
        steps.fold(String::new(), |key, step| match step {
            "0" => key + "[0]",
            step if key.is_empty() => step.to_owned(),
            step => format!("{key}.{step}"),
        })
    }

    fn variable(&self, name: &str) -> String {
        let steps: Vec<_> = self.path.iter().copied().chain([name]).collect();
        PREFIX.to_owned() + &steps.join("__").to_ascii_uppercase()
    }

    fn render(&self, kinds: &BTreeMap<String, Kind>, defaults: &toml::Table) -> String {
        let title = if self.header.is_empty() { "Above all sections" } else { &format!("`{}`", self.header) };
        let mut page = format!("\n## {title}\n");
        for group in &self.groups {
            page += &group.paragraphs();
            page += if group.keys.is_empty() { "" } else { "\n" };
            for (name, example) in &group.keys {
                let takes = kinds.get(&self.key(name)).map_or_else(String::new, ToString::to_string);
                let default = match example {
                    Some(example) if example.contains('…') => "no default".to_owned(),
                    Some(example) => format!("no default, such as `{example}`"),
                    None => format!("default `{}`", self.default_of(name, defaults)),
                };
                let reload = if is_on_reload(&self.key(name)) { "; put into force by a reload" } else { "" };
                page += &format!("- **`{name}`**: {takes}; {default}{reload}. `{}`\n", self.variable(name));
            }
        }
        page
    }

    fn default_of(&self, name: &str, defaults: &toml::Table) -> String {
        let section = self.path.iter().try_fold(defaults, |table, step| table.get(*step)?.as_table());
        section.and_then(|table| table.get(name)).map_or_else(String::new, ToString::to_string)
    }
}

impl Group<'_> {
    /// The text, in which an empty line begins a paragraph and nothing is taken for a tag.
    fn paragraphs(&self) -> String {
        let lines = self.text.iter().map(|line| format!("{}\n", line.replace('<', "\\<")));
        let text: String = lines.collect();
        if text.is_empty() { text } else { format!("\n{text}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_its_text_what_it_takes_its_default_and_its_variable() {
        let (chapters, page) = (chapters(DEFAULTS), reference());
        let kinds = kinds(&chapters);
        let mut documented = BTreeMap::new();
        for chapter in &chapters {
            let mut text = 0;
            for group in &chapter.groups {
                text += group.text.len();
                assert!(group.keys.is_empty() || text > 0, "a text about {:?}", group.keys);
                documented
                    .extend(group.keys.iter().map(|(name, _)| (chapter.key(name), chapter.variable(name))));
            }
        }
        let read: Vec<_> = kinds.keys().collect();
        assert_eq!(documented.keys().collect::<Vec<_>>(), read, "what is documented is what is read");
        let items: Vec<_> = page.lines().filter(|line| line.starts_with("- **`")).collect();
        assert_eq!(items.len(), documented.len());
        for variable in documented.values() {
            let item = items.iter().find(|item| item.ends_with(&format!(". `{variable}`"))).expect(variable);
            assert!(!item.contains(": ;") && !item.contains("``"), "{item}");
        }
    }

    #[test]
    fn an_item_tells_what_the_reader_and_the_defaults_say() {
        let page = reference();
        for item in [
            "**`secret_key`**: a secret, or its file as `secret_key_file`; no default. `ACCOUNTCREATOR__SECRET_KEY`",
            "**`proxy_hops`**: a whole number from 0 to 16; default `0`. `ACCOUNTCREATOR__SERVER__PROXY_HOPS`",
            "**`header_timeout`**: a duration from 1s to 2m; default `\"10s\"`. `ACCOUNTCREATOR__SERVER__HEADER_TIMEOUT`",
            "**`security`**: one of \"plain\", \"starttls\", \"tls\"; default `\"starttls\"`. `ACCOUNTCREATOR__MAIL__SMTP__SECURITY`",
            "**`port`**: a whole number from 1 to 65535; no default, such as `587`. `ACCOUNTCREATOR__MAIL__SMTP__PORT`",
            "**`dry_run`**: true or false; default `false`. `ACCOUNTCREATOR__GRAPH__DRY_RUN`",
            "**`profiles`**: a list of tables; default `[]`. `ACCOUNTCREATOR__PROFILES`",
        ] {
            assert!(page.contains(&format!("\n- {item}\n")), "{item}\nnot in\n{page}");
        }
        assert!(page.contains(". `ACCOUNTCREATOR__TENANTS__MAIN__CLIENT_ID`\n"));
        assert!(page.contains(". `ACCOUNTCREATOR__PROFILES__0__ATTRIBUTES__DEPARTMENT`\n"));
        assert!(page.contains("\n## `[[profiles]]`\n\nThe allowlist: who may sign up"));
    }

    #[test]
    fn the_steps_to_a_section_number_its_lists() {
        assert_eq!(path("mail.smtp", &["profiles"]), ["mail", "smtp"]);
        assert_eq!(path("profiles.attributes", &["profiles"]), ["profiles", "0", "attributes"]);
        assert_eq!(path("tenants.main.keys", &["tenants.main.keys"]), ["tenants", "main", "keys", "0"]);
    }

    #[test]
    fn lines_are_told_apart() {
        assert_eq!(line("listen = \"x\""), Line::Key { name: "listen", example: None });
        assert_eq!(line("# port = 587"), Line::Key { name: "port", example: Some("587") });
        assert_eq!(line("# [[profiles]]"), Line::Header { name: "[[profiles]]", is_example: true });
        assert_eq!(line("[site]"), Line::Header { name: "[site]", is_example: false });
        assert_eq!(line("# true: nothing is sent = logged"), Line::Text("true: nothing is sent = logged"));
        assert_eq!((line("#"), line(""), line("  \"abuse\",")), (Line::Text(""), Line::Blank, Line::Rest));
    }
}
