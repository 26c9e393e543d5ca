//! The listener for requests: on an address, a socket in the file system, or a socket that systemd has passed on.

use std::{
    fmt, fs, io,
    os::unix::{
        fs::{FileTypeExt, MetadataExt, PermissionsExt},
        net::{UnixListener as StdUnixListener, UnixStream as StdUnixStream},
    },
    path::{Path, PathBuf},
    time::Duration,
};

use listenfd::ListenFd;
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio_util::either::Either;

use super::client::Peer;
use crate::config::{Listen, SocketMode};

/// A connection.
pub(super) type Stream = Either<TcpStream, UnixStream>;

/// The listener for requests. Its socket in the file system is removed with it.
#[derive(Debug)]
pub struct Listener {
    socket: Socket,
    file: Option<SocketFile>,
}

#[derive(Debug)]
enum Socket {
    Tcp(TcpListener),
    Unix(UnixListener),
}

/// The reason why listening is not possible, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The system refuses it: usually the address is in use, or does not belong to this machine.
    #[error("cannot listen on {listen}; is it taken? server.listen names another")]
    Refused {
        /// The address or socket that was refused.
        listen: Listen,
        /// The error of the system.
        #[source]
        source: io::Error,
    },
    /// Another process listens on the socket.
    #[error(
        "another process listens on {}; stop it, or name another socket in server.listen",
        .0.display()
    )]
    InUse(PathBuf),
    /// The file in the socket's place is no socket, so it is not removed.
    #[error("{} is there and is no socket; remove it, or name another in server.listen", .0.display())]
    NoSocket(PathBuf),
    /// More than one socket was passed.
    #[error("{0} sockets were passed and one can be served: leave one ListenStream= in the .socket unit")]
    TooMany(usize),
    /// The socket that was passed does not take connections, but datagrams, for example.
    #[error("the socket that was passed is none for connections: write ListenStream= into the .socket unit")]
    WrongKind(#[source] io::Error),
}

impl Listener {
    /// Listens where the configuration says.
    ///
    /// # Errors
    /// [`ListenError`] says what to do.
    pub async fn at(listen: &Listen, mode: SocketMode) -> Result<Self, ListenError> {
        let refused = |source| ListenError::Refused { listen: listen.clone(), source };
        match listen {
            Listen::Tcp(address) => TcpListener::bind(address).await.map(Self::from).map_err(refused),
            Listen::Unix(path) => {
                check_free(path)?;
                let (socket, file) = SocketFile::make(path, mode).map_err(refused)?;
                Ok(Self { socket: Socket::Unix(socket), file: Some(file) })
            }
        }
    }

    /// The socket that was passed to this process at its start, if there is one (`sd_listen_fds(3)`).
    ///
    /// # Errors
    /// [`ListenError`] says what to do.
    pub fn passed(sockets: &mut ListenFd) -> Result<Option<Self>, ListenError> {
        match sockets.len() {
            0 => return Ok(None),
            1 => {}
            more => return Err(ListenError::TooMany(more)),
        }
        let of_tcp = |socket: std::net::TcpListener| {
            socket.set_nonblocking(true)?;
            TcpListener::from_std(socket).map(Socket::Tcp)
        };
        let of_unix = |socket: StdUnixListener| {
            socket.set_nonblocking(true)?;
            UnixListener::from_std(socket).map(Socket::Unix)
        };
        let socket = match sockets.take_tcp_listener(0) {
            Ok(socket) => socket.map(of_tcp),
            Err(_) => sockets.take_unix_listener(0).map_err(ListenError::WrongKind)?.map(of_unix),
        };
        let socket = socket.transpose().map_err(ListenError::WrongKind)?;
        Ok(socket.map(|socket| Self { socket, file: None }))
    }

    /// The next connection, and its peer. A client that takes no data for `patience` is cut off: one that asks and does
    /// not read would hold its place for ever.
    pub(super) async fn accept(&self, patience: Duration) -> io::Result<(Stream, Peer)> {
        match &self.socket {
            Socket::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                // Answers are small and whole: waiting for more to send only delays them.
                let _ = stream.set_nodelay(true);
                cut_off_after(&stream, patience);
                Ok((Either::Left(stream), Peer::Ip(peer.ip())))
            }
            Socket::Unix(listener) => {
                let (stream, _) = listener.accept().await?;
                Ok((Either::Right(stream), Peer::Socket))
            }
        }
    }
}

