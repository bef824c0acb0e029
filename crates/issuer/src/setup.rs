//! What operators set up: administrations with their codes, and admissions with their links.

use crate::{
    desk::{Desk, eligible},
    fault::Fault,
    keys::Card,
    store::{
        Accommodation, Administration, CheckIn, NewAdministration, NewSitting, Pack, Store, StoreError, Supervision,
    },
};
use invigil_content::sealing::{self, Identity, SealError};
use invigil_core::{
    AdministrationId, CandidateId, Digest, ExamId, PersonId, ProgrammeId, SittingId, Wall,
    admission::{Candidate, InWindow, Window},
    checkpoint::crockford,
    code::Code,
    policy::{Pictures, Policy, Reaction},
    programme::Certification,
};

/// What to schedule.
pub struct Schedule {
    /// The exam.
    pub exam: ExamId,
    /// When it may start.
    pub window: Window,
    /// The rules.
    pub policy: Policy,
    /// Who looks on.
    pub supervision: Supervision,
    /// How it is made sure who sits.
    pub check_in: CheckIn,
    /// The pack; `None` = the newest of the exam.
    pub pack: Option<Digest>,
}

/// A scheduled exam, and its codes, which are not kept.
pub struct Scheduled {
    /// The administration.
    pub administration: Administration,
    /// Opens the paper where the issuer is out of reach.
    pub start_code: Code,
    /// Opens a sitting's answers for its move to another seat.
    pub resume_code: Code,
}

/// Whom to admit to what.
pub struct Admit {
    /// The administration.
    pub administration: AdministrationId,
    /// The candidate's name.
    pub name: String,
    /// The candidate, when known; `None` makes a new one.
    pub candidate: Option<CandidateId>,
    /// What the candidate is granted.
    pub accommodation: Accommodation,
}

/// An admitted candidate and the link, whose code is not kept.
pub struct AdmittedCandidate {
    /// The sitting.
    pub sitting: SittingId,
    /// The candidate, with the name the issuer knows.
    pub candidate: Candidate,
    /// `invigil://HOST/CODE`.
    pub link: String,
}

/// Fresh random bytes for identifiers and codes.
pub struct Random {
    /// For an identifier.
    pub id: [u8; 10],
    /// For another identifier, or a second code.
    pub other: [u8; 10],
    /// For a code.
    pub code: [u8; 7],
}

/// Why something is not set up. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// No programme has this exam.
    #[error("no loaded programme has the exam “{0}”; “invigil-issuer programme list” shows what there is")]
    UnknownExam(ExamId),
    /// There is no pack of the exam.
    #[error("there is no pack of the exam “{0}” yet; add one with “invigil-issuer pack add”")]
    NoPack(ExamId),
    /// No such pack, or one of another exam.
    #[error("there is no pack of the exam “{exam}” with the digest {digest}")]
    WrongPack {
        /// The exam.
        exam: ExamId,
        /// The digest that was asked for.
        digest: Digest,
    },
    /// The policy needs somebody on duty.
    #[error(
        "the policy “{0}” can stop or refuse a candidate, so a proctor has to be on duty: choose a supervision other \
         than “none”, or the policy “open” or “moderate”"
    )]
    NeedsProctor(String),
    /// The check-in names no provider of the organisation.
    #[error("there is no provider “{0}” of this organisation; “invigil-issuer provider list” shows what there is")]
    NoProvider(String),
    /// Nobody would be there to check anybody in.
    #[error("a check-in by a proctor needs one on duty: choose a supervision other than “none”")]
    NobodyToCheckIn,
    /// No screen is looked at so often or so rarely.
    #[error(
        "pictures are taken once in {} to {} seconds on average",
        Pictures::EVERY_MS.start() / 1_000, Pictures::EVERY_MS.end() / 1_000
    )]
    PicturesPace,
    /// The window has no length.
    #[error("the exam would close before it opens")]
    EmptyWindow,
    /// No such administration.
    #[error("there is no administration “{0}”; “invigil-issuer administration list” shows what there is")]
    UnknownAdministration(AdministrationId),
    /// Its window is over.
    #[error("the administration closed at {0}; nobody can be admitted to it any more")]
    AdministrationOver(Wall),
    /// The candidate may not take the exam.
    #[error(transparent)]
    Refused(#[from] Fault),
    /// Something cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SetupError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownExam(_) => "exam-unknown",
            Self::NoPack(_) => "pack-missing",
            Self::WrongPack { .. } => "pack-unknown",
            Self::NeedsProctor(_) => "policy-needs-proctor",
            Self::NoProvider(_) => "provider-unknown",
            Self::NobodyToCheckIn => "check-in-needs-proctor",
            Self::PicturesPace => "pictures-pace",
            Self::EmptyWindow => "window-empty",
            Self::UnknownAdministration(_) => "administration-unknown",
            Self::AdministrationOver(_) => "administration-over",
            Self::Refused(fault) => fault.code(),
            Self::Seal(_) => "seal-failed",
            Self::Store(why) => why.code(),
        }
    }
}

