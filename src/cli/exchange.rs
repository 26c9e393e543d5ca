//! Mails that leave by Exchange Online: by which application, from which mailbox, with which right.

use crate::{
    config::{Cloud, Config, GraphMail, MailTransport, Smtp, SmtpLogin, Tenant},
    domain::TenantAlias,
};

/// The application and the mailbox that it sends from.
///
/// <https://learn.microsoft.com/exchange/permissions-exo/application-rbac>
pub(super) struct Exchange<'a> {
    /// The tenant whose application sends.
    pub(super) alias: &'a TenantAlias,
    pub(super) tenant: &'a Tenant,
    pub(super) mailbox: &'a str,
    /// By SMTP with XOAUTH2, not by Microsoft Graph.
    pub(super) by_smtp: bool,
    /// Exchange itself restricts the application to the mailbox.
    pub(super) is_scoped: bool,
}

impl<'a> Exchange<'a> {
    /// The tenant and the mailbox that send mails; absent if mails leave another way.
    pub(super) fn of(config: &'a Config) -> Option<Self> {
        let (alias, mailbox, by_smtp, is_scoped) = match &config.mail.transport {
            MailTransport::Smtp(Smtp { login: Some(SmtpLogin::Xoauth2 { tenant, mailbox, .. }), .. }) => {
                (tenant, mailbox, true, true)
            }
            MailTransport::Graph(GraphMail { tenant, mailbox, scoped, .. }) => {
                (tenant, mailbox, false, *scoped)
            }
            MailTransport::Smtp(_) | MailTransport::File { .. } => return None,
        };
        let tenant = config.tenants.get(alias)?;
        Some(Self { alias, tenant, mailbox, by_smtp, is_scoped })
    }

    /// True if `Mail.Send` in Entra would open more mailboxes than Exchange does.
    pub(super) const fn by_graph_within_scope(&self) -> bool {
        !self.by_smtp && self.is_scoped
    }

    /// The cloud's name for `Connect-ExchangeOnline`.
    ///
    /// <https://learn.microsoft.com/powershell/module/exchangepowershell/connect-exchangeonline>
    pub(super) const fn environment(&self) -> &'static str {
        match self.tenant.cloud {
            Cloud::Global => "O365Default",
            Cloud::UsGovL4 => "O365USGovGCCHigh",
            Cloud::UsGovL5 => "O365USGovDoD",
            Cloud::China => "O365China",
        }
    }

    /// The role in Exchange.
    pub(super) const fn role(&self) -> &'static str {
        if self.by_smtp { "Application SMTP.SendAsApp" } else { "Application Mail.Send" }
    }

    /// The word beside the client id in the name of its role assignment in Exchange; a name has 64 characters at most.
    pub(super) const fn way(&self) -> &'static str {
        if self.by_smtp { "smtp" } else { "graph" }
    }

    /// The filter (OPATH) that the mailbox alone matches.
    pub(super) fn filter(&self) -> String {
        format!("PrimarySmtpAddress -eq '{}'", self.mailbox.replace('\'', "''"))
    }
}

/// Quotes a text for PowerShell as a literal: between single quotes, any quote in it doubled. Typographic quotes are
/// quotes there, too.
pub(super) fn quoted_for_powershell(text: &str) -> String {
    let mut quoted = String::from("'");
    for c in text.chars() {
        let is_quote = matches!(c, '\'' | '\u{2018}'..='\u{201b}');
        quoted.extend(std::iter::repeat_n(c, if is_quote { 2 } else { 1 }));
    }
    quoted + "'"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powershell_reads_nothing_into_what_is_quoted() {
        for (text, quoted) in [
            ("a@example.edu", "'a@example.edu'"),
            ("o'brien@example.edu", "'o''brien@example.edu'"),
            ("o\u{2019}brien $x `n", "'o\u{2019}\u{2019}brien $x `n'"),
        ] {
            assert_eq!(quoted_for_powershell(text), quoted);
        }
    }
}
