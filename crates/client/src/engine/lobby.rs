//! Answers of the lobby: home, admission links, opening and leaving sittings, settings.

use super::{Engine, Open, State, vault_problem};
use crate::{
    clock,
    folder::Folder,
    link::Link,
    random,
    session::{Session, Standing, this_client},
    show,
    store::{SittingKey, Slot, Store},
    uplink::Uplink,
    vault::write_durably,
    view::{AdmissionView, Ask, Home, IssuerStanding, LinkState, Offer, Problem, Reply, Settings, Unreadable},
};
use invigil_content::sealing;
use invigil_core::{
    SittingId,
    admission::{Admission, Issuer, Lease, Redemption},
    envelope::Signed,
    exchange::CandidateStanding,
    log::Actor,
    sitting::Command,
};
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
            Ask::Admission => {
                let mut state = self.lock();
                let papers = state.current_or_problem()?.session.papers().ok_or_else(|| Problem::new("no-sitting"))?;
                Ok(Reply::Admission(show::admission(&papers.admission)))
            }
            Ask::Readiness => self.readiness().await.map(Reply::Readiness),
            Ask::Item { item } => self.lock().item(&item).map(|item| Reply::Item { item }),
            Ask::Record => {
                let mut state = self.lock();
                let folder = state.current.as_ref().map(|id| state.folder.sitting(id).display().to_string());
                let session = &state.current_or_problem()?.session;
                Ok(Reply::Record(show::record(session, &folder.unwrap_or_default())?))
            }
            Ask::Practice { pack } => self.practice(&pack),
            Ask::Leave => self.leave(),
            Ask::Settings { settings } => {
                let mut state = self.lock();
                state.set_settings(settings)?;
                Ok(Reply::Home(state.home()))
            }
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
        self.shared.deliver.notify_one();
        Ok(Reply::Home(self.lock().home()))
    }

    async fn look_up(&self, link: &str) -> Result<Offer, Problem> {
        let parsed: Link = link.parse().map_err(|_| Problem::new("link-malformed"))?;
        let card = Uplink::new(&parsed.origin()).card().await.map_err(|error| error.problem(&parsed.host))?;
        let issuer = card.issuer;
        if !is_protected(&issuer.origin) {
            return Err(Problem::new("issuer-unprotected").with("host", &parsed.host));
        }
        let mut state = self.lock();
        let known = state.folder.issuer(&parsed.host);
        if let Some(key) = known.filter(|key| *key != issuer.signing) {
            return Err(Problem::new("issuer-key-changed")
                .with("host", &parsed.host)
                .with("known", key.fingerprint())
                .with("now", issuer.signing.fingerprint()));
        }
        let offer = Offer {
            link: parsed.to_string(),
            issuer: issuer.name.clone(),
            host: parsed.host.clone(),
            did: issuer.did.clone(),
            fingerprint: issuer.signing.fingerprint(),
            known: known.is_some(),
            protected: true,
        };
        state.offered = Some((parsed.to_string(), issuer));
        Ok(offer)
    }

    async fn admit(&self, link: &str) -> Result<AdmissionView, Problem> {
        let link: Link = link.parse().map_err(|_| Problem::new("link-malformed"))?;
        let (issuer, redemption) = self.lock().redemption(&link)?;
        let (admission, lease, token) = Uplink::new(&link.origin())
            .redeem(&redemption, &issuer)
            .await
            .map_err(|error| error.problem(&link.host))?;
        let mut state = self.lock();
        state.folder.set_issuer(&link.host, issuer.signing)?;
        state.keep_admission(&admission, &lease, &token)?;
        // The link has done its work only now: what kept it from doing it, such as a missing passphrase, is mended and
        // the offer shown again.
        state.link = None;
        drop(state);
        self.shared.deliver.notify_one();
        Ok(show::admission(&admission))
    }

    fn open(&self, id: &SittingId) -> Result<Reply, Problem> {
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
            unreadable: unreadable(&self.unreadable),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// Keeps what the issuer said about the candidate; it holds for every sitting with that issuer.
    fn take_standing(&mut self, asked: &SittingId, origin: &str, standing: Option<CandidateStanding>) {
        let said = standing.map(|standing| Standing { asked: clock::wall(), standing });
        let bytes = serde_json::to_vec(&said).unwrap_or_default();
        for (id, open) in &mut self.sessions {
            let Some(papers) = open.session.papers_mut().filter(|p| p.admission.issuer.origin == origin) else {
                continue;
            };
            if said.is_some() {
                papers.standing.clone_from(&said);
            }
            open.session.link = if said.is_some() { LinkState::Online } else { LinkState::Offline };
            if id == asked && said.is_some() {
                // It is only a copy of what the issuer can be asked again.
                let _ = open.session.store_mut().put(Slot::Standing, &bytes);
            }
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

    /// The issuer that was shown for this link, and the signed request for its admission.
    fn redemption(&mut self, link: &Link) -> Result<(Issuer, Signed<Redemption>), Problem> {
        let issuer = match &self.offered {
            Some((offered, issuer)) if *offered == link.to_string() => issuer.clone(),
            Some(_) | None => return Err(Problem::new("issuer-not-shown")),
        };
        let device = self.device()?;
        let identity = device.identity.as_ref().ok_or_else(|| Problem::new("keys-locked"))?;
        let redemption = Redemption {
            code: link.code.clone(),
            device: device.key.public(),
            recipient: identity.to_public().to_string(),
        };
        let method = device.key.public().method();
        Ok((issuer, Signed::seal(redemption, &device.key, &method, clock::wall())))
    }

    /// Keeps an admission: first its key where keys are kept, then its database, then the key sealed for others.
    fn keep_admission(
        &mut self,
        admission: &Signed<Admission>,
        lease: &Signed<Lease>,
        token: &str,
    ) -> Result<(), Problem> {
        let id = admission.sitting.clone();
        if !Folder::holds(&id) || !is_protected(&admission.issuer.origin) {
            return Err(Problem::new("issuer-untrusted"));
        }
        if let Some(open) = self.sessions.get_mut(&id) {
            if open.session.papers().is_none_or(|papers| papers.admission.issuer.signing != admission.issuer.signing) {
                return Err(Problem::new("issuer-untrusted"));
            }
            open.session.store_mut().put(Slot::Token, token.as_bytes())?;
            if let Some(papers) = open.session.papers_mut() {
                token.clone_into(&mut papers.token);
            }
            return Ok(());
        }
        let name = format!("sitting:{id}");
        let key: SittingKey = match self.vault.get(&name).map_err(vault_problem)? {
            Some(bytes) => super::fixed(&bytes).ok_or_else(|| Problem::new("keys-failed"))?,
            None => {
                let key = random::bytes::<32>();
                self.vault.put(&name, &*key).map_err(vault_problem)?;
                key
            }
        };
        let folder = self.folder.sitting(&id);
        for (file, recipient) in
            [("recovery.age", &admission.issuer.recovery), ("resume.age", &admission.resume_recipient)]
        {
            let sealed =
                sealing::to_recipient_armored(recipient, &*key).map_err(|_| Problem::new("issuer-untrusted"))?;
            write_durably(&folder.join(file), sealed.as_bytes()).map_err(crate::folder::disk_problem)?;
        }
        write_durably(&folder.join("resume-identity.age"), admission.resume_sealed.as_bytes())
            .map_err(crate::folder::disk_problem)?;
        let mut store = Store::open(&folder.join("sitting.db"), &key)?;
        let documents: [(Slot, &[u8]); 3] =
            [(Slot::Admission, admission.bytes()), (Slot::Lease, lease.bytes()), (Slot::Token, token.as_bytes())];
        store.append(&[], None, None, &documents)?;
        let mut session = Session::exam(store)?;
        if session.sitting().last().is_none() {
            let command = Command::Admit { lease: lease.digest(), client: this_client() };
            session.carry_out(command, &Actor::Client, &clock::read())?;
        }
        let facts = show::Facts::of(admission);
        self.sessions.insert(id, Open { session, facts, exam: None, resumed: true });
        Ok(())
    }
}

fn unreadable(sittings: &BTreeMap<SittingId, Problem>) -> Vec<Unreadable> {
    let card = |(id, problem): (&SittingId, &Problem)| Unreadable { id: id.clone(), problem: problem.clone() };
    sittings.iter().map(card).collect()
}

/// Whether what is said to this origin cannot be read on its way: TLS, or this very machine.
fn is_protected(origin: &str) -> bool {
    let link = |host: &str| Link { host: host.to_owned(), code: String::new() };
    origin.starts_with("https://") || origin.strip_prefix("http://").is_some_and(|host| link(host).is_this_machine())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_spoken_to_in_clear() {
        for (origin, protected) in [
            ("https://exams.example.org", true),
            ("http://127.0.0.1:8790", true),
            ("http://localhost:8790", true),
            ("http://exams.example.org", false),
            ("http://127.0.0.1.example.org", false),
            ("ftp://127.0.0.1", false),
        ] {
            assert_eq!(is_protected(origin), protected, "{origin}");
        }
    }
}
