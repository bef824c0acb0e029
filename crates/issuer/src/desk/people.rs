//! Who may do what here: the rule of roles, held against what the store knows.

use super::Desk;
use crate::{
    fault::Fault,
    oidc::{Identity, Provider},
    setup,
    store::{Invitation, KnownProvider, NewSession, Person, Session},
};
use invigil_content::sealing;
use invigil_core::{
    AdministrationId, Digest, PersonId, ProgrammeId, SittingId, Wall,
    code::Code,
    person::NAME_CHARS_MAX,
    role::{Act, may, may_somewhere},
};
use zeroize::Zeroizing;

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

    /// Uses an invitation for a person, and begins their session.
    ///
    /// # Errors
    /// As `invitation`. Of two who use it at once one is refused.
    pub fn join(&self, code: &Digest, person: &Person, session: &NewSession, now: Wall) -> Result<(), Fault> {
        self.store.join(code, person, session, now, |found| usable(found.ok_or(Fault::InvitationUnknown)?, now))
    }

    /// Whether nothing is left to accept before an exam of `programme`.
    ///
    /// # Errors
    /// `AgreementNeeded` with the page to accept it on.
    pub(super) fn agreed(&self, due: Option<u32>, programme: &ProgrammeId) -> Result<(), Fault> {
        let url = format!("{}/agreements/{programme}", self.card().issuer.origin);
        due.map_or(Ok(()), |version| Err(Fault::AgreementNeeded { url, version }))
    }

    /// The candidate who was given this admission code, for an exam of `programme`.
    ///
    /// # Errors
    /// `CodeUnknown`.
    pub fn candidate_of_code(&self, code: &str, programme: &ProgrammeId) -> Result<PersonId, Fault> {
        let code: Code = code.parse().map_err(|_| Fault::CodeUnknown)?;
        self.store.candidate_of_code(&code.digest(), programme)?.ok_or(Fault::CodeUnknown)
    }

    /// Notes that a candidate accepts the agreement of this digest.
    ///
    /// # Errors
    /// `AgreementChanged` when it is not the present one, or not theirs.
    pub fn agree(&self, person: &PersonId, programme: &ProgrammeId, digest: &Digest, now: Wall) -> Result<(), Fault> {
        let accepted = self.store.accept_agreement(person, programme, digest, now)?;
        if accepted { Ok(()) } else { Err(Fault::AgreementChanged) }
    }

    /// Signs in whoever an identity belongs to, or registers them. `random` is for a new identifier.
    ///
    /// # Errors
    /// Only the store's own.
    pub fn sign_in(
        &self,
        provider: &KnownProvider,
        identity: &Identity,
        random: [u8; 10],
        session: &NewSession,
        now: Wall,
    ) -> Result<Person, Fault> {
        let fresh = Person {
            id: setup::new_person(random)?,
            // A provider may keep names to itself. Whoever is then called by their subject can be renamed.
            name: identity.name.clone().unwrap_or_else(|| identity.subject.chars().take(NAME_CHARS_MAX).collect()),
            email: identity.email.as_ref().map(ToString::to_string),
            created: now,
        };
        self.store.sign_in(provider, identity, &fresh, session, now)
    }

    /// A provider with its secret open.
    ///
    /// # Errors
    /// `Internal` when it was sealed to another store.
    pub fn open_provider(&self, known: &KnownProvider) -> Result<Provider, Fault> {
        let opened = |sealed: &Vec<u8>| {
            let secret = sealing::open(self.keys.store(), sealed).map_err(|why| Fault::Internal(why.to_string()))?;
            let text = str::from_utf8(&secret).map_err(|why| Fault::Internal(why.to_string()))?;
            Ok::<_, Fault>(Zeroizing::new(text.to_owned()))
        };
        Ok(Provider {
            issuer: known.issuer.clone(),
            client: known.client.clone(),
            secret: known.secret.as_ref().map(opened).transpose()?,
            scopes: known.scopes.split_whitespace().map(str::to_owned).collect(),
            name_claim: known.name_claim.clone(),
        })
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
