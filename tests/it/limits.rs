//! Limits: what goes through, what is refused in which words, and whom a request counts for.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use crate::support::{
    Api, Browser, Log, MessageId, Page, Setup, Student, TestApp,
    api::{account, consenting},
    code_in,
};

const X_FORWARDED_FOR: &str = "x-forwarded-for";
const LANGUAGES: [&str; 10] = ["en", "de", "fr", "es", "it", "pl", "tr", "uk", "zh-Hans", "ar"];

/// With this limit and the usual others. The test's own address is a proxy if `trusted`.
async fn limited(key: &str, limit: &str, trusted: bool) -> TestApp {
    let limits =
        Setup::default().limits.replace(&format!("{key} = \"off\""), &format!("{key} = \"{limit}\""));
    assert!(limits.contains(limit), "{key} is a limit");
    let server = if trusted { "trusted_proxies = [\"127.0.0.0/8\"]" } else { "" };
    TestApp::with(Setup { limits, server: server.to_owned(), ..Setup::default() }).await
}

fn student(number: u32) -> Student {
    Student::new(number, "Ada", "Lovelace")
}

async fn send(browser: &mut Browser, student: &Student) -> Page {
    let form = browser.open("/en").await;
    browser.submit_only(&form, &student.fields()).await
}

#[tokio::test]
async fn mails_are_limited_for_the_mailbox_and_a_password_is_never_withheld() {
    let limits = Setup::default().limits.replace("mails_per_address = []", "mails_per_address = [\"1/1h\"]");
    let profile = r"
[[profiles]]
name = 'tagged'
email = 'st[0-9]{6}\+[a-z]+@stud\.example\.edu'
tenant = 'main'
domain = 'students.example.edu'";
    let (signup, sections) = ("confirm_email = true".to_owned(), profile.to_owned());
    let app = TestApp::with(Setup { limits, signup, sections, ..Setup::default() }).await;
    let owner = student(1);
    let mut browser = app.browser();
    let form = browser.open("/en").await;
    let page = browser.submit(&form, &owner.fields()).await;
    let tagged = Student { email: owner.email.replace('@', "+b@"), ..student(1) };
    app.work().await;
    app.sign_up(&tagged).await;
    app.settle().await;
    assert_eq!(app.sandbox.mails().len(), 1, "one code is all for this hour");
    let code = code_in(&app.sandbox.mails()[0]);
    browser.submit(&page, &[("code", &code)]).await;
    app.work().await;
    assert!(app.sandbox.mails_to(&owner.email)[1].message_id_says("send-password"));
}

/// How many of so many forms, each for another address, get through from there.
async fn through(app: &TestApp, header: &'static str, from: &str, numbers: std::ops::Range<u32>) -> usize {
    let mut count = 0;
    for number in numbers {
        let mut browser = app.browser().forwarded(header, from);
        count += usize::from(send(&mut browser, &student(number)).await.status == 303);
    }
    count
}

