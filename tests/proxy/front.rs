//! The proxies, with the settings that operators are shown.

use std::{net::SocketAddr, path::Path};

use accountcreator::domain::Entropy;
use anyhow::{Context, Result};

use crate::{
    rig::{
        place::{Place, free_port},
        process::Process,
    },
    site::Placement,
};

/// The host of the settings.
pub const HOST: &str = "signup.example.edu";

/// A proxy of Debian's.
#[derive(Clone, Copy, Debug)]
pub enum Front {
    Nginx,
    Caddy,
    HAProxy,
}

impl Front {
    const fn program(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "caddy",
            Self::HAProxy => "haproxy",
        }
    }

    const fn shown(self) -> &'static str {
        match self {
            Self::Nginx => include_str!("../../config/deploy/nginx.conf"),
            Self::Caddy => include_str!("../../config/deploy/Caddyfile"),
            Self::HAProxy => include_str!("../../config/deploy/haproxy.cfg"),
        }
    }

    pub fn is_installed(self) -> bool {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
        folders.into_iter().any(|folder| folder.join(self.program()).exists())
    }

    /// How it names what it passes requests on to; `ours` as `server.listen` has it.
    fn upstream(self, ours: &str) -> String {
        let Some(path) = ours.strip_prefix("unix:") else { return ours.to_owned() };
        match self {
            Self::Nginx => ours.to_owned(),
            Self::Caddy => format!("unix/{path}"),
            Self::HAProxy => format!("unix@{path}"),
        }
    }
}

/// What all placements share, and the block of this one.
fn block(shown: &str, placement: Placement) -> String {
    let mut parts = shown.split("\n## ");
    let shared = parts.next().unwrap_or_default();
    let number = Placement::ALL.iter().position(|one| *one == placement).unwrap_or_default();
    format!("{shared}\n# {}", parts.nth(number).expect("there is a block for each placement"))
}

/// Starts it in front of our server and waits until it listens.
pub async fn start(
    proxy: Front,
    place: &Place,
    placement: Placement,
    ours: &str,
) -> Result<(Process, SocketAddr)> {
    let address = free_port()?;
    certificate(place)?;
    let file = |name: &str| place.file(name).display().to_string();
    let text = block(proxy.shown(), placement)
        .replace("127.0.0.1:8080", &proxy.upstream(ours))
        .replace("/etc/ssl/signup.example.edu.pem", &file("site.crt"))
        .replace("/etc/ssl/private/signup.example.edu.key", &file("site.key"))
        .replace("/etc/haproxy/signup.example.edu.pem", &file("site.pem"));
    let (text, arguments) = match proxy {
        Front::Nginx => {
            (of_nginx(place, &text.replace("443", &address.to_string())), vec!["nginx", "-e", "stderr", "-c"])
        }
        Front::Caddy => {
            let site = format!(
                "https://{HOST}:{} {{\n\ttls {} {}",
                address.port(),
                file("site.crt"),
                file("site.key")
            );
            let text = text.replace(&format!("{HOST} {{"), &site);
            let options = "{\n\tadmin off\n\tdefault_bind 127.0.0.1\n\tauto_https disable_redirects\n}\n";
            (format!("{options}{text}"), vec!["caddy", "run", "--adapter", "caddyfile", "--config"])
        }
        Front::HAProxy => (text.replace(":443", &address.to_string()), vec!["haproxy", "-db", "-f"]),
    };
    place.write(proxy.program(), &text)?;
    let (home, settings) = (format!("HOME={}", place.path().display()), file(proxy.program()));
    let path = format!("PATH={}:/usr/sbin", std::env::var("PATH").unwrap_or_default());
    let arguments = [&[home.as_str(), path.as_str()], arguments.as_slice(), &[settings.as_str()]].concat();
    let process = place.start("front", Path::new("/usr/bin/env"), &arguments, address).await;
    Ok((process.with_context(|| text)?, address))
}

/// What Debian's own settings have around a site, for a process that writes into the test's folder alone.
fn of_nginx(place: &Place, site: &str) -> String {
    let folder = place.path().display();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary: String =
        temporary.iter().map(|name| format!("{name}_temp_path {folder}/nginx-{name};\n")).collect();
    let shell = "daemon off;\nmaster_process off;\n";
    format!(
        "{shell}pid {folder}/nginx.pid;\nevents {{}}\nhttp {{\naccess_log off;\nerror_log stderr;\n{temporary}{site}\n}}\n"
    )
}

/// A certificate of the host's, once for a place.
fn certificate(place: &Place) -> Result<()> {
    if place.file("site.pem").exists() {
        return Ok(());
    }
    let key = rcgen::KeyPair::generate()?;
    let mut parameters = rcgen::CertificateParams::new(vec![HOST.to_owned()])?;
    parameters.serial_number = Some(u64::from(Entropy::system().below(u32::MAX)).into());
    let certificate = parameters.self_signed(&key)?.pem();
    place.write("site.key", &key.serialize_pem())?;
    place.write("site.crt", &certificate)?;
    place.write("site.pem", &format!("{certificate}{}", key.serialize_pem()))
}
