//! What was copied outside the exam cannot be pasted into it, and the other way round.
//!
//! Both selections are emptied and owned. Copying inside the exam goes on: whatever this process owns is its own. What
//! another program puts there meanwhile is thrown away at once. At the end the candidate's own text is put back.

use super::{Place, screens::xid};
use gtk::{gdk, prelude::*};
use invigil_core::policy::{Control as Name, Holding};
use invigil_lockdown::{Control, Unable};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

pub struct Clipboard {
    place: Place,
    engaged: Rc<Cell<bool>>,
    /// The text that was there before.
    before: Rc<RefCell<Option<String>>>,
}

impl Clipboard {
    /// `hurry` is set when another program took a selection.
    pub fn new(place: Place, hurry: Rc<Cell<bool>>) -> Self {
        let engaged = Rc::new(Cell::new(false));
        for (name, clipboard) in selections() {
            let (place, engaged, hurry) = (place.clone(), engaged.clone(), hurry.clone());
            let taken = clipboard.clone();
            clipboard.connect_local("owner-change", false, move |_| {
                if engaged.get() && owner_is_foreign(&place, name) == Some(true) {
                    taken.set_text("");
                    hurry.set(true);
                }
                None
            });
        }
        Self { place, engaged, before: Rc::default() }
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
    let witness = place.witness.as_ref().as_ref()?;
    let ours = place.surface().and_then(|surface| xid(&surface))?;
    witness.selection_is_foreign(selection, ours)
}
