//! A visitor: types, presses, waits, and looks at what comes.

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use thirtyfour::{Key, WebElement};

use crate::{
    look, pseudo,
    rig::wait::until,
    setting::Setting,
    stage::{PATIENCE, Server, Stage},
    student::Student,
    tab::Tab,
    wording::Wording,
};

/// The button of the form.
pub const SUBMIT: &str = "#signup button[type=submit]";

/// Somebody at a browser.
pub struct Visitor<'a> {
    pub tab: &'a Tab,
    pub stage: &'a Stage,
    pub server: &'a Server,
    pub setting: Setting,
    pub wording: &'a Wording,
    /// axe-core.
    pub axe: &'a str,
    /// The name of the walk.
    pub walk: &'static str,
    /// What was found on the way; it does not end the walk.
    pub faults: Vec<String>,
}

/// Where the focus is.
#[derive(Debug, Deserialize)]
pub struct Focus {
    /// The element's id, or its name and classes.
    pub at: String,
    /// The name of the element.
    pub kind: String,
    /// Whether it can be seen.
    pub shown: bool,
    /// Whether it can be seen that the focus is there.
    pub marked: bool,
}

impl Visitor<'_> {
    /// Opens an address, whole or below the language.
    pub async fn open(&self, address: &str) -> Result<()> {
        let whole = match address.starts_with("http") {
            true => address.to_owned(),
            false => format!("{}/{}{address}", self.server.home, self.setting.language),
        };
        Ok(self.tab.driver.goto(whole).await?)
    }

    /// Looks at the page as it is.
    pub async fn look(&mut self, state: &str) -> Result<()> {
        self.examine(state, None).await
    }

    /// Looks at a page that came with an error status, as it should.
    pub async fn look_refused(&mut self, state: &str, status: u16) -> Result<()> {
        self.examine(state, Some(status)).await
    }

    async fn examine(&mut self, state: &str, refusal: Option<u16>) -> Result<()> {
        let Setting { language, device, .. } = self.setting;
        let picture = format!("{}-{state}-{language}-{device}", self.walk);
        let mut faults = look::console(self.tab, refusal).await?;
        let seen = look::look(self.tab, self.setting, self.axe, &picture).await;
        faults.extend(seen.with_context(|| format!("on {state}"))?);
        self.faults.extend(faults.into_iter().map(|fault| format!("{state}: {fault}")));
        // Looking has ended what a page without scripts does by itself.
        if self.has("meta[http-equiv=refresh]").await? {
            self.reload().await?;
        }
        Ok(())
    }

    /// What the console was told since the last look.
    pub async fn listen(&mut self) -> Result<()> {
        let faults = look::console(self.tab, None).await?;
        self.faults.extend(faults);
        Ok(())
    }

    pub async fn reload(&self) -> Result<()> {
        Ok(self.tab.driver.refresh().await?)
    }

    pub async fn find(&self, selector: &str) -> Result<WebElement> {
        self.tab.find(selector).await
    }

    pub async fn has(&self, selector: &str) -> Result<bool> {
        self.tab.ask_about("return document.querySelector(arguments[0]) !== null", &selector).await
    }

    pub async fn press(&self, selector: &str) -> Result<()> {
        let pressed = self.find(selector).await?.click().await;
        pressed.with_context(|| format!("`{selector}` cannot be pressed"))
    }

    /// Types into a field, in place of what is in it.
    pub async fn write(&self, field: &str, text: &str) -> Result<()> {
        let field = self.find(&format!("#{field}")).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Fills in the form.
    pub async fn fill_in(&self, student: &Student) -> Result<()> {
        self.write("email", &student.email).await?;
        self.write("first_name", student.first_name).await?;
        self.write("last_name", student.last_name).await?;
        if self.setting.script {
            self.wait_for_preview().await?;
        }
        for consent in ["#consent_microsoft", "#consent_terms"] {
            if !self.find(consent).await?.is_selected().await? {
                self.press(consent).await?;
            }
        }
        Ok(())
    }

    /// The browser's own checks of the form are left out, as by a browser that has none.
    pub async fn skip_native_checks(&self) -> Result<()> {
        self.tab.ask("document.getElementById('signup').noValidate = true").await
    }

    /// Signs up.
    pub async fn sign_up(&self, student: &Student) -> Result<()> {
        self.open("").await?;
        self.fill_in(student).await?;
        self.press(SUBMIT).await
    }

    pub async fn address(&self) -> Result<String> {
        Ok(self.tab.driver.current_url().await?.into())
    }

    /// Waits until the browser is there: a press returns before what it leads to is open.
    pub async fn wait_for_address(&self, address: &str) -> Result<()> {
        let there = || async { (self.address().await.ok()? == address).then_some(()) };
        until("the browser is where the press leads", PATIENCE, there).await
    }

    /// Waits until an expression has this value.
    pub async fn wait_until(&self, what: &str, expression: &str, value: &str) -> Result<()> {
        let script = format!("return {expression}");
        let so = || async { (self.tab.ask::<String>(&script).await.ok()? == value).then_some(()) };
        until(what, PATIENCE, so).await
    }

    /// Where the focus is.
    pub async fn focus(&self) -> Result<Focus> {
        self.tab.ask(include_str!("scripts/focus.js")).await
    }

    /// An error unless the focus is there.
    pub async fn expect_focus(&self, at: &str) -> Result<()> {
        let there = || async { (self.focus().await.ok()?.at == at).then_some(()) };
        if until("the focus is there", PATIENCE, there).await.is_err() {
            bail!("the focus is at `{}`, not at `{at}`", self.focus().await?.at);
        }
        Ok(())
    }

    /// Presses a key wherever the focus is.
    pub async fn strike(&self, key: Key) -> Result<()> {
        let keys = self.tab.driver.action_chain().send_keys(key);
        Ok(keys.perform().await?)
    }

    /// Waits for the headline of this text.
    pub async fn wait_for_heading(&self, id: &str) -> Result<()> {
        self.wait_for_text("main h1", id).await
    }

    /// Waits until an element says this text.
    pub async fn wait_for_text(&self, selector: &str, id: &str) -> Result<()> {
        let wanted = self.wording.text(id)?;
        let arrived = until(id, PATIENCE, || async {
            let said: Vec<String> = self.texts(selector).await.ok()?;
            said.iter().any(|text| text == wanted).then_some(())
        });
        match arrived.await {
            Ok(()) => Ok(()),
            Err(error) => bail!("{error}; {selector} says {:?}", self.texts(selector).await?),
        }
    }

    /// Waits until the username that will come of the names is shown.
    pub async fn wait_for_preview(&self) -> Result<()> {
        let shown = "const { textContent, dataset } = document.getElementById('preview');
            return textContent !== dataset.blank";
        until("a username is shown", PATIENCE, || async {
            self.tab.ask::<bool>(shown).await.ok()?.then_some(())
        })
        .await
    }

    /// What the elements of a selector say.
    pub async fn texts(&self, selector: &str) -> Result<Vec<String>> {
        let script =
            "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent.trim())";
        self.tab.ask_about(script, &selector).await
    }

    /// An error unless the title says first that something is wrong.
    pub async fn expect_error_title(&self) -> Result<()> {
        let title = self.tab.driver.title().await?;
        let prefixes = self.texts(".fault b").await?;
        let Some(prefix) = prefixes.first() else { bail!("no field says what is wrong with it") };
        // In the language made for tests the whole text has a bracket at its end, not the prefix.
        let prefix = prefix.trim_end_matches(pseudo::CLOSE);
        ensure!(title.starts_with(prefix), "the title is {title:?} and starts not with {prefix:?}");
        Ok(())
    }

    /// Follows a signup to its end. Without scripts a page that waits for long looks rarely by itself.
    pub async fn follow(&self, student: &Student, mails: usize) -> Result<()> {
        self.stage.mail(student, mails).await?;
        if !self.setting.script {
            self.reload().await?;
        }
        self.wait_for_heading("status-title-done").await?;
        let account = self.stage.only_account(student, mails).await?;
        let page = self.texts("main").await?.concat();
        ensure!(page.contains(&account.user_principal_name), "the page does not tell the username");
        Ok(())
    }
}
