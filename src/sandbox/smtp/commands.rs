//! The commands of a session, parsed. RFC 5321, section 4.1.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A command of the client.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// `EHLO name` or `HELO name`; true for the extended greeting.
    Hello {
        extended: bool,
    },
    StartTls,
    /// `AUTH PLAIN [response]` or `AUTH LOGIN [response]`
    Auth {
        method: String,
        response: Option<String>,
    },
    /// `MAIL FROM:<address> [SIZE=n] …`
    Mail {
        from: String,
        size: Option<usize>,
    },
    /// `RCPT TO:<address>`
    Rcpt {
        to: String,
    },
    Data,
    Reset,
    Noop,
    Verify,
    Quit,
    /// A known command with arguments that are not known.
    BadArguments,
    Unknown,
}

impl Command {
    /// Reads a line without its end.
    pub fn parse(line: &str) -> Self {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" if !rest.is_empty() => Self::Hello { extended: true },
            "HELO" if !rest.is_empty() => Self::Hello { extended: false },
            "STARTTLS" if rest.is_empty() => Self::StartTls,
            "AUTH" => auth(rest),
            "MAIL" => mail(rest),
            "RCPT" => rcpt(rest),
            "DATA" if rest.is_empty() => Self::Data,
            "RSET" => Self::Reset,
            "NOOP" => Self::Noop,
            "VRFY" => Self::Verify,
            "QUIT" => Self::Quit,
            "EHLO" | "HELO" | "STARTTLS" | "DATA" => Self::BadArguments,
            _ => Self::Unknown,
        }
    }
}

fn auth(rest: &str) -> Command {
    let mut words = rest.split_ascii_whitespace();
    let method = words.next().unwrap_or_default().to_ascii_uppercase();
    let response = words.next().map(str::to_owned);
    Command::Auth { method, response }
}

fn mail(rest: &str) -> Command {
    let Some((from, parameters)) = path(rest, "FROM:") else {
        return Command::BadArguments;
    };
    let mut size = None;
    for parameter in parameters.split_ascii_whitespace() {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match name.to_ascii_uppercase().as_str() {
            "SIZE" => size = value.parse().ok(),
            "BODY" | "AUTH" => {}
            _ => return Command::BadArguments,
        }
    }
    Command::Mail { from, size }
}

fn rcpt(rest: &str) -> Command {
    match path(rest, "TO:") {
        Some((to, "")) if is_address(&to) => Command::Rcpt { to },
        _ => Command::BadArguments,
    }
}

/// `FROM:<address> parameters`; some clients put a space after the colon.
fn path<'a>(rest: &'a str, prefix: &str) -> Option<(String, &'a str)> {
    let start = rest.get(..prefix.len())?;
    if !start.eq_ignore_ascii_case(prefix) {
        return None;
    }
    let rest = rest[prefix.len()..].trim_start().strip_prefix('<')?;
    let (address, parameters) = rest.split_once('>')?;
    (address.len() <= 254).then(|| (address.to_owned(), parameters.trim()))
}

fn is_address(text: &str) -> bool {
    let parts = text.rsplit_once('@');
    parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !text.contains(|c: char| c.is_ascii_control() || c == ' ')
}

/// The user name and the password of `AUTH PLAIN`. RFC 4616.
pub(super) fn plain_login(response: &str) -> Option<(String, String)> {
    let decoded = decode(response)?;
    let mut parts = decoded.split('\0').skip(1);
    Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
}

/// A line of `AUTH LOGIN`.
pub(super) fn decode(response: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(response.trim()).ok()?).ok()
}
