//! A sitting arrives on this device: a new one, one that has begun elsewhere, or one that this device has lost.

use crate::{
    clock::Boot,
    session::Session,
    store::{Entry, Slot, Store, StoreError},
    uplink::Redeemed,
    view::Problem,
};
use invigil_core::{
    Digest,
    checkpoint::Checkpoint,
    envelope::Signed,
    log::Record,
    sitting::Event,
    submission::Opening,
    verify::{Anchors, Verdict, Verified, verify},
};
use std::collections::BTreeSet;

/// Fills an empty store with what a code led to, in one commit. `seed` is that of the device key which the last lease
/// names. `Session::come_back` then begins the log or goes on with it.
///
/// # Errors
/// `issuer-untrusted` when the log that the issuer sent is not whole; a storage problem.
pub fn fill(mut store: Store, redeemed: &Redeemed, seed: &[u8; 32]) -> Result<Store, Problem> {
    let arriving = Arriving::check(redeemed, vec![])?;
    arriving.entry(redeemed, seed, |entry| store.append(entry))?;
    Ok(store)
}

/// Brings a sitting back to a device that had it before: the issuer's log takes the place of the one here, in one commit.
/// What opens the paper stays, and so does evidence that the issuer's log names. The session is to be opened again.
///
/// # Errors
/// `not-delivered` while the issuer does not have every record that is here; `issuer-untrusted` when the log that it
/// sent is not whole, or is not the one that it has countersigned; a storage problem. Nothing has changed then.
pub fn refill(session: &mut Session, redeemed: &Redeemed, seed: &[u8; 32]) -> Result<(), Problem> {
    if !session.is_delivered() {
        return Err(Problem::new("not-delivered").with("host", &redeemed.admission.issuer.name));
    }
    let arriving = Arriving::check(redeemed, session.checkpoint().cloned().into_iter().collect())?;
    arriving.entry(redeemed, seed, |entry| session.store.replace(entry, &arriving.evidence))?;
    Ok(())
}

/// The log that the issuer sent, when it is whole.
struct Arriving {
    lines: Vec<(u64, Vec<u8>)>,
    openings: Vec<Opening>,
    /// The last boot of the computers before.
    boot: Option<Boot>,
    /// What the log names.
    evidence: BTreeSet<Digest>,
}

impl Arriving {
    /// Checks it; `checkpoints` are those that this device had from the issuer.
    fn check(redeemed: &Redeemed, checkpoints: Vec<Signed<Checkpoint>>) -> Result<Self, Problem> {
        let Redeemed { admission, leases, records: segments, .. } = redeemed;
        let lines: Vec<Vec<u8>> =
            segments.iter().flat_map(|s| &s.lines).map(|line| [line.as_bytes(), b"\n"].concat()).collect();
        let anchors = Anchors {
            admission: admission.clone(),
            leases: leases.clone(),
            checkpoints,
            submission: None,
            receipt: None,
            paper_code: None,
        };
        let Verified { verdict, records, log, .. } = verify(&lines.concat(), &anchors);
        let whole = log.size == lines.len() as u64 && !matches!(verdict, Verdict::Broken { .. });
        let last = records.last().map(|record| record.at.boot);
        // Behind the highest number there is none for a boot of this computer.
        if !whole || last == Some(u32::MAX) {
            return Err(Problem::new("issuer-untrusted").with("host", &admission.issuer.name));
        }
        let captured = |record: &Record| match record.event {
            Event::Captured { sha256, .. } => Some(sha256),
            _ => None,
        };
        Ok(Self {
            openings: segments.iter().flat_map(|segment| segment.openings.clone()).collect(),
            // A boot of another computer never is one of this one's.
            boot: last.map(|number| Boot { number, boot_id: String::new(), base_ms: 0 }),
            evidence: records.iter().filter_map(captured).collect(),
            lines: (0..).zip(lines).collect(),
        })
    }

    /// Hands `keep` what becomes durable.
    fn entry(
        &self,
        redeemed: &Redeemed,
        seed: &[u8; 32],
        keep: impl FnOnce(&Entry) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let leases: Vec<u8> = redeemed.leases.iter().flat_map(|lease| [lease.bytes(), b"\n"].concat()).collect();
        keep(&Entry {
            lines: &self.lines,
            openings: &self.openings,
            boots: self.boot.as_slice(),
            documents: &[
                (Slot::Admission, redeemed.admission.bytes()),
                (Slot::Leases, &leases),
                (Slot::Device, seed),
                (Slot::Token, redeemed.token.as_bytes()),
            ],
            evidence: &[],
        })
    }
}
