//! Evidence: only what the log names is taken, all of it before there is a receipt; who sees a picture is in the audit;
//! and it goes when its time is over.

use super::Desk;
use crate::{
    fault::Fault,
    shelf::ShelfError,
    store::{Lapsing, ToGrade},
};
use invigil_content::sealing;
use invigil_core::{Digest, SittingId, Wall, exchange::EvidenceState, submission::Submission};

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

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
        if self.store.deleted_evidence(sitting)?.contains(sha256) {
            return Ok(EvidenceState { held: size, size });
        }
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
        // A piece whose time is over does not come back.
        if self.store.deleted_evidence(sitting)?.contains(sha256) {
            return Ok(EvidenceState { held: size, size });
        }
        Ok(self.shelf.take(sitting, sha256, size, offset, bytes)?)
    }

    fn evidence_size(&self, sitting: &SittingId, sha256: &Digest) -> Result<u64, Fault> {
        self.store.evidence_size(sitting, sha256)?.ok_or(Fault::EvidenceUnknown)
    }

    /// Everything that a submission names is here.
    pub(super) fn all_here(&self, submission: &Submission, state: &ToGrade) -> Result<(), Fault> {
        let known = submission.evidence.iter().filter_map(|piece| state.evidence.get_key_value(&piece.sha256));
        let known = known.filter(|(sha256, _)| !state.deleted.contains(sha256));
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

    /// A picture as a JPEG. That `account` saw it is in the audit before it is returned.
    ///
    /// # Errors
    /// `EvidenceUnknown`, `EvidenceDeleted`, `EvidenceMissing` while it is not here; `EvidenceMismatch` when the file is
    /// not the one that the log names, `EvidenceUnreadable` when it was sealed to somebody else.
    pub fn picture(&self, sitting: &SittingId, sha256: &Digest, account: &str, now: Wall) -> Result<Vec<u8>, Fault> {
        self.evidence_size(sitting, sha256)?;
        if self.store.deleted_evidence(sitting)?.contains(sha256) {
            return Err(Fault::EvidenceDeleted);
        }
        let sealed = self.shelf.read(sitting, sha256).map_err(ShelfError::Disk)?;
        let sealed = sealed.ok_or(Fault::EvidenceMissing { digests: vec![*sha256] })?;
        // Anybody can seal to the evidence key, so only the digest says that it is the one the device kept.
        if Digest::of(&sealed) != *sha256 {
            return Err(Fault::EvidenceMismatch);
        }
        self.store.audit(now, account, "picture-read", &format!("{sitting}/{sha256}"))?;
        let jpeg = sealing::open(self.keys.evidence(), &sealed).map_err(|_| Fault::EvidenceUnreadable)?;
        let is_jpeg = jpeg.starts_with(&[0xff, 0xd8, 0xff]);
        if is_jpeg { Ok(jpeg.to_vec()) } else { Err(Fault::EvidenceUnreadable) }
    }

    /// Deletes the pictures of sittings whose result is out and whose policy does not keep them any longer. Says how many
    /// sittings that were.
    ///
    /// # Errors
    /// The disk's and the store's own. What is deleted by then stays deleted; the next call goes on.
    pub fn delete_lapsed_pictures(&self, now: Wall) -> Result<usize, Fault> {
        let lapsed = |lapsing: &Lapsing| {
            let over = |days: u32| lapsing.received.plus_ms(u64::from(days) * DAY_MS) <= now;
            lapsing.policy.pictures.is_some_and(|pictures| over(pictures.keep_days))
        };
        let lapsed: Vec<Lapsing> = self.store.lapsing_evidence()?.into_iter().filter(lapsed).collect();
        for Lapsing { sitting, pieces, .. } in &lapsed {
            // The files first: if this is cut off here, they are gone and noted the next time.
            for sha256 in pieces {
                self.shelf.delete(sitting, sha256).map_err(ShelfError::Disk)?;
            }
            self.store.evidence_deleted(sitting, now)?;
        }
        Ok(lapsed.len())
    }
}
