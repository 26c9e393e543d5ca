//! The headers in which proxies say whom they speak for. What is found comes nearest first; a hop that names
//! no address is `None`.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderValue, header::FORWARDED};

/// A hop's address, if it tells one.
type Hop = Option<IpAddr>;

const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// More than this no honest chain of proxies has to say.
const MOST_BYTES: usize = 4096;

/// `Forwarded` (RFC 7239), if it is there.
pub(super) fn standard(headers: &HeaderMap) -> Option<Vec<Hop>> {
    hops(headers, FORWARDED.as_str(), |line| {
        // A line that breaks the rules may be put together from a client's words and a proxy's.
        elements(line).unwrap_or_else(|| vec![None])
    })
}

/// `X-Forwarded-For`, if it is there: addresses with commas between them.
pub(super) fn customary(headers: &HeaderMap) -> Option<Vec<Hop>> {
    hops(headers, X_FORWARDED_FOR, |line| {
        let entries = line.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        entries.map(|entry| address(entry.trim_matches('"'))).collect()
    })
}

/// Whether one of the headers is there.
pub(super) fn is_said(headers: &HeaderMap) -> bool {
    headers.contains_key(FORWARDED) || headers.contains_key(X_FORWARDED_FOR)
}

fn hops(headers: &HeaderMap, name: &str, read: impl Fn(&str) -> Vec<Hop>) -> Option<Vec<Hop>> {
    let lines: Vec<&HeaderValue> = headers.get_all(name).iter().collect();
    if lines.is_empty() {
        return None;
    }
    if lines.iter().map(|line| line.len()).sum::<usize>() > MOST_BYTES {
        return Some(vec![None]);
    }
    let read = |line: &HeaderValue| {
        let mut hops = read(&String::from_utf8_lossy(line.as_bytes()));
        hops.reverse();
        hops
    };
    Some(lines.into_iter().rev().flat_map(read).collect())
}

/// The elements of a line, each with the node of its `for`; `None` when the line breaks the rules (RFC 7239,
/// section 4).
fn elements(line: &str) -> Option<Vec<Hop>> {
    let elements = split(line, ',')?.into_iter().map(str::trim).filter(|element| !element.is_empty());
    elements.map(element).collect()
}

fn element(text: &str) -> Option<Hop> {
    let mut node = None;
    for pair in split(text, ';')?.into_iter().map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=')?;
        let value = value_of(value)?;
        if !is_token(name) || (name.eq_ignore_ascii_case("for") && node.replace(value).is_some()) {
            return None;
        }
    }
    Some(node.and_then(|node| address(&node)))
}

/// The parts between separators that do not stand in quotes; `None` when a quote is left open.
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

/// A token as it stands, or the text of a quoted string (RFC 9110, section 5.6.4).
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

/// A token, and what proxies leave without the quotes it should have: an address with its port.
fn is_value(text: &str) -> bool {
    let is_of_value = |b: u8| b.is_ascii_graphic() && !b"\"\\,;=".contains(&b);
    !text.is_empty() && text.bytes().all(is_of_value)
}

/// The address of a node (RFC 7239, section 6): `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
/// `unknown` and names made up have none.
fn address(node: &str) -> Hop {
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
