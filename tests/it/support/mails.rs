//! What a mail says.

use accountcreator::sandbox::Mail;

/// What a mail is, by its stable message id.
pub trait MessageId {
    fn message_id_says(&self, kind: &str) -> bool;
}

impl MessageId for Mail {
    fn message_id_says(&self, kind: &str) -> bool {
        self.message_id.as_deref().is_some_and(|id| id.contains(kind))
    }
}

/// The indented line after the label that begins with `label`.
fn value_after(mail: &Mail, labels: &[&str]) -> String {
    let mut lines = mail.text.lines();
    let label = |line: &str| labels.iter().any(|label| line.trim_end().trim_end_matches(':') == *label);
    lines.by_ref().find(|line| label(line)).unwrap_or_else(|| panic!("no {labels:?} in {}", mail.text));
    lines.next().unwrap().trim().to_owned()
}

pub fn principal_in(mail: &Mail) -> String {
    value_after(mail, &["Username", "Benutzername"])
}

pub fn password_in(mail: &Mail) -> String {
    value_after(mail, &["Password", "Passwort"])
}

pub fn code_in(mail: &Mail) -> String {
    value_after(mail, &["Confirmation code", "Bestätigungscode"])
}
