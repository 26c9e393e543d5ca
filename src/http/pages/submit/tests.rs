#![allow(clippy::unwrap_used)]

use std::time::Duration;

use super::*;
use crate::{
    audit::TASK,
    domain::ALLOWLIST,
    frames::{Reached, reached_in},
    http::testing::{Browser, House, STUDENT},
};

#[tokio::test]
async fn a_form_without_fault_leads_to_its_signup() {
    let mut browser = Browser::new().await;
    let sent = browser.sign_up(&[]).await;
    assert_eq!(sent.status, 303);
    assert_eq!(sent.header("cache-control"), "no-store");
    let page = browser.get(&sent.header("location")).await;
    assert_eq!((page.status, page.one("h1").as_str()), (200, "Your account is on its way"));
}

/// Own functions from the server to the SQL driver, at most.
const MAX_FRAMES: usize = 6;

/// Checks the functions from a request to its row: the allowlist runs once, and few functions of ours are on the stack
/// at the driver's call, those before the task that writes included.
fn assert_straight(reached: &[Reached]) {
    assert_eq!(reached.iter().filter(|at| at.point == ALLOWLIST).count(), 1, "runs of the allowlist");
    let task = reached.iter().position(|at| at.point == TASK).unwrap();
    let insert = reached.iter().find(|at| at.point.contains("INSERT INTO signup ")).unwrap();
    let (before, insert) = (reached[task].functions(), insert.functions());
    let (spawned, way) = before.split_last().unwrap();
    assert!(spawned.ends_with("::apart"), "{spawned}");
    assert_eq!(way.last(), insert.first(), "the task begins where it was started");
    let way: Vec<_> = way.iter().chain(&insert[1..]).collect();
    assert!((4..=MAX_FRAMES).contains(&way.len()), "{way:#?}");
}

#[tokio::test]
#[cfg_attr(not(debug_assertions), ignore = "optimised builds inline functions")]
async fn few_functions_lie_between_the_server_and_the_row() {
    for confirm in ["confirm_email = false", "confirm_email = true"] {
        let sections = format!("[signup]\n{confirm}\n[api]\nwait = \"0s\"");
        let mut browser = Browser::at(House::limited_and("", &sections).await);
        let form = browser.get("/en").await;
        let reached = reached_in(browser.submit(&form, &[])).await;
        assert_straight(&reached);
        let named = [("email", "st000001@example.edu"), ("firstName", "Ada"), ("lastName", "Lovelace")];
        let mut body: serde_json::Map<_, _> =
            named.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        browser.with("content-type", "application/json");
        let sent = serde_json::to_string(&body).unwrap();
        assert_straight(&reached_in(browser.send("POST", "/api/v1/account_creation", sent)).await);
        body.insert("email".to_owned(), "st000002@example.edu".into());
        body.insert("consent".to_owned(), "1".into());
        let sent = serde_json::to_string(&body).unwrap();
        assert_straight(&reached_in(browser.send("POST", "/api/v2/signups", sent)).await);
    }
}

#[tokio::test]
async fn sent_twice_is_one_request_and_corrected_another() {
    let mut browser = Browser::new().await;
    let form = browser.get("/en").await;
    let token = form.attribute("input[name=form]", "value");
    let mut locations = Vec::new();
    for email in ["st123456@example.edu", "ST123456@example.edu ", "st123457@example.edu"] {
        locations.push(browser.sign_up(&[("form", &token), ("email", email)]).await.header("location"));
    }
    assert_eq!(locations[0], locations[1]);
    assert_ne!(locations[0], locations[2]);
}

