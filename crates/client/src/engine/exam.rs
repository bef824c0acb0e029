//! Acts of an exam: the notice, the start, answers, leaving and handing in.

use super::{Engine, Open, State};
use crate::{
    clock,
    store::Slot,
    uplink::Uplink,
    view::{Act, Problem, View},
};
use invigil_content::{
    pack::{Pack, PackError},
    sealing,
};
use invigil_core::{
    Digest, ItemId, SittingId,
    admission::{Admission, InWindow, Start},
    code::Code,
    envelope::{Signed, canonical},
    form::Form,
    item::Exam,
    log::Actor,
    sitting::{Command, Observation},
};
use std::{fs, sync::Arc};
use zeroize::Zeroizing;

impl Engine {
    /// Carries out what the candidate does.
    ///
    /// # Errors
    /// A problem with a stable code. Nothing the candidate did before is lost by it.
    pub async fn dispatch(&self, act: Act) -> Result<View, Problem> {
        // Only an answer waits for a paper that is still to be fetched; leaving waits for nothing.
        let current = self.lock().current.clone();
        if let (Act::Respond { .. }, Some(id)) = (&act, current) {
            self.fetch_content(&id).await;
        }
        let outcome = match act {
            Act::Begin { code: None } => self.begin_online().await,
            Act::Begin { code: Some(code) } => self.begin_by_code(&code),
            Act::Unlock { code } => self.unlock_hold(&code),
            other => self.act(other),
        };
        let mut state = self.lock();
        if let Some(id) = state.current.clone() {
            state.close_up(&id);
        }
        let view = self.show(&mut state);
        drop(state);
        self.shared.deliver.notify_one();
        outcome.map(|()| view)
    }

    fn act(&self, act: Act) -> Result<(), Problem> {
        let mut state = self.lock();
        let candidate = Actor::Candidate;
        match act {
            Act::Acknowledge => {
                let papers = state.current_or_problem()?.session.papers().ok_or_else(|| Problem::new("wrong-phase"))?;
                let notice = notice(&papers.admission);
                state.carry_out(Command::Acknowledge { notice }, &candidate)
            }
            Act::Decline => state.carry_out(Command::Decline, &candidate),
            Act::Respond { item, value } => {
                let id = state.current_or_problem()?.session.id().clone();
                let outcome = state.writable(&id)?.session.respond(item, value, &clock::read());
                state.after(&id, outcome)
            }
            Act::Visit { screen } => state.carry_out(Command::Visit { screen }, &candidate),
            Act::Flag { item, flagged } => state.carry_out(Command::Flag { item, flagged }, &candidate),
            Act::Reveal { item } => state.reveal(&item, true),
            Act::Again { item } => state.reveal(&item, false),
            Act::Leave => state.carry_out(Command::Leave, &candidate),
            Act::Return => state.carry_out(Command::Return, &candidate),
            Act::Submit => state.carry_out(Command::Submit, &candidate),
            Act::Refresh => match state.current_session() {
                Some(session) if session.papers().is_some() && session.sitting().try_used() => {
                    let checkpoint = session.checkpoint().map(Signed::digest);
                    state.carry_out(Command::Wake { checkpoint }, &Actor::Client)
                }
                Some(_) | None => Ok(()),
            },
            Act::Begin { .. } | Act::Unlock { .. } => Err(Problem::new("wrong-phase")),
        }
    }

    async fn begin_online(&self) -> Result<(), Problem> {
        let (admission, token) = {
            let mut state = self.lock();
            let papers = state.current_or_problem()?.session.papers().ok_or_else(|| Problem::new("wrong-phase"))?;
            (papers.admission.clone(), papers.token.clone())
        };
        self.fetch_pack(&admission).await?;
        self.lock().expect_to_begin(&admission)?;
        let uplink = Uplink::new(&admission.issuer.origin);
        let start = uplink
            .start(&admission.sitting, &token, &admission.issuer.signing)
            .await
            .map_err(|error| error.problem(&admission.issuer.name))?;
        let mut state = self.lock();
        let content = state.opened_content(&start)?;
        state.begin(&admission, &content, Some(&start))
    }

    fn begin_by_code(&self, code: &str) -> Result<(), Problem> {
        let mut state = self.lock();
        let papers = state.current_or_problem()?.session.papers().ok_or_else(|| Problem::new("wrong-phase"))?;
        let admission = papers.admission.clone();
        match admission.window.place(clock::wall()) {
            InWindow::Within => {}
            InWindow::Before => return Err(Problem::new("window-not-open").with("opens", admission.window.opens)),
            InWindow::After => return Err(Problem::new("window-closed").with("closes", admission.window.closes)),
        }
        let sealed = admission.start_sealed.as_ref().ok_or_else(|| Problem::new("proctor-only"))?;
        let content = open_with_code(code, sealed).ok_or_else(|| Problem::new("start-code-wrong"))?;
        state.begin(&admission, &content, None)
    }

    fn unlock_hold(&self, code: &str) -> Result<(), Problem> {
        let mut state = self.lock();
        let papers = state.current_or_problem()?.session.papers().ok_or_else(|| Problem::new("wrong-phase"))?;
        open_with_code(code, &papers.admission.resume_sealed).ok_or_else(|| Problem::new("resume-code-wrong"))?;
        // Whoever knows the code speaks for the proctor; the record says that it was the code.
        let proctor = "resume-code".parse().map(Actor::Proctor).map_err(|_| Problem::new("internal"))?;
        state.carry_out(Command::Release, &proctor)
    }

