//! Refusals, dead connections, stalls and the pool.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use rstest::rstest;

use super::{
    server::{Act, Encrypts, Server, friendly},
    *,
};

/// A server that answers lines beginning with `command` by `act`, and all others as a friendly server.
fn server_that(command: &'static str, act: impl Fn(usize) -> Option<Act> + Send + Sync + 'static) -> Server {
    Server::start(Encrypts::Never, move |connection, line| {
        let is_meant = if command.is_empty() { line.is_empty() } else { line.starts_with(command) };
        is_meant.then(|| act(connection)).flatten().unwrap_or_else(|| friendly(line))
    })
}

fn code_of(error: &Error) -> (bool, &str) {
    (matches!(error, Error::RecipientRefused { .. }), error.code())
}

#[rstest]
#[case("RCPT", "550 5.1.1 <st123456@stud.example.edu>: unknown", true, "550 5.1.1")]
#[case("RCPT", "553 no such user", true, "553")]
#[case("RCPT", "550 5.7.1 relaying denied", false, "550 5.7.1")]
#[case("RCPT", "450 4.2.1 greylisted", false, "450 4.2.1")]
#[case("RCPT", "452 try later", false, "452")]
#[case(".", "550 5.1.1 no such user", true, "550 5.1.1")]
#[case(".", "552 5.3.4 too large", false, "552 5.3.4")]
#[case(".", "451 4.3.0 disk full", false, "451 4.3.0")]
#[case("DATA", "554 no", false, "554")]
#[case("MAIL", "550 5.7.0 not you", false, "550 5.7.0")]
#[case("EHLO", "502 what", false, "502")]
#[case("", "554 go away", false, "554")]
#[case("RCPT", "hello?", false, "unreadable_reply")]
#[tokio::test]
async fn each_refusal_is_final_or_not(
    #[case] command: &'static str,
    #[case] reply: &'static str,
    #[case] is_final: bool,
    #[case] code: &str,
) {
    let server = server_that(command, move |_| Some(Act::Reply(reply)));
    let error = send(&mailer(server.port)).await.unwrap_err();
    assert_eq!(code_of(&error), (is_final, code));
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("st123456"), "servers quote addresses: {shown}");
    let end = match (is_final, code.as_bytes()[0]) {
        (true, _) => MailEnd::RecipientRefused,
        (false, b'4') => MailEnd::Deferred,
        (false, b'5') => MailEnd::Refused,
        _ => MailEnd::Unreachable,
    };
    assert_eq!(error.end(), end);
}

#[tokio::test]
async fn a_refused_login_is_retried_not_final() {
    let server = server_that("AUTH", |_| Some(Act::Reply("535 5.7.8 wrong")));
    let login = Some(SmtpLogin::Password("user".to_owned(), "hunter2".to_owned().into()));
    let mailer = mailer_to(Smtp { login, ..smtp(server.port) });
    assert_eq!(code_of(&send(&mailer).await.unwrap_err()), (false, "535 5.7.8"));
}

#[rstest]
#[case("RCPT", "354 go on")]
#[case("DATA", "250 ok")]
#[case(".", "354 go on")]
#[tokio::test]
async fn a_reply_of_another_kind_is_no_acceptance(
    #[case] command: &'static str,
    #[case] reply: &'static str,
) {
    let server = server_that(command, move |_| Some(Act::Reply(reply)));
    let error = send(&mailer(server.port)).await.unwrap_err();
    assert_eq!(code_of(&error), (false, &reply[..3]));
}

#[tokio::test]
async fn mails_share_a_connection() {
    let server = Server::friendly();
    let mailer = mailer(server.port);
    for _ in 0..3 {
        send(&mailer).await.unwrap();
    }
    assert_eq!((server.mails().len(), server.connections()), (3, 1));
    assert!(!server.lines().iter().any(|line| line.starts_with("NOOP")), "no round trip is spent on asking");
}

