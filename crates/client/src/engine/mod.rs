//! The runtime that a window drives: it owns every open sitting, answers the lobby, carries out acts, keeps time and
//! hands what is durable to the issuer.
//!
//! One mutex guards the state and is never held across a network call. Answers and pushes are views; effects on the
//! machine are the shell's, which follows [`Engine::posture`] and reports back by [`Engine::report`].

mod deliver;
mod exam;
mod lobby;
mod practice;
mod readiness;

use crate::{
    clock,
    folder::Folder,
    random,
    session::Session,
    show::{self, Facts},
    store::{SittingKey, Store},
    vault::{SecretStore, Vault, VaultError},
    view::{Keeping, Problem, Settings, View},
};
use invigil_content::sealing::{self, Identity};
use invigil_core::{
    SecretKey, SittingId,
    admission::Issuer,
    item::Exam,
    log::Actor,
    policy::Control,
    sitting::{Command, ControlReport, Observation, Phase},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::{Notify, mpsc, watch};
use zeroize::Zeroizing;

/// What an engine is started with.
pub struct Options {
    /// The state folder.
    pub folder: PathBuf,
    /// Whether the system's secret store may be used.
    pub secret_store: SecretStore,
    /// Folders with practice packs.
    pub practice: Vec<PathBuf>,
    /// The admission link the application was opened with.
    pub link: Option<String>,
    /// The guard, which keeps keys over a restart of the application.
    pub guard: Option<GuardLink>,
    /// Variables that were removed because they open the application to other programs; recorded in every sitting.
    pub scrubbed: Vec<String>,
}

type Keep = Box<dyn Fn(&str, &[u8; 32]) + Send>;
type Give = Box<dyn Fn(&str) -> Option<Zeroizing<[u8; 32]>> + Send>;
type Forget = Box<dyn Fn(&str) + Send>;

/// What the guard does for the runtime. The shell has the connection.
pub struct GuardLink {
    /// Keeps 32 bytes under a name until the guard ends.
    pub keep: Keep,
    /// Gives them back.
    pub give: Give,
    /// Forgets them.
    pub forget: Forget,
}

/// Something worth a desktop notification while nobody is sitting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A result is there.
    ResultArrived {
        /// Title of the exam.
        exam: String,
    },
    /// An admission's window has opened.
    WindowOpen {
        /// Title of the exam.
        exam: String,
    },
}

/// The runtime. Clones share it.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    views: watch::Sender<View>,
    deliver: Notify,
    notices: mpsc::UnboundedSender<Notice>,
}

struct State {
    folder: Folder,
    vault: Vault,
    settings: Settings,
    device: Option<Device>,
    sessions: BTreeMap<SittingId, Open>,
    current: Option<SittingId>,
    practice_folders: Vec<PathBuf>,
    offered: Option<(String, Issuer)>,
    link: Option<String>,
    controls: Vec<ControlReport>,
    guard: Option<GuardLink>,
    guard_alive: bool,
    revision: u64,
    announced: BTreeSet<SittingId>,
    scrubbed: Vec<String>,
    stopped: bool,
}

struct Open {
    session: Session,
    facts: Facts,
    exam: Option<Arc<Exam>>,
}

struct Device {
    key: SecretKey,
    identity: Option<Box<Identity>>,
}

const TICK: Duration = Duration::from_millis(500);
const CLOCK_JUMP_MS: u64 = 2_000;

impl Engine {
    /// Starts the runtime: opens what can be opened, goes on with what was interrupted.
    ///
    /// # Errors
    /// When the state folder cannot be made or read.
    pub async fn start(options: Options) -> Result<(Self, mpsc::UnboundedReceiver<Notice>), Problem> {
        let folder = Folder::open(options.folder).map_err(crate::folder::disk_problem)?;
        let state = State {
            vault: Vault::find(folder.root(), options.secret_store),
            settings: folder.settings(),
            device: None,
            sessions: BTreeMap::new(),
            current: None,
            practice_folders: options.practice,
            offered: None,
            link: options.link,
            controls: Vec::new(),
            guard_alive: options.guard.is_some(),
            guard: options.guard,
            revision: 0,
            announced: BTreeSet::new(),
            scrubbed: options.scrubbed,
            stopped: false,
            folder,
        };
        let (notices, receiver) = mpsc::unbounded_channel();
        let views = watch::Sender::new(View { revision: 0, sitting: None });
        let shared = Shared { state: Mutex::new(state), views, deliver: Notify::new(), notices };
        let engine = Self { shared: Arc::new(shared) };
        engine.open_all().await;
        tokio::spawn(engine.clone().keep_time());
        tokio::spawn(engine.clone().deliver());
        Ok((engine, receiver))
    }

