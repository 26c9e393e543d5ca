//! Calls to a service of Microsoft's: authorised, and repeated once when the token is refused.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::{
    Method, StatusCode, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};

use super::{
    Error, ErrorKind, Operation, Tokens,
    token::Token,
    wire::{Reply, Wire},
};

/// A service that the application calls with its token for it.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) wire: Wire,
    pub(crate) tokens: Tokens,
}

/// One call.
pub(crate) struct Call {
    operation: Operation,
    method: Method,
    url: Url,
    body: Option<(&'static str, Bytes)>,
}

const JSON: &str = "application/json";

impl Call {
    pub(crate) const fn get(operation: Operation, url: Url) -> Self {
        Self { operation, method: Method::GET, url, body: None }
    }

    /// A call with a JSON body.
    pub(crate) const fn post(operation: Operation, url: Url, json: Bytes) -> Self {
        Self { operation, method: Method::POST, url, body: Some((JSON, json)) }
    }

    /// A call with a body of this type.
    pub(crate) const fn post_as(
        operation: Operation,
        url: Url,
        content_type: &'static str,
        body: Bytes,
    ) -> Self {
        Self { operation, method: Method::POST, url, body: Some((content_type, body)) }
    }

    /// A change, with a JSON body.
    pub(crate) const fn patch(operation: Operation, url: Url, json: Bytes) -> Self {
        Self { operation, method: Method::PATCH, url, body: Some((JSON, json)) }
    }
}

/// An address below `base` with these path segments, each percent-encoded.
pub(crate) fn url_below(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

impl Service {
    pub(super) const fn new(wire: Wire, tokens: Tokens) -> Self {
        Self { wire, tokens }
    }

    /// Makes a call and returns the token that the answer is for. A refused token is dropped, and the call made once
    /// more with a fresh one; one that lacks a permission is dropped for the calls to come.
    pub(crate) async fn call(&self, call: &Call) -> Result<(Reply, Arc<Token>), Error> {
        let (reply, token) = self.call_authorised(call).await?;
        if reply.status == StatusCode::FORBIDDEN {
            self.tokens.forget(&token);
        }
        Ok((reply, token))
    }

    async fn call_authorised(&self, call: &Call) -> Result<(Reply, Arc<Token>), Error> {
        let token = self.tokens.get().await.map_err(Error::before_sending)?;
        let reply = match self.exchange(call, &token).await {
            // No connection.
            Err(error) if error.kind == ErrorKind::Unavailable => return Err(error.before_sending()),
            reply => reply?,
        };
        if reply.status != StatusCode::UNAUTHORIZED {
            return Ok((reply, token));
        }
        // From here on the call was sent once, whatever the outcome of its repetition.
        self.tokens.forget(&token);
        let token = self.tokens.get().await?;
        Ok((self.exchange(call, &token).await?, token))
    }

    async fn exchange(&self, call: &Call, token: &Token) -> Result<Reply, Error> {
        let mut request = self
            .wire
            .client()
            .request(call.method.clone(), call.url.clone())
            .header(AUTHORIZATION, token.bearer.clone());
        if let Some((content_type, body)) = &call.body {
            request = request.header(CONTENT_TYPE, HeaderValue::from_static(content_type)).body(body.clone());
        }
        self.wire.exchange(call.operation, request).await
    }
}
