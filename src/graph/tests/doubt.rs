//! Servers that hang up, stall, send too much or nonsense, or are not there.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::*;
use crate::graph::{CreateError, Error, ErrorKind, NewUser};

/// The server's behaviour once it has read a request for Graph.
#[derive(Clone, Copy)]
enum Fault {
    Says(&'static str),
    Resets,
    Stalls,
    Floods,
}

/// A server that gives tokens, and then misbehaves.
async fn faulty(fault: Fault) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            open.push(tokio::spawn(serve(stream, fault)));
        }
    });
    (address, server)
}

async fn serve(mut stream: TcpStream, fault: Fault) {
    while let Some(head) = read_request(&mut stream).await {
        if head.contains("/token ") {
            let body = token_body("token", 3599).to_string();
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).await.unwrap();
            continue;
        }
        match fault {
            Fault::Says(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
            Fault::Resets => stream.set_zero_linger().unwrap(),
            Fault::Stalls => std::future::pending().await,
            Fault::Floods => {
                let _ = stream.write_all(b"HTTP/1.1 201 Created\r\n\r\n").await;
                while stream.write_all(&[b' '; 1 << 16]).await.is_ok() {}
            }
        }
        return;
    }
}

/// The head of the next request; its body is read, too.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut read = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        read.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&read).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        if body.len() >= length.unwrap_or(0) {
            return Some(head.to_owned());
        }
    }
}

async fn create(graph: &Graph) -> Error {
    let (name, password) = (principal("anna.lee"), password());
    let user = NewUser {
        signup: signup(),
        principal: &name,
        password: &password,
        display_name: "Anna Lee",
        usage_location: None,
        attributes: &[],
    };
    match graph.create_user(&user).await {
        Err(CreateError::Other(error)) => error,
        other => panic!("no error of the common kind: {other:?}"),
    }
}

async fn error_of(fault: Fault) -> Error {
    let (address, server) = faulty(fault).await;
    let timeout = Duration::from_secs(if matches!(fault, Fault::Stalls) { 2 } else { 20 });
    let impatient = config::Graph { timeout, ..limits() };
    let error = create(&client_of(&tenant(&address), &impatient).0).await;
    server.abort();
    error
}

#[tokio::test]
async fn whatever_breaks_after_the_request_was_sent_leaves_doubt() {
    let half = "HTTP/1.1 201 Created\r\ncontent-length: 500\r\n\r\n{\"id\":\"6ea91a8d-";
    for (fault, code) in [
        (Fault::Says(half), "connection_lost"),
        (Fault::Says("HTTP/1.1 201 Crea"), "connection_lost"),
        (Fault::Says(""), "connection_lost"),
        (Fault::Says("this is not HTTP\r\n\r\n"), "connection_lost"),
        (Fault::Resets, "connection_lost"),
        (Fault::Stalls, "timeout"),
        (Fault::Floods, "answer_too_large"),
    ] {
        let error = error_of(fault).await;
        assert_eq!((error.kind, error.code.as_str()), (ErrorKind::Unclear, code), "{error:?}");
        assert!(error.kind.is_transient() && !error.kind.effect_is_absent() && error.was_sent());
    }
}

#[tokio::test]
async fn half_a_refusal_is_still_what_its_status_says() {
    let throttled = "HTTP/1.1 429 Too Many\r\nretry-after: 5\r\ncontent-length: 500\r\n\r\n{\"err";
    let error = error_of(Fault::Says(throttled)).await;
    assert_eq!((error.kind, error.retry_after), (ErrorKind::Throttled, Some(Duration::from_secs(5))));
    let lost =
        error_of(Fault::Says("HTTP/1.1 400 Bad Request\r\ncontent-length: 500\r\n\r\n{\"error\":")).await;
    assert_eq!(lost.kind, ErrorKind::Unclear, "the reason got lost, and with it whether the name was taken");
}

#[tokio::test]
async fn a_refused_connection_leaves_no_doubt() {
    let (address, server) = faulty(Fault::Resets).await;
    let nobody = {
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/v1.0", free.local_addr().unwrap())
    };
    for graph_url in [nobody, "http://no-such-host.invalid/v1.0".to_owned()] {
        let tenant = config::Tenant { graph_url, ..tenant(&address) };
        let error = create(&client_of(&tenant, &limits()).0).await;
        assert_eq!((error.kind, error.code.as_str()), (ErrorKind::Unavailable, "unreachable"), "{error:?}");
        assert!(error.kind.effect_is_absent() && !error.was_sent());
    }
    server.abort();
}

#[tokio::test]
async fn a_connection_serves_many_calls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        // One connection only: a second one would wait for ever.
        let (mut stream, _) = listener.accept().await.unwrap();
        while let Some(head) = read_request(&mut stream).await {
            let body =
                if head.contains("/token ") { token_body("token", 3599) } else { json!({ "id": USER }) };
            let body = body.to_string();
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let (graph, _) = client(&address);
    for _ in 0..5 {
        assert!(graph.find_user(&principal("anna.lee")).await.unwrap().is_some());
    }
    server.abort();
}
