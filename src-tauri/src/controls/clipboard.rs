//! What was copied outside the exam cannot be pasted into it, and the other way round.
//!
//! Both selections are emptied and owned. Copying inside the exam goes on: whatever this process owns is its own. What
//! another program puts there meanwhile is thrown away at once. At the end the candidate's own text is put back.

use super::{Place, screens::xid};
use crate::errands::Errands;
use gtk::{gdk, glib, prelude::*};
use invigil_core::{
    policy::{Control as Name, Holding, Probe},
    sitting::Observation,
};
use invigil_lockdown::{Control, Unable};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    rc::Rc,
    time::Duration,
};

pub struct Clipboard {
    place: Place,
    engaged: Rc<Cell<bool>>,
    /// The text that was there before.
    before: Rc<RefCell<Option<String>>>,
}

impl Clipboard {
    /// `hurry` is set when another program took a selection.
    pub fn new(place: Place, errands: &Errands, hurry: Rc<Cell<bool>>) -> Self {
        let engaged = Rc::new(Cell::new(false));
        let teller = Teller { errands: errands.clone(), told: Rc::default(), taken: Rc::default() };
        for (name, clipboard) in selections() {
            let (place, engaged, hurry, teller) = (place.clone(), engaged.clone(), hurry.clone(), teller.clone());
            let taken = clipboard.clone();
            clipboard.connect_local("owner-change", false, move |_| {
                if engaged.get() && owner_is_foreign(&place, name) == Some(true) {
                    let owner = place.witness.as_ref().as_ref().and_then(|witness| witness.selection_owner(name));
                    teller.taken_by(owner.unwrap_or_else(|| "another program".to_owned()));
                    taken.set_text("");
                    hurry.set(true);
                }
                None
            });
        }
        Self { place, engaged, before: Rc::default() }
    }
}

/// A program that puts something into the clipboard is named until none has done so for a while.
#[derive(Clone)]
struct Teller {
    errands: Errands,
    told: Rc<RefCell<BTreeSet<String>>>,
    /// How often something was taken.
    taken: Rc<Cell<u64>>,
}

const QUIET: Duration = Duration::from_secs(5);

impl Teller {
    fn taken_by(&self, program: String) {
        self.taken.set(self.taken.get() + 1);
        if self.told.borrow_mut().insert(program) {
            self.tell();
        }
        let (teller, taken) = (self.clone(), self.taken.get());
        glib::timeout_add_local_once(QUIET, move || {
            if teller.taken.get() == taken {
                teller.told.take();
                teller.tell();
            }
        });
    }

    fn tell(&self) {
        let sees = self.told.borrow().iter().cloned().collect();
        self.errands.observe(Observation::Probed { probe: Probe::Clipboard, sees });
    }
}

impl Control for Clipboard {
    fn name(&self) -> Name {
        Name::Clipboard
    }

    fn engage(&mut self) -> Result<(), Unable> {
        if self.engaged.replace(true) {
            for (_, selection) in selections() {
                selection.set_text("");
            }
            return Ok(());
        }
        let [(_, clipboard), (_, primary)] = selections();
        primary.set_text("");
        // Another program answers this, or does not; the main loop does not wait for it.
        let (before, engaged) = (self.before.clone(), self.engaged.clone());
        clipboard.request_text(move |clipboard, text| {
            *before.borrow_mut() = text.filter(|text| !text.is_empty()).map(str::to_owned);
            if engaged.get() {
                clipboard.set_text("");
            }
        });
        Ok(())
    }

    fn holding(&mut self) -> Holding {
        if !self.engaged.get() {
            return Holding::Released;
        }
        let owners = selections().map(|(name, _)| owner_is_foreign(&self.place, name));
        if owners.contains(&Some(true)) {
            return Holding::Denied { why: "another program keeps the clipboard".to_owned() };
        }
        if owners.contains(&None) {
            return Holding::Requested { why: "this desktop does not tell whose the clipboard is".to_owned() };
        }
        Holding::Enforced
    }

    fn release(&mut self) -> Result<(), Unable> {
        if self.engaged.replace(false) {
            let [(_, clipboard), (_, primary)] = selections();
            primary.set_text("");
            clipboard.set_text(self.before.take().as_deref().unwrap_or_default());
            // Stays when this application ends, where a clipboard manager runs.
            clipboard.store();
        }
        Ok(())
    }
}

fn selections() -> [(&'static str, gtk::Clipboard); 2] {
    let selections = [("CLIPBOARD", gdk::SELECTION_CLIPBOARD), ("PRIMARY", gdk::SELECTION_PRIMARY)];
    selections.map(|(name, selection)| (name, gtk::Clipboard::get(&selection)))
}

/// Whether another program owns this selection; `None` where nothing tells.
fn owner_is_foreign(place: &Place, selection: &str) -> Option<bool> {
    if place.is_wayland() {
        // A compositor tells when it takes a selection away, but not whether it ever gave it.
        let is_ours = gdk::selection_owner_get(&gdk::Atom::intern(selection)).is_some();
        return (!is_ours).then_some(true);
    }
    let witness = place.witness.as_ref().as_ref()?;
    let ours = place.surface().and_then(|surface| xid(&surface))?;
    witness.selection_is_foreign(selection, ours)
}
