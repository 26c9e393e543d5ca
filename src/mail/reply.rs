//! A mail server's replies, and what they mean.

use super::{Error, Scope, error::ServerLine};

/// The command of a mail's conversation that was answered (RFC 5321, section 3.3).
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

/// A reply, of one or more lines.
#[derive(Default)]
pub(super) struct Reply {
    code: u16,
    lines: Vec<String>,
}

impl Reply {
    /// Adds a line; returns whether it was the last one.
    pub(super) fn push(&mut self, line: &str) -> Result<bool, Error> {
        let unreadable = || Error::unavailable("unreadable_reply");
        let line = line.trim_end_matches('\r');
        let (code, text) = line.split_at_checked(3).ok_or_else(unreadable)?;
        let code = code.parse().ok().filter(|code| (200..600).contains(code)).ok_or_else(unreadable)?;
        if !self.lines.is_empty() && self.code != code {
            return Err(unreadable());
        }
        let (is_last, text) = match text.split_at_checked(1) {
            None => (true, ""),
            Some((" ", text)) => (true, text),
            Some(("-", text)) => (false, text),
            Some(_) => return Err(unreadable()),
        };
        self.code = code;
        self.lines.push(text.to_owned());
        Ok(is_last)
    }

    pub(super) const fn code(&self) -> u16 {
        self.code
    }

    pub(super) fn lines(&self) -> &[String] {
        &self.lines
    }

    /// The reply, if it is not a refusal.
    pub(super) fn accepted(self, phase: Phase) -> Result<Self, Error> {
        if self.code < 400 { Ok(self) } else { Err(self.refusal(phase)) }
    }

    /// The reply, if its first digit is the one that the command asks for (RFC 5321, section 4.3.2).
    pub(super) fn accepted_as(self, digit: u16, phase: Phase) -> Result<Self, Error> {
        if self.code / 100 == digit { Ok(self) } else { Err(self.refusal(phase)) }
    }

    /// The error of a command that had this reply.
    fn refusal(&self, phase: Phase) -> Error {
        let enhanced = self.lines.first().and_then(|line| enhanced_code(line));
        let code = enhanced.map_or_else(|| self.code.to_string(), |code| format!("{} {code}", self.code));
        let line = ServerLine::new(format!("{} {}", self.code, self.lines.join(" ")));
        let scope = self.scope(phase, enhanced);
        if code == TOO_MANY_CONNECTIONS {
            Error::paused(code, None)
        } else if self.code < 500 {
            Error::Unavailable { code, scope, line, source: None }
        } else if self.is_about_recipient(phase, enhanced, scope) {
            Error::RecipientRefused { code, line }
        } else {
            Error::Refused { code, scope, line }
        }
    }

    /// Returns whether a permanent refusal is of the recipient, not of us: an admin can correct a relay that is closed
    /// to us, a login that is required, a sender that is not accepted or a command that is not understood, and then the
    /// mail can be sent.
    fn is_about_recipient(&self, phase: Phase, enhanced: Option<&str>, scope: Scope) -> bool {
        match (phase, subject(enhanced), scope) {
            (_, _, Scope::Sender | Scope::Policy) => false,
            // RFC 3463: 1 is the address, 2 the mailbox, 4 the route; 3, 5 and 7 are system, protocol and policy.
            (Phase::Recipient, Some(subject), _) => matches!(subject, "1" | "2" | "4"),
            (Phase::Recipient, None, _) => matches!(self.code, 550..=554),
            // Some servers look the recipient up only now.
            (Phase::Content, subject, _) => subject == Some("1"),
            (Phase::Connect | Phase::Login | Phase::Sender, ..) => false,
        }
    }

    /// Returns which mails this refusal concerns.
    fn scope(&self, phase: Phase, enhanced: Option<&str>) -> Scope {
        match phase {
            Phase::Connect | Phase::Login => Scope::Server,
            Phase::Sender if self.code >= 500 => Scope::Sender,
            Phase::Sender => Scope::Server,
            Phase::Recipient | Phase::Content => match (subject(enhanced), enhanced) {
                // RFC 3463 and RFC 7372: the sender's address or its domain; Exchange: it may not be sent as.
                (_, Some(code)) if is_about_sender(code) => Scope::Sender,
                (Some("1" | "2"), _) => Scope::Recipient,
                (Some("7") | None, _) if self.code >= 500 => self.scope_by_words(subject(enhanced).is_some()),
                _ => Scope::Mail,
            },
        }
    }

    /// Returns which mails a refusal concerns whose code does not show it, by the words in it.
    fn scope_by_words(&self, is_policy: bool) -> Scope {
        const OURS: [&str; 10] = [
            "sender",
            "relay",
            "authenticat",
            "client host",
            "helo",
            "spf",
            "dmarc",
            "dkim",
            "blacklist",
            "blocklist",
        ];
        // Addresses can have any words in them.
        let text = self.lines.join(" ").to_lowercase();
        let words: Vec<_> = text.split_whitespace().filter(|word| !word.contains('@')).collect();
        let words = words.join(" ");
        // The sender may be refused for this recipient alone.
        if is_policy || OURS.iter().any(|word| words.contains(word)) { Scope::Policy } else { Scope::Mail }
    }
}

/// Returns whether a code says that the sender's address is refused, in reply to any command.
pub(super) fn is_about_sender(enhanced: &str) -> bool {
    matches!(enhanced, "4.1.7" | "4.1.8" | "5.1.7" | "5.1.8" | "5.7.60")
}

