//! `invigil-desktop --doctor`: a trial of what an exam asks for, with a small window and no runtime, printed as one JSON
//! document. Nothing is written, and nothing is held for longer than the trial takes.

use crate::{
    controls,
    errands::{Errand, Errands},
    guard, instance, notify, watch,
};
use gtk::{gdk, glib, prelude::*};
use invigil_client::{
    about::{About, Asks},
    checks, clock, engine,
    folder::Folder,
    vault::Vault,
    view::{Check, Report},
};
use invigil_core::{
    SittingId, Wall,
    policy::{Holding, Policy},
    readiness::{Consent, Desktop, Trial},
    sitting::ControlReport,
};
use invigil_lockdown::{Reconciler, desktop, unbuilt};
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{self, ExitCode},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

/// Asks for the report instead of the application.
pub const ARGUMENT: &str = "--doctor";

/// An exam could not begin.
const NOT_READY: u8 = 1;
/// It was asked for something that there is not.
const MISUSE: u8 = 2;
const LOOK: Duration = Duration::from_millis(100);
/// What is not seen to be given back after this long is not given back.
const RELEASE_MS: u64 = 4_000;
/// Whatever hangs, this process and with it all that it holds ends after so long; where a person has to answer a question
/// of the desktop, later.
const WHOLE: Duration = Duration::from_secs(30);
const WHOLE_WITH_QUESTION: Duration = Duration::from_secs(90);

/// Runs the trial and prints the report. The status is 0 when an exam could begin, 1 when not, 2 for misuse.
pub fn run(arguments: &[String], folder: &Path) -> ExitCode {
    let asked = match asked(arguments, folder) {
        Ok(asked) => asked,
        Err(why) => return misuse(why),
    };
    // Beside an exam it would take the screen and the keyboard away from it.
    if instance::is_running(folder) {
        return misuse(
            "Invigil is open (already-running). Close it, or choose “Check this computer” on its start page.",
        );
    }
    let desktop = desktop();
    end_whatever_hangs(desktop.consent());
    let (found, policy) = match &asked {
        Asked::Policy(policy) => (machine(folder, None), policy.as_ref().clone()),
        Asked::Sitting(_, asks) => {
            let (mut found, server) = elsewhere(folder, asks);
            found.extend(machine(folder, server));
            (found, asks.policy.clone())
        }
    };
    let bench = Bench::new(Trial::new(policy, desktop.consent()));
    let errands = bench.errands();
    watch::start(errands.clone());
    let released = if gtk::init().is_ok() { try_with_window(&bench, &errands) } else { try_without(&bench) };
    let report = bench.report(asked, desktop, found, released);
    let ready = report.may_begin && report.released;
    let printed = serde_json::to_string_pretty(&report).unwrap_or_default();
    if writeln!(io::stdout(), "{printed}").is_err() {
        return ExitCode::from(NOT_READY);
    }
    if ready { ExitCode::SUCCESS } else { ExitCode::from(NOT_READY) }
}

/// Whose rules are tried.
enum Asked {
    Policy(Box<Policy>),
    Sitting(SittingId, Box<Asks>),
}

fn asked(arguments: &[String], folder: &Path) -> Result<Asked, &'static str> {
    const USAGE: &str =
        "usage: invigil-desktop --doctor [--json] [--policy open|moderate|strict | --sitting ID] (usage)";
    let mut left = arguments.iter().filter(|argument| ![ARGUMENT, "--json"].contains(&argument.as_str()));
    let asked = match (left.next().map(String::as_str), left.next(), left.next()) {
        (None, ..) => Policy::preset("strict").map(|policy| Asked::Policy(Box::new(policy))).ok_or(USAGE)?,
        (Some("--policy"), Some(name), None) => {
            Policy::preset(name).map(|policy| Asked::Policy(Box::new(policy))).ok_or(USAGE)?
        }
        (Some("--sitting"), Some(id), None) => {
            let unknown = "This computer has no such exam, or an earlier version of Invigil admitted it (no-sitting).";
            let id: SittingId = id.parse().map_err(|_| unknown)?;
            let about = Folder::holds(&id).then(|| About::read(&Folder::at(folder.to_owned()), &id)).flatten();
            Asked::Sitting(id, Box::new(about.and_then(|about| about.asks).ok_or(unknown)?))
        }
        _ => return Err(USAGE),
    };
    Ok(asked)
}

fn misuse(why: &str) -> ExitCode {
    // Nobody has to be at the other end.
    let _ = writeln!(io::stderr(), "{why}");
    ExitCode::from(MISUSE)
}

/// What this machine answers for, controls and probes aside, without a trace.
fn machine(folder: &Path, server: Option<Wall>) -> Vec<Check> {
    let there = existing(folder);
    let writable = rustix::fs::access(&there, rustix::fs::Access::WRITE_OK);
    vec![
        checks::storage(&there, writable),
        checks::keys_ahead(Vault::look(folder)),
        checks::calendar(server, clock::wall()),
        checks::guard(guard::beside().is_some()),
    ]
}

