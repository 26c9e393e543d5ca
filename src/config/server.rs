//! `[server]` and `[log]`: what is served, and what is written about it.

use std::{
    net::{AddrParseError, IpAddr},
    str::FromStr,
    time::Duration,
};

use ipnet::IpNet;
use tracing_subscriber::EnvFilter;
use url::Url;

use super::{
    base_path::BasePath,
    listen::{Listen, SocketMode},
    section::{Section, Takes},
    words::{closest, quoted},
};

/// The settings of the server.
#[derive(Debug, Clone)]
pub struct Server {
    /// The address to listen on.
    pub listen: Listen,
    /// The permissions of the socket, if the server listens on one in the file system.
    pub socket_mode: SocketMode,
    /// The address people use, without a slash at the end; links in mails need it.
    pub public_url: Option<String>,
    /// The path below which the site is; `None` when neither it nor the address people use is configured.
    pub base_path: Option<BasePath>,
    /// The proxies that are believed when they say who sends a request.
    pub trusted_proxies: Vec<IpNet>,
    /// The number of proxies that are believed whatever their address.
    pub proxy_hops: usize,
    /// True if answers over HTTPS carry `Strict-Transport-Security`, which holds for the whole host.
    pub hsts: bool,
    /// The longest time that an answer may take.
    pub request_timeout: Duration,
    /// The longest time that the head of a request may take.
    pub header_timeout: Duration,
    /// The most connections that are served at once.
    pub max_connections: usize,
    /// The longest time that a shutdown waits for work in progress.
    pub shutdown_timeout: Duration,
    /// The largest body of a request, in bytes.
    pub body_limit: usize,
}

/// The settings of the log.
#[derive(Debug, Clone)]
pub struct Log {
    /// The form of a line.
    pub format: LogFormat,
    /// The filter of the lines, as `RUST_LOG` takes it.
    pub filter: String,
    /// True if the lines of requests have a name for their client.
    pub names_clients: bool,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object each.
    Json,
}

const LISTEN: Takes = Takes(
    "an IP address and a port, or `unix:` and a whole path",
    "\"127.0.0.1:8080\" or \"unix:/run/accountcreator/http.sock\"",
);
const SOCKET_MODE: Takes = Takes("a file mode in octal digits", "\"0660\"");
const BASE_PATH: Takes = Takes("a path of letters, digits and . _ ~ -", "\"/signup\"");
const PUBLIC_URL: Takes = Takes("the address people use", "\"https://signup.example.edu\"");
const PROXY: Takes = Takes("an address or a network", "\"10.0.0.0/8\" or \"::1\"");
const FILTER: Takes = Takes("a log filter", "\"info\" or \"info,accountcreator=debug\"");

impl Server {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let minutes = |count| Duration::from_secs(1)..=Duration::from_mins(count);
        let listen = section.parse("listen", LISTEN);
        let socket_mode = section.parse("socket_mode", SOCKET_MODE);
        let public_url = section.web_address("public_url", PUBLIC_URL);
        let base_path = read_base_path(section, public_url.as_ref());
        let trusted_proxies = section.list("trusted_proxies", PROXY);
        let proxy_hops = section.number("proxy_hops", 0..=16);
        let hsts = section.flag("hsts");
        let request_timeout = section.duration("request_timeout", minutes(10));
        let header_timeout = section.duration("header_timeout", minutes(2));
        let max_connections = section.number("max_connections", 1..=100_000);
        let shutdown_timeout = section.duration("shutdown_timeout", minutes(10));
        let body_limit = section.number("body_limit", 4096..=1 << 20);
        Some(Self {
            listen: listen?,
            socket_mode: socket_mode?,
            base_path,
            public_url: public_url.map(|url| url.as_str().trim_end_matches('/').to_owned()),
            trusted_proxies: trusted_proxies?.into_iter().map(|Proxy(network)| network).collect(),
            proxy_hops: proxy_hops?,
            hsts: hsts?,
            request_timeout: request_timeout?,
            header_timeout: header_timeout?,
            max_connections: max_connections?,
            shutdown_timeout: shutdown_timeout?,
            body_limit: body_limit?,
        })
    }
}

/// The configured path, else that of the address people use; if both are given, they must be the same.
fn read_base_path(section: &mut Section<'_>, public_url: Option<&Url>) -> Option<BasePath> {
    let given = section.maybe::<BasePath>("base_path", BASE_PATH);
    let Some(url) = public_url else { return given };
    let Ok(public) = url.path().parse::<BasePath>() else {
        section.fault(
            "public_url",
            "has a path that is not plain",
            "write letters, digits and . _ ~ - there",
        );
        return given;
    };
    if let Some(given) = given.filter(|given| *given != public) {
        let problem = format!("{given} is not the path of server.public_url, which is {public}");
        section.fault("base_path", problem, "remove it, or write the same path into both");
    }
    Some(public)
}

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// The first directive of a log filter that is a word alone and no level. The filter would take it for a target of
/// which everything is logged.
fn no_level(filter: &str) -> Option<&str> {
    let mut words = filter
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty() && !word.contains(['=', '[', '{', '}', ']']));
    words.find(|word| {
        let is_number = word.parse::<u8>().is_ok_and(|level| level <= 5);
        !is_number && !LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word))
    })
}

/// A proxy as it is written: its network, or its address alone.
#[derive(PartialEq)]
struct Proxy(IpNet);

impl FromStr for Proxy {
    type Err = AddrParseError;

    fn from_str(text: &str) -> Result<Self, AddrParseError> {
        text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map(Self)
    }
}

impl Log {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let format = section.choice("format", &[("text", LogFormat::Text), ("json", LogFormat::Json)]);
        let names_clients = section.choice("client", &[("keyed", true), ("none", false)]);
        let filter = section.text("filter", FILTER);
        if let Some(text) = &filter {
            if EnvFilter::try_new(text).is_err() {
                section.fault(
                    "filter",
                    "is no log filter",
                    "write one such as \"info,accountcreator=debug\"",
                );
            } else if let Some(word) = no_level(text) {
                let meant = closest(word, LEVELS.into_iter());
                let meant = meant.map_or_else(String::new, |meant| format!("did you mean \"{meant}\"? "));
                let problem = format!("{} is no level", quoted(word));
                let remedy = format!("{meant}write one of {}, or a target with one", LEVELS.join(", "));
                section.fault("filter", problem, remedy);
            }
        }
        Some(Self { format: format?, filter: filter?, names_clients: names_clients? })
    }
}
