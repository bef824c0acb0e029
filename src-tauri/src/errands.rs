//! What the toolkit's main loop has done for it elsewhere. The loop itself never waits for a disk or a bus: the guard
//! takes a loop that waits for a dead application, and ends it.

use invigil_client::engine::Engine;
use invigil_core::sitting::{ControlReport, Observation, Wanted};
use std::{
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};
use tokio::sync::watch;

/// How often it is asked what is wanted.
const LOOK: Duration = Duration::from_millis(100);

/// The runtime as the main loop may use it. Clones share it, and no call waits.
#[derive(Clone)]
pub struct Errands {
    errands: mpsc::Sender<Errand>,
    wanted: watch::Receiver<Wanted>,
}

/// Something that is done elsewhere.
pub enum Errand {
    /// Have this recorded.
    Observe(Observation),
    /// Hand on what the controls show while these are wanted.
    Report { wanted: Wanted, reports: Vec<ControlReport> },
    /// Do this if nobody is sitting.
    Quit { end: Box<dyn FnOnce() + Send> },
}

impl Errands {
    /// Starts the thread that runs them, in the order in which they are given.
    pub fn start(engine: Engine) -> Self {
        let run = engine.clone();
        Self::over(move || engine.wanted(), move |errand| carry_out(&run, errand))
    }

    /// The same without a runtime: who says what is wanted, and who carries it out.
    pub fn over(wanted: impl Fn() -> Wanted + Send + 'static, carry_out: impl Fn(Errand) + Send + 'static) -> Self {
        let (sender, errands) = mpsc::channel();
        let (shown, receiver) = watch::channel(Wanted::default());
        thread::spawn(move || {
            loop {
                match errands.recv_timeout(LOOK) {
                    Ok(errand) => carry_out(errand),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
                // Asked for before the channel is touched, or whoever reads the channel would wait for the answer.
                let now = wanted();
                shown.send_if_modified(|before| {
                    let changed = *before != now;
                    *before = now;
                    changed
                });
            }
        });
        Self { errands: sender, wanted: receiver }
    }

    /// What must be true of the machine, as it was known a moment ago.
    pub fn wanted(&self) -> Wanted {
        self.wanted.borrow().clone()
    }

    /// Has something recorded that the shell saw.
    pub fn observe(&self, observation: Observation) {
        self.give(Errand::Observe(observation));
    }

    /// Hands on what the controls show while these are wanted.
    pub fn report(&self, wanted: Wanted, reports: Vec<ControlReport>) {
        self.give(Errand::Report { wanted, reports });
    }

    /// Does this if nobody is sitting.
    pub fn quit(&self, end: impl FnOnce() + Send + 'static) {
        self.give(Errand::Quit { end: Box::new(end) });
    }

    fn give(&self, errand: Errand) {
        // The thread lives as long as anybody can give it something.
        let _ = self.errands.send(errand);
    }
}

fn carry_out(engine: &Engine, errand: Errand) {
    match errand {
        Errand::Observe(observation) => engine.observe(observation),
        // What was seen under another posture says nothing about this one; the loop looks again and reports again.
        Errand::Report { wanted, reports } if engine.wanted() == wanted => engine.report(reports),
        Errand::Quit { end } if engine.may_quit() => end(),
        Errand::Report { .. } | Errand::Quit { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn nobody_waits_for_an_errand_and_none_overtakes_another() {
        let disk = std::sync::Arc::new(Mutex::new(Vec::new()));
        let (asked, written) = (disk.clone(), disk.clone());
        let wanted = move || {
            drop(asked.lock().unwrap());
            Wanted { copying: true, ..Wanted::default() }
        };
        let (done, all) = mpsc::channel();
        let carry_out = move |errand| {
            if let Errand::Observe(observation) = errand {
                written.lock().unwrap().push(observation);
                done.send(()).unwrap();
            }
        };
        let stalled = disk.lock().unwrap();
        let errands = Errands::over(wanted, carry_out);
        // Each of these returns while nothing can be written.
        errands.observe(Observation::PageFailed);
        errands.observe(Observation::GuardLost);
        assert_eq!(errands.wanted(), Wanted::default());
        drop(stalled);
        all.recv().unwrap();
        all.recv().unwrap();
        assert_eq!(*disk.lock().unwrap(), [Observation::PageFailed, Observation::GuardLost]);
        while !errands.wanted().copying {
            thread::yield_now();
        }
    }
}
