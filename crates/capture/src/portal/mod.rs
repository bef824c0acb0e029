//! Frames by the ScreenCast portal, the one way in which every Wayland desktop lets itself be looked at.
//!
//! The candidate is asked by the desktop and chooses which monitors are shared; the desktop shows a sign of its own for
//! as long as they are. Frames come through PipeWire and stay in memory. Between two looks the streams pause, so that
//! nothing is drawn or copied for nobody.

mod consent;
mod streams;

use crate::{
    frame::Frame,
    screen::{Monitor, Screen, Unable},
};
use std::{
    sync::mpsc::{RecvTimeoutError, channel},
    time::Duration,
};
use streams::Streams;
use zbus::blocking::{Connection, connection::Builder};

/// How long a compositor may take to draw a frame that was asked for.
const FRAME_LIMIT: Duration = Duration::from_secs(3);

/// Monitors that the candidate shares.
pub struct Portal {
    monitors: Vec<(u32, Monitor)>,
    restore_token: Option<String>,
    streams: Streams,
    // The portal ends the session when its connection ends.
    _session: Connection,
}

impl Portal {
    /// Asks the candidate to share their monitors, and waits as long as `limit` for an answer. Asked is over this bus, or
    /// over the one of the login session.
    ///
    /// A token from earlier, of [`Screen::restore_token`], lets the desktop give what was given before without asking
    /// again. Which monitors are shared the candidate decides: compare their number with the outputs there are.
    ///
    /// # Errors
    /// `Unreachable` without a portal, `Refused` if the candidate says no or nothing in time.
    pub fn ask(bus: Option<&str>, restore_token: Option<&str>, limit: Duration) -> Result<Self, Unable> {
        let session = match bus {
            Some(address) => Builder::address(address).and_then(Builder::build),
            None => Connection::session(),
        };
        let session = session.map_err(|error| Unable::Unreachable(error.to_string()))?;
        let (give, answer) = channel();
        let (asking, restore_token) = (session.clone(), restore_token.map(str::to_owned));
        std::thread::spawn(move || give.send(consent::ask(&asking, restore_token.as_deref())));
        let granted = answer.recv_timeout(limit).unwrap_or_else(|_| {
            // Ends the question on the screen and the thread that waits for its answer.
            let _closed = session.clone().close();
            Err(Unable::Refused("nobody answered whether the screen is shared".to_owned()))
        })?;
        let nodes = granted.monitors.iter().map(|(node, _)| *node).collect();
        let streams = Streams::open(granted.remote, nodes)?;
        Ok(Self { monitors: granted.monitors, restore_token: granted.restore_token, streams, _session: session })
    }
}

impl Screen for Portal {
    fn restore_token(&self) -> Option<&str> {
        self.restore_token.as_deref()
    }

    fn way(&self) -> &'static str {
        "portal"
    }

    fn monitors(&mut self) -> Result<Vec<Monitor>, Unable> {
        Ok(self.monitors.iter().map(|(_, monitor)| monitor.clone()).collect())
    }

    fn grab(&mut self, monitor: &Monitor) -> Result<Frame, Unable> {
        let found = self.monitors.iter().find(|(_, shared)| shared.name == monitor.name);
        let (node, _) = found.ok_or_else(|| Unable::Gone(monitor.name.clone()))?;
        let (give, frame) = channel();
        self.streams.ask(*node, give);
        frame.recv_timeout(FRAME_LIMIT).unwrap_or_else(|error| {
            Err(Unable::Refused(match error {
                RecvTimeoutError::Timeout => format!("the compositor drew no frame within {} s", FRAME_LIMIT.as_secs()),
                RecvTimeoutError::Disconnected => "the screen is not shared any more".to_owned(),
            }))
        })
    }
}