#[tokio::test]
async fn faults_are_listed_and_what_was_typed_stays() {
    let mut browser = Browser::new().await;
    let answer = browser
        .sign_up(&[("email", "someone@example.com\u{202e}"), ("last_name", "<b>&\""), ("consent_terms", "")])
        .await;
    answer.assert_sound(&browser.web, Lang(0));
    assert_eq!((answer.status, answer.header("cache-control").as_str()), (422, "no-store"));
    assert!(answer.one("title").starts_with("Error: "));
    assert_eq!(answer.one(".summary h2"), "There are 3 problems");
    assert_eq!(answer.attribute(".summary", "autofocus"), "");
    let links: Vec<_> = answer.all(".summary a");
    assert_eq!(links.len(), 3);
    assert_eq!(answer.attribute(".summary li:nth-child(2) a", "href"), "#last_name");
    assert_eq!(answer.attribute("#email", "value"), "someone@example.com");
    assert_eq!(answer.attribute("#email", "aria-describedby"), "email-hint email-error");
    assert_eq!(answer.attribute("#email", "aria-invalid"), "true");
    assert_eq!(answer.attribute("#first_name", "aria-invalid"), "");
    assert_eq!(answer.attribute("#last_name", "value"), "<b>&\"");
    assert!(answer.one("#consent_terms-error").starts_with("Error: Tick this box"));
    assert_eq!(answer.all("#consent_microsoft[checked]").len(), 1);
    assert_eq!(answer.all("#consent_terms[checked]").len(), 0);
}

#[tokio::test]
async fn an_address_that_no_profile_admits_is_a_fault_of_its_field() {
    let answer = Browser::new().await.sign_up(&[("email", "someone@example.com")]).await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.one(".summary h2"), "There is a problem");
    assert!(answer.one("#email-error").contains("help@example.edu"));
}

#[tokio::test]
async fn a_form_that_is_not_ours_comes_back_renewed() {
    let mut browser = Browser::new().await;
    let stale = browser.get("/en").await.attribute("input[name=form]", "value");
    browser.forget_cookies();
    for token in [stale.as_str(), "", "nonsense"] {
        let answer = browser.sign_up(&[("form", token)]).await;
        assert_eq!(answer.status, 403, "{token:?}");
        answer.assert_sound(&browser.web, Lang(0));
        assert_eq!(answer.attribute("#first_name", "value"), "Ada");
        let fresh = answer.attribute("input[name=form]", "value");
        assert_eq!(browser.sign_up(&[("form", &fresh)]).await.status, 303);
    }
}

#[tokio::test]
async fn without_cookies_the_form_says_so() {
    let mut browser = Browser::new().await;
    let token = browser.get("/en").await.attribute("input[name=form]", "value");
    browser.forget_cookies();
    let answer = browser.post("/en", &[("form", &token), ("email", STUDENT)]).await;
    assert_eq!(answer.status, 403);
    assert!(answer.one(".summary p").contains("cookies"));
    assert!(answer.header("set-cookie").starts_with("__Host-visitor="));
    assert_eq!(answer.attribute("#email", "value"), STUDENT);
}

#[tokio::test]
async fn a_form_that_was_open_for_days_is_renewed() {
    let mut browser = Browser::new().await;
    let token = browser.get("/en").await.attribute("input[name=form]", "value");
    browser.house.site.clock.advance(Duration::from_secs(25 * 60 * 60));
    let answer = browser.sign_up(&[("form", &token)]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.one(".summary p").contains("renewed"));
    let fresh = answer.attribute("input[name=form]", "value");
    assert_eq!(browser.sign_up(&[("form", &fresh)]).await.status, 303);
}

#[tokio::test]
async fn another_site_cannot_send_it() {
    let answer = Browser::new().await.with("sec-fetch-site", "cross-site").sign_up(&[]).await;
    assert_eq!((answer.status, answer.one("h1").as_str()), (403, "This was sent from another page"));
}

#[tokio::test]
async fn a_request_that_is_not_recorded_keeps_form_and_token() {
    let mut browser = Browser::new().await;
    let token = browser.get("/en").await.attribute("input[name=form]", "value");
    browser.house.worker.close_the_store().await;
    let answer = browser.sign_up(&[("form", &token)]).await;
    answer.assert_sound(&browser.web, Lang(0));
    assert_eq!((answer.status, answer.header("retry-after").as_str()), (503, "10"));
    assert!(answer.one(".summary p").starts_with("We could not save your request"));
    assert_eq!(answer.attribute("input[name=form]", "value"), token);
    assert_eq!(answer.attribute("#email", "value"), STUDENT);
    assert_eq!(answer.attribute("#last_name", "value"), "Lovelace");
    assert_eq!(answer.all("input[type=checkbox][checked]").len(), 2);
}

