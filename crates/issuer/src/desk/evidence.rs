//! Taking evidence: only what the log names, and all of it before there is a receipt.

use super::Desk;
use crate::{fault::Fault, shelf::ShelfError, store::ToGrade};
use invigil_core::{Digest, SittingId, exchange::EvidenceState, submission::Submission};

impl From<ShelfError> for Fault {
    fn from(error: ShelfError) -> Self {
        match error {
            ShelfError::Offset { held } => Self::EvidenceOffset { held },
            ShelfError::Mismatch => Self::EvidenceMismatch,
            ShelfError::Disk(why) => Self::Internal(why.to_string()),
        }
    }
}

impl Desk {
    /// How much of a piece of evidence is held.
    ///
    /// # Errors
    /// `EvidenceUnknown` when the stored log does not name it.
    pub fn evidence(&self, sitting: &SittingId, sha256: &Digest) -> Result<EvidenceState, Fault> {
        let size = self.evidence_size(sitting, sha256)?;
        let held = self.shelf.held(sitting, sha256).map_err(ShelfError::Disk)?;
        Ok(EvidenceState { held, size })
    }

    /// Takes more of a piece of evidence.
    ///
    /// # Errors
    /// `EvidenceUnknown`, `EvidenceOffset` with where to go on, or `EvidenceMismatch`.
    pub fn take_evidence(
        &self,
        sitting: &SittingId,
        sha256: &Digest,
        offset: u64,
        bytes: &[u8],
    ) -> Result<EvidenceState, Fault> {
        let size = self.evidence_size(sitting, sha256)?;
        Ok(self.shelf.take(sitting, sha256, size, offset, bytes)?)
    }

    fn evidence_size(&self, sitting: &SittingId, sha256: &Digest) -> Result<u64, Fault> {
        self.store.evidence_size(sitting, sha256)?.ok_or(Fault::EvidenceUnknown)
    }

    /// Everything that a submission names is here.
    pub(super) fn all_here(&self, submission: &Submission, state: &ToGrade) -> Result<(), Fault> {
        let known = submission.evidence.iter().filter_map(|piece| state.evidence.get_key_value(&piece.sha256));
        let digests = self.missing(&submission.sitting, known.map(|(sha256, size)| (*sha256, *size)))?;
        if digests.is_empty() { Ok(()) } else { Err(Fault::EvidenceMissing { digests }) }
    }

    /// Those of these pieces that are not here, by digest and size.
    pub(super) fn missing(
        &self,
        sitting: &SittingId,
        pieces: impl Iterator<Item = (Digest, u64)>,
    ) -> Result<Vec<Digest>, Fault> {
        let mut digests = Vec::new();
        for (sha256, size) in pieces {
            if !self.shelf.holds(sitting, &sha256, size).map_err(ShelfError::Disk)? {
                digests.push(sha256);
            }
        }
        Ok(digests)
    }
}
