//! A Dovecot of the test's own, as a submission server: configuration, log and data in a directory of its own, on a
//! loopback port.

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

const DOVECOT: &str = "/usr/sbin/dovecot";
const SUBMISSION: &str = "/usr/lib/dovecot/submission";

/// A running Dovecot. It ends with this value.
pub struct Dovecot {
    directory: TempDir,
    process: Process,
    address: SocketAddr,
}

/// Why Dovecot cannot be started on this machine, if it cannot.
pub fn missing() -> Option<&'static str> {
    let there = Path::new(DOVECOT).exists() && Path::new(SUBMISSION).exists();
    (!there).then_some("there is no /usr/sbin/dovecot with its submission server")
}

impl Dovecot {
    /// Starts one that logs clients in by XOAUTH2 alone, asks `introspection` (RFC 7662) about each token, and hands
    /// every mail on to the SMTP server at `sink`.
    pub async fn start(introspection: &str, sink: SocketAddr) -> Result<Self> {
        let directory = tempfile::Builder::new().prefix("dovecot-").tempdir()?;
        // Its processes may run as another user and must be able to reach their sockets.
        fs::set_permissions(directory.path(), Permissions::from_mode(0o755))?;
        let address = free_port()?;
        let users = Users::of_this_process()?;
        fs::create_dir(directory.path().join("mail"))?;
        let owner = Command::new("chown").arg(&users.internal).arg(directory.path().join("mail")).status()?;
        ensure!(owner.success(), "chown failed: {owner}");
        fs::write(directory.path().join("oauth2.conf"), oauth2_conf(introspection))?;
        let config = directory.path().join("dovecot.conf");
        fs::write(&config, dovecot_conf(directory.path(), address, sink, &users))?;
        let config = config.display().to_string();
        let mut process =
            Process::start("dovecot", directory.path(), Path::new(DOVECOT), &["-F", "-c", &config])?;
        let ready = listening(address).await;
        process.check()?;
        ready.with_context(|| process.last_words())?;
        Ok(Self { directory, process, address })
    }

    /// Where it takes mail.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// All that it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }

    /// The end of its output, and its log.
    pub fn last_words(&self) -> String {
        format!("{}\n{}", self.process.last_words(), self.log())
    }

    fn config(&self) -> PathBuf {
        self.directory.path().join("dovecot.conf")
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        let mut stop = Command::new("doveadm");
        let stop = stop.arg("-c").arg(self.config()).arg("stop").stdout(Stdio::null()).stderr(Stdio::null());
        let _ = stop.status();
    }
}

/// Whom its processes run as: root gives its rights up for the users of the package, others stay who they are.
struct Users {
    internal: String,
    login: String,
    /// Whether processes may lock themselves in, which takes root.
    chroot: bool,
}

impl Users {
    fn of_this_process() -> Result<Self> {
        let name = Command::new("id").arg("-un").output()?;
        let name = String::from_utf8(name.stdout)?.trim().to_owned();
        if name == "root" {
            return Ok(Self { internal: "dovecot".to_owned(), login: "dovenull".to_owned(), chroot: true });
        }
        Ok(Self { internal: name.clone(), login: name, chroot: false })
    }
}

fn oauth2_conf(introspection: &str) -> String {
    format!(
        "introspection_mode = post\n\
         introspection_url = {introspection}\n\
         username_attribute = username\n\
         active_attribute = active\n\
         active_value = true\n"
    )
}

fn dovecot_conf(directory: &Path, address: SocketAddr, sink: SocketAddr, users: &Users) -> String {
    let directory = directory.display();
    let Users { internal, login, chroot } = users;
    let stays = if *chroot { "" } else { "chroot =" };
    format!(
        "base_dir = {directory}/run\n\
         state_dir = {directory}/state\n\
         log_path = {directory}/log\n\
         auth_verbose = yes\n\
         protocols = submission\n\
         listen = 127.0.0.1\n\
         ssl = no\n\
         disable_plaintext_auth = no\n\
         auth_mechanisms = xoauth2\n\
         hostname = relay.example.edu\n\
         mail_location = maildir:{directory}/mail\n\
         first_valid_uid = 1\n\
         default_internal_user = {internal}\n\
         default_login_user = {login}\n\
         submission_relay_host = {}\n\
         submission_relay_port = {}\n\
         submission_relay_ssl = no\n\
         passdb {{\n driver = oauth2\n mechanisms = xoauth2\n args = {directory}/oauth2.conf\n}}\n\
         userdb {{\n driver = static\n args = uid={internal} gid={internal} home={directory}/mail\n}}\n\
         service submission-login {{\n {stays}\n\
         inet_listener submission {{\n address = {}\n port = {}\n}}\n\
         inet_listener submissions {{\n port = 0\n}}\n}}\n\
         service anvil {{\n {stays}\n}}\n\
         service stats {{\n {stays}\n}}\n",
        sink.ip(),
        sink.port(),
        address.ip(),
        address.port(),
    )
}
