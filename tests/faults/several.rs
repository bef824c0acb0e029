//! Several issuing services on one database. They are killed at random moments, and so are their connections and the
//! database itself, while candidates sit through whichever service their requests happen to reach.

use crate::{
    candidate::{Candidate, after},
    kills::issuer::Stored,
    sample::{admit, right_answers, sample, sample_exam, schedule},
    server::Server,
};
use invigil::stage::Stage;
use invigil_content::bundle::Bundle;
use invigil_core::{Digest, SittingId, submission::Opening, verify::Verdict};
use invigil_tests::proof::{Dice, Proof};
use postgres::{Client, Row};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value as Json;
use std::{
    fs,
    io::{self, BufRead, BufReader},
    net::{Shutdown, TcpListener, TcpStream},
    path::Path,
    process::{Child, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, ScopedJoinHandle},
    time::Duration,
};

const SERVICES: usize = 3;
const CANDIDATES: u64 = 6;
/// Between two answers of a candidate.
const PACE_MS: u64 = 250;
/// The longest between two kills.
const CALM_MS: usize = 500;

/// One of the services: where it listens, while it runs.
type Slot = Mutex<Option<(Child, String)>>;

struct Services<'a> {
    stage: &'a Stage,
    all: [Slot; SERVICES],
    /// Requests are passed on in turn.
    turn: AtomicUsize,
    over: AtomicBool,
}

impl Services<'_> {
    fn start(&self, number: usize) {
        let mut command = self.stage.command(&["serve", "--listen", "127.0.0.1:0"]).expect("the program");
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("read");
        // The database may be away just now; then the service ends, and another try brings it back.
        match line.trim().strip_prefix("listening on http://") {
            Some(address) => *self.all[number].lock().expect("a service") = Some((child, address.to_owned())),
            None => drop((child.kill(), child.wait())),
        }
    }

    fn kill(&self, number: usize) -> bool {
        let Some((mut child, _)) = self.all[number].lock().expect("a service").take() else { return false };
        child.kill().expect("it runs");
        child.wait().expect("it ends");
        true
    }

    /// Passes what comes in to one of those that run, a different one each time.
    fn pass(&self, incoming: &TcpStream) -> io::Result<()> {
        for _ in 0..SERVICES {
            let number = self.turn.fetch_add(1, Ordering::Relaxed) % SERVICES;
            let address = self.all[number].lock().expect("a service").as_ref().map(|(_, address)| address.clone());
            let Some(outgoing) = address.and_then(|address| TcpStream::connect(address).ok()) else { continue };
            let (mut back, mut forth) = (outgoing.try_clone()?, incoming.try_clone()?);
            let upwards = thread::spawn(move || {
                let _ = io::copy(&mut forth, &mut back);
                let _ = back.shutdown(Shutdown::Write);
            });
            let _ = io::copy(&mut &outgoing, &mut &*incoming);
            // A service that is gone takes the candidate's connection with it.
            let _ = incoming.shutdown(Shutdown::Both);
            let _ = outgoing.shutdown(Shutdown::Both);
            upwards.join().expect("passed on");
            return Ok(());
        }
        incoming.shutdown(Shutdown::Both)
    }

    /// Kills at random until it is over; returns kills of services, of connections, and of the database.
    fn trouble(&self, server: &Server, database: &str, dice: &mut Dice) -> [u64; 3] {
        let mut kills = [0; 3];
        while !self.over.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(dice.below(CALM_MS) as u64));
            let number = dice.below(SERVICES);
            match dice.below(12) {
                0 => {
                    crash(server);
                    kills[2] += 1;
                }
                1..4 => {
                    let cut = "SELECT pg_terminate_backend (pid) FROM pg_stat_activity WHERE application_name = 'invigil-issuer'";
                    let cut =
                        Client::connect(&server.url(database), postgres::NoTls).and_then(|mut c| c.execute(cut, &[]));
                    kills[1] += cut.unwrap_or(0);
                }
                _ => kills[0] += u64::from(self.kill(number)),
            }
            for number in 0..SERVICES {
                let away = self.all[number].lock().expect("a service").is_none();
                if away && dice.one_in(2) {
                    self.start(number);
                }
            }
        }
        kills
    }
}

impl Drop for Services<'_> {
    fn drop(&mut self) {
        for number in 0..SERVICES {
            self.kill(number);
        }
    }
}

