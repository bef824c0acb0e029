//! What is in front of the exam's login session.

use super::logind::{Logind, Session};
use crate::{
    bus::Address,
    probe::{Blind, Probe},
};
use invigil_core::policy::Probe as Name;
use std::{collections::BTreeSet, fs};

/// Sees the virtual terminal or the login session that is in front while the exam's is not: `tty3`, `session 5`.
///
/// A login screen is [`LockScreen`]'s: some desktops lock by showing one.
pub struct Terminal {
    logind: Logind,
}

/// Sees `locked` while the session is, as far as the desktop tells the login service. Lockers that only cover the
/// screen do not.
pub struct LockScreen {
    logind: Logind,
}

impl Terminal {
    /// Asks the login service on this bus.
    pub fn new(bus: Address) -> Self {
        Self { logind: Logind::new(bus) }
    }
}

impl LockScreen {
    /// Asks the login service on this bus.
    pub fn new(bus: Address) -> Self {
        Self { logind: Logind::new(bus) }
    }
}

impl Probe for Terminal {
    fn name(&self) -> Name {
        Name::Terminal
    }

    fn look(&mut self) -> Result<BTreeSet<String>, Blind> {
        let own = self.logind.own()?;
        let Some(seat) = &own.seat else {
            return Err(Blind("this login session has no screen and keyboard of its own".to_owned()));
        };
        if own.active {
            return Ok(BTreeSet::new());
        }
        // The kernel's word for the terminal in front, where no session is on it.
        let terminal = fs::read_to_string("/sys/class/tty/tty0/active").unwrap_or_default();
        let front = self.logind.in_front(seat)?;
        Ok(called(&own, front.as_ref(), terminal.trim()).into_iter().collect())
    }
}

impl Probe for LockScreen {
    fn name(&self) -> Name {
        Name::LockScreen
    }

    fn look(&mut self) -> Result<BTreeSet<String>, Blind> {
        let own = self.logind.own()?;
        let behind = own.seat.as_ref().filter(|_| !own.active && !own.locked);
        let front = behind.map(|seat| self.logind.in_front(seat)).transpose()?.flatten();
        let locked = own.locked || front.is_some_and(|front| asks_for_login(&front));
        Ok(locked.then(|| "locked".to_owned()).into_iter().collect())
    }
}

fn asks_for_login(session: &Session) -> bool {
    ["greeter", "lock-screen"].contains(&session.class.as_str())
}

/// What to call what is in front of our own session. `None` if nothing is, or a login screen.
fn called(own: &Session, front: Option<&Session>, terminal: &str) -> Option<String> {
    match front {
        // It came back to the front between two questions.
        Some(front) if front.id == own.id => None,
        Some(front) if asks_for_login(front) => None,
        Some(Session { terminal: 0, id, .. }) => Some(format!("session {id}")),
        Some(front) => Some(format!("tty{}", front.terminal)),
        None if terminal.is_empty() => Some("another terminal".to_owned()),
        None => Some(terminal.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_front_is_called_by_its_terminal() {
        let session = |id: &str, class: &str, terminal| Session {
            id: id.to_owned(),
            class: class.to_owned(),
            terminal,
            ..Session::default()
        };
        let own = session("2", "user", 2);
        for (front, terminal, expected) in [
            (Some(session("2", "user", 2)), "tty2", None),
            (Some(session("c1", "greeter", 1)), "tty1", None),
            (Some(session("c1", "lock-screen", 8)), "tty8", None),
            (Some(session("5", "user", 3)), "tty3", Some("tty3")),
            (Some(session("5", "user", 0)), "", Some("session 5")),
            (None, "tty4", Some("tty4")),
            (None, "", Some("another terminal")),
        ] {
            assert_eq!(called(&own, front.as_ref(), terminal).as_deref(), expected);
        }
    }
}
