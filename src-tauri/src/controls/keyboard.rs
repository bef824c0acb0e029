//! Every key goes to the exam window.
//!
//! On X11 a seat grab of exactly the keyboard. On Wayland the toolkit would turn the same grab into a request whose
//! answer it never reads, so the request is made here (`shortcuts`).

use super::{
    Place,
    shortcuts::{Inhibitor, State},
    unable,
};
use gtk::{gdk, prelude::*};
use invigil_core::policy::{Control as Name, Holding};
use invigil_lockdown::{Control, Unable, x11::Witness};

pub struct Keyboard {
    place: Place,
    grabbed: bool,
    inhibitor: Option<Inhibitor>,
}

impl Keyboard {
    pub fn new(place: Place) -> Self {
        Self { place, grabbed: false, inhibitor: None }
    }

    fn inhibited(&mut self) -> Holding {
        match self.inhibitor.as_mut().map(Inhibitor::state) {
            None => Holding::Released,
            Some(State::Active) => Holding::Enforced,
            Some(State::Asked) => Holding::Requested { why: "the desktop has not answered".to_owned() },
            Some(State::Inactive) => Holding::Denied { why: "the desktop has its own shortcuts again".to_owned() },
            Some(State::Alone) => {
                Holding::Requested { why: "this desktop runs nothing else and has no shortcuts".to_owned() }
            }
            Some(State::Absent) => {
                Holding::Unsupported { why: "this desktop cannot hold its shortcuts back".to_owned() }
            }
        }
    }
}

impl Control for Keyboard {
    fn name(&self) -> Name {
        Name::Keyboard
    }

    fn engage(&mut self) -> Result<(), Unable> {
        let fail = |why| unable(Name::Keyboard, "engaged", why);
        let surface = self.place.surface().ok_or_else(|| fail("the window is not on the screen yet"))?;
        let seat = surface.display().default_seat().ok_or_else(|| fail("there is no seat"))?;
        self.place.window.present();
        if self.place.is_wayland() {
            if self.inhibitor.is_none() {
                let inhibitor = Inhibitor::of(&surface, &seat);
                self.inhibitor =
                    Some(inhibitor.map_err(|error| unable(Name::Keyboard, "engaged", &error.to_string()))?);
            }
            return Ok(());
        }
        let status = seat.grab(&surface, gdk::SeatCapabilities::KEYBOARD, true, None, None, None);
        self.grabbed = status == gdk::GrabStatus::Success;
        if self.grabbed { Ok(()) } else { Err(fail("another program holds the keyboard")) }
    }

    fn holding(&mut self) -> Holding {
        if self.place.is_wayland() {
            return self.inhibited();
        }
        if !self.grabbed {
            return Holding::Released;
        }
        match self.place.witness.as_ref().as_ref().map(Witness::keyboard_grabbed_by_other) {
            Some(Some(true)) => Holding::Enforced,
            Some(Some(false)) => {
                self.grabbed = false;
                Holding::Denied { why: "the keyboard is free for other programs".to_owned() }
            }
            Some(None) | None => Holding::Requested { why: "this desktop does not tell whether it obeys".to_owned() },
        }
    }

    fn release(&mut self) -> Result<(), Unable> {
        self.inhibitor = None;
        if std::mem::take(&mut self.grabbed)
            && let Some(seat) = self.place.surface().and_then(|surface| surface.display().default_seat())
        {
            seat.ungrab();
        }
        Ok(())
    }
}
