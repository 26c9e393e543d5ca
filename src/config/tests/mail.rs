//! Tests of the ways in which mails are sent.

use rstest::rstest;

use super::*;

/// The valid configuration with these lines in front of `[mail]` and in it, and without a mail server.
fn read(tenants: &str, mail: &str) -> Result<Config, Faults> {
    let folder = Folder::new();
    let server = "[mail.smtp]\nhost = \"smtp.example.edu\"\n";
    let of_tenant = format!(
        "{tenants}certificate_path = \"$DIR/certificate.pem\"\nkey_path = \"$DIR/key.pem\"\n\
         tenant_id = \"6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c12\"\n\
         client_id = \"0f4f3a0e-61a8-4a0b-8f7e-5d2c6c1b9a77\"\n"
    );
    let tenants = if tenants.starts_with('[') { of_tenant } else { tenants.to_owned() };
    let valid = folder.valid().replacen(server, "", 1);
    let valid = if tenants.starts_with('[') {
        valid.replacen("[mail]", &format!("{tenants}[mail]"), 1)
    } else {
        valid.replacen("[tenants.main]\n", &format!("[tenants.main]\n{tenants}"), 1)
    };
    let text = format!("{valid}{mail}").replace("$DIR", folder.0.path().to_str().unwrap());
    from_toml(&text)
}

fn faults(found: Result<Config, Faults>) -> Vec<String> {
    found.unwrap_err().0.iter().map(ToString::to_string).collect()
}

#[rstest]
#[case("global", "smtp.office365.com", "https://outlook.office365.com/.default")]
#[case("us-gov-l4", "smtp.office365.us", "https://outlook.office365.us/.default")]
#[case("us-gov-l5", "outlook-dod.office365.us", "https://outlook-dod.office365.us/.default")]
#[case("china", "smtp.partner.outlook.cn", "https://partner.outlook.cn/.default")]
fn a_login_by_token_needs_nothing_but_its_name(#[case] cloud: &str, #[case] host: &str, #[case] scope: &str) {
    let config = read(&format!("cloud = \"{cloud}\"\n"), "[mail.smtp]\nauth = \"xoauth2\"\n").unwrap();
    assert_eq!(config.mail.tenant().map(TenantAlias::as_str), Some("main"));
    let MailTransport::Smtp(smtp) = &config.mail.transport else { panic!("SMTP") };
    assert_eq!((smtp.host.as_str(), smtp.port, smtp.security), (host, 587, SmtpSecurity::StartTls));
    let Some(SmtpLogin::Xoauth2 { tenant, mailbox, token_scope }) = &smtp.login else { panic!("a token") };
    assert_eq!(
        (tenant.as_str(), mailbox.as_str(), token_scope.as_str()),
        ("main", "accounts@example.edu", scope)
    );
}

#[test]
fn what_a_login_by_token_takes_from_elsewhere_can_be_set() {
    let mail = "[mail.smtp]\nauth = \"xoauth2\"\nhost = \"localhost\"\nsecurity = \"plain\"\n\
                user = \"box@example.edu\"\ntoken_scope = \"https://mail.example.edu/.default\"\n";
    let MailTransport::Smtp(smtp) = read("", mail).unwrap().mail.transport else { panic!("SMTP") };
    assert_eq!((smtp.host.as_str(), smtp.port), ("localhost", 25));
    let Some(SmtpLogin::Xoauth2 { mailbox, token_scope, .. }) = smtp.login else { panic!("a token") };
    assert_eq!(
        (mailbox.as_str(), token_scope.as_str()),
        ("box@example.edu", "https://mail.example.edu/.default")
    );
}

