//! One sitting of the writer over several processes, as a trace of each.

use super::{
    disk::{self, Disk, Op},
    images,
    judge::{self, Next, Said},
    paper,
    trace::{self, Reader},
    writer::{self, End, Task},
};
use invigil_tests::proof::Dice;
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

const TASK: &str = "INVIGIL_FAULTS_TASK";

/// Not a test: the program that is traced.
#[test]
fn writer_of_power_cuts() {
    if let Ok(task) = env::var(TASK) {
        writer::write(serde_json::from_str(&task).expect("a task"));
    }
}

/// What one process did, from the disk that it found.
pub struct Part {
    pub disk: Disk,
    pub said: Said,
    /// All it did.
    pub ops: Vec<Op>,
    /// How much of that happened before the power was cut in earnest; all of it where it was not.
    pub until: usize,
    /// How often the WAL was brought into the database.
    pub checkpoints: u64,
}

/// A folder in memory where there is one: what a sync costs there does not matter, only that it is asked for.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a folder")
}

/// This very test program, to run one function of it in a process of its own.
pub fn again(function: &str, variable: &str, task: &impl serde::Serialize) -> Command {
    let mut command = Command::new(env::current_exe().expect("this program"));
    command.args(["--exact", function, "--nocapture", "--test-threads=1"]);
    command.env(variable, serde_json::to_string(task).expect("a task is JSON"));
    command
}

/// Sits one exam over several processes: some close, some die, and after some the power is cut in earnest and the next
/// one goes on with what that left.
pub fn sit(dice: &mut Dice, answers: usize) -> Vec<Part> {
    let (place, beside) = (folder(), folder());
    let said_into = beside.path().join("said");
    let mut reader = Reader::new(place.path(), &said_into, BTreeMap::new());
    let (mut disk, mut said) = (Disk::new(place.path()), Said::default());
    let mut parts: Vec<Part> = Vec::new();
    let chars_max = [400, 3_000, 20_000][dice.below(3)];
    for boot in 0.. {
        let left = answers.saturating_sub(said.answers.len());
        let last = left <= answers / 4;
        let task = Task {
            root: place.path().join("state"),
            said: said_into.clone(),
            seed: dice.throw(),
            boot,
            // An answer that a power cut left without having been acknowledged is made up for.
            answers: if last { left + parts.len() + 1 } else { left / 4 + dice.below(left / 2) },
            chars_max,
            end: if last { End::HandsIn } else { [End::Closes, End::Dies][dice.below(2)] },
        };
        let command = again("power::sitting::writer_of_power_cuts", TASK, &task);
        let ops = reader.read(&trace::record(&command, &beside.path().join("trace")));
        let cut = !last && dice.one_in(3);
        let until = if cut { ops.len() / 2 + dice.below(ops.len() / 2) } else { ops.len() };
        let database = reader.names.get(&task.root.join("sittings").join(paper::sitting().as_str()).join("sitting.db"));
        let synced = |op: &&Op| matches!(op, Op::Sync { file } if Some(file) == database);
        let checkpoints = ops[..until].iter().filter(synced).count() as u64;
        let part = Part { disk: disk.clone(), said: said.clone(), ops, until, checkpoints };
        for op in &part.ops[..until] {
            disk.carry_out(op);
            said.hear(op);
        }
        if cut {
            let image = disk.cut(dice);
            let held = images::tried(&image, &said, &Next::in_ops(&part.ops[until..]), true);
            let held = held.unwrap_or_else(|wrong| panic!("{wrong:?}"));
            fs::remove_dir_all(place.path().join("state")).expect("the old state");
            disk::lay_down(&image, place.path());
            let names;
            (disk, names) = Disk::from_image(place.path(), &image);
            reader = Reader::new(place.path(), &said_into, names);
            said = Said { answers: held, file: judge::small_file_of(&image), ..said };
        }
        parts.push(part);
        if last {
            break;
        }
    }
    parts
}

/// What sittings were made of.
#[derive(Debug, Default)]
pub struct Sat {
    pub answers: u64,
    pub processes: u64,
    pub cuts: u64,
    pub checkpoints: u64,
}

impl Sat {
    pub fn of(parts: &[Part]) -> Self {
        let mut sat = Self { processes: parts.len() as u64, ..Self::default() };
        let answer = |op: &&Op| matches!(op, Op::Said { words } if words.starts_with("answer "));
        for part in parts {
            sat.answers += part.ops[..part.until].iter().filter(answer).count() as u64;
            sat.cuts += u64::from(part.until < part.ops.len());
            sat.checkpoints += part.checkpoints;
        }
        sat
    }

    pub fn add(&mut self, other: &Self) {
        self.answers += other.answers;
        self.processes += other.processes;
        self.cuts += other.cuts;
        self.checkpoints += other.checkpoints;
    }
}

/// The state folder as the last process left it, without any power cut.
pub fn lay_down_end(parts: &[Part], folder: &Path) -> PathBuf {
    let last = parts.last().expect("a part");
    let mut disk = last.disk.clone();
    last.ops.iter().for_each(|op| disk.carry_out(op));
    disk::lay_down(&disk.whole(), folder);
    folder.join("state")
}
