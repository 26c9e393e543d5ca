//! The sender of a request: the other end of the connection or, if that is a trusted proxy, the client that it names.

mod forwarded;
mod name;
mod proxies;
mod seen;
#[cfg(test)]
pub(super) mod tests;

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr},
};

use axum::{
    extract::FromRequestParts,
    http::{Extensions, request::Parts},
};

use super::request_id::RequestId;
use crate::domain::Network;
pub(super) use name::ClientNames;
pub use proxies::Proxies;
pub(super) use seen::is_from_here;
pub use seen::{SEEN_AT, Sighting};

/// The other end of a connection. Every request that comes by it has it among its extensions.
#[derive(Clone, Copy, Debug)]
pub(super) enum Peer {
    /// Another machine, or this one.
    Ip(IpAddr),
    /// A process of this machine by a socket in the file system, which only a proxy may open.
    Socket,
}

/// The network that a request comes from; `None` without a connection.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Client(pub Option<Network>);

/// The client, scheme and host of a request, determined once before it is routed. Every request has it among its
/// extensions.
#[derive(Clone, Debug)]
pub(super) struct ConnectionInfo {
    pub client: Client,
    /// True if the visitor's browser uses HTTPS.
    pub secure: bool,
    /// The host and port that the browser asked for, where a proxy names them and no address is configured.
    pub authority: Option<String>,
    /// The request id that a proxy has given.
    pub id: Option<RequestId>,
}

impl Peer {
    /// Its address; a socket has no address, so all clients that come by it count as one unless its proxy names them.
    pub(super) const fn address(self) -> IpAddr {
        match self {
            Self::Ip(ip) => ip.to_canonical(),
            Self::Socket => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        }
    }

    /// Returns whether it is this machine itself or its own network, where proxies are.
    const fn is_near(self) -> bool {
        match self.address() {
            IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_unspecified(),
            IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
        }
    }

    /// Returns whether it is a process of this machine.
    const fn is_here(self) -> bool {
        matches!(self, Self::Socket) || self.address().is_loopback()
    }
}

impl Client {
    /// The client with this address.
    pub(super) fn at(address: Option<IpAddr>) -> Self {
        Self(address.map(Network::of))
    }
}

impl ConnectionInfo {
    /// The client of a request.
    pub(super) fn client(extensions: &Extensions) -> Client {
        extensions.get::<Self>().map(|info| info.client).unwrap_or_default()
    }
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(ConnectionInfo::client(&parts.extensions))
    }
}
