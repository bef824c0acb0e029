//! What the application and the guard say to each other: one JSON object a line, over a Unix socket.
//!
//! A beat is not answered; every other line is answered by exactly one, in order, so that a late answer can be told
//! from the next. Keys pass through here, so every buffer is overwritten when it is given up, and nothing that can
//! hold a key can be printed.

use rustix::{
    io::Errno,
    net::{RecvFlags, recv},
};
use serde::{Deserialize, Serialize};
use std::os::fd::AsFd;
use zeroize::{Zeroize, Zeroizing};

/// The environment variable with the number of the application's end of the socket.
pub const FD_VARIABLE: &str = "INVIGIL_GUARD_FD";

/// The environment variable that says how often the guard has started the application again. Absent at first.
pub const RESTARTED_VARIABLE: &str = "INVIGIL_RESTARTED";

/// The last argument of an application that is to show nothing but its recovery window.
pub const RECOVERY_ARGUMENT: &str = "--recovery";

/// The status of an application that cannot start for a reason that a new start would meet again, and has said so to
/// the person in front of it. The guard ends with it.
pub const CANNOT_START_STATUS: u8 = 78;

/// The length of a sitting key in bytes.
pub const KEY_LEN: usize = 32;

/// The longest line in bytes. The longest real one, a key for a sitting with a long name, has about 240.
pub const LINE_MAX: usize = 1024;

/// A line, with its line feed while it is on the way. Overwritten when dropped.
pub type Line = Zeroizing<Vec<u8>>;

/// What the application says.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Request<'a> {
    /// The main loop of the interface is alive.
    Beat(u64),
    /// Keep this key. Answered by [`Reply::Done`].
    Keep {
        /// The sitting it belongs to.
        sitting: &'a str,
        /// The key in hexadecimal.
        key: &'a str,
    },
    /// Give me the key of this sitting. Answered by [`Reply::Key`].
    Give {
        /// The sitting.
        sitting: &'a str,
    },
    /// Forget the key of this sitting. Answered by [`Reply::Done`].
    Forget {
        /// The sitting.
        sitting: &'a str,
    },
}

/// What the guard answers.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Reply<'a> {
    /// The key in hexadecimal, or that there is none.
    #[serde(borrow)]
    Key(Option<&'a str>),
    /// Whether it was done.
    Done(bool),
}

/// A message as a line. `None` if it would be too long.
pub fn encode(message: &impl Serialize) -> Option<Line> {
    // Room for the longest line from the start: a vector that grows leaves its old bytes behind.
    let mut line = Zeroizing::new(Vec::with_capacity(LINE_MAX));
    let mut rest = Bounded(&mut line);
    serde_json::to_writer(&mut rest, message).ok()?;
    line.push(b'\n');
    Some(line)
}

/// Writes into a vector without ever making it grow, one byte kept free for the line feed.
struct Bounded<'a>(&'a mut Vec<u8>);

impl std::io::Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if LINE_MAX - 1 < self.0.len() + bytes.len() {
            return Err(std::io::ErrorKind::WriteZero.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Nothing more can be read from the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// The other side is gone.
    #[error("the other side of the guard's socket is gone")]
    Gone,
    /// The other side does not keep to the protocol.
    #[error("a line from the other side of the guard's socket is longer than {LINE_MAX} bytes")]
    TooLong,
}

/// Cuts what arrives into lines.
pub struct Lines {
    buffer: Zeroizing<Vec<u8>>,
    filled: usize,
}

impl Default for Lines {
    fn default() -> Self {
        Self { buffer: Zeroizing::new(vec![0; LINE_MAX]), filled: 0 }
    }
}

impl Lines {
    /// Takes in what has arrived, without waiting. False if nothing has. Lines must be taken out before the next call.
    pub fn fill(&mut self, socket: impl AsFd) -> Result<bool, LineError> {
        let Some(room) = self.buffer.get_mut(self.filled..).filter(|room| !room.is_empty()) else {
            return Err(LineError::TooLong);
        };
        match recv(socket, room, RecvFlags::DONTWAIT) {
            Ok((0, _)) => Err(LineError::Gone),
            Ok((count, _)) => {
                self.filled += count;
                Ok(true)
            }
            Err(Errno::AGAIN | Errno::INTR) => Ok(false),
            Err(_) => Err(LineError::Gone),
        }
    }

