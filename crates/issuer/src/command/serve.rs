//! `serve`.

use super::{CommandError, Context};
use crate::http;
use clap::Args;
use std::{env, net::SocketAddr, path::PathBuf, sync::Arc};

/// How to serve.
#[derive(Args)]
pub struct Serve {
    /// Where to listen. A proxy that speaks TLS belongs in front of anything but loopback.
    #[arg(long, default_value = "127.0.0.1:8790")]
    listen: SocketAddr,
    /// The folder with the console's files; otherwise “console” beside this program.
    #[arg(long, value_name = "DIR")]
    ui: Option<PathBuf>,
}

pub fn run(context: &Context, command: Serve) -> Result<(), CommandError> {
    let desk = Arc::new(context.desk()?);
    let ui = command.ui.or_else(beside_this_program);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(http::serve(desk, command.listen, ui))?;
    Ok(())
}

fn beside_this_program() -> Option<PathBuf> {
    let folder = env::current_exe().ok()?.parent()?.join("console");
    folder.is_dir().then_some(folder)
}