    /// Fetches an exam's pack unless it is here already.
    pub(super) async fn fetch_pack(&self, admission: &Admission) -> Result<(), Problem> {
        let path = self.lock().folder.pack(&admission.pack.digest);
        let here = fs::read(&path).is_ok_and(|bytes| Digest::of(&bytes) == admission.pack.digest);
        if here {
            return Ok(());
        }
        let uplink = Uplink::new(&admission.issuer.origin);
        let bytes = uplink.pack(&admission.pack.digest).await.map_err(|error| error.problem(&admission.issuer.name))?;
        crate::durable::write(&path, &bytes).map_err(crate::folder::disk_problem)
    }
}

impl State {
    /// The content identity in a start, which is sealed to this device.
    pub(super) fn opened_content(&mut self, start: &Start) -> Result<Zeroizing<Vec<u8>>, Problem> {
        let sealed = start.content_sealed.as_bytes();
        sealing::open(&self.device()?.identity, sealed).map_err(|_| Problem::new("pack-wrong-key"))
    }

    fn begin(
        &mut self,
        admission: &Signed<Admission>,
        content: &[u8],
        start: Option<&Signed<Start>>,
    ) -> Result<(), Problem> {
        let exam = self.open_paper(admission, content)?;
        let id = self.current_or_problem()?.session.id().clone();
        let open = self.writable(&id)?;
        let reading = clock::read();
        open.session.lay_out(Form::draw(&exam, &admission.draw));
        open.exam = Some(Arc::new(exam));
        let command = Command::Begin {
            start: start.map(|start| (start.at, start.digest())),
            deadline: start.and_then(|start| start.deadline),
        };
        let mut documents: Vec<(Slot, &[u8])> = vec![(Slot::Content, content)];
        if let Some(start) = start {
            documents.push((Slot::Start, start.bytes()));
        }
        let outcome = open.session.carry_out_with(command, &Actor::Candidate, &reading, &documents);
        self.after(&id, outcome)?;
        if !self.scrubbed.is_empty() {
            let observation = Observation::EnvironmentScrubbed { names: self.scrubbed.clone() };
            self.carry_out(Command::Observe { observation }, &Actor::Client)?;
        }
        Ok(())
    }

    /// Finds what would spoil the start before it is asked for, because the exam's end counts from it.
    fn expect_to_begin(&self, admission: &Admission) -> Result<(), Problem> {
        self.sealed_paper(admission)?;
        Ok(self.try_a_write()?)
    }

    fn sealed_paper(&self, admission: &Admission) -> Result<Pack, Problem> {
        let bytes = fs::read(self.folder.pack(&admission.pack.digest)).map_err(|_| Problem::new("pack-missing"))?;
        let pack = Pack::open(&bytes).map_err(pack_problem)?;
        pack.expect_digest(&admission.pack.digest).map_err(pack_problem)?;
        pack.expect_exam(&admission.exam.id).map_err(pack_problem)?;
        Ok(pack)
    }

    fn open_paper(&self, admission: &Admission, content: &[u8]) -> Result<Exam, Problem> {
        let text = std::str::from_utf8(content).map_err(|_| Problem::new("pack-wrong-key"))?;
        let identity = sealing::read_identity(text).map_err(|_| Problem::new("pack-wrong-key"))?;
        self.sealed_paper(admission)?.exam(&identity).map_err(pack_problem)
    }

    /// Lays the paper of a begun sitting out again, from the pack and the key its database keeps.
    pub(super) fn lay_out_again(&mut self, id: &SittingId) -> Result<(), Problem> {
        let Some(open) = self.sessions.get(id) else { return Ok(()) };
        let (Some(papers), Some(content)) = (open.session.papers(), open.session.store().get(Slot::Content)?) else {
            return Ok(());
        };
        let content = Zeroizing::new(content);
        let admission = papers.admission.clone();
        let exam = self.open_paper(&admission, &content)?;
        if let Some(open) = self.sessions.get_mut(id) {
            open.session.lay_out(Form::draw(&exam, &admission.draw));
            open.exam = Some(Arc::new(exam));
        }
        Ok(())
    }

    fn reveal(&mut self, item: &ItemId, shown: bool) -> Result<(), Problem> {
        let reading = clock::read();
        let Open { session, .. } = self.current_or_problem()?;
        let id = session.id().clone();
        let outcome = session.reveal(item, shown, &reading);
        self.after(&id, outcome)
    }
}

/// Digest of the notice as the candidate saw it: the facts it is made of.
fn notice(admission: &Admission) -> Digest {
    let recorded = crate::show::recorded(&admission.policy);
    Digest::of(canonical(&(&admission.policy, recorded, &admission.issuer.name)))
}

/// What an unusable pack means to a person.
pub(super) fn pack_problem(error: PackError) -> Problem {
    let code = match error.code() {
        "update-needed" => "pack-too-new",
        "not-a-pack" => "pack-damaged",
        "pack-other-digest" => "pack-other-exam",
        code => code,
    };
    Problem::new(code).with("why", error)
}

/// Opens what was sealed under a proctor's code; `None` when it was sealed under another.
fn open_with_code(code: &str, sealed: &str) -> Option<Zeroizing<Vec<u8>>> {
    let code: Code = code.parse().ok()?;
    sealing::open_passphrase(code.passphrase(), sealed.as_bytes()).ok()
}
