//! What gives frames: one implementation for each way in which a desktop lets itself be looked at.

use crate::frame::{Area, Frame};

/// A monitor that can be grabbed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitor {
    /// What the system calls it: `eDP-1`.
    pub name: String,
    /// Where it lies on the desktop.
    pub area: Area,
}

/// Why there is no frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unable {
    /// Nothing answers there.
    #[error("the screen cannot be reached: {0}")]
    Unreachable(String),
    /// An X server that is only a guest of a Wayland compositor shows strangers nothing but black.
    #[error("the X server is a guest of a Wayland compositor and does not see the screen")]
    Xwayland,
    /// Its pixels have a layout that nothing here can read.
    #[error("the screen's pixels cannot be read: {0}")]
    Layout(String),
    /// The monitor is not there any more, or another size.
    #[error("the monitor {0} is not there any more")]
    Gone(String),
    /// The system refused or broke off.
    #[error("the screen could not be grabbed: {0}")]
    Refused(String),
}

/// A way to look at the monitors of this desktop. Calls wait for the system as long as it takes: do not call them where
/// that matters.
pub trait Screen: Send {
    /// What spares the candidate the question whether the screen is shared when it is asked for again, where there is such
    /// a question. It is good for one time: keep the newest.
    fn restore_token(&self) -> Option<&str> {
        None
    }

    /// What the system is asked by, for the record: `x11-shm`.
    fn way(&self) -> &'static str;

    /// The monitors there are now. Those that show the same are one.
    ///
    /// # Errors
    /// The system does not tell.
    fn monitors(&mut self) -> Result<Vec<Monitor>, Unable>;

    /// What this monitor shows now, without the pointer.
    ///
    /// # Errors
    /// There is no frame, and this is why.
    fn grab(&mut self, monitor: &Monitor) -> Result<Frame, Unable>;
}