    /// Every later view, and the present one.
    pub fn subscribe(&self) -> watch::Receiver<View> {
        self.shared.views.subscribe()
    }

    /// What must be true of the machine now.
    pub fn posture(&self) -> BTreeSet<Control> {
        let state = self.lock();
        let reading = clock::read();
        let open = state.current.as_ref().and_then(|id| state.sessions.get(id));
        open.map(|open| open.session.sitting().posture(&open.session.moment(&reading)).controls).unwrap_or_default()
    }

    /// Takes the shell's report on the controls.
    pub fn report(&self, controls: Vec<ControlReport>) {
        let mut state = self.lock();
        if state.controls == controls {
            return;
        }
        state.controls.clone_from(&controls);
        let checking = state.current_session().is_some_and(|s| {
            matches!(s.sitting().phase(), Phase::Checking | Phase::Underway | Phase::Held | Phase::Paused)
        });
        if checking && !controls.is_empty() {
            let before = state.current_session().and_then(|s| s.sitting().level());
            let _ = state.carry_out(Command::Report { controls }, &Actor::Client);
            let after = state.current_session().and_then(|s| s.sitting().level());
            if after < before
                && let Some(session) = state.current_session_mut()
            {
                session.note(Problem::new("control-lost"));
            }
        }
        self.show(&mut state);
    }

    /// Records something that the shell saw, if a sitting is open.
    pub fn observe(&self, observation: Observation) {
        let mut state = self.lock();
        let note = match &observation {
            Observation::PageFailed => Some(Problem::new("page-reloaded")),
            Observation::GuardLost => Some(Problem::new("guard-lost")),
            Observation::ClockJumped { .. }
            | Observation::EnvironmentScrubbed { .. }
            | Observation::FocusLost
            | Observation::FocusRegained => None,
        };
        if observation == Observation::GuardLost {
            state.guard_alive = false;
        }
        let alive = state.current_session().is_some_and(|s| s.papers().is_some() && s.sitting().try_used());
        if alive && state.carry_out(Command::Observe { observation }, &Actor::Client).is_ok() {
            if let (Some(note), Some(session)) = (note, state.current_session_mut()) {
                session.note(note);
            }
            self.show(&mut state);
        }
    }

    /// Takes an admission link that the desktop handed over.
    pub fn take_link(&self, link: String) {
        let mut state = self.lock();
        state.link = Some(link);
        self.show(&mut state);
    }

    /// Ends the runtime without a farewell, as the end of its process would: everything durable stays as it is.
    pub fn stop(&self) {
        let mut state = self.lock();
        state.stopped = true;
        state.sessions.clear();
        state.current = None;
        self.shared.deliver.notify_one();
    }

    /// The bundle of a sitting, as its candidate has it.
    ///
    /// # Errors
    /// `no-sitting`, or a storage problem.
    pub fn bundle(&self, id: &SittingId) -> Result<Vec<u8>, Problem> {
        let state = self.lock();
        let open = state.sessions.get(id).ok_or_else(|| Problem::new("no-sitting"))?;
        crate::bundle::write(&open.session).map_err(Problem::from)
    }

