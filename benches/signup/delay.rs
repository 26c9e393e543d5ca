//! A network between us and a server: it carries every byte, and takes its time for it.

use std::{net::SocketAddr, time::Duration};

use accountcreator::domain::{Clock, Timestamp};
use anyhow::Result;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::mpsc,
};

/// How long a question and its answer take together.
pub const ROUND_TRIP: Duration = Duration::from_millis(50);

/// Carries connections to a server until the process ends.
pub async fn serve(listen: SocketAddr, to: SocketAddr) -> Result<()> {
    let listener = TcpListener::bind(listen).await?;
    loop {
        let (near, _) = listener.accept().await?;
        let Ok(far) = TcpStream::connect(to).await else { continue };
        near.set_nodelay(true)?;
        far.set_nodelay(true)?;
        let (near, far) = (near.into_split(), far.into_split());
        tokio::spawn(carry(near.0, far.1));
        tokio::spawn(carry(far.0, near.1));
    }
}

/// Carries one direction until it is closed.
async fn carry(mut from: OwnedReadHalf, to: OwnedWriteHalf) {
    let clock = Clock::system();
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(deliver(clock.clone(), receiver, to));
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let due = clock.now().plus(ROUND_TRIP / 2);
        if sender.send((due, buffer[..count].to_vec())).is_err() {
            return;
        }
    }
}

async fn deliver(
    clock: Clock,
    mut bytes: mpsc::UnboundedReceiver<(Timestamp, Vec<u8>)>,
    mut to: OwnedWriteHalf,
) {
    while let Some((due, bytes)) = bytes.recv().await {
        clock.sleep_until(due).await;
        if to.write_all(&bytes).await.is_err() {
            return;
        }
    }
}
