//! Pictures of the screen: what one costs, and what they cost the candidate whose answers are saved meanwhile.

use crate::{
    Outcome, ROUNDS,
    dispatch::{ANSWERS, WARM_UP},
    said,
    screen::Screen,
    sitting,
    table::{Goal, Part, Row, Unit, percentile},
    timing::{timed, timed_async},
};
use invigil_capture::{Occasion, Options, Outcome as Seen, Quality, Quota, Recorder, X11, blank};
use invigil_client::{engine::Engine, view::Act};
use invigil_content::sealing::{self, Identity};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// Looks in one round.
const LOOKS: usize = 20;
/// Seconds from look to look, on average: a usual policy, and as often as one may ask for.
const USUAL_S: &str = "10";
const MOST_S: &str = "2";
/// Between two answers.
const PAUSE: Duration = Duration::from_millis(20);
const COLOURS: [&str; 2] = ["#204060", "#c0d0e0"];
/// How many changes are waited for until something is painted.
const PATIENCE: usize = 40;
const CHANGE: Duration = Duration::from_millis(700);

/// Measures it in `home`, on a screen of its own that changes all the time.
pub fn measure(home: &Path) -> Outcome<Part> {
    let screen = Arc::new(Screen::new(&home.join("desktop"))?);
    let restless = Restless::start(screen.clone());
    painted(screen.display())?;
    let frame = frames(screen.display())?;
    let runtime = crate::runtime()?;
    let usual = runtime.block_on(replies(&home.join("usual"), screen.display(), USUAL_S))?;
    let most = runtime.block_on(replies(&home.join("most"), screen.display(), MOST_S))?;
    restless.stop()?;
    let notes = vec![format!(
        "pictures: of 1280 × 800, each look kept; {} of them at a look in {USUAL_S} s, {} at a look in {MOST_S} s, which \
         is as often as can be asked for. At one look in 10 s, n ms a picture are n/100 % of a core.",
        usual.kept, most.kept
    )];
    Ok(Part {
        rows: vec![
            Row {
                name: "a picture: grab, compare, encode, seal, p50",
                unit: Unit::Ms,
                ours: frame,
                yardstick: ("", vec![]),
                goal: Goal::Most(60.0),
            },
            usual.row("durable reply, a picture in 10 s, p99", Goal::Ratio(1.2)),
            most.row("durable reply, a picture in 2 s, p99", Goal::None),
        ],
        notes,
    })
}

/// The p99 of the durable reply in each round, with pictures and without; and how many pictures were kept meanwhile.
struct Replies {
    with: Vec<f64>,
    without: Vec<f64>,
    kept: usize,
}

impl Replies {
    fn row(self, name: &'static str, goal: Goal) -> Row {
        Row { name, unit: Unit::Ms, ours: self.with, yardstick: ("without pictures", self.without), goal }
    }
}

/// Waits until the screen shows something.
fn painted(display: &str) -> Outcome<()> {
    let mut x11 = X11::connect(Some(display))?;
    for _ in 0..PATIENCE {
        let area = x11.whole()?;
        if x11.grab_area(area)?.is_some_and(|frame| blank(&frame).is_none()) {
            return Ok(());
        }
        thread::sleep(CHANGE);
    }
    Err("the screen stays blank".into())
}

/// The median cost of a picture in each round, in milliseconds.
fn frames(display: &str) -> Outcome<Vec<f64>> {
    let screen = X11::connect(Some(display))?;
    let options = Options { quality: Quality::default(), quota: Quota::new(u64::MAX), unchanged_ms_max: 0 };
    let mut recorder = Recorder::new(Box::new(screen), options);
    let [issuer, device] = [Identity::generate(), Identity::generate()].map(|one| one.to_public().to_string());
    let mut figures = Vec::new();
    for round in 0..=ROUNDS {
        let mut ours = Vec::new();
        for look in 0..LOOKS {
            let seal = |jpeg: &[u8]| sealing::to_recipients(&[&issuer, &device], jpeg);
            let (ms, looks) = timed(|| recorder.look(Occasion::Trigger, look as u64, 0, seal));
            if !looks.iter().all(|look| matches!(look.outcome, Seen::Kept(_))) {
                return Err(format!("no picture came of a look: {looks:?}").into());
            }
            ours.push(ms);
        }
        if 0 < round {
            figures.push(percentile(&ours, 0.5));
        }
    }
    Ok(figures)
}

