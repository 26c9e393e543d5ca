//! A process of ours: started, observed, killed.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use tokio::process::{Child, Command};

/// A child process whose output goes to a log file. It does not outlive this value.
pub struct Process {
    child: Child,
    name: String,
    log: PathBuf,
}

impl Process {
    /// Starts a program in a directory of its own, without any setting of ours from the environment.
    pub fn start(name: &str, directory: &Path, program: &Path, arguments: &[&str]) -> Result<Self> {
        let log = directory.join(format!("{name}.log"));
        let output = File::options().create(true).append(true).open(&log)?;
        let mut command = Command::new(program);
        for (variable, _) in std::env::vars().filter(|(name, _)| name.starts_with("ACCOUNTCREATOR")) {
            command.env_remove(variable);
        }
        let child = command
            .args(arguments)
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} does not start", program.display()))?;
        Ok(Self { child, name: name.to_owned(), log })
    }

    /// The process id.
    pub fn id(&self) -> Result<u32> {
        self.child.id().with_context(|| format!("{} has ended", self.name))
    }

    /// Lets it live for a while; an error if it ends by itself.
    pub async fn live_for(&mut self, life: Duration) -> Result<()> {
        match tokio::time::timeout(life, self.child.wait()).await {
            Err(_still_alive) => Ok(()),
            Ok(status) => bail!("{} ended by itself ({}):\n{}", self.name, status?, self.last_words()),
        }
    }

    /// An error if it has ended.
    pub fn check(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} ended by itself ({status}):\n{}", self.name, self.last_words()),
        }
    }

    /// Kills it at once (SIGKILL).
    pub async fn kill(&mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Asks it to end (SIGTERM), as service managers do, and waits for that.
    pub async fn stop(&mut self, patience: Duration) -> Result<ExitStatus> {
        self.signal("TERM").await?;
        let ended = tokio::time::timeout(patience, self.child.wait()).await;
        Ok(ended.with_context(|| format!("{} did not end within {patience:?}", self.name))??)
    }

    /// Sends it a signal, such as `TERM` or `STOP`.
    pub async fn signal(&self, name: &str) -> Result<()> {
        let command = format!("kill -{name} {}", self.id()?);
        Command::new("sh").args(["-c", &command]).status().await?;
        Ok(())
    }

    /// Waits for its end; an error unless it was a success.
    pub async fn succeed(mut self) -> Result<()> {
        let status = self.child.wait().await?;
        if !status.success() {
            bail!("{} failed ({status}):\n{}", self.name, self.last_words());
        }
        Ok(())
    }

    /// The end of its log.
    pub fn last_words(&self) -> String {
        let log = std::fs::read(&self.log).unwrap_or_default();
        let tail = log.len().saturating_sub(3_000);
        String::from_utf8_lossy(&log[tail..]).into_owned()
    }
}
