//! The script for `az`, carried out with a stand-in that keeps a directory, and by the real `az` against the sandbox.
//!
//! Without `az` on the `PATH` the latter is skipped and says so; `ACCOUNTCREATOR_REQUIRE_AZ=1` makes that a failure.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Command, Stdio},
};

use accountcreator::sandbox::{Options, Sandbox, Tenant, TlsIdentity};
use rstest::rstest;
use serde_json::{Value, json};

use super::{CLIENT_ID, Desk, GROUP, LICENCE};
use crate::support::Ran;

const USERS: &str = "741f803b-c850-494e-b5df-cde7c675a1ca";
const LICENCES: &str = "5facf0c1-8979-4e95-abcf-ff3d079771c0";
const GROUPS: &str = "dbaae8cf-10b5-4b86-a4a1-f871c94c6695";
const REDIRECT: &str = "https://signup.physics.example.edu/admin/sign-in/callback";

/// A folder that was set up, and a directory beside it.
pub struct Cloud {
    pub desk: Desk,
    state: tempfile::TempDir,
}

impl Cloud {
    pub fn with(further: &[&str]) -> Self {
        let cloud = Self { desk: Desk::set_up(further), state: tempfile::tempdir().unwrap() };
        cloud.put("cloud", "AzureCloud\n");
        cloud.put("signed-in", "5a4db0e5-7e4a-4c0e-9b5e-000000000001\n");
        cloud.put("domains", "physics.onmicrosoft.com\nphysics.example.edu\n");
        let certificate = cloud.desk.run(&[
            "cert",
            "show",
            "--json",
            "--key",
            "key.pem",
            "--certificate",
            "certificate.pem",
        ]);
        cloud.put("thumbprint", certificate.json()[0]["sha1"].as_str().unwrap());
        for (name, text) in
            [("az", include_str!("az.sh")), ("sleep", "#!/bin/sh\necho \"sleep $1\" >>\"$AZ_STATE/calls\"\n")]
        {
            cloud.put(name, text);
            fs::set_permissions(cloud.file(name), fs::Permissions::from_mode(0o755)).unwrap();
        }
        cloud
    }

    fn file(&self, name: &str) -> PathBuf {
        self.state.path().join(name)
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.file(name), text).unwrap();
    }

    fn get(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap_or_default()
    }

    /// Carries the script out, somewhere else than where it was written. Gives its calls, too.
    pub fn run(&self) -> (Ran, Vec<String>) {
        self.put("calls", "");
        for body in self.bodies() {
            fs::remove_file(body).unwrap();
        }
        let path = format!("{}:/usr/bin:/bin", self.state.path().display());
        let mut bash = Command::new("bash");
        bash.arg(self.desk.path("entra-setup.sh")).current_dir("/").stdin(Stdio::null());
        let ran =
            Ran::of(&bash.env_clear().env("PATH", path).env("AZ_STATE", self.state.path()).output().unwrap());
        (ran, self.get("calls").lines().map(str::to_owned).collect())
    }

    fn bodies(&self) -> Vec<PathBuf> {
        let mut bodies: Vec<PathBuf> =
            fs::read_dir(self.state.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        bodies.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with("body-"));
        bodies.sort();
        bodies
    }

    fn sent(&self) -> Vec<Value> {
        self.bodies()
            .iter()
            .map(|body| serde_json::from_str(&fs::read_to_string(body).unwrap()).unwrap())
            .collect()
    }
}

fn writes(calls: &[String]) -> Vec<&String> {
    calls.iter().filter(|call| call.contains("--method post") || call.contains("--method patch")).collect()
}

fn access(ids: &[&str]) -> Value {
    let access: Vec<Value> = ids.iter().map(|id| json!({"id": id, "type": "Role"})).collect();
    json!([{"resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": access}])
}

