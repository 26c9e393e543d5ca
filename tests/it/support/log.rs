//! What the service logs, kept for a look.

use std::{
    io,
    sync::{Arc, LazyLock, Mutex},
};

use tracing::{Dispatch, subscriber::DefaultGuard};
use tracing_subscriber::EnvFilter;

/// All that is logged on this thread while it is alive. A test has one thread unless it asks for more.
pub struct Log {
    lines: Lines,
    _guard: DefaultGuard,
}

/// With one subscriber alone, tracing would ask only the thread that comes by a log line first whether it listens, and
/// believe it for all the others.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(tracing_subscriber::registry()));

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Our own crate to the last detail, the others as they are by default.
    pub fn capture() -> Self {
        LazyLock::force(&SECOND);
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new("info,accountcreator=trace"))
            .with_ansi(false)
            .without_time()
            .with_writer(move || writer.clone())
            .finish();
        Self { lines, _guard: tracing::subscriber::set_default(subscriber) }
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.lines.0.lock().unwrap().clone()).unwrap()
    }

    /// None of these stands in any line, in whatever case. Digits alone count as a whole word: request ids
    /// are full of them.
    pub fn assert_without(&self, secrets: &[&str]) {
        let lower = self.text().to_lowercase();
        for secret in secrets {
            assert!(secret.len() >= 3, "{secret} is too short to look for");
            let secret = secret.to_lowercase();
            let digits = secret.bytes().all(|byte| byte.is_ascii_digit());
            let tells = |line: &&str| match digits {
                true => line.split(|c: char| !c.is_alphanumeric()).any(|word| word == secret),
                false => line.contains(&secret),
            };
            assert_eq!(lower.lines().find(tells), None, "{secret} is in the log");
        }
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
