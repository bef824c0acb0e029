//! An application that behaves as a test says: `pretend FOLDER PLAN`.
//!
//! The plan is a word for each start, separated by commas; the last word holds for every further one. What happens is
//! written into `FOLDER/log`, a line at a time. Started with `--recovery` it follows the word `recovered` instead.

use invigil_lockdown::{
    environment::{self, Extent},
    guard::{Link, LinkError, RECOVERY_ARGUMENT, RESTARTED_VARIABLE},
};
use std::{
    env,
    fs::OpenOptions,
    io::Write,
    path::PathBuf,
    process::{Command, exit, id},
    thread::sleep,
    time::Duration,
};

const KEY: [u8; 32] = [0xA7; 32];

struct Pretend {
    folder: PathBuf,
    link: Option<Link>,
}

fn main() {
    let removed = environment::start_clean(Extent::All).unwrap_or_else(|error| panic!("{error}"));
    let mut words = env::args().skip(1);
    let folder = PathBuf::from(words.next().expect("a folder"));
    let plan = words.next().expect("a plan");
    let recovery = env::args().next_back().as_deref() == Some(RECOVERY_ARGUMENT);
    let restarted = env::var(RESTARTED_VARIABLE).ok();
    let nth: usize = restarted.as_deref().map_or(0, |n| n.parse().expect("a number"));
    let word = plan.split(',').nth(nth).or_else(|| plan.split(',').next_back()).expect("a word").to_owned();
    let word = if recovery { "recovered".to_owned() } else { word };
    let mut pretend = Pretend { folder, link: Link::from_env() };
    assert!(Link::from_env().is_none(), "a link can be taken once");
    pretend.log(&format!("{word} {}", id()));
    pretend.log(&format!("restarted {}", restarted.as_deref().unwrap_or("never")));
    pretend.log(&format!("link {}", pretend.link.is_some()));
    pretend.log(&format!("removed {removed:?}"));
    pretend.act(&word);
}

impl Pretend {
    fn act(&mut self, word: &str) {
        match word {
            "beat" => loop {
                self.beat();
            },
            // Alive and stuck, with a child, after having been heard.
            "hush" => {
                let mut child = Command::new("sleep").arg("600").spawn().expect("sleep");
                self.log(&format!("child {}", child.id()));
                self.beat();
                child.wait().expect("waited");
            }
            // The main loop has ended on purpose; something remains to be done.
            "leave" => {
                self.beat();
                self.link = None;
                self.log("left");
                sleep(Duration::from_secs(7));
                self.log("ends");
            }
            "crash" | "fail" => {
                self.log("ends");
                exit(3);
            }
            "done" | "recovered" => self.log("ends"),
            "keep" => {
                let link = self.link.as_ref().expect("a guard");
                link.keep(&"sitting:1".parse().expect("an id"), &KEY).expect("kept");
                self.log("kept");
                self.act("beat");
            }
            "give" => {
                let link = self.link.as_ref().expect("a guard");
                let key = link.give(&"sitting:1".parse().expect("an id")).expect("answered");
                let other = link.give(&"sitting:2".parse().expect("an id")).expect("answered");
                self.log(&format!("given {} other {}", key.as_deref() == Some(&KEY), other.is_some()));
                self.act("beat");
            }
            "orphan" => self.outlive(),
            "look" => self.look(),
            other => panic!("no behaviour is called {other}"),
        }
    }

    fn beat(&self) {
        self.link.as_ref().expect("a guard").beat().expect("heard");
        sleep(Duration::from_millis(100));
    }

    fn outlive(&self) {
        let link = self.link.as_ref().expect("a guard");
        let error = loop {
            match link.beat() {
                Ok(()) => sleep(Duration::from_millis(20)),
                Err(error) => break error,
            }
        };
        self.log(if error == LinkError::GuardGone { "gone" } else { "late" });
        sleep(Duration::from_millis(300));
        self.log("went on");
    }

    /// Reports what of the environment is left.
    fn look(&self) {
        let left: Vec<_> =
            environment::LOADER.iter().chain(&environment::WINDOW).filter(|n| env::var(n).is_ok()).collect();
        let maps = std::fs::read_to_string("/proc/self/maps").expect("maps");
        self.log(&format!("left {left:?} foreign {}", maps.contains("libanl")));
        self.log(&format!("arguments {:?}", env::args().skip(2).collect::<Vec<_>>()));
        self.log("ends");
    }

    fn log(&self, line: &str) {
        let mut file = OpenOptions::new().create(true).append(true).open(self.folder.join("log")).expect("a log");
        file.write_all(format!("{line}\n").as_bytes()).expect("written");
    }
}
