//! Who comes through the proxy: a student, a script, and somebody who cheats.

use std::{
    collections::BTreeSet,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use accountcreator::domain::Entropy;
use anyhow::{Context, Result, bail, ensure};
use reqwest::{
    Client, Response, Url,
    header::{LOCATION, REFERER, SET_COOKIE},
    redirect::Policy,
};
use scraper::{Html, Selector};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_util::task::AbortOnDropHandle;

use crate::{
    front::{Front, HOST},
    rig::{
        browser::{Answer, Browser, Entry, in_letters},
        settings::MAIL_DOMAIN,
        tenant::Tenant,
        wait::until,
    },
    site::LIMIT,
};

/// How long a page may take to say that all is done.
const PATIENCE: Duration = Duration::from_secs(30);

/// Visits of one proxy.
pub struct Visits<'a> {
    pub address: SocketAddr,
    pub prefix: &'a str,
    pub tenant: &'a Tenant,
}

impl Visits<'_> {
    /// The address of a path, as browsers see it.
    fn url(&self, path: &str) -> Result<Url> {
        Ok(format!("https://{HOST}:{}{}{path}", self.address.port(), self.prefix).parse()?)
    }

    /// Somebody who comes from this address of the loopback.
    fn from(&self, last: u8) -> Result<Client> {
        let builder = Client::builder().no_proxy().redirect(Policy::none()).timeout(Duration::from_secs(20));
        let builder = builder.resolve(HOST, self.address).tls_danger_accept_invalid_certs(true);
        Ok(builder.local_address(IpAddr::from([127, 0, 0, last])).build()?)
    }

    /// From the bare address to the page that says that all is done, whose address is returned.
    pub async fn sign_up(&self) -> Result<Url> {
        let http = self.from(2)?;
        let start = http.get(self.url("/")?).send().await?;
        let home = format!("{}/en", self.prefix);
        ensure!(location(&start)? == home, "the site leads to {}", location(&start)?);
        assert_safe(&http.get(self.url("/en")?).send().await?)?;

        let browser = Browser::with(http.clone(), self.url("/en")?);
        let number = 100_000 + Entropy::system().below(900_000);
        let email = format!("st{number}@{MAIL_DOMAIN}");
        let last_name = format!("Lovelace{}", in_letters(&number));
        let entry = Entry { email, first_name: "Ada".to_owned(), last_name };
        let page = match browser.send(&browser.open().await?, &entry).await? {
            Answer::Taken(page) => page,
            Answer::Refused(status) => bail!("the form got {status}"),
        };
        ensure!(page.as_str().starts_with(self.url("/en/signups/")?.as_str()), "{page}");
        self.tenant.wait_for_mail(&entry.email).await?.context("there is a mail")?;
        let (http, page) = (&http, &page);
        let done = || async move {
            let text = http.get(page.clone()).send().await.ok()?.text().await.ok()?;
            text.contains("Your account is ready").then_some(())
        };
        // Each look counts against the limit of a network, so not too many.
        until("the page says that it is done", PATIENCE, done).await?;
        Ok(page.clone())
    }

    /// The number of a request for a page that was opened from itself.
    pub async fn number_of(&self, page: &Url) -> Result<String> {
        let answer = self.from(7)?.get(page.clone()).header(REFERER, page.as_str()).send().await?;
        ensure!(answer.status() == 200, "the page answers {}", answer.status());
        let number = answer.headers().get("x-request-id").context("a number")?;
        Ok(number.to_str()?.to_owned())
    }

    /// A page is asked for while our server does not run.
    pub async fn ask_in_vain(&self, page: &Url) -> Result<()> {
        let answer = self.from(8)?.get(page.clone()).header(REFERER, page.as_str()).send().await?;
        ensure!(answer.status().is_server_error(), "the page answers {}", answer.status());
        Ok(())
    }

    /// Every address of the pages is below the prefix and leads somewhere.
    pub async fn follow_every_address(&self) -> Result<()> {
        let http = self.from(3)?;
        let mut addresses = BTreeSet::new();
        for path in ["/en", "/nowhere"] {
            let page = http.get(self.url(path)?).send().await?.text().await?;
            addresses.extend(addresses_in(&page));
        }
        ensure!(addresses.len() > 10, "{addresses:?}");
        for address in addresses {
            ensure!(address.starts_with(&format!("{}/", self.prefix)), "{address} is not ours");
            let url = self.url("/en")?.join(&address)?;
            let status = http.get(url).send().await?.status();
            ensure!(status.as_u16() < 400 || address.ends_with("/preview"), "{address} answers {status}");
        }
        for probe in ["/livez", "/readyz"] {
            ensure!(http.get(self.url(probe)?).send().await?.status() == 200, "{probe}");
        }
        let inside = http.get(self.url("/readyz/proxies")?).send().await?.status();
        ensure!(inside == 404, "what is for the machine alone answers {inside}");
        Ok(())
    }

    /// A request of our own page is told from another site's, by older browsers too.
    pub async fn post_as_scripts_do(&self) -> Result<()> {
        let ours = format!("https://{HOST}:{}", self.address.port());
        for (origin, status) in [(ours.as_str(), 200), ("https://evil.example", 403)] {
            let post = self.from(4)?.post(self.url("/en/preview")?).header("origin", origin);
            let form = [("first_name", "Ada"), ("last_name", "Lovelace")];
            let answer = post.form(&form).send().await?.status();
            ensure!(answer == status, "a post from {origin} answers {answer}");
        }
        Ok(())
    }

    /// Whatever a client says of itself, it counts as who it is; and its words lead nobody astray.
    pub async fn cheat(&self) -> Result<()> {
        let (cheat, honest) = (self.from(5)?, self.from(6)?);
        let mut last = 0;
        for number in 0..LIMIT * 2 {
            let said = format!("6.6.{}.{}", number / 250, number % 250);
            let request = cheat.get(self.url("/")?).header("x-forwarded-for", &said);
            let request = request.header("forwarded", format!("for={said};proto=http;host=evil.example"));
            let request = request.header("x-forwarded-prefix", format!("/evil{number}"));
            let request =
                request.header("x-forwarded-proto", "http").header("x-forwarded-host", "evil.example");
            let answer =
                request.header("x-forwarded-port", "1").header("x-request-id", "evil").send().await?;
            assert_safe_head(&answer)?;
            last = answer.status().as_u16();
            if last == 303 {
                ensure!(location(&answer)? == format!("{}/en", self.prefix), "{}", location(&answer)?);
            } else {
                break;
            }
        }
        ensure!(last == 429, "the limit does not hold: {last}");
        let answer = honest.get(self.url("/en")?).header("x-forwarded-for", "127.0.0.5").send().await?;
        ensure!(answer.status() == 200, "who is honest pays for it: {}", answer.status());
        Ok(())
    }
}