#[test]
fn a_mailbox_that_sends_through_graph_is_the_senders_unless_it_is_named() {
    for (addition, mailbox, copies, scoped) in [
        ("", "accounts@example.edu", true, false),
        (
            "mailbox = \"box@example.edu\"\nsave_to_sent_items = false\nscoped = true\n",
            "box@example.edu",
            false,
            true,
        ),
    ] {
        let mail = format!("transport = \"graph\"\n[mail.graph]\n{addition}");
        let config = read("", &mail).unwrap();
        assert_eq!(config.mail.tenant().map(TenantAlias::as_str), Some("main"));
        let MailTransport::Graph(graph) = config.mail.transport else { panic!("Graph") };
        assert_eq!(
            (graph.mailbox.as_str(), graph.save_to_sent_items, graph.scoped),
            (mailbox, copies, scoped)
        );
    }
}

#[test]
fn of_several_tenants_one_is_named() {
    const OTHER: &str = "[tenants.other]\ncloud = \"china\"\n";
    for mail in ["transport = \"graph\"\n", "[mail.smtp]\nauth = \"xoauth2\"\n"] {
        let found = faults(read(OTHER, mail));
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].starts_with("mail.tenant: is missing, and there are several tenants"), "{found:#?}");
        let config = read(OTHER, &format!("tenant = \"other\"\n{mail}")).unwrap();
        assert_eq!(config.mail.tenant().map(TenantAlias::as_str), Some("other"));
        if let MailTransport::Smtp(smtp) = config.mail.transport {
            assert_eq!(smtp.host, "smtp.partner.outlook.cn");
        }
    }
    // Other ways need no tenant.
    let config = read(OTHER, "[mail.smtp]\nhost = \"smtp.example.edu\"\n").unwrap();
    assert_eq!(config.mail.tenant(), None);
    assert!(read(OTHER, "transport = \"file\"\n").is_ok());
}

#[test]
fn faults_of_the_tenant_are_told_once() {
    let folder = Folder::new();
    let valid = folder.valid().replacen("host = \"smtp.example.edu\"", "auth = \"xoauth2\"", 1);
    let found = faults(from_toml(&valid.replacen("client_id = \"", "client_id = \"x", 1)));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with("tenants.main.client_id"), "{found:#?}");
}

#[test]
fn a_password_is_still_the_usual_login() {
    let mail = "bounce_to = \"bounces@example.edu\"\n[mail.smtp]\nhost = \"smtp.example.edu\"\n\
                user = \"accounts\"\npassword = \"hush\"\n";
    let config = read("", mail).unwrap();
    assert_eq!(config.mail.bounce_to, Some("bounces@example.edu".parse().unwrap()));
    let MailTransport::Smtp(Smtp { login, .. }) = config.mail.transport else { panic!("SMTP") };
    assert!(matches!(login, Some(SmtpLogin::Password(user, _)) if user == "accounts"));
}

#[test]
fn domains_of_senders_are_written_in_ascii() {
    let folder = Folder::new();
    let from = "from = \"Accounts <accounts@example.edu>\"";
    let valid = folder.valid();
    assert!(valid.contains(from), "{valid}");
    let own = "from = \"IT <it@münchen.example>\"\nreply_to = \"Hilfe <hilfe@bücher.example>\"\nbounce_to = \"b@MÜNCHEN.example\"";
    let mail = from_toml(&valid.replace(from, own)).unwrap().mail;
    assert_eq!(mail.from.to_string(), "IT <it@xn--mnchen-3ya.example>");
    assert_eq!(mail.reply_to.unwrap().to_string(), "Hilfe <hilfe@xn--bcher-kva.example>");
    assert_eq!(mail.bounce_to.unwrap().to_string(), "b@xn--mnchen-3ya.example");
    let found = faults(from_toml(&valid.replace(from, "from = \"Bücher <bücher@example.edu>\"")));
    assert!(found[0].starts_with("mail.from: the part before the @"), "{found:?}");
    let config = read("", "transport = \"graph\"\n[mail.graph]\nmailbox = \"it@münchen.example\"\n").unwrap();
    let MailTransport::Graph(graph) = config.mail.transport else { panic!("Graph") };
    assert_eq!(graph.mailbox, "it@xn--mnchen-3ya.example");
}
