//! A sitting whose application was killed with every question answered, and how long its runtime takes to come back.

use crate::{
    Outcome, ROUNDS,
    guard::Keeper,
    said, sitting,
    table::{Goal, Part, Row, Unit},
    timing::timed_async,
};
use invigil_client::view::{Ask, Reply};
use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What `kill -9` left: the state folder, and the keys with the guard. The issuer is gone too.
pub struct Killed {
    folder: PathBuf,
    keeper: Keeper,
}

impl Killed {
    /// Sits the exam in another process, answers everything, and kills it.
    pub fn new(home: &Path) -> Outcome<Self> {
        let (mut issuer, link) = sitting::admit(&home.join("issuer"))?;
        let killed = Self { folder: home.join("killed"), keeper: Keeper::default() };
        let mut command = Command::new("/bin/sh");
        killed.keeper.dress(&mut command, env::current_exe()?)?;
        let mut child = command.arg(sitting::HOLD).arg(&killed.folder).arg(&link).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.as_mut() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        child.kill()?;
        child.wait()?;
        issuer.stop();
        if line.trim() == "answered" { Ok(killed) } else { Err("the candidate did not get through the exam".into()) }
    }

    /// A copy of the folder, as it was left.
    pub fn copy(&self, to: &Path) -> Outcome<PathBuf> {
        copy(&self.folder, to)?;
        Ok(to.to_owned())
    }

    /// The guard that has the keys.
    pub fn keeper(&self) -> &Keeper {
        &self.keeper
    }
}

fn copy(from: &Path, to: &Path) -> Outcome<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy(&entry.path(), &target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Measures the runtime alone, without a window.
pub fn measure(home: &Path, killed: &Killed) -> Outcome<Part> {
    let runtime = crate::runtime()?;
    let (mut by_guard, mut by_passphrase) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let folder = killed.copy(&home.join(format!("guard-{round}")))?;
        let link = killed.keeper.link()?;
        let (ms, outcome) = runtime.block_on(timed_async(reopened(&folder, Some(link))));
        outcome?;
        let folder = killed.copy(&home.join(format!("passphrase-{round}")))?;
        let (slow_ms, outcome) = runtime.block_on(timed_async(reopened(&folder, None)));
        outcome?;
        if 0 < round {
            by_guard.push(ms);
            by_passphrase.push(slow_ms);
        }
    }
    let row = |name, ours| Row { name, unit: Unit::Ms, ours, yardstick: ("", vec![]), goal: Goal::None };
    Ok(Part {
        rows: vec![
            row("killed exam: runtime → view and first item", by_guard),
            row("the same, by passphrase (scrypt)", by_passphrase),
        ],
        notes: vec![],
    })
}

/// Starts a runtime on the folder of a killed sitting and goes on until it has given the content of an item.
async fn reopened(folder: &Path, guard: Option<invigil_client::engine::GuardLink>) -> Outcome<()> {
    let locked = guard.is_none();
    let engine = sitting::start(folder, guard).await?;
    if locked {
        sitting::unlock(&engine).await?;
    }
    let view = sitting::underway(&engine)?;
    if view.items.iter().any(|item| !item.answered) {
        return Err("an answer is missing after the restart".into());
    }
    let item = view.items.into_iter().next().ok_or("the exam has no items")?.id;
    let Reply::Item { .. } = engine.lobby(Ask::Item { item }).await.map_err(said)? else {
        return Err("the runtime sent no item".into());
    };
    engine.stop();
    Ok(())
}
