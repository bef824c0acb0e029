//! Listening, and stopping without dropping anybody's request.

use super::router;
use crate::desk::Desk;
use std::{
    io::{self, Write},
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// How long requests under way may take after the signal to stop.
const FAREWELL: Duration = Duration::from_secs(10);

/// The service cannot run.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {why}")]
pub struct ServeError {
    /// Where.
    pub address: SocketAddr,
    /// Why.
    pub why: io::Error,
}

/// Serves until SIGTERM or SIGINT. Prints one line when it is ready.
///
/// # Errors
/// When the address cannot be used.
pub async fn serve(desk: Arc<Desk>, address: SocketAddr, ui: Option<PathBuf>) -> Result<(), ServeError> {
    run(desk, address, ui).await.map_err(|why| ServeError { address, why })
}

async fn run(desk: Arc<Desk>, address: SocketAddr, ui: Option<PathBuf>) -> io::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let listener = TcpListener::bind(address).await?;
    let (stop, stopped) = watch::channel(false);
    let mut heard = stopped.clone();
    let service = router(desk, ui).into_make_service_with_connect_info::<SocketAddr>();
    writeln!(io::stdout(), "listening on http://{}", listener.local_addr()?)?;
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        // An error means that the sender is gone, which is the end as well.
        drop(heard.wait_for(|stop| *stop).await);
    });
    let mut server = std::pin::pin!(server.into_future());
    tokio::select! {
        done = &mut server => return done,
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    stop.send_replace(true);
    match tokio::time::timeout(FAREWELL, server).await {
        Ok(done) => done,
        Err(_) => Ok(()),
    }
}
