//! The headers in which proxies name the client that they speak for, and what was requested of them. The nearest
//! proxy's values come first.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderValue, header::FORWARDED};

/// The values that one proxy gives about a request that came to it.
#[derive(Debug, Default)]
pub(super) struct Hop {
    /// The address that it came from, if that is given.
    pub address: Option<IpAddr>,
    /// The scheme that was used.
    pub proto: Option<String>,
    /// The host that was requested.
    pub host: Option<String>,
}

/// The names of the headers that proxies use beside `Forwarded`.
pub(super) const X_FORWARDED_FOR: &str = "x-forwarded-for";
pub(super) const X_FORWARDED_PROTO: &str = "x-forwarded-proto";
pub(super) const X_FORWARDED_HOST: &str = "x-forwarded-host";
pub(super) const X_FORWARDED_PORT: &str = "x-forwarded-port";
pub(super) const X_FORWARDED_PREFIX: &str = "x-forwarded-prefix";

/// All headers that are read here.
pub(super) const ALL: [&str; 6] =
    ["forwarded", X_FORWARDED_FOR, X_FORWARDED_PROTO, X_FORWARDED_HOST, X_FORWARDED_PORT, X_FORWARDED_PREFIX];

/// The limits in bytes: an honest chain of proxies does not send more.
const MOST_BYTES: usize = 4096;
const MOST_OF_ONE: usize = 256;

/// `Forwarded` (RFC 7239), if it is there.
pub(super) fn standard(headers: &HeaderMap) -> Option<Vec<Hop>> {
    hops(headers, FORWARDED.as_str(), |line| {
        // A line that breaks the rules may be put together from a client's words and a proxy's.
        elements(line).unwrap_or_else(|| vec![Hop::default()])
    })
}

/// `X-Forwarded-For`, if it is there: addresses with commas between them.
pub(super) fn customary(headers: &HeaderMap) -> Option<Vec<Hop>> {
    hops(headers, X_FORWARDED_FOR, |line| {
        let entries = line.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let hop = |entry: &str| Hop { address: address(entry.trim_matches('"')), ..Hop::default() };
        entries.map(hop).collect()
    })
}

/// The value of the nearest proxy in a header that has one for each proxy: the last one.
pub(super) fn nearest(headers: &HeaderMap, name: &str) -> Option<String> {
    let line = headers.get_all(name).iter().next_back()?;
    let word = line.to_str().ok()?.rsplit(',').next()?.trim();
    (!word.is_empty() && word.len() <= MOST_OF_ONE).then(|| word.to_ascii_lowercase())
}

/// The value of a header that has a single one; `None` if there are several, or one that no proxy would write.
pub(super) fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut lines = headers.get_all(name).iter();
    let line = lines.next()?.to_str().ok()?.trim();
    (lines.next().is_none() && line.len() <= MOST_OF_ONE).then_some(line)
}

fn hops(headers: &HeaderMap, name: &str, read: impl Fn(&str) -> Vec<Hop>) -> Option<Vec<Hop>> {
    let lines: Vec<&HeaderValue> = headers.get_all(name).iter().collect();
    if lines.is_empty() {
        return None;
    }
    if lines.iter().map(|line| line.len()).sum::<usize>() > MOST_BYTES {
        return Some(vec![Hop::default()]);
    }
    let read = |line: &HeaderValue| {
        let mut hops = read(&String::from_utf8_lossy(line.as_bytes()));
        hops.reverse();
        hops
    };
    Some(lines.into_iter().rev().flat_map(read).collect())
}

/// The elements of a line; `None` when the line breaks the rules (RFC 7239, section 4).
fn elements(line: &str) -> Option<Vec<Hop>> {
    let elements = split(line, ',')?.into_iter().map(str::trim).filter(|element| !element.is_empty());
    elements.map(element).collect()
}

fn element(text: &str) -> Option<Hop> {
    let (mut node, mut proto, mut host) = (None, None, None);
    for pair in split(text, ';')?.into_iter().map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=')?;
        let value = value_of(value)?;
        let place = match name.to_ascii_lowercase().as_str() {
            "for" => &mut node,
            "proto" => &mut proto,
            "host" => &mut host,
            name if is_token(name) => continue,
            _ => return None,
        };
        if place.replace(value).is_some() {
            return None;
        }
    }
    let lower = |text: Option<String>| text.map(|text| text.to_ascii_lowercase());
    Some(Hop { address: node.and_then(|node| address(&node)), proto: lower(proto), host: lower(host) })
}

/// The parts between separators that are not in quotes; `None` when a quote is left open.
fn split(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            c if c == separator && !quoted => {
                parts.push(&text[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    (!quoted).then_some(parts)
}

/// A token as it is, or the text of a quoted string (RFC 9110, section 5.6.4).
fn value_of(text: &str) -> Option<String> {
    let Some(rest) = text.strip_prefix('"') else { return is_value(text).then(|| text.to_owned()) };
    let (mut value, mut chars) = (String::new(), rest.strip_suffix('"')?.chars());
    while let Some(c) = chars.next() {
        match c {
            '"' => return None,
            '\\' => value.push(chars.next()?),
            c => value.push(c),
        }
    }
    Some(value)
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// Returns whether it is a token, or what proxies send without the quotes it should have: an address with its port.
fn is_value(text: &str) -> bool {
    let is_of_value = |b: u8| b.is_ascii_graphic() && !b"\"\\,;=".contains(&b);
    !text.is_empty() && text.bytes().all(is_of_value)
}

/// The address of a node (RFC 7239, section 6): `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
/// `unknown` and made-up names have no address.
fn address(node: &str) -> Option<IpAddr> {
    let (address, port) = if let Some(rest) = node.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        (IpAddr::V6(address.parse().ok()?), port)
    } else if let Ok(address) = node.parse::<IpAddr>() {
        (address, "")
    } else {
        let (address, port) = node.split_at(node.find(':')?);
        (IpAddr::V4(address.parse().ok()?), port)
    };
    let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_token);
    is_port.then(|| address.to_canonical())
}
