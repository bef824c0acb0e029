//! The issuing service's program: reads the command line, carries it out, says in one sentence why it could not.

#![forbid(unsafe_code)]

use clap::Parser;
use invigil_issuer::command::{CommandLine, run};
use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("INVIGIL_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(io::stderr).init();
    // Only a second call fails, and this is the first.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    match run(CommandLine::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why} [{}]", why.code());
            ExitCode::FAILURE
        }
    }
}
