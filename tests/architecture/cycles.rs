//! Imports between the files of one module, and the cycles among them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use regex::Regex;

/// A `use` declaration, with its visibility.
static USE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)^[ \t]*(pub(?:\([^)]*\))?\s+)?use\s+([^;]+);").unwrap());
/// A path of at least two parts.
static PATH: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?:^|[^\w:])([a-z_]\w*(?:::\w+)+)").unwrap());
static VISIBILITY: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"pub\(in [^)]*\)").unwrap());
static TEST_IMPORT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"#\[cfg\(test\)\]\s*(?:pub(?:\([^)]*\))?\s+)?(?:use|mod)\s+[^;]+;").unwrap()
});

/// The code of each file by the path of its module, such as `http::pages::form`.
pub type Files = BTreeMap<String, String>;

/// A path by its parts.
type Parts = Vec<String>;

/// Which file imports which others.
pub struct Imports(BTreeMap<String, BTreeSet<String>>);

impl Imports {
    /// Reads the imports of all files. A path that a module re-exports counts as the file that it leads to, and a module
    /// that only declares and re-exports others imports none of them.
    pub fn read(files: &Files) -> Self {
        let files: Files = files.iter().map(|(module, code)| (module.clone(), without_tests(code))).collect();
        let names =
            files.iter().map(|(module, code)| (module.as_str(), names_in_scope(&files, module, code)));
        let names: BTreeMap<_, _> = names.collect();
        let of_file = |(module, code): (&String, &String)| {
            let paths = imported(code).into_iter().filter_map(|path| absolute(&files, module, &path));
            let targets = paths.filter_map(|path| target(&files, &names, path));
            (module.clone(), targets.filter(|target| target != module).collect())
        };
        Self(files.iter().map(of_file).collect())
    }

    /// The cycles within top-level modules: sets of files that import each other, directly or by others.
    pub fn cycles(&self) -> Vec<BTreeSet<&str>> {
        let reach: BTreeMap<&str, BTreeSet<&str>> =
            self.0.keys().map(|module| (module.as_str(), self.reachable(module))).collect();
        let mut cycles: Vec<BTreeSet<&str>> = Vec::new();
        for (module, reached) in &reach {
            if reached.contains(module) && !cycles.iter().any(|cycle| cycle.contains(module)) {
                cycles.push(reached.iter().copied().filter(|other| reach[other].contains(module)).collect());
            }
        }
        cycles
    }

