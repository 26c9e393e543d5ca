//! A policy service that Postfix asks, as greylisting and content filters are connected to it.
//!
//! Source: <https://www.postfix.org/SMTPD_POLICY_README.html>.

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use accountcreator::domain::Clock;
use anyhow::Result;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Delay of an answer, and the action in it.
type Answer = (Duration, &'static str);
type Decide = dyn FnMut(&HashMap<String, String>) -> Answer + Send;

/// A running service. It ends with this value.
pub struct Policy {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Policy {
    /// Starts one that decides by the attributes of a request.
    pub async fn start(
        decide: impl FnMut(&HashMap<String, String>) -> Answer + Send + 'static,
    ) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let decide: Arc<Mutex<Decide>> = Arc::new(Mutex::new(decide));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&decide)));
            }
        });
        Ok(Self { address, task })
    }

    /// Address at which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Policy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(stream: TcpStream, decide: Arc<Mutex<Decide>>) -> Result<()> {
    let mut stream = BufReader::new(stream);
    let mut attributes = HashMap::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        if let Some((name, value)) = line.trim_end().split_once('=') {
            attributes.insert(name.to_owned(), value.to_owned());
            continue;
        }
        let (takes, action) = {
            let mut decide = decide.lock().unwrap_or_else(PoisonError::into_inner);
            (*decide)(&std::mem::take(&mut attributes))
        };
        let clock = Clock::system();
        clock.sleep_until(clock.now().plus(takes)).await;
        stream.write_all(format!("action={action}\n\n").as_bytes()).await?;
    }
}
