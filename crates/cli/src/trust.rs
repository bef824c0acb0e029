//! `invigil log verify` and `invigil credential verify`.

use crate::fail;
use clap::Subcommand;
use invigil_client::clock;
use invigil_content::bundle::{Bundle, BundleError};
use invigil_core::{PublicKey, checkpoint::PaperCode, sitting::Event, verify::Verdict};
use invigil_credential as credential;
use serde_json::Value as Json;
use std::{fs, path::PathBuf, process::ExitCode};

/// Exit code for what is not to be trusted.
const UNTRUSTED: u8 = 2;

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

#[derive(Subcommand)]
pub enum Credential {
    /// Check a credential from a file or an address; exit 2 when it is not to be trusted
    Verify {
        /// File or http(s) address
        source: String,
        /// Accept only this key (z6Mk…); without it the issuer's published keys are asked for
        #[arg(long)]
        key: Option<PublicKey>,
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

pub fn credential(command: Credential) -> ExitCode {
    let Credential::Verify { source, key } = command;
    match verify_credential(&source, key) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err((code, message)) => {
            println!("not to be trusted: {message} ({code})");
            ExitCode::from(UNTRUSTED)
        }
    }
}

/// Checks a credential and says what it says.
///
/// # Errors
/// A code and a sentence: the reason why it must not be relied on, or why it could not be checked.
pub fn verify_credential(source: &str, key: Option<PublicKey>) -> Result<String, (String, String)> {
    let bytes = read(source)?;
    let refused = |error: credential::CredentialError| (error.code().to_owned(), error.to_string());
    let key = match key {
        Some(key) => key,
        None => published_key(&credential::signatory(&bytes).map_err(refused)?.method)?,
    };
    let summary = credential::verify(&bytes, &key, clock::wall()).map_err(refused)?;
    Ok(format!(
        "valid: {}\nissued by {} ({})\nfrom {} until {}\nsigned by {key} ({})\n",
        summary.title,
        summary.issuer_name,
        summary.issuer,
        summary.valid_from,
        summary.valid_until,
        key.fingerprint()
    ))
}

/// The key that a `did:web` verification method names, from the issuer's own address.
fn published_key(method: &str) -> Result<PublicKey, (String, String)> {
    let unknown = || ("key-unknown".to_owned(), format!("the key {method} cannot be found; name it with --key"));
    let (did, _) = method.split_once('#').ok_or_else(unknown)?;
    let host = did.strip_prefix("did:web:").ok_or_else(unknown)?.replace("%3A", ":").replace("%3a", ":");
    let link = invigil_client::link::Link { host, code: String::new() };
    let bytes = read(&format!("{}/.well-known/did.json", link.origin()))?;
    let document: Json = serde_json::from_slice(&bytes).map_err(|_| unknown())?;
    let methods = document["verificationMethod"].as_array().ok_or_else(unknown)?;
    let entry = methods.iter().find(|entry| entry["id"] == method).ok_or_else(unknown)?;
    entry["publicKeyMultibase"].as_str().and_then(|key| key.parse().ok()).ok_or_else(unknown)
}

fn read(source: &str) -> Result<Vec<u8>, (String, String)> {
    let failed = |why: &dyn std::fmt::Display| ("unreadable".to_owned(), format!("{source}: {why}"));
    if !source.starts_with("http://") && !source.starts_with("https://") {
        return fs::read(source).map_err(|why| failed(&why));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|why| failed(&why))?;
    let fetch = async {
        let response = reqwest::get(source).await?.error_for_status()?;
        Ok::<_, reqwest::Error>(response.bytes().await?.to_vec())
    };
    runtime.block_on(fetch).map_err(|why| failed(&why))
}
