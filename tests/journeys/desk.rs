//! A candidate's desk for journeys: an issuer on a stage and a runtime in this process.

use invigil::stage::{Administration, Stage};
use invigil_client::{
    engine::{Engine, Options},
    vault::SecretStore,
    view::{Act, AdmissionView, Ask, Problem, Reply, SittingView},
};
use invigil_core::{
    Digest, ItemId, SittingId, Value,
    policy::{Control, Holding},
    sitting::ControlReport,
};
use invigil_tests::{paper::picture, root};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Once,
    time::Duration,
};
use tempfile::TempDir;

/// Long enough for a loaded machine; no test measures time by it.
pub const PATIENCE: Duration = Duration::from_secs(60);
pub const PASSPHRASE: &str = "a passphrase for tests";

pub fn sample() -> PathBuf {
    root().join("exams/sample")
}

pub fn sample_exam() -> PathBuf {
    sample().join("first-steps/first-steps.md")
}

/// An issuer with the sample programme, serving, and one administration.
pub fn stage(folder: &Path, policy: &str) -> (Stage, Administration) {
    stage_with(folder, policy, &[])
}

/// The same, with an open exam that asks for pictures of the screen.
pub fn pictured_stage(folder: &Path) -> (Stage, Administration) {
    stage_with(folder, "open", &["--pictures", "10"])
}

fn stage_with(folder: &Path, policy: &str, further: &[&str]) -> (Stage, Administration) {
    let mut stage = Stage::set(folder, "Test issuer", None).expect("an issuer is set up");
    stage.load(&sample(), &[sample_exam()]).expect("the sample is loaded");
    let administration = stage.administer_with("first-steps", policy, further).expect("the exam is scheduled");
    stage.serve().expect("the service comes up");
    (stage, administration)
}

/// A candidate's runtime with a folder of its own.
pub struct Desk {
    pub folder: TempDir,
    pub engine: Engine,
}

impl Desk {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let engine = start(folder.path()).await;
        Self { folder, engine }
    }

    /// Ends the runtime as a crash would and starts it again.
    pub async fn restart(self) -> Self {
        let Self { folder, engine } = self;
        engine.stop();
        drop(engine);
        let engine = start(folder.path()).await;
        Self { folder, engine }
    }

    /// Ends the runtime and starts it again without its keys: the passphrase is not given.
    pub async fn restart_locked(self) -> Self {
        let Self { folder, engine } = self;
        engine.stop();
        drop(engine);
        let engine = start_locked(folder.path()).await;
        Self { folder, engine }
    }

    pub async fn admit(&self, link: &str) -> Result<AdmissionView, Problem> {
        self.engine.lobby(Ask::LookUp { link: link.to_owned() }).await?;
        match self.engine.lobby(Ask::Admit { link: link.to_owned() }).await? {
            Reply::Admission(admission) => Ok(admission),
            other => panic!("not an admission: {other:?}"),
        }
    }

    pub async fn open(&self, sitting: SittingId) -> Result<(), Problem> {
        self.engine.lobby(Ask::Open { sitting }).await.map(|_| ())
    }

    /// From a link to the point where the exam may begin.
    pub async fn ready(&self, link: &str) -> SittingId {
        let admission = self.admit(link).await.expect("an admission");
        self.open(admission.sitting.clone()).await.expect("it opens");
        self.engine.dispatch(Act::Acknowledge).await.expect("the notice is accepted");
        self.engine.lobby(Ask::Readiness).await.expect("the machine is checked");
        admission.sitting
    }

    pub async fn begin(&self, link: &str) -> SittingId {
        let sitting = self.ready(link).await;
        self.engine.dispatch(Act::Begin { code: None }).await.expect("the exam begins");
        sitting
    }

    /// Keeps sealed bytes as a picture of the screen.
    pub fn keep(&self, sealed: &[u8]) -> Digest {
        self.engine.keep_picture(&self.sitting().id, sealed, picture()).expect("kept")
    }

    pub async fn respond(&self, item: &ItemId, value: &Value) -> Result<(), Problem> {
        self.engine.dispatch(Act::Respond { item: item.clone(), value: Some(value.clone()) }).await.map(|_| ())
    }

    pub fn sitting(&self) -> SittingView {
        self.engine.subscribe().borrow().sitting.clone().expect("a sitting is open")
    }

    /// Waits until the open sitting is as wanted.
    pub async fn until<T>(&self, what: &str, wanted: impl Fn(&SittingView) -> Option<T>) -> T {
        let mut views = self.engine.subscribe();
        let wait = async {
            loop {
                let found = views.borrow_and_update().sitting.as_ref().and_then(&wanted);
                if let Some(found) = found {
                    return found;
                }
                views.changed().await.expect("the runtime lives");
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
    }
}

async fn start(folder: &Path) -> Engine {
    let engine = start_locked(folder).await;
    engine.lobby(Ask::Unlock { passphrase: PASSPHRASE.to_owned() }).await.expect("the keys open");
    engine
}

async fn start_locked(folder: &Path) -> Engine {
    static TLS: Once = Once::new();
    TLS.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let (engine, _) = Engine::start(Options {
        folder: folder.to_owned(),
        secret_store: SecretStore::Avoid,
        practice: vec![root().join("exams/none"), folder.join("packs-for-practice")],
        link: None,
        guard: None,
        files: folder.join("files"),
        scrubbed: vec![],
    })
    .await
    .expect("the runtime starts");
    engine.report(Control::ALL.map(|control| ControlReport { control, holding: Holding::Enforced }).to_vec());
    engine
}

/// The answers that an exam file's mark scheme accepts.
pub fn right_answers(exam: &Path) -> BTreeMap<ItemId, Value> {
    let text = std::fs::read_to_string(exam).expect("the exam is there");
    let bank = invigil_content::academy::read(&exam.display().to_string(), &text).bank.expect("a bank");
    invigil::stage::right_answers(&bank.exam, &bank.marks)
}
