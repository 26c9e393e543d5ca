//! The lives of the server: each is ended with SIGKILL at a moment that is drawn.

use std::time::Duration;

use accountcreator::domain::Entropy;
use anyhow::Result;

use crate::{
    rig::{
        place::{Place, Ports, listening},
        tenant::Tenant,
    },
    students::Stream,
    weather,
};

/// Who is killed, and who comes to see it.
pub struct Scene<'a> {
    pub place: &'a Place,
    pub ports: Ports,
    pub tenant: &'a Tenant,
    pub stream: &'a Stream,
    pub students: u32,
}

impl Scene<'_> {
    /// Starts the server and kills it, so many times, in changing weather. The students come evenly over all
    /// its lives.
    pub async fn kill_again_and_again(&self, kills: u32, entropy: &Entropy) -> Result<()> {
        for life in 0..kills {
            let due = |life: u32| u64::from(self.students) * u64::from(life) / u64::from(kills);
            self.stream.admit(u32::try_from(due(life + 1) - due(life))?);
            let weather = if entropy.below(2) == 0 { weather::stormy() } else { weather::breezy() };
            self.tenant.set_faults(&weather).await?;
            self.live_and_die(entropy).await?;
        }
        Ok(())
    }

    /// Three in ten lives end before they have well begun, one in ten lasts longer than a lease may, and the
    /// others end in the middle of the work.
    async fn live_and_die(&self, entropy: &Entropy) -> Result<()> {
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
