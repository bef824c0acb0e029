//! The probes, on a thread of their own: some ask servers and buses, and the main loop must not wait for these.

use crate::errands::Errands;
use gtk::glib;
use invigil_core::{
    policy::{Probe as Name, Program},
    sitting::Observation,
};
use invigil_lockdown::{
    Address, Change, Lookout, Probe, Unbuilt,
    probes::{
        Connectors, Debugger, Focus, InjectedInput, Keyboards, LockScreen, Outputs, Programs, RemoteLogin, ScreenShare,
        ServerKeyboards, Terminal, VirtualMachine,
    },
    x11::{SessionKind, session_kind},
};
use std::{
    collections::BTreeMap,
    fs, process,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

const LOOK: Duration = Duration::from_millis(250);
/// What could not be recorded is told again after so many looks. What is on record is not recorded twice.
const TELL_AGAIN_LOOKS: u32 = 20;

/// Looks from now on with the probes that are wanted, and has told what they see.
pub fn start(errands: Errands) {
    thread::spawn(move || {
        let sought = Arc::new(Mutex::new(Vec::new()));
        let mut lookout = Lookout::new(probes(&sought));
        let mut told: BTreeMap<Name, Observation> = BTreeMap::new();
        for looks in 1_u32.. {
            let wanted = errands.wanted();
            sought.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&wanted.programs);
            let now = Duration::from_micros(u64::try_from(glib::monotonic_time()).unwrap_or_default());
            told.retain(|probe, _| wanted.probes.contains(probe));
            for change in lookout.look(&wanted.probes, now) {
                let observation = observation(change.clone());
                told.insert(change.probe, observation.clone());
                errands.observe(observation);
            }
            if looks.is_multiple_of(TELL_AGAIN_LOOKS) {
                told.values().cloned().for_each(|observation| errands.observe(observation));
            }
            thread::sleep(LOOK);
        }
    });
}

fn observation(Change { probe, sees }: Change) -> Observation {
    match sees {
        Ok(sees) => Observation::Probed { probe, sees: sees.into_iter().collect() },
        Err(blind) => Observation::Blind { probe, why: blind.0 },
    }
}

fn probes(sought: &Arc<Mutex<Vec<Program>>>) -> Vec<Box<dyn Probe + Send>> {
    let sought = sought.clone();
    let programs = move || sought.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut probes: Vec<Box<dyn Probe + Send>> = vec![
        Box::new(Terminal::new(Address::System)),
        Box::new(LockScreen::new(Address::System)),
        Box::new(RemoteLogin::new(Address::System)),
        // Our own pictures are no news.
        Box::new(ScreenShare::new([process::id()])),
        Box::new(Debugger::new(children)),
        Box::new(VirtualMachine::default()),
        Box::new(Programs::new(programs)),
    ];
    match session_kind() {
        SessionKind::X11 => probes.extend([
            Box::new(Focus::new(None, [process::id()])) as Box<dyn Probe + Send>,
            Box::new(Outputs::new(None)),
            Box::new(ServerKeyboards::new(None)),
            Box::new(InjectedInput::new(None)),
        ]),
        // Which application has the focus, a compositor tells nobody: the window reports its own.
        SessionKind::Wayland { .. } | SessionKind::None => {
            const KEYS: &str = "this desktop does not tell which device a key comes from";
            const OWNERS: &str = "this desktop does not tell whose the clipboard is";
            probes.extend([
                Box::new(Connectors::default()) as Box<dyn Probe + Send>,
                Box::new(Keyboards::default()),
                Box::new(Unbuilt::new(Name::InjectedInput, KEYS)),
                Box::new(Unbuilt::new(Name::Clipboard, OWNERS)),
            ]);
        }
    }
    probes
}

/// The web view's processes.
fn children() -> Vec<u32> {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let texts = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    texts.flat_map(|text| text.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()).collect()
}
