//! Brings what is durable here to the issuer: packs the other way, records, evidence, the submission; then waits for the
//! result. What comes next is decided in `outbox`; this carries it over the network.

use super::{Engine, Notice, Open};
use crate::{
    clock,
    outbox::{Refused, Step},
    session::Session,
    store::Fate,
    uplink::{Uplink, UplinkError},
    view::{LinkState, Problem},
};
use invigil_core::{
    Digest, PublicKey, SittingId,
    admission::Admission,
    envelope::Signed,
    exchange::{self, BODY_BYTES_MAX, CHUNK_BYTES_MAX},
    sitting::Phase,
};
use std::{fs, io, path::PathBuf, time::Duration};

/// How long records wait for company before they are sent.
const GATHER: Duration = Duration::from_millis(300);
/// How often the issuer is asked when nothing happens here.
const QUIET: Duration = Duration::from_secs(15);
const RETRY_MIN_MS: u64 = 1_000;
const RETRY_MAX_MS: u64 = 60_000;
/// While somebody works, records come first: no more evidence than this many parts at once.
const PARTS_UNDERWAY: u32 = 4;

enum Next {
    Again,
    From(u64),
    Later,
}

/// What is to be delivered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Whatever can be.
    All,
    /// The records alone, for somebody who waits for them.
    Records,
}

/// What came of trying to deliver a sitting.
#[derive(Default)]
pub(super) struct Pass {
    unreachable: bool,
    /// Whether the issuer has more of it than before.
    moved_on: bool,
}

/// How to speak about one sitting to its issuer.
struct Line {
    id: SittingId,
    uplink: Uplink,
    token: String,
    key: PublicKey,
}

impl Engine {
    pub(super) async fn deliver(self) {
        let mut failures = 0;
        loop {
            let wait = if failures == 0 { QUIET } else { back_off(failures) };
            let _ = tokio::time::timeout(wait, self.shared.deliver.notified()).await;
            tokio::time::sleep(GATHER).await;
            let ids: Vec<_> = {
                let state = self.lock();
                if state.stopped {
                    return;
                }
                state.sessions.keys().cloned().collect()
            };
            let (mut failed, mut moved_on) = (false, false);
            for id in ids {
                let pass = self.deliver_one(&id, Wanted::All).await;
                failed |= pass.unreachable;
                moved_on |= pass.moved_on;
            }
            // A link that drops again and again and still brings something across is worth the next try at once.
            failures = match (failed, moved_on) {
                (false, _) => 0,
                (true, true) => 1,
                (true, false) => failures + 1,
            };
        }
    }

    /// Does all that can be done for a sitting now.
    pub(super) async fn deliver_one(&self, id: &SittingId, what: Wanted) -> Pass {
        self.fetch_content(id).await;
        const STEPS_MAX: usize = 2_000;
        let mut pass = Pass::default();
        let (mut from, mut parts) = (None, 0);
        for _ in 0..STEPS_MAX {
            let (line, admission, step, underway) = {
                let state = self.lock();
                let Some(Open { session, .. }) = state.sessions.get(id) else { return pass };
                let Some(papers) = session.papers() else { return pass };
                let uplink = Uplink::new(&papers.admission.issuer.origin);
                let key = papers.admission.issuer.signing;
                let line = Line { id: id.clone(), uplink, token: papers.token.clone(), key };
                let phase = session.sitting().phase();
                let waits = matches!(phase, Phase::Admitted | Phase::Checking) && !session.has_moved();
                let fetch = waits && !state.folder.pack(&papers.admission.pack.digest).exists();
                let admission = fetch.then(|| papers.admission.clone());
                (line, admission, session.next_step(from), phase == Phase::Underway && !session.has_moved())
            };
            let outcome = match (admission, step) {
                (Some(admission), _) => self.deliver_pack(&line, &admission).await,
                (None, Ok(Step::Nothing) | Err(_)) => return pass,
                (None, Ok(Step::Send { from })) => self.send(&line, from).await,
                (None, Ok(Step::Evidence { .. })) if what == Wanted::Records => return pass,
                (None, Ok(Step::Evidence { .. })) if underway && PARTS_UNDERWAY <= parts => return pass,
                (None, Ok(Step::Evidence { sha256, size })) => {
                    parts += 1;
                    let (outcome, taken) = self.send_evidence(&line, &sha256, size).await;
                    pass.moved_on |= taken;
                    outcome
                }
                (None, Ok(Step::HandIn)) => self.hand_in(&line).await,
                (None, Ok(Step::AskResult)) => self.ask_result(&line).await,
            };
            match outcome {
                Ok(Next::Again) => (from, pass.moved_on) = (None, true),
                Ok(Next::From(size)) => from = Some(size),
                Ok(Next::Later) => {
                    self.heard(id, LinkState::Online, None);
                    return pass;
                }
                Err(UplinkError::Unreachable(_)) => {
                    self.heard(id, LinkState::Offline, None);
                    return Pass { unreachable: true, ..pass };
                }
                Err(error) => {
                    tracing::warn!(sitting = %id, %error, "the issuer did not take it");
                    self.heard(id, LinkState::Online, Some(error));
                    return pass;
                }
            }
            self.heard(id, LinkState::Online, None);
        }
        pass
    }

