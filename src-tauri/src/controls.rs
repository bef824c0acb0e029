//! The controls that are bound to the window, and the loop that keeps them as the runtime's posture says.

use crate::errands::Errands;
use gtk::{gdk, glib, prelude::*};
use invigil_core::{
    policy::{Control as Name, Holding, Probe},
    sitting::{ControlReport, Observation, Wanted},
};
use invigil_lockdown::{
    Control, Reconciler, Unable,
    x11::{SessionKind, Witness, session_kind},
};
use std::{cell::RefCell, rc::Rc, time::Duration};
use tauri::WebviewWindow;

/// How often the posture is looked at and the controls are proven again.
const LOOK: Duration = Duration::from_millis(250);
const PROVE_EVERY: u32 = 8;
/// The same while a control does not hold yet, so that a window manager's delay is soon over.
const PROVE_SOON: u32 = 2;
/// A window takes a moment to come to the screen, and a window manager one to follow. What does not hold so soon after
/// it was asked for is no loss, and is not reported as one.
const SETTLES_US: i64 = 3_000_000;
/// Focus that comes back sooner was never gone for a person.
const FOCUS_SETTLES: Duration = Duration::from_millis(300);

/// Follows the runtime's posture from now on. Must be called on the main thread.
pub fn follow(window: &WebviewWindow, errands: &Errands) {
    let Ok(window) = window.gtk_window() else { return };
    watch_focus(&window, errands);
    let probe = match session_kind() {
        SessionKind::X11 => Witness::connect(None).ok(),
        _ => None,
    };
    let probe = Rc::new(probe);
    let reconciler = Reconciler::new(vec![
        Box::new(Close { engaged: false }),
        Box::new(Fullscreen { window: window.clone(), probe: probe.clone(), engaged: false }),
        Box::new(Keyboard { window, probe, engaged: false }),
    ]);
    let errands = errands.clone();
    let mut follower =
        Follower { reconciler, errands, wanted: Wanted::default(), asked_us: 0, looks: 0, all_hold: true };
    glib::timeout_add_local(LOOK, move || {
        follower.look(glib::monotonic_time());
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
    fn look(&mut self, now_us: i64) {
        let wanted = self.errands.wanted();
        self.looks = self.looks.wrapping_add(1);
        if wanted != self.wanted {
            self.asked_us = now_us;
            self.wanted = wanted;
        } else {
            let every = if self.all_hold { PROVE_EVERY } else { PROVE_SOON };
            if self.wanted.controls.is_empty() || !self.looks.is_multiple_of(every) {
                return;
            }
        }
        let reports = self.reconciler.reconcile(&self.wanted.controls);
        self.all_hold =
            reports.iter().all(|report| report.holding == Holding::Enforced || report.control == Name::Close);
        let settling = now_us - self.asked_us < SETTLES_US;
        if !(settling
            && reports.iter().any(|report| self.wanted.controls.contains(&report.control) && may_follow(report)))
        {
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
    let told = Rc::new(RefCell::new(false));
    let (errands_out, lost_out, told_out) = (errands.clone(), lost.clone(), told.clone());
    window.connect_focus_out_event(move |_, _| {
        let (errands, lost, told) = (errands_out.clone(), lost_out.clone(), told_out.clone());
        let source = glib::timeout_add_local_once(FOCUS_SETTLES, move || {
            lost.borrow_mut().take();
            *told.borrow_mut() = true;
            errands.observe(Observation::Probed { probe: Probe::Focus, sees: vec!["another window".to_owned()] });
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
            errands.observe(Observation::Probed { probe: Probe::Focus, sees: vec![] });
        }
        glib::Propagation::Proceed
    });
}

fn unable(control: Name, attempt: &'static str, why: &str) -> Unable {
    Unable { control, attempt, why: why.to_owned() }
}

/// Every key goes to the exam window: a seat grab of exactly the keyboard, on X11 and Wayland alike.
struct Keyboard {
    window: gtk::ApplicationWindow,
    probe: Rc<Option<Witness>>,
    engaged: bool,
}

impl Control for Keyboard {
    fn name(&self) -> Name {
        Name::Keyboard
    }

    fn engage(&mut self) -> Result<(), Unable> {
        let fail = |why| unable(Name::Keyboard, "engaged", why);
        let surface = self.window.window().ok_or_else(|| fail("the window is not on the screen yet"))?;
        let seat = surface.display().default_seat().ok_or_else(|| fail("there is no seat"))?;
        self.window.present();
        // With any other capability GDK does not ask a Wayland compositor to hold its shortcuts back.
        let status = seat.grab(&surface, gdk::SeatCapabilities::KEYBOARD, true, None, None, None);
        self.engaged = status == gdk::GrabStatus::Success;
        if self.engaged { Ok(()) } else { Err(fail("another program holds the keyboard")) }
    }

    fn holding(&mut self) -> Holding {
        if !self.engaged {
            return Holding::Released;
        }
        match self.probe.as_ref().as_ref().map(Witness::keyboard_grabbed_by_other) {
            Some(Some(true)) => Holding::Enforced,
            Some(Some(false)) => {
                self.engaged = false;
                Holding::Denied { why: "the keyboard is free for other programs".to_owned() }
            }
            Some(None) | None => Holding::Requested { why: "this desktop does not tell whether it obeys".to_owned() },
        }
    }

    fn release(&mut self) -> Result<(), Unable> {
        self.engaged = false;
        if let Some(seat) = self.window.window().and_then(|surface| surface.display().default_seat()) {
            seat.ungrab();
        }
        Ok(())
    }
}

/// The exam window covers its screen.
struct Fullscreen {
    window: gtk::ApplicationWindow,
    probe: Rc<Option<Witness>>,
    engaged: bool,
}

impl Control for Fullscreen {
    fn name(&self) -> Name {
        Name::Fullscreen
    }

    fn engage(&mut self) -> Result<(), Unable> {
        self.window.fullscreen();
        self.window.set_keep_above(true);
        self.engaged = true;
        Ok(())
    }

    fn holding(&mut self) -> Holding {
        if !self.engaged {
            return Holding::Released;
        }
        let xid = self.window.window().and_then(|w| w.downcast::<gdkx11::X11Window>().ok()).map(|w| w.xid());
        let shown = match (self.probe.as_ref(), xid.and_then(|id| u32::try_from(id).ok())) {
            (Some(probe), Some(id)) => probe.window_is_fullscreen(id),
            (Some(_), None) | (None, _) => None,
        };
        match shown {
            Some(true) => Holding::Enforced,
            Some(false) => Holding::Denied { why: "the window does not cover the screen".to_owned() },
            None => Holding::Requested { why: "this desktop does not tell whether it obeys".to_owned() },
        }
    }

    fn release(&mut self) -> Result<(), Unable> {
        if std::mem::take(&mut self.engaged) {
            self.window.set_keep_above(false);
            self.window.unfullscreen();
        }
        Ok(())
    }
}

/// The exam window cannot be closed by accident: `main` refuses while a sitting holds the machine.
struct Close {
    engaged: bool,
}

impl Control for Close {
    fn name(&self) -> Name {
        Name::Close
    }

    fn engage(&mut self) -> Result<(), Unable> {
        self.engaged = true;
        Ok(())
    }

    fn holding(&mut self) -> Holding {
        // Nothing outside this process can tell; the window test closes the window and sees that it stays.
        if self.engaged {
            Holding::Requested { why: "the application refuses to close".to_owned() }
        } else {
            Holding::Released
        }
    }

    fn release(&mut self) -> Result<(), Unable> {
        self.engaged = false;
        Ok(())
    }
}
