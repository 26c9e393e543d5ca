#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use scraper::{Html, Selector};

use super::*;
use crate::http::{
    SEEN_AT,
    testing::{Answer, Browser, House},
};

const TRUSTED: &str = "trusted_proxies = [\"10.0.0.1\"]";

fn peer(address: &str) -> Peer {
    Peer::Ip(address.parse().unwrap())
}

async fn behind(server: &str) -> Browser {
    let mut browser = Browser::at(House::behind(server).await);
    browser.coming_from(peer("10.0.0.1"));
    browser
}

/// All addresses that a page has for browsers and scripts, but for those of other sites.
fn addresses(page: &Answer) -> BTreeSet<String> {
    let names = ["href", "src", "action", "formaction", "data-preview", "data-live", "data-challenge"];
    let html = Html::parse_document(&page.text);
    let any = Selector::parse("*").unwrap();
    let all = html.select(&any).flat_map(|element| names.iter().filter_map(move |name| element.attr(name)));
    let ours = all.filter(|address| !address.starts_with('#') && !address.starts_with("mailto:"));
    ours.filter(|address| !address.starts_with("https://login.")).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_address_of_every_page_is_below_the_base_path() {
    let settings = "base_path = \"/signup\"";
    for style in ["", "/signup"] {
        let mut browser = behind(settings).await;
        let form = browser.get(&format!("{style}/en")).await;
        assert_eq!(form.status, 200, "{style}");
        let status = browser.sign_up(&[]).await.header("location");
        let pages = [
            form,
            browser.sign_up(&[("email", "")]).await,
            browser.get(&status.replacen("/signup", style, 1)).await,
            browser.get(&format!("{style}/nowhere")).await,
            browser.get(&format!("{style}/en/nowhere")).await,
        ];
        for page in &pages {
            let addresses = addresses(page);
            assert!(addresses.len() > 10, "{addresses:?}");
            for address in addresses {
                assert!(address.starts_with("/signup/"), "{address} in {}", page.text);
            }
        }
        for address in addresses(&pages[0]).iter().filter(|address| address.contains("/static/")) {
            assert_eq!(browser.get(&address.replacen("/signup", style, 1)).await.status, 200, "{address}");
        }
        assert_eq!(browser.get(&format!("{style}/")).await.header("location"), "/signup/en");
        assert_eq!(browser.get(&format!("{style}/de/")).await.header("location"), "/signup/de");
        assert_eq!(browser.get(&format!("{style}/de?language")).await.header("location"), "/signup/de");
        let cookie = browser.get("/de").await.header("set-cookie");
        assert_eq!(browser.get(&format!("{style}/de")).await.header("set-cookie"), cookie);
        for probe in ["/livez", "/readyz"] {
            assert_eq!(browser.get(&format!("{style}{probe}")).await.status, 200);
        }
    }
    let mut browser = behind(settings).await;
    assert_eq!(browser.get("/signup").await.header("location"), "/signup/en");
    assert!(
        browser.get("/en").await.header("set-cookie").starts_with("visitor="),
        "its path is that of the host"
    );
    assert_eq!(browser.get("/signups/en").await.status, 404);
    assert_eq!(browser.get("/signup//evil.example/..").await.status, 404);
}

#[tokio::test]
async fn a_base_path_may_look_like_a_path_of_ours() {
    let mut browser = behind("base_path = \"/en\"").await;
    for form in ["/en/en", "/en/de", "/de", "/en"] {
        assert_eq!(browser.get(form).await.attribute("form", "id"), "signup", "{form}");
    }
    assert_eq!(browser.get("/").await.header("location"), "/en/en");
    let status = browser.sign_up(&[]).await.header("location");
    assert!(status.starts_with("/en/en/signups/"), "{status}");
    assert_eq!(browser.get(&status).await.status, 200);
    assert_eq!(browser.get(&status[3..]).await.status, 200);
}

#[tokio::test]
async fn a_trusted_proxy_may_tell_the_prefix() {
    let mut browser = behind(TRUSTED).await;
    let told = async |browser: &mut Browser, prefix: &str| {
        browser.with("x-forwarded-prefix", prefix).get("/").await.header("location")
    };
    for prefix in ["/signup", "/a/b", "/signup/"] {
        let expected = format!("{}/en", prefix.trim_end_matches('/'));
        assert_eq!(told(&mut browser, prefix).await, expected);
        assert_eq!(browser.get(&expected).await.status, 200, "kept or stripped");
    }
    for unfit in ["//evil.example", "/..", "https://evil.example", "/a b", "/\"><script>", "/", ""] {
        assert_eq!(told(&mut browser, unfit).await, "/en", "{unfit}");
    }
    for number in 0..MAX_NAMED * 2 {
        assert_eq!(told(&mut browser, &format!("/{number}")).await, format!("/{number}/en"));
    }
    assert_eq!(told(&mut browser, "/signup").await, "/signup/en", "what others make up takes nothing away");
    browser.coming_from(peer("192.0.2.1"));
    assert_eq!(told(&mut browser, "/signup").await, "/en", "nobody else may");
}

#[tokio::test]
async fn what_is_configured_goes_before_what_a_proxy_tells() {
    for (server, location, secure) in [
        ("base_path = \"/signup\"", "/signup/en", true),
        ("public_url = \"https://a.example\"", "/en", true),
        ("public_url = \"http://a.example/x\"", "/x/en", false),
    ] {
        let mut browser = behind(&format!("{server}\n{TRUSTED}")).await;
        browser.with("x-forwarded-prefix", "/other").with("x-forwarded-proto", "https");
        assert_eq!(browser.get("/").await.header("location"), location);
        let answer = browser.get("/en").await;
        assert_eq!(!answer.header("strict-transport-security").is_empty(), secure, "{server}");
    }
}

#[tokio::test]
async fn hsts_can_be_switched_off_for_a_shared_host() {
    for (hsts, sent) in [("", true), ("hsts = true", true), ("hsts = false", false)] {
        let mut browser = behind(&format!("{hsts}\npublic_url = \"https://www.example.edu/signup\"")).await;
        for address in ["/signup/en", "/signup/nowhere", "/signup/api/openapi.json", "/livez"] {
            let answer = browser.get(address).await;
            assert_eq!(!answer.header("strict-transport-security").is_empty(), sent, "{hsts} {address}");
            assert!(!answer.header("x-content-type-options").is_empty(), "the others stay");
        }
    }
}

#[tokio::test]
async fn https_at_a_trusted_proxy_makes_cookies_safe() {
    let mut browser = behind(TRUSTED).await;
    browser.with("x-forwarded-proto", "https");
    let answer = browser.get("/en?language").await;
    assert!(answer.header("set-cookie").starts_with("__Host-language=en; Path=/; "), "the switcher's");
    let answer = browser.get("/de").await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-visitor=") && cookie.ends_with("; Secure"), "{cookie}");
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
    assert_eq!(browser.get("/").await.header("location"), "/en", "the cookie is read again");
    assert_eq!(browser.sign_up(&[]).await.status, 303, "and so is the visitor's");

    browser.forget_cookies();
    browser.coming_from(peer("192.0.2.1"));
    let answer = browser.get("/en").await;
    assert!(answer.header("set-cookie").starts_with("visitor="), "nobody else is believed");
    assert_eq!(answer.header("strict-transport-security"), "");
}

#[tokio::test]
async fn our_own_pages_are_known_by_the_host_that_the_browser_asked() {
    let foreign = async |peer_address: &str, headers: &[(&str, &str)]| {
        let mut browser = behind(TRUSTED).await;
        browser.coming_from(peer(peer_address));
        // An old browser, which sends `Origin` but not `Sec-Fetch-Site`.
        browser.without("sec-fetch-site").with("host", "127.0.0.1:8080");
        for (name, value) in headers {
            browser.with(name, value);
        }
        browser.post("/en/preview", &[]).await.status == 403
    };
    let told =
        [("origin", "https://a.example"), ("x-forwarded-host", "A.example"), ("x-forwarded-proto", "https")];
    assert!(!foreign("10.0.0.1", &told).await);
    assert!(foreign("192.0.2.1", &told).await, "nobody else is believed");
    assert!(foreign("10.0.0.1", &told[..1]).await);
    assert!(foreign("10.0.0.1", &[("origin", "https://evil.example"), told[1], told[2]]).await);
    let with_port = [("origin", "https://a.example:8443"), told[1], told[2], ("x-forwarded-port", "8443")];
    assert!(!foreign("10.0.0.1", &with_port).await);
}

#[tokio::test]
async fn what_was_seen_of_proxies_is_for_the_machine_alone() {
    let mut browser = behind(TRUSTED).await;
    browser.with("x-forwarded-for", "203.0.113.9").get("/en").await;
    assert_eq!(browser.get(SEEN_AT).await.status, 404);
    browser.coming_from(peer("127.0.0.1"));
    assert_eq!(browser.get(SEEN_AT).await.status, 404, "that is a proxy of this machine");
    browser.without("x-forwarded-for");
    for here in [peer("127.0.0.1"), Peer::Socket] {
        browser.coming_from(here);
        let seen = browser.get(SEEN_AT).await;
        let expected = r#"[{"peer":"10.0.0.1","believed":true,"headers":["x-forwarded-for"]}]"#;
        assert_eq!((seen.status, seen.text.as_str()), (200, expected));
    }
    browser.coming_from(peer("192.0.2.1"));
    assert_eq!(browser.get(SEEN_AT).await.status, 404);
}
