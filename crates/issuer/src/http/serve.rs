//! Listening, and stopping without dropping anybody's request.

use super::router;
use crate::{desk::Desk, shell};
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

/// How often it is looked for pictures whose time is over.
const SWEEP: Duration = Duration::from_secs(60 * 60);

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
    let (done_with, sweeping) = (stopped.clone(), desk.clone());
    tokio::spawn(async move { delete_lapsed(sweeping, done_with).await });
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

/// Deletes pictures whose time is over, at the start and every hour, until the service stops.
async fn delete_lapsed(desk: Arc<Desk>, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        let desk = desk.clone();
        match tokio::task::spawn_blocking(move || desk.delete_lapsed_pictures(shell::now())).await {
            Ok(Ok(0)) => {}
            Ok(Ok(sittings)) => tracing::info!(sittings, "pictures were deleted, because their time is over"),
            Ok(Err(why)) => tracing::error!(?why, "pictures whose time is over could not be deleted"),
            Err(why) => tracing::error!(%why, "deleting pictures broke off"),
        }
        // Either the hour is over or the service stops.
        drop(tokio::time::timeout(SWEEP, stopped.changed()).await);
    }
}
