//! The house's order: who may import whom, and how large a file may grow.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The floors from the ground up. A module imports from floors below its own; what it may not even so, or may
/// besides, stands behind it.
const FLOORS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("config", &["domain"]),
    ("metrics", &["domain"]),
    ("audit", &["domain"]),
    ("store", &["config", "domain"]),
    ("entra", &["config", "metrics", "domain"]),
    ("graph", &["entra", "config", "metrics", "domain"]),
    ("mail", &["entra", "config", "metrics", "domain"]),
    ("texts", &["config", "domain"]),
    ("engine", &["store", "graph", "mail", "config", "audit", "metrics", "domain"]),
    ("signup", &["engine", "store", "graph", "mail", "texts", "config", "audit", "metrics", "domain"]),
    ("http", &["signup", "texts", "config", "audit", "metrics", "domain"]),
    (
        "app",
        &[
            "http", "signup", "engine", "store", "graph", "entra", "mail", "texts", "config", "audit",
            "metrics", "domain",
        ],
    ),
    (
        "cli",
        &[
            "app", "http", "signup", "store", "graph", "entra", "mail", "texts", "config", "audit", "domain",
            "sandbox",
        ],
    ),
    ("main", &["cli"]),
    // Apart: what it shared with the rest would hide the same error on both sides.
    ("sandbox", &[]),
    (FOR_TESTS, &[]),
];

/// A module that is compiled for tests alone: every module may import it.
const FOR_TESTS: &str = "frames";

/// A file is what one person can read in a sitting.
const LONGEST_FILE: usize = 700;

/// A file of `src` and its text.
struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The module of the house it belongs to.
    fn module(&self) -> String {
        let first = self.path.components().next().unwrap().as_os_str().to_str().unwrap();
        first.trim_end_matches(".rs").to_owned()
    }

    fn is_for_tests(&self) -> bool {
        let is_tests =
            |part: &str| matches!(part, "tests" | "tests.rs" | "testing.rs") || part.ends_with("_tests.rs");
        self.path.components().any(|part| is_tests(part.as_os_str().to_str().unwrap()))
    }

    /// The text without comments and without the tests at its end.
    fn code(&self) -> String {
        let text = self.text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut sources) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                sources.push(Source { path: path.strip_prefix(&root).unwrap().to_owned(), text });
            }
        }
    }
    assert!(sources.len() > 100, "the sources are found");
    sources
}

/// The modules of ours that a text names, by `use` or by a full path.
fn imports(code: &str) -> BTreeSet<String> {
    let ours = ["crate::", "accountcreator::"];
    let ends = ours.iter().flat_map(|start| code.match_indices(start).map(|(at, start)| at + start.len()));
    ends.flat_map(|end| names_at(&code[end..])).collect()
}

/// The first names of a path: `a` of `a::b`, `a` and `c` of `{a::b, c::{d, e}}`.
fn names_at(path: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = path.strip_prefix('{') else { return vec![name(path)] };
    let (mut depth, mut items) = (0, vec![String::new()]);
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            ',' if depth == 0 => items.push(String::new()),
            '{' => depth += 1,
            '}' => depth -= 1,
            c if depth == 0 => items.last_mut().unwrap().push(c),
            _ => {}
        }
    }
    items.iter().map(|item| name(item.trim())).filter(|name| !name.is_empty()).collect()
}

#[test]
fn imports_are_read_however_they_are_written() {
    let read = |code| imports(code).into_iter().collect::<Vec<_>>();
    assert_eq!(read("use crate::domain::Email;"), ["domain"]);
    assert_eq!(
        read("use crate::{\n    domain::{Clock, Email},\n    store::Store,\n    texts,\n};"),
        ["domain", "store", "texts"]
    );
    assert_eq!(read("let x = crate::graph::Error::new(); pub use crate::mail::Mail;"), ["graph", "mail"]);
    assert_eq!(read("accountcreator::cli::run()"), ["cli"]);
    assert_eq!(read("pub(crate) fn krate() {}"), Vec::<String>::new());
}

#[test]
fn every_module_has_its_floor() {
    let found: BTreeSet<String> = sources().iter().map(Source::module).collect();
    let known: BTreeSet<String> =
        FLOORS.iter().map(|(module, _)| (*module).to_owned()).chain(["lib".to_owned()]).collect();
    assert_eq!(found, known);
}

#[test]
fn modules_import_from_floors_below_only() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !source.is_for_tests()) {
        let module = source.module();
        let Some((_, allowed)) = FLOORS.iter().find(|(name, _)| *name == module) else { continue };
        for import in imports(&source.code()) {
            if import != module && import != FOR_TESTS && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{} imports {import}", source.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_sandbox_shares_nothing_with_the_rest_not_even_in_its_tests() {
    for source in sources().iter().filter(|source| source.module() == "sandbox") {
        let foreign: Vec<_> = imports(&source.text).into_iter().filter(|name| name != "sandbox").collect();
        assert!(foreign.is_empty(), "{} imports {foreign:?}", source.name());
    }
}

#[test]
fn files_stay_short_and_finished() {
    for source in sources() {
        let lines = source.text.lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines, {LONGEST_FILE} are enough", source.name());
        for unfinished in ["todo!(", "unimplemented!(", "TODO", "FIXME", "XXX"] {
            assert!(!source.text.contains(unfinished), "{} has {unfinished}", source.name());
        }
    }
}

/// A file that no module names is compiled by nobody.
#[test]
fn every_file_is_a_module() {
    let sources = sources();
    for source in &sources {
        let path = source.path.with_extension("");
        let is_folder = path.ends_with("mod");
        let module = if is_folder { path.parent().unwrap().to_owned() } else { path };
        let Some(name) = module.file_name().filter(|name| *name != "lib" && *name != "main") else {
            continue;
        };
        let parent = module.parent().unwrap();
        let owners = [parent.with_extension("rs"), parent.join("mod.rs"), parent.join("lib.rs")];
        let named = format!("mod {};", name.to_str().unwrap());
        let owned = sources.iter().filter(|other| owners.contains(&other.path));
        assert!(owned.into_iter().any(|other| other.text.contains(&named)), "nobody names {}", source.name());
    }
}
