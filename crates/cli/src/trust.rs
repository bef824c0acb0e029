//! `invigil log verify`.

use crate::fail;
use clap::Subcommand;
use invigil_content::bundle::{Bundle, BundleError};
use invigil_core::{PublicKey, checkpoint::PaperCode, sitting::Event, verify::Verdict};
use std::{fs, path::PathBuf, process::ExitCode};

/// Exit code for what is not to be trusted.
pub const UNTRUSTED: u8 = 2;

#[derive(Subcommand)]
pub enum Log {
    /// Judge the log in a bundle; exit 2 when it is broken
    Verify {
        /// The bundle
        bundle: PathBuf,
        /// The code noted on paper at the start or at hand-in
        #[arg(long)]
        code: Option<PaperCode>,
        /// Accept only this issuer's key (z6Mk…)
        #[arg(long)]
        issuer: Option<PublicKey>,
    },
}

pub fn log(command: Log) -> ExitCode {
    let Log::Verify { bundle, code, issuer } = command;
    let bytes = match fs::read(&bundle) {
        Ok(bytes) => bytes,
        Err(why) => return fail("bundle-unreadable", format!("{}: {why}", bundle.display())),
    };
    let untrusted = |error: BundleError| {
        println!("broken: {error} ({})", error.code());
        ExitCode::from(UNTRUSTED)
    };
    let read = match Bundle::read(&bytes) {
        Ok(read) => read,
        Err(error) => return untrusted(error),
    };
    let admission = &read.anchors.admission;
    let key = admission.issuer.signing;
    if issuer.is_some_and(|expected| expected != key) {
        println!("broken: the bundle is signed by another issuer, {key}");
        return ExitCode::from(UNTRUSTED);
    }
    let verified = match read.verify(code) {
        Ok(verified) => verified,
        Err(error) => return untrusted(error),
    };
    println!("{}", verified.verdict);
    println!("sitting   {}", admission.sitting);
    println!("issuer    {} {} ({})", admission.issuer.name, admission.issuer.did, key.fingerprint());
    println!("records   {} verified, {} vouched for, head {}", verified.log.size, verified.vouched, verified.log.head);
    match verified.records.last().map(|record| (&record.event, record.at.wall)) {
        Some((Event::Closed { .. }, at)) => println!("closed    {at}"),
        Some(_) | None => println!("closed    no: the log goes on, or its end is missing"),
    }
    match verified.verdict {
        Verdict::Broken { why, .. } => {
            println!("because   {why}");
            ExitCode::from(UNTRUSTED)
        }
        Verdict::Proven | Verdict::ProvenUntil(_) | Verdict::Unanchored => ExitCode::SUCCESS,
    }
}
