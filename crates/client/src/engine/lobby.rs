//! Answers of the lobby: home, opening and leaving sittings, settings.

use super::{Engine, State, vault_problem};
use crate::{
    clock,
    session::Standing,
    show,
    store::Slot,
    uplink::Uplink,
    view::{Ask, Home, IssuerStanding, LinkState, Problem, Reply, SAY_CHARS_MAX, Settings},
};
use invigil_core::{SittingId, envelope::canonical, exchange::CandidateStanding};
use std::collections::BTreeMap;

impl Engine {
    /// Answers what the window asks.
    ///
    /// # Errors
    /// A problem with a stable code.
    pub async fn lobby(&self, ask: Ask) -> Result<Reply, Problem> {
        match ask {
            Ask::Home => Ok(Reply::Home(self.lock().home())),
            Ask::RefreshHome => {
                self.refresh_standings().await;
                Ok(Reply::Home(self.lock().home()))
            }
            Ask::Unlock { passphrase } => self.unlock(&passphrase).await,
            Ask::LookUp { link } => self.look_up(&link).await.map(Reply::Offer),
            Ask::Admit { link } => self.admit(&link).await.map(Reply::Admission),
            Ask::Open { sitting } => self.open(&sitting),
            Ask::OpenByCode { sitting, code } => self.open_by_code(&sitting, &code).await,
            Ask::HandInFile { sitting } => self.hand_in_file(&sitting).map(|path| Reply::File { path }),
            Ask::Admission => {
                let mut state = self.lock();
                let papers = state.current_or_problem()?.session.papers().ok_or_else(|| Problem::new("no-sitting"))?;
                Ok(Reply::Admission(show::admission(&papers.admission)))
            }
            Ask::Readiness => self.readiness().await.map(Reply::Readiness),
            Ask::Trial { sitting, aid } => self.trial(sitting, aid).await.map(Reply::Trial),
            Ask::Rehearse => self.rehearse().await.map(|()| Reply::Over),
            Ask::RehearsalOver => {
                self.rehearsal_over();
                Ok(Reply::Over)
            }
            Ask::TrialOver => {
                self.trial_over();
                Ok(Reply::Over)
            }
            Ask::Item { item } => {
                let current = self.lock().current.clone();
                if let Some(id) = current {
                    self.fetch_content(&id).await;
                }
                self.lock().item(&item).map(|item| Reply::Item { item })
            }
            Ask::Record => {
                let mut state = self.lock();
                let folder = state.current.as_ref().map(|id| state.folder.sitting(id).display().to_string());
                let session = &state.current_or_problem()?.session;
                Ok(Reply::Record(show::record(session, &folder.unwrap_or_default())?))
            }
            Ask::Picture { sha256 } => self.lock().picture(&sha256).map(|jpeg| Reply::Picture { jpeg }),
            Ask::Practice { pack } => self.practice(&pack),
            Ask::Leave => self.leave(),
            Ask::Settings { settings } => {
                let mut state = self.lock();
                state.set_settings(settings)?;
                Ok(Reply::Home(state.home()))
            }
            Ask::Say { text } => Ok(Reply::Said { text: text.chars().take(SAY_CHARS_MAX).collect() }),
            Ask::Quit if self.may_quit() => Ok(Reply::Done),
            Ask::Quit => Err(Problem::new("sitting-unfinished")),
        }
    }

    async fn unlock(&self, passphrase: &str) -> Result<Reply, Problem> {
        {
            let mut state = self.lock();
            state.vault.unlock(passphrase).map_err(vault_problem)?;
            state.device = None;
        }
        self.open_all().await;
        self.back_from_rehearsal().await;
        self.shared.deliver.notify_one();
        Ok(Reply::Home(self.lock().home()))
    }

    pub(super) fn open(&self, id: &SittingId) -> Result<Reply, Problem> {
        let mut state = self.lock();
        if !state.sessions.contains_key(id) {
            return Err(Problem::new("no-sitting"));
        }
        if state.current.as_ref() != Some(id) && !state.may_leave() {
            return Err(Problem::new("sitting-unfinished"));
        }
        state.make_current(id);
        Ok(Reply::View(self.show(&mut state)))
    }

