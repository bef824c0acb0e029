//! Who may write a sitting's log: codes, leases and the tokens that speak for them.

use super::{
    Accommodation, Administration, Store, StoreError,
    row::{count, int, json, parsed},
    setup::{administration, candidate, programmes},
    sitting::tries_of,
};
use crate::fault::Fault;
use invigil_core::{
    Digest, SittingId,
    admission::Candidate,
    programme::{Programme, Try},
};
use rusqlite::{OptionalExtension, Row, Transaction, params};

/// What a code leads to.
pub struct Ticket {
    /// The sitting.
    pub sitting: SittingId,
    /// Who may sit.
    pub candidate: Candidate,
    /// The scheduled exam.
    pub administration: Administration,
    /// The programmes, to find titles and rules in.
    pub programmes: Vec<Programme>,
    /// What the candidate is granted.
    pub accommodation: Accommodation,
    /// The admission, when a device has redeemed a code of this sitting.
    pub admission: Option<Vec<u8>>,
    /// The signed leases, in the order of their epochs.
    pub leases: Vec<(u32, Vec<u8>)>,
    /// The epoch that the code gives.
    pub epoch: u32,
    /// Records stored.
    pub size: u64,
    /// Whether the log holds that the sitting began.
    pub began: bool,
    /// Whether it is handed in.
    pub submitted: bool,
    /// The candidate's tries, this sitting's not among them.
    pub tries: Vec<Try>,
}

/// What binds a sitting to a device.
pub struct Binding {
    /// The signed admission and its digest, with which the log starts; `None` = an earlier device has brought it.
    pub admission: Option<(Vec<u8>, Digest)>,
    /// The signed lease.
    pub lease: Vec<u8>,
    /// The device's age recipient.
    pub recipient: String,
}

/// What a device gets for its code.
pub struct Bound {
    /// The signed admission.
    pub admission: Vec<u8>,
    /// The signed leases, in the order of their epochs.
    pub leases: Vec<Vec<u8>>,
}

/// For whom a token speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The sitting.
    pub sitting: SittingId,
    /// The writer's epoch.
    pub epoch: u32,
    /// Whether a later writer has taken its place.
    pub ended: bool,
}

impl Store {
    /// The sitting a code leads to, and its pack.
    pub fn sitting_of_code(&self, code: &Digest) -> Result<Option<(SittingId, Digest)>, StoreError> {
        self.sitting_where("code", code.to_string())
    }

    /// The pack of a sitting.
    pub fn pack_of_sitting(&self, sitting: &SittingId) -> Result<Option<Digest>, StoreError> {
        Ok(self.sitting_where("id", sitting.to_string())?.map(|(_, pack)| pack))
    }

    fn sitting_where(&self, column: &str, value: String) -> Result<Option<(SittingId, Digest)>, StoreError> {
        let sql = format!(
            "SELECT s.id, a.pack FROM sittings s JOIN administrations a ON a.id = s.administration WHERE s.{column} = ?1"
        );
        let found = |row: &Row| Ok((parsed(row, "id")?, parsed(row, "pack")?));
        Ok(self.connection().prepare_cached(&sql)?.query_row([value], found).optional()?)
    }

    /// The seat a token speaks for.
    pub fn seat_of_token(&self, token: &Digest) -> Result<Option<Seat>, StoreError> {
        let sql =
            "SELECT sitting, epoch, epoch < (SELECT max (epoch) FROM leases o WHERE o.sitting = l.sitting) AS ended
             FROM leases l WHERE token = ?1";
        let seat = |row: &Row| {
            Ok(Seat { sitting: parsed(row, "sitting")?, epoch: row.get("epoch")?, ended: row.get("ended")? })
        };
        Ok(self.connection().prepare_cached(sql)?.query_row([token.to_string()], seat).optional()?)
    }

    /// Lets a device redeem the code of `sitting`; `decide` binds the first one of its epoch.
    pub fn redeem(
        &self,
        sitting: &SittingId,
        token: &Digest,
        decide: impl FnOnce(&Ticket) -> Result<Option<Binding>, Fault>,
    ) -> Result<Bound, Fault> {
        self.write(|tx| {
            let ticket = ticket(tx, sitting)?;
            let id = sitting.as_str();
            match decide(&ticket)? {
                Some(binding) => {
                    if let Some((admission, digest)) = &binding.admission {
                        let sql = "UPDATE sittings SET admission = ?2, head = ?3 WHERE id = ?1 AND admission IS NULL";
                        tx.prepare_cached(sql)?.execute(params![id, admission, digest.to_string()])?;
                    }
                    tx.prepare_cached(
                        "INSERT INTO leases (sitting, epoch, bytes, recipient, token) VALUES (?1, ?2, ?3, ?4, ?5)",
                    )?
                    .execute(params![
                        id,
                        ticket.epoch,
                        binding.lease,
                        binding.recipient,
                        token.to_string()
                    ])?;
                }
                None => {
                    let sql = "UPDATE leases SET token = ?2
                         WHERE sitting = ?1 AND epoch = (SELECT max (epoch) FROM leases WHERE sitting = ?1)";
                    tx.prepare_cached(sql)?.execute(params![id, token.to_string()])?;
                }
            }
            let leases = leases(tx, sitting)?.into_iter().map(|(_, bytes)| bytes).collect();
            Ok(Bound { admission: super::sitting::admission(tx, sitting)?, leases })
        })
    }

