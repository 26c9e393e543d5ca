//! Mail through Exchange Online: what is asked, and what is written for it.

use std::fs;

use rstest::rstest;

use super::{CLIENT_ID, Desk, NEEDED, az::Cloud};

const MAILBOX: &str = "accounts@physics.example.edu";
const MAIL_SEND: &str = "b633e1c5-b582-4048-a93e-9f11b44c7e96";

/// All but the mail server.
fn needed() -> Vec<&'static str> {
    NEEDED[..10].to_vec()
}

fn xoauth2() -> Vec<&'static str> {
    [needed(), vec!["--smtp-auth", "xoauth2", "--smtp-user", MAILBOX]].concat()
}

fn graph() -> Vec<&'static str> {
    [needed(), vec!["--mail-transport", "graph", "--graph-mailbox", MAILBOX]].concat()
}

fn set_up(flags: &[&str]) -> Desk {
    let desk = Desk::with_pair();
    desk.setup(flags).assert_code(0);
    desk
}

#[test]
fn by_smtp_with_a_token() {
    let desk = set_up(&[xoauth2(), vec!["--client-id", CLIENT_ID]].concat());
    insta::assert_snapshot!("xoauth2_configuration", mail_sections(&desk));
    desk.run(&["config", "check", "--config", "config.toml"]).assert_code(0);
    let script = desk.read("exchange-setup.ps1");
    assert!(script.is_ascii(), "Windows PowerShell reads ASCII alike everywhere");
    insta::assert_snapshot!("xoauth2_script", script);
    insta::assert_snapshot!("xoauth2_portal", section(&desk.read("entra-portal.md"), "## 5. "));
    assert!(!desk.read("entra-setup.sh").contains(MAIL_SEND));
    let before = desk.trace();
    desk.setup(&[]).assert_code(0);
    assert_eq!(desk.trace(), before);
}

#[test]
fn by_graph_within_a_scope() {
    let desk = set_up(&graph());
    insta::assert_snapshot!("graph_configuration", mail_sections(&desk));
    let script = desk.read("exchange-setup.ps1");
    assert!(
        script.contains("[Parameter(Mandatory)] [guid] $AppId,\n"),
        "the client id is not known yet: {script}"
    );
    assert!(script.contains("$Role = 'Application Mail.Send'\n"), "{script}");
    assert!(!script.contains("CASMailbox"), "SMTP stays off: {script}");
    for name in ["entra-setup.sh", "config.toml"] {
        assert!(!desk.read(name).contains(MAIL_SEND), "{name}");
    }
    let portal = desk.read("entra-portal.md");
    assert!(portal.contains("Do not grant `Mail.Send`") && portal.contains("## 6. Go on"), "{portal}");
    desk.setup(&["--client-id", CLIENT_ID]).assert_code(0);
    assert!(desk.read("exchange-setup.ps1").contains(&format!("[guid] $AppId = '{CLIENT_ID}',\n")));
}

#[test]
fn by_graph_for_every_mailbox() {
    let desk = set_up(&[graph(), vec!["--graph-scoped", "no"]].concat());
    assert!(!desk.path("exchange-setup.ps1").exists());
    for name in ["entra-setup.sh", "entra-portal.md"] {
        assert!(desk.read(name).contains(MAIL_SEND), "{name}");
    }
    assert!(desk.read("entra-portal.md").contains("## 5. Go on"));
}

#[test]
fn into_files() {
    let desk = set_up(&[needed(), vec!["--mail-transport", "file"]].concat());
    let sections = mail_sections(&desk);
    assert!(
        sections.contains("transport = \"file\"\n") && sections.contains("dir = \"DIR/mails\"\n"),
        "{sections}"
    );
    assert!(!sections.contains("[mail.smtp]") && !desk.path("exchange-setup.ps1").exists());
}

#[test]
fn an_apostrophe_stays_within_its_quotes() {
    let flags =
        [needed(), vec!["--smtp-auth", "xoauth2", "--smtp-user", "o'brien@physics.example.edu"]].concat();
    let desk = set_up(&flags);
    let script = desk.read("exchange-setup.ps1");
    assert!(script.contains("$Mailbox = 'o''brien@physics.example.edu'\n"), "{script}");
    let portal = desk.read("entra-portal.md");
    let filter = "-RecipientRestrictionFilter 'PrimarySmtpAddress -eq ''o''''brien@physics.example.edu'''\n";
    assert!(portal.contains(filter), "{portal}");
}

