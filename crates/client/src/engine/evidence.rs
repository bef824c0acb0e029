//! Evidence on its way into the record: the sealed bytes first, then the record that names them.

use super::Engine;
use crate::{durable, view::Problem};
use invigil_core::{Digest, exchange::EVIDENCE_BYTES_MAX, log::Actor, sitting::Command};

impl Engine {
    /// Keeps a sealed piece of evidence of the sitting on the screen: durable first, then named by a record.
    ///
    /// # Errors
    /// `no-sitting`, `wrong-phase` or a storage problem; `evidence-too-large`.
    pub fn keep_evidence(&self, sealed: &[u8]) -> Result<Digest, Problem> {
        let sha256 = Digest::of(sealed);
        let path = {
            let state = self.lock();
            let id = state.current.as_ref().ok_or_else(|| Problem::new("no-sitting"))?;
            state.folder.evidence(id, &sha256)
        };
        if sealed.is_empty() || EVIDENCE_BYTES_MAX < sealed.len() as u64 {
            return Err(Problem::new("evidence-too-large"));
        }
        // Not under the lock: a frame may be large and an answer must not wait for it.
        durable::write(&path, sealed).map_err(crate::folder::disk_problem)?;
        let mut state = self.lock();
        state.carry_out(Command::Capture { sha256, size: sealed.len() as u64 }, &Actor::Client)?;
        self.shared.deliver.notify_one();
        Ok(sha256)
    }
}
