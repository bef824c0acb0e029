//! What the operating system can be asked to hold during an exam, and proof of what it really holds.
//!
//! A control is engaged, proven and released; a probe only looks. Nothing here writes a lasting setting, and nothing
//! knows a window toolkit: controls that need a window live with the window and implement [`Control`]. The `guard`
//! module is both sides of the small process that starts the application, watches its pulse and keeps its keys.

pub mod awake;
pub mod bus;
pub mod control;
pub mod desktop;
pub mod environment;
pub mod guard;
#[cfg(any(test, target_os = "macos"))]
pub mod macos;
pub mod probe;
pub mod probes;
pub mod unbuilt;
#[cfg(any(test, target_os = "windows"))]
pub mod windows;
pub mod x11;

pub use awake::Awake;
pub use bus::Address;
pub use control::{Control, Reconciler, Unable};
pub use desktop::desktop;
pub use probe::{Blind, Change, Lookout, Probe};
pub use unbuilt::Unbuilt;

#[cfg(test)]
mod tests {
    use super::*;
    use invigil_core::policy::{Control as ControlName, Holding, Probe as ProbeName};
    use std::time::Duration;

    #[test]
    fn a_system_without_a_lockdown_says_so_of_every_control_and_probe() {
        let unsupported = Holding::Unsupported { why: "not built yet".to_owned() };
        for (system, controls, probes) in
            [("Windows", windows::controls(), windows::probes()), ("macOS", macos::controls(), macos::probes())]
        {
            let reports = Reconciler::new(controls).reconcile(&ControlName::ALL.into());
            assert_eq!(reports.len(), ControlName::ALL.len());
            assert!(reports.iter().all(|report| report.holding == unsupported), "{system}: {reports:?}");
            let changes = Lookout::new(probes).look(&ProbeName::ALL.into(), Duration::ZERO);
            let blind = Err(Blind("not built yet".to_owned()));
            assert_eq!(changes.len(), ProbeName::ALL.len());
            assert!(changes.iter().all(|change| change.sees == blind), "{system}: {changes:?}");
        }
    }
}
