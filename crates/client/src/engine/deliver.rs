//! Brings what is durable here to the issuer: packs the other way, records, the submission; then waits for the result.
//!
//! Every step asks the present state what is missing, so it may be cut off anywhere and repeated.

use super::{Engine, Notice};
use crate::{
    session::Session,
    show,
    store::Slot,
    uplink::{Uplink, UplinkError, opened},
    view::LinkState,
};
use invigil_core::{SittingId, envelope::Signed, grading::ExamResult, sitting::Phase};
use std::time::Duration;

/// How long records wait for company before they are sent.
const GATHER: Duration = Duration::from_millis(300);
/// How often the issuer is asked when nothing happens here.
const QUIET: Duration = Duration::from_secs(15);
const RETRY_MIN_MS: u64 = 1_000;
const RETRY_MAX_MS: u64 = 60_000;

/// What is to be done next for one sitting.
enum Step {
    FetchPack,
    Send { from: u64 },
    HandIn,
    AskResult,
    Nothing,
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
            let mut failed = false;
            for id in ids {
                failed |= !self.deliver_one(&id).await;
            }
            failures = if failed { failures + 1 } else { 0 };
        }
    }

    /// Does all that can be done for a sitting now. Says whether the issuer was in reach.
    async fn deliver_one(&self, id: &SittingId) -> bool {
        const STEPS_MAX: usize = 200;
        let mut from = None;
        for _ in 0..STEPS_MAX {
            let step = {
                let state = self.lock();
                let Some(open) = state.sessions.get(id) else { return true };
                next_step(&open.session, from, |digest| state.folder.pack(digest).exists())
            };
            let outcome = match step {
                Step::Nothing => return true,
                Step::FetchPack => self.deliver_pack(id).await,
                Step::Send { from: at } => self.send(id, at).await,
                Step::HandIn => self.hand_in(id).await,
                Step::AskResult => self.ask_result(id).await,
            };
            match outcome {
                Ok(Next::Again) => from = None,
                Ok(Next::From(size)) => from = Some(size),
                Ok(Next::Later) => {
                    self.heard(id, LinkState::Online, None);
                    return true;
                }
                Err(UplinkError::Unreachable(_)) => {
                    self.heard(id, LinkState::Offline, None);
                    return false;
                }
                Err(error) => {
                    tracing::warn!(sitting = %id, %error, "the issuer did not take it");
                    self.heard(id, LinkState::Online, Some(error));
                    return true;
                }
            }
            self.heard(id, LinkState::Online, None);
        }
        true
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

    async fn deliver_pack(&self, id: &SittingId) -> Result<Next, UplinkError> {
        let Some((uplink, admission)) = self.with(id, |session| {
            let papers = session.papers()?;
            Some((Uplink::new(&papers.admission.issuer.origin), papers.admission.clone()))
        }) else {
            return Ok(Next::Later);
        };
        let bytes = uplink.pack(&admission.pack.digest).await?;
        let path = self.lock().folder.pack(&admission.pack.digest);
        Ok(if crate::vault::write_durably(&path, &bytes).is_ok() { Next::Again } else { Next::Later })
    }

    async fn send(&self, id: &SittingId, from: u64) -> Result<Next, UplinkError> {
        let Some((uplink, token, key, segment)) = self.with(id, |session| {
            let papers = session.papers()?;
            let segment = session.segment(from).ok()??;
            let key = papers.admission.issuer.signing;
            Some((Uplink::new(&papers.admission.issuer.origin), papers.token.clone(), key, segment))
        }) else {
            return Ok(Next::Later);
        };
        match uplink.records(id, &token, &segment, &key).await {
            Ok(checkpoint) => {
                let mut state = self.lock();
                let taken = state.sessions.get_mut(id).map(|open| open.session.take_checkpoint(checkpoint));
                if state.current.as_ref() == Some(id) {
                    self.show(&mut state);
                }
                Ok(if matches!(taken, Some(Ok(()))) { Next::Again } else { Next::Later })
            }
            Err(UplinkError::Refused(problem)) if problem.code == "log-gap" => {
                let size = problem.members.get("logSize").and_then(serde_json::Value::as_u64);
                match size.filter(|size| *size < segment.from_seq) {
                    Some(size) => Ok(Next::From(size)),
                    None => Err(UplinkError::Refused(problem)),
                }
            }
            Err(error) => Err(error),
        }
    }

    async fn hand_in(&self, id: &SittingId) -> Result<Next, UplinkError> {
        let Some((uplink, token, key, submission)) = self.with(id, |session| {
            let papers = session.papers()?;
            let submission = papers.submission.clone()?;
            let key = papers.admission.issuer.signing;
            Some((Uplink::new(&papers.admission.issuer.origin), papers.token.clone(), key, submission))
        }) else {
            return Ok(Next::Later);
        };
        let receipt = uplink.submit(&submission, &token, &key).await?;
        let mut state = self.lock();
        let Some(open) = state.sessions.get_mut(id) else { return Ok(Next::Later) };
        let next = match open.session.store_mut().put(Slot::Receipt, receipt.bytes()) {
            Ok(()) => {
                if let Some(papers) = open.session.papers_mut() {
                    papers.receipt = Some(receipt);
                }
                Next::Again
            }
            // The issuer gives the same receipt again, so this costs nothing but time.
            Err(error) => {
                open.session.note(error.into());
                Next::Later
            }
        };
        if state.current.as_ref() == Some(id) {
            self.show(&mut state);
        }
        Ok(next)
    }

    async fn ask_result(&self, id: &SittingId) -> Result<Next, UplinkError> {
        let Some((uplink, token, key, submission)) = self.with(id, |session| {
            let papers = session.papers()?;
            let uplink = Uplink::new(&papers.admission.issuer.origin);
            let submission = papers.submission.as_ref()?.digest();
            Some((uplink, papers.token.clone(), papers.admission.issuer.signing, submission))
        }) else {
            return Ok(Next::Later);
        };
        let status = uplink.status(id, &token).await?;
        let result: Option<Signed<ExamResult>> = status.result.as_ref().map(|json| opened(json, &key)).transpose()?;
        if result.as_ref().is_some_and(|result| result.sitting != *id || result.submission != submission) {
            return Err(UplinkError::Untrusted("the result belongs to another submission".to_owned()));
        }
        let arrived = result.is_some();
        {
            let mut state = self.lock();
            let Some(open) = state.sessions.get_mut(id) else { return Ok(Next::Later) };
            if let Some(result) = &result {
                let credential = serde_json::to_vec(&status.credential).unwrap_or_default();
                let mut documents: Vec<(Slot, &[u8])> = vec![(Slot::Result, result.bytes())];
                if status.credential.is_some() {
                    documents.push((Slot::Credential, &credential));
                }
                if open.session.store_mut().append(&[], None, None, &documents).is_err() {
                    return Ok(Next::Later);
                }
            }
            if let Some(papers) = open.session.papers_mut() {
                papers.result = result;
                papers.under_review = status.under_review;
                papers.credential = status.credential;
            }
            let exam = open.facts.exam.clone();
            if arrived {
                let _ = self.shared.notices.send(Notice::ResultArrived { exam });
            }
        }
        if arrived {
            self.refresh_standings().await;
        }
        let mut state = self.lock();
        if state.current.as_ref() == Some(id) {
            self.show(&mut state);
        }
        Ok(Next::Later)
    }

    fn with<T>(&self, id: &SittingId, read: impl FnOnce(&Session) -> Option<T>) -> Option<T> {
        self.lock().sessions.get(id).and_then(|open| read(&open.session))
    }
}