/// A server behind a site of somebody else, which answers with the head of the request that reaches it.
pub struct OtherSite {
    address: SocketAddr,
    _task: AbortOnDropHandle<()>,
}

impl OtherSite {
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let task = async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (mut head, mut piece) = (Vec::new(), [0; 4096]);
                while !head.ends_with(b"\r\n\r\n") {
                    match stream.read(&mut piece).await {
                        Ok(read) if read > 0 => head.extend_from_slice(&piece[..read]),
                        _ => break,
                    }
                }
                let answer =
                    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", head.len());
                // The client may have gone.
                let _ = stream.write_all(&[answer.as_bytes(), &head].concat()).await;
            }
        };
        Ok(Self { address, _task: AbortOnDropHandle::new(tokio::spawn(task)) })
    }

    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its requests have the headers that they would have without our site.
    pub async fn is_left_as_it_is(&self, proxy: Front, at: SocketAddr) -> Result<()> {
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(20)).build()?;
        let mut request = client.get(format!("http://{at}/en/signups/theirs"));
        let theirs = [
            ("forwarded", "for=192.0.2.7"),
            ("x-forwarded-port", "7"),
            ("x-forwarded-prefix", "/theirs"),
            ("x-request-id", "theirs"),
        ];
        for (name, value) in theirs {
            request = request.header(name, value);
        }
        let head = request.send().await?.error_for_status()?.text().await?.to_ascii_lowercase();
        for (name, value) in theirs {
            ensure!(head.contains(&format!("\n{name}: {value}\r\n")), "{name} is not theirs: {head}");
        }
        if matches!(proxy, Front::Nginx) {
            ensure!(head.contains(&format!("\nhost: {}\r\n", self.address)), "Host is not theirs: {head}");
        }
        if matches!(proxy, Front::Nginx | Front::HAProxy) {
            ensure!(!head.contains("x-forwarded-for") && !head.contains("x-forwarded-proto"), "{head}");
        }
        Ok(())
    }
}

/// A page that came by HTTPS, for a new visitor.
fn assert_safe(page: &Response) -> Result<()> {
    ensure!(page.status() == 200, "the form answers {}", page.status());
    assert_safe_head(page)?;
    let cookie = page.headers().get(SET_COOKIE).context("a cookie")?.to_str()?;
    let is_safe = cookie.starts_with("__Host-visitor=")
        && cookie.contains("; Path=/; ")
        && cookie.ends_with("; Secure");
    ensure!(is_safe, "{cookie}");
    Ok(())
}

fn assert_safe_head(answer: &Response) -> Result<()> {
    let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    ensure!(header("strict-transport-security").is_some_and(|value| value.starts_with("max-age=")), "HSTS");
    ensure!(header("content-security-policy").is_some_and(|value| value.starts_with("default-src")), "CSP");
    let id = header("x-request-id").unwrap_or_default();
    ensure!(id.len() >= 16 && id != "evil", "the number is not the client's: {id:?}");
    Ok(())
}

fn location(answer: &Response) -> Result<&str> {
    Ok(answer
        .headers()
        .get(LOCATION)
        .with_context(|| format!("{} has no address", answer.status()))?
        .to_str()?)
}

/// What a page has for browsers and scripts, but for what is of other sites.
fn addresses_in(page: &str) -> BTreeSet<String> {
    let names = ["href", "src", "action", "formaction", "data-preview"];
    let (html, any) = (Html::parse_document(page), Selector::parse("*").expect("a selector"));
    let all = html.select(&any).flat_map(|element| names.iter().filter_map(move |name| element.attr(name)));
    let ours = all.filter(|address| !address.starts_with('#') && !address.starts_with("mailto:"));
    ours.map(str::to_owned).collect()
}
