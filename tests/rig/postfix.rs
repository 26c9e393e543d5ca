//! A Postfix of the test's own: configuration, queue and data in a directory of its own, on a loopback port.

use std::{
    fs::{self, Permissions},
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use super::{
    place::{free_port, listening},
    process::Process,
};

const POSTFIX: &str = "/usr/sbin/postfix";

/// A running Postfix. It ends with this value.
pub struct Postfix {
    directory: TempDir,
    process: Process,
    address: SocketAddr,
}

/// Why Postfix cannot be started on this machine, if it cannot.
pub fn missing() -> Option<&'static str> {
    let is_root = || Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0");
    match () {
        () if !Path::new(POSTFIX).exists() => Some("there is no /usr/sbin/postfix"),
        () if !is_root() => Some("Postfix starts only as root"),
        () => None,
    }
}

impl Postfix {
    /// Starts one that takes mail from this machine for everybody. It is the final destination of `domain`, as a
    /// campus mail server is, and hands every mail on to the SMTP server at `sink`, with the recipient that it makes of
    /// the address. All that is not said here is as Postfix has it by default.
    pub async fn start(domain: &str, sink: SocketAddr) -> Result<Self> {
        Self::start_with(domain, sink, "").await
    }

    /// The same, with further lines of `main.cf`.
    pub async fn start_with(domain: &str, sink: SocketAddr, more: &str) -> Result<Self> {
        let directory = tempfile::Builder::new().prefix("postfix-").tempdir()?;
        // Its processes run as another user and must be able to reach the queue.
        fs::set_permissions(directory.path(), Permissions::from_mode(0o755))?;
        let address = free_port()?;
        let place = |name: &str| directory.path().join(name);
        for name in ["config", "queue", "data"] {
            fs::create_dir(place(name))?;
        }
        run(Command::new("chown").arg("postfix").arg(place("data")))?;
        fs::write(place("config/main.cf"), main_cf(directory.path(), domain, sink) + more)?;
        fs::write(place("config/master.cf"), master_cf(address))?;
        let config = place("config").display().to_string();
        let arguments = ["-c", config.as_str(), "start-fg"];
        let mut process = Process::start("postfix", directory.path(), Path::new(POSTFIX), &arguments)?;
        let ready = listening(address).await;
        process.check()?;
        ready.with_context(|| process.last_words())?;
        Ok(Self { directory, process, address })
    }

    /// Where it takes mail.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The value of a parameter, a default included.
    pub fn parameter(&self, name: &str) -> Result<String> {
        let output = Command::new("postconf").arg("-c").arg(self.config()).args(["-h", name]).output()?;
        ensure!(output.status.success(), "postconf knows no {name}");
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// The end of its log.
    pub fn last_words(&self) -> String {
        format!("{}\n{}", self.process.last_words(), self.log())
    }

    /// Its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("maillog")).unwrap_or_default()
    }

    fn config(&self) -> PathBuf {
        self.directory.path().join("config")
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let mut stop = Command::new(POSTFIX);
        let stop = stop.arg("-c").arg(self.config()).arg("abort").stdout(Stdio::null()).stderr(Stdio::null());
        let _ = stop.status();
    }
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status()?;
    ensure!(status.success(), "{command:?} failed: {status}");
    Ok(())
}

fn main_cf(directory: &Path, domain: &str, sink: SocketAddr) -> String {
    let (directory, sink) = (directory.display(), format!("[{}]:{}", sink.ip(), sink.port()));
    format!(
        "compatibility_level = 3.6\n\
         queue_directory = {directory}/queue\n\
         data_directory = {directory}/data\n\
         command_directory = /usr/sbin\n\
         daemon_directory = /usr/lib/postfix/sbin\n\
         maillog_file = {directory}/maillog\n\
         maillog_file_prefixes = {directory}\n\
         mail_owner = postfix\n\
         setgid_group = postdrop\n\
         myhostname = relay.{domain}\n\
         mydestination = {domain}\n\
         mynetworks = 127.0.0.0/8\n\
         inet_interfaces = 127.0.0.1\n\
         inet_protocols = ipv4\n\
         relayhost = {sink}\n\
         local_transport = smtp:{sink}\n\
         local_recipient_maps =\n\
         alias_maps =\n\
         alias_database =\n\
         smtp_host_lookup = native\n"
    )
}

fn master_cf(address: SocketAddr) -> String {
    format!(
        "{address} inet n - n - - smtpd\n\
         cleanup unix n - n - 0 cleanup\n\
         qmgr unix n - n 300 1 qmgr\n\
         rewrite unix - - n - - trivial-rewrite\n\
         bounce unix - - n - 0 bounce\n\
         defer unix - - n - 0 bounce\n\
         trace unix - - n - 0 bounce\n\
         smtp unix - - n - - smtp\n\
         relay unix - - n - - smtp\n\
         error unix - - n - - error\n\
         retry unix - - n - - error\n\
         proxymap unix - - n - - proxymap\n\
         anvil unix - - n - 1 anvil\n\
         scache unix - - n - 1 scache\n\
         tlsmgr unix - - n 1000? 1 tlsmgr\n\
         flush unix n - n 1000? 0 flush\n\
         showq unix n - n - - showq\n\
         postlog unix-dgram n - n - 1 postlogd\n"
    )
}
