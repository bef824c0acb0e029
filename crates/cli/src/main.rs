//! `invigil`: the command line for authors, proctors and verifiers.
//!
//! Exit codes: 0 = fine, 1 = it did not work or the exam has errors, 2 = the record or credential is not to be trusted;
//! `doctor` has its own.

mod credential;
mod demo;
mod doctor;
mod exam;
mod pack;
mod rehearse;
mod rescue;
mod sit;
mod trust;

use clap::{Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};

#[derive(Parser)]
#[command(name = "invigil", version, about = "Exams that count: check, pack, rehearse, verify")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Exam sources in the Academy's format
    #[command(subcommand)]
    Exam(exam::Command),
    /// Packs of exams and practice
    #[command(subcommand)]
    Pack(pack::Command),
    /// The log of a sitting
    #[command(subcommand)]
    Log(trust::Log),
    /// Credentials
    #[command(subcommand)]
    Credential(credential::Command),
    /// Try what an exam asks of this computer, days before: each control, each probe, and what to do about them
    Doctor(doctor::Arguments),
    /// Rehearse a whole sitting with the shipped programs and no window: kills, a lost network, result, credential
    Rehearse {
        /// Leave bundle.zip and credential.json in this folder
        #[arg(long)]
        keep: Option<PathBuf>,
    },
    /// Open the desktop application at a demonstration exam with an issuing service of its own
    Demo {
        /// The built console page, served by the issuing service
        #[arg(long)]
        console: Option<PathBuf>,
        /// Programmes to load, each with its exams
        #[arg(default_value = "exams")]
        exams: PathBuf,
    },
    /// Make a hand-in file from the folder of a sitting whose computer is broken; its key comes by a pipe
    Rescue(rescue::Arguments),
    /// Sit an exam without a window, with answers from a file. For rehearsals and tests; nothing is locked down
    Sit(sit::Arguments),
}

fn main() -> ExitCode {
    // Only a second call fails, and this is the first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => {
            let _ = usage.print();
            let doctor = std::env::args().nth(1).is_some_and(|command| command == "doctor");
            return match usage.use_stderr() {
                false => ExitCode::SUCCESS,
                true if doctor => ExitCode::from(doctor::MISUSE),
                // 2 is kept for what is not to be trusted.
                true => ExitCode::FAILURE,
            };
        }
    };
    match cli.command {
        Command::Exam(command) => exam::run(command),
        Command::Pack(command) => pack::run(command),
        Command::Log(command) => trust::log(command),
        Command::Credential(command) => credential::run(command),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Rehearse { keep } => rehearse::run(keep),
        Command::Demo { console, exams } => demo::demo(console, &exams),
        Command::Rescue(arguments) => rescue::run(&arguments),
        Command::Sit(arguments) => sit::run(arguments),
    }
}

/// Says what went wrong and what to do, with its code.
fn fail(code: &str, message: impl std::fmt::Display) -> ExitCode {
    eprintln!("{message} ({code})");
    ExitCode::FAILURE
}