    /// The imports within a set of files, one a line.
    pub fn within(&self, cycle: &BTreeSet<&str>) -> String {
        let lines = cycle.iter().map(|module| {
            let others: Vec<_> = self.neighbours(module).filter(|other| cycle.contains(other)).collect();
            format!("  {module} imports {}", others.join(", "))
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn neighbours(&self, module: &str) -> impl Iterator<Item = &str> {
        let top = top(module).to_owned();
        self.0
            .get(module)
            .into_iter()
            .flatten()
            .map(String::as_str)
            .filter(move |other| self::top(other) == top)
    }

    fn reachable(&self, from: &str) -> BTreeSet<&str> {
        let (mut reached, mut open) = (BTreeSet::new(), self.neighbours(from).collect::<Vec<_>>());
        while let Some(module) = open.pop() {
            if reached.insert(module) {
                open.extend(self.neighbours(module));
            }
        }
        reached
    }
}

fn top(module: &str) -> &str {
    module.split("::").next().unwrap()
}

/// The code without what is compiled for tests alone, and with visibilities that name no path.
fn without_tests(code: &str) -> String {
    let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap();
    VISIBILITY.replace_all(&TEST_IMPORT.replace_all(code, ""), "pub").into_owned()
}

/// The paths that a file imports, by `use` or in its code. Of a name that is re-exported only those count that the code
/// names as well.
fn imported(code: &str) -> Vec<Parts> {
    let body = USE.replace_all(code, "");
    let mut paths = Vec::new();
    for declaration in USE.captures_iter(code) {
        let is_public = declaration.get(1).is_some();
        for (path, name) in leaves(&declaration[2]) {
            if !is_public || names(&body, &name) {
                paths.push(path);
            }
        }
    }
    paths.extend(PATH.captures_iter(&body).map(|found| found[1].split("::").map(str::to_owned).collect()));
    paths
}

/// Returns whether a word is in the code.
fn names(code: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word)
        .any(|(at, _)| !code[..at].ends_with(is_part) && !code[at + word.len()..].starts_with(is_part))
}

/// The names that `use` declarations bring into a file, with the paths that they stand for.
fn names_in_scope(files: &Files, module: &str, code: &str) -> BTreeMap<String, Parts> {
    let leaves = USE.captures_iter(code).flat_map(|declaration| leaves(&declaration[2]));
    leaves.filter_map(|(path, name)| Some((name, absolute(files, module, &path)?))).collect()
}

/// The paths of a tree such as `a::{b, c::{d, e as f}}`, each with the name that it gets.
fn leaves(tree: &str) -> Vec<(Parts, String)> {
    let tree = tree.trim();
    if let Some((prefix, group)) = tree.split_once('{') {
        let group = group.rsplit_once('}').map_or(group, |(group, _)| group);
        let items = super::split_group(group);
        return items.iter().flat_map(|item| leaves(&format!("{prefix}{}", item.trim()))).collect();
    }
    let (path, alias) = tree.split_once(" as ").map_or((tree, None), |(path, alias)| (path, Some(alias)));
    let mut path: Parts = path.split("::").map(|part| part.trim().to_owned()).collect();
    if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    let name = alias.or(path.last().map(String::as_str)).unwrap_or_default().trim().to_owned();
    if name.is_empty() { Vec::new() } else { vec![(path, name)] }
}

/// The path from the root of the crate; `None` for one that leads out of it.
fn absolute(files: &Files, module: &str, path: &[String]) -> Option<Parts> {
    let here: Parts = module.split("::").map(str::to_owned).collect();
    let supers = path.iter().take_while(|part| *part == "super").count();
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([&here, &path[1..]].concat()),
        "super" => Some([here.get(..here.len().checked_sub(supers)?)?, &path[supers..]].concat()),
        child => files.contains_key(&format!("{module}::{child}")).then(|| [&here, path].concat()),
    }
}

/// The file that a path leads to.
fn target(files: &Files, names: &BTreeMap<&str, BTreeMap<String, Parts>>, mut path: Parts) -> Option<String> {
    // A chain of re-exports is short; the bound ends one that leads back to itself.
    for _ in 0..8 {
        let length = (1..=path.len()).rev().find(|length| files.contains_key(&path[..*length].join("::")))?;
        let module = path[..length].join("::");
        match path.get(length).and_then(|name| names[module.as_str()].get(name)) {
            Some(meant) => path = [meant, &path[length + 1..]].concat(),
            None => return Some(module),
        }
    }
    None
}

#[test]
fn cycles_are_found_through_groups_parents_and_re_exports() {
    let cycles = |files: &[(&str, &str)]| -> Vec<String> {
        let files = files.iter().map(|(module, code)| ((*module).to_owned(), (*code).to_owned())).collect();
        let imports = Imports::read(&files);
        imports.cycles().iter().map(|cycle| cycle.iter().copied().collect::<Vec<_>>().join(" ")).collect()
    };
    let none: [&str; 0] = [];
    let one_way =
        [("m", "mod a;\nmod b;\npub use b::B;"), ("m::a", "use super::B;"), ("m::b", "pub struct B;")];
    assert_eq!(cycles(&one_way), none, "a parent that declares and re-exports imports nothing");
    let both = [one_way[0], one_way[1], ("m::b", "use super::{a::{self, A}, c};\npub struct B(A);")];
    assert_eq!(cycles(&both), ["m::a m::b"], "through a group and a re-export");
    let parent = [("m", "mod a;\nuse a::A;\npub struct M(A);"), ("m::a", "use super::M;\npub struct A;")];
    assert_eq!(cycles(&parent), ["m m::a"], "a parent that uses its child");
    let exporting = [("m", "mod a;\npub use a::A;\npub struct M(A);"), parent[1]];
    assert_eq!(cycles(&exporting), ["m m::a"], "also by a name that it re-exports");
    let in_code = [("m", "mod a;\npub fn f() { a::g() }\n"), ("m::a", "pub fn g() { super::f() }")];
    assert_eq!(cycles(&in_code), ["m m::a"], "by paths in the code");
    let ring = [("m::a", "use super::b::B;"), ("m::b", "use crate::m::c;"), ("m::c", "use super::a as x;")];
    assert_eq!(cycles(&ring), ["m::a m::b m::c"], "over several files");
    let in_tests =
        [("m::a", "use super::b::B;"), ("m::b", "#[cfg(test)]\nmod tests {\n    use crate::m::a;\n}")];
    assert_eq!(cycles(&in_tests), none, "tests import what they like");
    let others = [("m::a", "use crate::n::b;"), ("n::b", "use crate::m::a;")];
    assert_eq!(cycles(&others), none, "the layers forbid cycles between modules");
}
