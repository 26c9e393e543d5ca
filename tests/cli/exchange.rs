//! `doctor` where mails leave by Exchange Online: what is refused, and what can be the cause.

use accountcreator::sandbox::{Fault, Faults, Operation};

use crate::{doctor::Scene, support::SMTP_PASSWORD};

const PASSWORD_LOGIN: &str = "user = \"accounts\"\npassword = \"";
const SMTP_ROLE: &str = "Application SMTP.SendAsApp";
const GRAPH_ROLE: &str = "Application Mail.Send";
const TO: &str = "postmaster@example.edu";

/// Mails leave by SMTP with a token, and Exchange gave the application this role.
async fn by_smtp(role: &str) -> Scene {
    let mut scene = Scene::with(|options, _| {
        options.smtp.login = None;
        options.tenant.exchange_roles = vec![role.to_owned()];
    })
    .await;
    let login = format!("{PASSWORD_LOGIN}{SMTP_PASSWORD}\"");
    let token = "auth = \"xoauth2\"\nuser = \"accounts@example.edu\"";
    assert!(scene.configuration.contains(&login));
    scene.configuration = scene.configuration.replace(&login, token);
    scene.installation.configure(&scene.configuration);
    scene
}

/// Mails leave by Graph, within a scope, and Exchange gave the application this role.
async fn by_graph(role: &str) -> Scene {
    let mut scene = Scene::with(|options, _| options.tenant.exchange_roles = vec![role.to_owned()]).await;
    let graph = "[mail]\ntransport = \"graph\"\n";
    scene.configuration = scene.configuration.replace("[mail]\n", graph)
        + "[mail.graph]\nscoped = true\nsave_to_sent_items = false\n";
    scene.installation.configure(&scene.configuration);
    scene
}

/// What a trial mail came to: its failure, and the causes that are listed with it.
fn refused(scene: &Scene) -> (String, Vec<String>) {
    let ran = scene.doctor(&["--send-to", TO, "--json"]);
    ran.assert_code(1);
    let said = ran.json();
    let of_mail = said.as_array().unwrap().iter().filter(|finding| finding["area"] == "mail");
    let text = |finding: &serde_json::Value| {
        format!("{} {}", finding["what"].as_str().unwrap(), finding["remedy"].as_str().unwrap_or_default())
    };
    let (mut failures, mut causes) = (Vec::new(), Vec::new());
    for finding in of_mail {
        match finding["verdict"].as_str().unwrap() {
            "failure" => failures.push(text(finding)),
            "hint" if !text(finding).contains("Sent Items") => causes.push(text(finding)),
            _ => {}
        }
    }
    assert_eq!(failures.len(), 1, "{said:#}");
    (failures.remove(0), causes)
}

