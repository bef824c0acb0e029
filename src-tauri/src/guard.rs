//! This application under the guard: started by it, giving it signs of life, leaving keys with it.

use crate::errands::Errands;
use invigil_client::engine::GuardLink;
use invigil_core::sitting::Observation;
use invigil_lockdown::guard::{Link, LinkError};
use std::{env, os::unix::process::CommandExt, path::PathBuf, process::Command, sync::Arc, time::Duration};

/// Gets rid of variables that open the window to other programs, by a new start where one is set. Returns the names of
/// those that were removed, which belong into the record, or why the application must not go on.
#[cfg(not(feature = "e2e"))]
pub fn scrub_environment() -> Result<Vec<String>, String> {
    use invigil_lockdown::environment::{Extent, start_clean};
    start_clean(Extent::All).map_err(|error| error.to_string())
}

/// The end-to-end build is driven through exactly those variables.
#[cfg(feature = "e2e")]
pub fn scrub_environment() -> Result<Vec<String>, String> {
    Ok(Vec::new())
}

/// Starts this application anew under the guard that lies beside it, unless it runs under one already. Without a guard
/// it goes on alone, and the readiness check says so.
pub fn start_under_guard(arguments: &[String]) {
    let alone = cfg!(feature = "e2e") && env::var_os("INVIGIL_E2E_GUARD").is_none();
    if alone || env::var_os(invigil_lockdown::guard::FD_VARIABLE).is_some() {
        return;
    }
    if let Some((own, guard)) = beside() {
        let error = Command::new(&guard).arg("--").arg(&own).args(arguments).exec();
        tracing::warn!(%error, "the guard could not be started");
    }
}

/// This application and the guard that lies beside it, if one does.
pub fn beside() -> Option<(PathBuf, PathBuf)> {
    let own = env::current_exe().ok()?;
    let guard = own.with_file_name("invigil-guard");
    guard.exists().then_some((own, guard))
}

/// The connection to the guard.
pub struct Pulse {
    link: Arc<Link>,
}

impl Pulse {
    /// The guard that started this application, if one did.
    pub fn find() -> Option<Self> {
        Link::from_env().map(|link| Self { link: Arc::new(link) })
    }

    /// The guard as the runtime's keeper of keys.
    pub fn keys(&self) -> GuardLink {
        let (keep, give, forget) = (self.link.clone(), self.link.clone(), self.link.clone());
        GuardLink {
            keep: Box::new(move |name, key| {
                if let Ok(name) = name.parse() {
                    let _ = keep.keep(&name, key);
                }
            }),
            give: Box::new(move |name| give.give(&name.parse().ok()?).ok().flatten()),
            forget: Box::new(move |name| {
                if let Ok(name) = name.parse() {
                    let _ = forget.forget(&name);
                }
            }),
        }
    }

    /// Gives a sign of life from the toolkit's main loop, so that a frozen interface falls silent. When the guard is
    /// gone that is recorded once, and the exam goes on.
    pub fn beat_from_main_loop(self, errands: Errands) {
        const BEAT: Duration = Duration::from_secs(1);
        // The guard counts silence from the first beat on, so it comes as soon as the loop runs, before any control.
        let first = self.link.clone();
        gtk::glib::idle_add_local_once(move || {
            let _lives = guard_lives(&first);
        });
        gtk::glib::timeout_add_local(BEAT, move || {
            if guard_lives(&self.link) {
                return gtk::glib::ControlFlow::Continue;
            }
            errands.observe(Observation::GuardLost);
            gtk::glib::ControlFlow::Break
        });
    }
}

/// Beats once. A guard that did not take the beat in time lives and expects the next one: only one that has ended is
/// lost.
fn guard_lives(link: &Link) -> bool {
    match link.beat() {
        Ok(()) | Err(LinkError::GuardLate | LinkError::Refused) => true,
        Err(LinkError::GuardGone) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixStream;

    #[test]
    fn only_a_guard_that_has_ended_is_lost() {
        let (own, guard) = UnixStream::pair().unwrap();
        let link = Link::over(own);
        assert!(guard_lives(&link));
        while link.beat() != Err(LinkError::GuardLate) {}
        assert!(guard_lives(&link), "it does not read, but it is there");
        drop(guard);
        assert!(!guard_lives(&link));
    }
}
