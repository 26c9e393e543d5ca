//! Remedies for mails that were not accepted: one for each code.
//!
//! Sources: <https://learn.microsoft.com/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online/non-delivery-reports-in-exchange-online>,
//! <https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth>
//! and <https://learn.microsoft.com/graph/errors>.

use crate::entra;

use super::reply::is_about_sender;

/// The remedy where the sender is refused.
pub(super) const CHANGE_SENDER: &str = "the mail server does not accept the sender: set mail.from, and mail.bounce_to if it is set, to an address that the \
     server accepts from this host or this login";

/// The remedy for a mail's [`Error`](super::Error) as it is shown and stored. `None` where the code says too little.
#[must_use]
pub fn remedy_for(detail: &str) -> Option<&'static str> {
    let (_, code) = detail.strip_suffix(')')?.rsplit_once('(')?;
    // A comma separates an earlier reply of the server.
    let (code, status) = code.split_once(", status ").unwrap_or((code, ""));
    Some(match (code, status) {
        ("535 5.7.139", _) => {
            "authenticated SMTP is off for the mailbox or the tenant, or a policy blocks the login: run \
             Set-CASMailbox -Identity MAILBOX -SmtpClientAuthenticationDisabled $false in Exchange Online PowerShell"
        }
        ("550 5.7.30", _) => {
            "Exchange Online takes no passwords for sending any more: set mail.smtp.auth = \"xoauth2\", or \
             mail.transport = \"graph\""
        }
        ("535 5.7.3", _) => {
            "the server refuses the login: check mail.smtp.user and the password; with mail.smtp.auth = \"xoauth2\", \
             `accountcreator doctor` lists what to check, such as whether the service principal was made with the \
             enterprise application's object id"
        }
        (code, "400" | "401") if code.starts_with("535") || code.starts_with("334") => {
            "the server does not take the access token: check mail.smtp.token_scope, and that the tenant and the \
             mail server belong to the same cloud"
        }
        ("504 5.7.4" | "504", _) => {
            "the server does not offer this way to log in: check mail.smtp.auth and, for Exchange Online, the host"
        }
        (code, _) if code.starts_with("535") => "check mail.smtp.user and the password, or mail.smtp.auth",
        ("530 5.7.57" | "530", _) => {
            "the server wants a login: set mail.smtp.user and a password, or auth = \"xoauth2\""
        }
        ("554 5.2.252" | "550 5.7.60" | "ErrorSendAsDenied", _) => {
            "mail.from and mail.bounce_to must be addresses of the mailbox, or such as it may send as: run Add-RecipientPermission \
             FROM -Trustee MAILBOX -AccessRights SendAs in Exchange Online PowerShell, or change them"
        }
        ("no_starttls", _) => {
            "the mail server offers no STARTTLS: set mail.smtp.security = \"tls\", check mail.smtp.host and port, or let \
             its admins switch STARTTLS on"
        }
        ("no_login_offered", _) => {
            "the mail server offers no login by PLAIN or LOGIN: check mail.smtp.port and security, or set \
             mail.smtp.auth = \"xoauth2\""
        }
        ("early_reply", _) => {
            "something on the way to the mail server sends replies in its name: check the network, or set \
             mail.smtp.security = \"tls\""
        }
        ("all_connections_in_use", _) => {
            "the mail server takes long for each mail: ask its admins why, or raise mail.smtp.pool"
        }
        ("tls_old_version", _) => "let the admins of the mail server switch TLS 1.2 or 1.3 on",
        ("tls_no_common_cipher", _) => {
            "let the admins of the mail server switch on ciphers with forward secrecy (ECDHE) and AES-GCM"
        }
        ("tls_not_spoken", _) => {
            "the server speaks no TLS on this port from the start: set mail.smtp.security = \"starttls\" or check \
             mail.smtp.port"
        }
        ("tls_closed", _) => {
            "check mail.smtp.port and security; a server that speaks only TLS 1.0 or 1.1 may also answer so"
        }
        ("tls_short_key", _) => {
            "let the admins of the mail server make a certificate with an RSA key of 2048 bits or more, or an ECDSA key"
        }
        ("tls_sha1", _) => {
            "let the admins of the mail server have the certificate issued again, signed with SHA-256"
        }
        ("tls_other_name", _) => {
            "set mail.smtp.host to a name that the certificate is for, or have it issued with this name as subject \
             alternative name"
        }
        ("tls_expired", _) => {
            "let the admins of the mail server renew the certificate, and check this machine's clock"
        }
        ("tls_not_valid_yet", _) => "check this machine's clock, and the certificate of the mail server",
        ("tls_self_signed", _) => {
            "write the server's certificate into the file that mail.smtp.ca_file names (`openssl s_client -connect \
             HOST:PORT -starttls smtp </dev/null | openssl x509` prints it), after its admins have confirmed its \
             fingerprint"
        }
        ("tls_unknown_issuer", _) => {
            "write the certificate of the authority into the file that mail.smtp.ca_file names, or let the admins of the \
             mail server have it send its whole chain"
        }
        ("ErrorAccessDenied" | "Authorization_RequestDenied" | "http_403", _) => {
            "the application may not send by this mailbox: give it the role Application Mail.Send with a scope that \
             holds the mailbox, or the permission Mail.Send; it takes up to two hours to take effect"
        }
        (
            "MailboxNotEnabledForRESTAPI"
            | "ErrorInvalidUser"
            | "Request_ResourceNotFound"
            | "ResourceNotFound",
            _,
        ) => {
            "mail.graph.mailbox is no mailbox in Exchange Online: check the address, and that the mailbox has a \
             licence, or is a shared one, and is not kept on premises"
        }
        ("ErrorMimeContentInvalidBase64String", _) => {
            "something on the way to Graph changes the request: check the proxy of HTTPS_PROXY"
        }
        ("InvalidAuthenticationToken" | "http_401", _) => {
            "Graph refuses Entra's token: check that authority and graph_url belong to the same cloud, and that a \
             proxy passes the Authorization header on"
        }
        ("mailbox_limit", _) => {
            "nothing has to be done: a mailbox of Exchange Online sends 30 mails a minute"
        }
        (code, _) => {
            let (reply, enhanced) = code.split_once(' ').unwrap_or((code, ""));
            if is_about_sender(enhanced) {
                CHANGE_SENDER
            } else if reply.starts_with('5') && enhanced == "5.7.1" {
                "if the server answers so for every recipient, it does not accept mail.from or wants a login: check \
                 mail.from, mail.smtp.user and the password; if for one, ask the people who run that mailbox"
            } else {
                return entra::remedy_for(code);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Error, Scope};

    /// The remedy for a refusal with this code, by way of the text that is stored.
    fn of(code: &str) -> Option<&'static str> {
        Error::refused(code, Scope::Server).remedy()
    }

    #[test]
    fn each_cause_has_a_remedy_of_its_own() {
        let codes = [
            "535 5.7.139",
            "550 5.7.30",
            "535 5.7.3",
            "535 5.7.8, status 400",
            "504 5.7.4",
            "535 5.7.8",
            "530 5.7.57",
            "ErrorSendAsDenied",
            "ErrorAccessDenied",
            "MailboxNotEnabledForRESTAPI",
            "ErrorMimeContentInvalidBase64String",
            "InvalidAuthenticationToken",
            "mailbox_limit",
            "550 5.1.8",
            "550 5.7.1",
            "no_starttls",
            "no_login_offered",
            "early_reply",
            "all_connections_in_use",
            "tls_old_version",
            "tls_no_common_cipher",
            "tls_not_spoken",
            "tls_closed",
            "tls_short_key",
            "tls_sha1",
            "tls_other_name",
            "tls_expired",
            "tls_not_valid_yet",
            "tls_self_signed",
            "tls_unknown_issuer",
            "AADSTS700016",
            "AADSTS700027",
        ];
        let remedies: std::collections::BTreeSet<_> = codes.iter().filter_map(|code| of(code)).collect();
        assert_eq!(remedies.len(), codes.len());
        assert_eq!(of("ErrorSendAsDenied"), of("554 5.2.252"));
        for sender in ["550 5.1.7", "553 5.1.8", "450 4.1.8"] {
            assert!(of(sender).is_some_and(|remedy| remedy.contains("mail.from")), "{sender}");
        }
        let unnamed = Error::refused("550", Scope::Sender);
        assert!(unnamed.remedy().is_some_and(|remedy| remedy.contains("mail.from")));
        for none in ["451 4.3.0", "timeout", "550 5.1.1"] {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn errors_of_other_kinds_have_none() {
        for detail in ["", "Request_BadRequest of mailNickname (400)", "gave_up: timeout", "tenant_rests"] {
            assert_eq!(super::remedy_for(detail), None, "{detail}");
        }
        assert!(super::remedy_for("gave_up: the mail was not accepted (550 5.7.30)").is_some());
    }
}
