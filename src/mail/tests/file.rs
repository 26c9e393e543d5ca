//! Mails as files.

use super::*;

#[tokio::test]
async fn each_mail_is_one_file_that_only_its_owner_reads() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("mails");
    let mailer = mailer_of(&settings(MailTransport::File { dir: dir.clone() }));
    send(&mailer).await.unwrap();
    send(&mailer).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap()).collect();
    assert_eq!(files.len(), 1, "sent again, it replaces itself, and nothing unfinished stays");
    assert_eq!(files[0].file_name(), "07070707-0707-4707-8707-070707070707.password.eml");
    let raw = std::fs::read_to_string(files[0].path()).unwrap();
    assert!(raw.starts_with("From: ") && raw.contains("Subject: Dein Konto\r\n"), "{raw}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(files[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_directory_that_is_gone_is_retried() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("mails");
    let mailer = mailer_of(&settings(MailTransport::File { dir: dir.clone() }));
    std::fs::remove_dir(&dir).unwrap();
    let error = send(&mailer).await.unwrap_err();
    assert!(matches!(&error, Error::Unavailable { code, .. } if code == "unwritable_file"), "{error:?}");
}

#[test]
fn an_id_never_leaves_the_directory() {
    for (id, safe) in
        [("../../etc/passwd", "-..-etc-passwd"), ("a b\r\nc", "a-b--c"), ("...", ""), ("x.y", "x.y")]
    {
        assert_eq!(message::safe_id(id), safe);
    }
}
