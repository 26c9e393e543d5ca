//! A place to run our binary in: a directory, an identity, ports, a database.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use accountcreator::domain::{Entropy, SecretKey};
use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use tempfile::TempDir;
use tokio::{net::TcpStream, process::Command};

use super::{process::Process, settings::Settings, tenant::Tenant, wait::until};

/// The binary under test, as cargo has built it for this target.
pub const BINARY: &str = env!("CARGO_BIN_EXE_accountcreator");

/// How long anything of ours may take to start.
const START: Duration = Duration::from_secs(30);

/// A directory with a key, a certificate and a secret, which goes away in the end.
pub struct Place {
    directory: TempDir,
}

impl Place {
    /// A fresh one.
    pub fn new() -> Result<Self> {
        let place = Self { directory: tempfile::Builder::new().prefix("accountcreator-").tempdir()? };
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256)?;
        let certificate = rcgen::CertificateParams::new(Vec::<String>::new())?.self_signed(&key)?;
        place.write("app.key", &key.serialize_pem())?;
        place.write("app.crt", &certificate.pem())?;
        place.write("secret.key", &SecretKey::random(&Entropy::system()))?;
        Ok(place)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Leaves the directory behind for whoever looks for the cause of a failure.
    pub fn keep(self) -> PathBuf {
        self.directory.keep()
    }

    /// Writes a file.
    pub fn write(&self, name: &str, text: &str) -> Result<()> {
        Ok(std::fs::write(self.file(name), text)?)
    }

    /// Starts a program in it and waits until it listens.
    pub async fn start(
        &self,
        name: &str,
        program: &Path,
        arguments: &[&str],
        listens: SocketAddr,
    ) -> Result<Process> {
        let mut process = Process::start(name, self.path(), program, arguments)?;
        let ready = listening(listens).await;
        process.check()?;
        ready?;
        Ok(process)
    }

    /// Starts the simulated tenant with the certificate of this place.
    pub async fn start_sandbox(&self, ports: &Ports) -> Result<(Process, Tenant)> {
        self.start_sandbox_with(ports, &[]).await
    }

    /// The same, with further arguments.
    pub async fn start_sandbox_with(&self, ports: &Ports, more: &[&str]) -> Result<(Process, Tenant)> {
        let (listen, smtp) = (ports.tenant.to_string(), ports.smtp.to_string());
        let own = ["sandbox", "--listen", &listen, "--smtp-listen", &smtp, "--certificate", "app.crt"];
        let arguments = [&own, more].concat();
        let process = self.start("sandbox", Path::new(BINARY), &arguments, ports.tenant).await?;
        Ok((process, Tenant::at(&listen)?))
    }

    /// Writes the settings and brings the database up to date.
    pub async fn prepare(&self, settings: &Settings<'_>) -> Result<()> {
        self.write("test.toml", &settings.to_toml())?;
        let arguments = ["migrate", "--config", "test.toml"];
        Process::start("migrate", self.path(), Path::new(BINARY), &arguments)?.succeed().await
    }

    /// Starts the server without waiting for anything.
    pub fn spawn_server(&self) -> Result<Process> {
        Process::start("serve", self.path(), Path::new(BINARY), &["serve", "--config", "test.toml"])
    }

    /// Starts the server and waits until it listens.
    pub async fn start_server(&self, ports: &Ports) -> Result<Process> {
        let arguments = ["serve", "--config", "test.toml"];
        self.start("serve", Path::new(BINARY), &arguments, ports.server).await
    }

    /// What a command of ours prints as JSON.
    pub async fn ask<T: DeserializeOwned>(&self, arguments: &[&str]) -> Result<T> {
        let mut command = Command::new(BINARY);
        command.args(["--config", "test.toml"]).args(arguments).current_dir(self.path());
        let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await?;
        if !output.status.success() {
            bail!("{arguments:?} failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        serde_json::from_slice(&output.stdout).with_context(|| format!("{arguments:?} prints no such JSON"))
    }
}

/// The ports of one run.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    /// Our server.
    pub server: SocketAddr,
    /// The simulated tenant.
    pub tenant: SocketAddr,
    /// Its mail server.
    pub smtp: SocketAddr,
}

impl Ports {
    /// Free ports below those that outgoing connections take: while a server is down, no connection of
    /// anyone takes its port.
    pub fn free() -> Result<Self> {
        Ok(Self { server: free_port()?, tenant: free_port()?, smtp: free_port()? })
    }
}

/// Waits until something listens.
pub async fn listening(address: SocketAddr) -> Result<()> {
    until("a server listens", START, || async { TcpStream::connect(address).await.ok() }).await.map(drop)
}

/// A free port for a server that is about to start.
pub fn free_port() -> Result<SocketAddr> {
    let entropy = Entropy::system();
    (0..1_000)
        .map(|_| 20_000 + entropy.below(12_000))
        .filter_map(|port| Some(SocketAddr::from((Ipv4Addr::LOCALHOST, u16::try_from(port).ok()?))))
        .find(|address| TcpListener::bind(address).is_ok())
        .context("no port is free")
}
