//! Calls to Graph: authorised, repeated once when the token is refused, their refusals classified.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::{
    Method, StatusCode, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use serde::de::DeserializeOwned;

use super::{
    Error, ErrorKind, Operation, SetupError,
    classify::{About, GraphError, kind_of},
    token::{Token, Tokens},
    wire::{Reply, Wire},
};

pub(super) struct Http {
    pub(super) wire: Wire,
    pub(super) tokens: Tokens,
    base: Url,
}

/// One call to Graph.
pub(super) struct Call {
    operation: Operation,
    method: Method,
    url: Url,
    body: Option<Bytes>,
}

impl Call {
    pub(super) const fn get(operation: Operation, url: Url) -> Self {
        Self { operation, method: Method::GET, url, body: None }
    }

    /// A call with a JSON body.
    pub(super) const fn post(operation: Operation, url: Url, json: Bytes) -> Self {
        Self { operation, method: Method::POST, url, body: Some(json) }
    }

    /// A change, with a JSON body.
    pub(super) const fn patch(operation: Operation, url: Url, json: Bytes) -> Self {
        Self { operation, method: Method::PATCH, url, body: Some(json) }
    }
}

impl Http {
    pub(super) const fn new(wire: Wire, tokens: Tokens, base: Url) -> Self {
        Self { wire, tokens, base }
    }

    /// Graph's address with these path segments, each percent-encoded.
    pub(super) fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// Graph's own address, as references to its objects begin.
    pub(super) fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Makes a call. A refused token is dropped, and the call made once more with a fresh one; one that lacks a
    /// permission is dropped for the calls to come.
    pub(super) async fn call(&self, call: &Call) -> Result<Reply, Error> {
        self.call_with_token(call).await.map(|(reply, _)| reply)
    }

    /// The same, and returns the token that the answer is for.
    pub(super) async fn call_with_token(&self, call: &Call) -> Result<(Reply, Arc<Token>), Error> {
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
        // From here on the call was sent once, whatever its repetition comes to.
        self.tokens.forget(&token);
        let token = self.tokens.get().await?;
        Ok((self.exchange(call, &token).await?, token))
    }

    async fn exchange(&self, call: &Call, token: &Token) -> Result<Reply, Error> {
        let mut request = self
            .wire
            .client
            .request(call.method.clone(), call.url.clone())
            .header(AUTHORIZATION, token.bearer.clone());
        if let Some(body) = &call.body {
            let json = HeaderValue::from_static("application/json");
            request = request.header(CONTENT_TYPE, json).body(body.clone());
        }
        self.wire.exchange(call.operation, request).await
    }
}

impl Reply {
    /// The JSON of a success.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        // serde_json's own words would quote the answer.
        serde_json::from_slice(&self.body).map_err(|_| self.unreadable())
    }

    /// A success that makes no sense: its effect may be there.
    pub(super) fn unreadable(&self) -> Error {
        self.error(ErrorKind::Unclear, "unreadable_answer")
    }

    /// Graph's error object, if the body holds one.
    pub(super) fn graph_error(&self) -> Option<GraphError> {
        GraphError::read(&self.body)
    }

    /// The error of a refusal.
    pub(super) fn refusal(&self, about: About, error: Option<&GraphError>) -> Error {
        let status = self.status.as_u16();
        let code = error.map_or_else(|| format!("http_{status}"), GraphError::code);
        let refusal = self.error(kind_of(about, status, error), code);
        let request_id = refusal.request_id.clone().or_else(|| error.and_then(GraphError::request_id));
        Error { target: error.and_then(GraphError::target), request_id, ..refusal }
    }
}

/// An absolute address that paths can be added to.
pub(super) fn parse_url(text: &str, what: &'static str) -> Result<Url, SetupError> {
    match Url::parse(text.trim()) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => Err(SetupError::Url(what)),
    }
}