enum Next {
    Again,
    From(u64),
    Later,
}

fn next_step(session: &Session, from: Option<u64>, here: impl Fn(&invigil_core::Digest) -> bool) -> Step {
    let Some(papers) = session.papers() else { return Step::Nothing };
    if !show::unfinished(session) {
        return Step::Nothing;
    }
    let waits = matches!(session.sitting().phase(), Phase::Admitted | Phase::Checking);
    if waits && !here(&papers.admission.pack.digest) {
        return Step::FetchPack;
    }
    let from = from.unwrap_or_else(|| session.confirmed());
    if from < session.log().size {
        return Step::Send { from };
    }
    match (&papers.submission, &papers.receipt, &papers.result) {
        (Some(_), None, _) => Step::HandIn,
        (_, Some(_), None) => Step::AskResult,
        (None, None, _) | (_, Some(_), Some(_)) => Step::Nothing,
    }
}

/// Full jitter: anything up to a bound that doubles with every failure.
fn back_off(failures: u32) -> Duration {
    let bound = RETRY_MIN_MS.saturating_mul(1 << failures.min(10)).min(RETRY_MAX_MS);
    let random = u64::from_le_bytes(*crate::random::bytes::<8>());
    Duration::from_millis(RETRY_MIN_MS / 2 + random % bound)
}
