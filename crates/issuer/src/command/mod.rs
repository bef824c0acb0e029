//! The command line. A command reads what it is given, asks the desk or the store, and prints one answer.

mod account;
mod administration;
mod admit;
mod agreement;
mod credential;
mod hand_in;
mod invite;
mod keys;
mod move_seat;
mod pack;
mod person;
mod programme;
mod provider;
mod recover;
mod roster;
mod secret;
mod serve;
mod times;

use crate::{
    desk::{Desk, DeskError},
    fault::Fault,
    http::ServeError,
    keys::{Card, KeysError},
    pack::AddError,
    password::Unhashable,
    setup::SetupError,
    shelf::{AddressError, Shelf},
    store::{Store, StoreError},
};
use clap::{Parser, Subcommand};
use serde_json::Value as Json;
use std::{
    fmt::Display,
    io::{self, Write},
    path::PathBuf,
};

/// The issuing service of Invigil.
#[derive(Parser)]
#[command(name = "invigil-issuer", version, about)]
pub struct CommandLine {
    /// The folder that holds everything the service knows.
    #[arg(long, global = true, env = "INVIGIL_DATA", default_value = "invigil-data")]
    data: PathBuf,
    /// A PostgreSQL server that holds the rows, as postgres://NAME@HOST/DATABASE; otherwise a file in the folder does.
    #[arg(long, global = true, env = "INVIGIL_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Where sealed evidence is kept: a folder, or s3://BUCKET/PREFIX; otherwise “evidence” in the data folder.
    #[arg(long, global = true, env = "INVIGIL_EVIDENCE", value_name = "DIR|URL")]
    evidence: Option<String>,
    /// A file with the passphrase that opens the keys; otherwise $INVIGIL_ISSUER_PASSPHRASE, otherwise a prompt.
    #[arg(long, global = true, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The organisation's keys.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// People who log in to the console by name and password.
    #[command(subcommand)]
    Account(account::Account),
    /// Everybody whom the service knows, and their roles.
    #[command(subcommand)]
    Person(person::Person),
    /// Programmes: what can be earned.
    #[command(subcommand)]
    Programme(programme::Programme),
    /// Agreements that candidates of a programme accept before they sit.
    #[command(subcommand)]
    Agreement(agreement::Agreement),
    /// Packs: the papers.
    #[command(subcommand)]
    Pack(pack::Pack),
    /// Administrations: scheduled exams.
    #[command(subcommand)]
    Administration(administration::Administration),
    /// Rosters: admit many candidates at once.
    #[command(subcommand)]
    Roster(roster::Roster),
    /// Admit a candidate and print the link.
    Admit(admit::Admit),
    /// Providers of identities, at which people sign in by OpenID Connect.
    #[command(subcommand)]
    Provider(provider::Provider),
    /// Invite somebody to a programme and print the link.
    Invite(invite::Invite),
    /// Let another computer take a sitting over and print the link.
    Move(move_seat::Move),
    /// Credentials.
    #[command(subcommand)]
    Credential(credential::Credential),
    /// Take hand-in files.
    HandIn(hand_in::HandIn),
    /// Open the key of a sitting whose computer is broken, for `invigil rescue`.
    Recover(recover::Recover),
    /// Serve candidates and the console until SIGTERM.
    Serve(serve::Serve),
}

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The desk cannot be opened.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An administration or admission.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// A pack.
    #[error(transparent)]
    Pack(#[from] AddError),
    /// Where evidence is kept.
    #[error(transparent)]
    Evidence(#[from] AddressError),
    /// The service.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// A rule of the service.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// A password.
    #[error(transparent)]
    Password(#[from] Unhashable),
    /// A file cannot be read.
    #[error("{} cannot be read: {why}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// The answer cannot be printed.
    #[error("the answer cannot be printed: {0}")]
    Output(#[from] io::Error),
    /// An argument makes no sense.
    #[error("{0}")]
    Usage(String),
    /// A secret that is needed is not there.
    #[error("{0}")]
    Secret(String),
    /// Something of this name is there already, or is not there.
    #[error("{0}")]
    Name(String),
    /// The exams have errors.
    #[error("{0} errors were found; nothing was loaded")]
    Findings(usize),
    /// A programme that was only checked has errors.
    #[error("the programme has {0} errors; correct them as they say")]
    Unsound(usize),
}

impl CommandError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Desk(why) => why.code(),
            Self::Keys(why) => why.code(),
            Self::Store(why) => why.code(),
            Self::Setup(why) => why.code(),
            Self::Pack(why) => why.code(),
            Self::Evidence(_) => "evidence-address",
            Self::Serve(_) => "cannot-listen",
            Self::Fault(why) => why.code(),
            Self::Password(_) => "password-unusable",
            Self::File { .. } => "file-unreadable",
            Self::Output(_) => "output-failed",
            Self::Usage(_) => "usage",
            Self::Secret(_) => "secret-missing",
            Self::Name(_) => "name",
            Self::Findings(_) | Self::Unsound(_) => "findings",
        }
    }
}

