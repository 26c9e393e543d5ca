//! Debian's Chromium and its driver.

use anyhow::Result;
use tempfile::TempDir;
use thirtyfour::{ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};

use crate::{
    rig::{
        place::{free_port, listening},
        process::Process,
    },
    tools::{CHROMEDRIVER, CHROMIUM},
};

/// The driver, which opens browsers.
pub struct Chromium {
    address: String,
    _driver: Process,
    folder: TempDir,
}

/// What Chromium needs to run for any user, alone with our servers: every other host is unknown to it.
const ARGUMENTS: [&str; 13] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    // It ends when the driver does, however that ends.
    "--remote-debugging-pipe",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

impl Chromium {
    /// Starts the driver.
    pub async fn start() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("accountcreator-").tempdir()?;
        let listens = free_port()?;
        let port = format!("--port={}", listens.port());
        let driver = Process::start("chromedriver", folder.path(), CHROMEDRIVER.as_ref(), &[&port])?;
        listening(listens).await?;
        Ok(Self { address: format!("http://{listens}"), _driver: driver, folder })
    }

    /// Opens a browser that knows nothing yet. It must be quit.
    pub async fn open(&self) -> Result<WebDriver> {
        let mut wishes = DesiredCapabilities::chrome();
        wishes.set_binary(CHROMIUM)?;
        for argument in ARGUMENTS {
            wishes.add_arg(argument)?;
        }
        let profile = tempfile::Builder::new().prefix("profile-").tempdir_in(&self.folder)?.keep();
        wishes.add_arg(&format!("--user-data-dir={}", profile.display()))?;
        wishes.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        Ok(WebDriver::new(&self.address, wishes).await?)
    }
}
