//! `serve` and `health`: a running process, asked, and told to stop.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    process::{Child, ChildStderr, Command, Stdio},
};

use crate::support::Installation;

/// A running `serve`; killed should a test end early.
pub struct Serving {
    child: Child,
    log: BufReader<ChildStderr>,
}

impl Serving {
    /// Returns once it says that it serves.
    pub fn start(installation: &Installation) -> Self {
        Self::run(&mut installation.command(&["serve"]), &format!("127.0.0.1:{}", installation.port))
    }

    /// The same for this command, which is to serve there.
    pub fn run(command: &mut Command, place: &str) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut serving = Self { child, log };
        let seen = serving.logged("serving");
        assert!(seen.contains(place), "{seen}");
        serving
    }

    /// Reads the log up to the line that has this in it.
    pub fn logged(&mut self, part: &str) -> String {
        let mut seen = String::new();
        while !seen.contains(part) {
            assert_ne!(self.log.read_line(&mut seen).unwrap(), 0, "it ended: {seen}");
        }
        seen
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, name: &str) {
        // `kill` is part of every shell, and a program on some machines only.
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Sends a signal by its name, waits for the end, and gives the exit code and the rest of the log.
    pub fn end_by(mut self, signal: &str) -> (Option<i32>, String) {
        self.signal(signal);
        let mut rest = String::new();
        self.log.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }

    /// Kills it and waits until it is gone.
    pub fn end_by_force(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_signal_to_stop_ends_it_in_peace() {
    let installation = Installation::migrated();
    for signal in ["TERM", "INT"] {
        let serving = Serving::start(&installation);
        let ready = installation.run(&["health"]);
        ready.assert_code(0);
        assert_eq!(ready.out, "ready\n");
        let (code, log) = serving.end_by(signal);
        assert_eq!(code, Some(0), "{log}");
        assert!(log.contains("stopped"), "{log}");
        assert!(log.contains("signup.confirm_email is off: anybody can sign up"), "{log}");
        assert!(log.contains("the secret_key does not look random"), "{log}");
    }
    let gone = installation.run(&["health"]);
    gone.assert_code(1);
    assert!(gone.err.contains("nothing answers at 127.0.0.1:"), "{}", gone.err);
}

/// A page of the running process.
fn page(installation: &Installation, path: &str) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let address = format!("http://127.0.0.1:{}{path}", installation.port);
    runtime.block_on(async { reqwest::get(address).await.unwrap().text().await.unwrap() })
}

#[test]
fn a_hangup_reads_the_texts_again_and_refuses_faulty_ones() {
    let installation = Installation::migrated();
    let file = installation.path("texts/de/ours.ftl");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    installation.configure(&(installation.valid() + "[texts]\ndir = \"texts\"\n"));
    let mut serving = Serving::start(&installation);
    fs::write(&file, "form-title = Dein neues Konto\n").unwrap();
    serving.signal("HUP");
    serving.logged("were read again");
    assert!(page(&installation, "/de").contains("<h1>Dein neues Konto</h1>"));

    fs::write(&file, "form-title = Noch eins\nform-titel = Vertippt\n").unwrap();
    serving.signal("HUP");
    let log = serving.logged("did you mean `form-title`?");
    assert!(log.contains("nothing was changed") && log.contains("ours.ftl, line 2: "), "{log}");
    assert!(page(&installation, "/de").contains("<h1>Dein neues Konto</h1>"));
    assert_eq!(serving.end_by("TERM").0, Some(0));

    let ran = installation.run(&["serve"]);
    ran.assert_code(78);
    assert!(ran.err.starts_with("error: the texts are at fault\ntexts/de/ours.ftl, line 2: "), "{}", ran.err);
    installation.run(&["config", "check"]).assert_code(78);
}

#[test]
fn a_hangup_reads_the_log_filter_again_and_refuses_a_faulty_one() {
    const ANSWERED: &str = "a request was answered";
    let installation = Installation::migrated();
    let filter = |filter: &str| {
        installation.configure(&format!("{}[log]\nfilter = \"{filter}\"\n", installation.valid()));
    };
    let mut serving = Serving::start(&installation);
    page(&installation, "/en");
    serving.logged(ANSWERED);

    filter("info,accountcreator=loud");
    serving.signal("HUP");
    let log = serving.logged("nothing was changed");
    let log = log + &serving.logged("log.filter: is no log filter");
    assert!(!log.contains("were read again"), "{log}");
    page(&installation, "/en");
    serving.logged(ANSWERED);

    filter("warn,accountcreator::cli=info");
    serving.signal("HUP");
    serving.logged("passwords and log.filter were read again");
    page(&installation, "/en");
    let (code, rest) = serving.end_by("TERM");
    assert_eq!(code, Some(0));
    assert!(rest.contains("stopped") && !rest.contains(ANSWERED), "{rest}");
}

#[test]
fn a_hangup_names_the_settings_that_wait_for_a_restart() {
    let installation = Installation::migrated();
    let mut serving = Serving::start(&installation);
    let texts = installation.path("texts/de/ours.ftl");
    fs::create_dir_all(texts.parent().unwrap()).unwrap();
    fs::write(texts, "form-title = Dein neues Konto\n").unwrap();
    let sections =
        "[log]\nformat = \"json\"\n[metrics]\nlisten = \"127.0.0.1:0\"\n[texts]\ndir = \"texts\"\n";
    installation.configure(&(installation.valid() + sections));
    serving.signal("HUP");
    let log = serving.logged("wait for a restart");
    assert!(log.contains("WARN") && log.contains("keys=\"log.format, metrics.listen\""), "{log}");
    assert!(
        page(&installation, "/de").contains("<h1>Dein neues Konto</h1>"),
        "a folder of texts does not wait"
    );

    installation.configure(&(installation.valid() + "[texts]\ndir = \"texts\"\n"));
    serving.signal("HUP");
    serving.logged("were read again");
    let (_, rest) = serving.end_by("TERM");
    assert!(!rest.contains("wait for a restart"), "{rest}");
}

#[test]
fn the_page_comes_from_the_process() {
    let installation = Installation::migrated();
    let _serving = Serving::start(&installation);
    let page = page(&installation, "/de");
    assert!(page.contains("lang=\"de\"") && page.contains("help@example.edu"), "{page}");
}

#[test]
fn a_setting_migrates_at_the_start() {
    let installation = Installation::new();
    let text = installation.valid().replace("[database]\n", "[database]\nmigrate_on_start = true\n");
    installation.configure(&text);
    assert_eq!(Serving::start(&installation).end_by("TERM").0, Some(0));
    assert_eq!(installation.run(&["migrate"]).out, "the database is up to date\n");
}

#[test]
fn log_lines_can_be_json() {
    let installation = Installation::migrated();
    installation.configure(&(installation.valid() + "[log]\nformat = \"json\"\n"));
    let (_, log) = Serving::start(&installation).end_by("TERM");
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["message"].is_string() && line["level"].is_string(), "{line}");
    }
}

#[test]
fn what_keeps_it_from_serving_is_said_with_what_to_do() {
    let installation = Installation::migrated();
    let taken = TcpListener::bind(("127.0.0.1", installation.port)).unwrap();
    let ran = installation.run(&["serve"]);
    ran.assert_code(1);
    assert!(ran.err.contains("server.listen names another"), "{}", ran.err);
    drop(taken);

    let other = Installation::new();
    fs::write(installation.path("key.pem"), fs::read(other.path("certificate.pem")).unwrap()).unwrap();
    let ran = installation.run(&["serve"]);
    assert!(ran.code == 1 || ran.code == 78, "{}", ran.err);
    assert!(ran.err.contains("key"), "{}", ran.err);

    let broken = Installation::new();
    fs::write(broken.path("accounts.db"), "this is no database, and it is long enough to be read as one")
        .unwrap();
    let ran = broken.run(&["serve"]);
    ran.assert_code(1);
    assert!(ran.err.contains("error: the database cannot be used"), "{}", ran.err);
}