/// What every command has at hand.
struct Context {
    data: PathBuf,
    database_url: Option<String>,
    evidence: Option<String>,
    passphrase_file: Option<PathBuf>,
    json: bool,
}

impl Context {
    fn store(&self) -> Result<Store, StoreError> {
        match &self.database_url {
            Some(url) => Store::connect(url, &self.data),
            None => Store::open(&self.data),
        }
    }

    fn desk(&self) -> Result<Desk, CommandError> {
        let store = self.store()?;
        // Nobody should type a passphrase only to hear that there is nothing to open.
        card(&store)?;
        let desk = Desk::open(store, secret::passphrase(self.passphrase_file.as_deref())?)?;
        Ok(match self.evidence.as_deref() {
            None => desk,
            Some(address) if address.contains("://") => desk.with_evidence(Shelf::objects(address, std::env::vars())?),
            Some(folder) => desk.with_evidence(Shelf::folder(folder.into())),
        })
    }

    /// Prints the answer: text for people, or one JSON object on one line.
    fn print(&self, text: impl Display, json: &Json) -> Result<(), CommandError> {
        let mut out = io::stdout().lock();
        if self.json {
            writeln!(out, "{json}")?
        } else {
            writeln!(out, "{text}")?
        }
        Ok(())
    }

    /// Prints something that the person should know and that is no answer.
    fn warn(&self, text: impl Display) -> Result<(), CommandError> {
        Ok(writeln!(io::stderr().lock(), "warning: {text}")?)
    }
}

fn card(store: &Store) -> Result<Card, DeskError> {
    store.keys()?.map(|(card, _)| card).ok_or(DeskError::NoKeys)
}

fn to_json(value: impl serde::Serialize) -> Result<Json, CommandError> {
    serde_json::to_value(value).map_err(|why| CommandError::Store(StoreError::Json(why)))
}

/// Carries out one command line.
///
/// # Errors
/// Every reason why it was not carried out.
pub fn run(line: CommandLine) -> Result<(), CommandError> {
    let CommandLine { data, database_url, evidence, passphrase_file, json, command } = line;
    let context = Context { data, database_url, evidence, passphrase_file, json };
    match command {
        Command::Keys(command) => keys::run(&context, command),
        Command::Account(command) => account::run(&context, command),
        Command::Person(command) => person::run(&context, command),
        Command::Programme(command) => programme::run(&context, command),
        Command::Agreement(command) => agreement::run(&context, command),
        Command::Pack(command) => pack::run(&context, command),
        Command::Administration(command) => administration::run(&context, command),
        Command::Roster(command) => roster::run(&context, command),
        Command::Admit(command) => admit::run(&context, command),
        Command::Provider(command) => provider::run(&context, command),
        Command::Invite(command) => invite::run(&context, command),
        Command::Move(command) => move_seat::run(&context, &command),
        Command::Credential(command) => credential::run(&context, &command),
        Command::HandIn(command) => hand_in::run(&context, &command),
        Command::Recover(command) => recover::run(&context, &command),
        Command::Serve(command) => serve::run(&context, command),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }
}
