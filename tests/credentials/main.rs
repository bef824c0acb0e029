//! Credentials before verifiers that nobody on this project wrote, and before `invigil credential verify`.

mod command;
mod foreign;
mod material;
