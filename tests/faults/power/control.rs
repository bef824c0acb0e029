//! The negative control: the same sitting written by a connection of its own, with one setting of the store changed. The
//! product has no way to open its store like that.

use super::{
    disk::Disk,
    judge::Said,
    paper,
    sitting::{self, Part, again, folder},
    trace::{self, Reader},
};
use invigil_client::{
    durable,
    store::{Slot, Store, settings::SETTINGS},
};
use invigil_core::{Digest, ItemId, log::Record, sitting::Event};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    env,
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
};

const TASK: &str = "INVIGIL_FAULTS_COPY";

#[derive(Serialize, Deserialize)]
struct Task {
    /// The database that is copied, record by record.
    source: PathBuf,
    /// The state folder of the copy.
    root: PathBuf,
    said: PathBuf,
    synchronous: String,
}

/// Not a test: the program that is traced.
#[test]
fn writer_of_copies() {
    if let Ok(task) = env::var(TASK) {
        write(&serde_json::from_str(&task).expect("a task"));
    }
}

/// What a process does that writes the same sitting with another value of `synchronous`.
pub fn copy(parts: &[Part], synchronous: &str) -> Vec<Part> {
    let (source, place, beside) = (folder(), folder(), folder());
    let source = database(&sitting::lay_down_end(parts, source.path())).to_owned();
    let said = beside.path().join("said");
    let synchronous = synchronous.to_owned();
    let task = Task { source, root: place.path().join("state"), said: said.clone(), synchronous };
    let command = again("power::control::writer_of_copies", TASK, &task);
    let text = trace::record(&command, &beside.path().join("trace"));
    let ops = Reader::new(place.path(), &said, BTreeMap::new()).read(&text);
    let until = ops.len();
    vec![Part { disk: Disk::new(place.path()), said: Said::default(), ops, until, checkpoints: 0 }]
}

fn database(root: &Path) -> PathBuf {
    root.join("sittings").join(paper::sitting().as_str()).join("sitting.db")
}

/// Copies records and openings one commit each, as the store does, and speaks after each answer.
fn write(task: &Task) {
    let mut said = OpenOptions::new().append(true).create(true).open(&task.said).expect("it can speak");
    let mut say = |words: &str| said.write_all(format!("{words}\n").as_bytes()).expect("it speaks");
    let source = Store::open(&task.source, &paper::key()).expect("the source opens");
    let lines = source.lines(0, usize::MAX).expect("its records");
    let openings = source.openings(0, u64::MAX >> 1).expect("its openings");
    let slots = [Slot::Admission, Slot::Leases, Slot::Device, Slot::Token];
    let documents = slots.map(|slot| (slot, source.get(slot).expect("readable").expect("kept")));
    drop(source);

    let target = database(&task.root);
    durable::write(&target.with_file_name("recovery.age"), b"the key, sealed").expect("it is written");
    let mut store = Store::open(&target, &paper::key()).expect("it opens");
    store.put_all(&documents.each_ref().map(|(slot, bytes)| (*slot, bytes.as_slice()))).expect("they are kept");
    drop(store);
    let mut copy = connection(&target, &task.synchronous);
    say("admitted");
    let mut openings = openings.into_iter();
    for line in lines {
        let record = Record::parse(&line).expect("a record");
        let seq = record.seq.cast_signed();
        let transaction = copy.transaction().expect("a transaction");
        transaction.execute("INSERT INTO records VALUES (?, ?)", params![seq, &line]).expect("a record");
        let mut answer: Option<(ItemId, Digest)> = None;
        if let Event::Responded { item, .. } = record.event {
            let opening = openings.next().expect("each answer has one");
            answer = Some((item, Digest::of(&opening.content)));
            let row = params![seq, opening.salt, opening.content];
            transaction.execute("INSERT INTO openings VALUES (?, ?, ?)", row).expect("an opening");
        }
        let sealed = "UPDATE seal SET size = ?, head = ?";
        transaction.execute(sealed, params![seq + 1, Digest::of(&line).to_string()]).expect("the seal");
        transaction.commit().expect("it is kept");
        if let Some((item, digest)) = answer {
            say(&format!("answer {item} {digest}"));
        }
    }
    std::process::exit(0);
}

/// A connection with the store's own settings but for one.
fn connection(path: &Path, synchronous: &str) -> Connection {
    let connection = Connection::open(path).expect("it opens");
    let key: String = paper::key().iter().map(|byte| format!("{byte:02x}")).collect();
    connection.pragma_update(None, "key", format!("x'{key}'")).expect("its key");
    for setting in SETTINGS {
        let value = if setting.name == "synchronous" { synchronous } else { setting.value };
        connection.execute_batch(&format!("PRAGMA {} = {value};", setting.name)).expect("a setting");
    }
    connection
}
