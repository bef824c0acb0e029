//! The desktop application against an empty Tauri window: how soon it is there and what it holds in memory; and how
//! soon a killed exam is back on the screen.

use crate::{
    Outcome, ROUNDS,
    process::{self, Memory},
    reopen::Killed,
    screen::{Picture, Screen},
    table::{Goal, Part, Row, Unit, median},
    timing::{ms_between, ms_since, now},
};
use invigil::stage::binary;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

/// How long a window is left alone before its memory is read.
const SETTLE_MS: f64 = 5_000.0;
const LOOK: Duration = Duration::from_millis(8);
/// A picture is the final one when no more than this share of its bytes differs: a clock may tick.
const SAME: f64 = 0.003;

/// What one start showed.
struct Start {
    mapped_ms: f64,
    painted_ms: f64,
    memory: Memory,
    /// A web view of another program shared memory with it.
    shared: bool,
    covers: bool,
}

impl Start {
    fn pss(&self) -> f64 {
        self.memory.values().sum()
    }
}

/// Measures it on a screen of its own.
pub fn measure(home: &Path, killed: &Killed) -> Outcome<Part> {
    let programs = Programs::find(home)?;
    let screen = Screen::new(&home.join("desktop"))?;
    let (mut empties, mut bare, mut back) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let empty = start(&screen, screen.command(&programs.empty), None)?;
        let state = home.join(format!("state-{round}"));
        let ours = start(&screen, with_state(&screen, &programs.alone, &state), None)?;
        let state = killed.copy(&home.join(format!("killed-{round}")))?;
        let shot = picture_file()?;
        let mut command = with_state(&screen, Path::new("/bin/sh"), &state);
        killed.keeper().dress(&mut command, &programs.alone)?;
        let reopened = start(&screen, command, Some(&shot))?;
        if !reopened.covers {
            return Err(format!("the exam is not on the screen; see {}", shot.display()).into());
        }
        if 0 < round {
            empties.push(empty);
            bare.push(ours);
            back.push(reopened);
        }
    }
    let guarded = start(&screen, with_state(&screen, &programs.guarded, &home.join("guarded")), None)?;
    Ok(Part { rows: rows(&empties, &bare, &back), notes: notes(&empties, &bare, &back, &guarded)? })
}

fn rows(empties: &[Start], bare: &[Start], back: &[Start]) -> Vec<Row> {
    let values = |starts: &[Start], value: fn(&Start) -> f64| starts.iter().map(value).collect::<Vec<_>>();
    let quiet = |starts: &[Start]| -> Vec<f64> {
        let both = starts.iter().zip(empties.iter().zip(bare));
        both.filter(|(_, (empty, ours))| !empty.shared && !ours.shared).map(|(start, _)| start.pss()).collect()
    };
    let memory = Row {
        name: "PSS of all processes, 5 s after start",
        unit: Unit::MiB,
        ours: quiet(bare),
        yardstick: ("empty window", quiet(empties)),
        goal: Goal::Ratio(1.3),
    };
    let row = |name, unit, ours: &[Start], value: fn(&Start) -> f64, goal| Row {
        name,
        unit,
        ours: values(ours, value),
        yardstick: ("empty window", values(empties, value)),
        goal,
    };
    vec![
        row("start → window mapped", Unit::Ms, bare, |s| s.mapped_ms, Goal::Ratio(1.3)),
        row("start → page painted", Unit::Ms, bare, |s| s.painted_ms, Goal::None),
        memory,
        row("killed exam: start → window mapped", Unit::Ms, back, |s| s.mapped_ms, Goal::None),
        row("killed exam: start → exam painted, full screen", Unit::Ms, back, |s| s.painted_ms, Goal::None),
    ]
}