impl Desk {
    /// Schedules an exam. Its paper is sealed under the start code, and a fresh resume identity under the other.
    ///
    /// # Errors
    /// When exam, pack, window or policy do not go together.
    pub fn schedule(&self, wanted: Schedule, random: &Random, now: Wall) -> Result<Scheduled, SetupError> {
        let (programme, certification) = certification_of(self.store(), &wanted.exam)?;
        let programmes = self.store().programmes()?;
        let organisation = programmes.into_iter().find(|one| one.id == programme);
        let organisation = organisation.map(|one| one.organisation.id).unwrap_or_default();
        if wanted.window.closes <= wanted.window.opens {
            return Err(SetupError::EmptyWindow);
        }
        if wanted.policy.pictures.is_some_and(|pictures| !Pictures::EVERY_MS.contains(&pictures.every_ms)) {
            return Err(SetupError::PicturesPace);
        }
        let stops = match wanted.policy.on_loss {
            Reaction::Hold | Reaction::Refuse => true,
            Reaction::Log | Reaction::Warn => false,
        };
        if stops && wanted.supervision == Supervision::None {
            return Err(SetupError::NeedsProctor(wanted.policy.name));
        }
        if let CheckIn::Institution(provider) = &wanted.check_in
            && self.store().provider(provider)?.is_none_or(|known| known.organisation != organisation)
        {
            return Err(SetupError::NoProvider(provider.clone()));
        }
        if wanted.check_in == CheckIn::Proctor && wanted.supervision == Supervision::None {
            return Err(SetupError::NobodyToCheckIn);
        }
        let pack = find_pack(self.store(), &wanted.exam, wanted.pack)?.digest;
        let paper = self.paper(&pack)?;
        let mut second = [0; 7];
        second.copy_from_slice(&random.other[..7]);
        let (start_code, resume_code) = (Code::new(random.code), Code::new(second));
        let resume = Identity::generate();
        let content = paper.content_identity.as_bytes();
        let start_sealed = wanted
            .policy
            .offline_start
            .then(|| sealing::under_passphrase(start_code.passphrase(), content))
            .transpose()?;
        let administration = Administration {
            id: AdministrationId::try_from(identifier("adm", &random.id[..5])).map_err(internal)?,
            programme,
            certification: certification.id,
            exam: wanted.exam,
            window: wanted.window,
            policy: wanted.policy,
            supervision: wanted.supervision,
            check_in: wanted.check_in,
            pack,
            start_sealed,
            resume_recipient: resume.to_public().to_string(),
            resume_sealed: sealing::under_passphrase(
                resume_code.passphrase(),
                sealing::write_identity(&resume).as_bytes(),
            )?,
        };
        let new = NewAdministration {
            administration,
            start_code: start_code.digest(),
            resume_code: resume_code.digest(),
            resume_identity: sealing::to_recipient(&self.card().store, sealing::write_identity(&resume).as_bytes())?,
        };
        self.store().put_administration(&new, now)?;
        Ok(Scheduled { administration: new.administration, start_code, resume_code })
    }
}

/// Admits a candidate. It needs no open keys: the admission is signed when the code is redeemed.
///
/// # Errors
/// When there is no such administration, it is over, or the candidate may not take the exam.
pub fn admit(
    store: &Store,
    card: &Card,
    wanted: Admit,
    random: &Random,
    now: Wall,
) -> Result<AdmittedCandidate, SetupError> {
    let administration = store.administration(&wanted.administration)?;
    let administration = administration.ok_or(SetupError::UnknownAdministration(wanted.administration))?;
    if administration.window.place(now) == InWindow::After {
        return Err(SetupError::AdministrationOver(administration.window.closes));
    }
    let (_, certification) = certification_of(store, &administration.exam)?;
    let id = match wanted.candidate {
        Some(id) => id,
        None => CandidateId::try_from(identifier("can", &random.other)).map_err(internal)?,
    };
    let code = Code::new(random.code);
    let new = NewSitting {
        id: SittingId::try_from(identifier("sit", &random.id)).map_err(internal)?,
        administration: administration.id,
        candidate: Candidate { id, name: wanted.name },
        code: code.digest(),
        accommodation: wanted.accommodation,
        created: now,
    };
    // The exam may be taken from the window's opening on: a pause between tries that ends before that does not matter.
    let from = now.max(administration.window.opens);
    let candidate = store.admit(&new, |tries| eligible(&certification, &administration.exam, tries, from))?;
    Ok(AdmittedCandidate { sitting: new.id, candidate, link: card.link(&code) })
}

/// An identifier that says of what it is, and random characters.
pub(crate) fn identifier(kind: &str, random: &[u8]) -> String {
    format!("{kind}-{}", crockford(random).to_lowercase())
}

/// An identifier for somebody new.
///
/// # Errors
/// None that can happen: the characters are all allowed.
pub fn new_person(random: [u8; 10]) -> Result<PersonId, Fault> {
    PersonId::try_from(identifier("per", &random)).map_err(internal)
}

/// An identifier of ours is always one.
pub(crate) fn internal(why: invigil_core::ids::NotAnId) -> Fault {
    Fault::Internal(why.to_string())
}

/// What an exam belongs to.
///
/// # Errors
/// `UnknownExam`.
pub(crate) fn certification_of(store: &Store, exam: &ExamId) -> Result<(ProgrammeId, Certification), SetupError> {
    let found = store.programmes()?.into_iter().find_map(|programme| {
        let (certification, _) = programme.exam(exam)?;
        Some((programme.id.clone(), certification.clone()))
    });
    found.ok_or_else(|| SetupError::UnknownExam(exam.clone()))
}

fn find_pack(store: &Store, exam: &ExamId, digest: Option<Digest>) -> Result<Pack, SetupError> {
    let mut packs = store.packs()?.into_iter().filter(|pack| pack.exam == *exam);
    match digest {
        None => packs.next().ok_or_else(|| SetupError::NoPack(exam.clone())),
        Some(digest) => {
            let pack = packs.find(|pack| pack.digest == digest);
            pack.ok_or_else(|| SetupError::WrongPack { exam: exam.clone(), digest })
        }
    }
}
