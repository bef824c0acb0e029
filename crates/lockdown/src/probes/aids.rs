//! Aids that a person works with: what reads the screen to them, enlarges it, or types for them.
//!
//! This is no probe: nothing of it is recorded, and it is asked only where a candidate wants to try an aid. It names
//! programs and never what they read.

use super::{ON_SCREEN_KEYBOARDS, Process, Processes, program};
use crate::{
    bus::{Address, Bus},
    probe::Blind,
};
use std::collections::BTreeSet;

/// Screen readers, braille and magnifiers that run as programs of their own, by their executable file or script.
const READERS: [&str; 6] = ["brltty", "espeakup", "kmag", "magnus", "orca", "xzoom"];

const BUS: (&str, &str, &str) = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus");
const ACCESSIBILITY: (&str, &str, &str) = ("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus");
const REGISTRY: (&str, &str, &str) = ("org.a11y.atspi.Registry", "/org/a11y/atspi/registry", "org.a11y.atspi.Registry");

/// Names the aids that run: those that are known, and every program that listens on the accessibility bus.
pub fn aids(session: Address) -> BTreeSet<String> {
    let processes = Processes::default();
    let known = |name: &String| READERS.iter().chain(&ON_SCREEN_KEYBOARDS).any(|known| known == name);
    let running = processes.list().unwrap_or_default();
    let mut aids: BTreeSet<String> =
        running.iter().filter_map(|process| program(&processes, process).find(known)).collect();
    let listening = listeners(session).unwrap_or_default().into_iter().filter_map(|pid| {
        let process = Process { pid, file: processes.file(pid)? };
        // The script says more than the interpreter that runs it.
        program(&processes, &process).last()
    });
    aids.extend(listening);
    aids
}

/// The processes that have asked the accessibility bus for events. The bus is not started for the question.
fn listeners(session: Address) -> Result<BTreeSet<u32>, Blind> {
    let mut session = Bus::new(session);
    if !session.ask::<_, bool>(BUS, "NameHasOwner", &ACCESSIBILITY.0)? {
        return Ok(BTreeSet::new());
    }
    let address: String = session.ask(ACCESSIBILITY, "GetAddress", &())?;
    let mut bus = Bus::new(Address::At(address));
    if !bus.ask::<_, bool>(BUS, "NameHasOwner", &REGISTRY.0)? {
        return Ok(BTreeSet::new());
    }
    let events: Vec<(String, String)> = bus.ask(REGISTRY, "GetRegisteredEvents", &())?;
    let names: BTreeSet<String> = events.into_iter().map(|(name, _)| name).collect();
    Ok(names.iter().filter_map(|name| bus.ask(BUS, "GetConnectionUnixProcessID", name).ok()).collect())
}