fn notes(empties: &[Start], bare: &[Start], back: &[Start], guarded: &Start) -> Outcome<Vec<String>> {
    let name = |starts: &[Start], what: &str| {
        let names: std::collections::BTreeSet<_> = starts.iter().flat_map(|start| start.memory.keys()).collect();
        let parts = names.into_iter().map(|name| {
            let values: Vec<_> = starts.iter().map(|start| start.memory.get(name).copied().unwrap_or(0.0)).collect();
            format!("{name} {:.0}", median(&values))
        });
        format!("PSS in MiB, {what}: {}.", parts.collect::<Vec<_>>().join(", "))
    };
    let one = std::slice::from_ref(guarded);
    let shared = empties.iter().zip(bare).filter(|(empty, ours)| empty.shared || ours.shared).count();
    Ok(vec![
        format!("PSS: {shared} of {ROUNDS} rounds are left out because another program showed a web view."),
        name(empties, "empty window"),
        name(bare, "application"),
        name(back, "application in the exam"),
        name(one, "application under the guard"),
        format!(
            "under the guard (once): mapped after {:.0} ms, painted after {:.0} ms, PSS {:.0} MiB.",
            guarded.mapped_ms,
            guarded.painted_ms,
            guarded.pss()
        ),
        format!("the exam as it was on the screen again: {}", picture_file()?.display()),
    ])
}

fn picture_file() -> Outcome<PathBuf> {
    Ok(env::current_exe()?.with_file_name("bench-exam.ppm"))
}

fn with_state(screen: &Screen, program: &Path, state: &Path) -> Command {
    let mut command = screen.command(program);
    command.env("INVIGIL_STATE", state);
    command
}

/// What is started.
struct Programs {
    empty: PathBuf,
    /// The application in a folder without the guard, so that it starts alone.
    alone: PathBuf,
    /// The application with the guard beside it.
    guarded: PathBuf,
}

impl Programs {
    fn find(home: &Path) -> Outcome<Self> {
        let guarded = binary("invigil-desktop")?;
        binary("invigil-guard")?;
        let empty = guarded.with_file_name("examples").join("empty");
        if !empty.exists() {
            return Err(format!("{} is not built; run `make bench`", empty.display()).into());
        }
        let alone = home.join("alone").join("invigil-desktop");
        fs::create_dir_all(alone.with_file_name(""))?;
        fs::copy(&guarded, &alone)?;
        Ok(Self { empty, alone, guarded })
    }
}

/// Starts a program, watches it for five seconds, and ends it.
fn start(screen: &Screen, mut command: Command, shot: Option<&Path>) -> Outcome<Start> {
    screen.wait_until_empty()?;
    thread::sleep(Duration::from_millis(500));
    let begun = now();
    let mut child = command.spawn()?;
    let pictures = watch(screen, begun);
    let outcome = pictures.and_then(|pictures| judge(screen, begun, &child, &pictures));
    if let Some(path) = shot {
        screen.keep_picture(path)?;
    }
    process::kill(child.id());
    child.wait()?;
    outcome
}

/// Every picture that differs from the one before it, with its time.
fn watch(screen: &Screen, begun: Instant) -> Outcome<Vec<(f64, Picture)>> {
    let mut pictures = vec![(0.0, screen.picture()?)];
    while ms_since(begun) < SETTLE_MS {
        thread::sleep(LOOK);
        let picture = screen.picture()?;
        if pictures.last().is_none_or(|(_, last)| *last != picture) {
            pictures.push((ms_since(begun), picture));
        }
    }
    Ok(pictures)
}

fn judge(screen: &Screen, begun: Instant, child: &Child, pictures: &[(f64, Picture)]) -> Outcome<Start> {
    let (at, window) = screen.first_window(begun).ok_or("no window appeared within five seconds")?;
    let last = pictures.last().map(|(_, picture)| picture.as_slice()).unwrap_or_default();
    let others = pictures.iter().rev().take_while(|(_, picture)| difference(picture, last) <= SAME);
    let painted_ms = others.last().map_or(f64::NAN, |(ms, _)| *ms);
    Ok(Start {
        mapped_ms: ms_between(begun, at),
        painted_ms,
        memory: process::memory(child.id()),
        shared: process::other_web_view(child.id()),
        covers: screen.is_covered_by(&window)?,
    })
}

/// The share of bytes that differ.
fn difference(a: &[u8], b: &[u8]) -> f64 {
    let differ = a.iter().zip(b).filter(|(a, b)| a != b).count();
    #[expect(clippy::cast_precision_loss, reason = "a screen has few bytes")]
    let share = differ as f64 / b.len().max(1) as f64;
    share
}