/// Each cause is listed with its line, in this order, and no other is.
fn assert_causes(causes: &[String], lines: &[&str]) {
    assert_eq!(causes.len(), lines.len(), "{causes:#?}");
    for (cause, line) in causes.iter().zip(lines) {
        assert!(cause.starts_with("a possible cause: ") && cause.contains(line), "{line} in {causes:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_the_mail_server() {
    let scene = by_smtp(SMTP_ROLE).await;
    scene.assert_note("mail", "hint", &["Sent Items of accounts@example.edu", "passwords"]);
    scene.doctor(&["--send-to", TO]).assert_code(0);
    assert_eq!(scene.sandbox.mails_to(TO).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_login_has_several_causes() {
    let scene = by_smtp("Application Mail.Read").await;
    let (failure, causes) = refused(&scene);
    assert!(failure.contains("535 5.7.3") && failure.contains("possible causes"), "{failure}");
    let client = "5a4db0e5-7e4a-4c0e-9b5e-000000000002";
    assert_causes(
        &causes,
        &[
            &format!("Get-ServicePrincipal | Where-Object AppId -eq '{client}' | Format-List ObjectId"),
            &format!(
                "Test-ServicePrincipalAuthorization -Identity '{client}' -Resource 'accounts@example.edu'"
            ),
            "Get-ManagementRoleAssignment -Role 'Application SMTP.SendAsApp'",
            "Get-CASMailbox -Identity 'accounts@example.edu' | Format-List SmtpClientAuthenticationDisabled",
            "Get-TransportConfig | Format-List SmtpClientAuthenticationDisabled",
            "Get-EXORecipient -Identity 'accounts@example.edu'",
        ],
    );
    assert!(scene.sandbox.mails_to(TO).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_exchange_tells_of_a_login_is_told_apart() {
    let scene = by_smtp(SMTP_ROLE).await;
    let answer = |status, code, text| {
        let fault = Fault::status(status).saying(code, text);
        scene.sandbox.set_faults(Faults::default().on(Operation::SmtpAuth, fault));
    };
    answer(
        535,
        "5.7.139",
        "Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.",
    );
    let (failure, causes) = refused(&scene);
    assert!(failure.contains("535 5.7.139"), "{failure}");
    assert_causes(&causes, &["Get-CASMailbox", "Get-TransportConfig", "AuthenticationPolicy"]);
    answer(550, "5.7.30", "Basic authentication is not supported for Client Submission.");
    let (failure, causes) = refused(&scene);
    assert!(failure.contains("550 5.7.30") && failure.contains("xoauth2"), "{failure}");
    assert_causes(&causes, &[]);
}

/// With a password, too: it is right, and SMTP AUTH is off.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_not_blamed_where_smtp_auth_is_off() {
    let scene = Scene::with(|_, _| {}).await;
    let off = Fault::status(535).saying("5.7.139", "SmtpClientAuthentication is disabled for the Tenant.");
    scene.sandbox.set_faults(Faults::default().on(Operation::SmtpAuth, off));
    let (failure, causes) = refused(&scene);
    assert!(failure.contains("535 5.7.139") && failure.contains("Set-CASMailbox"), "{failure}");
    assert_causes(&causes, &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn graph_takes_a_mail_of_the_mailbox() {
    let scene = by_graph(GRAPH_ROLE).await;
    scene.assert_well();
    scene.doctor(&["--send-to", TO]).assert_code(0);
    assert_eq!(scene.sandbox.mails_to(TO).len(), 1);
    scene.reconfigure("save_to_sent_items = false", "save_to_sent_items = true");
    scene.assert_note("mail", "hint", &["Sent Items of accounts@example.edu", "passwords"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_graph_refuses_is_told_apart() {
    let scene = by_graph("Application Mail.Read").await;
    let (failure, causes) = refused(&scene);
    assert!(failure.contains("ErrorAccessDenied"), "{failure}");
    let role = "Test-ServicePrincipalAuthorization";
    assert_causes(&causes, &[role, "WhenCreatedUTC", "Get-ServicePrincipal", "Test-ApplicationAccessPolicy"]);
    scene.reconfigure("scoped = true", "scoped = false");
    let ran = scene.doctor(&["--send-to", TO, "--json"]);
    ran.assert_code(1);
    assert!(ran.out.contains("Mail.Send is not granted (mail.transport = \\\"graph\\\""), "{}", ran.out);
    assert!(ran.out.contains("b633e1c5-b582-4048-a93e-9f11b44c7e96"), "{}", ran.out);

    let scene = by_graph(GRAPH_ROLE).await;
    scene.sandbox.grant("Mail.Send");
    let unscoped = scene.configuration.replace("scoped = true", "scoped = false");
    scene.installation.configure(&unscoped.replace("Accounts <accounts@example.edu>", "nobody@example.edu"));
    let (failure, causes) = refused(&scene);
    assert!(failure.contains("ErrorInvalidUser"), "{failure}");
    assert_causes(&causes, &["Get-EXORecipient -Identity 'nobody@example.edu'"]);
    let configuration = scene.configuration.replace("Accounts <accounts@example.edu>", "help@example.edu");
    let mailbox = "scoped = true\nmailbox = \"accounts@example.edu\"";
    scene.installation.configure(&configuration.replace("scoped = true", mailbox));
    let (failure, causes) = refused(&scene);
    assert!(failure.contains("ErrorSendAsDenied"), "{failure}");
    assert_causes(&causes, &["it lists help@example.edu"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_beside_the_scope_is_too_much() {
    let scene = by_graph(GRAPH_ROLE).await;
    scene.sandbox.grant("Mail.Send");
    let words = ["Mail.Send", "too much with mail.graph.scoped = true", "every mailbox"];
    scene.assert_note("permissions", "warning", &words);
    scene.reconfigure("scoped = true", "scoped = false");
    scene.assert_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_the_tenant_alone_is_at_fault() {
    let scene = by_graph(GRAPH_ROLE).await;
    scene.sandbox.remove_certificates();
    scene.assert_failure("token", &["AADSTS700027"]);
}
