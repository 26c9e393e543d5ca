//! `routes`: what the site has at which address.

use crate::support::Installation;

fn without(installation: &Installation, lines: &str) {
    installation.configure(&format!("{}\n[api]\n{lines}\n", installation.valid()));
}

#[test]
fn every_address_has_its_line() {
    let installation = Installation::new();
    let ran = installation.run(&["routes"]);
    ran.assert_code(0);
    insta::assert_snapshot!(ran.out);
    let routes = installation.run(&["routes", "--json"]).json();
    assert_eq!(routes.as_array().unwrap().len(), ran.out.lines().count() - 1);
    assert_eq!(routes[0]["method"], "GET");
    assert_eq!(routes[0]["path"], "/");
}

#[test]
fn what_is_off_has_none() {
    let installation = Installation::new();
    without(&installation, "v1 = false");
    let out = installation.run(&["routes"]).out;
    assert!(out.contains("/api/v2/signups") && !out.contains("/api/v1"), "{out}");
    without(&installation, "enabled = false");
    let out = installation.run(&["routes"]).out;
    assert!(out.contains("/{language}") && !out.contains("/api"), "{out}");
}
