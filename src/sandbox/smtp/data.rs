//! `DATA`. RFC 5321, section 4.1.1.4.

use tokio::io::AsyncWriteExt as _;

use super::mail::{Envelope, Mail, Way};
use super::session::{End, Session};
use crate::sandbox::clock::pause;
use crate::sandbox::mailboxes::may_send_as;
use crate::sandbox::operation::Operation;
use crate::sandbox::socket::Socket;
use crate::sandbox::world::World;

impl<S: Socket> Session<'_, S> {
    /// Receives a mail.
    pub(super) async fn data(&mut self) -> Result<(), End> {
        if self.recipients.is_empty() {
            return self.say("503 5.5.1 There is no recipient yet").await;
        }
        self.say("354 End the data with <CR><LF>.<CR><LF>").await?;
        self.stream.flush().await?;
        let content = self.content().await?;
        pause(self.world.smtp_latency()).await;
        let envelope = Envelope {
            connection: self.connection,
            encrypted: S::ENCRYPTED,
            way: if self.mailbox.is_some() { Way::SmtpXoauth2 } else { Way::Smtp },
            saved_to_sent_items: false,
            sender: self.sender.take().unwrap_or_default(),
            recipients: std::mem::take(&mut self.recipients),
        };
        let (world, mailbox) = (self.world, self.mailbox.clone());
        let accept = || match content {
            Some(content) => accept(world, mailbox.as_deref(), envelope, &content),
            None => "552 5.3.4 The mail is too large".to_owned(),
        };
        let reply = self.attempt(Operation::SmtpData, accept).await?;
        self.say(&reply).await
    }

    /// The mail with its doubled dots removed; nothing if it is too large.
    async fn content(&mut self) -> Result<Option<Vec<u8>>, End> {
        let mut content = Vec::new();
        let mut fits = true;
        loop {
            let line = self.line().await?;
            if line == b".\r\n" {
                return Ok(fits.then_some(content));
            }
            let line = line.strip_prefix(b".").unwrap_or(&line);
            fits = fits && content.len() + line.len() <= self.world.smtp.size_limit;
            if fits {
                content.extend_from_slice(line);
            }
        }
    }
}

/// Puts a mail into the inbox, which is the effect of its data.
fn accept(world: &World, mailbox: Option<&str>, envelope: Envelope, content: &[u8]) -> String {
    let mail = Mail::parse(envelope, content, world.clock.now_ms());
    if let Some(mailbox) = mailbox
        && let Some(other) = mail.senders().iter().find(|from| !may_send_as(world, mailbox, from))
    {
        return format!("554 5.2.252 SendAsDenied; {mailbox} not allowed to send as {other}");
    }
    world.inbox.take(mail);
    world.changed();
    "250 2.0.0 Taken".to_owned()
}
