//! One application at a time: a socket in the state folder is both the lock and the way to hand over a link.

use crate::recovery::Trouble;
use invigil_client::{durable, engine::Engine};
use std::{
    fs,
    io::{self, Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
    sync::OnceLock,
    thread,
    time::Duration,
};

/// Why this copy is not the one that runs.
#[derive(Debug)]
pub enum Refused {
    /// Another copy is running; it has been given the link.
    Taken,
    /// The state folder cannot be claimed.
    Trouble(Trouble),
}

/// The claim to be the only one. It ends with the process.
pub struct Instance {
    listener: UnixListener,
    // The lock ends with the descriptor, so a crash leaves nothing behind.
    _lock: fs::File,
}

const MESSAGE_BYTES_MAX: u64 = 1024;

/// How the window is brought to the front, once there is one.
pub static RAISE: OnceLock<Box<dyn Fn() + Send + Sync>> = OnceLock::new();

/// Claims the state folder for this process.
///
/// # Errors
/// Another copy has it, or it cannot be used.
pub fn claim(folder: &Path, link: Option<&str>) -> Result<Instance, Refused> {
    let failed = |error: io::Error| Refused::Trouble(Trouble::of_folder(folder, &error));
    durable::make_folder(folder).map_err(failed)?;
    let socket = folder.join("window.socket");
    let open = fs::OpenOptions::new().create(true).truncate(false).write(true).open(folder.join("window.lock"));
    let lock = open.map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => {
            return Err(
                hand_over(&socket, link).map_or_else(|_| Refused::Trouble(Trouble::silent()), |()| Refused::Taken)
            );
        }
        Err(fs::TryLockError::Error(error)) => return Err(failed(error)),
    }
    let _ = fs::remove_file(&socket);
    let listener = UnixListener::bind(&socket).map_err(|error| match error.kind() {
        // The only thing about a path that the call itself refuses is its length.
        io::ErrorKind::InvalidInput => Refused::Trouble(Trouble::long_path(folder)),
        _ => failed(error),
    })?;
    Ok(Instance { listener, _lock: lock })
}

/// Whether a copy runs in this folder. Nothing is made there.
pub fn is_running(folder: &Path) -> bool {
    let lock = fs::OpenOptions::new().write(true).open(folder.join("window.lock"));
    lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(fs::TryLockError::WouldBlock)))
}

fn hand_over(socket: &Path, link: Option<&str>) -> io::Result<()> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_write_timeout(Some(Duration::from_secs(1)))?;
    stream.write_all(link.unwrap_or_default().as_bytes())
}

impl Instance {
    /// Takes links from later copies and brings the window to the front for them.
    pub fn serve(&self, engine: &Engine) {
        let Ok(listener) = self.listener.try_clone() else { return };
        let engine = engine.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
                let mut link = String::new();
                let _ = stream.take(MESSAGE_BYTES_MAX).read_to_string(&mut link);
                if link.starts_with("invigil://") {
                    engine.take_link(link);
                }
                if let Some(raise) = RAISE.get() {
                    raise();
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn code(claimed: Result<Instance, Refused>) -> String {
        match claimed {
            Ok(_) => "claimed".to_owned(),
            Err(Refused::Taken) => "taken".to_owned(),
            Err(Refused::Trouble(trouble)) => trouble.code,
        }
    }

    #[test]
    fn the_folder_is_claimed_once_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = claim(folder.path(), None).unwrap_or_else(|refused| panic!("{refused:?}"));
        assert!(is_running(folder.path()));
        assert_eq!(code(claim(folder.path(), Some("invigil://host/code"))), "taken");
        let (mut stream, _) = first.listener.accept().unwrap();
        let mut link = String::new();
        stream.read_to_string(&mut link).unwrap();
        assert_eq!(link, "invigil://host/code");
        drop(first);
        assert!(!is_running(folder.path()) && !is_running(&folder.path().join("none")));
        // The socket of a copy that crashed is in nobody's way.
        assert!(folder.path().join("window.socket").exists());
        assert_eq!(code(claim(folder.path(), None)), "claimed");
    }

    #[test]
    fn what_is_wrong_with_a_folder_is_not_called_an_open_window() {
        let folder = tempfile::tempdir().unwrap();
        let long = folder.path().join("a".repeat(120));
        assert_eq!(code(claim(&long, None)), "state-path-too-long");
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert_eq!(code(claim(&file, None)), "storage-failed");
        assert_eq!(Trouble::of_folder(&file, &io::ErrorKind::StorageFull.into()).code, "disk-full");

        let first = claim(folder.path(), None).unwrap_or_else(|refused| panic!("{refused:?}"));
        fs::remove_file(folder.path().join("window.socket")).unwrap();
        assert_eq!(code(claim(folder.path(), None)), "already-running-silent");
        drop(first);
    }
}
