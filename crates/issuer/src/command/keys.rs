//! `keys new`, `keys show`.

use super::{CommandError, Context, card, secret};
use crate::{
    keys::{self, Card},
    shell,
};
use clap::Subcommand;
use serde_json::{Value as Json, json};

/// What to do with the keys.
#[derive(Subcommand)]
pub enum Keys {
    /// Make the keys of this organisation and seal them under a passphrase.
    New {
        /// The organisation's name, as candidates and credentials show it.
        #[arg(long)]
        name: String,
        /// Where the service will answer: https://exams.example.org
        #[arg(long)]
        origin: String,
    },
    /// Show the public half: identifier, fingerprints and recipients.
    Show,
}

pub fn run(context: &Context, command: Keys) -> Result<(), CommandError> {
    let store = context.store()?;
    let card = match command {
        Keys::New { name, origin } => {
            let name = name.trim();
            if name.is_empty() {
                return Err(CommandError::Usage("the organisation needs a name".to_owned()));
            }
            let taken = || CommandError::Name("there are keys already; “keys show” shows them".to_owned());
            if store.keys()?.is_some() {
                return Err(taken());
            }
            let passphrase = secret::new_passphrase(context.passphrase_file.as_deref())?;
            let seeds = [shell::random(), shell::random()];
            let (card, sealed) = keys::generate(name, &origin, seeds, shell::now(), passphrase)?;
            if !store.put_keys(&card, sealed.as_bytes())? {
                return Err(taken());
            }
            card
        }
        Keys::Show => card(&store)?,
    };
    context.print(text(&card), &json_of(&card))
}

fn text(card: &Card) -> String {
    let issuer = &card.issuer;
    format!(
        "{}\n  identifier   {}\n  origin       {}\n  signing      {}\n               {}\n  credential   {}\n               \
         {}\n  recovery     {}\n  evidence     {}",
        issuer.name,
        issuer.did,
        issuer.origin,
        issuer.signing,
        issuer.signing.fingerprint(),
        card.credential,
        card.credential.fingerprint(),
        issuer.recovery,
        card.evidence,
    )
}

fn json_of(card: &Card) -> Json {
    let issuer = &card.issuer;
    json!({
        "name": issuer.name, "did": issuer.did, "origin": issuer.origin,
        "signing": issuer.signing, "signingFingerprint": issuer.signing.fingerprint(),
        "credential": card.credential, "credentialFingerprint": card.credential.fingerprint(),
        "recovery": issuer.recovery, "evidence": card.evidence, "created": card.created,
    })
}
