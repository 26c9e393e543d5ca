//! The size of the first view of the form, as it is sent over the network.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::{collections::BTreeSet, io::Read};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request},
};
use flate2::read::GzDecoder;
use scraper::{Html, Selector};
use tower::ServiceExt;

use super::{router, testing::House};

/// The bytes that fit into the first round trip of a connection: ten packets.
const BUDGET: usize = 14 * 1024;

/// The headers and the bytes that a browser gets.
async fn fetch(house: &House, address: &str, accepts: &str) -> (HeaderMap, Vec<u8>) {
    let request = Request::builder().uri(address).header("accept-encoding", accepts);
    let request = request.body(Body::empty()).unwrap();
    let (head, body) = router(house.site.clone()).oneshot(request).await.unwrap().into_parts();
    assert!(head.status.is_success(), "{address}");
    (head.headers, to_bytes(body, usize::MAX).await.unwrap().to_vec())
}

fn unzip(bytes: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

/// The addresses that the page makes a browser load.
fn loads(page: &str) -> BTreeSet<String> {
    let page = Html::parse_document(page);
    let any =
        Selector::parse("[src], [srcset], link[rel=stylesheet], link[rel=icon], object, iframe").unwrap();
    let address =
        |element: scraper::ElementRef<'_>| element.attr("src").or(element.attr("href")).unwrap().to_owned();
    page.select(&any).map(address).collect()
}

#[tokio::test]
async fn the_first_view_fits_into_one_round_trip_in_every_language() {
    let house = House::new().await;
    let web = house.web();
    for tag in web.tags() {
        let (headers, page) = fetch(&house, &format!("/{tag}"), "gzip, br").await;
        assert_eq!(
            (&headers["content-encoding"], &headers["vary"]),
            (&"gzip".parse().unwrap(), &"accept-encoding".parse().unwrap())
        );
        let mut sum = page.len();
        let mut parts = vec![format!("page {}", page.len())];
        for address in loads(&unzip(&page)) {
            assert!(address.starts_with("/static/"), "{address} is of another host");
            let (headers, bytes) = fetch(&house, &address, "gzip, br").await;
            assert_eq!(headers["content-encoding"], "br", "{address}");
            sum += bytes.len();
            parts.push(format!("{} {}", address.split(['/', '.']).nth(2).unwrap(), bytes.len()));
        }
        println!("{tag}: {sum} bytes ({})", parts.join(", "));
        assert!(sum <= BUDGET, "{tag} weighs {sum} bytes: {parts:?}");
    }
}

#[tokio::test]
async fn pages_are_the_same_however_they_are_sent() {
    let house = House::new().await;
    let without_token = |page: &str| {
        let (before, rest) = page.split_once("name=\"form\" value=\"").unwrap();
        format!("{before}{}", &rest[super::form_token::CHARS..])
    };
    let (_, zipped) = fetch(&house, "/ar", "gzip").await;
    let (headers, plain) = fetch(&house, "/ar", "identity").await;
    assert!(headers.get("content-encoding").is_none());
    assert_eq!(headers["vary"], "accept-encoding");
    assert_eq!(without_token(&unzip(&zipped)), without_token(&String::from_utf8(plain).unwrap()));
}

#[tokio::test]
async fn an_error_page_is_compressed_for_who_takes_it() {
    let house = House::new().await;
    for (accepts, is_zipped) in [("gzip", true), ("gzip;q=0", false)] {
        let request = Request::builder().uri("/de/nirgends").header("accept-encoding", accepts);
        let answer = router(house.site.clone()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.headers().contains_key("content-encoding"), is_zipped);
        assert_eq!(answer.headers()["vary"], "accept-encoding");
        let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let page = if is_zipped { unzip(&bytes) } else { String::from_utf8(bytes.to_vec()).unwrap() };
        assert!(page.contains("Diese Seite gibt es nicht"), "{page}");
    }
}
