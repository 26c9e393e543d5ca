//! "Wrong address?" on the page of a signup: the form again, with everything that was typed.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::Response,
};

use super::{
    super::{
        client::Client,
        error::Error,
        sender::Sender,
        state::{Lang, Shared},
        visitor::Visitor,
    },
    Capability,
    closed::{Closed, closed},
    draft::Draft,
    form::{FormPage, renew},
    page, see_other,
    status::address,
};
use crate::domain::StatusToken;

/// Shows the form to the browser that has sent this signup. It is the answer to the POST itself, so that neither name
/// nor address is part of a URL. The signup changes only when the form is sent.
pub(in crate::http) async fn correct(
    State(web): State<Shared>,
    lang: Lang,
    Capability(token): Capability<StatusToken>,
    visitor: Visitor,
    client: Client,
    sender: Sender,
) -> Result<Response, Error> {
    if !sender.has_sent(&token, &web.site.key) {
        return Ok(see_other(&address(&web, lang, &token)));
    }
    let Some((email, name, username)) = web.site.signups.to_correct(&token).await? else {
        return Ok(see_other(&address(&web, lang, &token)));
    };
    if let Some(reason) = Closed::now(&web) {
        return closed(&web, lang, reason, StatusCode::OK);
    }
    let draft = Draft {
        email: email.as_str().to_owned(),
        first_name: name.first().to_owned(),
        last_name: name.last().to_owned(),
        username: username.map(|username| username.to_string()).unwrap_or_default(),
        consent_microsoft: true,
        consent_terms: true,
        corrects: true,
        ..Draft::default()
    };
    let (form, cookie) = renew(&web, visitor);
    let mut response =
        page(StatusCode::OK, &FormPage::new(&web, lang, web.asks_for_proof(client), &draft, &form))?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use super::*;
    use crate::http::testing::{Answer, Browser, House, STUDENT};

    const OTHER: &str = "st654321@example.edu";

    async fn waiting_for_its_code() -> (Browser, String) {
        let mut browser = Browser::at(House::with("confirm_email = true").await);
        let address = browser.sign_up(&[("first_name", "Łada")]).await.header("location");
        (browser, address)
    }

    async fn press(browser: &mut Browser, address: &str) -> Answer {
        browser.post(&format!("{address}/correct"), &[]).await
    }

    #[tokio::test]
    async fn the_browser_that_typed_the_address_sees_it_and_no_other_does() {
        let (mut browser, address) = waiting_for_its_code().await;
        let page = browser.get(&address).await;
        page.assert_sound(&browser.web, Lang(0));
        assert_eq!(page.one(".lead"), format!("We have emailed a code to {STUDENT}."));
        assert_eq!(page.attribute("#correct", "action"), format!("{address}/correct"));
        assert_eq!(page.one(".correct button"), "Wrong address?");
        let wrong = browser.post(&format!("{address}/code"), &[("code", "x")]).await;
        assert!(wrong.one(".lead").contains(STUDENT), "after a wrong code, too");

        let seen_elsewhere = |page: &Answer| {
            assert!(!page.text.contains(STUDENT), "{}", page.text);
            assert!(page.one(".lead").contains("s•••@example.edu") && page.all(".correct").is_empty());
        };
        browser.house.site.clock.advance(Duration::from_secs(3601));
        seen_elsewhere(&browser.get(&address).await);
        let second = browser.sign_up(&[("email", OTHER)]).await.header("location");
        assert!(browser.get(&second).await.one(".lead").contains(OTHER));
        seen_elsewhere(&browser.get(&address).await);
        browser.forget_cookies();
        assert!(!browser.get(&second).await.text.contains(OTHER));
        assert_eq!(
            press(&mut browser, &second).await.header("location"),
            second,
            "nothing is told to another"
        );
    }

    #[tokio::test]
    async fn the_form_comes_back_with_everything_and_the_first_request_is_withdrawn() {
        let (mut browser, first) = waiting_for_its_code().await;
        let form = press(&mut browser, &first).await;
        form.assert_sound(&browser.web, Lang(0));
        assert_eq!((form.status, form.header("cache-control").as_str()), (200, "no-store"));
        for (field, value) in [("#email", STUDENT), ("#first_name", "Łada"), ("#last_name", "Lovelace")] {
            assert_eq!(form.attribute(field, "value"), value);
        }
        assert_eq!(form.all("input[type=checkbox][checked]").len(), 2);
        assert!(form.all(".summary").is_empty(), "nothing is wrong with the form");
        assert_eq!(browser.get(&first).await.status, 200, "nothing has changed yet");

        let corrects = [("corrects", "yes"), ("first_name", "Łada")];
        let faulty = browser.submit(&form, &[corrects.as_slice(), &[("email", "st1@")]].concat()).await;
        assert_eq!(faulty.attribute("input[name=corrects]", "value"), "yes");
        let sent = browser.submit(&faulty, &[corrects.as_slice(), &[("email", OTHER)]].concat()).await;
        let second = sent.header("location");
        assert_ne!(first, second);
        assert!(browser.get(&second).await.one(".lead").contains(OTHER));
        assert_eq!(browser.get(&first).await.status, 404, "the first request is no more");
    }

    #[tokio::test]
    async fn the_username_that_was_picked_is_still_picked() {
        let mut browser = Browser::at(House::with("confirm_email = true").await);
        let arabic = [("first_name", "محمد"), ("username", "muhammad.lovelace@students.example.edu")];
        let first = browser.sign_up(&arabic).await.header("location");
        let form = press(&mut browser, &first).await;
        form.assert_sound(&browser.web, Lang(0));
        assert_eq!(form.all("#choices input").len(), 3);
        assert_eq!(form.one("#preview"), "Which username do you want?");
        assert_eq!(form.attribute("#choices [checked]", "value"), "muhammad.lovelace@students.example.edu");
    }

    #[tokio::test]
    async fn a_form_that_corrects_nothing_withdraws_nothing() {
        let (mut browser, first) = waiting_for_its_code().await;
        assert_eq!(browser.sign_up(&[("email", OTHER)]).await.status, 303);
        assert_eq!(browser.get(&first).await.status, 200);
        browser.forget_cookies();
        assert_eq!(browser.sign_up(&[("email", OTHER), ("corrects", "yes")]).await.status, 303);
        assert_eq!(browser.get(&first).await.status, 200, "nobody else's request is withdrawn");
    }

    #[tokio::test]
    async fn what_runs_already_says_what_is_possible_until_the_account_exists() {
        let mut browser = Browser::new().await;
        let first = browser.sign_up(&[]).await.header("location");
        let page = browser.get(&first).await;
        page.assert_sound(&browser.web, Lang(0));
        assert!(page.one(".correct + .hint").contains("write to help@example.edu"));
        assert_eq!(press(&mut browser, &first).await.attribute("#email", "value"), STUDENT);

        let held = browser.house.worker.take().await;
        let held = browser.house.worker.create_user(&held).await;
        let page = browser.get(&first).await;
        assert!(page.one(".lead").contains(STUDENT) && page.all(".correct").is_empty());
        assert_eq!(press(&mut browser, &first).await.header("location"), first);
        let held = browser.house.worker.entitle(&held).await;
        browser.house.worker.deliver(&held).await;
        let sent = browser.sign_up(&[("email", OTHER), ("corrects", "yes")]).await;
        assert_eq!(sent.status, 303);
        assert_eq!(browser.get(&first).await.status, 200, "an account stays");
    }
}
