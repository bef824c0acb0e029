//! The application's end of the guard's socket.
//!
//! Nothing here ever holds the application up: a beat does not wait at all, a question waits a second at most, and a
//! guard that is gone is an error to record, not a reason to stop.

#![expect(unsafe_code, reason = "a descriptor named by a number in the environment has to be taken over as it is")]

use super::{
    monotonic,
    protocol::{FD_VARIABLE, KEY_LEN, Line, LineError, Lines, Reply, Request, encode},
};
use invigil_core::SittingId;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::{Errno, FdFlags, fcntl_setfd},
    net::{AddressFamily, SendFlags, SocketType, send, sockopt},
};
use std::{
    os::{
        fd::{BorrowedFd, FromRawFd, RawFd},
        unix::net::UnixStream,
    },
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use zeroize::Zeroizing;

/// How long a question waits for the guard.
pub const PATIENCE: Duration = Duration::from_secs(1);

/// Why the guard did not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It has ended. This is for ever: a guard that has died is not started again under a running application.
    #[error("the guard is gone; the application goes on without it")]
    GuardGone,
    /// It lives, as far as is known, and did not answer in time. The next call may succeed.
    #[error("the guard did not answer within a second")]
    GuardLate,
    /// It said no: it has no room for another key, or nothing to forget.
    #[error("the guard refused: it has no room for this key, or does not have it")]
    Refused,
}

/// The application's connection to its guard. Calls may come from any thread.
///
/// Drop it when the main loop of the interface ends on purpose: the guard takes the closed connection as the sign that
/// beats have ended for good, and waits for the process to end instead of killing it for silence.
pub struct Link {
    socket: UnixStream,
    dialogue: Mutex<Dialogue>,
    beats: AtomicU64,
    gone: AtomicBool,
}

#[derive(Default)]
struct Dialogue {
    lines: Lines,
    /// Answers still to come, those to questions that nobody waits for any more included.
    owed: usize,
}

impl Link {
    /// Takes over the connection that the guard handed down. `None` without a guard, and at every call but the first.
    /// Call it early in `main`, after `environment::start_clean` and before any process is started.
    pub fn from_env() -> Option<Self> {
        static TAKEN: AtomicBool = AtomicBool::new(false);
        let number: RawFd = std::env::var(FD_VARIABLE).ok()?.parse().ok()?;
        // Standard input and output are never the guard's socket, and belong to somebody else.
        if number <= 2 || TAKEN.swap(true, Ordering::SeqCst) {
            return None;
        }
        // SAFETY: the number is not negative, and the descriptor is only asked what it is. Should it not be open, the
        // kernel says so and nothing else happens.
        let candidate = unsafe { BorrowedFd::borrow_raw(number) };
        if !is_ours(candidate) {
            return None;
        }
        // SAFETY: the descriptor is open, it is the stream socket that the guard left in this process for us to own,
        // and `TAKEN` lets this line run once, so nobody else owns it.
        let socket = unsafe { UnixStream::from_raw_fd(number) };
        // The web view's processes must not be able to ask for keys, nor keep the connection open.
        fcntl_setfd(&socket, FdFlags::CLOEXEC).ok()?;
        Some(Self::over(socket))
    }

    /// A link over a connection of one's own, for tests that play the guard.
    pub fn over(socket: UnixStream) -> Self {
        Self { socket, dialogue: Mutex::default(), beats: AtomicU64::new(0), gone: AtomicBool::new(false) }
    }

    /// Says that the main loop of the interface is alive. Call it from there, about once a second. It never waits.
    pub fn beat(&self) -> Result<(), LinkError> {
        let number = self.beats.fetch_add(1, Ordering::Relaxed);
        self.say(&Request::Beat(number))
    }

    /// Lets the guard keep the key of a sitting until the application ends for good.
    pub fn keep(&self, sitting: &SittingId, key: &[u8; KEY_LEN]) -> Result<(), LinkError> {
        let mut hex = Zeroizing::new([0; 2 * KEY_LEN]);
        hex::encode_to_slice(key, hex.as_mut_slice()).map_err(|_| LinkError::Refused)?;
        let key = std::str::from_utf8(hex.as_slice()).map_err(|_| LinkError::Refused)?;
        self.order(&Request::Keep { sitting: sitting.as_str(), key })
    }

