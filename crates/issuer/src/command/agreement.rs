//! `agreement put`, `agreement show`.

use super::{CommandError, Context};
use crate::shell;
use clap::Subcommand;
use invigil_core::{Digest, ProgrammeId};
use serde_json::json;
use std::{fs, path::PathBuf};

/// The longest agreement, in bytes.
const AGREEMENT_BYTES_MAX: usize = 200_000;

/// What to do with agreements.
#[derive(Subcommand)]
pub enum Agreement {
    /// Let candidates of a programme accept a text before they sit. Another text asks everybody again.
    Put {
        /// The programme.
        programme: ProgrammeId,
        /// A file of plain text in UTF-8.
        file: PathBuf,
    },
    /// Show the present text.
    Show {
        /// The programme.
        programme: ProgrammeId,
    },
}

pub fn run(context: &Context, command: Agreement) -> Result<(), CommandError> {
    let store = context.store()?;
    match command {
        Agreement::Put { programme, file } => {
            let text = fs::read_to_string(&file).map_err(|why| CommandError::File { path: file, why })?;
            if text.trim().is_empty() || AGREEMENT_BYTES_MAX < text.len() {
                let why = format!("an agreement is not empty and has at most {AGREEMENT_BYTES_MAX} bytes");
                return Err(CommandError::Usage(why));
            }
            let none = || CommandError::Name(format!("there is no programme “{programme}”"));
            let version = store.put_agreement(&programme, &text, "operator", shell::now())?.ok_or_else(none)?;
            let json = json!({"programme": programme, "version": version, "digest": Digest::of(&text)});
            context.print(format!("{programme}  version {version}  {}", Digest::of(&text)), &json)
        }
        Agreement::Show { programme } => {
            let none = || CommandError::Name(format!("“{programme}” has no agreement"));
            let found = store.agreement(&programme)?.ok_or_else(none)?;
            let json = json!({"version": found.version, "digest": found.digest, "text": found.text});
            context.print(format!("version {}  {}\n\n{}", found.version, found.digest, found.text.trim_end()), &json)
        }
    }
}
