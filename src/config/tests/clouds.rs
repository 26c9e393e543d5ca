//! Where tokens and accounts are asked for.

use rstest::rstest;

use super::*;

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
    let tenant = config.tenants.values().next().unwrap();
    assert!(
        tenant.certificate_pem.contains("BEGIN CERTIFICATE") && !tenant.certificate_pem.contains("PRIVATE")
    );
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