    /// The key of a sitting, if the guard keeps it.
    pub fn give(&self, sitting: &SittingId) -> Result<Option<Zeroizing<[u8; KEY_LEN]>>, LinkError> {
        let line = self.ask(&Request::Give { sitting: sitting.as_str() })?;
        match serde_json::from_slice(&line) {
            Ok(Reply::Key(None)) => Ok(None),
            Ok(Reply::Key(Some(hex))) => {
                let mut key = Zeroizing::new([0; KEY_LEN]);
                match hex::decode_to_slice(hex, key.as_mut_slice()) {
                    Ok(()) => Ok(Some(key)),
                    Err(_) => Err(self.lose()),
                }
            }
            Ok(Reply::Done(_)) | Err(_) => Err(self.lose()),
        }
    }

    /// Lets the guard forget the key of a sitting.
    pub fn forget(&self, sitting: &SittingId) -> Result<(), LinkError> {
        self.order(&Request::Forget { sitting: sitting.as_str() })
    }

    fn order(&self, request: &Request<'_>) -> Result<(), LinkError> {
        let line = self.ask(request)?;
        match serde_json::from_slice(&line) {
            Ok(Reply::Done(true)) => Ok(()),
            Ok(Reply::Done(false)) => Err(LinkError::Refused),
            Ok(Reply::Key(_)) | Err(_) => Err(self.lose()),
        }
    }

    fn ask(&self, request: &Request<'_>) -> Result<Line, LinkError> {
        let mut dialogue = self.dialogue.lock().unwrap_or_else(PoisonError::into_inner);
        let deadline = monotonic() + PATIENCE;
        self.say(request)?;
        dialogue.owed += 1;
        loop {
            while let Some(line) = dialogue.lines.take() {
                dialogue.owed = dialogue.owed.saturating_sub(1);
                if dialogue.owed == 0 {
                    return Ok(line);
                }
            }
            let left = deadline.saturating_sub(monotonic());
            if left.is_zero() {
                return Err(LinkError::GuardLate);
            }
            self.wait(left)?;
            dialogue.lines.fill(&self.socket).map_err(|_: LineError| self.lose())?;
        }
    }

    /// Sends a line in one piece and without waiting, so that beats and questions of several threads do not mix.
    fn say(&self, request: &Request<'_>) -> Result<(), LinkError> {
        if self.gone.load(Ordering::Relaxed) {
            return Err(LinkError::GuardGone);
        }
        let line = encode(request).ok_or(LinkError::Refused)?;
        match send(&self.socket, &line, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
            Ok(sent) if sent == line.len() => Ok(()),
            // The guard has not read for minutes, but it exists.
            Err(Errno::AGAIN | Errno::INTR) => Err(LinkError::GuardLate),
            Ok(_) | Err(_) => Err(self.lose()),
        }
    }

    fn wait(&self, at_most: Duration) -> Result<(), LinkError> {
        let timeout = Timespec::try_from(at_most).map_err(|_| LinkError::GuardLate)?;
        match poll(&mut [PollFd::new(&self.socket, PollFlags::IN)], Some(&timeout)) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(_) => Err(self.lose()),
        }
    }

    /// Closes the connection for good. The guard, should it live, then knows that there is nothing more to hear.
    fn lose(&self) -> LinkError {
        if !self.gone.swap(true, Ordering::Relaxed) {
            // Nothing can be done about a connection that cannot even be closed.
            let _closed = self.socket.shutdown(std::net::Shutdown::Both);
        }
        LinkError::GuardGone
    }
}

/// Whether it is a Unix stream socket. A number left over in the environment may name anything, or nothing.
fn is_ours(candidate: BorrowedFd<'_>) -> bool {
    let domain = sockopt::socket_domain(candidate);
    let kind = sockopt::socket_type(candidate);
    domain == Ok(AddressFamily::UNIX) && kind == Ok(SocketType::STREAM)
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;
