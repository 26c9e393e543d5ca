//! `server.listen` and `server.socket_mode`: where requests come in.

use std::{fmt, net::SocketAddr, path::PathBuf, str::FromStr};

/// The address that the server listens on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    /// An IP address and a port.
    Tcp(SocketAddr),
    /// A socket in the file system.
    Unix(PathBuf),
}

/// The text is no address to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no address to listen on")]
pub struct NoListen;

const UNIX: &str = "unix:";

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "{UNIX}{}", path.display()),
        }
    }
}

impl FromStr for Listen {
    type Err = NoListen;

    fn from_str(text: &str) -> Result<Self, NoListen> {
        match text.strip_prefix(UNIX).map(PathBuf::from) {
            Some(path) if path.is_absolute() && path.file_name().is_some() => Ok(Self::Unix(path)),
            Some(_) => Err(NoListen),
            None => text.parse().map(Self::Tcp).map_err(|_| NoListen),
        }
    }
}

/// The permissions of the socket, in the digits that `chmod` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketMode(pub u32);

impl FromStr for SocketMode {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.bytes().all(|digit| (b'0'..=b'7').contains(&digit));
        let mode = u32::from_str_radix(text, 8).map_err(|_| ())?;
        if digits && text.len() >= 3 && mode <= 0o777 { Ok(Self(mode)) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn it_is_an_address_or_a_socket_by_its_whole_path() {
        for text in ["127.0.0.1:8080", "[::]:80", "unix:/run/accountcreator.sock"] {
            assert_eq!(text.parse::<Listen>().unwrap().to_string(), text);
        }
        for wrong in
            ["8080", "localhost:8080", "unix:", "unix:run/a.sock", "unix:/", "/run/a.sock", "unix://"]
        {
            assert_eq!(wrong.parse::<Listen>(), Err(NoListen), "{wrong}");
        }
    }

    #[test]
    fn a_mode_is_written_in_octal() {
        assert_eq!("0660".parse(), Ok(SocketMode(0o660)));
        assert_eq!("666".parse(), Ok(SocketMode(0o666)));
        for wrong in ["", "6", "0680", "1777", "rw-", "+660"] {
            assert_eq!(wrong.parse::<SocketMode>(), Err(()), "{wrong}");
        }
    }
}
