//! Our server, as it is set up behind a proxy.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::{net::UnixStream, process::Command};

use crate::rig::{
    place::{BINARY, Place, Ports, listening},
    process::Process,
    settings::{LICENCE, MAIL_DOMAIN, Pace, Profile, Settings},
    tenant::Tenant,
    wait::until,
};

/// How long it may take to start, and to end.
const START: Duration = Duration::from_secs(30);
pub const FAREWELL: Duration = Duration::from_secs(20);

/// How many requests of one network are let in.
pub const LIMIT: usize = 300;

/// Where the site is on its host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// It has the host to itself.
    Alone,
    /// Below a path that the proxy passes on.
    Kept,
    /// Below a path that the proxy strips and tells in a header.
    Stripped,
}

/// How the proxy reaches us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Port,
    Socket,
}

impl Placement {
    pub const ALL: [Self; 3] = [Self::Alone, Self::Kept, Self::Stripped];

    /// What every address begins with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Alone => "",
            Self::Kept | Self::Stripped => "/signup",
        }
    }

    /// What the configuration says of it. What the address is, the proxy tells.
    const fn setting(self) -> &'static str {
        match self {
            Self::Kept => "base_path = \"/signup\"",
            Self::Alone | Self::Stripped => "",
        }
    }
}

impl Transport {
    pub const ALL: [Self; 2] = [Self::Port, Self::Socket];

    /// As `server.listen` takes it.
    pub fn address(self, place: &Place, ports: Ports) -> String {
        match self {
            Self::Port => ports.server.to_string(),
            Self::Socket => format!("unix:{}", socket(place).display()),
        }
    }

    /// Trusts every peer of the socket; by port, the proxy is named. Apache has a user of its own.
    const fn setting(self) -> &'static str {
        match self {
            Self::Port => "trusted_proxies = [\"127.0.0.1\"]",
            Self::Socket => "socket_mode = \"0666\"",
        }
    }
}

fn socket(place: &Place) -> PathBuf {
    place.file("http.sock")
}

/// Starts it on a database of its own and waits until it serves.
pub async fn start(
    place: &Place,
    ports: Ports,
    tenant: &Tenant,
    placement: Placement,
    transport: Transport,
) -> Result<Process> {
    let state = tenant.state().await?;
    let database = format!("sqlite://{placement:?}-{transport:?}.db");
    let settings = Settings {
        listen: ports.server,
        database_url: &database,
        tenant: tenant.base(),
        smtp: ports.smtp,
        ids: (&state.tenant_id, &state.client_id),
        concurrency: 4,
        pace: Pace::Default,
        attribute: "employeeId",
        profiles: vec![Profile {
            name: "students".to_owned(),
            email: format!(r"(?<student_id>st\d{{6}})@{}", MAIL_DOMAIN.replace('.', r"\.")),
            licences: vec![LICENCE.to_owned()],
            groups: Vec::new(),
        }],
    };
    place.prepare(&settings).await?;
    let (listen, ours) = (format!("listen = \"{}\"", ports.server), transport.address(place, ports));
    let lines = format!("listen = \"{ours}\"\n{}\n{}", transport.setting(), placement.setting());
    let text = settings
        .to_toml()
        .replace(&listen, &lines)
        .replace(&format!("public_url = \"http://{}\"\n", ports.server), "")
        .replace("pages_per_network = \"1000000/1s\"", &format!("pages_per_network = \"{LIMIT}/1h\""));
    place.write("test.toml", &text)?;
    let mut server = place.spawn_server()?;
    let ready = match transport {
        Transport::Port => listening(ports.server).await,
        Transport::Socket => {
            let look = || async { UnixStream::connect(socket(place)).await.ok() };
            until("the socket is there", START, look).await.map(drop)
        }
    };
    server.check()?;
    ready?;
    Ok(server)
}

/// `doctor` and `health` find nothing amiss: the proxy is believed, and says all that is needed.
pub async fn look_at_proxies(place: &Place, transport: Transport) -> Result<()> {
    let run = |command: &'static str, arguments: &'static [&str]| {
        Command::new(BINARY)
            .args(["--config", "test.toml", command])
            .args(arguments)
            .current_dir(place.path())
            .output()
    };
    ensure!(run("health", &[]).await?.status.success(), "health");
    let said: Value = serde_json::from_slice(&run("doctor", &["--json"]).await?.stdout)?;
    let findings = said.as_array().context("a list")?;
    let of_proxies: Vec<_> = findings.iter().filter(|finding| finding["area"] == "proxy").collect();
    let peer = match transport {
        Transport::Port => "the proxy 127.0.0.1",
        Transport::Socket => "the proxy the socket",
    };
    let [finding] = of_proxies.as_slice() else { anyhow::bail!("{of_proxies:?}") };
    let what = finding["what"].as_str().unwrap_or_default();
    ensure!(finding["verdict"] == "ok" && what.contains(peer), "{finding}");
    Ok(())
}
