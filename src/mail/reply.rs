//! What a mail server's reply means.

use lettre::transport::smtp;

use super::Error;

/// Where in the conversation a mail failed (RFC 5321, section 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Connect,
    Login,
    Sender,
    Recipient,
    Content,
}

/// The reply of Exchange Online to more connections of a mailbox than it takes at once.
const TOO_MANY_CONNECTIONS: &str = "432 4.3.2";

/// The error of a failed command.
pub(super) fn judge(phase: Phase, error: smtp::Error) -> Error {
    let Some(status) = error.status() else { return broken(error) };
    let enhanced = std::error::Error::source(&error).and_then(|text| enhanced_code(&text.to_string()));
    let code =
        enhanced.as_ref().map_or_else(|| status.to_string(), |enhanced| format!("{status} {enhanced}"));
    if code == TOO_MANY_CONNECTIONS {
        Error::paused(code, None)
    } else if !error.is_permanent() {
        Error::unavailable(code)
    } else if is_about_recipient(phase, status.into(), enhanced.as_deref()) {
        Error::RecipientRefused { code }
    } else {
        Error::Refused { code }
    }
}

/// No reply, or none that makes sense. What the server said is dropped, for it may quote an address.
fn broken(error: smtp::Error) -> Error {
    if error.is_response() {
        Error::unavailable("unreadable_reply")
    } else if error.is_timeout() {
        Error::unavailable("timeout")
    } else if error.is_client() {
        tracing::error!(%error, "the mail server cannot do what the settings ask for");
        Error::caused("not_offered", error)
    } else {
        Error::caused("connection", error)
    }
}

/// Whether a permanent refusal is the recipient's, not ours: a relay that is closed to us, a login that is
/// wanted, or a command that is not understood heals when an admin acts, and then the mail can go.
fn is_about_recipient(phase: Phase, status: u16, enhanced: Option<&str>) -> bool {
    // RFC 3463: 0 says nothing, as where there is no enhanced code.
    let class = enhanced.and_then(|code| code.split('.').nth(1)).filter(|class| *class != "0");
    match phase {
        // RFC 3463: 1 is the address, 2 the mailbox, 4 the way there; 3, 5 and 7 are system, protocol and policy.
        Phase::Recipient => match class {
            Some(class) => matches!(class, "1" | "2" | "4"),
            None => matches!(status, 550..=554),
        },
        // Some servers look the recipient up only now.
        Phase::Content => matches!(class, Some("1")),
        Phase::Connect | Phase::Login | Phase::Sender => false,
    }
}

/// The enhanced status code that a reply begins with, such as `5.1.1` (RFC 2034).
fn enhanced_code(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    let parts: Vec<&str> = word.split('.').collect();
    let is_number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    (parts.len() == 3 && parts.iter().all(is_number)).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Phase::Recipient, 550, None, true)]
    #[case(Phase::Recipient, 551, None, true)]
    #[case(Phase::Recipient, 553, None, true)]
    #[case(Phase::Recipient, 550, Some("5.1.1"), true)]
    #[case(Phase::Recipient, 552, Some("5.2.2"), true)]
    #[case(Phase::Recipient, 550, Some("5.0.0"), true)]
    #[case(Phase::Recipient, 554, Some("5.7.1"), false)]
    #[case(Phase::Recipient, 550, Some("5.7.1"), false)]
    #[case(Phase::Recipient, 530, None, false)]
    #[case(Phase::Recipient, 503, Some("5.5.1"), false)]
    #[case(Phase::Content, 550, Some("5.1.1"), true)]
    #[case(Phase::Content, 554, Some("5.6.0"), false)]
    #[case(Phase::Content, 550, None, false)]
    #[case(Phase::Sender, 550, Some("5.1.8"), false)]
    #[case(Phase::Login, 535, Some("5.7.8"), false)]
    #[case(Phase::Connect, 554, None, false)]
    fn only_the_recipients_own_refusals_are_final(
        #[case] phase: Phase,
        #[case] status: u16,
        #[case] enhanced: Option<&str>,
        #[case] recipient: bool,
    ) {
        assert_eq!(is_about_recipient(phase, status, enhanced), recipient);
    }

    #[test]
    fn the_enhanced_code_is_the_first_word() {
        assert_eq!(enhanced_code("5.1.1 <a@example.edu> unknown").as_deref(), Some("5.1.1"));
        for none in ["", "unknown 5.1.1", "5.1", "5.1.1.1", "5.a.1", "1234.1.1"] {
            assert_eq!(enhanced_code(none), None, "{none}");
        }
    }
}
