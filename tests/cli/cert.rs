//! `cert new`, `cert show` and `cert rotate`: pairs that fit, and nothing overwritten.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::Path,
};

use serde_json::json;

use crate::support::{Installation, Ran};

fn new(installation: &Installation, arguments: &[&str]) -> Ran {
    installation.run(&[&["cert", "new", "--dir", "pair"], arguments].concat())
}

fn mode(file: &Path) -> u32 {
    fs::metadata(file).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_new_pair_belongs_together_and_only_its_owner_reads_the_key() {
    let installation = Installation::new();
    installation.configure("no configuration is needed");
    let ran = new(&installation, &["--days", "90", "--name", "signup"]);
    ran.assert_code(0);
    assert_eq!(mode(&installation.path("pair/key.pem")), 0o600);
    let shown = installation.run(&[
        "cert",
        "show",
        "--json",
        "--certificate",
        "pair/certificate.pem",
        "--key",
        "pair/key.pem",
    ]);
    shown.assert_code(0);
    let shown = &shown.json()[0];
    assert_eq!(shown["subject"], json!("CN=signup"));
    assert!([89, 90].contains(&shown["days_left"].as_i64().unwrap()), "{shown}");
    let thumbprint = shown["sha1"].as_str().unwrap();
    assert_eq!(thumbprint.len(), 40);
    assert!(ran.out.contains(thumbprint), "{}", ran.out);
    assert_eq!(shown["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(shown["x5t#S256"].as_str().unwrap().len(), 43);
}

#[test]
fn what_is_there_stays_as_it_is() {
    for kept in ["pair/key.pem", "pair/certificate.pem"] {
        let installation = Installation::new();
        fs::create_dir(installation.path("pair")).unwrap();
        fs::write(installation.path(kept), "precious").unwrap();
        let ran = new(&installation, &[]);
        ran.assert_code(1);
        assert!(ran.err.contains("stays as it is"), "{}", ran.err);
        assert_eq!(fs::read_to_string(installation.path(kept)).unwrap(), "precious");
        assert_eq!(fs::read_dir(installation.path("pair")).unwrap().count(), 1, "nothing else was written");
    }
}

#[test]
fn a_pair_that_does_not_fit_is_told() {
    let installation = Installation::new();
    new(&installation, &[]).assert_code(0);
    let arguments = ["cert", "show", "--certificate", "certificate.pem", "--key", "pair/key.pem"];
    let ran = installation.run(&arguments);
    ran.assert_code(1);
    assert!(ran.out.contains("does not belong to the certificate"), "{}", ran.out);
    installation.run(&["cert", "show", "--certificate", "certificate.pem"]).assert_code(2);
}

#[test]
fn whoever_reads_the_old_key_reads_the_new_one() {
    let installation = Installation::new();
    let [key, certificate] = ["key.pem", "certificate.pem"].map(|name| installation.path(name));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o440)).unwrap();
    fs::set_permissions(&certificate, fs::Permissions::from_mode(0o444)).unwrap();
    // Who may give files away does: the service is seldom its administrator.
    let _ = chown(&key, Some(65532), Some(65533));
    let ran = installation.run(&["cert", "rotate"]);
    ran.assert_code(0);
    assert!(ran.out.contains("which have owner, group and mode of the old ones"), "{}", ran.out);
    let rights = |file: &Path| {
        let found = fs::metadata(file).unwrap();
        (found.uid(), found.gid(), found.mode() & 0o777)
    };
    assert_eq!(rights(&installation.path("key-2.pem")), rights(&key));
    assert_eq!(rights(&installation.path("certificate-2.pem")), rights(&certificate));
}

#[test]
fn the_next_steps_name_the_folder_and_the_configuration() {
    let installation = Installation::new();
    let file = installation.path("config.toml");
    fs::write(&file, installation.valid()).unwrap();
    let ran = installation.run(&["--config", file.to_str().unwrap(), "cert", "rotate"]);
    ran.assert_code(0);
    let folder = file.parent().unwrap().display();
    for command in [format!("setup --dir {folder}"), format!("doctor --config {}", file.display())] {
        assert!(ran.out.contains(&format!("`accountcreator {command}`")), "{command}: {}", ran.out);
    }
    let ran = installation.run(&["cert", "new", "--dir", "pair"]);
    assert!(ran.out.contains(&format!("setup --dir {folder}/pair`")), "{}", ran.out);
}

#[test]
fn rotating_leaves_the_old_pair_and_makes_one_that_can_be_configured() {
    let installation = Installation::new();
    let thumbprint = |installation: &Installation| {
        let ran = installation.run(&["cert", "show", "--json"]);
        ran.assert_code(0);
        ran.json()[0]["sha1"].as_str().unwrap().to_owned()
    };
    let old = thumbprint(&installation);
    let before = fs::read(installation.path("key.pem")).unwrap();
    fs::set_permissions(installation.path("key.pem"), fs::Permissions::from_mode(0o600)).unwrap();
    let ran = installation.run(&["cert", "rotate"]);
    ran.assert_code(0);
    assert_eq!(fs::read(installation.path("key.pem")).unwrap(), before);
    assert_eq!(mode(&installation.path("key-2.pem")), 0o600);
    assert!(ran.out.contains(&old), "it says which one to remove: {}", ran.out);
    let setting = |key: &str| {
        let line = ran.out.lines().map(str::trim).find(|line| line.starts_with(key));
        line.unwrap_or_else(|| panic!("{key} in {}", ran.out)).to_owned()
    };
    let (valid, present) = (installation.valid(), "key_path = \"key.pem\"");
    let with_next = valid.replace(
        present,
        &[present, &setting("next_certificate_path"), &setting("next_key_path")].join("\n"),
    );
    installation.configure(&with_next);
    let both = installation.run(&["cert", "show", "--json"]).json();
    let roles: Vec<_> = both.as_array().unwrap().iter().map(|shown| &shown["role"]).collect();
    assert_eq!(roles, ["current", "next"]);
    assert!(both[0]["sha1"] == json!(old) && ran.out.contains(both[1]["sha1"].as_str().unwrap()));
    let again = installation.run(&["cert", "rotate"]);
    again.assert_code(1);
    assert!(
        again.err.contains("has a next pair already") && again.err.contains("key-2.pem"),
        "{}",
        again.err
    );

    let promoted = valid
        .replace("certificate_path = \"certificate.pem\"", &setting("certificate_path"))
        .replace(present, &setting("key_path"));
    assert_ne!(promoted, valid);
    installation.configure(&promoted);
    let new = thumbprint(&installation);
    assert!(new != old && ran.out.contains(&new), "{}", ran.out);
    installation.run(&["cert", "rotate"]).assert_code(0);
    assert!(installation.path("key-3.pem").exists() && installation.path("certificate-3.pem").exists());
}
