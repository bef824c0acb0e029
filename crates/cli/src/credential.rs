//! `invigil credential verify`: a credential from a file, a picture or an address, checked as anybody could check it.

use crate::trust::UNTRUSTED;
use clap::{Subcommand, ValueEnum};
use invigil_client::{clock, link::Link};
use invigil_core::{PublicKey, Wall};
use invigil_credential::{
    CredentialError, DidDocument, RevocationList, Signatory, Standing, Summary,
    bake::{BakeError, PICTURE_BYTES_MAX, looks_baked, unbake},
    did_web_place, signatory, verify,
};
use serde_json::{Value as Json, json};
use std::{fmt, fs, io::Read as _, process::ExitCode, time::Duration};

/// How long an address may take.
const FETCH_TIME_MAX: Duration = Duration::from_secs(30);
const REDIRECTS_MAX: usize = 5;

#[derive(Subcommand)]
pub enum Command {
    /// Check a credential; exit 2 when it is not to be trusted, or cannot be checked
    Verify(Arguments),
}

#[derive(clap::Args)]
pub struct Arguments {
    /// File or address: JSON, or a PNG or SVG picture with a credential in it
    source: String,
    /// Accept only this key (z6Mk…); without it the issuer's published keys are asked for
    #[arg(long)]
    key: Option<PublicKey>,
    /// The issuer's status list, as a file or an address; without it the address in the credential is asked
    #[arg(long, conflicts_with = "without_status")]
    status: Option<String>,
    /// Do not ask whether it was revoked
    #[arg(long)]
    without_status: bool,
    /// Also check that it is about somebody of exactly this name
    #[arg(long)]
    holder: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Human,
    Json,
}

/// Why a credential must not be relied on, or could not be checked.
pub struct Refusal {
    code: &'static str,
    /// In words.
    pub message: String,
}

impl From<CredentialError> for Refusal {
    fn from(error: CredentialError) -> Self {
        Self { code: error.code(), message: error.to_string() }
    }
}

impl From<BakeError> for Refusal {
    fn from(error: BakeError) -> Self {
        Self { code: error.code(), message: error.to_string() }
    }
}

pub fn run(command: Command) -> ExitCode {
    let Command::Verify(arguments) = command;
    let checked = check(&arguments);
    match (&checked, arguments.format) {
        (Ok(verified), Format::Human) => print!("{verified}"),
        (Ok(verified), Format::Json) => println!("{:#}", verified.to_json()),
        (Err(refusal), Format::Human) => println!("not to be trusted: {} ({})", refusal.message, refusal.code),
        (Err(refusal), Format::Json) => {
            println!("{:#}", json!({"valid": false, "code": refusal.code, "message": refusal.message}));
        }
    }
    if checked.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(UNTRUSTED) }
}

/// Checks the credential at an address with what its issuer publishes. The answer is its title.
pub fn verify_for_anybody(source: &str) -> Result<String, Refusal> {
    let arguments = Arguments {
        source: source.to_owned(),
        key: None,
        status: None,
        without_status: false,
        holder: None,
        format: Format::Human,
    };
    Ok(check(&arguments)?.summary.title)
}

struct Verified {
    summary: Summary,
    key: PublicKey,
    revocation: Revocation,
}

enum Revocation {
    NotAsked,
    Impossible,
    InForce(Wall),
}

fn check(arguments: &Arguments) -> Result<Verified, Refusal> {
    let now = clock::wall();
    let mut bytes = read(&arguments.source)?;
    if looks_baked(&bytes) {
        bytes = unbake(&bytes)?.into_bytes();
    }
    let key = key_of(&signatory(&bytes)?, arguments.key)?;
    let summary = verify(&bytes, &key, now)?;
    if arguments.holder.as_ref().is_some_and(|name| !summary.is_about(name)) {
        let message = "the credential is about somebody of another name".to_owned();
        return Err(Refusal { code: "credential-other-holder", message });
    }
    let revocation = match &summary.status {
        None => Revocation::Impossible,
        Some(_) if arguments.without_status => Revocation::NotAsked,
        Some(entry) => {
            let list = arguments.status.as_ref().unwrap_or(&entry.list);
            revocation(&summary, list, arguments.key, now).map_err(|why| match why.code {
                "credential-revoked" => why,
                _ => Refusal {
                    code: "credential-status-unknown",
                    message: format!(
                        "whether it was revoked cannot be found out from {list}: {} ({}). Try again later, give the \
                         list by --status, or do without by --without-status",
                        why.message, why.code
                    ),
                },
            })?
        }
    };
    Ok(Verified { summary, key, revocation })
}

