//! The desktop that this process runs on, by name.

use crate::x11::{SessionKind, Witness, session_kind};
use invigil_core::readiness::{Desktop, Display};
use rustix::net::sockopt::socket_peercred;
use std::{
    env, fs,
    os::{fd::AsFd, unix::net::UnixStream},
    path::PathBuf,
};

/// The desktop of this process. It asks its server, and waits for that.
pub fn desktop() -> Desktop {
    let name = env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    let (display, shown_by) = match session_kind() {
        SessionKind::X11 => (Display::X11, Witness::connect(None).ok().and_then(|witness| witness.window_manager())),
        SessionKind::Wayland { compositor } => (Display::Wayland, at_socket().or(compositor)),
        SessionKind::None => (Display::None, None),
    };
    Desktop { name, display, shown_by: shown_by.unwrap_or_default() }
}

/// The program at the other end of the compositor's socket.
fn at_socket() -> Option<String> {
    let name = env::var_os("WAYLAND_DISPLAY").filter(|name| !name.is_empty()).unwrap_or_else(|| "wayland-0".into());
    let path = PathBuf::from(env::var_os("XDG_RUNTIME_DIR")?).join(name);
    peer(UnixStream::connect(path).ok()?)
}

/// The executable file of the process at the other end of a socket.
pub fn peer(socket: impl AsFd) -> Option<String> {
    let process = socket_peercred(socket).ok()?.pid;
    let file = fs::read_link(format!("/proc/{}/exe", process.as_raw_nonzero())).ok()?;
    Some(file.file_name()?.to_str()?.trim_end_matches(" (deleted)").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_end_of_a_socket_has_a_name() {
        let (one, _other) = UnixStream::pair().expect("a pair");
        let own = env::current_exe().expect("a path");
        assert_eq!(peer(&one).as_deref(), own.file_name().and_then(|name| name.to_str()));
    }
}
