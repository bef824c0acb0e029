//! Who may do what here: the rule of roles, held against what the store knows.

use super::Desk;
use crate::{
    fault::Fault,
    store::{Invitation, Person, Session},
};
use invigil_core::{
    AdministrationId, Digest, SittingId, Wall,
    role::{Act, may, may_somewhere},
};

impl Desk {
    /// Whether somebody may do `act` with a sitting. Sittings of organisations that they do not follow are unknown to
    /// them.
    ///
    /// # Errors
    /// `SittingUnknown`, or `NotAllowed` where they may look and no more.
    pub fn allow_sitting(&self, session: &Session, act: Act, sitting: &SittingId) -> Result<(), Fault> {
        let organisation = self.store.organisation_of_sitting(sitting)?.ok_or(Fault::SittingUnknown)?;
        if may(&session.grants, act, &organisation) {
            return Ok(());
        }
        let followed = may(&session.grants, Act::Follow, &organisation);
        Err(if followed { Fault::NotAllowed } else { Fault::SittingUnknown })
    }

    /// Whether somebody may do `act` with an administration.
    ///
    /// # Errors
    /// `AdministrationUnknown`, or `NotAllowed` where they may look and no more.
    pub fn allow_administration(&self, session: &Session, act: Act, id: &AdministrationId) -> Result<(), Fault> {
        let organisation = self.store.organisation_of_administration(id)?.ok_or(Fault::AdministrationUnknown)?;
        if may(&session.grants, act, &organisation) {
            return Ok(());
        }
        let followed = may(&session.grants, Act::Follow, &organisation);
        Err(if followed { Fault::NotAllowed } else { Fault::AdministrationUnknown })
    }

    /// An invitation that can be used at `now`.
    ///
    /// # Errors
    /// `InvitationUnknown`, `InvitationUsed`, `InvitationExpired`.
    pub fn invitation(&self, code: &Digest, now: Wall) -> Result<Invitation, Fault> {
        let found = self.store.invitation(code)?.ok_or(Fault::InvitationUnknown)?;
        usable(&found, now)?;
        Ok(found)
    }

    /// Uses an invitation for a person, and begins their session with the token of this digest.
    ///
    /// # Errors
    /// As `invitation`. Of two who use it at once one is refused.
    pub fn join(&self, code: &Digest, person: &Person, token: &Digest, ends: Wall, now: Wall) -> Result<(), Fault> {
        self.store.join(code, person, (token, ends), now, |found| usable(found.ok_or(Fault::InvitationUnknown)?, now))
    }

    /// Whether there is any organisation for which somebody may do `act`.
    ///
    /// # Errors
    /// `NotAllowed`.
    pub fn allow_somewhere(&self, session: &Session, act: Act) -> Result<(), Fault> {
        if may_somewhere(&session.grants, act) { Ok(()) } else { Err(Fault::NotAllowed) }
    }
}

fn usable(invitation: &Invitation, now: Wall) -> Result<(), Fault> {
    if invitation.used {
        return Err(Fault::InvitationUsed);
    }
    if invitation.ends <= now { Err(Fault::InvitationExpired { ended: invitation.ends }) } else { Ok(()) }
}