#[test]
fn the_first_run_makes_it_and_the_second_changes_nothing() {
    let cloud = Cloud::with(&["--licence", LICENCE, "--usage-location", "DE"]);
    let (ran, calls) = cloud.run();
    ran.assert_code(0);
    let sent = cloud.sent();
    assert_eq!(
        sent[0],
        json!({"displayName": "accountcreator signup.physics.example.edu", "signInAudience": "AzureADMyOrg"})
    );
    assert_eq!(sent[1], json!({"requiredResourceAccess": access(&[USERS, LICENCES])}));
    let role = &sent[2]["appRoles"][0];
    assert_eq!((&role["value"], &role["isEnabled"]), (&json!("Admin"), &json!(true)));
    assert_eq!(sent[3], json!({"web": {"redirectUris": [REDIRECT]}}));
    let key = &sent[4]["keyCredentials"][0];
    assert_eq!((&key["type"], &key["usage"]), (&json!("AsymmetricX509Cert"), &json!("Verify")));
    let pem: String =
        cloud.desk.read("certificate.pem").lines().filter(|line| !line.starts_with('-')).collect();
    assert_eq!(key["key"], json!(pem));
    assert_eq!(sent[5], json!({"appId": "client-1"}));
    let grant = |id| json!({"principalId": "principal-1", "resourceId": "graph-1", "appRoleId": id});
    // The sixth was refused, as it was too soon, and was sent again.
    assert_eq!(sent[7..], [grant(LICENCES), grant(USERS)]);
    assert_eq!(calls.iter().filter(|call| call.starts_with("sleep")).count(), 1);
    assert!(
        ran.out.contains("client id: client-1\n") && ran.out.contains("--client-id client-1\n"),
        "{}",
        ran.out
    );

    let (again, calls) = cloud.run();
    again.assert_code(0);
    assert_eq!(writes(&calls), Vec::<&String>::new());
    assert_eq!(again.out.trim().lines().count(), 2, "nothing was done: {}", again.out);
}

#[test]
fn what_is_lacking_is_added_and_what_is_there_stays() {
    let cloud = Cloud::with(&["--client-id", CLIENT_ID]);
    cloud.put("app", "1");
    cloud.put("principal", "principal-1\n");
    cloud.put("grants", &format!("{USERS}\n"));
    cloud.put("there-web", "\"https://old.example.edu/auth/redirect\", ");
    cloud.put("there-appRoles", "{\"id\": \"1\", \"value\": \"Reader\"}, ");
    // Of another certificate; Graph shows thumbprints as digits or as base64.
    cloud.put("there-keyCredentials", "{\"keyId\": \"1\", \"key\": null}, ");
    let ours = cloud.get("thumbprint");
    cloud.put("thumbprint", "IgeuQ+beYJwXEEEuKmEByNO4PQc=\n");
    let (ran, calls) = cloud.run();
    ran.assert_code(0);
    assert!(
        calls
            .iter()
            .any(|call| call.contains(&format!("filter=appId%20eq%20'{}'", CLIENT_ID.replace('-', "%2D"))))
    );
    let sent = cloud.sent();
    assert_eq!(sent.len(), 4, "{sent:#?}");
    assert_eq!(sent[0], json!({"requiredResourceAccess": access(&[USERS])}));
    assert_eq!(sent[1]["appRoles"][0], json!({"id": "1", "value": "Reader"}));
    assert_eq!(
        sent[2],
        json!({"web": {"redirectUris": ["https://old.example.edu/auth/redirect", REDIRECT]}})
    );
    assert_eq!(sent[3]["keyCredentials"][0], json!({"keyId": "1", "key": null}));
    assert_eq!(sent[3]["keyCredentials"].as_array().unwrap().len(), 2);

    cloud.put("thumbprint", &ours);
    let config = cloud.desk.read("config.toml").replace("[mail]", &format!("groups = [\"{GROUP}\"]\n[mail]"));
    fs::write(cloud.desk.path("config.toml"), config).unwrap();
    cloud.desk.setup(&[]).assert_code(0);
    let (ran, calls) = cloud.run();
    ran.assert_code(0);
    assert_eq!(writes(&calls).len(), 2, "{calls:#?}");
    assert_eq!(
        ran.out.lines().take(2).collect::<Vec<_>>(),
        ["declared the permissions", "granted GroupMember.ReadWrite.All"]
    );
    assert_eq!(cloud.sent()[0], json!({"requiredResourceAccess": access(&[USERS, GROUPS])}));
}

#[test]
fn the_next_certificate_is_added_beside_the_one_in_use() {
    let cloud = Cloud::with(&["--client-id", CLIENT_ID]);
    cloud.put("app", "1");
    cloud.run().0.assert_code(0);
    cloud.desk.run(&["cert", "rotate", "--config", "config.toml"]).assert_code(0);
    let next = "[tenants.main]\nnext_certificate_path = \"certificate-2.pem\"\nnext_key_path = \"key-2.pem\"";
    let config = cloud.desk.read("config.toml").replace("[tenants.main]", next);
    fs::write(cloud.desk.path("config.toml"), config).unwrap();
    cloud.desk.setup(&[]).assert_code(0);
    let (ran, calls) = cloud.run();
    ran.assert_code(0);
    assert_eq!(writes(&calls).len(), 1, "{calls:#?}");
    let pem =
        |name: &str| cloud.desk.read(name).lines().filter(|line| !line.starts_with('-')).collect::<String>();
    let sent = cloud.sent();
    let keys: Vec<_> = sent[0]["keyCredentials"].as_array().unwrap().iter().map(|key| &key["key"]).collect();
    assert_eq!(keys, [&json!(pem("certificate.pem")), &json!(pem("certificate-2.pem"))]);
    let portal = cloud.desk.read("entra-portal.md");
    let added = ran.out.lines().find_map(|line| line.strip_prefix("added the certificate ")).unwrap();
    for thumbprint in [added, cloud.get("thumbprint").trim()] {
        assert!(portal.contains(&format!("thumbprint `{thumbprint}`")), "{thumbprint} in {portal}");
    }
    assert!(ran.out.matches("added").count() == 1 && !cloud.get("thumbprint").contains(added), "{}", ran.out);
}