fn retry_after(page: &Page) -> u64 {
    assert_eq!(page.status, 429, "{}", page.body);
    page.headers["retry-after"].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_burst_is_let_through_and_then_one_at_a_time() {
    let app = limited("submissions_per_network", "3/1h", false).await;
    let mut browser = app.browser();
    for number in 0..3 {
        assert_eq!(send(&mut browser, &student(number)).await.status, 303);
    }
    let refused = send(&mut browser, &student(3)).await;
    assert_eq!(retry_after(&refused), 20 * 60);
    assert!(refused.texts(".summary p")[0].contains("in 20 minutes"), "{:?}", refused.texts(".summary p"));
    assert_eq!(refused.value_of("#email", "value"), Some(student(3).email));
    app.advance(Duration::from_mins(20));
    let sent = browser.submit_only(&refused, &student(3).fields()).await;
    assert_eq!(sent.status, 303, "the form that came back can be sent");
    assert_eq!(retry_after(&send(&mut browser, &student(4)).await), 20 * 60);
    assert_eq!(app.all_signups().await.len(), 4);
}

#[tokio::test]
async fn what_an_untrusted_client_says_of_itself_changes_nothing() {
    let app = limited("submissions_per_network", "3/1h", false).await;
    for (number, (header, from)) in
        [(X_FORWARDED_FOR, "203.0.113.1"), (X_FORWARDED_FOR, "203.0.113.2"), ("forwarded", "for=203.0.113.3")]
            .into_iter()
            .enumerate()
    {
        let number = u32::try_from(number).unwrap();
        assert_eq!(through(&app, header, from, number..number + 1).await, 1);
    }
    assert_eq!(through(&app, X_FORWARDED_FOR, "203.0.113.4", 10..12).await, 0);
    assert_eq!(through(&app, "forwarded", "for=\"[2001:db8::1]\"", 12..13).await, 0);
}

#[tokio::test]
async fn through_a_trusted_proxy_each_client_counts_for_itself() {
    let app = limited("submissions_per_network", "2/1h", true).await;
    for (step, header, from, expected) in [
        (1, X_FORWARDED_FOR, "203.0.113.1", 2),
        (2, X_FORWARDED_FOR, "203.0.113.2", 2),
        (3, X_FORWARDED_FOR, "203.0.113.9, 203.0.113.2", 0),
        (4, "forwarded", "for=203.0.113.9, for=\"203.0.113.1:4711\"", 0),
        (5, "forwarded", "for=203.0.113.3;proto=https", 2),
        (6, X_FORWARDED_FOR, "2001:db8:1:2::1", 2),
        (7, X_FORWARDED_FOR, "[2001:db8:1:2:3:4:5:6]:443", 0),
        (8, X_FORWARDED_FOR, "2001:db8:1:3::1", 2),
        (9, X_FORWARDED_FOR, "::ffff:203.0.113.1", 0),
    ] {
        assert_eq!(through(&app, header, from, step * 10..step * 10 + 3).await, expected, "{step}: {from}");
    }
}

#[tokio::test]
async fn hops_are_believed_whatever_their_address() {
    let limits = Setup::default()
        .limits
        .replace("submissions_per_network = \"off\"", "submissions_per_network = \"1/1h\"");
    let app = TestApp::with(Setup { limits, server: "proxy_hops = 2".to_owned(), ..Setup::default() }).await;
    assert_eq!(through(&app, X_FORWARDED_FOR, "6.6.6.6, 203.0.113.1, 198.51.100.1", 0..2).await, 1);
    assert_eq!(through(&app, X_FORWARDED_FOR, "7.7.7.7, 203.0.113.1, 198.51.100.2", 2..4).await, 0);
    assert_eq!(through(&app, X_FORWARDED_FOR, "6.6.6.6, 203.0.113.2, 198.51.100.1", 4..6).await, 1);
}

#[tokio::test]
async fn many_forms_for_one_address_turn_nobody_away() {
    // The key of earlier versions is known and has no effect.
    let limits = format!("{}\nsubmissions_per_email = \"2/1h\"", Setup::default().limits);
    let app = TestApp::with(Setup { limits, ..Setup::default() }).await;
    for _ in 0..8 {
        assert_eq!(send(&mut app.browser(), &student(1)).await.status, 303);
    }
    app.settle().await;
    assert_eq!(app.users().len(), 1);
}

/// Networks that contain each other are limited together, each size by its own share.
#[tokio::test]
async fn larger_networks_are_limited_as_well() {
    let app = limited("submissions_per_network", "2/1h", true).await;
    let mut number = 0;
    let mut sent = async |from: String| {
        number += 1;
        through(&app, X_FORWARDED_FOR, &from, number..number + 1).await
    };
    let mut by_64 = 0;
    for host in 0..12 {
        by_64 += sent(format!("2001:db8:1:1{host:02x}::1")).await;
    }
    assert_eq!(by_64, 8, "a /56 has four times as much as a /64");
    let mut by_56 = 0;
    for home in 2..40 {
        by_56 += sent(format!("2001:db8:1:{home:02x}00::1")).await;
    }
    assert_eq!(by_56, 24, "a /48 has 16 times as much, of which eight were used");
    let mut by_address = 0;
    for host in 0..20 {
        by_address += sent(format!("192.0.2.{host}")).await;
    }
    assert_eq!(by_address, 16, "an IPv4 /24 has eight times as much as an address");
    assert_eq!(sent("2001:db8:2:100::1".to_owned()).await, 1, "another /48");
    assert_eq!(sent("192.0.3.1".to_owned()).await, 1, "another /24");
}

/// With so many forms in total that need neither proof nor confirmed address, of which any network may use all.
async fn slowing(total: &str, bots: &str) -> TestApp {
    let limits = Setup::default().limits;
    let limits =
        limits.replace("in_total = \"off\"", &format!("in_total = \"{total}\"\nnetwork_share = 100"));
    let server = "trusted_proxies = [\"127.0.0.0/8\"]".to_owned();
    let bots = format!("min_time = \"0s\"\n{bots}");
    TestApp::with(Setup { limits, server, bots, ..Setup::default() }).await
}

/// The headline of the page that a form from there leads to.
async fn headline(app: &TestApp, from: &str, number: u32) -> String {
    let mut browser = app.browser().forwarded(X_FORWARDED_FOR, from);
    let sent = send(&mut browser, &student(number)).await;
    assert_eq!(sent.status, 303, "nobody is refused: {}", sent.body);
    browser.follow(sent).await.texts("h1").concat()
}

const ON_ITS_WAY: &str = "Your account is on its way";
const CONFIRM: &str = "Confirm your address";

#[tokio::test]
async fn beyond_the_total_addresses_are_confirmed_and_nobody_is_refused() {
    let app = slowing("3/1m", "").await;
    for host in 0..3 {
        assert_eq!(headline(&app, &format!("203.0.{host}.1"), host).await, ON_ITS_WAY);
    }
    for host in 3..10 {
        assert_eq!(headline(&app, &format!("203.0.{host}.1"), host).await, CONFIRM);
    }
    app.settle().await;
    assert_eq!(app.users().len(), 3, "what is not confirmed makes no account");
    assert!(app.sandbox.mails_to(&student(5).email)[0].message_id_says("send-code"));
    app.advance(Duration::from_secs(20));
    assert_eq!(headline(&app, "203.0.113.1", 10).await, ON_ITS_WAY);
    assert_eq!(headline(&app, "203.0.113.2", 11).await, CONFIRM);
}

#[tokio::test]
async fn beyond_its_share_a_network_slows_only_itself() {
    let app = limited("submissions_in_total", "20/1h", true).await;
    let mut on_their_way = 0;
    for number in 0..12 {
        let from = format!("2001:db8:1:{number:02x}00::1");
        on_their_way += u32::from(headline(&app, &from, number).await == ON_ITS_WAY);
    }
    assert_eq!(on_their_way, 8, "a /48 has four shares of a tenth each");
    for number in 20..25 {
        assert_eq!(headline(&app, &format!("2001:db8:{number}::1"), number).await, ON_ITS_WAY);
    }
}

#[tokio::test]
async fn the_api_is_slowed_like_the_form() {
    let app = slowing("1/1h", "").await;
    let api = Api::of(&app).await;
    let stage = async |number| {
        let made = api.post("/api/v2/signups", &consenting(&student(number))).await;
        assert_eq!(made.status, 201);
        api.get(made.text("/status")).await.text("/stage").to_owned()
    };
    assert_eq!(stage(1).await, "queued");
    assert_eq!(api.post("/api/v1/account_creation", &account(&student(2))).await.status, 204);
    assert_eq!(stage(3).await, "awaiting_confirmation");
    app.settle().await;
    assert_eq!(app.users().len(), 1);
    for number in [2, 3] {
        assert!(app.sandbox.mails_to(&student(number).email)[0].message_id_says("send-code"));
    }
}

#[tokio::test]
async fn every_language_has_its_page_for_too_many() {
    let app = limited("pages_per_network", "1/10m", false).await;
    assert_eq!(app.browser().open("/en").await.status, 200);
    let mut said = std::collections::BTreeSet::new();
    for language in LANGUAGES {
        let page = app.browser().open(&format!("/{language}")).await;
        assert_eq!(retry_after(&page), 600);
        assert_eq!(page.value_of("html", "lang").as_deref(), Some(language));
        let lead = page.texts("p.lead").concat();
        assert!(lead.contains("10"), "{lead}");
        said.insert(lead);
    }
    assert_eq!(said.len(), LANGUAGES.len(), "each in its own words");
    for probe in ["/livez", "/readyz"] {
        assert_eq!(app.browser().open(probe).await.status, 200, "{probe}");
    }
}

/// A service with eight places, of which a network may hold two.
async fn with_few_places(trusted: &str) -> TestApp {
    let server = format!("max_connections = 8\n{trusted}");
    let limits = Setup::default().limits + "\nconnection_share = 25";
    TestApp::with(Setup { server, limits, ..Setup::default() }).await
}

/// Sends this from an address of this machine.
async fn send_from(app: &TestApp, from: &str, request: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(from.parse().unwrap(), 0)).unwrap();
    let mut stream = socket.connect(app.address).await.unwrap();
    // A server that closes the connection meanwhile is what some of these tests are about.
    let _ = stream.write_all(request.as_bytes()).await;
    stream
}