#[tokio::test]
async fn a_name_that_gives_no_username_is_a_fault_of_its_field() {
    let mut browser = Browser::at(House::with(r#"reserved_names = ["ada.lovelace"]"#).await);
    for (first, last, said) in
        [("Ada", "Lovelace", "is reserved"), ("\u{44c}", "\u{44c}", "No username can be made")]
    {
        let answer = browser.sign_up(&[("first_name", first), ("last_name", last)]).await;
        assert_eq!(answer.status, 422);
        assert_eq!(answer.attribute(".summary a", "href"), "#first_name");
        assert!(answer.one("#first_name-error").contains(said), "{}", answer.one("#first_name-error"));
        assert!(answer.one("#first_name-error").contains("help@example.edu"));
    }
}

#[tokio::test]
async fn an_account_is_disclosed_only_where_that_is_wanted() {
    for (disclose, status) in [("false", 303), ("true", 422)] {
        let house = House::with(&format!("disclose_registered = {disclose}")).await;
        let mut browser = Browser::at(house);
        assert_eq!(browser.sign_up(&[]).await.status, 303);
        let again = browser.sign_up(&[("first_name", "Augusta")]).await;
        assert_eq!(again.status, status, "{disclose}");
        if status == 422 {
            assert!(again.one("#email-error").contains("There is an account for this address already"));
            assert_eq!(again.all(".summary a").len(), 1);
        }
    }
}

#[tokio::test]
async fn no_input_breaks_it() {
    let long = "x".repeat(10_000);
    let mail = format!("{long}@example.edu");
    let hostile: &[(&str, &str)] = &[
        ("email", &mail),
        ("email", "st123456@example.edu\r\nBcc: all@example.edu"),
        ("email", "\0"),
        ("email", "<script>alert(1)</script>@example.edu"),
        ("first_name", &long),
        ("first_name", "a\0b"),
        ("first_name", "gnp\u{202e}.exe"),
        ("first_name", "\u{1F600}"),
        ("last_name", "\u{1F600}\u{1F600}"),
        ("last_name", "a\nb"),
        ("last_name", "\u{FFFD}"),
        ("consent_terms", "no"),
    ];
    let mut browser = Browser::new().await;
    for (name, value) in hostile {
        let answer = browser.sign_up(&[(name, value)]).await;
        answer.assert_sound(&browser.web, Lang(0));
        assert_eq!(answer.status, 422, "{name}={value:.40}");
        assert_eq!(answer.all(".summary a").len(), 1, "{name}={value:.40}");
    }
}

#[tokio::test]
async fn no_body_breaks_it() {
    let mut browser = Browser::new().await;
    let token = browser.get("/en").await.attribute("input[name=form]", "value");
    let form = |rest: &str| format!("form={token}&{rest}").into_bytes();
    for (body, status) in [
        (Vec::new(), 403),
        (form(""), 422),
        (form("email=%FF%FE%00&first_name=%C3%28&last_name=\u{fffd}"), 422),
        ([form("email=").as_slice(), &[0xFF, 0x00, 0xC0]].concat(), 422),
        (form("email=a&email=b"), 400),
        (form(&format!("email={}", "x".repeat(70_000))), 413),
        (vec![b'x'; 10 * 1024 * 1024], 413),
        (b"&&&===;;;%%%".to_vec(), 403),
    ] {
        let answer = browser.send("POST", "/en", body).await;
        answer.assert_sound(&browser.web, Lang(0));
        assert_eq!(answer.status, status, "{}", answer.one("h1"));
    }
    for kind in ["application/json", "multipart/form-data; boundary=x", "", "text/plain"] {
        let answer = browser.with("content-type", kind).send("POST", "/de", "x").await;
        assert_eq!(answer.status, 415, "{kind}");
        assert_eq!(answer.attribute("html", "lang"), "de");
    }
}

#[tokio::test]
async fn a_form_sent_too_fast_comes_back_and_is_taken_a_moment_later() {
    let mut browser = Browser::at(House::guarded("", "min_time = \"2s\"").await);
    let clock = browser.house.site.clock.clone();
    let token = browser.get("/en").await.attribute("input[name=form]", "value");
    clock.advance(Duration::from_millis(1_900));
    let wrong = browser.sign_up(&[("form", &token), ("first_name", "")]).await;
    assert_eq!(wrong.all(".summary a").len(), 1, "faults are told first");

    let answer = browser.sign_up(&[("form", &token)]).await;
    answer.assert_sound(&browser.web, Lang(0));
    assert_eq!(answer.status, 422);
    assert!(answer.one(".summary p").starts_with("That was very fast"), "{}", answer.one(".summary p"));
    assert!(answer.all(".summary a").is_empty());
    assert_eq!(answer.attribute("#email", "value"), STUDENT);
    assert_eq!(answer.attribute("input[name=form]", "value"), token, "it counts from the first showing");
    browser.house.worker.has_nothing_to_do().await;

    clock.advance(Duration::from_millis(100));
    assert_eq!(browser.sign_up(&[("form", &token)]).await.status, 303);
}

#[tokio::test]
async fn a_hidden_field_that_was_filled_in_is_taken_away() {
    let mut browser = Browser::new().await;
    let form = browser.get("/en").await;
    assert_eq!(form.attribute("#website", "tabindex"), "-1");
    assert_eq!(form.attribute("#website", "autocomplete"), "off");
    assert_eq!(form.all("[aria-hidden=true] #website").len(), 1);

    let answer = browser.sign_up(&[("website", "https://spam.example")]).await;
    answer.assert_sound(&browser.web, Lang(0));
    assert_eq!(answer.status, 422);
    assert!(answer.one(".summary p").starts_with("A field that people do not see"));
    assert!(answer.all("#website").is_empty(), "a browser that filled it in cannot do so again");
    assert!(!answer.text.contains("spam"));
    browser.house.worker.has_nothing_to_do().await;

    let token = answer.attribute("input[name=form]", "value");
    assert_eq!(browser.sign_up(&[("form", &token)]).await.status, 303, "a person gets on");
}

/// The headline of the page that a form with this proof leads to.
async fn headline(browser: &mut Browser, token: &str, proof: &str) -> String {
    let sent = browser.sign_up(&[("form", token), ("altcha", proof)]).await;
    assert_eq!(sent.status, 303);
    browser.get(&sent.header("location")).await.one("h1")
}

#[tokio::test]
async fn without_proof_of_work_the_address_is_confirmed_first() {
    let bots = "min_time = \"0s\"\nproof_of_work = true\nproof_cost = 200";
    let mut browser = Browser::at(House::guarded("", bots).await);
    for kind in ["none", "forged", "right"] {
        let form = browser.get("/en").await;
        form.assert_sound(&browser.web, Lang(0));
        let token = form.attribute("input[name=form]", "value");
        assert!(form.one("noscript").contains("JavaScript"));
        let address = form.attribute("input[name=altcha]", "data-challenge");
        let challenge = browser.post(&address, &[("form", &token), ("email", STUDENT)]).await;
        assert_eq!((challenge.status, challenge.header("cache-control").as_str()), (200, "no-store"));
        let right = proof::solve(&serde_json::from_str(&challenge.text).unwrap());
        let (proof, expected) = match kind {
            "none" => (String::new(), "Confirm your address"),
            "forged" => (right.to_ascii_lowercase(), "Confirm your address"),
            _ => (right, "Your account is on its way"),
        };
        assert_eq!(headline(&mut browser, &token, &proof).await, expected, "{kind}");
        assert_eq!(headline(&mut browser, &token, "").await, expected, "sent again it is the same request");
    }
}

#[tokio::test]
async fn nobody_is_asked_for_work_in_vain() {
    let on = "proof_of_work = true";
    for (signup, bots) in [("", "proof_of_work = false"), ("confirm_email = true", on)] {
        let mut browser = Browser::at(House::guarded(signup, bots).await);
        assert!(browser.get("/en").await.all("input[name=altcha], noscript").is_empty());
        let challenge = browser.post("/challenge", &[("form", "x"), ("email", STUDENT)]).await;
        assert_eq!(challenge.status, 404);
    }
    let mut browser = Browser::at(House::guarded("", on).await);
    assert_eq!(browser.post("/challenge", &[("form", "x"), ("email", "x")]).await.status, 400);
    let foreign = browser.with("sec-fetch-site", "cross-site").post("/challenge", &[]).await;
    assert_eq!(foreign.status, 403);
}
