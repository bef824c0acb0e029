//! Which way this desktop lets its screen be looked at.

use invigil_capture::{Portal, Screen, Unable, X11};
use invigil_lockdown::x11::{SessionKind, session_kind};
use std::time::Duration;

/// How long the candidate may think about the desktop's question.
const ANSWER_MAX: Duration = Duration::from_secs(120);

/// Opens the screen for pictures. On Wayland the desktop asks the candidate, unless `token` spares them the question.
///
/// # Errors
/// When nothing answers, or the answer is no.
pub fn open(token: Option<&str>) -> Result<Box<dyn Screen>, Unable> {
    match session_kind() {
        SessionKind::X11 => Ok(Box::new(X11::connect(None)?)),
        SessionKind::Wayland { .. } => Ok(Box::new(Portal::ask(None, token, ANSWER_MAX)?)),
        SessionKind::None => Err(Unable::Unreachable("there is no desktop".to_owned())),
    }
}