/// Sets `TCP_USER_TIMEOUT` (`tcp(7)`), which not every system has.
fn cut_off_after(stream: &TcpStream, patience: Duration) {
    #[cfg(target_os = "linux")]
    {
        let millis = u32::try_from(patience.as_millis()).unwrap_or(u32::MAX);
        let _ = rustix::net::sockopt::set_tcp_user_timeout(stream, millis);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (stream, patience);
}

impl From<TcpListener> for Listener {
    fn from(listener: TcpListener) -> Self {
        Self { socket: Socket::Tcp(listener), file: None }
    }
}

/// The address or socket that it listens on, for the log.
impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.socket, &self.file) {
            (Socket::Tcp(listener), _) => match listener.local_addr() {
                Ok(address) => address.fmt(f),
                Err(_) => f.write_str("a socket"),
            },
            (Socket::Unix(_), Some(SocketFile { path, .. })) => write!(f, "unix:{}", path.display()),
            (Socket::Unix(listener), None) => {
                let address = listener.local_addr().ok();
                let path = address.as_ref().and_then(tokio::net::unix::SocketAddr::as_pathname);
                write!(f, "unix:{}", path.unwrap_or(Path::new("")).display())
            }
        }
    }
}

/// A socket in the file system that this process has made: it is removed in the end, unless another has taken its
/// place.
#[derive(Debug)]
struct SocketFile {
    path: PathBuf,
    identity: (u64, u64),
}

impl SocketFile {
    /// Makes it with these rights from the start: it is made beside its place and moved there, over one that a dead
    /// process has left.
    fn make(path: &Path, SocketMode(mode): SocketMode) -> io::Result<(UnixListener, Self)> {
        let mut name = path.as_os_str().to_owned();
        name.push(".new");
        let new = PathBuf::from(name);
        remove_if_there(&new)?;
        let listener = UnixListener::bind(&new)?;
        fs::set_permissions(&new, fs::Permissions::from_mode(mode))?;
        let identity = identity(&new)?;
        fs::rename(&new, path)?;
        Ok((listener, Self { path: path.to_owned(), identity }))
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|found| found == self.identity) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    fs::symlink_metadata(path).map(|file| (file.dev(), file.ino()))
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    fs::remove_file(path).or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })
}

/// Checks that no process listens there any more.
fn check_free(path: &Path) -> Result<(), ListenError> {
    match fs::symlink_metadata(path) {
        Err(_) => Ok(()),
        Ok(file) if !file.file_type().is_socket() => Err(ListenError::NoSocket(path.to_owned())),
        Ok(_) => match StdUnixStream::connect(path) {
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
            _ => Err(ListenError::InUse(path.to_owned())),
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    async fn listen(path: &Path) -> Result<Listener, ListenError> {
        Listener::at(&Listen::Unix(path.to_owned()), SocketMode(0o620)).await
    }

    #[tokio::test]
    async fn a_socket_has_its_rights_and_goes_with_its_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("http.sock");
        let listener = listen(&path).await.unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o620);
        assert_eq!(listener.to_string(), format!("unix:{}", path.display()));
        let (accepted, _connected) = tokio::join!(listener.accept(Duration::MAX), UnixStream::connect(&path));
        assert!(matches!(accepted.unwrap(), (Either::Right(_), Peer::Socket)));

        let error = listen(&path).await.unwrap_err().to_string();
        assert!(error.starts_with("another process listens on /") && error.contains("stop it"), "{error}");
        drop(listener);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left");
    }

    #[tokio::test]
    async fn what_a_dead_process_has_left_makes_way_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("http.sock");
        drop(StdUnixListener::bind(&path).unwrap());
        drop(StdUnixListener::bind(folder.path().join("http.sock.new")).unwrap());
        assert!(path.exists(), "a dead process leaves its socket");
        let listener = listen(&path).await.unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, "").unwrap();
        drop(listener);
        assert!(path.exists(), "what another has put there stays");
        assert!(matches!(listen(&path).await, Err(ListenError::NoSocket(_))));
        let nowhere = listen(&folder.path().join("missing/http.sock")).await;
        assert!(matches!(nowhere, Err(ListenError::Refused { .. })));
    }

    #[test]
    fn without_sockets_that_were_passed_there_is_none() {
        assert!(Listener::passed(&mut ListenFd::empty()).unwrap().is_none());
    }
}
