//! `AUTH`. RFC 4954.

use tokio::io::AsyncWriteExt as _;

use super::commands::{decode, plain_login};
use super::session::{End, Session};
use crate::sandbox::operation::Operation;
use crate::sandbox::socket::Socket;

impl<S: Socket> Session<'_, S> {
    /// Checks a login against the one that was configured.
    pub(super) async fn auth(&mut self, method: &str, response: Option<String>) -> Result<(), End> {
        if self.world.smtp.login.is_none() || self.logged_in {
            return self.say("503 5.5.1 AUTH is not expected").await;
        }
        let given = match method {
            "PLAIN" => plain_login(&self.response("", response).await?),
            "LOGIN" => {
                let user = decode(&self.response("VXNlcm5hbWU6", response).await?);
                let password = decode(&self.response("UGFzc3dvcmQ6", None).await?);
                user.zip(password)
            }
            _ => return self.say("504 5.5.4 Unknown authentication method").await,
        };
        let login = self.world.smtp.login.as_ref();
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
