//! Giving a sitting to another device, and what that device needs to go on with it.

use super::Desk;
use crate::{
    fault::Fault,
    keys::Card,
    store::{Seat, Store},
};
use invigil_core::{
    SittingId, Wall,
    code::Code,
    exchange::{BODY_BYTES_MAX, SEGMENT_RECORDS_MAX, Segment},
};

/// Why a sitting that has a receipt is nobody's to take over.
pub(super) const HANDED_IN: &str = "this sitting is handed in already";

/// Lets another device take a sitting over by a new link, which is returned. The device that has it writes on until
/// then. `random` is fresh; `by` is who asked, for the audit. No open keys are needed.
///
/// # Errors
/// `SittingUnknown`, or `SeatStays` when the sitting is handed in or the link that was given is not used yet.
pub fn move_seat(
    store: &Store,
    card: &Card,
    sitting: &SittingId,
    random: [u8; 7],
    by: &str,
    now: Wall,
) -> Result<String, Fault> {
    let code = Code::new(random);
    store.move_seat(sitting, &code.digest(), |state| {
        if !state.bound {
            return Err(Fault::SeatStays("no computer has this sitting yet; its own link still holds"));
        }
        if state.submitted { Err(Fault::SeatStays(HANDED_IN)) } else { Ok(()) }
    })?;
    store.audit(now, by, "move seat", sitting.as_str())?;
    Ok(card.link(&code))
}

impl Desk {
    /// A part of the stored log with its openings, for the device that has the sitting now.
    ///
    /// # Errors
    /// `LeaseEnded` when it is another device by now.
    pub fn records(&self, seat: &Seat, from: u64) -> Result<Segment, Fault> {
        if seat.ended {
            return Err(Fault::LeaseEnded { sent: seat.epoch, current: seat.epoch.saturating_add(1), kept: 0 });
        }
        let (lines, openings) = self.store.lines_and_openings(&seat.sitting, from, SEGMENT_RECORDS_MAX)?;
        Ok(Segment::fitting(seat.epoch, from, lines, openings, BODY_BYTES_MAX))
    }
}