    /// Gives a sitting another code, under which another device may take it over. The device that has it writes on
    /// until then. `decide` sees the sitting first.
    pub fn move_seat(
        &self,
        sitting: &SittingId,
        code: &Digest,
        decide: impl FnOnce(&ToMove) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.write(|tx| {
            let id = sitting.as_str();
            let sql = "SELECT admission IS NOT NULL AS bound,
                    EXISTS (SELECT 1 FROM submissions u WHERE u.sitting = s.id) AS submitted FROM sittings s WHERE id = ?1";
            let state = |row: &Row| Ok(ToMove { bound: row.get("bound")?, submitted: row.get("submitted")? });
            decide(&tx.prepare_cached(sql)?.query_row([id], state).optional()?.ok_or(Fault::SittingUnknown)?)?;
            tx.prepare_cached("UPDATE sittings SET code = ?2,
                    epoch = (SELECT coalesce (max (epoch) + 1, 0) FROM leases WHERE sitting = ?1) WHERE id = ?1")?.execute(
                params![id, code.to_string()],
            )?;
            Ok(())
        })
    }

    /// At most `count` stored lines of a sitting from `from` on, and their openings.
    pub fn lines_and_openings(
        &self,
        sitting: &SittingId,
        from: u64,
        count: usize,
    ) -> Result<(Vec<Vec<u8>>, Vec<invigil_core::submission::Opening>), StoreError> {
        self.read(|tx| {
            let to = from.saturating_add(count as u64);
            let range = params![sitting.as_str(), int(from), int(to)];
            let sql = "SELECT line FROM records WHERE sitting = ?1 AND ?2 <= seq AND seq < ?3 ORDER BY seq";
            let lines = tx.prepare_cached(sql)?.query_map(range, |row| row.get(0))?.collect::<Result<_, _>>()?;
            let sql =
                "SELECT seq, salt, content FROM openings WHERE sitting = ?1 AND ?2 <= seq AND seq < ?3 ORDER BY seq";
            let openings =
                tx.prepare_cached(sql)?.query_map(range, super::grading::opening)?.collect::<Result<_, _>>()?;
            Ok((lines, openings))
        })
    }
}

/// What moving a seat depends on.
pub struct ToMove {
    /// Whether a device has it.
    pub bound: bool,
    /// Whether it is handed in.
    pub submitted: bool,
}

fn ticket(tx: &Transaction, sitting: &SittingId) -> Result<Ticket, Fault> {
    let sql = "SELECT administration, candidate, accommodation, admission, epoch, size, began IS NOT NULL AS began,
            EXISTS (SELECT 1 FROM submissions u WHERE u.sitting = s.id) AS submitted FROM sittings s WHERE id = ?1";
    let facts = |row: &Row| {
        let candidate_id = parsed(row, "candidate")?;
        let administration_id = parsed(row, "administration")?;
        Ok((
            candidate_id,
            administration_id,
            json(row, "accommodation")?,
            row.get("admission")?,
            row.get("epoch")?,
            count(row, "size")?,
            (row.get("began")?, row.get("submitted")?),
        ))
    };
    let found =
        tx.prepare_cached(sql)?.query_row([sitting.as_str()], facts).optional()?.ok_or(Fault::SittingUnknown)?;
    let (candidate_id, administration_id, accommodation, admission, epoch, size, (began, submitted)) = found;
    Ok(Ticket {
        sitting: sitting.clone(),
        tries: tries_of(tx, &candidate_id, Some(sitting))?,
        candidate: candidate(tx, &candidate_id)?,
        administration: administration(tx, &administration_id)?.ok_or(Fault::SittingUnknown)?,
        programmes: programmes(tx)?,
        leases: leases(tx, sitting)?,
        accommodation,
        admission,
        epoch,
        size,
        began,
        submitted,
    })
}

fn leases(tx: &Transaction, sitting: &SittingId) -> rusqlite::Result<Vec<(u32, Vec<u8>)>> {
    let mut statement = tx.prepare_cached("SELECT epoch, bytes FROM leases WHERE sitting = ?1 ORDER BY epoch")?;
    statement.query_map([sitting.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// The lease that holds: that of the last device that redeemed a code, and that device's age recipient.
pub(super) fn lease(tx: &Transaction, sitting: &SittingId) -> rusqlite::Result<(Vec<u8>, String)> {
    let sql = "SELECT bytes, recipient FROM leases WHERE sitting = ?1 ORDER BY epoch DESC LIMIT 1";
    tx.prepare_cached(sql)?.query_row([sitting.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
}
