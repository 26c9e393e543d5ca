//! Checks of settings on which several sections must agree.

use super::{Bots, Graph, Server, Signup, Site, Worker, section::Section};
use crate::domain::{Email, Profiles};

/// Links in mails need a configured address: they must not depend on the host that a request names.
pub(super) fn check_links(
    root: &mut Section<'_>,
    server: Option<&Server>,
    signup: Option<&Signup>,
    bots: Option<&Bots>,
) {
    let Some(Server { public_url: None, .. }) = server else { return };
    let problem = match (signup, bots) {
        (Some(Signup { confirm_email: true, .. }), _) => {
            "is missing, and signup.confirm_email mails links to it"
        }
        (_, Some(Bots { proof_of_work: true, .. })) => {
            "is missing, and bots.proof_of_work mails links to it where no proof comes"
        }
        _ => return,
    };
    let remedy = "write the address people see, such as \"https://signup.example.edu\"";
    root.fault("server.public_url", problem, remedy);
}

/// The form shows the example to people who then type one like it.
pub(super) fn check_example(root: &mut Section<'_>, site: Option<&Site>, profiles: Option<&Profiles>) {
    let Some(example) = site.and_then(|site| Email::parse(site.email_example.as_ref()?).ok()) else { return };
    let faulty = root.findings.faults.iter().any(|fault| fault.key.starts_with("profiles"));
    if profiles.is_some_and(|profiles| !faulty && profiles.admit(&example).is_none()) {
        let problem = "no profile admits it, so people would be shown an address that is refused";
        root.fault("site.email_example", problem, "write an address that a profile's `email` matches");
    }
}

/// A lease must last longer than the calls of Graph under it: otherwise a second worker would take over what the first
/// is still doing. For a mail it is renewed.
pub(super) fn check_patience(root: &mut Section<'_>, worker: Option<&Worker>, graph: Option<&Graph>) {
    let Some(worker) = worker else { return };
    let lease = humantime::format_duration(worker.lease);
    if let Some(graph) = graph {
        let calls = (graph.timeout + graph.connect_timeout) * 2;
        if worker.lease < calls {
            let problem = format!("{lease} is shorter than two calls of Graph may take");
            let least = humantime::format_duration(calls);
            root.fault(
                "worker.lease",
                problem,
                format!("write \"{least}\" or more, or a shorter graph.timeout"),
            );
        }
    }
}
