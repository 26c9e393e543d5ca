//! One HTTP exchange: sent, timed, read within bounds and logged.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use bytes::{Bytes, BytesMut};
use reqwest::{
    Client, RequestBuilder, Response, StatusCode,
    header::{DATE, HeaderValue, RETRY_AFTER},
    redirect,
};

use super::{Error, ErrorKind, Operation, SetupError, retry_after};
use crate::{
    config,
    domain::{Clock, Entropy, TenantAlias},
    metrics::{GraphRequests, Metrics},
};

/// The longest answer that is read. A page of 999 names takes about 200 KiB.
const LONGEST_BODY: usize = 4 << 20;

/// The HTTP client of one tenant.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) tenant: TenantAlias,
    client: Arc<ArcSwap<Client>>,
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
    pub(crate) counted: GraphRequests,
}

/// An answer, whatever its status. The body of a refusal is empty when it could not be read.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) date: Option<HeaderValue>,
}

impl Wire {
    pub(super) fn new(
        alias: &TenantAlias,
        tenant: &config::Tenant,
        graph: &config::Graph,
        clock: Clock,
        entropy: Entropy,
        metrics: &Metrics,
    ) -> Result<Self, SetupError> {
        let client = Arc::new(ArcSwap::from_pointee(Self::client_for(tenant, graph)?));
        let counted = metrics.graph(alias, Operation::NAMES);
        Ok(Self { tenant: alias.clone(), client, clock, entropy, counted })
    }

    /// The client for requests to come.
    pub(crate) fn client(&self) -> Client {
        Client::clone(&self.client.load())
    }

    /// Puts another client in its place, for this wire and all its clones.
    pub(super) fn exchange_client(&self, client: Client) {
        self.client.store(Arc::new(client));
    }

    pub(super) fn client_for(tenant: &config::Tenant, graph: &config::Graph) -> Result<Client, SetupError> {
        let mut builder = Client::builder()
            .user_agent(concat!("accountcreator/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .timeout(graph.timeout)
            .connect_timeout(graph.connect_timeout);
        if let Some(pem) = &tenant.ca_pem {
            let authorities =
                reqwest::Certificate::from_pem_bundle(pem.as_bytes()).map_err(SetupError::BadAuthorities)?;
            builder = builder.tls_certs_merge(authorities);
        }
        builder.build().map_err(SetupError::Client)
    }

    /// Sends a request and reads its answer.
    pub(super) async fn exchange(
        &self,
        operation: Operation,
        request: RequestBuilder,
    ) -> Result<Reply, Error> {
        let call = uuid::Builder::from_random_bytes(self.entropy.bytes()).into_uuid().to_string();
        let started = Instant::now();
        let result = self.send(request.header("client-request-id", &call)).await;
        let took = started.elapsed();
        self.count(operation, took, &result);
        self.log(operation, &call, took, &result);
        result
    }

    async fn send(&self, request: RequestBuilder) -> Result<Reply, Error> {
        let mut response = request.send().await.map_err(Error::of_transport)?;
        let status = response.status();
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let request_id = header("request-id").or_else(|| header("x-ms-request-id")).map(bounded);
        let retry_after =
            header(RETRY_AFTER.as_str()).and_then(|value| retry_after::parse(value, self.clock.now()));
        let date = response.headers().get(DATE).cloned();
        let body = match read_body(&mut response).await {
            Ok(body) => body,
            Err(error) if status.is_success() => {
                return Err(Error { status: Some(status.as_u16()), request_id, ..error });
            }
            // A refusal counts as a refusal even if its reason cannot be read.
            Err(_) => Bytes::new(),
        };
        Ok(Reply { status, body, request_id, retry_after, date })
    }

    fn count(&self, operation: Operation, took: Duration, result: &Result<Reply, Error>) {
        let status = match result {
            Ok(reply) => Some(reply.status.as_u16()),
            Err(error) => error.status,
        };
        self.counted.ended(operation as usize, status, took);
        if status == Some(429) {
            self.counted.throttled();
        }
    }

    /// Neither URL nor body: both name people.
    fn log(&self, operation: Operation, call: &str, took: Duration, result: &Result<Reply, Error>) {
        let (tenant, operation, took) = (&self.tenant, operation.as_str(), took.as_secs_f64() * 1e3);
        match result {
            Ok(Reply { status, request_id, .. })
                if status.is_success() || *status == StatusCode::NOT_FOUND =>
            {
                tracing::debug!(
                    %tenant, operation, status = status.as_u16(), request_id, client_request_id = call, took_ms = took,
                    "the tenant answered"
                );
            }
            Ok(Reply { status, request_id, .. }) => tracing::info!(
                %tenant, operation, status = status.as_u16(), request_id, client_request_id = call, took_ms = took,
                "the tenant answered with a refusal"
            ),
            Err(error) => tracing::info!(
                %tenant, operation, error = error as &dyn std::error::Error, client_request_id = call, took_ms = took,
                "the tenant gave no usable answer"
            ),
        }
    }
}

impl Reply {
    /// An error with this answer behind it.
    pub(crate) fn failure(&self, kind: ErrorKind, code: impl Into<String>) -> Error {
        Error {
            status: Some(self.status.as_u16()),
            request_id: self.request_id.clone(),
            retry_after: self.retry_after,
            ..Error::new(kind, code)
        }
    }
}

async fn read_body(response: &mut Response) -> Result<Bytes, Error> {
    let Some(first) = response.chunk().await.map_err(Error::of_transport)? else {
        return Ok(Bytes::new());
    };
    let mut whole = BytesMut::from(first);
    while let Some(chunk) = response.chunk().await.map_err(Error::of_transport)? {
        if whole.len() + chunk.len() > LONGEST_BODY {
            return Err(Error::new(ErrorKind::Unclear, "answer_too_large"));
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

/// A short plain text of the tenant's, fit for a log line.
pub(crate) fn bounded(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).take(64).collect()
}
