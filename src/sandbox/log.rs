//! The log of token and Graph requests, kept in memory for tests and for people.

use std::collections::VecDeque;
use std::sync::Mutex;

use serde::Serialize;

use super::lock;
use super::operation::Operation;

/// The largest number of requests that are remembered.
const REMEMBERED: usize = 100_000;

/// The way in which a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// It has not ended: it is being worked on.
    Pending,
    /// With a whole answer.
    Answered,
    /// With a connection reset.
    Reset,
    /// Without an answer: the client waits until it gives up.
    Hung,
    /// With half an answer.
    HalfBody,
    /// With an answer that is not JSON.
    Garbage,
}

/// One request to the token endpoint or to Graph.
#[derive(Clone, Debug, Serialize)]
pub struct RequestRecord {
    /// Counts requests from 1.
    pub number: u64,
    /// The TCP connection it came on; connections are counted from 1.
    pub connection: u64,
    /// The time at which it came, in milliseconds since 1970.
    pub at_ms: i64,
    /// The HTTP method.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The operation that it asked for.
    pub operation: Operation,
    /// The status that was answered, if any.
    pub status: Option<u16>,
    /// The way in which it ended.
    pub ending: Ending,
    /// The client's id for the request.
    pub client_request_id: Option<String>,
    /// The requests inside, for a batch.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemRecord>,
}

/// One request inside a batch.
#[derive(Clone, Debug, Serialize)]
pub struct ItemRecord {
    /// The item's id, as the client named it.
    pub id: String,
    /// The HTTP method.
    pub method: String,
    /// The relative URL.
    pub path: String,
    /// The operation that it asked for.
    pub operation: Operation,
    /// The status that the item was answered with.
    pub status: Option<u16>,
}

/// The details of a request that are known when it comes.
pub(super) struct Arrival {
    pub connection: u64,
    pub at_ms: i64,
    pub method: String,
    pub path: String,
    pub operation: Operation,
    pub client_request_id: Option<String>,
}

/// The latest requests.
#[derive(Debug, Default)]
pub(super) struct RequestLog(Mutex<Records>);

#[derive(Debug, Default)]
struct Records {
    arrived: u64,
    kept: VecDeque<RequestRecord>,
}

impl RequestLog {
    /// Records a request that came, and returns its number.
    pub fn arrive(&self, arrival: Arrival) -> u64 {
        let mut records = lock(&self.0);
        records.arrived += 1;
        let number = records.arrived;
        if records.kept.len() == REMEMBERED {
            records.kept.pop_front();
        }
        records.kept.push_back(RequestRecord {
            number,
            connection: arrival.connection,
            at_ms: arrival.at_ms,
            method: arrival.method,
            path: arrival.path,
            operation: arrival.operation,
            status: None,
            ending: Ending::Pending,
            client_request_id: arrival.client_request_id,
            items: Vec::new(),
        });
        number
    }

    /// Records how a request ended, unless it has been forgotten.
    pub fn end(&self, number: u64, ending: Ending, status: Option<u16>, items: Vec<ItemRecord>) {
        let mut records = lock(&self.0);
        let Some(first) = records.kept.front().map(|record| record.number) else {
            return;
        };
        let place = number.checked_sub(first).and_then(|n| usize::try_from(n).ok());
        if let Some(record) = place.and_then(|place| records.kept.get_mut(place)) {
            record.ending = ending;
            record.status = status;
            record.items = items;
        }
    }

    /// All requests that are remembered, oldest first.
    pub fn all(&self) -> Vec<RequestRecord> {
        lock(&self.0).kept.iter().cloned().collect()
    }

    /// The latest `count` requests, newest first, and the number of all that ever came.
    pub fn latest(&self, count: usize) -> (Vec<RequestRecord>, u64) {
        let records = lock(&self.0);
        let latest = records.kept.iter().rev().take(count).cloned().collect();
        (latest, records.arrived)
    }

    /// Forgets all requests. Numbering continues, so that a request still under way is not mistaken for another.
    pub fn clear(&self) {
        lock(&self.0).kept.clear();
    }
}
