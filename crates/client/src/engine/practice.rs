//! Practice: a pack on this device, feedback at hand, no clock, no account, no network.

use super::{Engine, Open, State, exam::pack_problem};
use crate::{
    clock, durable, random,
    session::{Session, this_client},
    show::{self, Facts},
    store::{SittingKey, Store},
    view::{PracticeCard, Problem, Reply},
};
use invigil_content::pack::Pack;
use invigil_core::{
    Digest, PublicKey, SittingId, Wall,
    admission::{Admission, Candidate, Issuer, PackRef, Titled, Window},
    form::{Draw, Form},
    item::Exam,
    log::Actor,
    pack::PackKind,
    policy::{Control, Holding, Level, Policy},
    sitting::{Command, ControlReport},
};
use std::{fs, sync::Arc};

impl Engine {
    pub(super) fn practice(&self, pack: &str) -> Result<Reply, Problem> {
        let mut state = self.lock();
        let digest: Digest = pack.parse().map_err(|_| Problem::new("no-sitting"))?;
        if !state.may_leave() {
            return Err(Problem::new("sitting-unfinished"));
        }
        let id = state.open_practice(&digest)?;
        state.make_current(&id);
        Ok(Reply::View(self.show(&mut state)))
    }
}

impl State {
    fn packs(&self) -> Vec<Pack> {
        let files = self.practice_folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
        let mut paths: Vec<_> =
            files.map(|file| file.path()).filter(|path| path.extension().is_some_and(|e| e == "invigil")).collect();
        paths.sort();
        let open = |path: &std::path::PathBuf| {
            let pack = fs::read(path).ok().and_then(|bytes| Pack::open(&bytes).ok());
            if pack.is_none() {
                tracing::warn!(path = %path.display(), "a practice pack cannot be read");
            }
            pack.filter(|pack| pack.manifest().kind == PackKind::Practice)
        };
        paths.iter().filter_map(open).collect()
    }

    pub(super) fn practice_cards(&mut self) -> Vec<PracticeCard> {
        let packs = self.packs();
        packs.iter().map(|pack| self.practice_card(pack)).collect()
    }

    fn practice_card(&mut self, pack: &Pack) -> PracticeCard {
        let manifest = pack.manifest();
        let digest = pack.digest();
        let open = show::practice_id(&digest.to_string()).and_then(|id| self.sessions.get(&id));
        let answered = open.map_or(0, |o| o.session.sitting().responses().values().filter(|r| r.answered).count());
        PracticeCard {
            pack: digest.to_string(),
            exam: manifest.exam.clone(),
            title: manifest.title.clone(),
            items: manifest.items,
            answered: u32::try_from(answered).unwrap_or(u32::MAX),
            right: open.map_or(0, |open| show::right_answers(&open.session)),
            competencies: open
                .and_then(|open| open.exam.as_ref())
                .map(|exam| exam.competencies.iter().map(|c| c.id.clone()).collect())
                .unwrap_or_default(),
            author: manifest.author.fingerprint(),
        }
    }

    /// Opens the practice packs that were worked on before, so that the home screen knows how far they are.
    pub(super) fn reopen_practice(&mut self) {
        if !self.vault.is_open() {
            return;
        }
        for pack in self.packs() {
            if self.folder.progress(&pack.digest()).exists()
                && let Err(problem) = self.open_practice(&pack.digest())
            {
                tracing::warn!(code = %problem.code, "the progress in a practice pack cannot be read");
            }
        }
    }

    pub(super) fn open_practice(&mut self, digest: &Digest) -> Result<SittingId, Problem> {
        let id = show::practice_id(&digest.to_string()).ok_or_else(|| Problem::new("no-sitting"))?;
        if !self.sessions.contains_key(&id) {
            let pack = self.packs().into_iter().find(|pack| pack.digest() == *digest);
            let pack = pack.ok_or_else(|| Problem::new("no-sitting"))?;
            let invigil_content::pack::Practice { mut exam, marks } = pack.practice().map_err(pack_problem)?;
            exam.items_per_try = 0;
            let facts = practice_admission(&exam, *digest)?;
            let store = self.progress_store(digest)?;
            let mut session = Session::practice(store, &facts, *digest, marks)?;
            session.lay_out(Form::draw(&exam, &facts.draw));
            begin(&mut session)?;
            let titles = Facts { exam: exam.title.clone(), ..Facts::default() };
            self.sessions.insert(id.clone(), Open { session, facts: titles, exam: Some(Arc::new(exam)), away: None });
        }
        Ok(id)
    }

