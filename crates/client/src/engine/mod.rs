//! The runtime that a window drives: it owns every open sitting, answers the lobby, carries out acts, keeps time and
//! hands what is durable to the issuer.
//!
//! One mutex guards the state and is never held across a network call. Answers and pushes are views; effects on the
//! machine are the shell's, which follows [`Engine::posture`] and reports back by [`Engine::report`].

mod admit;
mod deliver;
mod evidence;
mod exam;
mod lobby;
mod looking;
mod practice;
mod readiness;
mod rehearsal;
mod rescue;
mod trial;
mod upkeep;

pub use trial::{Surroundings, report as report_of};

use crate::{
    clock::{self, Reading},
    folder::Folder,
    random,
    session::Session,
    show::{self, Facts},
    store::SittingKey,
    vault::{SecretStore, Vault, VaultError},
    view::{HandedLink, Keeping, Problem, Rehearsal, Settings, View},
};
use invigil_content::sealing::{self, Identity};
use invigil_core::{
    SecretKey, SittingId, Wall,
    admission::Issuer,
    item::Exam,
    log::Actor,
    policy::{Control, Reaction},
    readiness::Trial,
    sitting::{Command, ControlReport, Observation, Phase, Wanted},
};
pub use looking::OpenScreen;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
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
    /// Where the user finds files that the application writes for them.
    pub files: PathBuf,
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
    link: Option<HandedLink>,
    /// Sittings that lie on this device and cannot be opened, with the reason.
    unreadable: BTreeMap<SittingId, Problem>,
    /// Keys that a proctor's resume code has opened, for as long as this process lives.
    opened_by_code: BTreeMap<SittingId, SittingKey>,
    controls: Vec<ControlReport>,
    surroundings: Surroundings,
    /// The trial that is going on. None does beside a sitting.
    trial: Option<Trial>,
    rehearsal: Option<Rehearsal>,
    /// What the check before the start last recorded, and of which sitting.
    surveyed: Option<(SittingId, Observation)>,
    guard: Option<GuardLink>,
    guard_alive: bool,
    revision: u64,
    announced: BTreeSet<SittingId>,
    scrubbed: Vec<String>,
    files: PathBuf,
    stopped: bool,
    /// The candidate asks to have the screen opened again for pictures.
    look_anew: bool,
    /// How often the screen was looked at.
    looks: u64,
}

struct Open {
    session: Session,
    facts: Facts,
    exam: Option<Arc<Exam>>,
    /// That the application was away, until it is recorded. Nothing else is recorded before, and time stands for it.
    away: Option<Away>,
}

/// What is known of how long the application was away.
enum Away {
    /// The issuer is being asked for the time.
    Asked,
    /// The issuer's time, if it was in reach, and what this machine's clocks said then.
    Known { server: Option<Wall>, heard: Reading },
}

struct Device {
    seed: Zeroizing<[u8; 32]>,
    identity: Box<Identity>,
}

