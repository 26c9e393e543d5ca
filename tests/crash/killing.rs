//! Runs of the server, each ended with SIGKILL at a random moment.

use std::time::Duration;

use accountcreator::domain::{Clock, Entropy};
use anyhow::Result;

use crate::{
    faults,
    rig::{
        place::{Place, Ports, listening},
        tenant::Tenant,
    },
    students::Stream,
    visiting::Visitors,
};

/// What runs while the server is killed.
pub struct Killing<'a> {
    pub place: &'a Place,
    pub ports: Ports,
    pub tenant: &'a Tenant,
    pub stream: &'a Stream,
    pub visitors: &'a Visitors<'a>,
    pub students: u32,
}

/// A run of the server.
pub struct Life {
    /// When the server was started, in milliseconds.
    pub start: i64,
    /// When it was killed.
    pub kill: i64,
    /// Whether mails and requests failed meanwhile.
    pub has_failures: bool,
}

impl Killing<'_> {
    /// Starts the server and kills it `kills` times, with latency or with failures. The students come evenly over all runs.
    pub async fn run(&self, kills: u32, entropy: &Entropy) -> Result<Vec<Life>> {
        let mut lives = Vec::new();
        for life in 0..kills {
            let due = |life: u32| u64::from(self.students) * u64::from(life) / u64::from(kills);
            self.stream.admit(u32::try_from(due(life + 1) - due(life))?);
            self.tenant.set_faults(&faults::none()).await?;
            self.visitors.pass_time().await?;
            let has_failures = entropy.below(2) == 0;
            let faults = if has_failures { faults::failures() } else { faults::latency() };
            self.tenant.set_faults(&faults).await?;
            let start = Clock::system().now().millis();
            self.run_once(entropy).await?;
            lives.push(Life { start, kill: Clock::system().now().millis(), has_failures });
        }
        Ok(lives)
    }

    /// Three in ten runs end before the server listens or soon after, one in ten lasts longer than a lease may, and the
    /// others end in the middle of the work.
    async fn run_once(&self, entropy: &Entropy) -> Result<()> {
        let kind = entropy.below(10);
        let mut server = self.place.spawn_server()?;
        if kind >= 3 {
            listening(self.ports.server).await?;
        }
        let longest = match kind {
            0..=2 => 100,
            3..=8 => 1_000,
            _ => 6_000,
        };
        server.live_for(Duration::from_millis(entropy.below(longest).into())).await?;
        server.kill().await
    }
}
