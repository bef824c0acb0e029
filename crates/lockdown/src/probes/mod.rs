//! What each probe of the policy looks at.
//!
//! None of them changes anything on the machine, and none reads what somebody types, the titles of windows, or
//! documents. Those that ask a server wait for it: look on a thread on which nobody waits.

mod debugger;
mod processes;
mod programs;
mod virtual_machine;

pub use debugger::Debugger;
pub use processes::{Process, Processes};
pub use programs::Programs;
pub use virtual_machine::VirtualMachine;