    /// The name under which the key of a pack's progress is kept.
    pub(super) fn practice_key(pack: &Digest) -> String {
        format!("practice:{pack}")
    }

    /// Whether the progress in a pack can be opened: the guard has its key over a restart, or keys are open.
    pub(super) fn has_practice_key(&self, pack: &Digest) -> bool {
        self.vault.is_open() || self.practice_key_at_guard(pack).is_some()
    }

    fn practice_key_at_guard(&self, pack: &Digest) -> Option<SittingKey> {
        self.guard.as_ref().and_then(|guard| (guard.give)(&Self::practice_key(pack)))
    }

    /// The pack of an open practice.
    pub(super) fn pack_of(&self, id: &SittingId) -> Option<Digest> {
        let digests = self.packs().into_iter().map(|pack| pack.digest());
        digests.into_iter().find(|digest| show::practice_id(&digest.to_string()).as_ref() == Some(id))
    }

    /// Progress is kept where keys are kept; else it ends with the application, and the home screen says so.
    fn progress_store(&self, digest: &Digest) -> Result<Store, Problem> {
        let path = self.folder.progress(digest);
        if let Some(key) = self.practice_key_at_guard(digest).filter(|_| path.exists()) {
            return Ok(Store::open(&path, &key)?);
        }
        if !self.vault.is_open() {
            return Ok(Store::in_memory()?);
        }
        let name = Self::practice_key(digest);
        let kept = self.vault.get(&name).map_err(super::vault_problem)?;
        let key: SittingKey = match kept.and_then(|bytes| super::fixed(&bytes)) {
            Some(key) => key,
            None => {
                let key = random::bytes::<32>();
                self.vault.put(&name, &*key).map_err(super::vault_problem)?;
                key
            }
        };
        if let Some(parent) = path.parent() {
            durable::make_folder(parent).map_err(crate::folder::disk_problem)?;
        }
        Ok(Store::open(&path, &key)?)
    }
}

fn begin(session: &mut Session) -> Result<(), Problem> {
    let reading = clock::read();
    if session.sitting().last().is_some() {
        return Ok(());
    }
    let none = vec![ControlReport { control: Control::Close, holding: Holding::Released }];
    for command in [
        Command::Admit { lease: Digest::of(b""), client: this_client() },
        Command::Acknowledge { notice: Digest::of(b"") },
        Command::Report { controls: none },
        Command::Begin { start: None, deadline: None },
    ] {
        session.carry_out(command, &Actor::Candidate, &reading)?;
    }
    debug_assert_eq!(session.sitting().level(), Some(Level::L0));
    Ok(())
}

/// The rules of practice in the form a sitting takes them. Nobody signs it and nothing is sent anywhere.
fn practice_admission(exam: &Exam, digest: Digest) -> Result<Admission, Problem> {
    let nobody: PublicKey = invigil_core::SecretKey::from_seed(digest.as_bytes()).public();
    let none = || Problem::new("internal");
    Ok(Admission {
        sitting: show::practice_id(&digest.to_string()).ok_or_else(none)?,
        issuer: Issuer {
            name: String::new(),
            did: String::new(),
            origin: String::new(),
            signing: nobody,
            recovery: String::new(),
        },
        candidate: Candidate { id: "nobody".parse().map_err(|_| none())?, name: String::new() },
        administration: "practice".parse().map_err(|_| none())?,
        programme: Titled { id: "practice".parse().map_err(|_| none())?, title: String::new() },
        certification: Titled { id: "practice".parse().map_err(|_| none())?, title: String::new() },
        exam: Titled { id: exam.id.clone(), title: exam.title.clone() },
        try_number: 1,
        tries_max: 0,
        window: Window { opens: Wall::from_unix_ms(0), closes: Wall::from_unix_ms(i64::MAX) },
        minutes: 0,
        extra_minutes: 0,
        pass_percent: exam.pass_percent,
        items: u32::try_from(exam.items.len()).unwrap_or(u32::MAX),
        policy: Policy::practice(),
        pack: PackRef { digest, size: 0 },
        draw: Draw { set: 0, seed: digest },
        start_sealed: None,
        resume_recipient: String::new(),
        resume_sealed: String::new(),
        evidence_recipient: None,
    })
}
