//! `person list`, `person grant`, `person withdraw`.

use super::{CommandError, Context};
use crate::{shell, store};
use clap::{Args, Subcommand};
use invigil_core::{
    PersonId,
    role::{Grant, Role, Scope},
};
use serde_json::{Value as Json, json};

/// The most people in one list.
const LIST_MAX: usize = 10_000;

/// What to do with people.
#[derive(Subcommand)]
pub enum Person {
    /// List everybody with their roles, the latest first.
    List,
    /// Give a person a role.
    Grant(Change),
    /// Take a role away from a person.
    Withdraw(Change),
}

/// Which role of whom.
#[derive(Args)]
pub struct Change {
    /// The person's identifier.
    person: PersonId,
    /// The role: candidate, author, marker, proctor or operator.
    #[arg(long)]
    role: Role,
    /// The organisation that it holds for, as its programme names it; * is all of this service.
    #[arg(long)]
    organisation: Scope,
}

pub fn run(context: &Context, command: Person) -> Result<(), CommandError> {
    let store = context.store()?;
    match command {
        Person::List => {
            let people = store.people(LIST_MAX)?;
            let lines: Vec<_> = people.iter().map(|(one, grants)| text(one, grants)).collect();
            let json: Vec<_> = people.iter().map(|(one, grants)| json_of(one, grants)).collect();
            context.print(lines.join("\n"), &json!({ "people": json }))
        }
        Person::Grant(Change { person, role, organisation }) => {
            let grant = Grant { role, scope: organisation };
            if !store.grant(&person, &grant, "operator", shell::now())? {
                return Err(CommandError::Name(format!("there is no person “{person}”")));
            }
            shown(context, &store, &person)
        }
        Person::Withdraw(Change { person, role, organisation }) => {
            let grant = Grant { role, scope: organisation };
            if !store.withdraw(&person, &grant, "operator", shell::now())? {
                let Grant { role, scope } = grant;
                return Err(CommandError::Name(format!("“{person}” is no {role} in {scope}")));
            }
            shown(context, &store, &person)
        }
    }
}

fn shown(context: &Context, store: &store::Store, id: &PersonId) -> Result<(), CommandError> {
    let (person, grants) = store.person(id)?.ok_or_else(|| CommandError::Name(format!("there is no person “{id}”")))?;
    context.print(text(&person, &grants), &json_of(&person, &grants))
}

fn text(person: &store::Person, grants: &[Grant]) -> String {
    let email = person.email.as_deref().map(|email| format!(" <{email}>")).unwrap_or_default();
    format!("{}  {}{email}  {}", person.id, person.name, roles(grants))
}

fn json_of(person: &store::Person, grants: &[Grant]) -> Json {
    json!({"id": person.id, "name": person.name, "email": person.email, "roles": roles(grants)})
}

/// Roles as they are listed: `proctor in sample, operator in *`.
pub fn roles(grants: &[Grant]) -> String {
    let words: Vec<_> = grants.iter().map(|grant| format!("{} in {}", grant.role, grant.scope)).collect();
    words.join(", ")
}
