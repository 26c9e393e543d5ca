//! Tests of the addresses for tokens and accounts.

use rstest::rstest;

use super::*;
use crate::domain::AssertionKind;

fn main_tenant(addition: &str) -> Tenant {
    let config = Folder::new().with(&format!("[tenants.main]\n{addition}")).expect("a configuration");
    config.tenants.into_values().next().expect("a tenant")
}

#[rstest]
#[case("", Cloud::Global, "https://login.microsoftonline.com", "https://graph.microsoft.com")]
#[case(
    "cloud = \"us-gov-l4\"",
    Cloud::UsGovL4,
    "https://login.microsoftonline.us",
    "https://graph.microsoft.us"
)]
#[case(
    "cloud = \"us-gov-l5\"",
    Cloud::UsGovL5,
    "https://login.microsoftonline.us",
    "https://dod-graph.microsoft.us"
)]
#[case(
    "cloud = \"china\"",
    Cloud::China,
    "https://login.partner.microsoftonline.cn",
    "https://microsoftgraph.chinacloudapi.cn"
)]
#[case(
    "authority = \"http://127.0.0.1:9000/\"\ngraph_url = \"http://localhost:9000\"",
    Cloud::Global,
    "http://127.0.0.1:9000",
    "http://localhost:9000"
)]
fn a_cloud_has_its_hosts(
    #[case] addition: &str,
    #[case] cloud: Cloud,
    #[case] login: &str,
    #[case] graph: &str,
) {
    let tenant = main_tenant(addition);
    assert_eq!(tenant.cloud, cloud);
    assert_eq!(tenant.token_url, format!("{login}/6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11/oauth2/v2.0/token"));
    assert_eq!(tenant.assertion_audience, tenant.token_url);
    assert_eq!(tenant.scope, format!("{graph}/.default"));
    assert_eq!(tenant.graph_url, format!("{graph}/v1.0"));
}

#[test]
fn a_graph_address_with_a_path_stays_as_it_is() {
    let tenant = main_tenant("graph_url = \"https://proxy.example.edu:8443/graph/v1.0/\"");
    assert_eq!(tenant.graph_url, "https://proxy.example.edu:8443/graph/v1.0");
    assert_eq!(tenant.scope, "https://proxy.example.edu:8443/.default");
}

#[test]
fn ids_and_domains_name_a_directory() {
    assert_eq!(main_tenant("tenant_id = \"Example.onmicrosoft.com\"").tenant_id, "example.onmicrosoft.com");
    let upper = main_tenant("tenant_id = \"6F1A0C52-3A51-4F7C-9A43-0D1D3F0B7C11\"");
    assert_eq!(upper.tenant_id, "6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11");
}

#[test]
fn only_the_certificate_and_the_key_are_taken_from_their_files() {
    let folder = Folder::new();
    let both =
        ["certificate.pem", "key.pem"].map(|file| fs::read_to_string(folder.path(file)).unwrap()).concat();
    folder.write("certificate.pem", &both);
    let config = folder.changed("key.pem", "certificate.pem").expect("one file for both");
    let pem = &config.tenants.values().next().unwrap().identity.certificate_pem;
    assert!(pem.contains("BEGIN CERTIFICATE") && !pem.contains("PRIVATE"));
}

#[test]
fn the_next_pair_is_whole_or_not_there() {
    assert!(main_tenant("").next_identity.is_none());
    assert_eq!(main_tenant("").assertion, AssertionKind::Ps256Sha256);
    assert_eq!(main_tenant("assertion = \"rs256-sha1\"").assertion, AssertionKind::Rs256Sha1);
    let folder = Folder::new();
    let named = |names: &[(&str, &str)]| {
        let lines = names.iter().map(|(name, file)| format!("{name} = {:?}\n", folder.path(file)));
        folder.with(&format!("[tenants.main]\n{}", lines.collect::<String>()))
    };
    let (certificate, key) = (("next_certificate_path", "certificate.pem"), ("next_key_path", "key.pem"));
    let config = named(&[certificate, key]).expect("a whole pair");
    let tenant = config.tenants.values().next().unwrap();
    let roles: Vec<_> = tenant.identities().map(|(role, _)| role).collect();
    assert_eq!(roles, ["current", "next"]);
    assert!(config.show().contains("next_key_path = "));
    assert!(faults(named(&[certificate]))[0].starts_with("tenants.main.next_key_path: is missing"));
    assert!(faults(named(&[key]))[0].starts_with("tenants.main.next_certificate_path: is missing"));
    let wrong = faults(named(&[("next_certificate_path", "key.pem"), key]));
    assert!(wrong[0].starts_with("tenants.main.next_certificate_path: the file has no certificate"));
    let unknown = faults(folder.with("[tenants.main]\nassertion = \"ps256\""));
    assert!(unknown[0].contains("write one of \"ps256-sha256\", \"rs256-sha1\""), "{unknown:#?}");
}

#[rstest]
#[case("ENCRYPTED PRIVATE KEY", "the private key is encrypted")]
#[case("PUBLIC KEY", "the file has no private key")]
fn a_key_that_cannot_sign_is_refused(#[case] tag: &str, #[case] problem: &str) {
    let folder = Folder::new();
    folder.write("key.pem", &pem::encode(&pem::Pem::new(tag, [1])));
    let found = faults(folder.with(""));
    assert!(found[0].starts_with(&format!("tenants.main.key_path: {problem}")), "{found:#?}");
    folder.write("key.pem", "-----BEGIN PRIVATE KEY-----\nhush");
    assert!(!faults(folder.with(""))[0].contains("hush"));
}
