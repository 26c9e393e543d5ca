//! Tests that the environment of MS365-Accountcreator is understood, and overrides only the defaults.

use std::path::Path;

use secrecy::ExposeSecret;

use super::*;
use crate::config::Inherited;

const OLD: [(&str, &str); 4] = [
    ("SQLALCHEMY_DATABASE_URI", "sqlite:////app-mnt/database.sqlite"),
    ("JWT_SECRET_KEY", "an old secret that is as long as it has to be"),
    ("REVERSE_PROXY_COUNT", "2"),
    ("MODE", "debug"),
];

impl Folder {
    fn in_environment(&self, text: &str, environment: &[(&str, &str)]) -> Result<Config, Faults> {
        let base = self.write("base.toml", text);
        Config::of(Sources::new([base], None, variables(environment)))
    }

    /// The valid configuration without a secret key.
    fn without_key(&self) -> String {
        self.valid().replace(&format!("secret_key = \"{SECRET}\"\n"), "")
    }
}

fn instead(config: &Config) -> Vec<(&'static str, &'static str, bool)> {
    config.inherited.iter().map(|old: &Inherited| (old.variable, old.instead, old.in_force)).collect()
}

#[test]
fn the_variables_are_understood_and_named_with_their_keys() {
    let folder = Folder::new();
    let config = folder.in_environment(&folder.without_key(), &OLD).unwrap();
    assert_eq!(config.database.url.expose_secret(), "sqlite:///app-mnt/accountcreator.db");
    assert_eq!(config.server.proxy_hops, 2);
    assert!(config.graph.dry_run && config.log.filter.contains("accountcreator=debug"));
    assert_eq!(
        instead(&config),
        [
            ("SQLALCHEMY_DATABASE_URI", "database.url", true),
            ("JWT_SECRET_KEY", "secret_key_file", true),
            ("REVERSE_PROXY_COUNT", "server.proxy_hops", true),
            ("MODE", "log.filter and graph.dry_run", true),
        ]
    );
    let shown = config.show();
    assert!(shown.contains("proxy_hops = 2  # from the variable REVERSE_PROXY_COUNT"), "{shown}");
    assert!(!shown.contains("an old secret"), "{shown}");
}

#[test]
fn our_own_files_and_variables_go_before_them() {
    let folder = Folder::new();
    let text = folder.valid() + "[server]\nproxy_hops = 1\n[log]\nfilter = \"warn\"\n";
    let own =
        [("ACCOUNTCREATOR__DATABASE__URL", "sqlite://own.db"), ("ACCOUNTCREATOR__GRAPH__DRY_RUN", "false")];
    let config = folder.in_environment(&text, &[&OLD[..], &own[..]].concat()).unwrap();
    assert_eq!(config.database.url.expose_secret(), "sqlite://own.db");
    assert_eq!((config.server.proxy_hops, config.log.filter.as_str()), (1, "warn"));
    assert!(!config.graph.dry_run);
    assert_eq!(instead(&config), []);
}

#[test]
fn proxies_that_we_name_are_all_that_are_believed() {
    let folder = Folder::new();
    let read = |own: &str, further: &[(&str, &str)]| {
        let text = format!("{}[server]\n{own}\n", folder.valid());
        folder.in_environment(&text, &[&OLD[2..3], further].concat()).unwrap()
    };
    for own in ["trusted_proxies = [\"10.0.0.5\"]", "trusted_proxies = []"] {
        let config = read(own, &[]);
        assert_eq!((config.server.proxy_hops, instead(&config)), (0, vec![]), "{own}");
    }
    let config = read("", &[("ACCOUNTCREATOR__SERVER__TRUSTED_PROXIES", "[\"10.0.0.5\"]")]);
    assert_eq!((config.server.proxy_hops, config.server.trusted_proxies.len()), (0, 1));
    assert_eq!(read("", &[]).server.proxy_hops, 2, "where nothing of ours is set, it goes on");
}

#[test]
fn a_secret_in_a_file_goes_before_an_old_one_in_a_variable() {
    let folder = Folder::new();
    let (key, url) = (folder.write("key", SECRET), folder.write("url", "postgres://db/accounts"));
    let text = format!("secret_key_file = {key:?}\n{}[database]\nurl_file = {url:?}\n", folder.without_key());
    let config = folder.in_environment(&text, &OLD[..2]).unwrap();
    assert_eq!(config.database.url.expose_secret(), "postgres://db/accounts");
    assert_eq!(instead(&config), []);
}

#[test]
fn what_cannot_be_used_is_a_fault_that_names_the_variable() {
    let folder = Folder::new();
    let environment = [
        ("SQLALCHEMY_DATABASE_URI", "mysql://db/x"),
        ("JWT_SECRET_KEY", "debug"),
        ("REVERSE_PROXY_COUNT", "a few"),
    ];
    let found = faults(folder.in_environment(&folder.without_key(), &environment));
    assert_eq!(found.len(), 3, "{found:#?}");
    for (fault, (variable, _)) in found.iter().zip([environment[1], environment[2], environment[0]]) {
        assert!(fault.ends_with(&format!("(from the variable {variable})")), "{fault}");
    }
    assert!(found.iter().all(|fault| !fault.contains("mysql") && !fault.contains("`debug`")), "{found:#?}");
    let memory = [("SQLALCHEMY_DATABASE_URI", "sqlite:///:memory:"), ("MODE", "PRODUCTION")];
    let config = folder.in_environment(&folder.valid(), &memory).unwrap();
    assert_eq!(config.database.url.expose_secret(), "sqlite://accountcreator.db");
    assert_eq!(instead(&config), []);
}

#[test]
fn the_old_file_is_read_where_it_is_ours_by_now() {
    let folder = Folder::new();
    let old = folder.write("old.toml", "[worker]\nconcurrency = 3\nlease = \"4m\"\n");
    let python = folder.write("ms365_accountcreator.conf", "import os\n");
    let read = |file: &Path| {
        let text = folder.valid() + "[worker]\nconcurrency = 5\n";
        folder.in_environment(&text, &[("CONFIG_FILE", file.to_str().unwrap())]).unwrap()
    };
    let config = read(&old);
    assert_eq!((config.worker.concurrency, config.worker.lease.as_secs()), (5, 240), "ours goes before it");
    assert_eq!(instead(&config), [("CONFIG_FILE", "ACCOUNTCREATOR_CONFIG", true)]);
    let config = read(&python);
    assert_eq!(instead(&config).len(), 1);
    assert!(!config.inherited[0].in_force && config.inherited[0].instead.contains("import original"));
}