/// The begin of a form whose body does not come to its end.
fn endless_form(header: &str) -> String {
    format!(
        "POST /en HTTP/1.1\r\nhost: localhost\r\n{header}content-type: application/x-www-form-urlencoded\r\n\
         content-length: 60000\r\n\r\nemail="
    )
}

/// Answer of the server before it closes the connection, if it does within a second.
async fn answer(mut stream: TcpStream) -> Option<String> {
    let mut text = Vec::new();
    timeout(Duration::from_secs(1), stream.read_to_end(&mut text)).await.ok()?.ok();
    Some(String::from_utf8(text).unwrap())
}

fn page_request(header: &str) -> String {
    format!("GET /en HTTP/1.1\r\nhost: localhost\r\n{header}connection: close\r\n\r\n")
}

/// The page as another visitor gets it, who waits for five seconds at most.
async fn visit(app: &TestApp, from: &str, header: &str) -> String {
    let mut stream = send_from(app, from, &page_request(header)).await;
    let mut text = Vec::new();
    let read = timeout(Duration::from_secs(5), stream.read_to_end(&mut text)).await;
    read.expect("slow clients delay nobody else").unwrap();
    String::from_utf8(text).unwrap()
}

#[tokio::test]
async fn slow_clients_of_one_network_hold_their_share_of_the_connections() {
    let log = Log::capture();
    let app = with_few_places("").await;
    let mut slow = Vec::new();
    for number in 0..12 {
        let head = if number % 2 == 0 { "GET /en HTTP/1.1\r\nhost:" } else { &endless_form("") };
        slow.push(send_from(&app, "127.0.0.1", head).await);
    }
    let page = visit(&app, "127.0.1.1", "").await;
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
    let mut held = 0;
    for stream in slow {
        held += usize::from(answer(stream).await.is_none());
    }
    assert_eq!(held, 2, "all others are closed");
    let told = "a network holds its share of the connections";
    assert_eq!(log.text().matches(told).count(), 1, "{}", log.text());
}