impl Device {
    fn key(&self) -> SecretKey {
        SecretKey::from_seed(&self.seed)
    }
}

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
            link: options.link.map(|link| HandedLink { link, nth: 0 }),
            unreadable: BTreeMap::new(),
            opened_by_code: BTreeMap::new(),
            controls: Vec::new(),
            surroundings: Surroundings::default(),
            rehearsal: None,
            trial: None,
            surveyed: None,
            guard_alive: options.guard.is_some(),
            guard: options.guard,
            revision: 0,
            announced: BTreeSet::new(),
            scrubbed: options.scrubbed,
            files: options.files,
            stopped: false,
            look_anew: false,
            looks: 0,
            folder,
        };
        let (notices, receiver) = mpsc::unbounded_channel();
        let views = watch::Sender::new(View { revision: 0, sitting: None, link: None, rehearsal: None });
        let shared = Shared { state: Mutex::new(state), views, deliver: Notify::new(), notices };
        let engine = Self { shared: Arc::new(shared) };
        engine.open_all().await;
        engine.back_from_rehearsal().await;
        tokio::spawn(engine.clone().keep_time());
        tokio::spawn(engine.clone().deliver());
        Ok((engine, receiver))
    }

    /// Every later view, and the present one.
    pub fn subscribe(&self) -> watch::Receiver<View> {
        self.shared.views.subscribe()
    }

    /// What must be true of the machine now.
    pub fn wanted(&self) -> Wanted {
        let state = self.lock();
        if let Some(trial) = &state.trial {
            return trial.wanted();
        }
        let reading = clock::read();
        let open = state.current.as_ref().and_then(|id| state.sessions.get(id));
        let here = open.filter(|open| !open.session.has_moved());
        here.map(|open| open.session.sitting().posture(&open.session.moment(&reading)).wanted).unwrap_or_default()
    }

    /// Takes the shell's report on the controls. The shell repeats it, so one that could not be recorded is taken again.
    pub fn report(&self, controls: Vec<ControlReport>) {
        let mut state = self.lock();
        if let Some(trial) = &mut state.trial {
            trial.report(&controls);
        }
        if state.controls == controls {
            return;
        }
        let checking = state.current_session().is_some_and(|s| {
            matches!(s.sitting().phase(), Phase::Checking | Phase::Underway | Phase::Held | Phase::Paused)
        });
        if checking && !controls.is_empty() {
            let before = state.current_session().and_then(|s| s.sitting().level());
            let recorded = state.carry_out(Command::Report { controls: controls.clone() }, &Actor::Client);
            if recorded.is_err_and(|problem| problem.is_of_storage() || problem.code == "out-of-turn") {
                self.show(&mut state);
                return;
            }
            let after = state.current_session().and_then(|s| s.sitting().level());
            let warns = |s: &Session| s.papers().is_some_and(|p| Reaction::Warn <= p.admission.policy.on_loss);
            if after < before
                && state.current_session().is_some_and(warns)
                && let Some(session) = state.current_session_mut()
            {
                session.note(Problem::new("control-lost"));
            }
        }
        state.controls = controls;
        self.show(&mut state);
    }

    /// Records something that the shell saw, if a sitting is open.
    pub fn observe(&self, observation: Observation) {
        let mut state = self.lock();
        if let Some(trial) = &mut state.trial {
            trial.observe(&observation);
        }
        let note = match &observation {
            Observation::PageFailed => Some(Problem::new("page-reloaded")),
            Observation::GuardLost => Some(Problem::new("guard-lost")),
            Observation::Probed { probe, sees } if !sees.is_empty() => {
                let reaction = state.current_session().and_then(|s| s.sitting().policy().probes.get(probe));
                let warns = reaction.is_some_and(|reaction| Reaction::Warn <= *reaction);
                warns.then(|| {
                    Problem::new("seen").with("probe", probe).with("what", sees.join(", ")).with("count", sees.len())
                })
            }
            Observation::Probed { .. }
            | Observation::Blind { .. }
            | Observation::Looked { .. }
            | Observation::ClockJumped { .. }
            | Observation::Suspended { .. }
            | Observation::Surveyed { .. }
            | Observation::EnvironmentScrubbed { .. } => None,
        };
        if observation == Observation::GuardLost {
            state.guard_alive = false;
        }
        let probed =
            matches!(observation, Observation::Probed { .. } | Observation::Blind { .. } | Observation::Looked { .. });
        let recorded = |s: &Session| s.papers().is_some() && (probed || s.sitting().try_used());
        let Some(before) = state.current_session().filter(|s| recorded(s)).map(Session::log) else { return };
        if state.carry_out(Command::Observe { observation }, &Actor::Client).is_ok() {
            // What is on record already is told again in case it was not, and is no news.
            let news = state.current_session().is_some_and(|session| session.log() != before);
            if let (Some(note), Some(session)) = (note.filter(|_| news), state.current_session_mut()) {
                session.note(note);
            }
            self.show(&mut state);
        }
    }

    /// Takes an admission link that the desktop handed over.
    pub fn take_link(&self, link: String) {
        let mut state = self.lock();
        let nth = state.link.as_ref().map_or(0, |handed| handed.nth + 1);
        state.link = Some(HandedLink { link, nth });
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
        state.sessions.get(id).ok_or_else(|| Problem::new("no-sitting"))?.session.bundle()
    }

    /// Whether the application may end: nobody is sitting, or the exam does not ask for a window that stays open. Then the
    /// clock runs on, as after a crash.
    pub fn may_quit(&self) -> bool {
        let state = self.lock();
        let asks = |s: &Session| s.papers().is_some_and(|p| p.admission.policy.controls.contains(&Control::Close));
        state.may_leave() || !state.current_session().is_some_and(asks)
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
        View { revision: self.revision, sitting, link: self.link.clone(), rehearsal: self.rehearsal.clone() }
    }

    /// Whether the sitting on the screen lets go of it: nobody is in the middle of an exam.
    fn may_leave(&self) -> bool {
        self.current_session().is_none_or(|session| {
            session.papers().is_none()
                || session.has_moved()
                || matches!(
                    session.sitting().phase(),
                    Phase::Admitted | Phase::Checking | Phase::Away | Phase::Closed | Phase::Refused
                )
        })
    }

    /// Puts a sitting on the screen, where a restart finds it again, its key with the guard.
    fn make_current(&mut self, id: &SittingId) {
        self.trial = None;
        self.current = Some(id.clone());
        self.folder.set_current(Some(id));
        let exam = self.current_session().is_some_and(|session| session.papers().is_some());
        if exam && let (Some(guard), Some(key)) = (&self.guard, self.sitting_key(id)) {
            (guard.keep)(&format!("sitting:{id}"), &key);
        }
    }

    /// Carries out a command in the sitting on the screen.
    fn carry_out(&mut self, command: Command, by: &Actor) -> Result<(), Problem> {
        let id = self.current.clone().ok_or_else(|| Problem::new("no-sitting"))?;
        self.carry_out_in(&id, command, by)
    }

    fn carry_out_in(&mut self, id: &SittingId, command: Command, by: &Actor) -> Result<(), Problem> {
        let outcome = self.writable(id)?.session.carry_out(command, by, &clock::read());
        self.after(id, outcome)
    }

    /// A sitting in which something may be recorded.
    fn writable(&mut self, id: &SittingId) -> Result<&mut Open, Problem> {
        self.catch_up(id)?;
        self.sessions.get_mut(id).ok_or_else(|| Problem::new("no-sitting"))
    }

    /// After a storage problem the sitting is opened anew: only the disk knows what it holds. Every write goes through
    /// here.
    fn after<T>(&mut self, id: &SittingId, outcome: Result<T, Problem>) -> Result<T, Problem> {
        outcome.inspect_err(|problem| {
            if problem.is_of_storage() {
                self.reopen(id, Some(problem));
            }
        })
    }

    /// The same for what nobody waits for: the candidate is told of a problem by a note.
    fn noted<T>(&mut self, id: &SittingId, outcome: Result<T, Problem>) -> Option<T> {
        self.after(id, outcome)
            .map_err(|problem| {
                if let Some(open) = self.sessions.get_mut(id) {
                    open.session.note(problem);
                }
            })
            .ok()
    }

    /// The key of a sitting: opened by a code, from the guard after a crash, else from the vault.
    fn sitting_key(&self, id: &SittingId) -> Option<SittingKey> {
        let name = format!("sitting:{id}");
        let by_code = self.opened_by_code.get(id).cloned();
        let kept = || self.guard.as_ref().and_then(|guard| (guard.give)(&name));
        by_code.or_else(kept).or_else(|| self.vault.get(&name).ok().flatten().and_then(|bytes| fixed(&bytes)))
    }

    /// The device's keys, made at first use.
    fn device(&mut self) -> Result<&Device, Problem> {
        if self.device.is_none() {
            self.device = Some(self.device_from_vault().map_err(vault_problem)?);
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
        Ok(Device { seed, identity: Box::new(identity) })
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
        VaultError::StoreSilent => Problem::new("keys-silent"),
        VaultError::Nowhere => Problem::new("keys-needed"),
        VaultError::WrongPassphrase => Problem::new("passphrase-wrong"),
        VaultError::TooShort => Problem::new("passphrase-too-short"),
        VaultError::Disk(error) => crate::folder::disk_problem(error),
        VaultError::Failed(why) => Problem::new("keys-failed").with("why", why),
    }
}
