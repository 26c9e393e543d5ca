//! Addresses of the web: of this site and of Microsoft's services.

use url::{Host, Url};

use super::section::{Section, Takes};

impl Section<'_> {
    /// An `http` or `https` address without query; absent is no fault.
    pub(super) fn web_address(&mut self, name: &'static str, takes: Takes) -> Option<Url> {
        let text = self.text(name, takes)?;
        let remedy = || format!("write {}, such as {}", takes.0, takes.1);
        // The text is not shown: it could hold a password.
        let problem = match text.parse::<Url>() {
            Err(error) => format!("is not a web address ({error})"),
            Ok(url) if !matches!(url.scheme(), "http" | "https") => "is not http or https".to_owned(),
            Ok(url) if !url.username().is_empty() || url.password().is_some() => {
                "has a user or password in it".to_owned()
            }
            Ok(url) if url.query().is_some() || url.fragment().is_some() => {
                "has a query or fragment (? or #)".to_owned()
            }
            Ok(url) => return Some(url),
        };
        self.fault(name, problem, remedy());
        None
    }

    /// The address of a service that is trusted with tokens: `https`, or a host that is near.
    pub(super) fn service_address(&mut self, name: &'static str, takes: Takes) -> Option<Url> {
        let url = self.web_address(name, takes)?;
        if url.scheme() == "https" || url.host().is_some_and(|host| is_near(&host)) {
            return Some(url);
        }
        self.fault(name, "would send tokens in the clear", "write https://…; http is for this machine only");
        None
    }
}

/// This machine, or a name without dots as containers of one network have them.
pub(super) fn is_near(host: &Host<impl AsRef<str>>) -> bool {
    match host {
        Host::Domain(name) => !name.as_ref().contains('.') || name.as_ref().ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}