    fn heard(&self, id: &SittingId, link: LinkState, error: Option<UplinkError>) {
        let mut state = self.lock();
        let Some(open) = state.sessions.get_mut(id) else { return };
        let changed = open.session.link != link || error.is_some();
        open.session.link = link;
        if let Some(error) = error {
            open.session.note(
                error.problem(&open.session.papers().map_or_else(String::new, |p| p.admission.issuer.name.clone())),
            );
        }
        if changed && state.current.as_ref() == Some(id) {
            self.show(&mut state);
        }
    }

    /// Changes a sitting by what the issuer said, and shows it if it is on the screen.
    fn change<T>(&self, id: &SittingId, change: impl FnOnce(&mut Session) -> Result<T, Problem>) -> Option<T> {
        let mut state = self.lock();
        let outcome = change(&mut state.sessions.get_mut(id)?.session);
        let outcome = state.noted(id, outcome);
        if state.current.as_ref() == Some(id) {
            self.show(&mut state);
        }
        outcome
    }

    async fn deliver_pack(&self, line: &Line, admission: &Signed<Admission>) -> Result<Next, UplinkError> {
        let bytes = line.uplink.pack(&admission.pack.digest).await?;
        let path = self.lock().folder.pack(&admission.pack.digest);
        Ok(if crate::durable::write(&path, &bytes).is_ok() { Next::Again } else { Next::Later })
    }

