//! `hand-in`.

use super::{CommandError, Context};
use crate::shell;
use clap::Args;
use serde_json::json;
use std::{fs, path::PathBuf};

/// Which files.
#[derive(Args)]
pub struct HandIn {
    /// Hand-in files (.invsub). One that was taken before changes nothing.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Write each receipt beside its file, as FILE.receipt.json.
    #[arg(long)]
    receipts: bool,
}

pub fn run(context: &Context, command: &HandIn) -> Result<(), CommandError> {
    let desk = context.desk()?;
    for path in &command.files {
        let unreadable = |why| CommandError::File { path: path.clone(), why };
        let file = fs::read(path).map_err(unreadable)?;
        let now = shell::now();
        let taken = desk.hand_in(&file, [shell::random(), shell::random()], now)?;
        desk.store().audit(now, "operator", "hand in", taken.sitting.as_str())?;
        if let (true, Some(receipt)) = (command.receipts, &taken.receipt) {
            fs::write(path.with_added_extension("receipt.json"), receipt).map_err(unreadable)?;
        }
        let what = match (&taken.receipt, taken.late) {
            (_, true) => "another computer has this sitting; what the file adds is kept beside it",
            (Some(_), false) => "handed in, with a receipt",
            (None, false) => "kept; the sitting in it is not closed, so there is no receipt yet",
        };
        let json = json!({
            "file": path, "sitting": taken.sitting, "records": taken.records, "evidence": taken.evidence,
            "late": taken.late, "receipt": taken.receipt.is_some(),
        });
        let text = format!(
            "{}\n  sitting  {}\n  records  {}\n  evidence {}\n  {what}",
            path.display(),
            taken.sitting,
            taken.records,
            taken.evidence
        );
        context.print(text, &json)?;
    }
    Ok(())
}
