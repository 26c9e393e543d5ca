//! `manifest`: what the app registration needs, and nothing else.

use serde_json::json;

use crate::support::Installation;

const USERS: &str = "741f803b-c850-494e-b5df-cde7c675a1ca";
const LICENCES: &str = "5facf0c1-8979-4e95-abcf-ff3d079771c0";
const GROUPS: &str = "dbaae8cf-10b5-4b86-a4a1-f871c94c6695";
const PASSWORDS: &str = "cc117bb9-00cf-4eb8-b580-ea2a878fe8f7";

const MAIL: &str = "b633e1c5-b582-4048-a93e-9f11b44c7e96";

const SEATS: &str = "498476ce-e0fe-48b0-b801-37ba7e2685c6";

/// The ids of the app roles, in the form that `az` and the portal take.
fn roles(installation: &Installation, arguments: &[&str]) -> Vec<String> {
    let ran = installation.run(&[&["manifest", "--json"], arguments].concat());
    ran.assert_code(0);
    let manifest = ran.json();
    let entries = manifest.as_array().unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["resourceAppId"], json!("00000003-0000-0000-c000-000000000000"));
    let access = entries[0]["resourceAccess"].as_array().unwrap();
    let id = |access: &serde_json::Value| {
        assert_eq!(access["type"], json!("Role"));
        access["id"].as_str().unwrap().to_owned()
    };
    access.iter().map(id).collect()
}

#[test]
fn each_permission_is_asked_for_by_what_needs_it() {
    let installation = Installation::new();
    let valid = installation.valid();
    assert_eq!(roles(&installation, &[]), [USERS, LICENCES, GROUPS]);
    let resetting = valid.replace("key_path", "reset_passwords = true\nkey_path");
    installation.configure(&resetting);
    assert_eq!(roles(&installation, &[]), [USERS, LICENCES, GROUPS, PASSWORDS]);
    let without = |key: &str| {
        let lines = valid.lines().filter(|line| !line.starts_with(key));
        lines.collect::<Vec<_>>().join("\n")
    };
    let watching = "\n[seats]\nwatch = true\n";
    installation.configure(&(valid.clone() + watching));
    assert_eq!(roles(&installation, &[]), [USERS, LICENCES, GROUPS, SEATS]);
    installation.configure(&(without("licences = ") + watching));
    assert_eq!(roles(&installation, &[]), [USERS, GROUPS], "there are no seats to count");
    installation.configure(&without("licences = "));
    assert_eq!(roles(&installation, &[]), [USERS, GROUPS]);
    installation.configure(&without("groups = "));
    assert_eq!(roles(&installation, &[]), [USERS, LICENCES]);
}

#[test]
fn mail_send_is_asked_for_only_where_entra_has_to_grant_it() {
    let installation = Installation::new();
    let ways = |mail: &str| {
        let valid = installation.valid();
        let head = valid.split("[mail]").next().unwrap();
        installation.configure(&format!("{head}[mail]\nfrom = \"accounts@example.edu\"\n{mail}"));
        roles(&installation, &[])
    };
    let graph = "transport = \"graph\"\n[mail.graph]\n";
    assert_eq!(ways(graph), [USERS, LICENCES, GROUPS, MAIL]);
    assert_eq!(ways(&format!("{graph}scoped = true\n")), [USERS, LICENCES, GROUPS]);
    assert_eq!(ways("[mail.smtp]\nauth = \"xoauth2\"\n"), [USERS, LICENCES, GROUPS]);
    let second = r#"
[tenants.staff]
tenant_id = "6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c12"
client_id = "0f4f3a0e-61a8-4a0b-8f7e-5d2c6c1b9a78"
certificate_path = "certificate.pem"
key_path = "key.pem"
"#;
    let valid = installation.valid();
    let head = valid.split("[mail]").next().unwrap();
    let mail = "[mail]\ntenant = \"staff\"\nfrom = \"accounts@example.edu\"\ntransport = \"graph\"\n";
    installation.configure(&format!("{head}{mail}{second}"));
    assert_eq!(roles(&installation, &["--tenant", "main"]), [USERS, LICENCES, GROUPS]);
    assert_eq!(roles(&installation, &["--tenant", "staff"]), [USERS, MAIL]);
}

#[test]
fn people_get_the_reasons() {
    let ran = Installation::new().run(&["manifest"]);
    ran.assert_code(0);
    insta::assert_snapshot!(ran.out);
}

#[test]
fn each_tenant_has_its_own() {
    let installation = Installation::new();
    let second = r#"
[tenants.staff]
tenant_id = "6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c12"
client_id = "0f4f3a0e-61a8-4a0b-8f7e-5d2c6c1b9a78"
certificate_path = "certificate.pem"
key_path = "key.pem"
"#;
    installation.configure(&(installation.valid() + second));
    assert_eq!(roles(&installation, &["--tenant", "main"]), [USERS, LICENCES, GROUPS]);
    assert_eq!(roles(&installation, &["--tenant", "staff"]), [USERS]);
    let unclear = installation.run(&["manifest", "--json"]);
    unclear.assert_code(1);
    assert!(unclear.err.contains("--tenant (main, staff)"), "{}", unclear.err);
    let unknown = installation.run(&["manifest", "--tenant", "nowhere"]);
    unknown.assert_code(1);
    assert!(unknown.err.contains("nowhere"), "{}", unknown.err);
}
