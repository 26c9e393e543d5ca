//! The mails, sorted into those that carry a password and others.

use crate::rig::tenant::Mail;

/// What a student needs to sign in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Credentials<'a> {
    pub user: &'a str,
    pub password: &'a str,
}

/// All mails that were taken.
pub struct Letters<'a>(Vec<(&'a Mail, Option<Credentials<'a>>)>);

impl<'a> Letters<'a> {
    /// Reads each mail as a student does.
    pub fn sort(mails: &'a [Mail]) -> Self {
        Self(mails.iter().map(|mail| (mail, read(&mail.text))).collect())
    }

    /// The different credentials that were mailed to this address: one, if all is well.
    pub fn credentials_for(&self, address: &str) -> Vec<Credentials<'a>> {
        let mut found = Vec::new();
        let theirs = self.0.iter().filter(|(mail, _)| mail.recipient.eq_ignore_ascii_case(address));
        for credentials in theirs.filter_map(|(_, credentials)| *credentials) {
            if !found.contains(&credentials) {
                found.push(credentials);
            }
        }
        found
    }

    /// How many carry a password.
    pub fn passwords(&self) -> usize {
        self.0.iter().filter(|(_, credentials)| credentials.is_some()).count()
    }

    /// How many do not.
    pub fn others(&self) -> usize {
        self.0.len() - self.passwords()
    }
}

fn read(text: &str) -> Option<Credentials<'_>> {
    Some(Credentials { user: below(text, "Username:")?, password: below(text, "Password:")? })
}

/// The line below a label.
fn below<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    text.lines().skip_while(|line| line.trim() != label).nth(1).map(str::trim)
}
