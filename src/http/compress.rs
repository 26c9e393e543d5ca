//! Compresses pages that are made for one visitor.
//!
//! A page that mixes a secret with input of an attacker would reveal the secret by its length (BREACH). The pages here
//! do not: by GET nothing of the request is shown again, what a POST shows again is refused from other sites before it
//! is read, and the form's token is new each time, so that no two answers have the same secret.

use std::io::Write;

use axum::{
    body::{Body, HttpBody, to_bytes},
    http::header,
    response::Response,
};
use flate2::{Compression, GzBuilder};

use super::encoding::{Accepted, Encoding, mark};

/// The least size that is compressed: less than this fits into one packet anyway.
const LEAST: u64 = 1024;

/// The answer with its page compressed, where it is a page that is large enough and not compressed yet.
pub(super) async fn compress(accepted: Accepted, mut response: Response) -> Response {
    let headers = response.headers();
    let is_page =
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_page || headers.contains_key(header::CONTENT_ENCODING) {
        return response;
    }
    let large = response.body().size_hint().exact().is_some_and(|size| size >= LEAST);
    if large && accepted.best(false, true) == Encoding::Gzip {
        // A page is in memory already: nothing is waited for, nothing can fail.
        let page = to_bytes(std::mem::take(response.body_mut()), usize::MAX).await.unwrap_or_default();
        *response.body_mut() = Body::from(gzip(&page, Compression::fast()));
        mark(response.headers_mut(), Encoding::Gzip);
    } else {
        mark(response.headers_mut(), Encoding::Identity);
    }
    response
}

/// The bytes as a GZIP file.
pub(super) fn gzip(bytes: &[u8], level: Compression) -> Vec<u8> {
    let mut file = GzBuilder::new().write(Vec::with_capacity(bytes.len() / 2), level);
    // Writing into memory does not fail.
    let _ = file.write_all(bytes);
    file.finish().unwrap_or_default()
}

/// The bytes compressed by Brotli (RFC 7932).
pub(super) fn brotli(bytes: &[u8]) -> Vec<u8> {
    // Sheets and scripts are small: a larger window and more effort would take memory for a few bytes less.
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 5,
        lgwin: 15,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut file = Vec::with_capacity(bytes.len() / 2);
    match brotli::BrotliCompress(&mut &*bytes, &mut file, &parameters) {
        Ok(_) => file,
        Err(_) => Vec::new(),
    }
}
