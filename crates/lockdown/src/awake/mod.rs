//! Keeps the machine awake, with what holds no longer than this process: a lock of the login service, a word to the
//! desktop, and one to the X server. Nothing is set that would have to be set back.
//!
//! Everything is asked on a thread of its own, so that nobody waits for a bus, least of all a window's main loop. What
//! is told is the last answer. The lock itself is given back at once, whatever that thread waits for.

mod places;

pub use places::Places;

use crate::control::{Control, Unable};
use invigil_core::policy::{Control as Name, Holding};
use places::{Answers, Locked, Taken};
use std::{
    os::fd::OwnedFd,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

/// The lock, where both the thread that takes it and the one that gives it back can reach it.
type Slot = Arc<Mutex<Option<OwnedFd>>>;

#[derive(Debug, Clone, Copy)]
enum Order {
    Engage,
    Prove,
    Release,
}

/// The machine does not fall asleep by itself, and the desktop is asked to leave the screen on.
///
/// Enforced says that the login service lists a lock of this process against sleep and idleness. What desktop and X
/// server were asked no signal shows, so alone that is requested.
pub struct Awake {
    orders: Sender<Order>,
    answers: Receiver<Holding>,
    slot: Slot,
    /// How many orders have no answer yet.
    open: usize,
    /// What held after the last order that was answered, since it was engaged or released.
    last: Option<Holding>,
    engaged: bool,
}

impl Awake {
    /// The control for these places. Nothing is asked before it is engaged.
    pub fn new(places: Places) -> Self {
        let slot = Slot::default();
        let (orders, given) = channel();
        let (answer, answers) = channel();
        let mut taken = Taken::new(places, Arc::clone(&slot));
        let work = move || {
            for order in given {
                match order {
                    Order::Engage => taken.take(),
                    Order::Prove => {}
                    Order::Release => taken.give_back(),
                }
                if answer.send(verdict(&taken.prove())).is_err() {
                    break;
                }
            }
        };
        // Without the thread no order is ever answered.
        if let Err(error) = thread::Builder::new().name("awake".to_owned()).spawn(work) {
            tracing::warn!(%error, "no thread to keep the machine awake");
        }
        Self { orders, answers, slot, open: 0, last: None, engaged: false }
    }

    fn order(&mut self, order: Order) {
        self.open += usize::from(self.orders.send(order).is_ok());
    }

    fn drop_lock(&self) {
        *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Control for Awake {
    fn name(&self) -> Name {
        Name::Awake
    }

    /// Asks, and returns before there is an answer.
    fn engage(&mut self) -> Result<(), Unable> {
        // Asked again, the last answer holds until there is a new one.
        if !self.engaged {
            self.last = None;
        }
        self.engaged = true;
        self.order(Order::Engage);
        Ok(())
    }

    /// The last answer, and asks for the next one.
    fn holding(&mut self) -> Holding {
        while let Ok(answer) = self.answers.try_recv() {
            self.open = self.open.saturating_sub(1);
            // An answer to what was asked before the last order says nothing about after it.
            self.last = (self.open == 0).then_some(answer).or(self.last.take());
        }
        if self.open == 0 {
            self.order(Order::Prove);
        }
        match &self.last {
            Some(holding) => holding.clone(),
            None if self.engaged => Holding::Requested { why: "the system has not answered yet".to_owned() },
            // What would be listed is given back.
            None => Holding::Released,
        }
    }

    fn release(&mut self) -> Result<(), Unable> {
        self.engaged = false;
        self.last = None;
        self.drop_lock();
        self.order(Order::Release);
        Ok(())
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        self.drop_lock();
    }
}

/// What the answers amount to.
fn verdict(answers: &Answers) -> Holding {
    let asked = answers.desktop || answers.server;
    match &answers.lock {
        Locked::Listed(what) if what.contains("sleep") && what.contains("idle") => Holding::Enforced,
        Locked::Listed(what) if !what.is_empty() => {
            let what: Vec<&str> = what.iter().map(String::as_str).collect();
            Holding::Requested { why: format!("the login service holds off {} and no more", what.join(", ")) }
        }
        Locked::Refused(why) | Locked::Absent(why) if asked => {
            let who = if answers.desktop { "the desktop" } else { "the X server" };
            Holding::Requested { why: format!("only {who} was asked, and does not tell whether it obeys: {why}") }
        }
        Locked::Refused(why) => Holding::Denied { why: why.clone() },
        Locked::Absent(why) => Holding::Unsupported { why: why.clone() },
        Locked::Listed(_) | Locked::NotWanted => Holding::Released,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_listed_is_enforced() {
        let listed = |what: &[&str]| Locked::Listed(what.iter().map(|what| (*what).to_owned()).collect());
        let refused = || Locked::Refused("no".to_owned());
        let absent = || Locked::Absent("nobody".to_owned());
        for (lock, desktop, server, expected) in [
            (listed(&["sleep", "idle", "handle-lid-switch"]), false, false, "enforced"),
            (listed(&["sleep", "idle"]), true, true, "enforced"),
            (listed(&["idle"]), false, false, "requested"),
            (listed(&[]), false, false, "released"),
            (refused(), true, false, "requested"),
            (refused(), false, false, "denied"),
            (absent(), false, true, "requested"),
            (absent(), false, false, "unsupported"),
            (Locked::NotWanted, false, false, "released"),
        ] {
            let answers = Answers { lock, desktop, server };
            let holding = match verdict(&answers) {
                Holding::Enforced => "enforced",
                Holding::Requested { .. } => "requested",
                Holding::Denied { .. } => "denied",
                Holding::Unsupported { .. } => "unsupported",
                Holding::Released => "released",
            };
            assert_eq!(holding, expected, "{answers:?}");
        }
    }
}
