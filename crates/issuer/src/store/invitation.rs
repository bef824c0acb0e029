//! Invitations to programmes: what is stored of each is the digest of its code.

use super::{
    NewSession, Store, StoreError,
    account::{audit, begin_session},
    database::{Row, Sql, Tx, places},
    person::{Person, enrol, person},
};
use crate::fault::Fault;
use invigil_core::{Digest, ProgrammeId, Wall, person::Email, programme::Programme};

/// How somebody signed in who used an invitation.
pub const BY_INVITATION: &str = "invitation";

/// An invitation to make.
pub struct NewInvitation {
    /// The code's digest.
    pub code: Digest,
    /// The programme.
    pub programme: ProgrammeId,
    /// Whom it is sent to.
    pub email: Email,
    /// Until when it can be used.
    pub ends: Wall,
}

/// An invitation as it is found under its code.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The programme.
    pub programme: ProgrammeId,
    /// Its title.
    pub title: String,
    /// Whom it was sent to.
    pub email: String,
    /// The candidate of the same organisation who has this address; an invitation signs them in again.
    pub known: Option<Person>,
    /// Until when it can be used.
    pub ends: Wall,
    /// Whether it was.
    pub used: bool,
}

impl Store {
    /// Keeps an invitation, which is in the audit. `false` when there is no such programme.
    pub fn put_invitation(&self, new: &NewInvitation, by: &str, now: Wall) -> Result<bool, StoreError> {
        let NewInvitation { code, programme, email, ends } = new;
        let sql = "INSERT INTO invitations (code, programme, email, ends, created) VALUES (?1, ?2, ?3, ?4, ?5)";
        self.write(|tx| {
            let known = "SELECT 1 AS n FROM programmes WHERE id = ?1";
            if tx.row(known, places![programme.as_str()], |_| Ok(()))?.is_none() {
                return Ok(false);
            }
            tx.execute(sql, places![code, programme.as_str(), email.as_str(), *ends, now])?;
            // The audit is never erased, so it holds no address.
            audit(tx, now, by, "invite", programme.as_str())?;
            Ok(true)
        })
    }

    /// The invitation with this code.
    pub fn invitation(&self, code: &Digest) -> Result<Option<Invitation>, StoreError> {
        self.read(|tx| Ok(invitation(tx, code)?))
    }

    /// Uses an invitation for a person, makes them a candidate of its programme, and begins their session. `decide` sees
    /// it first.
    pub fn join(
        &self,
        code: &Digest,
        person: &Person,
        session: &NewSession,
        now: Wall,
        decide: impl FnOnce(Option<&Invitation>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.write(|tx| {
            tx.only(&code.to_string())?;
            let found = invitation(tx, code)?;
            decide(found.as_ref())?;
            let found = found.ok_or(Fault::InvitationUnknown)?;
            enrol(tx, person, &found.programme, now)?;
            let sql = "UPDATE invitations SET used = ?2, person = ?3 WHERE code = ?1";
            tx.execute(sql, places![code, now, person.id.as_str()])?;
            begin_session(tx, &session.token, &person.id, BY_INVITATION, session.ends, now)?;
            audit(tx, now, person.id.as_str(), "join", found.programme.as_str())?;
            Ok(())
        })
    }
}

fn invitation(tx: &Tx, code: &Digest) -> Sql<Option<Invitation>> {
    let sql = "SELECT i.programme, i.email, i.ends, i.used IS NOT NULL AS used, p.body FROM invitations i
         JOIN programmes p ON p.id = i.programme WHERE i.code = ?1";
    let read = |row: &Row| {
        let programme: Programme = row.json("body")?;
        let email: String = row.get("email")?;
        Ok(Invitation {
            programme: row.parsed("programme")?,
            known: candidate_with(tx, &email, &programme.organisation.id)?,
            title: programme.title,
            email,
            ends: row.get("ends")?,
            used: row.get("used")?,
        })
    };
    tx.row(sql, places![code], read)
}

/// The one candidate of an organisation with this address who is nothing but a candidate. Whoever is more, or shares the
/// address, is never found by it: a letter box must not open a role.
pub(super) fn candidate_with(tx: &Tx, email: &str, organisation: &str) -> Sql<Option<Person>> {
    let sql = "SELECT p.id, p.name, p.email, p.created FROM persons p
         WHERE p.email = ?1
            AND EXISTS (SELECT 1 FROM roles r WHERE r.person = p.id AND r.role = 'candidate' AND r.organisation = ?2)
            AND NOT EXISTS (SELECT 1 FROM roles r WHERE r.person = p.id AND r.role <> 'candidate')
            AND NOT EXISTS (SELECT 1 FROM passwords w WHERE w.person = p.id)
         ORDER BY p.id LIMIT 2";
    let mut found: Vec<Person> = tx.rows(sql, places![email, organisation], person)?;
    Ok(if found.len() == 1 { found.pop() } else { None })
}