/// The subject of an enhanced code (RFC 3463). 0 means no subject, like a missing code.
fn subject(enhanced: Option<&str>) -> Option<&str> {
    enhanced.and_then(|code| code.split('.').nth(1)).filter(|subject| *subject != "0")
}

/// The enhanced status code that a reply begins with, such as `5.1.1` (RFC 2034).
fn enhanced_code(text: &str) -> Option<&str> {
    let word = text.split_whitespace().next()?;
    let parts: Vec<&str> = word.split('.').collect();
    let is_number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    (parts.len() == 3 && parts.iter().all(is_number)).then_some(word)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use rstest::rstest;

    use super::*;

    fn refusal(phase: Phase, reply: &str) -> Error {
        let mut read = Reply::default();
        for line in reply.lines() {
            read.push(line).unwrap();
        }
        read.accepted(phase).err().unwrap()
    }

    #[rstest]
    #[case(Phase::Recipient, "550 no such user", true)]
    #[case(Phase::Recipient, "551 not here", true)]
    #[case(Phase::Recipient, "553 no", true)]
    #[case(Phase::Recipient, "550 <sender@relay.example>: unknown", true)]
    #[case(Phase::Recipient, "550 5.1.1 unknown", true)]
    #[case(Phase::Recipient, "552 5.2.2 full", true)]
    #[case(Phase::Recipient, "550 5.0.0 no", true)]
    #[case(Phase::Recipient, "554 5.7.1 no", false)]
    #[case(Phase::Recipient, "550 5.7.1 no", false)]
    #[case(Phase::Recipient, "550 5.1.7 Invalid address", false)]
    #[case(Phase::Recipient, "550 5.1.8 <accounts@example.edu>: Sender address rejected", false)]
    #[case(
        Phase::Recipient,
        "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
        false
    )]
    #[case(
        Phase::Recipient,
        "550-Verification failed for <accounts@example.edu>\n550 Sender verify failed",
        false
    )]
    #[case(Phase::Recipient, "550 relay not permitted", false)]
    #[case(Phase::Recipient, "530 login first", false)]
    #[case(Phase::Recipient, "503 5.5.1 what", false)]
    #[case(Phase::Content, "550 5.1.1 unknown", true)]
    #[case(Phase::Content, "550 5.1.8 Sender address rejected", false)]
    #[case(Phase::Content, "554 5.6.0 no", false)]
    #[case(Phase::Content, "550 no", false)]
    #[case(Phase::Sender, "550 5.1.8 no", false)]
    #[case(Phase::Login, "535 5.7.8 no", false)]
    #[case(Phase::Connect, "554 no", false)]
    fn only_the_recipients_own_refusals_are_final(
        #[case] phase: Phase,
        #[case] reply: &str,
        #[case] recipient: bool,
    ) {
        let error = refusal(phase, reply);
        assert_eq!(matches!(error, Error::RecipientRefused { .. }), recipient, "{error:?}");
    }

    #[rstest]
    #[case(Phase::Connect, "421 4.3.2 busy", Scope::Server)]
    #[case(Phase::Login, "535 5.7.8 no", Scope::Server)]
    #[case(Phase::Sender, "451 4.3.0 later", Scope::Server)]
    #[case(Phase::Sender, "553 not you", Scope::Sender)]
    #[case(Phase::Recipient, "550 5.1.8 Sender address rejected", Scope::Sender)]
    #[case(Phase::Recipient, "450 4.1.8 Domain not found", Scope::Sender)]
    #[case(Phase::Recipient, "550 5.7.1 Sender not on the list of this recipient", Scope::Policy)]
    #[case(Phase::Recipient, "550 Sender verify failed", Scope::Policy)]
    #[case(Phase::Recipient, "550 5.7.1 no", Scope::Policy)]
    #[case(Phase::Recipient, "550 relay not permitted", Scope::Policy)]
    #[case(Phase::Recipient, "452 4.2.2 full", Scope::Recipient)]
    #[case(Phase::Recipient, "500 what", Scope::Mail)]
    #[case(Phase::Recipient, "450 4.7.1 greylisted", Scope::Mail)]
    #[case(Phase::Content, "451 4.3.0 later", Scope::Mail)]
    #[case(Phase::Recipient, "550 5.1.1 unknown", Scope::Recipient)]
    fn a_refusal_concerns_one_recipient_or_all(
        #[case] phase: Phase,
        #[case] reply: &str,
        #[case] scope: Scope,
    ) {
        assert_eq!(refusal(phase, reply).scope(), scope);
    }

    #[test]
    fn replies_that_make_no_sense_are_told_apart() {
        for nonsense in ["", "25", "hello?", "999 x", "250_x", "1é5 x"] {
            assert!(Reply::default().push(nonsense).is_err(), "{nonsense}");
        }
        let mut mixed = Reply::default();
        assert!(!mixed.push("250-one").unwrap());
        assert!(mixed.push("550 two").is_err());
        for (last, code) in [("354\r", 354), ("250 \r", 250), ("421 bye", 421)] {
            let mut reply = Reply::default();
            assert!(reply.push(last).unwrap(), "{last}");
            assert_eq!(reply.code(), code);
        }
    }

    #[test]
    fn the_enhanced_code_is_the_first_word() {
        assert_eq!(enhanced_code("5.1.1 <a@example.edu> unknown"), Some("5.1.1"));
        for none in ["", "unknown 5.1.1", "5.1", "5.1.1.1", "5.a.1", "1234.1.1"] {
            assert_eq!(enhanced_code(none), None, "{none}");
        }
    }
}
