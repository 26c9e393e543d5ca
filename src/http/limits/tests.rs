#![allow(clippy::unwrap_used)]

use super::*;
use crate::http::{
    client::{Peer, tests::client},
    state::Lang,
    testing::{Answer, Browser, House, STUDENT},
};

/// A site with the limit `key` as given and no other.
async fn limited(key: &str, limit: &str) -> House {
    House::limited(&format!("{key} = \"{limit}\"")).await
}

#[test]
fn waiting_is_told_in_whole_seconds_and_minutes() {
    let wait = |millis| TooMany { limit: Limit::PagesPerNetwork, wait: Duration::from_millis(millis) };
    let told = |millis| (wait(millis).seconds(), wait(millis).minutes());
    assert_eq!(told(1), (1, 1));
    assert_eq!(told(0), (1, 1));
    assert_eq!(told(59_001), (60, 1));
    assert_eq!(told(60_001), (61, 2));
    assert_eq!(told(600_000), (600, 10));
}

#[tokio::test]
async fn each_network_has_its_own_submissions() {
    let house = limited("submissions_per_network", "2/1h").await;
    let limits = &house.site.rate_limits;
    let one = |peer: &str| limits.submission(client(peer));
    assert!(one("2001:db8:1:2::1").is_ok() && one("2001:db8:1:2::2").is_ok());
    let refused = one("2001:db8:1:2:3::4").unwrap_err();
    assert_eq!((refused.limit, refused.seconds()), (Limit::SubmissionsPerNetwork, 1800));
    assert!(one("2001:db8:1:3::1").is_ok() && one("192.0.2.1").is_ok());
    assert!(limits.submission(Client(None)).is_ok(), "without a connection there is no network");
}

#[tokio::test]
async fn beyond_the_total_submissions_are_slowed_and_none_is_refused() {
    let limits = "submissions_per_network = \"1/1h\"\nsubmissions_in_total = \"2/1h\"\nnetwork_share = 100";
    let house = House::limited(limits).await;
    let one = |peer: &str| house.site.rate_limits.submission(client(peer)).map(|admitted| admitted.slowed);
    assert_eq!(one("192.0.2.1"), Ok(false));
    for _ in 2..20 {
        let refused = one("192.0.2.1").unwrap_err();
        assert_eq!(refused.limit, Limit::SubmissionsPerNetwork, "it takes nothing from the total");
    }
    assert_eq!(one("198.51.100.2"), Ok(false));
    for network in 1..20 {
        assert_eq!(one(&format!("203.0.{network}.1")), Ok(true));
    }
    house.site.clock.advance(Duration::from_mins(30));
    assert_eq!(one("203.0.113.4"), Ok(false), "what is slowed takes nothing from the total");
}

#[tokio::test]
async fn one_network_is_slowed_before_it_uses_up_the_total() {
    let house = House::limited("submissions_in_total = \"100/1h\"").await;
    let unslowed = |peer: &dyn Fn(u32) -> String, count| {
        let slowed = |at| house.site.rate_limits.submission(client(&peer(at))).unwrap().slowed;
        (0..count).map(slowed).filter(|slowed| !slowed).count()
    };
    assert_eq!(unslowed(&|_| "2001:db8:1:101::1".to_owned(), 200), 10, "a /64 has one share");
    assert_eq!(unslowed(&|at| format!("2001:db8:1:1{:02x}::1", at % 256), 300), 10, "its /56 has two");
    assert_eq!(unslowed(&|at| format!("2001:db8:1:{at:x}::1"), 4096), 20, "its /48 has four");
    assert_eq!(unslowed(&|at| format!("192.0.2.{}", at % 256), 300), 40, "and so has a /24");
    assert_eq!(unslowed(&|at| format!("198.51.{at}.1"), 5), 5, "others are not slowed yet");
    let limits = &house.site.rate_limits;
    assert!(limits.is_proof_advised(client("203.0.113.1")), "but had better bring a proof");
}

