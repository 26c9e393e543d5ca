//! The layers of the crate, cycles of imports within its modules, and the length of its files.
#![allow(clippy::unwrap_used, missing_docs)]

mod cycles;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use cycles::{Files, Imports};

/// The modules from the lowest layer up, each with the modules that it may import.
const LAYERS: &[(&str, &[&str])] = &[
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
    // Separate: an error in shared code would go unnoticed, as both sides would have it.
    ("sandbox", &[]),
    (FOR_TESTS, &[]),
];

/// A module that is compiled for tests alone: every module may import it.
const FOR_TESTS: &str = "frames";

/// The most lines of a file.
const MAX_LINES: usize = 700;

/// A file of `src` and its text.
struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The top-level module it belongs to.
    fn module(&self) -> String {
        let first = self.path.components().next().unwrap().as_os_str().to_str().unwrap();
        first.trim_end_matches(".rs").to_owned()
    }

    /// The path of its own module, such as `http::pages::form`.
    fn module_path(&self) -> String {
        let path = self.path.with_extension("");
        let path = if path.ends_with("mod") { path.parent().unwrap().to_owned() } else { path };
        let parts: Vec<_> = path.iter().map(|part| part.to_str().unwrap()).collect();
        parts.join("::")
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

/// The modules of this crate that a text names, by `use` or by a full path.
fn imports(code: &str) -> BTreeSet<String> {
    let ours = ["crate::", "accountcreator::"];
    let ends = ours.iter().flat_map(|start| code.match_indices(start).map(|(at, start)| at + start.len()));
    ends.flat_map(|end| names_at(&code[end..])).collect()
}

/// The first names of a path: `a` of `a::b`, `a` and `c` of `{a::b, c::{d, e}}`.
fn names_at(path: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = path.strip_prefix('{') else { return vec![name(path)] };
    split_group(group).iter().map(|item| name(item.trim())).filter(|name| !name.is_empty()).collect()
}

/// The items of a group up to the brace that closes it.
fn split_group(group: &str) -> Vec<String> {
    let (mut depth, mut items) = (0, vec![String::new()]);
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            ',' if depth == 0 => items.push(String::new()),
            c => {
                depth += i32::from(c == '{') - i32::from(c == '}');
                items.last_mut().unwrap().push(c);
            }
        }
    }
    items
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
fn every_module_has_its_layer() {
    let found: BTreeSet<String> = sources().iter().map(Source::module).collect();
    let known: BTreeSet<String> =
        LAYERS.iter().map(|(module, _)| (*module).to_owned()).chain(["lib".to_owned()]).collect();
    assert_eq!(found, known);
}

#[test]
fn modules_import_from_layers_below_only() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !source.is_for_tests()) {
        let module = source.module();
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == module) else { continue };
        for import in imports(&source.code()) {
            if import != module && import != FOR_TESTS && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{} imports {import}", source.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The modules that still contain cycles, with the number of files in them. The numbers are exact: an entry is to be
/// lowered, or removed, with each cycle that is.
const KNOWN_CYCLES: &[(&str, usize)] = &[
    ("app", 9),
    ("cli", 14),
    ("config", 11),
    ("domain", 5),
    ("entra", 2),
    ("graph", 4),
    ("mail", 10),
    ("metrics", 5),
    ("sandbox", 48),
    ("signup", 9),
    ("store", 13),
    ("texts", 6),
];

#[test]
fn modules_contain_no_cycle_of_imports() {
    let sources = sources();
    let files: Files = sources
        .iter()
        .filter(|source| !source.is_for_tests())
        .map(|source| (source.module_path(), source.code()))
        .collect();
    let imports = Imports::read(&files);
    let (mut found, mut listing) = (BTreeMap::<_, usize>::new(), String::new());
    for cycle in imports.cycles() {
        let module = cycle.first().unwrap().split("::").next().unwrap().to_owned();
        writeln!(listing, "a cycle in {module}:\n{}", imports.within(&cycle)).unwrap();
        *found.entry(module).or_default() += cycle.len();
    }
    let known = KNOWN_CYCLES.iter().map(|(module, files)| ((*module).to_owned(), *files));
    assert_eq!(found, known.collect(), "files in cycles, found and known:\n{listing}");
}

#[test]
fn the_sandbox_and_its_tests_import_nothing_of_the_rest() {
    for source in sources().iter().filter(|source| source.module() == "sandbox") {
        let foreign: Vec<_> = imports(&source.text).into_iter().filter(|name| name != "sandbox").collect();
        assert!(foreign.is_empty(), "{} imports {foreign:?}", source.name());
    }
}

#[test]
fn files_are_short_and_finished() {
    for source in sources() {
        let lines = source.text.lines().count();
        assert!(lines <= MAX_LINES, "{} has {lines} lines, at most {MAX_LINES} are allowed", source.name());
        for unfinished in ["todo!(", "unimplemented!(", "TODO", "FIXME", "XXX"] {
            assert!(!source.text.contains(unfinished), "{} has {unfinished}", source.name());
        }
    }
}

/// A file that no module names is not compiled.
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
        assert!(
            owned.into_iter().any(|other| other.text.contains(&named)),
            "no module names {}",
            source.name()
        );
    }
}