fn revocation(summary: &Summary, list: &str, key: Option<PublicKey>, now: Wall) -> Result<Revocation, Refusal> {
    let bytes = read(list)?;
    let list = RevocationList::open(&bytes, &key_of(&RevocationList::signatory(&bytes)?, key)?, now)?;
    match summary.standing(Some(&list)) {
        Standing::Revoked => {
            let message = "the issuer has revoked the credential".to_owned();
            Err(Refusal { code: "credential-revoked", message })
        }
        Standing::InForce => Ok(Revocation::InForce(list.valid_from)),
        Standing::NotRevocable => Ok(Revocation::Impossible),
        Standing::Unknown => {
            let message = "this is not the list that the credential names".to_owned();
            Err(Refusal { code: "status-list-other", message })
        }
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { title, issuer, issuer_name, valid_from, valid_until, .. } = &self.summary;
        writeln!(f, "valid: {title}\nissued by {issuer_name} ({issuer})")?;
        match valid_until {
            Some(until) => writeln!(f, "from {valid_from} until {until}")?,
            None => writeln!(f, "from {valid_from}, without an end")?,
        }
        writeln!(f, "signed by {} ({})", self.key, self.key.fingerprint())?;
        match self.revocation {
            Revocation::InForce(at) => writeln!(f, "not revoked, by the issuer's list of {at}"),
            Revocation::Impossible => writeln!(f, "cannot be revoked: it names no status list"),
            Revocation::NotAsked => writeln!(f, "whether it was revoked was not asked"),
        }
    }
}

impl Verified {
    fn to_json(&self) -> Json {
        let Summary { id, title, issuer, issuer_name, valid_from, valid_until, .. } = &self.summary;
        let (revocation, list_from) = match self.revocation {
            Revocation::InForce(at) => ("not-revoked", Some(at)),
            Revocation::Impossible => ("impossible", None),
            Revocation::NotAsked => ("not-asked", None),
        };
        json!({
            "valid": true, "id": id, "title": title, "issuer": issuer, "issuerName": issuer_name,
            "validFrom": valid_from, "validUntil": valid_until, "key": self.key,
            "fingerprint": self.key.fingerprint(), "revocation": revocation, "listFrom": list_from,
        })
    }
}

/// The given key, or the one that the issuer publishes for such a proof at its own address.
fn key_of(signatory: &Signatory, given: Option<PublicKey>) -> Result<PublicKey, Refusal> {
    if let Some(key) = given {
        return Ok(key);
    }
    let Some((host, path)) = did_web_place(&signatory.issuer) else {
        let message =
            format!("the issuer {} publishes no keys that are known here; name one with --key", signatory.issuer);
        return Err(Refusal { code: "key-unknown", message });
    };
    let origin = Link { host, code: String::new() }.origin();
    let document = read(&format!("{origin}{path}"))?;
    Ok(DidDocument::read(&document, &signatory.issuer)?.key(signatory)?)
}

/// What lies in a file or at an address, up to the size of a picture.
fn read(source: &str) -> Result<Vec<u8>, Refusal> {
    let failed = |why: &dyn fmt::Display| Refusal { code: "unreadable", message: format!("{source}: {why}") };
    let bytes = if source.starts_with("http://") || source.starts_with("https://") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|why| failed(&why))?;
        runtime.block_on(fetch(source)).map_err(|why| failed(&why))?
    } else {
        let file = fs::File::open(source).map_err(|why| failed(&why))?;
        let mut bytes = Vec::new();
        file.take(PICTURE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(|why| failed(&why))?;
        bytes
    };
    if PICTURE_BYTES_MAX < bytes.len() { Err(failed(&"it is too large")) } else { Ok(bytes) }
}

async fn fetch(source: &str) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let url = reqwest::Url::parse(source)?;
    if !may_fetch(&url) {
        return Err("only https is asked, and http on this computer".into());
    }
    let redirects = reqwest::redirect::Policy::custom(|attempt| {
        if REDIRECTS_MAX < attempt.previous().len() || !may_fetch(attempt.url()) {
            attempt.stop()
        } else {
            attempt.follow()
        }
    });
    let client = reqwest::Client::builder().redirect(redirects).timeout(FETCH_TIME_MAX).build()?;
    let mut response = client.get(url).header("accept", "application/json, image/png, image/svg+xml").send().await?;
    if !response.status().is_success() {
        return Err(format!("the answer is {}", response.status()).into());
    }
    let mut bytes = Vec::new();
    while let Some(part) = response.chunk().await? {
        bytes.extend_from_slice(&part);
        if PICTURE_BYTES_MAX < bytes.len() {
            break;
        }
    }
    Ok(bytes)
}

/// Everything but this very machine is spoken to under TLS.
fn may_fetch(url: &reqwest::Url) -> bool {
    let host = url.host_str().unwrap_or_default().to_owned();
    url.scheme() == "https" || (url.scheme() == "http" && Link { host, code: String::new() }.is_this_machine())
}
