//! Refusals by Exchange Online that do not say why: each possible cause, with the line for Exchange Online PowerShell
//! that checks it.
//!
//! Sources: <https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission>,
//! <https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth>
//! and <https://learn.microsoft.com/exchange/permissions-exo/application-rbac>.

use super::finding::{Area, Finding};
use crate::{
    cli::exchange::{Exchange, quoted_for_powershell as quoted},
    graph::Permission,
};

#[derive(Clone, Copy)]
enum Cause {
    MailboxUnknown,
    ApplicationUnknown,
    RoleMissing,
    RoleTooRecent,
    SmtpOffForMailbox,
    SmtpOffForTenant,
    PolicyForbidsSmtp,
    AccessPolicy,
    PermissionMissing,
    SenderIsOther,
}

/// The possible causes of this reply or code of Graph's, the likeliest first.
pub(super) fn causes(exchange: &Exchange<'_>, from: &str, code: &str) -> Vec<Finding> {
    use Cause::*;
    // A comma separates an earlier reply of the server.
    let code = code.split(", ").next().unwrap_or(code);
    let causes: &[Cause] = match code {
        "535 5.7.3" => &[
            ApplicationUnknown,
            RoleMissing,
            RoleTooRecent,
            SmtpOffForMailbox,
            SmtpOffForTenant,
            MailboxUnknown,
        ],
        "535 5.7.139" => &[SmtpOffForMailbox, SmtpOffForTenant, PolicyForbidsSmtp],
        "ErrorAccessDenied" if exchange.is_scoped => {
            &[RoleMissing, RoleTooRecent, ApplicationUnknown, AccessPolicy]
        }
        "ErrorAccessDenied" => &[PermissionMissing, AccessPolicy],
        "ErrorSendAsDenied" | "554 5.2.252" | "550 5.7.60" => &[SenderIsOther],
        "MailboxNotEnabledForRESTAPI"
        | "ErrorInvalidUser"
        | "ResourceNotFound"
        | "Request_ResourceNotFound" => &[MailboxUnknown],
        _ => &[],
    };
    causes.iter().map(|cause| cause.told(exchange, from)).collect()
}

impl Cause {
    fn told(self, exchange: &Exchange<'_>, from: &str) -> Finding {
        let (what, line, expected) = self.checked(exchange, from);
        let what = format!("a possible cause: {what}");
        Finding::hint(Area::Mail, what, format!("check by {line}: {expected}"))
    }

    /// The cause, the line that checks it, and what the line shows where this is not the cause.
    fn checked(self, exchange: &Exchange<'_>, from: &str) -> (&'static str, String, String) {
        let (mailbox, role) = (quoted(exchange.mailbox), exchange.role());
        let client_id = &exchange.tenant.client_id;
        match self {
            Self::MailboxUnknown => (
                "there is no such mailbox in Exchange Online, or it is kept on premises",
                format!("Get-EXORecipient -Identity {mailbox} | Format-List RecipientTypeDetails"),
                "it shows UserMailbox or SharedMailbox".to_owned(),
            ),
            Self::ApplicationUnknown => (
                "Exchange does not know the application, or was given the object id of the app registration \
                 instead of the enterprise application's",
                format!("Get-ServicePrincipal | Where-Object AppId -eq '{client_id}' | Format-List ObjectId"),
                format!("it shows what `az ad sp show --id {client_id} --query id` prints"),
            ),
            Self::RoleMissing => (
                "the application has no role for this mailbox",
                format!("Test-ServicePrincipalAuthorization -Identity '{client_id}' -Resource {mailbox}"),
                format!("it shows {role} with InScope True"),
            ),
            Self::RoleTooRecent => (
                "the role was assigned a short time ago, which can take two hours to take effect",
                format!("Get-ManagementRoleAssignment -Role '{role}' | Format-List Name, WhenCreatedUTC"),
                "it shows a time more than two hours ago".to_owned(),
            ),
            Self::SmtpOffForMailbox => (
                "SMTP AUTH is off for the mailbox",
                format!("Get-CASMailbox -Identity {mailbox} | Format-List SmtpClientAuthenticationDisabled"),
                format!(
                    "it shows False; Set-CASMailbox -Identity {mailbox} -SmtpClientAuthenticationDisabled \
                     $false switches it on"
                ),
            ),
            Self::SmtpOffForTenant => (
                "SMTP AUTH is off for the tenant, and the mailbox has no setting of its own",
                "Get-TransportConfig | Format-List SmtpClientAuthenticationDisabled".to_owned(),
                "it shows False, or the mailbox's own setting does".to_owned(),
            ),
            Self::PolicyForbidsSmtp => (
                "an authentication policy, or the security defaults of the directory, forbid SMTP AUTH",
                format!("Get-User -Identity {mailbox} | Format-List AuthenticationPolicy"),
                "it shows none, or a policy that allows it".to_owned(),
            ),
            Self::AccessPolicy => (
                "an application access policy denies the application this mailbox",
                format!("Test-ApplicationAccessPolicy -AppId '{client_id}' -Identity {mailbox}"),
                "it shows Granted".to_owned(),
            ),
            Self::PermissionMissing => (
                "Mail.Send is not granted, or mail.graph.scoped = true is missing in the configuration",
                format!(
                    "this line in Microsoft Graph PowerShell, Get-MgServicePrincipal -Filter \"appId eq '{client_id}'\" | ForEach-Object {{ \
                     Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $_.Id }}"
                ),
                format!("it lists {}", Permission::Mail.app_role()),
            ),
            Self::SenderIsOther => (
                "mail.from, or mail.bounce_to, is no address of the mailbox",
                format!("Get-EXOMailbox -Identity {mailbox} | Format-List EmailAddresses"),
                format!(
                    "it lists {from}, or Add-RecipientPermission {} -Trustee {mailbox} -AccessRights SendAs \
                     was run",
                    quoted(from)
                ),
            ),
        }
    }
}
