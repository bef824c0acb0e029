//! `roster import`.

use super::{CommandError, Context, card};
use crate::{
    fault::Fault,
    roster::{self, Listed},
    setup::{Random, SetupError},
    shell,
    store::Keep,
};
use clap::Subcommand;
use invigil_core::{AdministrationId, roster::ROSTER_BYTES_MAX};
use serde_json::json;
use std::{fs::File, io::Read, path::PathBuf};

/// What to do with rosters.
#[derive(Subcommand)]
pub enum Roster {
    /// Admit everybody on a roster, or nobody when anything is wrong with it, and print the links as CSV.
    Import {
        /// The administration.
        administration: AdministrationId,
        /// A CSV file with the columns id, name, email and accommodation.
        file: PathBuf,
        /// Check everything and write nothing.
        #[arg(long)]
        dry_run: bool,
    },
}

pub fn run(context: &Context, command: Roster) -> Result<(), CommandError> {
    let Roster::Import { administration, file, dry_run } = command;
    let unreadable = |why| CommandError::File { path: file.clone(), why };
    let mut bytes = Vec::new();
    // One byte more than fits, so that a file that is too large is found to be.
    let most = ROSTER_BYTES_MAX as u64 + 1;
    File::open(&file).map_err(unreadable)?.take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    let store = context.store()?;
    let card = card(&store)?;
    let keep = if dry_run { Keep::No } else { Keep::Yes };
    let draw = || Random { id: shell::random(), other: shell::random(), code: shell::random() };
    let listed = roster::import(&store, &card, (&administration, &bytes, keep), "operator", draw, shell::now());
    match listed {
        Ok(listed) if dry_run => {
            let text = format!("{} candidates; nothing is wrong, and nothing was written", listed.len());
            context.print(text, &json!({"candidates": listed.len(), "dryRun": true}))
        }
        Ok(listed) => {
            let json: Vec<_> = listed.iter().map(json_of).collect();
            context.print(roster::table(&listed).trim_end(), &json!({ "candidates": json, "dryRun": false }))
        }
        Err(SetupError::Refused(Fault::RosterRefused { findings })) => {
            for one in &findings {
                let column = one.column.map(|column| format!(", {column}")).unwrap_or_default();
                eprintln!("{}:{}{column}: {} [{}]", file.display(), one.line, one.message, one.code);
            }
            Err(Fault::RosterRefused { findings }.into())
        }
        Err(why) => Err(why.into()),
    }
}

fn json_of(one: &Listed) -> serde_json::Value {
    json!({
        "line": one.line, "id": one.candidate.id, "name": one.candidate.name, "email": one.email,
        "sitting": one.sitting, "link": one.link,
    })
}
