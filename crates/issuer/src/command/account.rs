//! `account add`, `account list`, `account remove`.

use super::{CommandError, Context, secret};
use crate::{
    password, shell,
    store::{self, Role},
};
use age::secrecy::ExposeSecret;
use clap::Subcommand;
use serde_json::json;
use std::path::PathBuf;

/// The shortest password, in characters.
const PASSWORD_CHARS_MIN: usize = 8;
/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 64;

/// What to do with accounts.
#[derive(Subcommand)]
pub enum Account {
    /// Add an account.
    Add {
        /// The name to log in with.
        name: String,
        /// What the account may do: proctor or operator.
        #[arg(long)]
        role: Role,
        /// A file with the password; otherwise $INVIGIL_PASSWORD, otherwise a prompt.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// List the accounts.
    List,
    /// Remove an account and end its logins.
    Remove {
        /// The name.
        name: String,
    },
}

pub fn run(context: &Context, command: Account) -> Result<(), CommandError> {
    match command {
        Account::Add { name, role, password_file } => add(context, name, role, password_file),
        Account::List => {
            let accounts = context.store()?.accounts()?;
            let lines: Vec<_> = accounts.iter().map(|account| format!("{:<9}{}", account.role, account.name)).collect();
            let json: Vec<_> =
                accounts.iter().map(|account| json!({"name": account.name, "role": account.role})).collect();
            context.print(lines.join("\n"), &json!({ "accounts": json }))
        }
        Account::Remove { name } => {
            if !context.store()?.remove_account(&name)? {
                return Err(CommandError::Name(format!("there is no account “{name}”")));
            }
            context.print(format!("removed {name}"), &json!({ "removed": name }))
        }
    }
}

fn add(context: &Context, name: String, role: Role, password_file: Option<PathBuf>) -> Result<(), CommandError> {
    let plain = (1..=NAME_CHARS_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if !plain || name.trim() != name {
        return Err(CommandError::Usage(format!("a name has 1 to {NAME_CHARS_MAX} characters, without spaces around")));
    }
    let password = secret::new_password(password_file.as_deref())?;
    let password = password.expose_secret();
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(CommandError::Secret(format!("a password has at least {PASSWORD_CHARS_MIN} characters")));
    }
    let account = store::Account { name: name.clone(), role, password: password::hash(password)? };
    if !context.store()?.put_account(&account, shell::now())? {
        return Err(CommandError::Name(format!("there is an account “{name}” already")));
    }
    context.print(format!("added {name} ({role})"), &json!({"name": name, "role": role}))
}
