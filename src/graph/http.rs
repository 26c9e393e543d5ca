//! Calls to Graph, their refusals classified.

use std::sync::Arc;

use reqwest::Url;
use serde::de::DeserializeOwned;

use super::{
    Error, ErrorKind,
    classify::{About, GraphError, kind_of},
};
use crate::entra::{Call, Reply, Service, Token, url_below};

pub(super) struct Http {
    pub(super) service: Service,
    base: Url,
}

impl Http {
    pub(super) const fn new(service: Service, base: Url) -> Self {
        Self { service, base }
    }

    /// Graph's address with these path segments, each percent-encoded.
    pub(super) fn url(&self, segments: &[&str]) -> Url {
        url_below(&self.base, segments)
    }

    /// Graph's own address, as references to its objects begin.
    pub(super) fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Makes a call, as [`Service::call`].
    pub(super) async fn call(&self, call: &Call) -> Result<Reply, Error> {
        self.call_with_token(call).await.map(|(reply, _)| reply)
    }

    /// The same, and returns the token that the answer is for.
    pub(super) async fn call_with_token(&self, call: &Call) -> Result<(Reply, Arc<Token>), Error> {
        Ok(self.service.call(call).await?)
    }
}

impl Reply {
    /// An error with this answer behind it.
    pub(super) fn error(&self, kind: ErrorKind, code: impl Into<String>) -> Error {
        Error {
            status: Some(self.status.as_u16()),
            request_id: self.request_id.clone(),
            retry_after: self.retry_after,
            ..Error::new(kind, code)
        }
    }

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