async fn replies(home: &Path, display: &str, every_s: &str) -> Outcome<Replies> {
    let pictures = ["--pictures", every_s];
    let mut photographed = Sitter::new(&home.join("with"), &pictures).await?;
    let mut unseen = Sitter::new(&home.join("without"), &[]).await?;
    let display = display.to_owned();
    photographed.engine.look(Box::new(move |_| Ok(Box::new(X11::connect(Some(&display))?))))?;
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let count = if round == 0 { WARM_UP } else { ANSWERS };
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for n in 0..count {
            // Who answers first after the pause may pay for waking up.
            if n % 2 == 0 {
                ours.push(photographed.answer().await?);
                theirs.push(unseen.answer().await?);
            } else {
                theirs.push(unseen.answer().await?);
                ours.push(photographed.answer().await?);
            }
            // Slowly enough that several looks fall into a round.
            tokio::time::sleep(PAUSE).await;
        }
        if 0 < round {
            with.push(percentile(&ours, 0.99));
            without.push(percentile(&theirs, 0.99));
        }
    }
    let sitting = sitting::underway(&photographed.engine)?.id;
    let folder = home.join("with/state/sittings").join(sitting.as_str()).join("evidence");
    let kept = std::fs::read_dir(&folder).map_or(0, Iterator::count);
    photographed.engine.stop();
    unseen.engine.stop();
    if kept < 2 {
        return Err("no picture was kept meanwhile, but for the first".into());
    }
    Ok(Replies { with, without, kept })
}

/// Somebody who answers.
struct Sitter {
    engine: Engine,
    answers: sitting::Answers,
    n: usize,
}

impl Sitter {
    async fn new(home: &Path, further: &[&str]) -> Outcome<Self> {
        let (mut issuer, link) = sitting::admit_with(&home.join("issuer"), further)?;
        let engine = sitting::start(&home.join("state"), None).await?;
        sitting::begin(&engine, &link).await?;
        let answers = sitting::Answers::of(&engine).await?;
        issuer.stop();
        Ok(Self { engine, answers, n: 0 })
    }

    /// Answers once and says how long the durable reply took, in milliseconds.
    async fn answer(&mut self) -> Outcome<f64> {
        let (item, value) = self.answers.nth(self.n)?;
        self.n += 1;
        let (ms, outcome) = timed_async(self.engine.dispatch(Act::Respond { item, value: Some(value) })).await;
        outcome.map_err(said)?;
        Ok(ms)
    }
}

/// A screen whose background changes all the time, so that every look has something to keep.
struct Restless {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<(), String>>,
}

impl Restless {
    fn start(screen: Arc<Screen>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = thread::spawn(move || {
            // A window on the background, so that the screen is not of one colour.
            let words = "A picture of a screen with a window. ".repeat(200);
            let window = screen.command("xmessage").args(["-geometry", "1000x600+100+80", &words]).spawn();
            let mut window = window.map_err(|why| format!("xmessage: {why}; install x11-utils"))?;
            for colour in COLOURS.into_iter().cycle() {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                let changed = screen.command("xsetroot").args(["-solid", colour]).status();
                changed.map_err(|why| format!("xsetroot: {why}; install x11-xserver-utils"))?;
                thread::sleep(CHANGE);
            }
            let _ = window.kill();
            let _ = window.wait();
            Ok(())
        });
        Self { stop, thread }
    }

    fn stop(self) -> Outcome<()> {
        self.stop.store(true, Ordering::Relaxed);
        Ok(self.thread.join().map_err(|_| "the restless screen failed")??)
    }
}