/// What others answer for: the issuer, and whether its pack is here. The time is the issuer's.
fn elsewhere(folder: &Path, asks: &Asks) -> (Vec<Check>, Option<Wall>) {
    // Only a second call fails, and this is the first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return (vec![], None) };
    let card = runtime.block_on(checks::ask_issuer(&asks.origin));
    let pack = fs::read(Folder::at(folder.to_owned()).pack(&asks.pack.digest));
    let here = pack.is_ok_and(|bytes| invigil_core::Digest::of(&bytes) == asks.pack.digest);
    let issuer = checks::issuer(&card, &asks.issuer, &asks.signing).noted();
    let server = card.ok().map(|card| card.time);
    let window = checks::window(&asks.window, server.unwrap_or_else(clock::wall)).noted();
    (vec![issuer, checks::pack_ahead(here), window], server)
}

/// The folder, or what there is of its path.
fn existing(folder: &Path) -> PathBuf {
    let found = folder.ancestors().find(|path| path.is_dir());
    found.unwrap_or_else(|| Path::new(".")).to_owned()
}

fn end_whatever_hangs(consent: Consent) {
    let whole = match consent {
        Consent::NotAsked => WHOLE,
        Consent::Asked => WHOLE_WITH_QUESTION,
    };
    thread::spawn(move || {
        thread::sleep(whole);
        let _ = writeln!(io::stderr(), "The trial did not come to an end and was broken off (doctor-stuck).");
        process::exit(NOT_READY.into());
    });
}

/// The trial, and what the controls showed last, shared with the threads that bring it about.
#[derive(Clone)]
struct Bench {
    state: Arc<Mutex<(Trial, Vec<ControlReport>)>>,
}

impl Bench {
    fn new(trial: Trial) -> Self {
        Self { state: Arc::new(Mutex::new((trial, Vec::new()))) }
    }

    fn lock(&self) -> MutexGuard<'_, (Trial, Vec<ControlReport>)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn errands(&self) -> Errands {
        let (wanted, told) = (self.clone(), self.clone());
        let carry_out = move |errand| match errand {
            Errand::Observe(observation) => told.lock().0.observe(&observation),
            Errand::Report { wanted, reports } => {
                let mut state = told.lock();
                if state.0.wanted() == wanted {
                    state.0.report(&reports);
                    state.1 = reports;
                }
            }
            Errand::Quit { .. } => {}
        };
        Errands::over(move || wanted.lock().0.wanted(), carry_out)
    }

    /// Whether the controls were seen to be given back.
    fn is_released(&self) -> bool {
        let state = self.lock();
        let asked = !state.0.policy().controls.is_empty();
        !asked || !state.1.is_empty() && state.1.iter().all(|report| report.holding == Holding::Released)
    }

    fn report(&self, asked: Asked, desktop: Desktop, found: Vec<Check>, released: bool) -> Report {
        let sitting = match asked {
            Asked::Policy(_) => None,
            Asked::Sitting(id, _) => Some(id),
        };
        let report = engine::report_of(&self.lock().0, desktop, sitting, found, clock::wall());
        Report { released, ..report }
    }
}

/// A window that says what happens; the Escape key, closing it and every gentle signal end the trial.
fn try_with_window(bench: &Bench, errands: &Errands) -> bool {
    let window = gtk::ApplicationWindow::builder().title("Invigil").default_width(560).default_height(320).build();
    let text = gtk::Label::new(Some(&notify::text("doctor-trial")));
    text.set_line_wrap(true);
    text.set_margin(32);
    window.add(&text);
    for signal in [2, 15] {
        let bench = bench.clone();
        glib::unix_signal_add_local(signal, move || {
            bench.lock().0.end();
            glib::ControlFlow::Continue
        });
    }
    let (closed, escaped) = (bench.clone(), bench.clone());
    window.connect_delete_event(move |_, _| {
        closed.lock().0.end();
        glib::Propagation::Stop
    });
    window.connect_key_press_event(move |_, key| {
        if key.keyval() == gdk::keys::constants::Escape {
            escaped.lock().0.end();
        }
        glib::Propagation::Proceed
    });
    window.show_all();
    controls::follow(window, errands);
    let began_us = glib::monotonic_time();
    let looking = bench.clone();
    let mut ended_ms = None;
    glib::timeout_add_local(LOOK, move || {
        let now_ms = ms_since(began_us);
        if !looking.lock().0.has_ended() && looking.lock().0.settled(now_ms) {
            looking.lock().0.end();
        }
        if looking.lock().0.has_ended() {
            let since_ms = *ended_ms.get_or_insert(now_ms);
            if looking.is_released() || RELEASE_MS <= now_ms - since_ms {
                gtk::main_quit();
                return glib::ControlFlow::Break;
            }
        }
        glib::ControlFlow::Continue
    });
    gtk::main();
    bench.is_released()
}

/// Without a display nothing can be held. The probes look all the same.
fn try_without(bench: &Bench) -> bool {
    let none = unbuilt::controls("there is no display to show an exam on");
    let controls = bench.lock().0.policy().controls.clone();
    let reports = Reconciler::new(none).reconcile(&controls);
    bench.lock().0.report(&reports);
    let began_us = glib::monotonic_time();
    while !bench.lock().0.settled(ms_since(began_us)) {
        thread::sleep(LOOK);
    }
    bench.lock().0.end();
    true
}

fn ms_since(began_us: i64) -> u64 {
    u64::try_from((glib::monotonic_time() - began_us) / 1_000).unwrap_or_default()
}
