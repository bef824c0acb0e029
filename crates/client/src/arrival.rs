//! A sitting arrives on this device: a new one, one that has begun elsewhere, or one that this device has lost.

use crate::{
    clock::Boot,
    store::{Entry, Slot, Store},
    uplink::Redeemed,
    view::Problem,
};
use invigil_core::{
    admission::{Admission, Lease},
    envelope::Signed,
    exchange::Segment,
    submission::Opening,
    verify::{Anchors, verify},
};

/// Fills an empty store with what a code led to, in one commit. `seed` is that of the device key which the last lease
/// names. `Session::come_back` then begins the log or goes on with it.
///
/// # Errors
/// `issuer-untrusted` when the log that the issuer sent is not whole; a storage problem.
pub fn fill(mut store: Store, redeemed: &Redeemed, seed: &[u8; 32]) -> Result<Store, Problem> {
    let Redeemed { admission, leases, token, records } = redeemed;
    let leases_text: Vec<u8> = leases.iter().flat_map(|lease| [lease.bytes(), b"\n"].concat()).collect();
    let (lines, openings, boot) = checked(admission, leases, records)?;
    store.append(&Entry {
        lines: &lines,
        openings: &openings,
        boots: boot.as_slice(),
        documents: &[
            (Slot::Admission, admission.bytes()),
            (Slot::Leases, &leases_text),
            (Slot::Device, seed),
            (Slot::Token, token.as_bytes()),
        ],
        evidence: &[],
    })?;
    Ok(store)
}

type Taken = (Vec<(u64, Vec<u8>)>, Vec<Opening>, Option<Boot>);

/// The log that the issuer sent, if it is whole: its lines, its openings and the last boot it has seen elsewhere.
fn checked(admission: &Signed<Admission>, leases: &[Signed<Lease>], segments: &[Segment]) -> Result<Taken, Problem> {
    let lines: Vec<Vec<u8>> =
        segments.iter().flat_map(|s| &s.lines).map(|line| [line.as_bytes(), b"\n"].concat()).collect();
    let anchors = Anchors {
        admission: admission.clone(),
        leases: leases.to_vec(),
        checkpoints: vec![],
        submission: None,
        receipt: None,
        paper_code: None,
    };
    let judged = verify(&lines.concat(), &anchors);
    let last = judged.records.last().map(|record| record.at.boot);
    // Behind the highest number there is none for a boot of this computer.
    if judged.log.size != lines.len() as u64 || last == Some(u32::MAX) {
        return Err(Problem::new("issuer-untrusted").with("host", &admission.issuer.name));
    }
    // A boot of another computer never is one of this one's.
    let elsewhere = |number| Boot { number, boot_id: String::new(), base_ms: 0 };
    let openings = segments.iter().flat_map(|segment| segment.openings.clone()).collect();
    Ok(((0..).zip(lines).collect(), openings, last.map(elsewhere)))
}
