//! `[server]` and `[log]`: what is served, and what is written about it.

use std::{
    net::{AddrParseError, IpAddr, SocketAddr},
    str::FromStr,
    time::Duration,
};

use ipnet::IpNet;
use tracing_subscriber::EnvFilter;

use super::section::{Section, Takes};

/// How pages are served.
#[derive(Debug, Clone)]
pub struct Server {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address people use, without a slash at the end; links in mails need it.
    pub public_url: Option<String>,
    /// The proxies that are believed when they say who sends a request.
    pub trusted_proxies: Vec<IpNet>,
    /// How many proxies are believed whatever their address.
    pub proxy_hops: usize,
    /// How long an answer may take.
    pub request_timeout: Duration,
    /// How long the head of a request may take.
    pub header_timeout: Duration,
    /// How many connections are served at once.
    pub max_connections: usize,
    /// How long a shutdown waits for what is under way.
    pub shutdown_timeout: Duration,
    /// The largest body of a request, in bytes.
    pub body_limit: usize,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct Log {
    /// The form of a line.
    pub format: LogFormat,
    /// What is logged, as `RUST_LOG` takes it.
    pub filter: String,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object each.
    Json,
}

const LISTEN: Takes = Takes("an IP address and a port", "\"127.0.0.1:8080\"");
const PUBLIC_URL: Takes = Takes("the address people use", "\"https://signup.example.edu\"");
const PROXY: Takes = Takes("an address or a network", "\"10.0.0.0/8\" or \"::1\"");
const FILTER: Takes = Takes("a log filter", "\"info\" or \"info,accountcreator=debug\"");

impl Server {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let minutes = |count| Duration::from_secs(1)..=Duration::from_mins(count);
        let listen = section.parse("listen", LISTEN);
        let public_url = section.web_address("public_url", PUBLIC_URL);
        let trusted_proxies = section.list("trusted_proxies", PROXY);
        let proxy_hops = section.number("proxy_hops", 0..=16);
        let request_timeout = section.duration("request_timeout", minutes(10));
        let header_timeout = section.duration("header_timeout", minutes(2));
        let max_connections = section.number("max_connections", 1..=100_000);
        let shutdown_timeout = section.duration("shutdown_timeout", minutes(10));
        let body_limit = section.number("body_limit", 4096..=1 << 20);
        Some(Self {
            listen: listen?,
            public_url: public_url.map(|url| url.as_str().trim_end_matches('/').to_owned()),
            trusted_proxies: trusted_proxies?.into_iter().map(|Proxy(network)| network).collect(),
            proxy_hops: proxy_hops?,
            request_timeout: request_timeout?,
            header_timeout: header_timeout?,
            max_connections: max_connections?,
            shutdown_timeout: shutdown_timeout?,
            body_limit: body_limit?,
        })
    }
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
        let filter = section.text("filter", FILTER);
        if let Some(text) = &filter
            && EnvFilter::try_new(text).is_err()
        {
            section.fault("filter", "is no log filter", "write one such as \"info,accountcreator=debug\"");
        }
        Some(Self { format: format?, filter: filter? })
    }
}
