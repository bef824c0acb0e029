//! `invigil sit`: the candidate's runtime driven by a file of answers, without a window.
//!
//! Started again with the same folder after a crash, it goes on where it was. It prints `answering ITEM` before it gives
//! an answer to the runtime, and `saved ITEM` only after the answer is durable.

use crate::fail;
use invigil_client::{
    engine::{Engine, Options},
    vault::SecretStore,
    view::{Act, Ask, CardState, Home, Problem, Reply, SittingView, View},
};
use invigil_core::{
    ItemId, SittingId, Value,
    policy::{Control, Holding},
    sitting::{ControlReport, Phase, Screen},
};
use std::{collections::BTreeMap, env, fs, path::PathBuf, process::ExitCode, time::Duration};

#[derive(clap::Args)]
pub struct Arguments {
    /// The admission link
    link: String,
    /// The state folder; the passphrase for it is in INVIGIL_PASSPHRASE
    #[arg(long)]
    state: PathBuf,
    /// Answers by question, as JSON: {"q1": {"base": {"identifier": "a"}}}
    #[arg(long)]
    answers: PathBuf,
    /// Milliseconds between two answers
    #[arg(long, default_value_t = 0)]
    pace: u64,
    /// Write the bundle here at the end
    #[arg(long)]
    bundle: Option<PathBuf>,
}

pub fn run(arguments: Arguments) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(why) => return fail("internal", why),
    };
    match runtime.block_on(sit(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => fail(&problem.code, format!("the sitting did not go on: {:?}", problem.args)),
    }
}

async fn sit(arguments: &Arguments) -> Result<(), Problem> {
    let answers: BTreeMap<ItemId, Value> = fs::read(&arguments.answers)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| Problem::new("answers-unreadable"))?;
    let (engine, _notices) = Engine::start(Options {
        folder: arguments.state.clone(),
        secret_store: SecretStore::Avoid,
        practice: vec![],
        link: None,
        guard: None,
        files: arguments.state.clone(),
        scrubbed: vec![],
    })
    .await?;
    let unsupported = Holding::Unsupported { why: "there is no window".to_owned() };
    let controls = Control::ALL;
    engine.report(controls.map(|control| ControlReport { control, holding: unsupported.clone() }).to_vec());
    let passphrase = env::var("INVIGIL_PASSPHRASE").unwrap_or_default();
    let home = home(engine.lobby(Ask::Unlock { passphrase }).await?)?;
    let id = admitted(&engine, &home, &arguments.link).await?;
    go_on(&engine, &answers, arguments.pace).await?;
    finish(&engine).await?;
    if let Some(path) = &arguments.bundle {
        fs::write(path, engine.bundle(&id)?).map_err(|why| Problem::new("not-written").with("why", why))?;
    }
    Ok(())
}

fn home(reply: Reply) -> Result<Home, Problem> {
    match reply {
        Reply::Home(home) => Ok(home),
        _ => Err(Problem::new("internal")),
    }
}

fn current(engine: &Engine) -> Option<SittingView> {
    engine.subscribe().borrow().sitting.clone()
}

async fn admitted(engine: &Engine, home: &Home, link: &str) -> Result<SittingId, Problem> {
    if let Some(sitting) = current(engine) {
        println!("resumed {}", sitting.id);
        return Ok(sitting.id);
    }
    let waiting = home.sittings.iter().find(|card| card.state != CardState::Withdrawn);
    let id = match waiting {
        Some(card) => card.id.clone(),
        None => {
            engine.lobby(Ask::LookUp { link: link.to_owned() }).await?;
            match engine.lobby(Ask::Admit { link: link.to_owned() }).await? {
                Reply::Admission(admission) => admission.sitting,
                _ => return Err(Problem::new("internal")),
            }
        }
    };
    println!("admitted {id}");
    engine.lobby(Ask::Open { sitting: id.clone() }).await?;
    Ok(id)
}

async fn go_on(engine: &Engine, answers: &BTreeMap<ItemId, Value>, pace: u64) -> Result<(), Problem> {
    loop {
        let sitting = current(engine).ok_or_else(|| Problem::new("no-sitting"))?;
        match sitting.phase {
            Phase::Admitted => {
                engine.dispatch(Act::Acknowledge).await?;
            }
            Phase::Checking => {
                engine.lobby(Ask::Readiness).await?;
                let view = engine.dispatch(Act::Begin { code: None }).await?;
                println!("began with {} questions", questions(&view));
            }
            Phase::Underway => match answer(engine, &sitting, answers, pace).await {
                Err(problem) if problem.code == "exam-over" => println!("time is up"),
                outcome => return outcome,
            },
            Phase::Away => {
                engine.dispatch(Act::Return).await?;
            }
            Phase::Held | Phase::Paused => return Err(Problem::new("exam-stopped")),
            Phase::Closed | Phase::Refused => return Ok(()),
        }
    }
}

fn questions(view: &View) -> usize {
    view.sitting.as_ref().map_or(0, |sitting| sitting.items.len())
}

async fn answer(
    engine: &Engine,
    sitting: &SittingView,
    answers: &BTreeMap<ItemId, Value>,
    pace: u64,
) -> Result<(), Problem> {
    for item in &sitting.items {
        let Some(value) = answers.get(&item.id) else { continue };
        if item.response.as_ref() == Some(value) {
            println!("kept {}", item.id);
            continue;
        }
        engine.dispatch(Act::Visit { screen: Screen::Item { item: item.id.clone() } }).await?;
        engine.lobby(Ask::Item { item: item.id.clone() }).await?;
        println!("answering {}", item.id);
        engine.dispatch(Act::Respond { item: item.id.clone(), value: Some(value.clone()) }).await?;
        println!("saved {}", item.id);
        tokio::time::sleep(Duration::from_millis(pace)).await;
    }
    engine.dispatch(Act::Visit { screen: Screen::Review }).await?;
    engine.dispatch(Act::Submit).await?;
    println!("submitted");
    Ok(())
}

/// Waits for receipt and result.
async fn finish(engine: &Engine) -> Result<(), Problem> {
    const PATIENCE: Duration = Duration::from_secs(120);
    let mut views = engine.subscribe();
    let wait = async {
        let mut receipt_said = false;
        loop {
            let closing = views.borrow_and_update().sitting.as_ref().and_then(|sitting| sitting.closing.clone());
            if let Some(closing) = closing {
                if let (Some(receipt), false) = (&closing.receipt, receipt_said) {
                    println!("receipt {}", receipt.submission);
                    receipt_said = true;
                }
                if closing.under_review {
                    println!("under review");
                    return;
                }
                if let Some(result) = closing.result {
                    let word = if result.passed { "passed" } else { "not passed" };
                    println!("result {word} {}/{}", result.score.given, result.score.of);
                    if let Some(credential) = result.credential {
                        println!("credential {}", credential.url);
                    }
                    return;
                }
            }
            if views.changed().await.is_err() {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.map_err(|_| Problem::new("issuer-unreachable"))
}