    /// Whether the application may end: nobody is sitting.
    pub fn may_quit(&self) -> bool {
        let state = self.lock();
        state.current_session().is_none_or(|session| {
            matches!(
                session.sitting().phase(),
                Phase::Admitted | Phase::Checking | Phase::Away | Phase::Closed | Phase::Refused
            ) || session.papers().is_none()
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic while the lock was held has left durable state whole; memory is a fold of it.
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Pushes the present view.
    fn show(&self, state: &mut State) -> View {
        let view = state.view();
        self.shared.views.send_replace(view.clone());
        view
    }

    async fn open_all(&self) {
        let reboot = {
            let mut state = self.lock();
            state.open_sittings();
            state.reopen_practice();
            state.current_session().is_some_and(|session| session.rebooted(&clock::read()))
        };
        let server = if reboot { self.server_time().await } else { None };
        let mut state = self.lock();
        state.resume(server);
        self.show(&mut state);
    }

    async fn keep_time(self) {
        loop {
            tokio::time::sleep(TICK).await;
            let mut state = self.lock();
            if state.stopped {
                return;
            }
            if state.tick() {
                self.shared.deliver.notify_one();
                self.show(&mut state);
            }
            self.announce_windows(&mut state);
        }
    }

    fn announce_windows(&self, state: &mut State) {
        if state.current.is_some() {
            return;
        }
        let now = clock::wall();
        let mut opened = Vec::new();
        for (id, open) in &state.sessions {
            let waiting = open.session.papers().is_some_and(|papers| {
                show::card(&open.session, papers, now).state == crate::view::CardState::Ready
                    && papers.admission.window.opens.plus_ms(60_000) > now
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
    fn current_session(&self) -> Option<&Session> {
        self.current.as_ref().and_then(|id| self.sessions.get(id)).map(|open| &open.session)
    }

    fn current_session_mut(&mut self) -> Option<&mut Session> {
        self.current.as_ref().and_then(|id| self.sessions.get_mut(id)).map(|open| &mut open.session)
    }

    fn current_or_problem(&mut self) -> Result<&mut Open, Problem> {
        let id = self.current.as_ref().ok_or_else(|| Problem::new("no-sitting"))?;
        self.sessions.get_mut(id).ok_or_else(|| Problem::new("no-sitting"))
    }

    fn view(&mut self) -> View {
        self.revision += 1;
        let reading = clock::read();
        let open = self.current.as_ref().and_then(|id| self.sessions.get(id));
        let sitting = open.map(|open| show::sitting(&open.session, &open.facts, &reading));
        View { revision: self.revision, sitting }
    }

    /// Carries out a command in the open sitting. After a storage problem the sitting is opened anew from the disk.
    fn carry_out(&mut self, command: Command, by: &Actor) -> Result<(), Problem> {
        let reading = clock::read();
        let outcome = self.current_or_problem()?.session.carry_out(command, by, &reading);
        self.after(outcome)
    }

    fn after(&mut self, outcome: Result<(), Problem>) -> Result<(), Problem> {
        let Err(problem) = outcome else { return Ok(()) };
        if ["disk-full", "storage-failed", "storage-damaged"].contains(&problem.code.as_str()) {
            self.reopen_current(&problem);
        }
        Err(problem)
    }

    /// Only the disk knows what it holds after a failed write, so memory is folded from it again.
    fn reopen_current(&mut self, why: &Problem) {
        let Some(id) = self.current.clone() else { return };
        let Some(key) = self.sitting_key(&id) else { return };
        let Some(open) = self.sessions.remove(&id) else { return };
        let Open { session, facts, exam } = open;
        let kept = (session.notes.clone(), session.link, session.sitting().form().cloned());
        let practice = match session.kind {
            crate::session::Kind::Practice { .. } => {
                self.current = None;
                return;
            }
            crate::session::Kind::Exam(_) => self.folder.sitting(&id).join("sitting.db"),
        };
        drop(session.into_store());
        if let Ok(mut session) = Store::open(&practice, &key).map_err(Problem::from).and_then(Session::exam) {
            session.notes = kept.0;
            session.link = kept.1;
            if let Some(form) = kept.2 {
                session.lay_out(form);
            }
            session.note(why.clone());
            self.sessions.insert(id, Open { session, facts, exam });
        }
    }

    fn open_sittings(&mut self) {
        let open = self.vault.is_open();
        let current = self.folder.current();
        for id in self.folder.sittings() {
            if self.sessions.contains_key(&id) || !(open || current.as_ref() == Some(&id)) {
                continue;
            }
            if let Some(key) = self.sitting_key(&id) {
                let path = self.folder.sitting(&id).join("sitting.db");
                let session = Store::open(&path, &key).map_err(Problem::from).and_then(Session::exam);
                match session {
                    Ok(session) => self.take_session(session),
                    Err(problem) => tracing::error!(sitting = %id, code = %problem.code, "a sitting cannot be opened"),
                }
            }
        }
        if let Some(id) = current.filter(|id| self.sessions.contains_key(id)) {
            self.current = Some(id);
        }
    }

    fn take_session(&mut self, session: Session) {
        let facts = session.papers().map(|papers| Facts::of(&papers.admission)).unwrap_or_default();
        let id = session.id().clone();
        self.sessions.insert(id.clone(), Open { session, facts, exam: None });
        if let Err(problem) = self.lay_out_again(&id) {
            tracing::warn!(sitting = %id, code = %problem.code, "the paper cannot be laid out yet");
        }
    }

    /// The key of a sitting: from the guard after a crash, else from the vault.
    fn sitting_key(&self, id: &SittingId) -> Option<SittingKey> {
        let name = format!("sitting:{id}");
        let kept = self.guard.as_ref().and_then(|guard| (guard.give)(&name));
        kept.or_else(|| self.vault.get(&name).ok().flatten().and_then(|bytes| fixed(&bytes)))
    }

    /// The device's keys, made at first use.
    fn device(&mut self) -> Result<&Device, Problem> {
        if self.device.is_none() {
            let kept = self.guard.as_ref().and_then(|guard| (guard.give)("device"));
            let device = match (self.vault.is_open(), kept) {
                (false, Some(seed)) => Device { key: SecretKey::from_seed(&seed), identity: None },
                _ => self.device_from_vault().map_err(vault_problem)?,
            };
            self.device = Some(device);
        }
        self.device.as_ref().ok_or_else(|| Problem::new("keys-needed"))
    }

    fn device_from_vault(&self) -> Result<Device, VaultError> {
        let failed = || VaultError::Failed("the device key has another length".to_owned());
        let seed = match self.vault.get("device")? {
            Some(bytes) => fixed(&bytes).ok_or_else(failed)?,
            None => {
                let seed = random::bytes::<32>();
                self.vault.put("device", &*seed)?;
                seed
            }
        };
        let identity = match self.vault.get("device-recipient")? {
            Some(text) => sealing::read_identity(&String::from_utf8_lossy(&text)).map_err(|_| failed())?,
            None => {
                let identity = Identity::generate();
                self.vault.put("device-recipient", sealing::write_identity(&identity).as_bytes())?;
                identity
            }
        };
        if let Some(guard) = &self.guard {
            (guard.keep)("device", &seed);
        }
        Ok(Device { key: SecretKey::from_seed(&seed), identity: Some(Box::new(identity)) })
    }

    /// Goes on with an interrupted sitting.
    fn resume(&mut self, server: Option<invigil_core::Wall>) {
        let Some(session) = self.current_session() else { return };
        let interrupted = session.papers().is_some()
            && matches!(session.sitting().phase(), Phase::Underway | Phase::Held | Phase::Paused | Phase::Away);
        if !interrupted {
            return;
        }
        let before = session.sitting().clock().given_back_ms();
        if self.carry_out(Command::Resume { server }, &Actor::Client).is_ok()
            && let Some(session) = self.current_session_mut()
        {
            let given_back_ms = session.sitting().clock().given_back_ms().saturating_sub(before);
            session.note(Problem::new("restarted").with("givenBackSeconds", given_back_ms / 1_000));
        }
        let _ = self.carry_out(Command::Wake { checkpoint: None }, &Actor::Client);
        self.close_up();
    }

    /// What is due by time. Says whether the view changed.
    fn tick(&mut self) -> bool {
        let reading = clock::read();
        let Some(session) = self.current_session_mut() else { return false };
        if session.papers().is_none() || !session.sitting().try_used() || session.sitting().closing().is_some() {
            return false;
        }
        let before = session.log().size;
        let jump_ms = session.clock_jump_ms(&reading);
        let at = session.moment(&reading);
        let due = session.sitting().posture(&at).wake_ms == Some(0);
        let checkpoint = session.checkpoint().map(invigil_core::Signed::digest);
        if CLOCK_JUMP_MS < jump_ms.unsigned_abs() {
            let observation = Observation::ClockJumped { ms: jump_ms };
            let _ = self.carry_out(Command::Observe { observation }, &Actor::Client);
        }
        if due {
            let _ = self.carry_out(Command::Wake { checkpoint }, &Actor::Client);
            self.close_up();
        }
        self.current_session().is_some_and(|session| session.log().size != before)
    }

    /// Makes the submission as soon as a sitting is closed.
    fn close_up(&mut self) {
        let closed = self.current_session().is_some_and(|s| s.papers().is_some() && s.sitting().closing().is_some());
        if !closed {
            return;
        }
        let Ok(key) = self.device().map(|device| device.key.clone()) else { return };
        let reading = clock::read();
        if let Some(session) = self.current_session_mut()
            && let Err(problem) = session.hand_in(&key, &reading)
        {
            session.note(problem);
        }
    }

    fn keeping(&self) -> Keeping {
        self.vault.keeping()
    }
}

fn fixed(bytes: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    bytes.try_into().ok().map(Zeroizing::new)
}

fn vault_problem(error: VaultError) -> Problem {
    match error {
        VaultError::Locked => Problem::new("keys-locked"),
        VaultError::Nowhere => Problem::new("keys-needed"),
        VaultError::WrongPassphrase => Problem::new("passphrase-wrong"),
        VaultError::TooShort => Problem::new("passphrase-too-short"),
        VaultError::Failed(why) => Problem::new("keys-failed").with("why", why),
    }
}
