//! Everything the service can say no with. Each has a stable code; HTTP turns it into an RFC 9457 problem.

use invigil_core::{Digest, Wall, envelope::EnvelopeError, exchange::Problem, roster::Finding};

/// Why a request is not carried out. Nothing has changed, unless the variant says so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No admission has this code.
    #[error("no admission has this code; check it for mistakes")]
    CodeUnknown,
    /// Another device has redeemed the code.
    #[error("this code was used on another computer already; ask your proctor")]
    CodeUsed,
    /// The window was over before the code was redeemed.
    #[error("this code is no longer valid: the exam's time has passed")]
    CodeExpired,
    /// Too early.
    #[error("the exam opens at {opens}")]
    WindowNotOpen {
        /// From when on it may start.
        opens: Wall,
    },
    /// Too late.
    #[error("the exam closed at {closed}")]
    WindowClosed {
        /// Until when it might have started.
        closed: Wall,
    },
    /// The candidate may not take this exam now.
    #[error("{why}")]
    NotEligible {
        /// Why, as a sentence.
        why: String,
    },
    /// The log says the sitting is over.
    #[error("the sitting is over")]
    SittingOver,
    /// No such sitting.
    #[error("there is no such sitting")]
    SittingUnknown,
    /// No bearer token, or one that speaks for nobody.
    #[error("this needs the token that the redemption gave")]
    TokenNeeded,
    /// A token of another sitting.
    #[error("the token belongs to another sitting")]
    NotYourSitting,
    /// No such pack.
    #[error("there is no pack with this digest")]
    PackUnknown,
    /// The writer has been replaced.
    #[error("the sitting goes on at another device: epoch {current}, not {sent}; what came late is kept beside it")]
    LeaseEnded {
        /// The epoch of the segment.
        sent: u32,
        /// The epoch of the lease that holds.
        current: u32,
        /// Up to where the records are kept, beside the log where they came too late.
        kept: u64,
    },
    /// Records are missing before the segment.
    #[error("records {log_size} and later are missing before these")]
    LogGap {
        /// The index to send from.
        log_size: u64,
    },
    /// Another record stands at this place. Both branches are kept and the sitting is flagged.
    #[error(
        "record {seq} differs from the one that was received first; both are kept, this branch up to record {kept}"
    )]
    LogFork {
        /// The first record of the segment that differs.
        seq: u64,
        /// Up to where this branch is kept beside the log.
        kept: u64,
    },
    /// A record does not continue the log.
    #[error("record {seq} is refused: {why}")]
    LogBroken {
        /// Which.
        seq: u64,
        /// Why.
        why: String,
    },
    /// Too many records at once.
    #[error("at most {max} records fit into one segment")]
    SegmentTooLong {
        /// The limit.
        max: usize,
    },
    /// An opening does not open its record.
    #[error("the opening of record {seq} does not fit the commitment in it")]
    OpeningMismatch {
        /// The record.
        seq: u64,
    },
    /// An opening is no response.
    #[error("the opening of record {seq} is not a response")]
    OpeningUnreadable {
        /// The record.
        seq: u64,
    },
    /// Another submission came first.
    #[error("another submission of this sitting was received before")]
    SubmissionDiffers,
    /// The log that the submission names is not here yet.
    #[error("the log is not complete: records from {log_size} on are missing")]
    LogIncomplete {
        /// The index to send from.
        log_size: u64,
    },
    /// Openings of answers are not here yet.
    #[error("the openings of {} answers are missing", seqs.len())]
    OpeningsMissing {
        /// The records they belong to.
        seqs: Vec<u64>,
    },
    /// Pieces of evidence are not here yet.
    #[error("{} pieces of evidence are missing", digests.len())]
    EvidenceMissing {
        /// Their digests.
        digests: Vec<Digest>,
    },
    /// The log names no such piece of evidence.
    #[error("the log names no such piece of evidence")]
    EvidenceUnknown,
    /// Its time is over.
    #[error("the piece of evidence was deleted, because it was kept as long as the exam says")]
    EvidenceDeleted,
    /// It cannot be opened.
    #[error("the piece of evidence is not a picture that this service can open")]
    EvidenceUnreadable,
    /// The bytes do not go on where the issuer is.
    #[error("the piece of evidence goes on at byte {held}")]
    EvidenceOffset {
        /// The offset to send from.
        held: u64,
    },
    /// The whole of it has another digest. What was held is gone; send it again from its start.
    #[error("the piece of evidence is not the one that the log names")]
    EvidenceMismatch,
    /// The sitting cannot be given to another device.
    #[error("{0}")]
    SeatStays(&'static str),
    /// A hand-in file is not one, or not for this issuer.
    #[error("this is not a hand-in file for this issuer: {0}")]
    HandInRefused(String),
    /// The submission is not the one of this log.
    #[error("the submission does not fit the sitting: {0}")]
    SubmissionMismatch(&'static str),
    /// A signed document is not accepted.
    #[error("{0}")]
    Document(#[from] EnvelopeError),
    /// The request is not of its form.
    #[error("{0}")]
    BadRequest(String),
    /// The body is too large.
    #[error("the request is larger than {max} bytes")]
    BodyTooLarge {
        /// The limit.
        max: usize,
    },
    /// Too many attempts from one address.
    #[error("too many attempts; try again in {retry_after_s} seconds")]
    TooManyAttempts {
        /// When to try again.
        retry_after_s: u64,
    },
    /// No login.
    #[error("log in first")]
    LoginNeeded,
    /// Name or password is wrong.
    #[error("name or password is wrong")]
    LoginFailed,
    /// Nobody is signed in to the pages.
    #[error("sign in first, or open your invitation")]
    SignInNeeded,
    /// A form was not made for this browser, or too long ago.
    #[error("this form is too old, or comes from another page; go back, load the page again and send it once more")]
    FormExpired,
    /// A sign-in was not begun in this browser, was ended before, or took too long.
    #[error("this sign-in is over: it took too long, was used before, or began in another browser; sign in again")]
    SignInExpired,
    /// The provider did not vouch for anybody, or not as it has to.
    #[error("the provider did not confirm who you are; sign in again, and ask an operator if it stays so")]
    SignInRefused,
    /// The provider does not answer.
    #[error("the provider to sign in at does not answer; try again later")]
    ProviderAway,
    /// No such provider.
    #[error("there is no such provider to sign in at")]
    ProviderUnknown,
    /// No invitation has this code.
    #[error("there is no such invitation; check the link for mistakes")]
    InvitationUnknown,
    /// It was used before.
    #[error("this invitation was used already; ask for another one")]
    InvitationUsed,
    /// Its time is over.
    #[error("this invitation could be used until {ended}; ask for another one")]
    InvitationExpired {
        /// When it ended.
        ended: Wall,
    },
    /// The candidate has not accepted the present agreement.
    #[error("read and accept the agreement of this programme first: {url}")]
    AgreementNeeded {
        /// Where it can be read and accepted.
        url: String,
        /// Its version.
        version: u32,
    },
    /// Another text was accepted than the present one, or by somebody whom it does not concern.
    #[error("the agreement has changed meanwhile, or is not yours to accept; load the page again")]
    AgreementChanged,
    /// The programme has none.
    #[error("this programme has no agreement")]
    AgreementUnknown,
    /// Nobody has made sure yet who sits.
    #[error("{how}")]
    CheckInNeeded {
        /// What to do, as a sentence.
        how: String,
        /// The page to sign in on, when that is what is asked for.
        url: Option<String>,
    },
    /// The exam asks for no check-in by a proctor.
    #[error("this exam asks for no check-in by a proctor")]
    CheckInNotAsked,
    /// The roster has no photo of this candidate.
    #[error("the roster has no photo of this candidate")]
    PhotoUnknown,
    /// The file is no photo.
    #[error("a photo is a JPEG or PNG file of at most 1 MiB")]
    PhotoRefused,
    /// A roster is not as it has to be.
    #[error("the roster has {} faults; nothing of it was taken", findings.len())]
    RosterRefused {
        /// Each of them.
        findings: Vec<Finding>,
    },
    /// No such administration.
    #[error("there is no such administration")]
    AdministrationUnknown,
    /// The role does not allow it.
    #[error("your role does not allow this; ask an operator of the organisation")]
    NotAllowed,
    /// No such credential.
    #[error("there is no such credential")]
    CredentialUnknown,
    /// No such address.
    #[error("there is nothing at this address")]
    NotFound,
    /// The address does not know this method.
    #[error("this address does not know this method")]
    MethodNotAllowed,
    /// It took too long.
    #[error("the request took too long; try again")]
    TimedOut,
    /// The database cannot be reached, or could not keep what it was told. What happened is in the log, not here.
    #[error("the service cannot reach its own records just now; nothing was taken, try again in a moment")]
    RecordsAway(String),
    /// The service is at fault. What happened is in its log, not here.
    #[error("the service failed; it has been noted, try again")]
    Internal(String),
}

impl Fault {
    /// The HTTP status, the stable code and the title.
    pub fn kind(&self) -> (u16, &'static str, &'static str) {
        match self {
            Self::CodeUnknown => (404, "code-unknown", "Unknown code"),
            Self::CodeUsed => (409, "code-used", "Code already used"),
            Self::CodeExpired => (410, "code-expired", "Code expired"),
            Self::WindowNotOpen { .. } => (409, "window-not-open", "Exam not open yet"),
            Self::WindowClosed { .. } => (410, "window-closed", "Exam closed"),
            Self::NotEligible { .. } => (409, "not-eligible", "Exam cannot be taken now"),
            Self::SittingOver => (409, "sitting-over", "Sitting over"),
            Self::SittingUnknown => (404, "sitting-unknown", "Unknown sitting"),
            Self::TokenNeeded => (401, "token-needed", "Token needed"),
            Self::NotYourSitting => (403, "not-your-sitting", "Not your sitting"),
            Self::PackUnknown => (404, "pack-unknown", "Unknown pack"),
            Self::LeaseEnded { .. } => (409, "lease-ended", "Lease ended"),
            Self::LogGap { .. } => (409, "log-gap", "Records missing"),
            Self::LogFork { .. } => (409, "log-fork", "Log forked"),
            Self::LogBroken { .. } => (422, "log-broken", "Record refused"),
            Self::SegmentTooLong { .. } => (422, "segment-too-long", "Segment too long"),
            Self::OpeningMismatch { .. } => (422, "opening-mismatch", "Opening does not fit"),
            Self::OpeningUnreadable { .. } => (422, "opening-unreadable", "Opening unreadable"),
            Self::SubmissionDiffers => (409, "submission-differs", "Another submission exists"),
            Self::LogIncomplete { .. } => (409, "log-incomplete", "Log incomplete"),
            Self::OpeningsMissing { .. } => (409, "openings-missing", "Answers missing"),
            Self::EvidenceMissing { .. } => (409, "evidence-missing", "Evidence missing"),
            Self::EvidenceUnknown => (404, "evidence-unknown", "Unknown evidence"),
            Self::EvidenceDeleted => (410, "evidence-deleted", "Evidence deleted"),
            Self::EvidenceUnreadable => (422, "evidence-unreadable", "Evidence cannot be opened"),
            Self::EvidenceOffset { .. } => (409, "evidence-offset", "Evidence goes on elsewhere"),
            Self::EvidenceMismatch => (422, "evidence-mismatch", "Evidence does not fit"),
            Self::SeatStays(_) => (409, "seat-stays", "Sitting stays where it is"),
            Self::HandInRefused(_) => (422, "hand-in-refused", "Hand-in file refused"),
            Self::SubmissionMismatch(_) => (422, "submission-mismatch", "Submission does not fit"),
            Self::Document(_) => (422, "document-refused", "Document refused"),
            Self::BadRequest(_) => (400, "bad-request", "Bad request"),
            Self::BodyTooLarge { .. } => (413, "body-too-large", "Request too large"),
            Self::TooManyAttempts { .. } => (429, "too-many-attempts", "Too many attempts"),
            Self::LoginNeeded => (401, "login-needed", "Login needed"),
            Self::LoginFailed => (401, "login-failed", "Login failed"),
            Self::SignInNeeded => (401, "sign-in-needed", "Sign in first"),
            Self::FormExpired => (403, "form-expired", "Form expired"),
            Self::SignInExpired => (403, "sign-in-expired", "Sign-in over"),
            Self::SignInRefused => (403, "sign-in-refused", "Sign-in refused"),
            Self::ProviderAway => (503, "provider-away", "Provider away"),
            Self::ProviderUnknown => (404, "provider-unknown", "Unknown provider"),
            Self::InvitationUnknown => (404, "invitation-unknown", "Unknown invitation"),
            Self::InvitationUsed => (409, "invitation-used", "Invitation already used"),
            Self::InvitationExpired { .. } => (410, "invitation-expired", "Invitation expired"),
            Self::AgreementNeeded { .. } => (409, "agreement-needed", "Agreement not accepted yet"),
            Self::AgreementChanged => (409, "agreement-changed", "Agreement changed"),
            Self::AgreementUnknown => (404, "agreement-unknown", "No agreement"),
            Self::CheckInNeeded { .. } => (409, "check-in-needed", "Check-in needed"),
            Self::CheckInNotAsked => (409, "check-in-not-asked", "No check-in asked for"),
            Self::PhotoUnknown => (404, "photo-unknown", "No photo"),
            Self::PhotoRefused => (422, "photo-refused", "No photo"),
            Self::RosterRefused { .. } => (422, "roster-refused", "Roster refused"),
            Self::AdministrationUnknown => (404, "administration-unknown", "Unknown administration"),
            Self::NotAllowed => (403, "not-allowed", "Not allowed"),
            Self::CredentialUnknown => (404, "credential-unknown", "Unknown credential"),
            Self::NotFound => (404, "not-found", "Not found"),
            Self::MethodNotAllowed => (405, "method-not-allowed", "Method not allowed"),
            Self::TimedOut => (503, "timed-out", "Timed out"),
            Self::RecordsAway(_) => (503, "records-away", "Records away"),
            Self::Internal(_) => (500, "internal", "Internal error"),
        }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.kind().1
    }

    /// The problem document.
    pub fn problem(&self) -> Problem {
        let (status, code, title) = self.kind();
        let problem = Problem::new(status, code, title, self.to_string());
        match self {
            Self::WindowNotOpen { opens } => problem.with("opens", opens.to_string()),
            Self::WindowClosed { closed } => problem.with("closed", closed.to_string()),
            Self::LeaseEnded { current, kept, .. } => problem.with("epoch", *current).with("kept", *kept),
            Self::LogGap { log_size } | Self::LogIncomplete { log_size } => problem.with("logSize", *log_size),
            Self::LogFork { seq, kept } => problem.with("seq", *seq).with("kept", *kept),
            Self::LogBroken { seq, .. } | Self::OpeningMismatch { seq } | Self::OpeningUnreadable { seq } => {
                problem.with("seq", *seq)
            }
            Self::OpeningsMissing { seqs } => problem.with("seqs", seqs.clone()),
            Self::EvidenceMissing { digests } => {
                problem.with("digests", digests.iter().map(Digest::to_string).collect::<Vec<_>>())
            }
            Self::EvidenceOffset { held } => problem.with("held", *held),
            Self::AgreementNeeded { url, version } => problem.with("url", url.clone()).with("version", *version),
            Self::CheckInNeeded { url: Some(url), .. } => problem.with("url", url.clone()),
            Self::CheckInNeeded { url: None, .. } => problem,
            Self::RosterRefused { findings } => {
                problem.with("findings", serde_json::to_value(findings).unwrap_or_default())
            }
            Self::TooManyAttempts { retry_after_s } => problem.with("retryAfter", *retry_after_s),
            Self::CodeUnknown
            | Self::CodeUsed
            | Self::CodeExpired
            | Self::NotEligible { .. }
            | Self::SittingOver
            | Self::SittingUnknown
            | Self::TokenNeeded
            | Self::NotYourSitting
            | Self::PackUnknown
            | Self::SegmentTooLong { .. }
            | Self::SubmissionDiffers
            | Self::EvidenceUnknown
            | Self::EvidenceDeleted
            | Self::EvidenceUnreadable
            | Self::EvidenceMismatch
            | Self::SeatStays(_)
            | Self::HandInRefused(_)
            | Self::SubmissionMismatch(_)
            | Self::Document(_)
            | Self::BadRequest(_)
            | Self::BodyTooLarge { .. }
            | Self::LoginNeeded
            | Self::LoginFailed
            | Self::SignInNeeded
            | Self::FormExpired
            | Self::SignInExpired
            | Self::SignInRefused
            | Self::ProviderAway
            | Self::ProviderUnknown
            | Self::InvitationUnknown
            | Self::InvitationUsed
            | Self::InvitationExpired { .. }
            | Self::AgreementChanged
            | Self::AgreementUnknown
            | Self::CheckInNotAsked
            | Self::PhotoUnknown
            | Self::PhotoRefused
            | Self::AdministrationUnknown
            | Self::NotAllowed
            | Self::CredentialUnknown
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::TimedOut
            | Self::RecordsAway(_)
            | Self::Internal(_) => problem,
        }
    }
}
