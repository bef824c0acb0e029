//! The command line of Invigil for authors, proctors and verifiers, and the stage on which rehearsals run.

#![forbid(unsafe_code)]

pub mod proxy;
pub mod stage;
