//! One HTTP exchange with the tenant: noted in the log, delayed, struck by faults, answered.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};

use super::accept::Peer;
use super::clock::pause;
use super::faults::{Fault, FaultKind};
use super::log::{Arrival, Ending, ItemRecord};
use super::world::World;

/// The outcome of something that a fault may strike.
pub(super) enum Outcome<T> {
    /// The answer is sent as it is.
    Answered(T),
    /// The connection is to be reset.
    Reset,
    /// No answer is sent.
    Hung,
    /// Half of this answer is sent.
    Half(T),
    /// This answer is sent with a body that is not JSON.
    Garbage(T),
}

impl<T> Outcome<T> {
    /// The same outcome with another kind of answer.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Answered(answer) => Outcome::Answered(change(answer)),
            Self::Half(answer) => Outcome::Half(change(answer)),
            Self::Garbage(answer) => Outcome::Garbage(change(answer)),
            Self::Reset => Outcome::Reset,
            Self::Hung => Outcome::Hung,
        }
    }
}

/// Performs an effect or not, as the fault demands.
pub(super) fn struck<T>(
    fault: Option<Fault>,
    effect: impl FnOnce() -> T,
    refuse: impl FnOnce(&Fault) -> T,
) -> Outcome<T> {
    let Some(fault) = fault else {
        return Outcome::Answered(effect());
    };
    match fault.kind {
        FaultKind::Status => Outcome::Answered(refuse(&fault)),
        FaultKind::ResetBefore => Outcome::Reset,
        FaultKind::Hang => Outcome::Hung,
        FaultKind::HalfBody => Outcome::Half(effect()),
        FaultKind::Garbage => Outcome::Garbage(effect()),
        FaultKind::StatusAfter => {
            effect();
            Outcome::Answered(refuse(&fault))
        }
        FaultKind::ResetAfter => {
            effect();
            Outcome::Reset
        }
        FaultKind::HangAfter => {
            effect();
            Outcome::Hung
        }
    }
}

/// An answer that is ready to be sent.
pub(super) struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Logs the request, waits, performs it, logs its end and sends the answer, if any.
pub(super) async fn exchange(
    world: &World,
    peer: &Peer,
    arrival: Arrival,
    work: impl FnOnce() -> (Outcome<Reply>, Vec<ItemRecord>),
) -> Response {
    let number = world.log.arrive(arrival);
    world.changed();
    // Half of the latency passes before the effect and half after it: a client that does not wait long enough may give
    // up before or after the effect.
    let half = world.latency() / 2;
    pause(half).await;
    let (outcome, items) = work();
    pause(half).await;
    let (ending, status) = match &outcome {
        Outcome::Answered(reply) => (Ending::Answered, Some(reply.status.as_u16())),
        Outcome::Reset => (Ending::Reset, None),
        Outcome::Hung => (Ending::Hung, None),
        Outcome::Half(reply) => (Ending::HalfBody, Some(reply.status.as_u16())),
        Outcome::Garbage(reply) => (Ending::Garbage, Some(reply.status.as_u16())),
    };
    world.log.end(number, ending, status, items);
    world.changed();
    deliver(outcome, peer).await
}

async fn deliver(outcome: Outcome<Reply>, peer: &Peer) -> Response {
    match outcome {
        Outcome::Answered(reply) => whole(reply),
        Outcome::Reset => peer.reset().await,
        Outcome::Hung => peer.hang().await,
        Outcome::Half(reply) if reply.body.is_empty() => peer.reset().await,
        Outcome::Half(reply) => half(reply),
        Outcome::Garbage(reply) => garbage(reply),
    }
}

fn whole(reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    response
}

/// Announces the whole length, sends half of it, and breaks off.
fn half(reply: Reply) -> Response {
    let length = reply.body.len();
    let mut bytes = Bytes::from(reply.body);
    bytes.truncate(length / 2);
    let body = BrokenBody(vec![Step::Break, Step::Flush, Step::Send(bytes)]);
    let mut response = Response::new(Body::new(body));
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    let length = HeaderValue::from(length);
    response.headers_mut().insert(header::CONTENT_LENGTH, length);
    response
}

/// An answer that a proxy on the way might give, with the tenant's status, or 200 instead of 204.
fn garbage(mut reply: Reply) -> Response {
    if reply.status == StatusCode::NO_CONTENT {
        reply.status = StatusCode::OK;
    }
    let kind = HeaderValue::from_static("text/html");
    reply.headers.insert(header::CONTENT_TYPE, kind);
    reply.body = b"<html><body><h1>It works!</h1>{\"error\": </body>".to_vec();
    whole(reply)
}

/// A body that ends too early; its steps are taken from the end.
struct BrokenBody(Vec<Step>);

enum Step {
    Send(Bytes),
    /// Yields once, so that the bytes that were sent leave before the connection breaks.
    Flush,
    Break,
}

/// The error that ends the body.
#[derive(Debug, thiserror::Error)]
#[error("the answer was cut off by a fault")]
struct CutOff;

impl hyper::body::Body for BrokenBody {
    type Data = Bytes;
    type Error = CutOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, CutOff>>> {
        match self.0.pop() {
            Some(Step::Send(bytes)) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            Some(Step::Flush) => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Some(Step::Break) => Poll::Ready(Some(Err(CutOff))),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
