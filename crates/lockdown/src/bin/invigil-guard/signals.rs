//! Signals as something to wait for beside a socket.

use rustix::process::Signal;
use signal_hook::{
    consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM},
    low_level::pipe,
};
use std::{
    io::{self, Read},
    os::{
        fd::{AsFd, BorrowedFd},
        unix::net::UnixStream,
    },
};

/// The signals that the guard answers to.
pub struct Signals {
    /// The application may have ended. Also a terminal that was closed, which is no reason to end an exam.
    wakes: UnixStream,
    terminate: UnixStream,
    interrupt: UnixStream,
}

impl Signals {
    /// Takes them over for this process.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            wakes: readable(&[SIGCHLD, SIGHUP])?,
            terminate: readable(&[SIGTERM])?,
            interrupt: readable(&[SIGINT])?,
        })
    }

    /// What to wait for.
    pub fn sources(&self) -> [BorrowedFd<'_>; 3] {
        [self.wakes.as_fd(), self.terminate.as_fd(), self.interrupt.as_fd()]
    }

    /// The signals to end that have come since the last call, each once.
    pub fn stops(&self) -> impl Iterator<Item = Signal> {
        came(&self.wakes);
        let terminate = came(&self.terminate).then_some(Signal::TERM);
        let interrupt = came(&self.interrupt).then_some(Signal::INT);
        terminate.into_iter().chain(interrupt)
    }
}

fn readable(signals: &[i32]) -> io::Result<UnixStream> {
    let (read, write) = UnixStream::pair()?;
    read.set_nonblocking(true)?;
    for signal in signals {
        pipe::register(*signal, write.try_clone()?)?;
    }
    Ok(read)
}

/// Empties the pipe. More signals than fit into the buffer are seen at the next call.
fn came(mut pipe: &UnixStream) -> bool {
    matches!(pipe.read(&mut [0; 64]), Ok(1..))
}
