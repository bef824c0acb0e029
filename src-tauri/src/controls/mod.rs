//! The controls that are bound to the window, and the loop that keeps them as the runtime wants them.

mod clipboard;
mod doors;
mod keyboard;
mod screens;
mod shortcuts;

use crate::errands::Errands;
use gtk::{gdk, glib, prelude::*};
use invigil_core::{
    policy::{Control as Name, Holding, Probe},
    sitting::{ControlReport, Observation, Wanted},
};
use invigil_lockdown::{
    Address, Awake, Reconciler, Unable,
    awake::Places,
    x11::{SessionKind, Witness, session_kind},
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

/// How often it is asked what is wanted, and how often the controls are proven again.
const LOOK: Duration = Duration::from_millis(250);
const PROVE_EVERY: u32 = 8;
/// The same while a control does not hold yet, so that a window manager's delay is soon over.
const PROVE_SOON: u32 = 2;
/// A window takes a moment to come to the screen, and a window manager one to follow. What does not hold so soon after
/// it was asked for is no loss, and is not reported as one.
const SETTLES_US: i64 = 3_000_000;
/// Focus that comes back sooner was never gone for a person.
const FOCUS_SETTLES: Duration = Duration::from_millis(300);

/// What the controls of one window share.
#[derive(Clone)]
struct Place {
    window: gtk::ApplicationWindow,
    /// Where there is an X server to ask.
    witness: Rc<Option<Witness>>,
}

impl Place {
    fn surface(&self) -> Option<gdk::Window> {
        self.window.window()
    }

    fn is_wayland(&self) -> bool {
        self.window.display().type_().name() == "GdkWaylandDisplay"
    }
}

/// Follows what the runtime wants from now on. Must be called on the main thread.
pub fn follow(window: gtk::ApplicationWindow, errands: &Errands) {
    let session = session_kind();
    let witness = match session {
        SessionKind::X11 => Witness::connect(None).ok(),
        SessionKind::Wayland { .. } | SessionKind::None => None,
    };
    if session != SessionKind::X11 {
        // Under X11 a probe names the application that has it.
        watch_focus(&window, errands);
    }
    let display = (session == SessionKind::X11).then(|| std::env::var("DISPLAY").ok()).flatten();
    let places = Places { system: Address::System, session: Address::Session, display };
    let place = Place { window, witness: Rc::new(witness) };
    // A clipboard that was taken, or a screen that was plugged in, is not left until controls are proven again.
    let hurry = Rc::new(Cell::new(false));
    let mut screens = screens::seen(&place);
    let here = place.clone();
    let reconciler = Reconciler::new(vec![
        Box::new(doors::Door::close()),
        Box::new(doors::Door::page()),
        Box::new(Awake::new(places)),
        Box::new(screens::Fullscreen::new(place.clone())),
        Box::new(screens::Covers::new(place.clone())),
        Box::new(keyboard::Keyboard::new(place.clone())),
        Box::new(clipboard::Clipboard::new(place, errands, hurry.clone())),
    ]);
    let errands = errands.clone();
    let mut follower =
        Follower { reconciler, errands, wanted: Wanted::default(), asked_us: 0, looks: 0, all_hold: true };
    glib::timeout_add_local(LOOK, move || {
        let before = std::mem::replace(&mut screens, screens::seen(&here));
        follower.look(glib::monotonic_time(), hurry.take() || screens != before);
        glib::ControlFlow::Continue
    });
}

struct Follower {
    reconciler: Reconciler,
    errands: Errands,
    wanted: Wanted,
    /// When `wanted` became what it is.
    asked_us: i64,
    looks: u32,
    all_hold: bool,
}

impl Follower {
    fn look(&mut self, now_us: i64, hurry: bool) {
        let wanted = self.errands.wanted();
        self.looks = self.looks.wrapping_add(1);
        if wanted.controls != self.wanted.controls {
            self.asked_us = now_us;
            self.wanted = wanted;
        } else {
            self.wanted = wanted;
            let every = if self.all_hold { PROVE_EVERY } else { PROVE_SOON };
            if self.wanted.controls.is_empty() || !(hurry || self.looks.is_multiple_of(every)) {
                return;
            }
        }
        let reports = self.reconciler.reconcile(&self.wanted.controls);
        self.all_hold = reports.iter().all(|report| {
            let by_us = matches!(report.control, Name::Close | Name::Page);
            by_us || report.holding == Holding::Enforced
        });
        let settling = now_us - self.asked_us < SETTLES_US;
        if !(settling && reports.iter().any(|r| self.wanted.controls.contains(&r.control) && may_follow(r))) {
            self.errands.report(self.wanted.clone(), reports);
        }
    }
}

/// Whether a control that does not hold may still come to hold.
fn may_follow(report: &ControlReport) -> bool {
    matches!(report.holding, Holding::Denied { .. } | Holding::Released)
}

fn watch_focus(window: &gtk::ApplicationWindow, errands: &Errands) {
    let lost = Rc::new(RefCell::new(None::<glib::SourceId>));
    let told = Rc::new(Cell::new(false));
    let (errands_out, lost_out, told_out) = (errands.clone(), lost.clone(), told.clone());
    window.connect_focus_out_event(move |_, _| {
        let (errands, lost, told) = (errands_out.clone(), lost_out.clone(), told_out.clone());
        let source = glib::timeout_add_local_once(FOCUS_SETTLES, move || {
            lost.borrow_mut().take();
            told.set(true);
            // Which one, this connection is not told.
            errands.observe(focus(vec!["another window".to_owned()]));
        });
        if let Some(earlier) = lost_out.borrow_mut().replace(source) {
            earlier.remove();
        }
        glib::Propagation::Proceed
    });
    let errands = errands.clone();
    window.connect_focus_in_event(move |_, _| {
        if let Some(source) = lost.borrow_mut().take() {
            source.remove();
        }
        if told.replace(false) {
            errands.observe(focus(vec![]));
        }
        glib::Propagation::Proceed
    });
}

fn focus(sees: Vec<String>) -> Observation {
    Observation::Probed { probe: Probe::Focus, sees }
}

fn unable(control: Name, attempt: &'static str, why: &str) -> Unable {
    Unable { control, attempt, why: why.to_owned() }
}
