//! `invigil exam`: checking exam sources.

use clap::{Subcommand, ValueEnum};
use invigil_content::check::{check_paths, render_human, render_json, render_sarif};
use std::{io::Write as _, path::PathBuf, process::ExitCode};

#[derive(Subcommand)]
pub enum Command {
    /// Read exams and list what is wrong with them; exit 1 when anything is an error
    Check {
        /// Exam files or folders
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// How to print it
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    Human,
    Json,
    Sarif,
}

pub fn run(command: Command) -> ExitCode {
    let Command::Check { paths, format } = command;
    let report = check_paths(&paths);
    let text = match format {
        Format::Human => render_human(&report),
        Format::Json => render_json(&report),
        Format::Sarif => render_sarif(&report),
    };
    // A reader that has seen enough closes the pipe; that is no failure of the check.
    let _ = std::io::stdout().write_all(text.as_bytes());
    if report.has_errors() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
