//! Who may write a sitting's log: codes, leases and the tokens that speak for them.

use super::{
    Accommodation, Administration, Store, StoreError, agreement,
    database::{Row, Sql, SqlError, Tx, places},
    setup::{administration, candidate, programmes},
    sitting::past_of,
};
use crate::fault::Fault;
use invigil_core::{
    Digest, SittingId,
    admission::Candidate,
    programme::{Past, Programme},
};

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
    /// The version of the programme's agreement that the candidate has yet to accept.
    pub agreement_due: Option<u32>,
    /// What else the candidate has done.
    pub past: Past,
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
        self.read(|tx| Ok(tx.row(&sql, places![value], |row| Ok((row.parsed("id")?, row.parsed("pack")?)))?))
    }

    /// The seat a token speaks for.
    pub fn seat_of_token(&self, token: &Digest) -> Result<Option<Seat>, StoreError> {
        let sql =
            "SELECT sitting, epoch, epoch < (SELECT max (epoch) FROM leases o WHERE o.sitting = l.sitting) AS ended
             FROM leases l WHERE token = ?1";
        let seat = |row: &Row| {
            Ok(Seat { sitting: row.parsed("sitting")?, epoch: row.get("epoch")?, ended: row.get("ended")? })
        };
        self.read(|tx| Ok(tx.row(sql, places![token], seat)?))
    }

    /// Lets a device redeem the code of `sitting`; `decide` binds the first one of its epoch.
    pub fn redeem(
        &self,
        sitting: &SittingId,
        token: &Digest,
        decide: impl FnOnce(&Ticket) -> Result<Option<Binding>, Fault>,
    ) -> Result<Bound, Fault> {
        self.write(|tx| {
            alone(tx, sitting)?;
            let ticket = ticket(tx, sitting)?;
            let id = sitting.as_str();
            match decide(&ticket)? {
                Some(binding) => {
                    if let Some((admission, digest)) = &binding.admission {
                        let sql = "UPDATE sittings SET admission = ?2, head = ?3 WHERE id = ?1 AND admission IS NULL";
                        tx.execute(sql, places![id, admission, digest])?;
                    }
                    let Binding { lease, recipient, .. } = &binding;
                    let sql =
                        "INSERT INTO leases (sitting, epoch, bytes, recipient, token) VALUES (?1, ?2, ?3, ?4, ?5)";
                    tx.execute(sql, places![id, ticket.epoch, lease, recipient, token])?;
                }
                None => {
                    let sql = "UPDATE leases SET token = ?2
                         WHERE sitting = ?1 AND epoch = (SELECT max (epoch) FROM leases WHERE sitting = ?1)";
                    tx.execute(sql, places![id, token])?;
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
            alone(tx, sitting)?;
            let id = sitting.as_str();
            let sql = "SELECT admission IS NOT NULL AS bound,
                    EXISTS (SELECT 1 FROM submissions u WHERE u.sitting = s.id) AS submitted FROM sittings s WHERE id = ?1";
            let state = |row: &Row| Ok(ToMove { bound: row.get("bound")?, submitted: row.get("submitted")? });
            decide(&tx.row(sql, places![id], state)?.ok_or(Fault::SittingUnknown)?)?;
            let sql = "UPDATE sittings SET code = ?2,
                    epoch = (SELECT coalesce (max (epoch) + 1, 0) FROM leases WHERE sitting = ?1) WHERE id = ?1";
            tx.execute(sql, places![id, code])?;
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
        let range = places![sitting.as_str(), from, from.saturating_add(count as u64)];
        self.read(|tx| {
            let sql = "SELECT line FROM records WHERE sitting = ?1 AND ?2 <= seq AND seq < ?3 ORDER BY seq";
            let lines = tx.rows(sql, range, |row| row.get("line"))?;
            let sql =
                "SELECT seq, salt, content FROM openings WHERE sitting = ?1 AND ?2 <= seq AND seq < ?3 ORDER BY seq";
            Ok((lines, tx.rows(sql, range, super::grading::opening)?))
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

/// Lets nobody else change what a candidate has, until the transaction ends. Their tries count over all sittings, so the
/// lock is on the candidate.
pub(super) fn alone(tx: &Tx, sitting: &SittingId) -> Result<(), Fault> {
    let sql = "SELECT candidate FROM sittings WHERE id = ?1";
    let candidate: Option<String> = tx.row(sql, places![sitting.as_str()], |row| row.get("candidate"))?;
    Ok(tx.only(&candidate.ok_or(Fault::SittingUnknown)?)?)
}

fn ticket(tx: &Tx, sitting: &SittingId) -> Result<Ticket, Fault> {
    let sql = "SELECT administration, candidate, accommodation, admission, epoch, size, began IS NOT NULL AS began,
            EXISTS (SELECT 1 FROM submissions u WHERE u.sitting = s.id) AS submitted FROM sittings s WHERE id = ?1";
    let facts = |row: &Row| {
        let candidate_id = row.parsed("candidate")?;
        let administration_id = row.parsed("administration")?;
        let administration = administration(tx, &administration_id)?.ok_or(SqlError::NoRow)?;
        Ok(Ticket {
            sitting: sitting.clone(),
            past: past_of(tx, &candidate_id, Some(sitting))?,
            candidate: candidate(tx, &candidate_id)?,
            agreement_due: agreement::due(tx, candidate_id.as_str(), &administration.programme)?,
            administration,
            programmes: programmes(tx)?,
            leases: leases(tx, sitting)?,
            accommodation: row.json("accommodation")?,
            admission: row.get("admission")?,
            epoch: row.get("epoch")?,
            size: row.get("size")?,
            began: row.get("began")?,
            submitted: row.get("submitted")?,
        })
    };
    tx.row(sql, places![sitting.as_str()], facts)?.ok_or(Fault::SittingUnknown)
}

fn leases(tx: &Tx, sitting: &SittingId) -> Sql<Vec<(u32, Vec<u8>)>> {
    let sql = "SELECT epoch, bytes FROM leases WHERE sitting = ?1 ORDER BY epoch";
    tx.rows(sql, places![sitting.as_str()], |row| Ok((row.get("epoch")?, row.get("bytes")?)))
}

/// The lease that holds: that of the last device that redeemed a code, and that device's age recipient.
pub(super) fn lease(tx: &Tx, sitting: &SittingId) -> Sql<(Vec<u8>, String)> {
    let sql = "SELECT bytes, recipient FROM leases WHERE sitting = ?1 ORDER BY epoch DESC LIMIT 1";
    tx.one(sql, places![sitting.as_str()], |row| Ok((row.get("bytes")?, row.get("recipient")?)))
}
