//! Keeps every sitting on this device going, whichever is on the screen: opens them, records what happened while the
//! application was away, keeps their time, makes their submissions.

use super::{Away, Engine, Notice, Open, State};
use crate::{
    clock::{self, Reading},
    session::{Kind, Session},
    show::{self, Facts},
    store::Store,
    uplink::Uplink,
    view::{CardState, Problem},
};
use invigil_core::{
    SittingId, Wall,
    log::Actor,
    sitting::{Command, Observation},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use tokio::task::JoinHandle;

const TICK: Duration = Duration::from_millis(500);
/// How often it is asked whether a sitting's time on this device is over.
const RETIRE_TICKS: u32 = 7_200;
/// How often it is tried again to open a sitting whose storage failed.
const REOPEN_TICKS: u32 = 10;
const CLOCK_JUMP_MS: u64 = 2_000;
const SLEPT_MS: u64 = 2_000;
/// How long an issuer's time is waited for. Without it a reboot is judged by this machine's calendar.
const ISSUER_TIME_MAX: Duration = Duration::from_secs(4);

impl Engine {
    /// Opens whatever can be opened now and goes on with what was interrupted.
    pub(super) async fn open_all(&self) {
        let rebooted = {
            let mut state = self.lock();
            if state.stopped {
                return;
            }
            state.open_sittings();
            state.retire(clock::wall(), &BTreeMap::new());
            state.reopen_practice();
            state.rebooted()
        };
        let times = issuer_times(rebooted).await;
        let mut state = self.lock();
        state.resume(&times);
        state.go_back();
        self.show(&mut state);
        drop(state);
        tokio::spawn(self.clone().retire());
    }

    pub(super) async fn keep_time(self) {
        let mut ticks = 0_u32;
        let mut opening: Option<JoinHandle<()>> = None;
        loop {
            tokio::time::sleep(TICK).await;
            ticks = ticks.wrapping_add(1);
            let failed = {
                let mut state = self.lock();
                if state.stopped {
                    return;
                }
                if state.tick() {
                    self.shared.deliver.notify_one();
                    self.show(&mut state);
                }
                self.announce_windows(&mut state);
                if ticks.is_multiple_of(RETIRE_TICKS) {
                    tokio::spawn(self.clone().retire());
                }
                // What is damaged does not mend by itself.
                state.unreadable.values().any(|problem| problem.is_of_storage() && problem.code != "storage-damaged")
            };
            // Beside this loop, which keeps the time of the other sittings.
            if failed && ticks.is_multiple_of(REOPEN_TICKS) && opening.as_ref().is_none_or(JoinHandle::is_finished) {
                let engine = self.clone();
                opening = Some(tokio::spawn(async move { engine.open_all().await }));
            }
        }
    }

    fn announce_windows(&self, state: &mut State) {
        const JUST_NOW_MS: u64 = 60_000;
        if state.current.is_some() {
            return;
        }
        let now = clock::wall();
        let mut opened = Vec::new();
        for (id, open) in &state.sessions {
            let waiting = open.session.papers().is_some_and(|papers| {
                show::card(&open.session, papers, now).state == CardState::Ready
                    && papers.admission.window.opens.plus_ms(JUST_NOW_MS) > now
            });
            if waiting && !state.announced.contains(id) {
                opened.push((id.clone(), open.facts.exam.clone()));
            }
        }
        for (id, exam) in opened {
            state.announced.insert(id);
            let _ = self.shared.notices.send(Notice::WindowOpen { exam });
        }
    }
}

impl State {
    pub(super) fn open_sittings(&mut self) {
        for id in self.folder.sittings() {
            if self.sessions.contains_key(&id) || self.is_buried(&id) {
                continue;
            }
            match self.open_sitting(&id) {
                Ok(Some(session)) => {
                    self.unreadable.remove(&id);
                    self.take_session(session);
                }
                // Its key lies behind a passphrase that has not been given; the home screen asks for it.
                Ok(None) => {}
                Err(problem) => {
                    tracing::error!(sitting = %id, code = %problem.code, "a sitting cannot be opened");
                    self.unreadable.insert(id, problem);
                }
            }
        }
    }

    fn open_sitting(&self, id: &SittingId) -> Result<Option<Session>, Problem> {
        let path = self.folder.sitting(id).join("sitting.db");
        if !path.exists() {
            // An admission that was cut off before its database was made: its link can be used again.
            return Ok(None);
        }
        match self.sitting_key(id) {
            Some(key) => Session::exam(Store::open(&path, &key)?).map(Some),
            None if self.vault.is_open() => Err(Problem::new("key-missing")),
            None => Ok(None),
        }
    }

    fn take_session(&mut self, session: Session) {
        let facts = session.papers().map(|papers| Facts::of(&papers.admission)).unwrap_or_default();
        let id = session.id().clone();
        self.sessions.insert(id.clone(), Open { session, facts, exam: None, away: Some(Away::Asked) });
        if let Err(problem) = self.lay_out_again(&id) {
            tracing::warn!(sitting = %id, code = %problem.code, "the paper cannot be laid out yet");
        }
    }

    /// The issuers of sittings that a reboot interrupted.
    fn rebooted(&self) -> BTreeSet<String> {
        let reading = clock::read();
        let asked = self.sessions.values().filter(|open| matches!(open.away, Some(Away::Asked)));
        let interrupted = asked.filter(|open| open.session.rebooted(&reading));
        interrupted.filter_map(|open| Some(open.session.papers()?.admission.issuer.origin.clone())).collect()
    }

    /// Records in every sitting that was just opened how long the application was away.
    fn resume(&mut self, times: &BTreeMap<String, Wall>) {
        let heard = clock::read();
        for id in self.sessions.keys().cloned().collect::<Vec<_>>() {
            let Some(open) = self.sessions.get_mut(&id) else { continue };
            let (Some(Away::Asked), Some(papers)) = (&open.away, open.session.papers()) else { continue };
            let server = times.get(&papers.admission.issuer.origin).copied();
            open.away = Some(Away::Known { server, heard: heard.clone() });
            let _ = self.catch_up(&id);
            self.close_up(&id);
        }
    }

    /// Records how long the application was away from a sitting, unless it is on record. What fails is tried again before
    /// anything else is recorded, and at every tick.
    pub(super) fn catch_up(&mut self, id: &SittingId) -> Result<(), Problem> {
        let Some(open) = self.sessions.get_mut(id) else { return Ok(()) };
        let reading = clock::read();
        let server = match &open.away {
            None => return Ok(()),
            Some(Away::Asked) => return Err(Problem::new("out-of-turn")),
            Some(Away::Known { server, heard }) => {
                let since_ms = reading.since_boot_ms.saturating_sub(heard.since_boot_ms);
                server.map(|server| server.plus_ms(since_ms))
            }
        };
        let came_back = open.session.come_back(server, &reading);
        if let Ok(given_back_ms) = came_back {
            open.away = None;
            if let Some(ms) = given_back_ms {
                open.session.note(Problem::new("restarted").with("givenBackSeconds", ms / 1_000));
            }
        }
        self.after(id, came_back.map(|_| ()))
    }

    /// Shows what was on the screen before the start. A link that the application was opened with comes before
    /// anything but an exam.
    fn go_back(&mut self) {
        if self.current.is_some() {
            return;
        }
        let Some(id) = self.folder.current().filter(|id| self.sessions.contains_key(id)) else { return };
        let exam = self.sessions.get(&id).is_some_and(|open| open.session.papers().is_some());
        if exam || self.link.is_none() {
            self.make_current(&id);
        }
    }

    /// What is due by time, in every sitting. Says whether the view changed.
    fn tick(&mut self) -> bool {
        let mut changed = false;
        for id in self.sessions.keys().cloned().collect::<Vec<_>>() {
            let Some(open) = self.sessions.get(&id).filter(|open| open.session.papers().is_some()) else { continue };
            let before = (open.session.log().size, submitted(&open.session));
            if self.catch_up(&id).is_err() {
                continue;
            }
            let reading = clock::read();
            let Some(Open { session, .. }) = self.sessions.get_mut(&id) else { continue };
            if session.sitting().try_used() && session.sitting().closing().is_none() && !session.has_moved() {
                self.watch_clock(&id, &reading);
                let woken = self.sessions.get_mut(&id).map_or(Ok(()), |open| open.session.wake(&reading));
                let _ = self.after(&id, woken);
            }
            self.close_up(&id);
            let after = self.sessions.get(&id).map(|open| (open.session.log().size, submitted(&open.session)));
            changed |= after != Some(before);
        }
        changed
    }

    /// Records that the machine slept, or its calendar jumped. It stays so until that is durable.
    fn watch_clock(&mut self, id: &SittingId, reading: &Reading) {
        let Some(open) = self.sessions.get_mut(id) else { return };
        let (slept_ms, ms) = (open.session.slept_ms(reading), open.session.clock_jump_ms(reading));
        let slept = (SLEPT_MS < slept_ms).then_some(Observation::Suspended { ms: slept_ms });
        let jumped = (CLOCK_JUMP_MS < ms.unsigned_abs()).then_some(Observation::ClockJumped { ms });
        let mut observations = slept.into_iter().chain(jumped);
        let outcome = observations.try_for_each(|observation| {
            open.session.carry_out(Command::Observe { observation }, &Actor::Client, reading)
        });
        let outcome = self.after(id, outcome);
        if !outcome.is_err_and(|problem| problem.is_of_storage())
            && let Some(open) = self.sessions.get_mut(id)
        {
            open.session.clock_seen(reading);
        }
    }

    /// Makes the submission of a closed sitting, unless it is there. What fails is tried again at the next tick.
    pub(super) fn close_up(&mut self, id: &SittingId) {
        let closed = self.sessions.get(id).is_some_and(|open| {
            let session = &open.session;
            session.papers().is_some()
                && session.sitting().closing().is_some()
                && !submitted(session)
                && !session.has_moved()
        });
        if !closed {
            return;
        }
        let folder = &self.folder;
        let Some(open) = self.sessions.get_mut(id) else { return };
        let outcome = open.session.hand_in(|sha256| folder.evidence(id, sha256).exists(), &clock::read());
        let _ = self.noted(id, outcome);
    }

    /// Opens a sitting anew, because its storage failed or was changed behind its back: only the disk knows what it holds.
    /// `why` is for the candidate.
    pub(super) fn reopen(&mut self, id: &SittingId, why: Option<&Problem>) {
        let Some(open) = self.sessions.remove(id) else { return };
        let key = self.sitting_key(id);
        let Open { session, facts, exam, away } = open;
        if let Kind::Practice { .. } = session.kind {
            self.current = self.current.take().filter(|current| current != id);
            return;
        }
        let before = session.close();
        let path = self.folder.sitting(id).join("sitting.db");
        let key = key.ok_or_else(|| Problem::new("key-missing"));
        match key.and_then(|key| Store::open(&path, &key).map_err(Problem::from)).and_then(Session::exam) {
            Ok(mut session) => {
                session.stand_in_for(before);
                why.into_iter().for_each(|why| session.note(why.clone()));
                self.sessions.insert(id.clone(), Open { session, facts, exam, away });
            }
            Err(problem) => {
                tracing::error!(sitting = %id, code = %problem.code, "a sitting cannot be opened again");
                self.unreadable.insert(id.clone(), problem);
                // The folder still names it, so that the next start goes back to it.
                self.current = self.current.take().filter(|current| current != id);
            }
        }
    }
}

/// What the clocks of these issuers say, by their origins; of those that answer.
pub(super) async fn issuer_times(origins: BTreeSet<String>) -> BTreeMap<String, Wall> {
    let mut times = BTreeMap::new();
    for origin in origins {
        let card = tokio::time::timeout(ISSUER_TIME_MAX, Uplink::new(&origin).card()).await;
        times.extend(card.ok().and_then(Result::ok).map(|card| (origin, card.time)));
    }
    times
}

fn submitted(session: &Session) -> bool {
    session.papers().is_some_and(|papers| papers.submission.is_some())
}
