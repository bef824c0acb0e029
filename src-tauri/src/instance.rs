//! One application at a time: a socket in the state folder is both the lock and the way to hand over a link.

use invigil_client::engine::Engine;
use std::{
    fs,
    io::{Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
    sync::OnceLock,
    thread,
    time::Duration,
};

/// Another copy is running; it has been given the link.
#[derive(Debug)]
pub struct Taken;

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
/// `Taken` when another copy has it.
pub fn claim(folder: &Path, link: Option<&str>) -> Result<Instance, Taken> {
    let _ = fs::create_dir_all(folder);
    let socket = folder.join("window.socket");
    let open = fs::OpenOptions::new().create(true).truncate(false).write(true).open(folder.join("window.lock"));
    let lock = open.map_err(|_| Taken)?;
    if lock.try_lock().is_err() {
        if let Ok(mut stream) = UnixStream::connect(&socket) {
            let _ = stream.set_write_timeout(Some(Duration::from_secs(1)));
            let _ = stream.write_all(link.unwrap_or_default().as_bytes());
        }
        return Err(Taken);
    }
    let _ = fs::remove_file(&socket);
    let listener = UnixListener::bind(&socket).map_err(|_| Taken)?;
    Ok(Instance { listener, _lock: lock })
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
