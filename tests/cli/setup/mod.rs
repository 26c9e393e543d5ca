//! `setup`: from an empty folder to a first signup.

mod az;
mod exchange;
mod folder;
mod talk;
mod trial;

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::PathBuf,
    process::{Command, Stdio},
    sync::LazyLock,
};

use tempfile::TempDir;

use crate::support::Ran;

pub const CLIENT_ID: &str = "0f4f3a0e-61a8-4a0b-8f7e-5d2c6c1b9a77";
pub const LICENCE: &str = "314c4481-f395-4525-be8b-2ec4bb1e9d91";
pub const GROUP: &str = "3d9c2b71-5a0e-4a7a-8a55-0f6f6ac0b8d2";

/// All that must be said, and nothing else.
pub const NEEDED: [&str; 12] = [
    "--tenant",
    "physics.example.edu",
    "--email-rule",
    "stud.example.edu",
    "--domain",
    "stud.physics.example.edu",
    "--support-email",
    "help@physics.example.edu",
    "--public-url",
    "https://signup.physics.example.edu",
    "--smtp-host",
    "smtp.example.edu",
];

/// An empty folder, and the program in it.
pub struct Desk {
    folder: TempDir,
}

static PAIR: LazyLock<[(&str, String); 2]> = LazyLock::new(|| {
    let desk = Desk::new();
    desk.run(&["cert", "new"]).assert_code(0);
    ["key.pem", "certificate.pem"].map(|name| (name, desk.read(name)))
});

/// A file's text, mode, inode and time of change: one that was written again differs.
type Trace = BTreeMap<String, (String, u32, u64, i64, i64)>;

impl Desk {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Set up without a question, with a pair that was made once: making one takes a while.
    pub fn set_up(further: &[&str]) -> Self {
        let desk = Self::with_pair();
        desk.setup(&[&NEEDED, further].concat()).assert_code(0);
        desk
    }

    pub fn with_pair() -> Self {
        let desk = Self::new();
        for (name, text) in PAIR.iter() {
            fs::write(desk.path(name), text).unwrap();
        }
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn mode(&self, name: &str) -> u32 {
        fs::metadata(self.path(name)).unwrap().permissions().mode() & 0o777
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_accountcreator"));
        command.args(arguments).env_clear().current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(&self.command(arguments).output().unwrap())
    }

    /// Without a question.
    pub fn setup(&self, arguments: &[&str]) -> Ran {
        self.run(&[&["setup", "--dir", ".", "--non-interactive"], arguments].concat())
    }

    /// With these answers, one in each line.
    pub fn ask(&self, arguments: &[&str], answers: &[&str]) -> Ran {
        let mut command = self.command(&[&["setup", "--dir", "."], arguments].concat());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines: String = answers.iter().map(|answer| format!("{answer}\n")).collect();
        // A program that asks no more has closed its end.
        let _ = child.stdin.take().unwrap().write_all(lines.as_bytes());
        Ran::of(&child.wait_with_output().unwrap())
    }

    /// What is in the folder.
    pub fn trace(&self) -> Trace {
        let entries = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap());
        let trace = entries.map(|entry| {
            let data = entry.metadata().unwrap();
            let text = fs::read_to_string(entry.path()).unwrap();
            let seen = (text, data.mode(), data.ino(), data.mtime(), data.mtime_nsec());
            (entry.file_name().into_string().unwrap(), seen)
        });
        trace.collect()
    }

    pub fn is_empty(&self) -> bool {
        self.trace().is_empty()
    }

    /// The text of a file without what differs each time.
    pub fn told(&self, name: &str) -> String {
        self.read(name).replace(self.folder.path().to_str().unwrap(), "DIR")
    }
}