    /// Sends records. Where something in between takes less than the issuer does, fewer of them.
    async fn send(&self, line: &Line, from: u64) -> Result<Next, UplinkError> {
        let mut bytes_max = BODY_BYTES_MAX;
        loop {
            let segment = self.with(&line.id, |session| session.segment(from, bytes_max).ok()?);
            let Some(segment) = segment else { return Ok(Next::Later) };
            match line.uplink.records(&line.id, &line.token, &segment, &line.key).await {
                Ok(checkpoint) => {
                    let taken = self.change(&line.id, |session| session.take_checkpoint(checkpoint));
                    return Ok(if taken.is_some() { Next::Again } else { Next::Later });
                }
                Err(UplinkError::Refused(problem)) if problem.status == 413 && 1 < segment.lines.len() => {
                    bytes_max /= 2;
                }
                Err(UplinkError::Refused(problem)) => {
                    let refused = self.change(&line.id, |session| session.records_refused(&problem, from));
                    return after_refusal(refused, problem);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Sends a piece of evidence. The issuer says where it is: after a cut nothing it has is sent again. A piece is lost
    /// only when this disk does not have it any more; what arrived changed is sent again from its start, later.
    /// Also says whether anything came across, whatever happened then.
    async fn send_evidence(&self, line: &Line, sha256: &Digest, size: u64) -> (Result<Next, UplinkError>, bool) {
        let Line { id, uplink, token, .. } = line;
        let path = self.lock().folder.evidence(id, sha256);
        let mut taken = false;
        let mut held = match uplink.evidence(id, token, sha256).await {
            Ok(state) => state.held,
            Err(UplinkError::Refused(problem)) if problem.code == "evidence-unknown" => {
                return (self.evidence_unknown(line, sha256, problem).await, taken);
            }
            Err(error) => return (Err(error), taken),
        };
        if held < size {
            let bytes = match piece_of(path, *sha256).await {
                Ok(Some(bytes)) => bytes,
                Ok(None) => return (Ok(self.lost(id, sha256)), taken),
                Err(why) => {
                    tracing::warn!(sitting = %id, %sha256, %why, "a piece of evidence cannot be read now");
                    return (Ok(Next::Later), taken);
                }
            };
            while held < size {
                let rest = usize::try_from(held).ok().and_then(|held| bytes.get(held..)).unwrap_or_default();
                let part = rest.chunks(CHUNK_BYTES_MAX).next().unwrap_or_default().to_vec();
                held = match uplink.send_evidence(id, token, sha256, held, part).await {
                    Ok(state) => state.held,
                    Err(UplinkError::Refused(problem))
                        if ["evidence-mismatch", "evidence-offset"].contains(&problem.code.as_str()) =>
                    {
                        return (Ok(Next::Later), taken);
                    }
                    Err(error) => return (Err(error), taken),
                };
                taken = true;
            }
        }
        let sent = |session: &mut Session| session.store_mut().set_fate(sha256, Fate::Sent).map_err(Problem::from);
        let noted = self.change(id, sent);
        (Ok(if noted.is_some() { Next::Again } else { Next::Later }), taken)
    }

    /// The issuer's log does not name a piece of evidence: the record that does comes first, unless it came too late.
    async fn evidence_unknown(
        &self,
        line: &Line,
        sha256: &Digest,
        problem: Box<exchange::Problem>,
    ) -> Result<Next, UplinkError> {
        if self.with(&line.id, |session| Some(session.has_moved())) == Some(true) {
            let unasked = |session: &mut Session| Ok(session.store_mut().set_fate(sha256, Fate::Unasked)?);
            let noted = self.change(&line.id, unasked);
            return Ok(if noted.is_some() { Next::Again } else { Next::Later });
        }
        let size = line.uplink.status(&line.id, &line.token).await?.log_size;
        after_refusal(self.with(&line.id, |session| Some(session.lacks(size))), problem)
    }

    fn lost(&self, id: &SittingId, sha256: &Digest) -> Next {
        tracing::error!(sitting = %id, %sha256, "a piece of evidence is lost");
        let noted = self.change(id, |session| session.evidence_lost(sha256, &clock::read()));
        if noted.is_some() { Next::Again } else { Next::Later }
    }

    async fn hand_in(&self, line: &Line) -> Result<Next, UplinkError> {
        let submission = self.with(&line.id, |session| session.papers()?.submission.clone());
        let Some(submission) = submission else { return Ok(Next::Later) };
        let taken = match line.uplink.submit(&submission, &line.token, &line.key).await {
            Ok(receipt) => self.change(&line.id, |session| session.take_receipt(receipt)),
            Err(UplinkError::Refused(problem)) if problem.code == "submission-differs" => {
                let status = line.uplink.status(&line.id, &line.token).await?;
                self.change(&line.id, |session| session.take_receipt_of_another(&status))
            }
            Err(UplinkError::Refused(problem)) => {
                let refused = self.change(&line.id, |session| session.submission_refused(&problem));
                return after_refusal(refused, problem);
            }
            Err(error) => return Err(error),
        };
        Ok(if taken.is_some() { Next::Again } else { Next::Later })
    }

    async fn ask_result(&self, line: &Line) -> Result<Next, UplinkError> {
        let status = line.uplink.status(&line.id, &line.token).await?;
        if self.change(&line.id, |session| session.take_status(&status)) == Some(true) {
            let exam = self.lock().sessions.get(&line.id).map(|open| open.facts.exam.clone());
            let _ = self.shared.notices.send(Notice::ResultArrived { exam: exam.unwrap_or_default() });
            self.refresh_standings().await;
            self.change(&line.id, |_| Ok(()));
        }
        Ok(Next::Later)
    }

    fn with<T>(&self, id: &SittingId, read: impl FnOnce(&Session) -> Option<T>) -> Option<T> {
        self.lock().sessions.get(id).and_then(|open| read(&open.session))
    }
}

/// What follows a refusal: the step that it asks for, or telling of it.
fn after_refusal(refused: Option<Refused>, problem: Box<exchange::Problem>) -> Result<Next, UplinkError> {
    match refused {
        Some(Refused::From(size)) => Ok(Next::From(size)),
        Some(Refused::Again) => Ok(Next::Again),
        Some(Refused::Final) | None => Err(UplinkError::Refused(problem)),
    }
}

/// A piece of evidence, read away from the threads that keep time; `None` when it is gone or not what it was.
async fn piece_of(path: PathBuf, sha256: Digest) -> io::Result<Option<Vec<u8>>> {
    let read = move || match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes).filter(|bytes| Digest::of(bytes) == sha256)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    };
    tokio::task::spawn_blocking(read).await?
}

/// Full jitter: anything up to a bound that doubles with every failure.
fn back_off(failures: u32) -> Duration {
    let bound = RETRY_MIN_MS.saturating_mul(1 << failures.min(10)).min(RETRY_MAX_MS);
    let random = u64::from_le_bytes(*crate::random::bytes::<8>());
    Duration::from_millis(RETRY_MIN_MS / 2 + random % bound)
}
