//! Whole-product tests. What they share: where the project lies, how a proof is kept, an admission and an exam of no
//! service, and the readers that are fuzzed.

pub mod fuzz;
pub mod link;
pub mod matrix;
pub mod paper;
pub mod proof;

use std::path::{Path, PathBuf};

/// The project's root folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}
