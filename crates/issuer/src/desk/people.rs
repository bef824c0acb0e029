//! Who may do what here: the rule of roles, held against what the store knows.

use super::Desk;
use crate::{fault::Fault, store::Session};
use invigil_core::{
    SittingId,
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

    /// Whether there is any organisation for which somebody may do `act`.
    ///
    /// # Errors
    /// `NotAllowed`.
    pub fn allow_somewhere(&self, session: &Session, act: Act) -> Result<(), Fault> {
        if may_somewhere(&session.grants, act) { Ok(()) } else { Err(Fault::NotAllowed) }
    }
}
