//! `make bench`: how fast the product is, as ratios to what cannot be left out, measured side by side in one run.
//!
//! Every figure is taken in several rounds, both sides in turn, after one round that does not count. The program
//! judges the goals in words only: it fails when something cannot be measured, never because it is slow.
//! `docs/performance.md` says what each figure means.

mod bundle;
mod dispatch;
mod evidence;
mod guard;
mod lockdown;
mod pictures;
mod process;
mod reopen;
mod screen;
mod sitting;
mod table;
mod timing;
mod verify;
mod window;

use invigil_client::view::Problem;
use std::{
    env,
    error::Error,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};
use table::Part;

/// What a step of the bench returns.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// How many rounds count.
const ROUNDS: usize = 5;
/// The parts, in the order they are run; arguments choose among them.
const PARTS: [&str; 8] = ["dispatch", "pictures", "reopen", "window", "lockdown", "bundle", "verify", "evidence"];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    // Only a second call fails, and this is the first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let outcome = match arguments.split_first() {
        Some((word, rest)) if word == sitting::HOLD => sitting::hold(rest).map(|()| true),
        _ => bench(&arguments),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            let _ = writeln!(io::stderr(), "bench: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the chosen parts and prints the table. Says whether all of them could be measured.
fn bench(chosen: &[String]) -> Outcome<bool> {
    if let Some(unknown) = chosen.iter().find(|word| !PARTS.contains(&word.as_str())) {
        return Err(format!("“{unknown}” is none of {}", PARTS.join(", ")).into());
    }
    // Beside the programs rather than in a temporary folder, which may be memory and no disk.
    let folder = env::current_exe()?.with_file_name("");
    let home = tempfile::Builder::new().prefix("bench-").tempdir_in(folder)?;
    let wanted = |name: &str| chosen.is_empty() || chosen.iter().any(|word| word == name);
    let killed = if ["reopen", "window", "lockdown"].into_iter().any(wanted) {
        Some(killed(&home.path().join("sitting")))
    } else {
        None
    };
    let (mut rows, mut notes, mut all) = (Vec::new(), Vec::new(), true);
    for name in PARTS.into_iter().filter(|name| wanted(name)) {
        let _ = writeln!(io::stderr(), "bench: {name} …");
        match part(name, &home.path().join(name), killed.as_ref()) {
            Ok(part) => {
                rows.extend(part.rows);
                notes.extend(part.notes);
            }
            Err(why) => {
                all = false;
                notes.push(format!("{name} could not be measured: {why}"));
            }
        }
    }
    let mut out = io::stdout();
    writeln!(out, "Median of {ROUNDS} rounds (least–most).\n\n{}", table::table(&rows))?;
    for note in notes {
        writeln!(out, "- {note}")?;
    }
    Ok(all)
}

fn killed(home: &Path) -> Result<reopen::Killed, String> {
    std::fs::create_dir_all(home).map_err(|why| why.to_string())?;
    reopen::Killed::new(home).map_err(|why| why.to_string())
}

fn part(name: &str, home: &Path, killed: Option<&Result<reopen::Killed, String>>) -> Outcome<Part> {
    std::fs::create_dir_all(home)?;
    let killed =
        || killed.ok_or("there is no killed sitting").and_then(|killed| killed.as_ref().map_err(String::as_str));
    match name {
        "dispatch" => dispatch::measure(home),
        "pictures" => pictures::measure(home),
        "reopen" => reopen::measure(home, killed()?),
        "window" => window::measure(home, killed()?),
        "lockdown" => lockdown::measure(home, killed()?),
        "bundle" => bundle::measure(),
        "evidence" => evidence::measure(home),
        _ => verify::measure(),
    }
}

/// The runtime as the desktop application has it.
fn runtime() -> Outcome<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

/// A problem of the product in words.
fn said(problem: Problem) -> Box<dyn Error> {
    format!("{} {:?}", problem.code, problem.args).into()
}
