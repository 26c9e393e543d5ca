//! The mails of a run by what they are: passwords, codes, alerts for the admin, and others.

use accountcreator::domain::ConfirmationLink;

use crate::{ADMIN, rig::tenant::Mail};

/// What a student needs to sign in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Credentials<'a> {
    pub user: &'a str,
    pub password: &'a str,
}

/// All mails that the mail server accepted, oldest first.
pub struct Mails<'a>(&'a [Mail]);

impl<'a> Mails<'a> {
    pub const fn new(mails: &'a [Mail]) -> Self {
        Self(mails)
    }

    /// The different credentials that were mailed to this address, the newest last.
    pub fn credentials_for(&self, address: &str) -> Vec<Credentials<'a>> {
        let mut found = Vec::new();
        let theirs = self.0.iter().filter(|mail| mail.recipient.eq_ignore_ascii_case(address));
        for credentials in theirs.filter_map(credentials) {
            found.retain(|earlier| *earlier != credentials);
            found.push(credentials);
        }
        found
    }

    /// The number of mails with a password.
    pub fn passwords(&self) -> usize {
        self.0.iter().filter(|mail| credentials(mail).is_some()).count()
    }

    /// The mails with a code, each with the id of its signup.
    pub fn codes(&self) -> impl Iterator<Item = String> {
        self.0.iter().filter_map(code_of)
    }

    /// The mails to the admin.
    pub fn alerts(&self) -> impl Iterator<Item = &'a Mail> {
        self.0.iter().filter(|mail| mail.recipient == ADMIN)
    }

    /// The number of mails that answer a request.
    pub fn answers(&self) -> usize {
        self.0.len() - self.passwords() - self.codes().count() - self.alerts().count()
    }
}

fn credentials(mail: &Mail) -> Option<Credentials<'_>> {
    Some(Credentials { user: below(&mail.text, "Username:")?, password: below(&mail.text, "Password:")? })
}

/// The id of the signup whose code is in a mail.
fn code_of(mail: &Mail) -> Option<String> {
    let link = mail.link().ok()?;
    let link: ConfirmationLink = link.rsplit('/').next()?.parse().ok()?;
    Some(link.claimed_id().to_string())
}

/// The line below a label.
fn below<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    text.lines().skip_while(|line| line.trim() != label).nth(1).map(str::trim)
}
