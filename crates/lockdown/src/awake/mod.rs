//! Keeps the machine awake, with what holds no longer than this process: a lock of the login service, a word to the
//! desktop, and one to the X server. Nothing is set that would have to be set back.
//!
//! Everything is asked on a thread of its own, so that a system that does not answer holds up nobody. The lock itself
//! is given back at once, whatever that thread waits for.

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
    time::Duration,
};

/// How long an answer is waited for. Who asks may be drawing a window.
const PATIENCE: Duration = Duration::from_millis(250);

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
    orders: Sender<(Order, Sender<Holding>)>,
    slot: Slot,
    /// An answer that did not come in time.
    coming: Option<Receiver<Holding>>,
    engaged: bool,
}

impl Awake {
    /// The control for these places. Nothing is asked before it is engaged.
    pub fn new(places: Places) -> Self {
        let slot = Slot::default();
        let (orders, given) = channel::<(Order, Sender<Holding>)>();
        let mut taken = Taken::new(places, Arc::clone(&slot));
        let work = move || {
            for (order, answer) in given {
                let holding = match order {
                    Order::Engage => {
                        taken.take();
                        verdict(&taken.prove())
                    }
                    Order::Prove => verdict(&taken.prove()),
                    Order::Release => verdict(&taken.give_back()),
                };
                // Who asked may have given up.
                let _heard = answer.send(holding);
            }
        };
        // Without the thread every order is answered by its absence.
        if let Err(error) = thread::Builder::new().name("awake".to_owned()).spawn(work) {
            tracing::warn!(%error, "no thread to keep the machine awake");
        }
        Self { orders, slot, coming: None, engaged: false }
    }

    /// Gives an order and waits a little for what holds after it. `None` if that takes longer.
    fn order(&mut self, order: Order) -> Option<Holding> {
        let (answer, answered) = channel();
        if self.orders.send((order, answer)).is_err() {
            let why = "the program could not ask the system".to_owned();
            return Some(Holding::Unsupported { why });
        }
        self.wait(answered)
    }

    fn wait(&mut self, answered: Receiver<Holding>) -> Option<Holding> {
        let holding = answered.recv_timeout(PATIENCE).ok();
        self.coming = holding.is_none().then_some(answered);
        holding
    }

    fn drop_lock(&self) {
        *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Control for Awake {
    fn name(&self) -> Name {
        Name::Awake
    }

    fn engage(&mut self) -> Result<(), Unable> {
        self.engaged = true;
        match self.order(Order::Engage) {
            Some(Holding::Denied { why } | Holding::Unsupported { why }) => {
                Err(Unable { control: Name::Awake, attempt: "engaged", why })
            }
            Some(Holding::Enforced | Holding::Requested { .. } | Holding::Released) | None => Ok(()),
        }
    }

    fn holding(&mut self) -> Holding {
        let told = match self.coming.take() {
            Some(coming) => self.wait(coming),
            None => self.order(Order::Prove),
        };
        match told {
            Some(holding) => holding,
            None if self.engaged => Holding::Requested { why: "the system has not answered yet".to_owned() },
            // What it would list is ours no more.
            None => Holding::Released,
        }
    }

    fn release(&mut self) -> Result<(), Unable> {
        self.engaged = false;
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
