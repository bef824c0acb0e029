//! Journeys without a window: the real runtime against the real issuing service, started as a process.

mod arrivals;
mod backups;
mod clocks;
mod cmc;
mod commands;
mod desk;
mod devices;
mod gateway;
mod mishaps;
mod other_issuer;
mod practice;
mod tampering;
mod upkeep;