    fn leave(&self) -> Result<Reply, Problem> {
        let mut state = self.lock();
        if !state.may_leave() {
            return Err(Problem::new("sitting-unfinished"));
        }
        if let (Some(id), Some(guard)) = (state.current.take(), &state.guard) {
            (guard.forget)(&format!("sitting:{id}"));
        }
        state.folder.set_current(None);
        Ok(Reply::View(self.show(&mut state)))
    }

    /// Asks every issuer where the candidate stands.
    pub(super) async fn refresh_standings(&self) {
        let asked: Vec<(SittingId, String, String)> = {
            let state = self.lock();
            let mut by_origin: BTreeMap<String, (SittingId, String)> = BTreeMap::new();
            for (id, papers) in state.sessions.iter().filter_map(|(id, o)| o.session.papers().map(|p| (id, p))) {
                by_origin.insert(papers.admission.issuer.origin.clone(), (id.clone(), papers.token.clone()));
            }
            by_origin.into_iter().map(|(origin, (id, token))| (id, origin, token)).collect()
        };
        for (id, origin, token) in asked {
            let answer = Uplink::new(&origin).standing(&token).await;
            self.lock().take_standing(&id, &origin, answer.ok());
        }
    }
}

impl State {
    fn home(&mut self) -> Home {
        let now = clock::wall();
        let exams = || self.sessions.values().filter_map(|o| o.session.papers().map(|p| (&o.session, p)));
        let mut sittings: Vec<_> = exams().map(|(session, papers)| show::card(session, papers, now)).collect();
        sittings.sort_by_key(|card| (card.opens, card.exam.clone()));
        let mut latest: BTreeMap<String, IssuerStanding> = BTreeMap::new();
        for (session, papers) in exams() {
            let Some(standing) = &papers.standing else { continue };
            let origin = papers.admission.issuer.origin.clone();
            if latest.get(&origin).is_none_or(|known| known.asked < standing.asked) {
                latest.insert(
                    origin,
                    IssuerStanding {
                        issuer: papers.admission.issuer.name.clone(),
                        asked: standing.asked,
                        stale: session.link == LinkState::Offline,
                        standing: standing.standing.clone(),
                    },
                );
            }
        }
        Home {
            keeping: self.keeping(),
            sittings,
            standings: latest.into_values().collect(),
            practice: self.practice_cards(),
            settings: self.settings.clone(),
            guarded: self.guard_alive,
            desktop: self.surroundings.desktop.clone(),
            consent: self.surroundings.desktop.consent(),
            unreadable: self.unreadable(),
            past: self.past(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// Keeps what the issuer said about the candidate; it holds for every sitting with that issuer.
    fn take_standing(&mut self, asked: &SittingId, origin: &str, standing: Option<CandidateStanding>) {
        let said = standing.map(|standing| Standing { asked: clock::wall(), standing });
        for open in self.sessions.values_mut() {
            let Some(papers) = open.session.papers_mut().filter(|p| p.admission.issuer.origin == origin) else {
                continue;
            };
            if said.is_some() {
                papers.standing.clone_from(&said);
            }
            open.session.link = if said.is_some() { LinkState::Online } else { LinkState::Offline };
        }
        if let (Some(said), Some(open)) = (said, self.sessions.get_mut(asked)) {
            let kept = open.session.store_mut().put(Slot::Standing, &canonical(&said)).map_err(Problem::from);
            // It is only a copy of what the issuer can be asked again.
            let _ = self.after(asked, kept);
        }
    }

    fn set_settings(&mut self, settings: Settings) -> Result<(), Problem> {
        let settings = Settings { zoom: settings.zoom.clamp(80, 200), ..settings };
        self.folder.set_settings(&settings)?;
        self.settings = settings;
        Ok(())
    }

    fn item(&mut self, id: &invigil_core::ItemId) -> Result<invigil_core::item::Item, Problem> {
        let session = &self.current_or_problem()?.session;
        if session.papers().is_some() && !session.sitting().shows_content() {
            return Err(Problem::new("exam-stopped"));
        }
        let form = session.sitting().form().ok_or_else(|| Problem::new("paper-not-open"))?;
        form.item(id).cloned().ok_or_else(|| Problem::new("unknown-item"))
    }
}
