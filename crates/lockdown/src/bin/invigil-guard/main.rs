//! `invigil-guard -- APPLICATION [ARGUMENT…]`: starts the exam application and stays beside it.
//!
//! It starts the application again when it dies, ends it when its interface hangs, and keeps the sitting's key
//! meanwhile. The rules are in `invigil_lockdown::guard`; here they are carried out. It has no window, one thread,
//! and no network, so that it lives when everything else does not.

mod application;
mod signals;

use application::Application;
use invigil_lockdown::{
    environment::{self, Extent},
    guard::{Ending, Keys, Order, Start, Supervision, Timing, monotonic},
};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{DumpableBehavior, set_dumpable_behavior},
};
use signals::Signals;
use std::{
    ffi::OsString,
    io::{self, Write},
    process::ExitCode,
};

/// What to start.
struct Plan {
    program: OsString,
    arguments: Vec<OsString>,
}

fn main() -> ExitCode {
    // The names of what was removed stay in the environment, where the application finds them.
    if let Err(error) = environment::start_clean(Extent::Loader) {
        note(&error.to_string());
        return ExitCode::FAILURE;
    }
    // From here on no other process of the same user can read this one's memory, and no core is written.
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        note(&format!("other programs of this user may read the guard's memory: {error}"));
    }
    let mut words = std::env::args_os().skip(1);
    let (Some(_), Some(program)) = (words.next().filter(|word| word == "--"), words.next()) else {
        note("usage: invigil-guard -- APPLICATION [ARGUMENT…]");
        return ExitCode::from(2);
    };
    let plan = Plan { program, arguments: words.collect() };
    match watch(&plan) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            note(&format!("the guard cannot go on: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Starts and watches the application until it has ended for good, and returns the status to end with.
fn watch(plan: &Plan) -> io::Result<u8> {
    let signals = Signals::new()?;
    let mut keys = Keys::default();
    let (mut supervision, first) = Supervision::new(Timing::SHIPPED);
    let mut order = Some(Order::Start(first));
    let mut running: Option<Application> = None;
    loop {
        match order.take() {
            Some(Order::End(status)) => return Ok(status),
            Some(Order::Start(start)) => {
                running = begin(plan, start);
                if running.is_none() {
                    order = Some(supervision.ended(Ending::NotStarted, monotonic()));
                }
            }
            Some(Order::Kill) => {
                note("the application does not respond and is ended");
                running.iter().for_each(Application::kill);
            }
            None => {}
        }
        if let Some(application) = &mut running {
            order = wait(application, &signals, &mut supervision, &mut keys)?;
        }
    }
}

/// Sleeps until something happens, and says what follows from it.
fn wait(
    application: &mut Application,
    signals: &Signals,
    supervision: &mut Supervision,
    keys: &mut Keys,
) -> io::Result<Option<Order>> {
    sleep(application, signals, supervision)?;
    let now = monotonic();
    supervision.woke(now);
    for signal in signals.stops() {
        application.forward(signal);
        supervision.stop(now);
    }
    // What the application said before it died still counts, so it is heard before its end is looked at.
    let heard = application.hear(keys);
    if heard.beats {
        supervision.beat(now);
    }
    if heard.closed {
        supervision.unlinked();
    }
    match application.ended()? {
        Some(ending) => {
            note(&format!("the application ended: {ending:?}"));
            Ok(Some(supervision.ended(ending, now)))
        }
        None => Ok(supervision.look(now)),
    }
}

fn sleep(application: &Application, signals: &Signals, supervision: &mut Supervision) -> io::Result<()> {
    let at_most = Timespec::try_from(supervision.sleep(monotonic())).map_err(io::Error::other)?;
    let sources = signals.sources().into_iter().chain(application.socket());
    let mut sources: Vec<_> = sources.map(|source| PollFd::from_borrowed_fd(source, PollFlags::IN)).collect();
    match poll(&mut sources, Some(&at_most)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn begin(plan: &Plan, start: Start) -> Option<Application> {
    match Application::start(plan, start) {
        Ok(application) => {
            if start.recovery {
                note("the application keeps failing; its recovery window is started");
            } else if 0 < start.restarted {
                note(&format!("the application is started again ({})", start.restarted));
            }
            Some(application)
        }
        Err(error) => {
            note(&format!("{} could not be started: {error}", plan.program.display()));
            None
        }
    }
}

/// Tells the journal. Nothing that is said here comes from the application's side of the socket.
fn note(text: &str) {
    // A terminal that was closed takes no more text, and `eprintln!` would end the guard for that.
    let _written = writeln!(io::stderr(), "invigil-guard: {text}");
}
