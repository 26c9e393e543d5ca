//! The real binary as it is operated: with a tenant and a mail server, students, admins, and somebody who reads its
//! log and its metrics.

mod audit;
mod prometheus;
mod secrecy;

#[path = "../../it/support/mails.rs"]
#[allow(dead_code)]
mod mails;

use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    process::{Child, Command},
    time::Duration,
};

use accountcreator::sandbox::{Group, GroupKind, Login, Mail, Options, Sandbox, SmtpOptions, Tenant};

use crate::{
    browser::{Browser, Student},
    support::{Installation, SMTP_PASSWORD},
};

/// A running `serve` with all that it needs.
struct Service {
    installation: Installation,
    sandbox: Sandbox,
    child: Child,
    metrics: SocketAddr,
}

impl Service {
    /// With these lines of `[signup]`, and these sections besides.
    async fn start(signup: &str, sections: &str) -> Self {
        let installation = Installation::migrated();
        let certificate = fs::read_to_string(installation.path("certificate.pem")).unwrap();
        let tenant = Tenant {
            tenant_id: "6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11".parse().unwrap(),
            client_id: "0f4f3a0e-61a8-4a0b-8f7e-5d2c6c1b9a77".parse().unwrap(),
            certificates: vec![certificate],
            groups: vec![Group {
                id: "3d9c2b71-5a0e-4a7a-8a55-0f6f6ac0b8d2".parse().unwrap(),
                display_name: "Students".to_owned(),
                kind: GroupKind::Assigned,
            }],
            ..Tenant::default()
        };
        let login = Some(Login { user: "accounts".to_owned(), password: SMTP_PASSWORD.to_owned() });
        let smtp = SmtpOptions { login, ..SmtpOptions::default() };
        let sandbox = Sandbox::start(Options { tenant, smtp, ..Options::default() }).await.unwrap();
        // Free at this moment, and ours as soon as the server listens.
        let metrics = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let settings = installation
            .valid()
            .replace("http://127.0.0.1:9/v1.0", &sandbox.graph_url())
            .replace("http://127.0.0.1:9", &sandbox.http_url())
            .replace("key_path = \"key.pem\"", "key_path = \"key.pem\"\nreset_passwords = true");
        let listen = format!("listen = \"127.0.0.1:{}\"", installation.port);
        let public = format!("{listen}\npublic_url = \"http://127.0.0.1:{}\"", installation.port);
        let settings = settings.replacen(&listen, &public, 1);
        let smtp = sandbox.smtp_addr().port();
        installation.configure(&format!(
            "{settings}security = \"plain\"\nport = {smtp}\n[metrics]\nlisten = \"{metrics}\"\n[bots]\n\
             min_time = \"0s\"\n[worker]\nretry_base = \"50ms\"\nretry_max = \"1s\"\n[signup]\n{signup}\n{sections}"
        ));
        let log = File::create(installation.path("server.log")).unwrap();
        let mut serve = installation.command(&["serve"]);
        let child = serve.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        let mut service = Self { installation, sandbox, child, metrics };
        service.listens().await;
        service
    }

    /// Until both of its addresses can be connected to.
    async fn listens(&mut self) {
        for address in [self.metrics, self.address()] {
            let mut glance = glances();
            let connected = async {
                while tokio::net::TcpStream::connect(address).await.is_err() {
                    let ended = self.child.try_wait().unwrap();
                    assert!(ended.is_none(), "it ended by itself: {}", self.log());
                    glance.tick().await;
                }
            };
            soon(connected).await;
        }
    }

    fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.installation.port))
    }

    fn browser(&self) -> Browser {
        Browser::new(self.address())
    }

    /// The mails to this student, once there are so many.
    async fn mails(&self, student: &Student, count: usize) -> Vec<Mail> {
        let enough =
            |sandbox: &Sandbox| Some(sandbox.mails_to(&student.email)).filter(|mails| mails.len() >= count);
        soon(self.sandbox.until(enough)).await
    }

    /// What the log has so far.
    fn log(&self) -> String {
        fs::read_to_string(self.installation.path("server.log")).unwrap()
    }

    /// Until the log has this in it.
    async fn logged(&self, part: &str) {
        let mut glance = glances();
        let seen = async {
            while !self.log().contains(part) {
                glance.tick().await;
            }
        };
        soon(seen).await;
    }

    fn signal(&self, name: &str) {
        // `kill` is part of every shell, and a program on some machines only.
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Ends it as a service manager does, and gives all that it has said.
    fn end(mut self) -> String {
        self.signal("TERM");
        assert!(self.child.wait().unwrap().success(), "{}", self.log());
        self.log()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How often to look for what tells nobody that it has come.
fn glances() -> tokio::time::Interval {
    tokio::time::interval(Duration::from_millis(10))
}

/// What must come by itself and soon.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), what).await.expect("it comes within a minute")
}
