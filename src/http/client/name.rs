//! The name of a client in the log.

use super::Client;
use crate::domain::{Network, Purpose, SecretKey};

/// Names clients by a keyed hash of their network, cut to 32 bits: the lines of one client can be found without its
/// address being in the log. The key follows from `secret_key`, so the name stays the same over restarts.
#[derive(Clone)]
pub(in crate::http) struct ClientNames(Option<SecretKey>);

impl ClientNames {
    /// Names made with this key; without a key, clients have no names.
    pub(in crate::http) const fn new(key: Option<SecretKey>) -> Self {
        Self(key)
    }

    /// The name of a client: of its IPv4 address or its IPv6 /64.
    pub(in crate::http) fn name(&self, Client(network): Client) -> Option<String> {
        let (key, network) = (self.0.as_ref()?, network?);
        let hash = match network {
            Network::Ipv4(bits) => key.sign(Purpose::Client, &bits.to_be_bytes()),
            Network::Ipv6(bits) => key.sign(Purpose::Client, &bits.to_be_bytes()),
        };
        let [a, b, c, d, ..] = hash;
        Some(format!("{:08x}", u32::from_be_bytes([a, b, c, d])))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::domain::Entropy;

    fn names(seed: u64) -> ClientNames {
        ClientNames::new(Some(SecretKey::new(&SecretKey::random(&Entropy::seeded(seed))).unwrap()))
    }

    #[test]
    fn a_client_has_one_name_under_one_key() {
        let name = |names: &ClientNames, address: &str| names.name(Client::at(address.parse().ok())).unwrap();
        let ours = names(1);
        assert_eq!(name(&ours, "192.0.2.1"), name(&names(1), "192.0.2.1"), "also after a restart");
        assert_ne!(name(&ours, "192.0.2.1"), name(&names(2), "192.0.2.1"));
        assert_ne!(name(&ours, "192.0.2.1"), name(&ours, "192.0.2.2"));
        assert_eq!(name(&ours, "2001:db8::1"), name(&ours, "2001:db8::2"), "one network of a site");
        assert_ne!(name(&ours, "2001:db8::1"), name(&ours, "2001:db8:0:1::1"));
        assert_eq!(name(&ours, "192.0.2.1").len(), 8);
        assert_eq!(ours.name(Client::default()), None);
        assert_eq!(ClientNames::new(None).name(Client::at("192.0.2.1".parse().ok())), None);
    }
}
