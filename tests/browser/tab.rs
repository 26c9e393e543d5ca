//! A browser's tab: what it shows, and how.

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use thirtyfour::{By, WebDriver, WebElement};

use crate::setting::View;

/// A tab, by WebDriver and, for what WebDriver does not know, by the DevTools protocol
/// (<https://chromedevtools.github.io/devtools-protocol/>).
pub struct Tab {
    pub driver: WebDriver,
}

/// The colours that a person prefers.
#[derive(Clone, Copy, Debug)]
pub enum Scheme {
    Light,
    Dark,
}

impl Scheme {
    pub const ALL: [Self; 2] = [Self::Light, Self::Dark];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Tab {
    /// Forgets whoever was here before.
    pub async fn renew(&self) -> Result<()> {
        self.driver.goto("about:blank").await?;
        self.tell("Network.clearBrowserCookies", json!({})).await?;
        self.messages().await.map(drop)
    }

    async fn tell(&self, command: &str, parameters: Value) -> Result<Value> {
        self.driver.cdp().send_raw(command, parameters).await.with_context(|| command.to_owned())
    }

    pub async fn set_view(&self, view: View) -> Result<()> {
        let View { width, height, scale, mobile } = view;
        let size = json!({"width": width, "height": height, "deviceScaleFactor": scale, "mobile": mobile});
        self.tell("Emulation.setDeviceMetricsOverride", size).await.map(drop)
    }

    /// Nothing moves, so that a picture does not depend on its moment.
    pub async fn set_scheme(&self, scheme: Scheme) -> Result<()> {
        let features = json!([
            {"name": "prefers-color-scheme", "value": scheme.name()},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        self.tell("Emulation.setEmulatedMedia", json!({"features": features})).await.map(drop)
    }

    /// Whether scripts run. A page that was read without does not run its own afterwards.
    pub async fn allow_scripts(&self, allowed: bool) -> Result<()> {
        self.tell("Emulation.setScriptExecutionDisabled", json!({"value": !allowed})).await.map(drop)
    }

    /// The page does not load itself again any more.
    pub async fn hold(&self) -> Result<()> {
        self.tell("Page.stopLoading", json!({})).await.map(drop)
    }

    /// The whole page as a PNG.
    pub async fn picture(&self) -> Result<Vec<u8>> {
        let wanted = json!({"format": "png", "captureBeyondViewport": true, "optimizeForSpeed": true});
        let answer = self.tell("Page.captureScreenshot", wanted).await?;
        Ok(STANDARD.decode(answer["data"].as_str().context("a picture is data")?)?)
    }

    /// What the console has been told since it was last read.
    pub async fn messages(&self) -> Result<Vec<String>> {
        Ok(self.driver.browser_log().await?.into_iter().map(|entry| entry.message).collect())
    }

    /// What a script returns.
    pub async fn ask<T: DeserializeOwned>(&self, script: &str) -> Result<T> {
        self.ask_about(script, &()).await
    }

    /// What a script returns that gets one argument. It may be a promise where scripts are allowed.
    pub async fn ask_about<T: DeserializeOwned>(&self, script: &str, about: &impl Serialize) -> Result<T> {
        let answer = self.driver.execute(script, vec![serde_json::to_value(about)?]).await?;
        Ok(answer.convert()?)
    }

    /// The first element of a selector.
    pub async fn find(&self, selector: &str) -> Result<WebElement> {
        let found = self.driver.find(By::Css(selector)).await;
        found.with_context(|| format!("`{selector}` is not there"))
    }
}
