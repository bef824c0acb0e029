//! The controls and probes of macOS: none is built yet, and each says so.

use crate::{Control, Probe, unbuilt};

/// Every control, none of which holds anything.
pub fn controls() -> Vec<Box<dyn Control>> {
    unbuilt::controls("not built yet")
}

/// Every probe, none of which sees anything.
pub fn probes() -> Vec<Box<dyn Probe + Send>> {
    unbuilt::probes("not built yet")
}
