//! `AUTH`. RFC 4954, and XOAUTH2 as in Exchange.
//!
//! <https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::AsyncWriteExt as _;

use super::commands::{decode, plain_login};
use super::session::{End, Session};
use crate::sandbox::entra::access::Claims;
use crate::sandbox::entra::audience::Resource;
use crate::sandbox::mailboxes::{self, Protocol};
use crate::sandbox::operation::Operation;
use crate::sandbox::options::Xoauth2;
use crate::sandbox::socket::Socket;
use crate::sandbox::world::World;

/// The reason that a token was refused, as JSON in base64 after `334`.
const CHALLENGE: &str = r#"{"status":"400","schemes":"Bearer","scope":"https://outlook.office365.com/"}"#;

impl<S: Socket> Session<'_, S> {
    /// Checks a login: a password against the one that was configured, a token against the tenant.
    pub(super) async fn auth(&mut self, method: &str, response: Option<String>) -> Result<(), End> {
        let smtp = &self.world.smtp;
        let (passwords, tokens) = (smtp.login.is_some(), smtp.xoauth2 != Xoauth2::Off);
        if !(passwords || tokens) || self.logged_in {
            return self.say("503 5.5.1 AUTH is not expected").await;
        }
        let given = match method {
            "PLAIN" if passwords => plain_login(&self.response("", response).await?),
            "LOGIN" if passwords => {
                let user = decode(&self.response("VXNlcm5hbWU6", response).await?);
                let password = decode(&self.response("UGFzc3dvcmQ6", None).await?);
                user.zip(password)
            }
            "XOAUTH2" if tokens => return self.token(response).await,
            _ => return self.say("504 5.7.4 Unrecognized authentication type").await,
        };
        let login = smtp.login.as_ref();
        let right = login
            .zip(given)
            .is_some_and(|(login, (user, password))| login.user == user && login.password == password);
        let reply = self
            .attempt(Operation::SmtpAuth, || {
                if right { "235 2.7.0 Welcome" } else { "535 5.7.8 Wrong user name or password" }.to_owned()
            })
            .await?;
        self.logged_in = reply.starts_with("235");
        self.say(&reply).await
    }

    /// `AUTH XOAUTH2`: the reason of a refusal comes first, and the client answers it with an empty line.
    async fn token(&mut self, response: Option<String>) -> Result<(), End> {
        let response = self.response("", response).await?;
        let world = self.world;
        let mailbox = bearer(&response).and_then(|(user, token)| check_token(world, &user, &token));
        let mailbox = mailbox.map(|(mailbox, _)| mailbox);
        let effect = || match mailbox {
            Some(_) => "235 2.7.0 Authentication successful".to_owned(),
            None => format!("334 {}", STANDARD.encode(CHALLENGE)),
        };
        let mut reply = self.attempt(Operation::SmtpAuth, effect).await?;
        if reply.starts_with("334") {
            self.say(&reply).await?;
            self.stream.flush().await?;
            self.line().await?;
            "535 5.7.3 Authentication unsuccessful".clone_into(&mut reply);
        }
        self.logged_in = reply.starts_with("235");
        self.mailbox = mailbox.filter(|_| self.logged_in);
        self.say(&reply).await
    }

    /// The client's next response, unless it sent it with the command.
    async fn response(&mut self, prompt: &str, early: Option<String>) -> Result<String, End> {
        if let Some(response) = early {
            return Ok(response);
        }
        self.say(&format!("334 {prompt}")).await?;
        self.stream.flush().await?;
        Ok(String::from_utf8_lossy(&self.line().await?).into_owned())
    }
}

/// The mailbox and the token of a response.
fn bearer(response: &str) -> Option<(String, String)> {
    let decoded = decode(response)?;
    let (user, rest) = decoded.strip_prefix("user=")?.split_once('\u{1}')?;
    let (scheme, token) = rest.strip_prefix("auth=")?.strip_suffix("\u{1}\u{1}")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| (user.to_owned(), token.to_owned()))
}

/// The mailbox of this name and the claims of the token, if the token opens it by SMTP.
pub(in crate::sandbox) fn check_token(world: &World, user: &str, token: &str) -> Option<(String, Claims)> {
    if world.fault(Operation::SmtpToken).is_some() {
        return None;
    }
    let claims = world.access.check(token, world.clock.now_seconds()).ok()?;
    let claims = claims.for_resource(Resource::Exchange).ok()?;
    let mailbox = mailboxes::find(world, user).ok()?;
    mailboxes::may_use(world, &claims.roles, Protocol::Smtp, &mailbox).then_some((mailbox, claims))
}
