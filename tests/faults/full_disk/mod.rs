//! Disks that are full, fail, or may not be written to, at any moment of an exam and over a restart: no answer is called
//! saved that is not, none that was is lost, and once there is room the sitting goes on and is handed in.

mod aware;
mod disk;

use crate::{
    candidate::{Candidate, PASSPHRASE, after, count},
    sample::{admit, right_answers, sample, sample_exam, schedule},
    state::{self, Held},
};
use disk::{Disk, Kind};
use invigil::stage::Stage;
use invigil_content::bundle::Bundle;
use invigil_core::{ItemId, Value, log::Record, sitting::Event, verify::Verdict};
use invigil_tests::proof::{Dice, Proof};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Mutex,
    thread,
    time::Duration,
};

const RUNS: (u64, u64) = (6, 150);
/// Between two answers, in milliseconds.
const PACE_MS: u64 = 60;
/// How long a candidate may go on after the trouble began before it is killed or helped.
const STALL: Duration = Duration::from_millis(2_500);

/// What happens to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// It is full, the candidate is told or finds a way, and room is made.
    Full,
    /// It is full, the candidate is killed and started again on the full disk.
    FullOverAKill,
    /// The same, and the computer is started again in between.
    FullOverAReboot,
    /// It fails under the candidate.
    Fails,
    /// It can only be read when the candidate is started again.
    ReadOnly,
}

const TROUBLES: [Trouble; 5] =
    [Trouble::Full, Trouble::FullOverAKill, Trouble::FullOverAReboot, Trouble::Fails, Trouble::ReadOnly];

#[test]
fn a_full_disk_loses_nothing_that_was_saved() {
    let mut proof = Proof::begin("full disks");
    let kind = Kind::here();
    if kind == Kind::Memory {
        println!("without root the disk is memory, and none that fails is tried");
    }
    let (runs, desks) = (proof.size(RUNS.0, RUNS.1), proof.size(2, 3));
    let seed = proof.seed();
    let (next, counts) = (Mutex::new(0..runs), Mutex::new(BTreeMap::<String, u64>::new()));
    thread::scope(|scope| {
        for _ in 0..desks {
            scope.spawn(|| {
                let desk = Desk::new();
                loop {
                    let Some(number) = next.lock().expect("numbers").next() else { return };
                    let trouble = TROUBLES[usize::try_from(number).expect("few") % TROUBLES.len()];
                    if trouble == Trouble::Fails && kind == Kind::Memory {
                        continue;
                    }
                    let mut dice = Dice(seed.wrapping_add(number));
                    let told = desk.run(number, trouble, kind, &mut dice, &counts);
                    let mut counts = counts.lock().expect("counts");
                    *counts.entry(format!("runs: {trouble:?}")).or_default() += 1;
                    *counts.entry("runs in which the candidate was told".to_owned()).or_default() += u64::from(told);
                }
            });
        }
    });
    for (what, n) in counts.into_inner().expect("counts") {
        proof.count(&what, n);
    }
    assert!(0 < proof.counted("runs in which the candidate was told"));
    proof.holds();
}

/// An issuing service and what its exam takes.
struct Desk {
    folder: tempfile::TempDir,
    stage: Stage,
    administration: String,
    answers: BTreeMap<ItemId, Value>,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut stage = Stage::set(&folder.path().join("issuer"), "Test issuer", None).expect("an issuer");
        stage.load(&sample(), &[sample_exam()]).expect("the sample is loaded");
        let administration = schedule(&stage);
        stage.serve().expect("the service comes up");
        Self { folder, stage, administration, answers: right_answers() }
    }

    /// One candidate sits on one disk with one kind of trouble. Says whether it was told of it.
    fn run(
        &self,
        number: u64,
        trouble: Trouble,
        kind: Kind,
        dice: &mut Dice,
        counts: &Mutex<BTreeMap<String, u64>>,
    ) -> bool {
        let name = format!("candidate-{number:03}");
        let link = admit(&self.stage, &self.administration, &name);
        let folder = self.folder.path().join(&name);
        fs::create_dir(&folder).expect("a folder");
        fs::write(folder.join("answers.json"), serde_json::to_vec(&self.answers).expect("JSON")).expect("answers");
        let about = format!("run {number}, {trouble:?}");
        let mut sitting = Sitting { about, disk: Disk::new(kind, &folder), link, saved: BTreeSet::new(), told: false };
        let mut candidate = sitting.disk.seat(&sitting.link, PACE_MS);
        let answers = dice.below(self.answers.len() + 2);
        match answers.checked_sub(1) {
            None => thread::sleep(Duration::from_millis(dice.below(600) as u64)),
            Some(least) => {
                candidate.wait(STALL * 8, |said| least <= count(said, "saved") || 0 < count(said, "result"));
                thread::sleep(Duration::from_millis(dice.below(PACE_MS as usize) as u64));
            }
        }
        match trouble {
            Trouble::Full => {
                sitting.disk.fill(room(dice));
                await_end(&mut candidate);
                if dice.one_in(2) {
                    // A candidate that only waits for room goes on by itself.
                    sitting.disk.clear();
                    candidate.wait(STALL, |said| 0 < count(said, "result"));
                } else {
                    candidate.kill();
                    sitting.hear(candidate.ended().1);
                    sitting.judge(&self.answers);
                    sitting.disk.clear();
                    candidate = sitting.disk.seat(&sitting.link, 0);
                }
            }
            Trouble::FullOverAKill | Trouble::FullOverAReboot => {
                sitting.disk.fill(room(dice));
                for boot in 0..1 + dice.below(2) {
                    thread::sleep(Duration::from_millis(dice.below(500) as u64));
                    candidate.kill();
                    if trouble == Trouble::FullOverAReboot {
                        sitting.disk.reboot(&format!("boot {boot}"));
                    }
                    sitting.hear(candidate.ended().1);
                    sitting.judge(&self.answers);
                    candidate = sitting.disk.seat(&sitting.link, PACE_MS);
                }
                await_end(&mut candidate);
                sitting.disk.clear();
            }
            Trouble::Fails => {
                // A sync that ext4 is in the middle of when its journal ends may be called good and be lost; no program
                // can know. So the disk fails between two calls.
                candidate.pause();
                sitting.disk.fail();
                candidate.go_on();
                await_end(&mut candidate);
                candidate.kill();
                sitting.hear(candidate.ended().1);
                sitting.disk.repair();
                sitting.judge(&self.answers);
                candidate = sitting.disk.seat(&sitting.link, 0);
            }
            Trouble::ReadOnly => {
                candidate.kill();
                sitting.hear(candidate.ended().1);
                sitting.disk.set_writable(false);
                let mut refused = sitting.disk.seat(&sitting.link, 0);
                await_end(&mut refused);
                refused.kill();
                let said = refused.ended().1;
                assert_eq!(count(&said, "saved"), 0, "nothing is saved where nothing can be written: {said:#?}");
                sitting.hear(said);
                sitting.disk.set_writable(true);
                sitting.judge(&self.answers);
                candidate = sitting.disk.seat(&sitting.link, 0);
            }
        }
        candidate.kill();
        sitting.hear(candidate.ended().1);
        let held = sitting.judge(&self.answers);
        sitting.finish(&folder, &self.answers);
        let mut counts = counts.lock().expect("counts");
        *counts.entry("answers called saved before the end".to_owned()).or_default() += sitting.saved.len() as u64;
        *counts.entry("records before the end".to_owned()).or_default() +=
            held.log.split(|b| *b == b'\n').count() as u64;
        sitting.told
    }
}