#[rstest]
#[case("global", "AzureCloud", "https://graph.microsoft.com", "https://entra.microsoft.com")]
#[case("us-gov-l4", "AzureUSGovernment", "https://graph.microsoft.us", "https://entra.microsoft.us")]
#[case("us-gov-l5", "AzureUSGovernment", "https://dod-graph.microsoft.us", "https://entra.microsoft.us")]
#[case(
    "china",
    "AzureChinaCloud",
    "https://microsoftgraph.chinacloudapi.cn",
    "https://entra.microsoftonline.cn"
)]
fn every_cloud_has_its_own_places(
    #[case] cloud: &str,
    #[case] name: &str,
    #[case] graph: &str,
    #[case] portal: &str,
) {
    let place = Cloud::with(&["--cloud", cloud]);
    let (ran, calls) = place.run();
    ran.assert_code(0);
    assert_eq!(place.get("cloud").trim(), name);
    let switches = calls.iter().filter(|call| call.starts_with("cloud set")).count();
    assert_eq!(switches, usize::from(name != "AzureCloud"));
    let requests: Vec<_> = calls.iter().filter(|call| call.starts_with("rest ")).collect();
    assert!(requests.len() > 10, "{calls:#?}");
    for request in requests {
        assert!(request.contains(&format!("--url {graph}/v1.0/")), "{request}");
        assert!(request.contains(&format!("--resource {graph}/ ")), "{request}");
    }
    assert!(place.desk.read("entra-portal.md").contains(&format!("Sign in to {portal} in the directory")));
}

#[test]
fn what_is_in_the_way_is_said_and_nothing_is_made() {
    let cloud = Cloud::with(&[]);
    let stopped = |words: &[&str]| {
        let (ran, calls) = cloud.run();
        ran.assert_code(1);
        for word in words {
            assert!(ran.err.contains(word), "{word} in {}", ran.err);
        }
        assert_eq!(writes(&calls), Vec::<&String>::new());
    };
    cloud.put("domains", "other.example.edu\n");
    stopped(&["another directory", "az login --tenant physics.example.edu"]);
    cloud.put("domains", "Physics.example.edu\n");
    cloud.put("app", "2");
    stopped(&[
        "several app registrations are named accountcreator signup.physics.example.edu",
        "--client-id",
    ]);
    fs::remove_file(cloud.file("signed-in")).unwrap();
    stopped(&["sign in first: az login"]);
}

#[test]
fn a_missing_privilege_is_named_and_made_up_for_later() {
    let cloud = Cloud::with(&[]);
    cloud.put("unprivileged", "");
    let (ran, _) = cloud.run();
    ran.assert_code(1);
    for word in
        ["Authorization_RequestDenied", "User.ReadWrite.All was not granted", "Privileged Role Administrator"]
    {
        assert!(ran.err.contains(word), "{word} in {}", ran.err);
    }
    fs::remove_file(cloud.file("unprivileged")).unwrap();
    let (ran, calls) = cloud.run();
    ran.assert_code(0);
    assert_eq!(writes(&calls).len(), 1, "only the grant: {calls:#?}");
}

#[test]
fn the_shell_reads_nothing_into_what_is_quoted() {
    let cloud = Cloud::with(&["--site-name", "It's `id` $(id)"]);
    cloud.run().0.assert_code(0);
    let (odd, folder) = (Desk::new(), "it's `id` $(id)");
    odd.run(&[&["setup", "--dir", folder, "--non-interactive"][..], &super::NEEDED].concat()).assert_code(0);
    let file = format!("{folder}/entra-setup.sh");
    let script = odd.read(&file);
    assert!(script.contains(r"it'\''s `id` $(id)'"), "{script}");
    let checked = Command::new("shellcheck").arg(odd.path(&file)).output();
    let Ok(checked) = checked else {
        return crate::skipped::skip("SHELLCHECK", "there is no shellcheck");
    };
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

/// The folder of the real `az`, if there is one.
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
fn folder_of_az() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).find(|folder| folder.join("az").is_file());
    if found.is_none() {
        assert!(std::env::var_os("ACCOUNTCREATOR_REQUIRE_AZ").is_none(), "there is no az on the PATH");
        eprintln!("skipped: there is no az on the PATH");
    }
    found
}

