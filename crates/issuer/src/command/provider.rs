//! `provider add`, `provider list`, `provider remove`.

use super::{CommandError, Context, card, secret};
use crate::{oidc, shell, store::KnownProvider};
use age::secrecy::ExposeSecret;
use clap::{Args, Subcommand};
use invigil_content::sealing;
use invigil_core::role::Scope;
use serde_json::json;
use std::path::PathBuf;

/// The longest name of a provider, in characters.
const NAME_CHARS_MAX: usize = 40;

/// What to do with providers of identities.
#[derive(Subcommand)]
pub enum Provider {
    /// Add a provider that speaks OpenID Connect.
    Add(Box<Add>),
    /// List the providers.
    List,
    /// Remove a provider, and end the sessions that began there.
    Remove {
        /// Its name.
        name: String,
    },
}

/// A provider.
#[derive(Args)]
pub struct Add {
    /// Its name, as people see it: lower-case letters, digits and hyphens.
    name: String,
    /// Its address, as its documents name it: https://login.example.org
    #[arg(long)]
    issuer: String,
    /// What it calls this service.
    #[arg(long)]
    client: String,
    /// A file with the secret that it gave; without one there is none, and PKCE alone protects the sign-in.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// The organisation whose candidates sign in there, as its programme names it.
    #[arg(long)]
    organisation: Scope,
    /// What to ask for besides openid.
    #[arg(long, value_delimiter = ',', default_value = "profile,email")]
    scopes: Vec<String>,
    /// The claim that holds a person's name.
    #[arg(long, default_value = "name")]
    name_claim: String,
    /// Let an address that it has verified say who a candidate on a roster is.
    #[arg(long)]
    trust_email: bool,
}

pub fn run(context: &Context, command: Provider) -> Result<(), CommandError> {
    let store = context.store()?;
    match command {
        Provider::Add(add) => {
            let new = provider(&card(&store)?.store, *add)?;
            if !store.put_provider(&new, "operator", shell::now())? {
                return Err(CommandError::Name(format!("there is a provider “{}” already", new.id)));
            }
            let back = format!("{}/sign-in/{}/callback", card(&store)?.issuer.origin, new.id);
            let text = format!("added {}\n  tell it this redirect address: {back}", new.id);
            context.print(text, &json!({"name": new.id, "redirect": back}))
        }
        Provider::List => {
            let providers = store.providers()?;
            let text = |one: &KnownProvider| format!("{}  {}  for {}", one.id, one.issuer, one.organisation);
            let json = |one: &KnownProvider| {
                json!({
                    "name": one.id, "issuer": one.issuer, "client": one.client, "scopes": one.scopes,
                    "nameClaim": one.name_claim, "organisation": one.organisation, "trustsEmail": one.trusts_email,
                    "secret": one.secret.is_some(),
                })
            };
            let lines: Vec<_> = providers.iter().map(text).collect();
            context.print(lines.join("\n"), &json!({"providers": providers.iter().map(json).collect::<Vec<_>>()}))
        }
        Provider::Remove { name } => {
            if !store.remove_provider(&name, "operator", shell::now())? {
                return Err(CommandError::Name(format!("there is no provider “{name}”")));
            }
            context.print(format!("removed {name}"), &json!({ "removed": name }))
        }
    }
}

fn provider(recipient: &str, add: Add) -> Result<KnownProvider, CommandError> {
    let usage = |why: &str| Err(CommandError::Usage(why.to_owned()));
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    if !(1..=NAME_CHARS_MAX).contains(&add.name.len()) || !add.name.bytes().all(plain) {
        return usage("a provider's name has 1 to 40 lower-case letters, digits and hyphens");
    }
    if !oidc::is_address(&add.issuer) {
        return usage(
            "the address of a provider begins with https:// and has no query; on this machine http:// will do",
        );
    }
    let Scope::Organisation(organisation) = add.organisation else {
        return usage("a provider is one organisation's; name it");
    };
    let secret = add.secret_file.map(|file| secret::from_file(&file)).transpose()?;
    let seal = |secret: &str| {
        sealing::to_recipient(recipient, secret.as_bytes()).map_err(|why| CommandError::Setup(why.into()))
    };
    Ok(KnownProvider {
        id: add.name,
        issuer: add.issuer,
        client: add.client,
        secret: secret.map(|secret| seal(secret.expose_secret())).transpose()?,
        scopes: add.scopes.join(" "),
        name_claim: add.name_claim,
        organisation,
        trusts_email: add.trust_email,
    })
}