#[test]
fn no_kill_of_services_that_share_a_database_takes_anything() {
    let mut proof = Proof::begin("kills of services that share a database");
    let mut dice = proof.dice();
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&[]);
    let database = server.make("issuer");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let stage = Stage::set_on(&folder.path().join("issuer"), "Test issuer", port, &database).expect("an issuer");
    stage.load(&sample(), &[sample_exam()]).expect("the sample is loaded");
    let administration = schedule(&stage);
    let services =
        Services { stage: &stage, all: Default::default(), turn: AtomicUsize::new(0), over: AtomicBool::new(false) };
    (0..SERVICES).for_each(|number| services.start(number));
    let answers = serde_json::to_vec(&right_answers()).expect("JSON");
    for _ in 0..proof.size(1, 20) {
        services.over.store(false, Ordering::Relaxed);
        let round = dice.throw();
        let candidates: Vec<_> = (0..CANDIDATES)
            .map(|number| {
                let name = format!("candidate-{round:x}-{number}");
                let own = folder.path().join(&name);
                fs::create_dir(&own).expect("a folder");
                fs::write(own.join("answers.json"), &answers).expect("answers");
                (admit(&stage, &administration, &name), own)
            })
            .collect();
        let (kills, ended) = thread::scope(|scope| {
            let trouble = scope.spawn(|| services.trouble(&server, "issuer", &mut dice));
            scope.spawn(|| {
                for incoming in listener.incoming().map_while(Result::ok) {
                    if services.over.load(Ordering::Relaxed) {
                        break;
                    }
                    scope.spawn({
                        let services = &services;
                        move || services.pass(&incoming)
                    });
                }
            });
            let sitting: Vec<_> = candidates.iter().map(|(link, own)| scope.spawn(move || sit(link, own))).collect();
            let ended: Vec<_> = sitting.into_iter().map(ScopedJoinHandle::join).collect();
            services.over.store(true, Ordering::Relaxed);
            let kills = trouble.join().expect("trouble");
            // The last one is only to be heard.
            drop(TcpStream::connect(listener.local_addr().expect("its address")));
            (kills, ended)
        });
        for said in ended.into_iter().map(|ended| ended.expect("it sits")) {
            let result = after(&said, "result").into_iter().next().unwrap_or_default();
            assert!(result.starts_with("passed "), "{said:#?}");
        }
        let mut client = wait_for(&server, "issuer");
        candidates.iter().for_each(|(_, own)| judge(&mut client, own));
        for (what, n) in ["services", "connections", "the database"].iter().zip(kills) {
            proof.count(&format!("kills of {what}"), n);
        }
        proof.count("sittings handed in", CANDIDATES);
    }
    assert!(0 < proof.counted("kills of services"));
    proof.holds();
}

/// Ends the database as a crash would, in the middle of whatever it does. It comes back by itself.
fn crash(server: &Server) {
    // Without this file it is on its way back already.
    let Ok(text) = fs::read_to_string(server.folder.join("data/postmaster.pid")) else { return };
    let id = text.lines().next().and_then(|id| id.trim().parse().ok()).and_then(Pid::from_raw);
    let _ = id.map(|id| kill_process(id, Signal::QUIT));
}

/// Sits to the end. Where nobody answered somebody would press the button again.
fn sit(link: &str, own: &Path) -> Vec<String> {
    loop {
        let (status, said) = Candidate::start(link, &own.join("state"), own, PACE_MS).ended();
        let unreachable = said.last().is_some_and(|line| line.ends_with("(issuer-unreachable)"));
        if status.success() || !unreachable {
            return said;
        }
    }
}

fn wait_for(server: &Server, database: &str) -> Client {
    loop {
        match Client::connect(&server.url(database), postgres::NoTls) {
            Ok(client) => return client,
            Err(_) => thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// Holds what the database has of a sitting against what its candidate has.
fn judge(client: &mut Client, own: &Path) {
    let bundle = Bundle::read(&fs::read(own.join("bundle.zip")).expect("a bundle")).expect("a whole bundle");
    assert_eq!(bundle.verify(None).expect("its answers are its own").verdict, Verdict::Proven);
    let receipt = bundle.anchors.receipt.as_ref().expect("a receipt");
    let id = &receipt.sitting;
    let stored = stored(client, id);
    stored.is_whole().unwrap_or_else(|why| panic!("{why}"));
    assert!(stored.log == bundle.log, "one log, at both ends");
    assert_eq!((stored.submissions.len(), stored.aside, stored.results), (1, 0, 1));
    assert_eq!(stored.openings.len(), right_answers().len(), "every answer once");
    let json = |bytes: &[u8]| serde_json::from_slice::<Json>(bytes).expect("a document");
    assert_eq!(json(&stored.submissions[0].1), json(receipt.bytes()), "one receipt");
    let lines: Vec<&[u8]> = stored.log.split_inclusive(|byte| *byte == b'\n').collect();
    for row in rows(client, "SELECT bytes FROM checkpoints WHERE sitting = $1 AND 0 < size", id) {
        let checkpoint = json(&row.get::<_, Vec<u8>>(0));
        let size = usize::try_from(checkpoint["size"].as_u64().expect("a size")).expect("a size");
        assert_eq!(checkpoint["head"], Digest::of(lines[size - 1]).to_string(), "every checkpoint is for this log");
    }
}

fn rows(client: &mut Client, sql: &str, sitting: &SittingId) -> Vec<Row> {
    client.query(sql, &[&sitting.as_str()]).expect("rows")
}

fn stored(client: &mut Client, sitting: &SittingId) -> Stored {
    let mut rows = |sql: &str| rows(client, sql, sitting);
    let opening = |row: &Row| Opening {
        seq: row.get::<_, i64>(0).cast_unsigned(),
        salt: row.get::<_, Vec<u8>>(1).try_into().expect("a salt"),
        content: row.get(2),
    };
    Stored {
        log: rows("SELECT line FROM records WHERE sitting = $1 ORDER BY seq")
            .iter()
            .flat_map(|row| row.get::<_, Vec<u8>>(0))
            .collect(),
        openings: rows("SELECT seq, salt, content FROM openings WHERE sitting = $1 ORDER BY seq")
            .iter()
            .map(opening)
            .collect(),
        submissions: rows("SELECT bytes, receipt FROM submissions WHERE sitting = $1")
            .iter()
            .map(|row| (row.get(0), row.get(1)))
            .collect(),
        aside: rows("SELECT seq FROM aside WHERE sitting = $1").len() as u64,
        results: rows("SELECT sitting FROM results WHERE sitting = $1").len() as u64,
    }
}
