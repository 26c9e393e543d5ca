#![allow(clippy::unwrap_used)]

use axum::http::{HeaderMap, HeaderValue};
use proptest::prelude::*;

use super::{proxies::Heard, *};

/// The client of this peer, for the tests of limits.
pub(in crate::http) fn client(peer: &str) -> Client {
    Client(Some(Network::of(peer.parse().unwrap())))
}

fn proxies(networks: &[&str], hops: usize) -> Proxies {
    let networks = networks.iter().map(|network| network.parse().unwrap()).collect();
    Proxies::new(networks, hops)
}

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    let line = |(name, value): &(&'static str, &str)| {
        (name.parse().unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap())
    };
    let mut headers = HeaderMap::new();
    lines.iter().map(line).for_each(|(name, value): (axum::http::HeaderName, _)| {
        headers.append(name, value);
    });
    headers
}

fn hear<'a>(proxies: &Proxies, peer: &str, headers: &'a HeaderMap) -> Heard<'a> {
    proxies.hear(Some(Peer::Ip(peer.parse().unwrap())), headers)
}

fn address(proxies: &Proxies, peer: &str, lines: &[(&'static str, &str)]) -> String {
    hear(proxies, peer, &headers(lines)).address.unwrap().to_string()
}

const X: &str = "x-forwarded-for";
const F: &str = "forwarded";

#[test]
fn who_is_not_trusted_speaks_for_nobody() {
    let none = proxies(&[], 0);
    let other = proxies(&["192.0.2.0/24"], 0);
    for lines in [&[(X, "203.0.113.9")][..], &[(F, "for=203.0.113.9")], &[(X, "1.1.1.1"), (F, "for=1.1.1.1")]]
    {
        assert_eq!(address(&none, "127.0.0.1", lines), "127.0.0.1");
        assert_eq!(address(&other, "198.51.100.1", lines), "198.51.100.1");
    }
    let socket = none.hear(Some(Peer::Socket), &headers(&[(X, "203.0.113.9")])).address;
    assert_eq!(socket.unwrap().to_string(), "203.0.113.9", "whoever may open the socket is a proxy");
}

#[test]
fn behind_trusted_proxies_it_is_the_last_that_is_none() {
    let trusted = proxies(&["10.0.0.0/8", "::1/128"], 0);
    for (line, expected) in [
        ("203.0.113.9", "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9, 10.1.1.1,10.2.2.2", "203.0.113.9"),
        ("203.0.113.9:51234, 10.1.1.1:80", "203.0.113.9"),
        ("2001:db8::9", "2001:db8::9"),
        ("[2001:db8::9]:443", "2001:db8::9"),
        ("[2001:db8::9]", "2001:db8::9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("[::ffff:203.0.113.9]:1, ::ffff:10.0.0.1", "203.0.113.9"),
        ("\"203.0.113.9\"", "203.0.113.9"),
        (" ,203.0.113.9,, 10.1.1.1 ,", "203.0.113.9"),
        // The way back ends at the last address that is known.
        ("203.0.113.9, unknown, 10.1.1.1", "10.1.1.1"),
        ("203.0.113.9, _hidden", "10.0.0.1"),
        ("203.0.113.9, 999.1.1.1", "10.0.0.1"),
        ("203.0.113.9, fe80::1%eth0", "10.0.0.1"),
        ("203.0.113.9, [2001:db8::9", "10.0.0.1"),
        ("203.0.113.9, 1.2.3.4:", "10.0.0.1"),
        ("203.0.113.9, 1.2.3.4:8 0", "10.0.0.1"),
        ("203.0.113.9, ä", "10.0.0.1"),
        ("10.9.9.9, 10.1.1.1", "10.9.9.9"),
        ("", "10.0.0.1"),
    ] {
        assert_eq!(address(&trusted, "10.0.0.1", &[(X, line)]), expected, "{line}");
        assert_eq!(address(&trusted, "::ffff:10.0.0.1", &[(X, line)]), expected, "{line}");
    }
    assert_eq!(address(&trusted, "::1", &[(X, "6.6.6.6"), (X, "203.0.113.9, 10.1.1.1")]), "203.0.113.9");
    let long = format!("{}203.0.113.9", "1.1.1.1, ".repeat(1000));
    assert_eq!(address(&trusted, "::1", &[(X, &long)]), "::1", "nobody needs so many");
}

#[test]
fn the_standard_header_is_read_as_it_is_defined() {
    let trusted = proxies(&["10.0.0.0/8"], 0);
    for (line, expected) in [
        ("for=203.0.113.9", "203.0.113.9"),
        ("For=\"203.0.113.9:4711\";proto=https;by=10.0.0.1", "203.0.113.9"),
        ("for=6.6.6.6, proto=http;FOR=\"[2001:db8:cafe::17]:4711\" , for=10.0.0.7", "2001:db8:cafe::17"),
        ("for=203.0.113.9;host=\"a,b;c\\\"d\"", "203.0.113.9"),
        ("for=203.0.113.9, for=unknown", "10.0.0.1"),
        ("for=203.0.113.9, for=_SEVKISEK", "10.0.0.1"),
        ("for=203.0.113.9, proto=https", "10.0.0.1"),
        ("for=203.0.113.9, for=\"10.1.1.1", "10.0.0.1"),
        ("for=203.0.113.9;for=6.6.6.6", "10.0.0.1"),
        ("for=\"203.0.113.9\"x", "10.0.0.1"),
        ("for = 203.0.113.9", "10.0.0.1"),
        ("nonsense", "10.0.0.1"),
        ("", "10.0.0.1"),
        // A quote left open includes what the proxy appends; then the line is no longer valid.
        ("for=6.6.6.6;x=\", for=203.0.113.9", "10.0.0.1"),
        ("for=6.6.6.6;x=\", for=\"[2001:db8::9]\";by=\"10.0.0.1\"", "10.0.0.1"),
        ("for=6.6.6.6;x=\"\\, for=\"[2001:db8::9]\"", "10.0.0.1"),
    ] {
        assert_eq!(address(&trusted, "10.0.0.1", &[(F, line)]), expected, "{line}");
    }
    let lines = [(F, "for=6.6.6.6;x=\""), (F, "for=203.0.113.9")];
    assert_eq!(address(&trusted, "10.0.0.1", &lines), "203.0.113.9", "each line stands for itself");
}

#[test]
fn where_the_headers_do_not_agree_neither_is_believed() {
    let trusted = proxies(&["10.0.0.0/8"], 0);
    for (standard, expected) in
        [("for=203.0.113.9", "203.0.113.9"), ("for=6.6.6.6", "10.0.0.1"), ("", "10.0.0.1")]
    {
        let lines = [(X, "203.0.113.9"), (F, standard)];
        assert_eq!(address(&trusted, "10.0.0.1", &lines), expected, "{standard}");
    }
}

#[test]
fn hops_are_trusted_whatever_their_address() {
    let line = [(X, "6.6.6.6, 203.0.113.9, 198.51.100.7")];
    for (hops, expected) in
        [(0, "198.51.100.1"), (1, "198.51.100.7"), (2, "203.0.113.9"), (3, "6.6.6.6"), (9, "6.6.6.6")]
    {
        assert_eq!(address(&proxies(&[], hops), "198.51.100.1", &line), expected, "{hops}");
    }
    let both = proxies(&["198.51.100.0/24"], 1);
    assert_eq!(address(&both, "192.0.2.1", &line), "203.0.113.9");
}

#[test]
fn a_network_is_an_address_or_a_64() {
    let network = |text: &str| Network::of(text.parse().unwrap());
    assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
    assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
    assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
}

const PROTO: &str = "x-forwarded-proto";
const HOST: &str = "x-forwarded-host";
const PORT: &str = "x-forwarded-port";

#[test]
fn scheme_and_host_are_those_the_browser_asked() {
    let trusted = proxies(&["10.0.0.0/8"], 0);
    for (lines, secure, authority) in [
        (&[(PROTO, "https"), (HOST, "Signup.Example")][..], true, Some("signup.example")),
        (&[(PROTO, "https"), (HOST, "a.example:443")], true, Some("a.example")),
        (&[(PROTO, "https"), (HOST, "a.example"), (PORT, "8443")], true, Some("a.example:8443")),
        (&[(PROTO, "https"), (HOST, "a.example:8443"), (PORT, "443")], true, Some("a.example:8443")),
        (&[(PROTO, "http"), (HOST, "[::1]"), (PORT, "80")], false, Some("[::1]")),
        (&[(PROTO, "http"), (HOST, "[::1]:81")], false, Some("[::1]:81")),
        (&[(HOST, "a.example"), (PORT, "443 x")], false, Some("a.example")),
        (&[(PROTO, "https, http")], false, None),
        (&[(PROTO, "https"), (PROTO, "http")], false, None),
        (&[(F, "for=6.6.6.6;proto=https;host=a.example")], true, Some("a.example")),
        // The proxy that the client came to, and not the one behind it.
        (
            &[(F, "for=6.6.6.6;proto=https;host=a.example, for=10.0.0.2;proto=http;host=b")],
            true,
            Some("a.example"),
        ),
        (&[(F, "for=9.9.9.9;proto=https;host=evil, for=6.6.6.6;proto=http;host=a")], false, Some("a")),
        (&[(F, "proto=https;host=a.example")], true, Some("a.example")),
        // If they do not agree, neither is believed.
        (&[(F, "for=6.6.6.6;proto=https;host=a"), (PROTO, "http"), (HOST, "b")], false, None),
        (&[(F, "for=6.6.6.6;proto=https"), (X, "7.7.7.7")], false, None),
        (&[], false, None),
    ] {
        let headers = headers(lines);
        let heard = hear(&trusted, "10.0.0.1", &headers);
        assert_eq!((heard.secure, heard.authority.as_deref()), (secure, authority), "{lines:?}");
        let heard = hear(&trusted, "192.0.2.1", &headers);
        assert_eq!((heard.secure, heard.authority), (false, None), "nobody else is heard");
    }
}

#[test]
fn prefix_and_number_are_one_word_or_nothing() {
    let (trusted, names) = (proxies(&["10.0.0.0/8"], 0), ["x-forwarded-prefix", "x-request-id"]);
    let long = "/x".repeat(200);
    for (lines, expected) in [(&["/signup"][..], Some("/signup")), (&["/a", "/b"], None), (&[&long], None)] {
        let both: Vec<_> = names.iter().flat_map(|name| lines.iter().map(|line| (*name, *line))).collect();
        let headers = headers(&both);
        let heard = hear(&trusted, "10.0.0.1", &headers);
        assert_eq!((heard.prefix, heard.request_id), (expected, expected));
        let heard = hear(&trusted, "192.0.2.1", &headers);
        assert_eq!((heard.prefix, heard.request_id), (None, None), "nobody else is heard");
    }
}

#[test]
fn what_was_seen_of_proxies_is_told_without_clients() {
    let proxies = proxies(&["10.0.0.0/8"], 0);
    let note = |peer: &str, lines: &[(&'static str, &str)]| {
        proxies.note(Some(Peer::Ip(peer.parse().unwrap())), &headers(lines));
    };
    note("10.0.0.1", &[(X, "203.0.113.9"), (PROTO, "https")]);
    note("127.0.0.1", &[(F, "for=203.0.113.9")]);
    note("127.0.0.1", &[]);
    note("203.0.113.9", &[(X, "6.6.6.6")]);
    note("10.0.0.1", &[(X, "203.0.113.7"), (PROTO, "http")]);
    let seen = serde_json::to_value(proxies.seen()).unwrap();
    let expected = serde_json::json!([
        {"peer": "127.0.0.1", "believed": false, "headers": ["forwarded"]},
        {"peer": "10.0.0.1", "believed": true, "headers": ["x-forwarded-for", "x-forwarded-proto"]},
    ]);
    assert_eq!(seen, expected, "the latest comes last");
    (0..100).for_each(|number| note(&format!("10.1.0.{number}"), &[]));
    assert_eq!(proxies.seen().len(), 8, "no more are kept");
}

proptest! {
    /// The proxy appends the client's address to any header that a client sends, and that address counts.
    #[test]
    fn no_words_of_a_client_hide_its_address(forged in "[ -~]{0,80}", ip in any::<[u8; 4]>()) {
        let client = IpAddr::from(ip);
        let trusted = proxies(&["10.0.0.0/8"], 0);
        prop_assume!(!trusted.trusts(client, 1));
        let (custom, standard) = (format!("{forged}, {client}"), format!("{forged}, for={client};by=\"_x\""));
        prop_assert_eq!(address(&trusted, "10.0.0.1", &[(X, &custom)]), client.to_string());
        let found = address(&trusted, "10.0.0.1", &[(F, &standard)]);
        prop_assert!(found == client.to_string() || found == "10.0.0.1", "{}", found);
        let found = address(&trusted, "10.0.0.1", &[(X, &client.to_string()), (F, &forged)]);
        prop_assert!(found == client.to_string() || found == "10.0.0.1", "{}", found);
    }
}
