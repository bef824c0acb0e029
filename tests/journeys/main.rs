//! Journeys without a window: the real runtime against the real issuing service, started as a process.

mod cmc;
mod commands;
mod desk;
mod mishaps;
mod practice;
mod tampering;
mod upkeep;