#[tokio::test]
async fn slow_clients_of_one_network_behind_a_proxy_hold_their_share_of_the_requests() {
    let app = with_few_places("trusted_proxies = [\"127.0.0.1\"]").await;
    let forwarded = |from: &str| format!("x-forwarded-for: {from}\r\n");
    let mut slow = Vec::new();
    for _ in 0..12 {
        slow.push(send_from(&app, "127.0.0.1", &endless_form(&forwarded("203.0.113.7"))).await);
    }
    let page = visit(&app, "127.0.0.1", &forwarded("198.51.100.1")).await;
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
    let mut held = 0;
    for stream in slow {
        match answer(stream).await {
            None => held += 1,
            Some(refused) => {
                assert!(
                    refused.starts_with("HTTP/1.1 429 ") && refused.contains("retry-after: 5"),
                    "{refused}"
                );
            }
        }
    }
    assert_eq!(held, 2);
    let page = visit(&app, "127.0.0.1", &forwarded("203.0.113.7")).await;
    assert!(page.starts_with("HTTP/1.1 200 "), "who has hung up holds nothing: {page}");
}

/// The names of clients in the log's lines of requests.
fn clients(log: &Log) -> Vec<String> {
    let lines = log.text();
    let requests = lines.lines().filter(|line| line.contains("a request was "));
    let name = |line: &str| Some(line.split("client=\"").nth(1)?.split('"').next()?.to_owned());
    requests.filter_map(name).collect()
}

#[tokio::test]
async fn the_lines_of_a_client_have_one_name_which_is_not_its_address() {
    let log = Log::capture();
    let app = limited("pages_per_network", "2/1h", true).await;
    for from in ["203.0.113.1", "203.0.113.1", "203.0.113.1", "203.0.113.2"] {
        app.browser().forwarded(X_FORWARDED_FOR, from).open("/en").await;
    }
    let [first, second, refused, other] = clients(&log).try_into().unwrap();
    assert!(first == second && first == refused && first != other, "{}", log.text());
    assert!(log.text().contains("a request was refused"), "{}", log.text());
    log.assert_without(&["203.0.113"]);

    let app =
        TestApp::with(Setup { sections: "[log]\nclient = \"none\"".to_owned(), ..Setup::default() }).await;
    app.browser().open("/en").await;
    assert_eq!(clients(&log).len(), 4, "a setting leaves the names out");
}
