//! `account add`, `account list`, `account remove`.

use super::{CommandError, Context, person::roles, secret};
use crate::{password, setup, shell, store};
use age::secrecy::ExposeSecret;
use clap::Subcommand;
use invigil_core::role::{Grant, Role, Scope};
use serde_json::json;
use std::path::PathBuf;

/// The shortest password, in characters.
const PASSWORD_CHARS_MIN: usize = 8;
/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 64;

/// What to do with accounts.
#[derive(Subcommand)]
pub enum Account {
    /// Add a person who logs in to the console by name and password.
    Add {
        /// The name to log in with.
        name: String,
        /// What the person is: author, marker, proctor or operator.
        #[arg(long)]
        role: Role,
        /// The organisation that this holds for, as its programme names it; * is all of this service.
        #[arg(long, default_value = "*")]
        organisation: Scope,
        /// A file with the password; otherwise $INVIGIL_PASSWORD, otherwise a prompt.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// List the accounts.
    List,
    /// Remove an account with its roles, and end its logins.
    Remove {
        /// The name.
        name: String,
    },
}

pub fn run(context: &Context, command: Account) -> Result<(), CommandError> {
    match command {
        Account::Add { name, role, organisation, password_file } => {
            add(context, &name, Grant { role, scope: organisation }, password_file)
        }
        Account::List => {
            let accounts = context.store()?.accounts()?;
            let text = |one: &store::Account| format!("{:<20}{}  {}", roles(&one.grants), one.name, one.person);
            // The first role is the one that the account was added with.
            let role = |one: &store::Account| one.grants.first().map(|grant| grant.role);
            let json = |one: &store::Account| json!({"name": one.name, "person": one.person, "role": role(one), "roles": roles(&one.grants)});
            let lines: Vec<_> = accounts.iter().map(text).collect();
            let json: Vec<_> = accounts.iter().map(json).collect();
            context.print(lines.join("\n"), &json!({ "accounts": json }))
        }
        Account::Remove { name } => {
            let store = context.store()?;
            if !store.remove_account(&name)? {
                return Err(CommandError::Name(format!("there is no account “{name}”")));
            }
            store.audit(shell::now(), "operator", "account-removed", &name)?;
            context.print(format!("removed {name}"), &json!({ "removed": name }))
        }
    }
}

fn add(context: &Context, name: &str, grant: Grant, password_file: Option<PathBuf>) -> Result<(), CommandError> {
    let plain = (1..=NAME_CHARS_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if !plain || name.trim() != name {
        return Err(CommandError::Usage(format!("a name has 1 to {NAME_CHARS_MAX} characters, without spaces around")));
    }
    let password = secret::new_password(password_file.as_deref())?;
    let password = password.expose_secret();
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(CommandError::Secret(format!("a password has at least {PASSWORD_CHARS_MIN} characters")));
    }
    let account = store::Account {
        name: name.to_owned(),
        person: setup::new_person(shell::random())?,
        grants: vec![grant.clone()],
        password: password::hash(password)?,
    };
    let (store, now) = (context.store()?, shell::now());
    if !store.put_account(&account, now)? {
        return Err(CommandError::Name(format!("there is an account “{name}” already")));
    }
    let Grant { role, scope } = grant;
    store.audit(now, "operator", &format!("account-added as {role} in {scope}"), name)?;
    let json = json!({"name": name, "role": role, "organisation": scope.to_string(), "person": account.person});
    context.print(format!("added {name} ({role} in {scope})"), &json)
}
