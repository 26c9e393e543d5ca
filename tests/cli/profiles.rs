//! `profiles test`: whom the allowlist admits, and what they would get.

use serde_json::json;

use crate::support::Installation;

#[test]
fn an_admitted_address_is_told_what_it_gets() {
    let ran = Installation::new().run(&[
        "profiles",
        "test",
        "ST123456@stud.example.edu",
        "--first-name",
        "Łukasz",
        "--last-name",
        "Groß",
    ]);
    ran.assert_code(0);
    insta::assert_snapshot!(ran.out, @"
    profile         students
    tenant          main
    principal name  lukasz.gross@students.example.edu (numbered if it is taken)
    licences        314c4481-f395-4525-be8b-2ec4bb1e9d91
    groups          3d9c2b71-5a0e-4a7a-8a55-0f6f6ac0b8d2
    usage location  DE
    attributes
      employeeId = 123456
    ");
}

#[test]
fn machines_get_json() {
    let installation = Installation::new();
    let ran = installation.run(&["profiles", "test", "--json", "st123456@stud.example.edu"]);
    ran.assert_code(0);
    let expected = json!({
        "profile": "students",
        "tenant": "main",
        "principal_name": "maxi.muster@students.example.edu",
        "licences": ["314c4481-f395-4525-be8b-2ec4bb1e9d91"],
        "groups": ["3d9c2b71-5a0e-4a7a-8a55-0f6f6ac0b8d2"],
        "usage_location": "DE",
        "attributes": { "employeeId": "123456" },
    });
    assert_eq!(ran.json(), expected);
    let nobody = installation.run(&["profiles", "test", "--json", "someone@example.org"]);
    nobody.assert_code(1);
    assert_eq!(nobody.json(), json!(null));
}

#[test]
fn an_address_nobody_admits_is_told_the_rules() {
    let ran = Installation::new().run(&["profiles", "test", "st123456@studXexample.edu"]);
    ran.assert_code(1);
    insta::assert_snapshot!(ran.out, @r"
    no profile admits this address; the profiles are asked in this order:
      students: st(?P<number>[0-9]{6})@stud\.example\.edu
    ");
}

#[test]
fn what_is_no_address_or_name_is_wrong_usage() {
    let installation = Installation::new();
    let ran = installation.run(&["profiles", "test", "nobody"]);
    ran.assert_code(2);
    assert!(ran.err.contains("name@example.edu"), "{}", ran.err);
    let reserved = installation.run(&[
        "profiles",
        "test",
        "st123456@stud.example.edu",
        "--first-name",
        "Ad",
        "--last-name",
        "min",
    ]);
    reserved.assert_code(1);
    assert!(reserved.err.contains("reserved"), "{}", reserved.err);
}
