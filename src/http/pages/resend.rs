//! Asking for a new password on the page of a signup that is done.

use axum::{extract::State, response::Response};

use super::{
    super::{
        client::Client,
        error::Error,
        sender::Sender,
        state::{Lang, Shared},
    },
    Capability, see_other,
    status::{address, show_refused},
};
use crate::{domain::StatusToken, signup::PasswordAgain};

/// Has a new password set and mailed. The page it leads to shows the progress and the limits.
pub(in crate::http) async fn send_again(
    State(web): State<Shared>,
    lang: Lang,
    Capability(token): Capability<StatusToken>,
    client: Client,
    sender: Sender,
) -> Result<Response, Error> {
    if let Err(refused) = web.site.rate_limits.code(client) {
        return show_refused(&web, lang, &token, sender, refused).await;
    }
    let address = address(&web, lang, &token);
    match web.site.signups.send_password_again(&token).await? {
        PasswordAgain::TooSoon => Ok(see_other(&format!("{address}?mail=later"))),
        PasswordAgain::OnItsWay | PasswordAgain::NotOffered | PasswordAgain::NotDone => {
            Ok(see_other(&address))
        }
        PasswordAgain::Unknown => Err(Error::NotFound),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use super::*;
    use crate::http::testing::{Answer, Browser};

    const MINUTES: Duration = Duration::from_mins(5);

    /// A signup whose password has been mailed, and its page.
    async fn done() -> (Browser, String) {
        let mut browser = Browser::new().await;
        let address = browser.sign_up(&[]).await.header("location");
        let worker = &browser.house.worker;
        let held = worker.create_user(&worker.take().await).await;
        worker.deliver(&worker.entitle(&held).await).await;
        (browser, address)
    }

    async fn press(browser: &mut Browser, address: &str) -> String {
        browser.post(&format!("{address}/password"), &[]).await.header("location")
    }

    fn states(page: &Answer) -> (String, Vec<String>) {
        (page.one("h1"), page.all(".state"))
    }

    #[tokio::test]
    async fn a_new_password_is_asked_for_and_followed_to_its_mail() {
        let (mut browser, address) = done().await;
        let early = browser.get(&address).await;
        early.assert_sound(&browser.web, Lang(0));
        assert_eq!(early.one("a.button"), "Sign in", "the one thing to do");
        assert_eq!(early.all("main button:not(details button)").len(), 0);
        assert_eq!(early.one("details.reset summary"), "Have a new password sent");
        assert_eq!(early.all("details.reset[open]").len(), 0);
        assert_eq!(early.all(".reset button[disabled]").len(), 1, "the mail may still come");
        assert!(early.all(".again .hint").concat().contains("the next email in 5 minutes"));
        assert_eq!(early.attribute("main", "data-opens-in"), "300");
        assert!(early.text.contains(r#"<noscript><meta http-equiv="refresh" content="300"></noscript>"#));

        browser.house.site.clock.advance(MINUTES);
        let page = browser.get(&address).await;
        assert!(page.all("[disabled], meta[http-equiv], [data-opens-in]").is_empty());
        assert_ne!(early.attribute("main", "data-version"), page.attribute("main", "data-version"));
        assert_eq!(page.attribute(".again", "action"), format!("{address}/password"));
        assert_eq!(page.one(".again button"), "Send a new password");
        assert_eq!(page.one(".again .hint"), "You can ask for it 3 more times, until 21 November 2026.");
        assert!(page.all(".notice").is_empty());

        assert_eq!(press(&mut browser, &address).await, address);
        let page = browser.get(&address).await;
        page.assert_sound(&browser.web, Lang(0));
        let title = "A new password is on its way".to_owned();
        assert_eq!(
            states(&page),
            (title.clone(), vec!["in progress".to_owned(), "still to come".to_owned()])
        );
        assert!(page.all(".again").is_empty(), "not twice at once");
        assert!(!page.attribute("main", "data-live").is_empty());

        let held = browser.house.worker.take().await;
        let held = browser.house.worker.set_password(&held).await;
        let page = browser.get(&address).await;
        assert_eq!(states(&page), (title, vec!["done".to_owned(), "in progress".to_owned()]));
        browser.house.worker.deliver(&held).await;
        let page = browser.get(&address).await;
        assert_eq!(page.one("h1"), "Your account is ready");
        assert!(page.one(".notice").starts_with("You have asked for a new password."));
        assert_eq!(
            page.all(".again .hint"),
            [
                "You can ask for it 2 more times, until 21 November 2026.",
                "You can ask for the next email in 5 minutes."
            ]
        );
    }

    #[tokio::test]
    async fn the_limits_hold_and_are_told() {
        let (mut browser, address) = done().await;
        assert_eq!(press(&mut browser, &address).await, format!("{address}?mail=later"), "it may still come");
        let page = browser.get(&format!("{address}?mail=later")).await;
        assert!(page.one(".notice").starts_with("An email was sent a moment ago"));
        for _ in 0..3 {
            browser.house.site.clock.advance(MINUTES);
            press(&mut browser, &address).await;
            assert_eq!(press(&mut browser, &address).await, address, "already on its way");
            let worker = &browser.house.worker;
            worker.refuse_password(&worker.take().await).await;
        }
        browser.house.site.clock.advance(MINUTES);
        assert_eq!(press(&mut browser, &address).await, address);
        let page = browser.get(&address).await;
        page.assert_sound(&browser.web, Lang(0));
        assert_eq!(page.one("h1"), "Your account is ready", "nothing more is set");
        assert!(page.all(".again").is_empty());
        assert!(page.text.contains("This page cannot send any more passwords."));
    }

    #[tokio::test]
    async fn after_some_days_nobody_can_ask_any_more() {
        let (mut browser, address) = done().await;
        browser.house.site.clock.advance(Duration::from_hours(72));
        assert_eq!(press(&mut browser, &address).await, address);
        let page = browser.get(&address).await;
        assert_eq!(page.one("h1"), "Your account is ready");
        assert!(page.all(".again").is_empty());
        assert!(page.text.contains("Forgot my password"));
        browser.house.site.clock.advance(Duration::from_hours(24 * 30));
        assert_eq!(browser.post(&format!("{address}/password"), &[]).await.status, 404, "the page is over");
        assert_eq!(browser.post("/en/signups/x/password", &[]).await.status, 404);
    }

    #[tokio::test]
    async fn a_signup_on_its_way_needs_no_new_password() {
        let mut browser = Browser::new().await;
        let address = browser.sign_up(&[]).await.header("location");
        assert_eq!(press(&mut browser, &address).await, address);
        assert_eq!(browser.get(&address).await.one("h1"), "Your account is on its way");
        assert_eq!(browser.get(&format!("{address}/password")).await.header("location"), address);
    }

    /// The text of a page, without its address.
    fn anonymous(page: &Answer, address: &str) -> String {
        page.text.replace(address.rsplit('/').next().unwrap(), "TOKEN")
    }

    #[tokio::test]
    async fn a_further_request_for_an_address_has_the_same_pages_whatever_becomes_of_the_first() {
        let (mut browser, first) = done().await;
        browser.forget_cookies();
        let second = browser.sign_up(&[]).await.header("location");
        assert_ne!(first, second);
        let worker = &browser.house.worker;
        worker.settle_duplicate(&worker.take().await).await;
        browser.forget_cookies();
        assert_eq!(
            anonymous(&browser.get(&first).await, &first),
            anonymous(&browser.get(&second).await, &second)
        );
        browser.house.site.clock.advance(MINUTES * 4);
        let live = browser.get(&first).await;
        assert!(!live.attribute("main", "data-live").is_empty(), "the account is read for its page");
        assert_eq!(anonymous(&live, &first), anonymous(&browser.get(&second).await, &second));
        browser.house.site.clock.advance(MINUTES);
        let mut seen = Vec::new();
        for (address, is_first) in [(&first, true), (&second, false)] {
            press(&mut browser, address).await;
            let during = anonymous(&browser.get(address).await, address);
            let held = browser.house.worker.take().await;
            match is_first {
                true => browser.house.worker.refuse_password(&held).await,
                false => browser.house.worker.settle_duplicate(&held).await,
            }
            let pressed_again = press(&mut browser, address).await.replace(address, "");
            seen.push((during, anonymous(&browser.get(address).await, address), pressed_again));
        }
        assert_eq!(seen[0], seen[1]);
    }
}
