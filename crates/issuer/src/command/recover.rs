//! `recover`.

use super::{CommandError, Context};
use crate::shell;
use clap::Args;
use invigil_core::SittingId;
use std::{
    fs,
    io::{self, IsTerminal, Write},
    path::PathBuf,
};

/// Whose key.
#[derive(Args)]
pub struct Recover {
    /// The sitting's folder from the broken computer, or a copy of it; its name is the sitting's.
    folder: PathBuf,
}

/// Prints the key into a pipe and nowhere else: no key is ever written in plain.
pub fn run(context: &Context, command: &Recover) -> Result<(), CommandError> {
    if io::stdout().is_terminal() {
        let pipe =
            "this prints a key; pipe it: invigil-issuer recover FOLDER | invigil rescue FOLDER --out FILE.invsub";
        return Err(CommandError::Usage(pipe.to_owned()));
    }
    let name = command.folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let sitting: SittingId = name.parse().map_err(|_| {
        CommandError::Usage(format!("“{name}” is not the folder of a sitting, which is named after it"))
    })?;
    let path = command.folder.join("recovery.age");
    let sealed = fs::read(&path).map_err(|why| CommandError::File { path, why })?;
    let key = context.desk()?.recover_key(&sitting, &sealed, "operator", shell::now())?;
    Ok(io::stdout().lock().write_all(&key)?)
}