    /// The next whole line, without its line feed.
    pub fn take(&mut self) -> Option<Line> {
        let held = self.buffer.get(..self.filled)?;
        let end = held.iter().position(|byte| *byte == b'\n')?;
        let line = Zeroizing::new(held.get(..end)?.to_vec());
        let rest = self.filled - (end + 1);
        self.buffer.copy_within(end + 1..self.filled, 0);
        self.buffer.get_mut(rest..self.filled)?.zeroize();
        self.filled = rest;
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{io::Write, os::unix::net::UnixStream};

    fn text(message: &impl Serialize) -> String {
        String::from_utf8(encode(message).expect("short").to_vec()).expect("UTF-8")
    }

    #[test]
    fn the_lines_are_these() {
        assert_eq!(text(&Request::Beat(7)), "{\"beat\":7}\n");
        assert_eq!(
            text(&Request::Keep { sitting: "s:1", key: "00ff" }),
            "{\"keep\":{\"sitting\":\"s:1\",\"key\":\"00ff\"}}\n"
        );
        assert_eq!(text(&Request::Give { sitting: "s:1" }), "{\"give\":{\"sitting\":\"s:1\"}}\n");
        assert_eq!(text(&Request::Forget { sitting: "s:1" }), "{\"forget\":{\"sitting\":\"s:1\"}}\n");
        assert_eq!(text(&Reply::Key(Some("00ff"))), "{\"key\":\"00ff\"}\n");
        assert_eq!(text(&Reply::Key(None)), "{\"key\":null}\n");
        assert_eq!(text(&Reply::Done(true)), "{\"done\":true}\n");
    }

    #[test]
    fn both_sides_read_what_the_other_writes() {
        let line = text(&Request::Keep { sitting: "s", key: "ab" });
        let Ok(Request::Keep { sitting: "s", key: "ab" }) = serde_json::from_str(&line) else { panic!("{line}") };
        let Ok(Reply::Key(Some("ab"))) = serde_json::from_str("{\"key\":\"ab\"}") else { panic!("key") };
        let Ok(Reply::Key(None)) = serde_json::from_str("{\"key\":null}") else { panic!("null") };
    }

    #[test]
    fn a_message_that_is_too_long_is_not_written() {
        let sitting = "s".repeat(LINE_MAX);
        assert!(encode(&Request::Give { sitting: &sitting }).is_none());
        let sitting = "s".repeat(LINE_MAX - "{\"give\":{\"sitting\":\"\"}}\n".len());
        assert_eq!(encode(&Request::Give { sitting: &sitting }).map(|line| line.len()), Some(LINE_MAX));
    }

    #[test]
    fn lines_are_cut_wherever_they_were_split() {
        let (mut here, there) = UnixStream::pair().expect("a pair");
        let mut lines = Lines::default();
        assert_eq!(lines.fill(&there), Ok(false));
        here.write_all(b"one\ntw").expect("written");
        assert_eq!(lines.fill(&there), Ok(true));
        assert_eq!(lines.take().as_deref(), Some(&b"one".to_vec()));
        assert!(lines.take().is_none());
        here.write_all(b"o\n\nlast\n").expect("written");
        assert_eq!(lines.fill(&there), Ok(true));
        let rest: Vec<_> = std::iter::from_fn(|| lines.take()).map(|line| line.to_vec()).collect();
        assert_eq!(rest, [b"two".to_vec(), vec![], b"last".to_vec()]);
        // What was taken out is overwritten.
        assert!(lines.buffer.iter().all(|byte| *byte == 0));
        drop(here);
        assert_eq!(lines.fill(&there), Err(LineError::Gone));
    }

    #[test]
    fn a_line_without_an_end_is_refused() {
        let (mut here, there) = UnixStream::pair().expect("a pair");
        let mut lines = Lines::default();
        here.write_all(&[b'x'; LINE_MAX + 1]).expect("written");
        assert_eq!(lines.fill(&there), Ok(true));
        assert!(lines.take().is_none());
        assert_eq!(lines.fill(&there), Err(LineError::TooLong));
    }
}
