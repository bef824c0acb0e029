//! The guard's part in a restart, played by the bench: it keeps the keys of a killed application and gives them to the
//! next one, over the same socket and in the same words as `invigil-guard`.

use crate::Outcome;
use invigil_client::engine::GuardLink;
use invigil_lockdown::guard::{FD_VARIABLE, Keys, Link, Request};
use std::{
    ffi::OsStr,
    io::{self, BufRead, BufReader, Write},
    os::{fd::OwnedFd, unix::net::UnixStream},
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// Keeps keys from one application to the next.
#[derive(Clone, Default)]
pub struct Keeper {
    keys: Arc<Mutex<Keys>>,
}

impl Keeper {
    /// The application's end of a new connection. A thread answers at the other end until the application is gone.
    fn connect(&self) -> io::Result<UnixStream> {
        let (ours, theirs) = UnixStream::pair()?;
        let keys = self.keys.clone();
        thread::spawn(move || answer(&ours, &keys));
        Ok(theirs)
    }

    /// A connection for a runtime in this process.
    pub fn link(&self) -> io::Result<GuardLink> {
        Ok(as_runtime_needs_it(Link::over(self.connect()?)))
    }

    /// Makes `command` start `program` with a connection, as the guard starts the application. The shell moves the
    /// socket away from the standard input and then becomes the program, so the process is the same.
    pub fn dress(&self, command: &mut Command, program: impl AsRef<OsStr>) -> io::Result<()> {
        command.args(["-c", &format!("exec 3<&0 0</dev/null; {FD_VARIABLE}=3 exec \"$0\" \"$@\"")]).arg(program);
        command.stdin(Stdio::from(OwnedFd::from(self.connect()?)));
        Ok(())
    }
}

/// The connection that this process was started with.
pub fn inherited() -> Outcome<GuardLink> {
    Ok(as_runtime_needs_it(Link::from_env().ok_or("this was not started by the bench")?))
}

fn as_runtime_needs_it(link: Link) -> GuardLink {
    let link = Arc::new(link);
    let (keep, give, forget) = (link.clone(), link.clone(), link);
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

fn answer(socket: &UnixStream, keys: &Mutex<Keys>) {
    let mut lines = BufReader::new(socket);
    let mut line = String::new();
    while lines.read_line(&mut line).is_ok_and(|read| 0 < read) {
        let reply = serde_json::from_str::<Request<'_>>(&line)
            .ok()
            .and_then(|request| keys.lock().unwrap_or_else(PoisonError::into_inner).answer(&request));
        let mut writer = socket;
        if reply.is_some_and(|reply| writer.write_all(&reply).is_err()) {
            return;
        }
        line.clear();
    }
}