#[test]
fn another_mailbox_in_the_file_reaches_the_script() {
    let desk = set_up(&xoauth2());
    let config = desk.read("config.toml").replace(MAILBOX, "help@physics.example.edu");
    fs::write(desk.path("config.toml"), config).unwrap();
    let ran = desk.setup(&[]);
    ran.assert_code(0);
    assert!(ran.out.contains("updated"), "{}", ran.out);
    assert!(desk.read("exchange-setup.ps1").contains("$Mailbox = 'help@physics.example.edu'\n"));
}

#[rstest]
#[case("global", "O365Default")]
#[case("us-gov-l4", "O365USGovGCCHigh")]
#[case("us-gov-l5", "O365USGovDoD")]
#[case("china", "O365China")]
fn every_cloud_has_an_exchange_of_its_own(#[case] cloud: &str, #[case] environment: &str) {
    let desk = set_up(&[xoauth2(), vec!["--cloud", cloud]].concat());
    let line = format!("Connect-ExchangeOnline -ExchangeEnvironmentName {environment}");
    for name in ["exchange-setup.ps1", "entra-portal.md"] {
        assert!(desk.read(name).contains(&line), "{name}");
    }
}

#[test]
fn the_script_for_entra_tells_the_object_id_that_exchange_wants() {
    let cloud = Cloud::with(&["--smtp-auth", "xoauth2", "--smtp-user", MAILBOX]);
    let (ran, _) = cloud.run();
    ran.assert_code(0);
    let line = "for exchange-setup.ps1: -AppId client-1 -ObjectId principal-1\n";
    assert!(ran.out.contains(line), "{}", ran.out);
    let plain = Cloud::with(&[]);
    assert!(!plain.run().0.out.contains("exchange-setup"));
}

#[test]
fn what_a_way_needs_is_missed_and_nothing_else() {
    let desk = Desk::new();
    for (way, missing) in [
        (["--mail-transport", "graph"], "--graph-mailbox"),
        (["--smtp-auth", "xoauth2"], "--smtp-user"),
        (["--smtp-auth", "password"], "--smtp-host"),
    ] {
        let ran = desk.setup(&[&needed()[..], &way].concat());
        ran.assert_code(2);
        let named = format!("these flags are missing:\n  {missing}\n");
        assert!(ran.err.contains(&named), "{named} in {}", ran.err);
    }
    fs::write(desk.path("password"), "secret").unwrap();
    let ran = desk.setup(&[xoauth2(), vec!["--smtp-password-file", "password"]].concat());
    ran.assert_code(2);
    assert!(ran.err.contains("--smtp-password-file: "), "{}", ran.err);
}

#[test]
fn only_what_the_way_needs_is_asked() {
    let desk = Desk::with_pair();
    // Up to the database the answers are suggested; then the way, the login, the mailbox, the sender.
    let mut answers = vec![""; 9];
    answers.extend(["", "xoauth2", "", MAILBOX, "", ""]);
    let ran = desk.ask(&needed(), &answers);
    ran.assert_code(0);
    for asked in [
        "How to log in: password (if at all), or xoauth2 (Exchange Online) [password]: ",
        "The mailbox that sends, as accounts@example.edu: ",
        "  this is needed",
        "The sender of the mails [Account signup <accounts@physics.example.edu>]: ",
    ] {
        assert!(ran.out.contains(asked), "{asked} in {}", ran.out);
    }
    for silent in ["The mail server", "How to talk to it", "Its port", "password, for"] {
        assert!(!ran.out.contains(silent), "{silent} in {}", ran.out);
    }
    assert_eq!(mail_sections(&desk), mail_sections(&set_up(&xoauth2())));
}

/// What the configuration says of mails.
fn mail_sections(desk: &Desk) -> String {
    let config = desk.told("config.toml");
    let from = config.find("[mail]").unwrap();
    let to = config.find("# Whether a mailed code").unwrap();
    config[from..to].to_owned()
}

/// A section of a page, from this heading to the next.
fn section(page: &str, heading: &str) -> String {
    let text = &page[page.find(heading).unwrap()..];
    let end = text[3..].find("\n## ").map_or(text.len(), |end| end + 3);
    text[..end].to_owned()
}
