//! What a signup asks of the tenant: requests and TCP connections.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::{
    directory::{GROUPS as ALL, NAMESAKES},
    report::{Goal, Report},
    rig::{browser::Entry, tenant::Request},
    town::Town,
};

/// How many groups an account is in; the licence is one more item of the batch, which takes 20.
const GROUPS: [u128; 5] = [0, 1, 2, 10, 19];

pub async fn measure(report: &mut Report) -> Result<()> {
    report.heading("Requests to the tenant");
    let mut town = Town::build(16, 0..=ALL).await?;
    let first = town.student(1);
    let requests = requests_of(&town, &first).await?;
    report.add("requests of the first signup, its token among them", count(&requests), "", Goal::AtMost(3.0));
    let mut connections: BTreeSet<u64> = requests.iter().map(|request| request.connection).collect();
    for groups in GROUPS {
        let entry = town.student(groups);
        let requests = requests_of(&town, &entry).await?;
        report.add(
            format!("requests of a signup with {groups} groups"),
            count(&requests),
            "",
            Goal::AtMost(2.0),
        );
        connections.extend(requests.iter().map(|request| request.connection));
    }
    for (name, taken) in NAMESAKES {
        let entry = Entry { first_name: "Max".to_owned(), last_name: name.to_owned(), ..town.student(1) };
        let requests = requests_of(&town, &entry).await?;
        let what = format!("requests of a signup whose name {taken} others have");
        // One more than a free name takes to look whose the user is, and one for the list of namesakes.
        report.add(what, count(&requests), "", Goal::AtMost(5.0));
        connections.extend(requests.iter().map(|request| request.connection));
    }
    let connections = connections.len();
    report.add("TCP connections of all these signups", size(connections), "", Goal::AtMost(1.0));
    Ok(())
}

/// What the tenant was asked for one signup.
async fn requests_of(town: &Town, entry: &Entry) -> Result<Vec<Request>> {
    let before = town.tenant.requests().await?.len();
    town.sign_up(entry).await?;
    Ok(town.tenant.requests().await?.split_off(before))
}

fn count(requests: &[Request]) -> f64 {
    size(requests.len())
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
const fn size(count: usize) -> f64 {
    count as f64
}
