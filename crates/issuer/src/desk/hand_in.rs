//! Hand-in files: the same records, evidence and submission as over the network, by any channel. Taking one twice, or
//! beside the network, changes nothing.

use super::Desk;
use crate::fault::Fault;
use invigil_content::bundle::{Bundle, BundleError, Files};
use invigil_core::{
    Digest, SittingId, Wall,
    exchange::{SEGMENT_RECORDS_MAX, Segment},
    submission::Opening,
    verify::Verdict,
};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// What became of a hand-in file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedIn {
    /// The sitting.
    pub sitting: SittingId,
    /// Records in the file.
    pub records: u64,
    /// Pieces of evidence in the file.
    pub evidence: usize,
    /// Whether it comes from a device whose lease has ended, so that what it adds is kept beside the log.
    pub late: bool,
    /// The signed receipt; `None` when the sitting in the file is not closed.
    pub receipt: Option<Vec<u8>>,
}

impl From<BundleError> for Fault {
    fn from(error: BundleError) -> Self {
        Self::HandInRefused(error.to_string())
    }
}

impl Desk {
    /// Takes a hand-in file. `random` are fresh bytes for a credential that it may earn.
    ///
    /// # Errors
    /// `HandInRefused`, or as `append`, `take_evidence` and `submit`. What came before the error is kept.
    pub fn hand_in(&self, file: &[u8], random: [[u8; 16]; 2], now: Wall) -> Result<HandedIn, Fault> {
        self.hand_in_if(file, random, now, |_| Ok(()))
    }

    /// The same, when `allow` agrees with the sitting that the file is of.
    ///
    /// # Errors
    /// As `hand_in`, and what `allow` says; nothing is kept then.
    pub fn hand_in_if(
        &self,
        file: &[u8],
        random: [[u8; 16]; 2],
        now: Wall,
        allow: impl FnOnce(&SittingId) -> Result<(), Fault>,
    ) -> Result<HandedIn, Fault> {
        let mut files = Files::unseal(file, self.keys.recovery())?;
        let evidence = std::mem::take(&mut files.evidence);
        let openings = std::mem::take(&mut files.openings);
        let submission = files.submission.clone();
        let bundle = Bundle::of(files)?;
        let refused = |why: &str| Fault::HandInRefused(why.to_owned());
        let admission = &bundle.anchors.admission;
        if admission.issuer.signing != self.card().issuer.signing {
            return Err(refused("it is of another issuer"));
        }
        let hand_in = bundle.hand_in.as_ref().ok_or_else(|| refused("no device has signed it"))?;
        let verified = bundle.verify(None)?;
        if let Verdict::Broken { seq, why } = verified.verdict {
            return Err(Fault::LogBroken { seq, why });
        }
        if hand_in.sitting != admission.sitting || hand_in.log != verified.log {
            return Err(refused("its log is not the one that the device has signed"));
        }
        let sitting = admission.sitting.clone();
        allow(&sitting)?;
        let late = self.take_log(&sitting, hand_in.epoch, &bundle.log, &openings, now)?;
        for (sha256, bytes) in &evidence {
            self.take_piece(&sitting, sha256, bytes)?;
        }
        let [credential, salt] = random;
        let receipt = match submission.filter(|_| !late) {
            Some(bytes) => Some(self.submit(&sitting, hand_in.epoch, &bytes, credential, salt, now)?),
            None => None,
        };
        tracing::info!(%sitting, late, "hand-in file taken");
        Ok(HandedIn { sitting, records: verified.log.size, evidence: evidence.len(), late, receipt })
    }

    /// Takes a log as if its device had sent it. Says whether that device's lease has ended. Another branch is kept
    /// beside the log to its end before it is refused.
    fn take_log(
        &self,
        sitting: &SittingId,
        epoch: u32,
        log: &[u8],
        openings: &[Opening],
        now: Wall,
    ) -> Result<bool, Fault> {
        let lines: Vec<&[u8]> = log.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
        let mut by_seq: BTreeMap<u64, &Opening> = openings.iter().map(|opening| (opening.seq, opening)).collect();
        let (mut from_seq, mut late, mut fork) = (0, false, None);
        for lines in lines.chunks(SEGMENT_RECORDS_MAX) {
            let end = from_seq + lines.len() as u64;
            let rest = by_seq.split_off(&end);
            let openings = std::mem::replace(&mut by_seq, rest).into_values().cloned().collect();
            let lines = lines.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect();
            match self.append(sitting, epoch, &Segment { epoch, from_seq, lines, openings }, now) {
                Ok(_) => {}
                Err(Fault::LeaseEnded { kept, .. }) if end <= kept => late = true,
                Err(Fault::LeaseEnded { kept, .. }) => {
                    let why = "another device has the sitting, and there is no room for more beside it";
                    return Err(Fault::HandInRefused(format!("{why} than up to record {kept}; keep the file")));
                }
                Err(Fault::LogFork { seq, kept }) if end <= kept => {
                    fork = Some((fork.map_or(seq, |(seq, _)| seq), kept))
                }
                Err(fault) => return Err(fault),
            }
            from_seq = end;
        }
        fork.map_or(Ok(late), |(seq, kept)| Err(Fault::LogFork { seq, kept }))
    }

    fn take_piece(&self, sitting: &SittingId, sha256: &Digest, bytes: &[u8]) -> Result<(), Fault> {
        let state = match self.evidence(sitting, sha256) {
            // It is of records that came too late; the file that holds it is with whoever brought it.
            Err(Fault::EvidenceUnknown) => return Ok(()),
            other => other?,
        };
        let rest = usize::try_from(state.held).ok().and_then(|held| bytes.get(held..)).unwrap_or_default();
        self.take_evidence(sitting, sha256, state.held, rest).map(|_| ())
    }

    /// Opens the key of a sitting from the file that lies sealed beside its database on a broken device. `by` is who
    /// asked and is written to the audit first.
    ///
    /// # Errors
    /// `HandInRefused` when it is sealed to somebody else.
    pub fn recover_key(
        &self,
        sitting: &SittingId,
        sealed: &[u8],
        by: &str,
        now: Wall,
    ) -> Result<Zeroizing<Vec<u8>>, Fault> {
        self.store.audit(now, by, "recover key", sitting.as_str())?;
        invigil_content::sealing::open(self.keys.recovery(), sealed)
            .map_err(|why| Fault::HandInRefused(why.to_string()))
    }
}
