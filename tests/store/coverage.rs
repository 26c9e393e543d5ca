//! The suite itself: what the store offers is touched by a test.

use std::{fs, path::Path};

use accountcreator::store::Store;

fn sources(folder: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|file| file.is_file()).map(|file| fs::read_to_string(file).unwrap()).collect()
}

/// The names of the public functions of `impl Store`.
fn offered(source: &str) -> Vec<&str> {
    let mut inside = false;
    let mut names = Vec::new();
    for line in source.lines() {
        match line {
            "impl Store {" => inside = true,
            "}" => inside = false,
            _ if inside => {
                let rest =
                    ["    pub async fn ", "    pub fn "].iter().find_map(|start| line.strip_prefix(start));
                names.extend(rest.and_then(|rest| rest.split('(').next()));
            }
            _ => {}
        }
    }
    names
}

#[test]
fn every_function_of_the_store_is_touched() {
    let (store, suite) = (sources("src/store"), sources("tests/store"));
    let offered = offered(&store);
    assert!(offered.len() > 25, "the functions are found: {offered:?}");
    for name in offered {
        let touched = [format!("store.{name}("), format!("Store::{name}("), format!(".{name}().await")];
        assert!(touched.iter().any(|call| suite.contains(call)), "no test calls Store::{name}");
    }
}

#[test]
fn every_migration_is_listed_for_both_databases() {
    let known = Store::known_migrations();
    let names = |folder: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("migrations/sqlite"), names("migrations/postgres"));
    let listed: Vec<_> = known.iter().map(|migration| format!("{}.sql", migration.name())).collect();
    assert_eq!(names("migrations/sqlite"), listed);
}