/// From nothing to enough for a few records; the least that makes a difference is a block.
fn room(dice: &mut Dice) -> u64 {
    const BLOCK: usize = 4_096;
    let most = [1, 8, 40, 150][dice.below(4)];
    (dice.below(most) * BLOCK) as u64
}

/// Waits until a candidate ends, or does not get on any more.
fn await_end(candidate: &mut Candidate) {
    const STEP: Duration = Duration::from_millis(50);
    let mut waited = Duration::ZERO;
    while !candidate.has_ended() && waited < STALL {
        thread::sleep(STEP);
        waited += STEP;
    }
}

/// A sitting on a small disk.
struct Sitting {
    about: String,
    disk: Disk,
    link: String,
    /// Every answer that was ever called saved.
    saved: BTreeSet<ItemId>,
    /// Whether the candidate was told that the disk is at fault.
    told: bool,
}

impl Sitting {
    fn hear(&mut self, said: Vec<String>) {
        let errors: Vec<_> = said.iter().filter(|line| line.starts_with("error: ")).collect();
        self.told |= errors.iter().any(|line| line.contains("disk-full") || line.contains("storage-failed"));
        let items = after(&said, "saved").into_iter().chain(after(&said, "kept"));
        self.saved.extend(items.map(|item| item.parse::<ItemId>().expect("an item")));
    }

    /// What was called saved is on the disk.
    fn judge(&self, answers: &BTreeMap<ItemId, Value>) -> Held {
        let state = self.disk.outside().join("state");
        let key = state.join("keys.age").exists().then(|| state::sitting_in(&state)).flatten();
        let key = key.and_then(|id| state::key_of(&state, &id, PASSPHRASE).map(|key| (id, key)));
        let held = key.map(|(id, key)| state::look(&state, &id, key).expect("the sitting opens"));
        let held = held.flatten().unwrap_or_default();
        for item in &self.saved {
            assert_eq!(held.values.get(item), answers.get(item), "{}: {item} was saved", self.about);
        }
        assert!(held.responses.values().all(|responses| *responses == 1), "doubled: {:?}", held.responses);
        self.judge_boots(&held.log);
        held
    }

    /// In the middle of the exam every boot begins with how long the computer was off.
    fn judge_boots(&self, log: &[u8]) {
        let lines = log.split_inclusive(|byte| *byte == b'\n');
        let records: Vec<_> = lines.map(|line| Record::parse(line).expect("a record")).collect();
        let began = records.iter().position(|record| matches!(record.event, Event::Began { .. }));
        for pair in records[began.unwrap_or(records.len())..].windows(2) {
            let resumed = matches!(pair[1].event, Event::Resumed { .. });
            assert!(pair[0].at.boot == pair[1].at.boot || resumed, "{}: {:?}", self.about, pair[1]);
        }
    }

    /// With room the sitting goes on and is handed in.
    fn finish(&mut self, folder: &Path, answers: &BTreeMap<ItemId, Value>) {
        let (status, said) = self.disk.seat(&self.link, 0).ended();
        assert!(status.success(), "{}: {said:#?}", self.about);
        let result = after(&said, "result").into_iter().next().and_then(|result| result.strip_prefix("passed "));
        assert!(result.and_then(|marks| marks.split_once('/')).is_some_and(|(given, of)| given == of), "{said:#?}");
        assert_eq!(self.judge(answers).values, *answers);
        let bundle = Bundle::read(&fs::read(folder.join("bundle.zip")).expect("a bundle")).expect("a whole bundle");
        assert_eq!(bundle.verify(None).expect("its answers are its own").verdict, Verdict::Proven);
    }
}
