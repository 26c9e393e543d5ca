//! The delay before a retry.

use std::time::Duration;

use crate::domain::Entropy;

/// Exponential backoff with jitter: between half of and the whole of `base × 2^(attempt - 1)`, at most `max`.
pub(crate) fn delay(attempt: u32, base: Duration, max: Duration, entropy: &Entropy) -> Duration {
    let doublings = attempt.saturating_sub(1).min(20);
    let full = base.saturating_mul(1 << doublings).min(max);
    full.mul_f64(0.5 + entropy.fraction() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_with_jitter_up_to_the_limit() {
        let entropy = Entropy::seeded(1);
        let (base, max) = (Duration::from_millis(500), Duration::from_secs(300));
        for attempt in 0..64 {
            let full = base.saturating_mul(1 << (attempt.clamp(1, 20) - 1)).min(max);
            let waited = delay(attempt, base, max, &entropy);
            assert!(waited >= full / 2 && waited <= full, "attempt {attempt} waits {waited:?}");
        }
        let draws: Vec<_> = (0..8).map(|_| delay(5, base, max, &entropy)).collect();
        assert!(draws.windows(2).any(|pair| pair[0] != pair[1]), "without jitter all retries come at once");
    }
}