#[tokio::test]
async fn a_kept_connection_that_died_costs_no_mail() {
    let hangs_up = server_that(".", |number| (number == 1).then_some(Act::ReplyAndHangUp("250 queued")));
    let mails = AtomicUsize::new(0);
    let wears_out = server_that("MAIL", move |_| {
        let is_second = mails.fetch_add(1, Ordering::SeqCst) == 1;
        is_second.then_some(Act::ReplyAndHangUp("421 4.7.0 too many mails on this connection"))
    });
    for server in [hangs_up, wears_out] {
        let mailer = mailer(server.port);
        for _ in 0..3 {
            send(&mailer).await.unwrap();
        }
        assert_eq!((server.mails().len(), server.connections()), (3, 2));
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_retried() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(code_of(&send(&mailer(port)).await.unwrap_err()), (false, "connection"));
}

#[rstest]
#[case("")]
#[case("EHLO")]
#[case("MAIL")]
#[case("RCPT")]
#[case("DATA")]
#[case(".")]
#[tokio::test]
async fn a_stalled_server_holds_a_mail_no_longer_than_allowed(#[case] command: &'static str) {
    let server = server_that(command, |number| (number == 1).then_some(Act::Stall));
    let limit = Duration::from_secs(2);
    let smtp = Smtp { timeout_after_data: limit, ..smtp(server.port) };
    let impatient = config::Mail { timeout: limit, ..settings(MailTransport::Smtp(smtp)) };
    let mailer = mailer_of(&impatient);
    let started = Instant::now();
    assert_eq!(code_of(&send(&mailer).await.unwrap_err()), (false, "timeout"));
    assert!(started.elapsed() < Duration::from_secs(10));
    // A late reply must not be taken for one to the next mail, which is sent over another connection.
    send(&mailer).await.unwrap();
    assert_eq!(server.connections(), 2);
}

/// The server's content filter is slow after the final dot, and another mail is sent at the same time.
#[tokio::test]
async fn the_reply_to_the_final_dot_may_take_longer_than_others() {
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let server = server_that(".", move |number| {
        if number == 1 {
            released.lock().unwrap().recv().unwrap();
        }
        None
    });
    let limited =
        config::Mail { timeout: Duration::from_secs(1), ..settings(MailTransport::Smtp(smtp(server.port))) };
    let mailer = mailer_of(&limited);
    let mut slow = tokio::spawn({
        let mailer = mailer.clone();
        async move { send(&mailer).await }
    });
    assert!(tokio::time::timeout(Duration::from_millis(1500), &mut slow).await.is_err(), "it was given up");
    send(&mailer).await.unwrap();
    release.send(()).unwrap();
    slow.await.unwrap().unwrap();
    assert_eq!((server.mails().len(), server.connections()), (2, 2));
}

/// The mails that find all connections in use pause, and count as no failure of the server.
#[tokio::test]
async fn mails_that_find_no_connection_pause() {
    let server = server_that(".", |number| (number == 1).then_some(Act::Stall));
    let limited = config::Mail {
        timeout: Duration::from_secs(1),
        pool: 1,
        ..settings(MailTransport::Smtp(smtp(server.port)))
    };
    let mailer = mailer_of(&limited);
    let slow = tokio::spawn({
        let mailer = mailer.clone();
        async move { send(&mailer).await }
    });
    while server.mails().is_empty() {
        tokio::task::yield_now().await;
    }
    let error = send(&mailer).await.unwrap_err();
    assert!(matches!(error, Error::Paused { .. }), "{error:?}");
    assert!(error.remedy().is_some_and(|remedy| remedy.contains("mail.smtp.pool")));
    slow.abort();
}

/// A mail that is not the next one waits longer than it would without progress.
#[tokio::test]
async fn mails_wait_for_their_turn_while_connections_become_free() {
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let server = server_that(".", move |_| {
        released.lock().unwrap().recv().unwrap();
        None
    });
    let limited = config::Mail {
        timeout: Duration::from_secs(1),
        pool: 1,
        ..settings(MailTransport::Smtp(smtp(server.port)))
    };
    let mailer = mailer_of(&limited);
    let mut sends = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let mailer = mailer.clone();
        sends.spawn(async move { send(&mailer).await });
    }
    for _ in 0..4 {
        let early = tokio::time::timeout(Duration::from_millis(600), sends.join_next()).await;
        assert!(early.is_err(), "{early:?}");
        release.send(()).unwrap();
        sends.join_next().await.unwrap().unwrap().unwrap();
    }
    assert_eq!((server.mails().len(), server.connections()), (4, 1));
}

#[tokio::test]
async fn the_servers_own_words_are_for_the_admin_who_asks() {
    let reply = "550-5.7.1 <st123456@stud.example.edu>:\r\n550 5.7.1 Not from here";
    let server = server_that("RCPT", move |_| Some(Act::Reply(reply)));
    let error = send(&mailer(server.port)).await.unwrap_err();
    let line = error.server_line().unwrap();
    assert_eq!(line, "550 5.7.1 <st123456@stud.example.edu>: 5.7.1 Not from here");
    assert!(!format!("{error} {error:?}").contains("st123456"));
}

#[tokio::test]
async fn keywords_and_mechanisms_in_lower_case_are_understood() {
    for offered in ["250-stub\r\n250 auth plain", "250-stub\r\n250 Auth login"] {
        let server = Server::start(Encrypts::Never, move |_, line| match line {
            line if line.starts_with("EHLO") => Act::Reply(offered),
            "AUTH LOGIN" => Act::Reply("334 dXNlcg=="),
            "dXNlcg==" => Act::Reply("334 cGFzcw=="),
            "aHVudGVyMg==" => Act::Reply("235 2.7.0 welcome"),
            line => friendly(line),
        });
        let login = Some(SmtpLogin::Password("user".to_owned(), "hunter2".to_owned().into()));
        let settings = settings(MailTransport::Smtp(Smtp { login, ..smtp(server.port) }));
        send(&mailer_of(&settings)).await.unwrap();
        assert_eq!(server.mails().len(), 1, "{offered}");
    }
}

#[tokio::test]
async fn a_refusal_ends_its_connection_politely() {
    let server = server_that("RCPT", |number| (number == 1).then_some(Act::Reply("550 5.1.1 unknown")));
    let mailer = mailer(server.port);
    send(&mailer).await.unwrap_err();
    send(&mailer).await.unwrap();
    assert_eq!(server.connections(), 2);
    assert!(server.lines().contains(&"QUIT".to_owned()));
}

#[tokio::test]
async fn there_are_never_more_connections_than_allowed() {
    let server = Server::friendly();
    let few = config::Mail { pool: 2, ..settings(MailTransport::Smtp(smtp(server.port))) };
    let mailer = mailer_of(&few);
    let sends: Vec<_> = (0..12)
        .map(|_| {
            let mailer = mailer.clone();
            tokio::spawn(async move { send(&mailer).await })
        })
        .collect();
    for send in sends {
        send.await.unwrap().unwrap();
    }
    assert_eq!((server.mails().len(), server.most_open(), server.connections()), (12, 2, 2));
}