/// A key and a certificate of an application that may register others, as one file for `az`, and the certificate alone.
fn administrator() -> (String, String) {
    let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
    let certificate = rcgen::CertificateParams::default().self_signed(&key).unwrap().pem();
    (key.serialize_pem() + &certificate, certificate)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_az_sets_an_application_up_in_the_sandbox() {
    let Some(az) = folder_of_az() else { return };
    let (administrator, certificate) = administrator();
    let mut tenant = Tenant { certificates: vec![certificate], ..Tenant::default() };
    tenant
        .granted
        .extend(["Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All"].map(str::to_owned));
    tenant.domains.extend(["physics.example.edu", "stud.physics.example.edu"].map(str::to_owned));
    let (tls, authority) = TlsIdentity::generate([]).unwrap();
    let options = Options { tls: Some(tls), tenant: tenant.clone(), ..Options::default() };
    let sandbox = Sandbox::start(options).await.unwrap();

    let home = tempfile::tempdir().unwrap();
    let file = |name: &str| home.path().join(name);
    fs::write(file("administrator.pem"), administrator).unwrap();
    fs::write(file("ca.pem"), authority).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(home.path()).stdin(Stdio::null()).env_clear();
        command.env("PATH", format!("{}:/usr/bin:/bin", az.display())).env("HOME", home.path());
        command.env("AZURE_CORE_COLLECT_TELEMETRY", "no").env("REQUESTS_CA_BUNDLE", file("ca.pem"));
        // Microsoft's addresses lead to the sandbox.
        command.env("HTTPS_PROXY", sandbox.http_url().replace("https://localhost", "http://127.0.0.1"));
        Ran::of(&command.output().unwrap())
    };
    let (client, directory) = (tenant.client_id.to_string(), tenant.tenant_id.to_string());
    let az = az.join("az");
    let login =
        ["login", "--service-principal", "--certificate", "administrator.pem", "--allow-no-subscriptions"];
    let who = ["--username", client.as_str(), "--tenant", directory.as_str()];
    run(az.to_str().unwrap(), &[&login[..], &who].concat()).assert_code(0);

    let desk = Desk::set_up(&["--licence", LICENCE, "--usage-location", "DE"]);
    let script = desk.path("entra-setup.sh");
    let ran = run("bash", &[script.to_str().unwrap()]);
    ran.assert_code(0);
    let state = sandbox.state();
    let made = &state.applications[1];
    assert!(ran.out.contains(&format!("client id: {}\n", made.client_id)), "{}", ran.out);
    assert_eq!(made.display_name, "accountcreator signup.physics.example.edu");
    let mut granted = made.granted.clone();
    granted.sort();
    assert_eq!(granted, ["LicenseAssignment.ReadWrite.All", "User.ReadWrite.All"]);
    assert_eq!(made.properties["web"]["redirectUris"], json!([REDIRECT]));
    assert_eq!(made.properties["appRoles"][0]["value"], json!("Admin"));
    assert_eq!(made.certificates, 1);

    sandbox.clear_requests();
    let again = run("bash", &[script.to_str().unwrap()]);
    again.assert_code(0);
    assert_eq!(again.out.trim().lines().count(), 2, "nothing was done: {}", again.out);
    assert!(
        sandbox.requests().iter().all(|request| request.method == "GET" || request.path.ends_with("/token"))
    );

    // The service gets in with the certificate that the script uploaded.
    desk.setup(&["--client-id", &made.client_id.to_string()]).assert_code(0);
    let mut doctor = desk.command(&["doctor", "--config", "config.toml", "--json"]);
    doctor.env("ACCOUNTCREATOR__TENANTS__MAIN__AUTHORITY", sandbox.http_url());
    doctor.env("ACCOUNTCREATOR__TENANTS__MAIN__GRAPH_URL", sandbox.graph_url());
    doctor.env("ACCOUNTCREATOR__TENANTS__MAIN__CA_FILE", file("ca.pem"));
    let findings = Ran::of(&doctor.output().unwrap()).json();
    let verdict = |area: &str| {
        let finding = findings.as_array().unwrap().iter().find(|finding| finding["area"] == area);
        finding.map(|finding| finding["verdict"].clone())
    };
    for area in ["token", "permissions"] {
        assert_eq!(verdict(area), Some(json!("ok")), "{area}: {findings:#}");
    }
}
