//! The sitting that is measured: an issuer on a stage, one of the five real exams, and a runtime at work on it.

use crate::{Outcome, guard, said};
use invigil::stage::Stage;
use invigil_client::{
    engine::{Engine, GuardLink, Options},
    vault::SecretStore,
    view::{Act, Ask, Reply, SittingView},
};
use invigil_core::{
    ItemId, Value,
    item::Interaction,
    policy::{Control, Holding},
    sitting::{ControlReport, Phase},
};
use invigil_tests::root;
use std::{
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

/// The word that makes this program a candidate who answers everything and then waits to be killed.
pub const HOLD: &str = "hold";
/// What opens the sealed keys of the measured folders.
pub const PASSPHRASE: &str = "a passphrase for the bench";

/// An issuer that serves one exam of thirty minutes, and an admission link for it.
pub fn admit(folder: &Path) -> Outcome<(Stage, String)> {
    admit_with(folder, &[])
}

/// The same, with further arguments of `administration new`.
pub fn admit_with(folder: &Path, further: &[&str]) -> Outcome<(Stage, String)> {
    let meshery = root().join("exams/meshery");
    let mut stage = Stage::set(folder, "Bench issuer", None)?;
    stage.load(&meshery, &[meshery.join("certified-meshery-contributor/meshery-server.md")])?;
    let administration = stage.administer_with("cmc-server", "open", further)?;
    stage.serve()?;
    let link = stage.admit(&administration.id, "bench-candidate", "Bench Candidate")?;
    Ok((stage, link))
}

/// A runtime on `folder`.
pub async fn start(folder: &Path, guard: Option<GuardLink>) -> Outcome<Engine> {
    let options = Options {
        folder: folder.to_owned(),
        secret_store: SecretStore::Avoid,
        practice: vec![],
        link: None,
        guard,
        files: folder.to_owned(),
        scrubbed: vec![],
    };
    Ok(Engine::start(options).await.map_err(said)?.0)
}

/// Gives the runtime its keys.
pub async fn unlock(engine: &Engine) -> Outcome<()> {
    engine.lobby(Ask::Unlock { passphrase: PASSPHRASE.to_owned() }).await.map_err(said)?;
    Ok(())
}

/// From the link to the first item.
pub async fn begin(engine: &Engine, link: &str) -> Outcome<()> {
    let held = Control::ALL.map(|control| ControlReport { control, holding: Holding::Enforced });
    engine.report(held.to_vec());
    unlock(engine).await?;
    engine.lobby(Ask::LookUp { link: link.to_owned() }).await.map_err(said)?;
    let Reply::Admission(admission) = engine.lobby(Ask::Admit { link: link.to_owned() }).await.map_err(said)? else {
        return Err("the issuer sent no admission".into());
    };
    engine.lobby(Ask::Open { sitting: admission.sitting }).await.map_err(said)?;
    engine.dispatch(Act::Acknowledge).await.map_err(said)?;
    engine.lobby(Ask::Readiness).await.map_err(said)?;
    engine.dispatch(Act::Begin { code: None }).await.map_err(said)?;
    Ok(())
}

/// The open sitting, if it is underway.
pub fn underway(engine: &Engine) -> Outcome<SittingView> {
    let view = engine.subscribe().borrow().sitting.clone();
    Ok(view.filter(|sitting| sitting.phase == Phase::Underway).ok_or("no exam is underway")?)
}

/// Answers that never repeat themselves.
pub struct Answers {
    values: Vec<(ItemId, Vec<Value>)>,
}

impl Answers {
    /// Looks up what can be answered to each item of the open exam.
    pub async fn of(engine: &Engine) -> Outcome<Self> {
        let mut values = Vec::new();
        for item in underway(engine)?.items {
            let Reply::Item { item } = engine.lobby(Ask::Item { item: item.id }).await.map_err(said)? else {
                return Err("the runtime sent no item".into());
            };
            let possible = match &item.interaction {
                Interaction::Choice { max_choices: 1, choices } => {
                    choices.iter().map(|choice| Value::choice(&choice.id)).collect()
                }
                Interaction::Choice { choices, .. } => {
                    choices.iter().map(|choice| Value::choices([&choice.id])).collect()
                }
                Interaction::TextEntry { .. } | Interaction::ExtendedText { .. } => {
                    vec![Value::text("kubectl"), Value::text("mesheryctl")]
                }
            };
            values.push((item.id, possible));
        }
        Ok(Self { values })
    }

    /// How many items there are.
    pub fn items(&self) -> usize {
        self.values.len()
    }

    /// The `n`th answer: item after item, and at each return to an item another value.
    pub fn nth(&self, n: usize) -> Outcome<(ItemId, Value)> {
        let (item, values) = self.values.get(n % self.values.len().max(1)).ok_or("the exam has no items")?;
        let value = values.get((n / self.values.len()) % values.len().max(1)).ok_or("an item cannot be answered")?;
        Ok((item.clone(), value.clone()))
    }
}

/// Plays a candidate in a process of its own: begins, answers everything, says so, and waits for the end.
pub fn hold(arguments: &[String]) -> Outcome<()> {
    let [folder, link] = arguments else { return Err("hold FOLDER LINK".into()) };
    let folder = PathBuf::from(folder);
    crate::runtime()?.block_on(async {
        let engine = start(&folder, Some(guard::inherited()?)).await?;
        begin(&engine, link).await?;
        let answers = Answers::of(&engine).await?;
        for n in 0..answers.items() {
            let (item, value) = answers.nth(n)?;
            engine.dispatch(Act::Respond { item, value: Some(value) }).await.map_err(said)?;
        }
        let mut out = std::io::stdout();
        writeln!(out, "answered")?;
        out.flush()?;
        tokio::time::sleep(Duration::from_secs(600)).await;
        Err("nobody killed the candidate".into())
    })
}
