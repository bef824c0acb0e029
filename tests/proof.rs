//! A proof is a test that tries a random slice of very many cases, and all of them with `PROVE=1`. What it tried then
//! is noted in `docs/results.json`, to which a tidy test holds the tables of `docs/reliability.md`.

use crate::root;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    env, fs,
    path::PathBuf,
    process::Command,
    sync::{Mutex, PoisonError},
};

/// One proof on its way.
pub struct Proof {
    name: &'static str,
    seed: u64,
    counts: Counts,
}

/// How often what was tried or found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counts(pub BTreeMap<String, u64>);

impl Counts {
    /// Counts `n` more of `what`.
    pub fn count(&mut self, what: &str, n: u64) {
        *self.0.entry(what.to_owned()).or_default() += n;
    }

    /// How often `what` was counted.
    pub fn counted(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or(0)
    }
}

/// What a whole proof tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proven {
    /// The commit it ran on.
    pub commit: String,
    /// The seed it ran with.
    pub seed: u64,
    /// How often what was tried or found.
    pub counts: Counts,
}

impl Proof {
    /// Begins a proof and prints its seed. `SEED=n` repeats an earlier run.
    pub fn begin(name: &'static str) -> Self {
        let given = env::var("SEED").ok().and_then(|text| text.parse().ok());
        let seed = given.unwrap_or_else(|| u64::from_le_bytes(*invigil_client::random::bytes::<8>()) >> 11);
        println!("{name}: SEED={seed}");
        Self { name, seed, counts: Counts::default() }
    }

    /// Whether everything is to be tried.
    pub fn whole(&self) -> bool {
        env::var_os("PROVE").is_some()
    }

    /// How many cases to try: `slice` in an ordinary run unless `CASES=n` asks for more, `whole` in a proof.
    pub fn size(&self, slice: u64, whole: u64) -> u64 {
        let asked = env::var("CASES").ok().and_then(|text| text.parse().ok());
        if self.whole() { whole } else { asked.unwrap_or(slice) }
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The numbers that the seed leads to.
    pub fn dice(&self) -> Dice {
        Dice(self.seed)
    }

    /// Counts `n` more of `what`.
    pub fn count(&mut self, what: &str, n: u64) {
        self.counts.count(what, n);
    }

    /// How often `what` was counted.
    pub fn counted(&self, what: &str) -> u64 {
        self.counts.counted(what)
    }

    /// Tries `cases` cases on every core, each with a seed of its own. Whoever fails says by which seed.
    pub fn each(&mut self, cases: u64, case: impl Fn(u64, &mut Counts) + Sync) {
        let cores = std::thread::available_parallelism().map_or(1, usize::from) as u64;
        let dice = Mutex::new(self.dice());
        let part = |cases: u64| {
            let mut counts = Counts::default();
            for _ in 0..cases {
                let seed = dice.lock().unwrap_or_else(PoisonError::into_inner).throw();
                let tried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| case(seed, &mut counts)));
                assert!(tried.is_ok(), "{} fails; CASE={seed} tries it again", self.name);
            }
            counts
        };
        // One case by its own seed, for looking into a failure.
        if let Some(seed) = env::var("CASE").ok().and_then(|text| text.parse().ok()) {
            return case(seed, &mut self.counts);
        }
        let parts = std::thread::scope(|scope| {
            let share = |core: u64| cases / cores + u64::from(core < cases % cores);
            let threads: Vec<_> = (0..cores).map(|core| scope.spawn(move || part(share(core)))).collect();
            threads.into_iter().map(|thread| thread.join().expect("every case holds")).collect::<Vec<_>>()
        });
        for (what, n) in parts.into_iter().flat_map(|counts| counts.0) {
            self.counts.count(&what, n);
        }
    }

    /// Whether a single case was asked for, so that nothing can be said of all of them.
    pub fn single(&self) -> bool {
        env::var_os("CASE").is_some()
    }

    /// Ends a proof that held: prints what was tried, and notes it when it was everything.
    pub fn holds(self) {
        println!("{}: {:?}", self.name, self.counts.0);
        if !self.whole() || self.single() {
            return;
        }
        static FILE: Mutex<()> = Mutex::new(());
        let _one_at_a_time = FILE.lock().unwrap_or_else(PoisonError::into_inner);
        let mut results = results();
        let proven = Proven { commit: commit(), seed: self.seed, counts: self.counts };
        results.insert(self.name.to_owned(), proven);
        let text = serde_json::to_string_pretty(&results).expect("results are JSON");
        fs::write(path(), text + "\n").expect("the results are written");
    }
}

impl Proven {
    /// The proof's row in `docs/reliability.md`.
    pub fn row(&self, name: &str) -> String {
        let counts: Vec<_> = self.counts.0.iter().map(|(what, n)| format!("{what} {}", in_groups(*n))).collect();
        format!("| {name} | {} | {} | `{}` |", counts.join(", "), self.seed, self.commit)
    }
}

/// A number in groups of three digits.
fn in_groups(n: u64) -> String {
    let digits = n.to_string();
    let first = digits.len() % 3;
    let (head, tail) = digits.split_at(first);
    let groups = tail.as_bytes().chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
    [head.to_owned()].into_iter().filter(|head| !head.is_empty()).chain(groups).collect::<Vec<_>>().join("\u{202f}")
}

/// What every whole proof tried when it last ran.
pub fn results() -> BTreeMap<String, Proven> {
    let text = fs::read_to_string(path()).unwrap_or_else(|_| "{}".to_owned());
    serde_json::from_str(&text).expect("docs/results.json is what proofs wrote")
}

fn path() -> PathBuf {
    root().join("docs/results.json")
}

/// The commit that is tried; with a plus when the files differ from it.
fn commit() -> String {
    let git = |args: &[&str]| {
        let output = Command::new("git").args(args).current_dir(root()).output().expect("git runs");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    let changed = git(&["status", "--porcelain", "--", ".", ":!docs/results.json", ":!docs/reliability.md"]);
    format!("{}{}", git(&["rev-parse", "--short=12", "HEAD"]), if changed.is_empty() { "" } else { "+" })
}

/// A sequence of numbers that a seed repeats (SplitMix64).
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    /// The next number.
    pub fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 when that is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.throw() % bound.max(1) as u64).unwrap_or(0)
    }

    /// True in about one of `n` throws.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}
