//! The proxies, with the settings that operators are shown.

use std::{fs::Permissions, net::SocketAddr, os::unix::fs::PermissionsExt, path::Path};

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
    Apache,
    Lighttpd,
    Caddy,
    HAProxy,
}

impl Front {
    const fn program(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "apache2",
            Self::Lighttpd => "lighttpd",
            Self::Caddy => "caddy",
            Self::HAProxy => "haproxy",
        }
    }

    const fn shown(self) -> &'static str {
        match self {
            Self::Nginx => include_str!("../../config/deploy/nginx.conf"),
            Self::Apache => include_str!("../../config/deploy/apache.conf"),
            Self::Lighttpd => include_str!("../../config/deploy/lighttpd.conf"),
            Self::Caddy => include_str!("../../config/deploy/Caddyfile"),
            Self::HAProxy => include_str!("../../config/deploy/haproxy.cfg"),
        }
    }

    pub fn is_installed(self) -> bool {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
        folders.into_iter().any(|folder| folder.join(self.program()).exists())
    }

    /// The settings with the address of our server in place of theirs; `ours` as `server.listen` has it.
    fn with_upstream(self, text: &str, ours: &str) -> String {
        let shown = "127.0.0.1:8080";
        let parts = r#""host" => "127.0.0.1", "port" => 8080"#;
        match (self, ours.strip_prefix("unix:"), ours.rsplit_once(':')) {
            (Self::Lighttpd, Some(path), _) => text.replace(parts, &format!(r#""host" => "{path}""#)),
            (Self::Lighttpd, None, Some((host, port))) => {
                text.replace(parts, &format!(r#""host" => "{host}", "port" => {port}"#))
            }
            (Self::Apache, Some(path), _) => {
                text.replace(&format!("http://{shown}"), &format!("unix:{path}|http://accountcreator"))
            }
            (Self::Caddy, Some(path), _) => text.replace(shown, &format!("unix/{path}")),
            (Self::HAProxy, Some(path), _) => text.replace(shown, &format!("unix@{path}")),
            _ => text.replace(shown, ours),
        }
    }

    /// Returns whether the settings have a block for it. lighttpd rewrites the `Location` of an answer where it strips
    /// a path.
    pub fn has(self, placement: Placement) -> bool {
        !matches!((self, placement), (Self::Lighttpd, Placement::Stripped))
    }
}

/// What all placements share, and the block of this one.
fn block(shown: &str, placement: Placement) -> String {
    let mut parts = shown.split("\n## ");
    let shared = parts.next().unwrap_or_default();
    let number = Placement::ALL.iter().position(|one| *one == placement).unwrap_or_default();
    format!("{shared}\n# {}", parts.nth(number).expect("there is a block for each placement"))
}

/// The file of the access log, where it is not the standard output.
const ACCESS_LOG: &str = "access.log";

/// A proxy that runs.
pub struct Running {
    pub process: Process,
    /// Address of our site.
    pub address: SocketAddr,
    /// Address of somebody else's site.
    pub neighbour: SocketAddr,
}

/// Starts it in front of our server, beside a site that passes requests on to `other`, and waits until it listens.
pub async fn start(
    proxy: Front,
    place: &Place,
    placement: Placement,
    ours: &str,
    other: SocketAddr,
) -> Result<Running> {
    let (address, neighbour) = (free_port()?, free_port()?);
    certificate(place)?;
    let file = |name: &str| place.file(name).display().to_string();
    let text = proxy
        .with_upstream(&block(proxy.shown(), placement), ours)
        .replace("/etc/ssl/signup.example.edu.pem", &file("site.crt"))
        .replace("/etc/ssl/private/signup.example.edu.key", &file("site.key"))
        .replace("/etc/haproxy/signup.example.edu.pem", &file("site.pem"))
        .replace(&format!("/var/log/{}/accountcreator.log", proxy.program()), &file(ACCESS_LOG))
        .replace("log /dev/log local0", "log stdout format raw local0");
    let (text, arguments) = match proxy {
        Front::Nginx => {
            let text = text.replace("443", &address.to_string());
            (of_nginx(place, &text, neighbour, other), vec!["nginx", "-e", "stderr", "-c"])
        }
        Front::Apache => {
            let text = text.replace("*:443", &address.to_string());
            (of_apache(place, &text, [address, neighbour], other)?, vec!["apache2", "-X", "-f"])
        }
        Front::Lighttpd => {
            let text = text.replace(":443", &address.to_string());
            (of_lighttpd(&text, neighbour, other), vec!["lighttpd", "-D", "-f"])
        }
        Front::Caddy => {
            let site = format!(
                "https://{HOST}:{} {{\n\ttls {} {}",
                address.port(),
                file("site.crt"),
                file("site.key")
            );
            let options = "\n{\n\tadmin off\n\tdefault_bind 127.0.0.1\n\tauto_https disable_redirects\n";
            let text = text.replace(&format!("{HOST} {{"), &site).replacen("\n{\n", options, 1);
            let neighbour = format!("http://{neighbour} {{\n\treverse_proxy {other}\n}}\n");
            (format!("{text}\n{neighbour}"), vec!["caddy", "run", "--adapter", "caddyfile", "--config"])
        }
        Front::HAProxy => {
            let neighbour = format!(
                "listen other\n    bind {neighbour}\n    mode http\n    timeout connect 5s\n    timeout client 60s\n    \
                 timeout server 60s\n    server other {other}\n"
            );
            (
                format!("{}\n{neighbour}", text.replace(":443", &address.to_string())),
                vec!["haproxy", "-db", "-f"],
            )
        }
    };
    place.write(proxy.program(), &text)?;
    let (home, settings) = (format!("HOME={}", place.path().display()), file(proxy.program()));
    let path = format!("PATH={}:/usr/sbin", std::env::var("PATH").unwrap_or_default());
    let arguments = [&[home.as_str(), path.as_str()], arguments.as_slice(), &[settings.as_str()]].concat();
    let process = place.start("front", Path::new("/usr/bin/env"), &arguments, address).await;
    Ok(Running { process: process.with_context(|| text)?, address, neighbour })
}

/// All that the proxy has logged.
pub fn logged(place: &Place) -> Result<String> {
    let read = |name: &str| std::fs::read(place.file(name)).unwrap_or_default();
    Ok(String::from_utf8([read("front.log"), read(ACCESS_LOG)].concat())?)
}

/// What Debian's own settings have around a site, for a process that writes into the test's folder alone.
fn of_nginx(place: &Place, site: &str, neighbour: SocketAddr, other: SocketAddr) -> String {
    let folder = place.path().display();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary: String =
        temporary.iter().map(|name| format!("{name}_temp_path {folder}/nginx-{name};\n")).collect();
    format!(
        "daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\nevents {{}}\nhttp {{\n\
         access_log {folder}/{ACCESS_LOG};\nerror_log stderr;\n{temporary}{site}\n\
         server {{ listen {neighbour}; access_log off; location / {{ proxy_pass http://{other}; }} }}\n}}\n"
    )
}

/// The same for Apache, whose process gives up root's rights and has to reach the socket without them.
fn of_apache(place: &Place, site: &str, listen: [SocketAddr; 2], other: SocketAddr) -> Result<String> {
    std::fs::set_permissions(place.path(), Permissions::from_mode(0o711))?;
    let folder = place.path().display();
    let modules =
        ["mpm_event", "authz_core", "ssl", "proxy", "proxy_http", "headers", "setenvif", "unique_id"];
    let modules: String = modules
        .iter()
        .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
        .collect();
    let [ours, neighbour] = listen;
    Ok(format!(
        "ServerName localhost\nServerRoot {folder}\nDefaultRuntimeDir {folder}\nPidFile {folder}/apache.pid\n\
         User nobody\nGroup nogroup\nErrorLog /dev/stderr\nListen {ours}\nListen {neighbour}\n{modules}{site}\n\
         <VirtualHost {neighbour}>\nProxyPass / http://{other}/\n</VirtualHost>\n"
    ))
}

/// The same for lighttpd, whose other site is that of its main socket.
fn of_lighttpd(site: &str, neighbour: SocketAddr, other: SocketAddr) -> String {
    format!(
        "server.document-root = \"/var/empty\"\nserver.bind = \"{}\"\nserver.port = {}\n\
         server.modules = (\"mod_openssl\", \"mod_setenv\", \"mod_proxy\", \"mod_accesslog\")\n\
         proxy.server = (\"\" => ((\"host\" => \"{}\", \"port\" => {})))\n{site}",
        neighbour.ip(),
        neighbour.port(),
        other.ip(),
        other.port(),
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