fn assert_refused(answer: &Answer, browser: &Browser, lang: Lang, seconds: &str) {
    answer.assert_sound(&browser.web, lang);
    assert_eq!((answer.status, answer.header("retry-after").as_str()), (429, seconds));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_form_too_many_comes_back_with_what_was_typed() {
    let mut browser = Browser::at(limited("submissions_per_network", "1/50m").await);
    browser.coming_from(Peer::Ip("192.0.2.1".parse().unwrap()));
    assert_eq!(browser.sign_up(&[]).await.status, 303);
    let token = browser.get("/en").await.attribute("input[name=form]", "value");
    let answer = browser.sign_up(&[("form", &token), ("first_name", "Augusta")]).await;
    assert_refused(&answer, &browser, Lang(0), "3000");
    assert!(answer.one("title").starts_with("Error: "));
    assert!(answer.one(".summary p").contains("in 50 minutes"), "{}", answer.one(".summary p"));
    assert_eq!(answer.attribute("#email", "value"), STUDENT);
    assert_eq!(answer.attribute("#first_name", "value"), "Augusta");
    assert_eq!(answer.all("input[type=checkbox][checked]").len(), 2);
    assert_eq!(answer.attribute("input[name=form]", "value"), token);
    browser.house.site.clock.advance(Duration::from_mins(50));
    assert_eq!(browser.sign_up(&[("form", &token)]).await.status, 303);
}

#[tokio::test]
async fn the_answer_is_the_same_whether_there_is_an_account_or_not() {
    let house = House::limited("submissions_per_network = \"1/1h\"").await;
    let mut browser = Browser::at(house);
    browser.coming_from(Peer::Ip("192.0.2.1".parse().unwrap()));
    let token = browser.get("/en").await.attribute("input[name=form]", "value");
    let fresh = "st999999@example.edu";
    assert_eq!(browser.sign_up(&[]).await.status, 303);
    let mut told = Vec::new();
    for email in [STUDENT, fresh] {
        let answer = browser.sign_up(&[("form", &token), ("email", email)]).await;
        assert_eq!((answer.status, answer.header("retry-after").as_str()), (429, "3600"));
        told.push(answer.text.replace(&format!("value=\"{email}\""), "…"));
    }
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn a_form_with_faults_costs_nothing() {
    let mut browser = Browser::at(limited("submissions_per_network", "1/1h").await);
    browser.coming_from(Peer::Ip("192.0.2.1".parse().unwrap()));
    for _ in 0..5 {
        assert_eq!(browser.sign_up(&[("last_name", "")]).await.status, 422);
    }
    assert_eq!(browser.sign_up(&[]).await.status, 303);
}

#[tokio::test]
async fn every_language_says_when_to_try_again() {
    let mut browser = Browser::at(limited("pages_per_network", "1/2h").await);
    browser.coming_from(Peer::Ip("192.0.2.1".parse().unwrap()));
    assert_eq!(browser.get("/en").await.status, 200);
    for lang in browser.web.langs().collect::<Vec<_>>() {
        let address = format!("/{}", browser.web.tag(lang));
        let answer = browser.get(&address).await;
        assert_refused(&answer, &browser, lang, "7200");
        assert!(answer.one("p.lead").contains("120"), "{}", answer.one("p.lead"));
    }
    for free in ["/livez", "/readyz", browser.web.site.assets.address("style.css").to_owned().as_str()] {
        assert_eq!(browser.get(free).await.status, 200, "{free}");
    }
    assert_eq!(browser.get("/nowhere").await.status, 429);
    browser.coming_from(Peer::Ip("192.0.2.2".parse().unwrap()));
    assert_eq!(browser.get("/en").await.status, 200);
}

#[tokio::test]
async fn codes_and_links_have_a_limit_of_their_own() {
    let mut browser = Browser::at(limited("codes_per_network", "3/3m").await);
    browser.coming_from(Peer::Ip("192.0.2.1".parse().unwrap()));
    let unknown = "A".repeat(43);
    let page = format!("/de/signups/{unknown}");
    assert_eq!(browser.post(&format!("{page}/code"), &[("code", "123456")]).await.status, 404);
    assert_eq!(browser.post(&format!("{page}/code/again"), &[]).await.status, 404);
    assert_eq!(browser.post(&format!("/de/confirm/{unknown}"), &[]).await.status, 410);
    let german = browser.web.langs().find(|lang| browser.web.tag(*lang) == "de").unwrap();
    let link = browser.post(&format!("/de/confirm/{unknown}"), &[]).await;
    assert_refused(&link, &browser, german, "60");
    for rest in ["/code", "/code/again", "/password"] {
        let answer = browser.post(&format!("{page}{rest}"), &[("code", "123456")]).await;
        assert_eq!(answer.status, 404, "there is no page to show it on");
    }
    assert_eq!(browser.get(&page).await.status, 404, "looking is free");
}

#[tokio::test]
async fn who_tries_too_many_codes_stays_on_the_page_of_the_signup() {
    let house = House::limited_and("codes_per_network = \"1/3m\"", "[signup]\nconfirm_email = true").await;
    let mut browser = Browser::at(house);
    browser.coming_from(Peer::Ip("192.0.2.1".parse().unwrap()));
    let page = browser.sign_up(&[]).await.header("location");
    let english = browser.web.langs().find(|lang| browser.web.tag(*lang) == "en").unwrap();
    assert_eq!(browser.post(&format!("{page}/code"), &[("code", "x")]).await.status, 422);
    for rest in ["/code", "/code/again", "/password"] {
        let answer = browser.post(&format!("{page}{rest}"), &[("code", "123456")]).await;
        assert_refused(&answer, &browser, english, "180");
        assert_eq!(answer.one("h1"), "Confirm your address");
        assert!(answer.one(".notice").contains("try again in 3 minutes"), "{}", answer.one(".notice"));
    }
}
