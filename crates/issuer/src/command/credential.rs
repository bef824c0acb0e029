//! `credential`.

use super::{CommandError, Context};
use crate::{shell, store::Revoked};
use clap::Subcommand;
use serde_json::json;

/// What to do with credentials.
#[derive(Subcommand)]
pub enum Credential {
    /// Revoke a credential, for ever. Whoever verifies it from now on hears of it.
    Revoke {
        /// Its identifier: the last part of its address.
        id: String,
        /// Why, for the service's own records. It is not published.
        #[arg(long)]
        reason: String,
    },
}

pub fn run(context: &Context, command: &Credential) -> Result<(), CommandError> {
    let Credential::Revoke { id, reason } = command;
    let said = match context.store()?.revoke(id, reason, "operator", shell::now())? {
        Revoked::Now => "is revoked",
        Revoked::Before => "was revoked before",
        Revoked::WithoutPlace => {
            let why = "was issued before this service published status lists, so nobody could hear of it";
            return Err(CommandError::Name(format!("the credential {id} {why}")));
        }
        Revoked::Unknown => return Err(CommandError::Name(format!("there is no credential {id}"))),
    };
    context.print(format!("the credential {id} {said}"), &json!({"id": id, "revoked": true}))
}
