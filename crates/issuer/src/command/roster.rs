//! `roster import`.

use super::{CommandError, Context, card};
use crate::{
    desk::PHOTO_BYTES_MAX,
    fault::Fault,
    roster::{self, Listed},
    setup::{Random, SetupError},
    shell,
    store::Keep,
};
use clap::Subcommand;
use invigil_core::{AdministrationId, SittingId, roster::ROSTER_BYTES_MAX};
use serde_json::json;
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

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
    /// Add a candidate's photo, which proctors compare with the candidate at the check-in.
    Photo {
        /// The candidate's sitting.
        sitting: SittingId,
        /// A JPEG or PNG file of at most 1 MiB.
        file: PathBuf,
    },
}

pub fn run(context: &Context, command: Roster) -> Result<(), CommandError> {
    match command {
        Roster::Import { administration, file, dry_run } => import(context, &administration, &file, dry_run),
        Roster::Photo { sitting, file } => {
            let photo = read(&file, PHOTO_BYTES_MAX)?;
            context.desk()?.put_photo(&sitting, &photo, "operator", shell::now())?;
            context.print(format!("{sitting} has a photo"), &json!({ "sitting": sitting }))
        }
    }
}

/// A file, or one byte more than it may have, so that one that is too large is found to be.
fn read(file: &Path, most: usize) -> Result<Vec<u8>, CommandError> {
    let unreadable = |why| CommandError::File { path: file.to_owned(), why };
    let mut bytes = Vec::new();
    let mut opened = File::open(file).map_err(unreadable)?.take(most as u64 + 1);
    opened.read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

fn import(
    context: &Context,
    administration: &AdministrationId,
    file: &Path,
    dry_run: bool,
) -> Result<(), CommandError> {
    let bytes = read(file, ROSTER_BYTES_MAX)?;
    let store = context.store()?;
    let card = card(&store)?;
    let keep = if dry_run { Keep::No } else { Keep::Yes };
    let draw = || Random { id: shell::random(), other: shell::random(), code: shell::random() };
    let listed = roster::import(&store, &card, (administration, &bytes, keep), "operator", draw, shell::now());
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
