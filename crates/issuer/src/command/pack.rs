//! `pack add`, `pack list`.

use super::{CommandError, Context, secret, to_json};
use crate::{desk::Desk, shell, store};
use clap::Subcommand;
use invigil_content::{
    Severity, academy,
    check::{Report, render_human},
};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What to do with packs.
#[derive(Subcommand)]
pub enum Pack {
    /// Build a pack from an exam file, or import one with its mark file.
    Add {
        /// An exam file (EXAM.md), or a pack (FILE.invigil).
        file: PathBuf,
        /// The mark file that was made with the pack.
        #[arg(long, value_name = "FILE")]
        marks: Option<PathBuf>,
        /// A file with the mark file's passphrase; otherwise $INVIGIL_MARKS_CODE, otherwise a prompt.
        #[arg(long, value_name = "FILE")]
        code_file: Option<PathBuf>,
    },
    /// List the packs, the newest first.
    List,
}

pub fn run(context: &Context, command: Pack) -> Result<(), CommandError> {
    match command {
        Pack::Add { file, marks, code_file } => add(context, &file, marks.as_deref(), code_file.as_deref()),
        Pack::List => {
            let packs = context.store()?.packs()?;
            let lines: Vec<_> = packs.iter().map(text).collect();
            context.print(lines.join("\n"), &json!({"packs": to_json(&packs)?}))
        }
    }
}

fn add(context: &Context, file: &Path, marks: Option<&Path>, code_file: Option<&Path>) -> Result<(), CommandError> {
    let pack = match (file.extension().is_some_and(|extension| extension == "invigil"), marks) {
        (true, Some(marks)) => {
            let (bytes, marks) = (read(file)?, read(marks)?);
            let desk = context.desk()?;
            desk.import_pack(bytes, &marks, secret::marks_code(code_file)?, shell::now())?
        }
        (true, None) => return Err(CommandError::Usage("a pack needs its mark file: --marks FILE".to_owned())),
        (false, Some(_)) => {
            return Err(CommandError::Usage(
                "--marks belongs to a pack (FILE.invigil), not to an exam file".to_owned(),
            ));
        }
        (false, None) => build(context, file)?,
    };
    if pack.public {
        context.warn(
            "this bank is public: anybody can learn its answers. Use it for practice and rehearsals, not for exams \
             that count",
        )?;
    }
    context.print(format!("added {}", text(&pack)), &to_json(&pack)?)
}

fn build(context: &Context, file: &Path) -> Result<store::Pack, CommandError> {
    let text = String::from_utf8_lossy(&read(file)?).into_owned();
    let reading = academy::read(&file.to_string_lossy(), &text);
    let report = Report { files: 1, questions: reading.questions, findings: reading.findings };
    let errors = report.count(Severity::Error);
    let (Some(bank), 0) = (reading.bank, errors) else {
        eprintln!("{}", render_human(&report).trim_end());
        return Err(CommandError::Findings(errors.max(1)));
    };
    let desk: Desk = context.desk()?;
    Ok(desk.add_bank(&bank, shell::random(), shell::now())?)
}

fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    fs::read(path).map_err(|why| CommandError::File { path: path.to_owned(), why })
}

fn text(pack: &store::Pack) -> String {
    let public = if pack.public { ", public bank" } else { "" };
    format!("{}  {}  {} ({} items{public})", pack.digest, pack.exam, pack.title, pack.items)
}
