//! The page with the form against a bare server that sends the same bytes.

use std::time::Duration;

use anyhow::Result;

use crate::{
    Effort, bare,
    load::{self, get},
    procfs::cpu_time,
    report::{Goal, Report, median},
    rig::place::free_port,
    town::{ORDINARY, Town},
};

/// Connections of the load generator.
const CONNECTIONS: usize = 16;

pub async fn measure(effort: Effort, report: &mut Report) -> Result<()> {
    let town = Town::build(16, ORDINARY).await?;
    let ours = town.address();
    let answer =
        reqwest::Client::builder().no_proxy().build()?.get(format!("http://{ours}/en")).send().await?;
    let headers = answer.headers().clone();
    let body = answer.bytes().await?;
    let bytes = bare::join(&headers, &body);
    report.heading(&format!("The page with the form ({} bytes), {CONNECTIONS} connections", body.len()));
    std::fs::write(town.place.file("answer"), bytes)?;
    let theirs = free_port()?;
    let listen = theirs.to_string();
    let arguments = ["--bare", "answer", "--listen", &listen];
    let bare = town.place.start("bare", &std::env::current_exe()?, &arguments, theirs).await?;

    let time = Duration::from_millis(effort.of(300, 2_000) as u64);
    let (mut ratios, mut rates, mut bare_rates) = (Vec::new(), Vec::new(), Vec::new());
    let (mut costs, mut bare_costs) = (Vec::new(), Vec::new());
    for _ in 0..effort.of(3, 7) {
        for (server, process, rates, costs) in
            [(ours, &town.server, &mut rates, &mut costs), (theirs, &bare, &mut bare_rates, &mut bare_costs)]
        {
            let before = cpu_time(process.id()?)?;
            let outcome = load::repeat(server, CONNECTIONS, &get(server, "/en"), time, 200).await?;
            let spent = cpu_time(process.id()?)? - before;
            rates.push(outcome.rate());
            costs.push(outcome.share(spent).as_secs_f64() * 1e6);
        }
        ratios.extend(rates.last().zip(bare_rates.last()).map(|(ours, theirs)| ours / theirs));
    }
    report.add("pages per second, bare server", median(bare_rates), "1/s", Goal::None);
    report.add("pages per second", median(rates), "1/s", Goal::None);
    report.add("pages against the bare server", median(ratios), "x", Goal::AtLeast(0.5));
    report.add("processor time of a page, bare server", median(bare_costs), "us", Goal::None);
    report.add("processor time of a page", median(costs), "us", Goal::None);
    Ok(())
}
