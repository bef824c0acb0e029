//! What lies on the candidate's disk: an old page put back into the database, a whole folder put back, a hand-in file
//! that was changed on its way.

use super::specimen;
use crate::desk::{Desk, PASSPHRASE, right_answers, sample_exam, stage};
use invigil_client::{
    session::Session,
    store::Store,
    vault::{SecretStore, Vault},
    view::Act,
};
use invigil_content::{bundle::Files, sealing::Identity};
use invigil_core::{SittingId, sitting::Screen};
use invigil_tests::proof::Proof;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// SQLCipher's page.
const PAGE: usize = 4096;
const SLICE: usize = 1_500;

fn key(state: &Path, sitting: &SittingId) -> Zeroizing<[u8; 32]> {
    let mut vault = Vault::find(state, SecretStore::Avoid);
    vault.unlock(PASSPHRASE).expect("the keys open");
    let key = vault.get(&format!("sitting:{sitting}")).expect("readable").expect("a key");
    Zeroizing::new(key.as_slice().try_into().expect("32 bytes"))
}

/// All that a sitting's database says, row by row; or why nobody reads it.
fn content(path: &Path, key: &Zeroizing<[u8; 32]>) -> Result<Vec<String>, String> {
    let store = Store::open(path, key).map_err(|error| error.to_string())?;
    drop(Session::exam(store).map_err(|problem| problem.code)?);
    let connection = rusqlite::Connection::open(path).expect("a database");
    let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    connection.pragma_update(None, "key", format!("x'{key}'")).expect("its key");
    let rows = |sql: &str| -> rusqlite::Result<Vec<String>> {
        let mut statement = connection.prepare(sql)?;
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            let values: Vec<rusqlite::types::Value> = (0..columns).map(|n| row.get(n)).collect::<Result<_, _>>()?;
            Ok(format!("{values:?}"))
        })?;
        rows.collect()
    };
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut statement = connection.prepare(names).expect("a schema");
    let tables: Vec<String> =
        statement.query_map([], |row| row.get(0)).expect("its tables").collect::<Result<_, _>>().expect("their names");
    assert!(5 < tables.len(), "{tables:?}");
    let all: rusqlite::Result<Vec<_>> =
        tables.iter().map(|name| rows(&format!("SELECT '{name}', * FROM {name}"))).collect();
    Ok(all.expect("a database that opened is read").concat())
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            copy(&path, &to.join(name))
        } else {
            let _ = fs::copy(&path, to.join(name)).expect("copied");
        }
    }
}

/// Visits and answers on, so that pages change.
async fn go_on(desk: &Desk, from: usize, count: usize) {
    let answers: Vec<_> = right_answers(&sample_exam()).into_iter().collect();
    for (item, value) in answers.iter().skip(from).take(count) {
        desk.respond(item, value).await.expect("saved");
        let screen = Screen::Item { item: item.clone() };
        desk.engine.dispatch(Act::Visit { screen }).await.expect("shown");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_page_put_back_into_the_database_is_found_where_it_changes_anything() {
    let folder = tempfile::tempdir().expect("a folder");
    let (stage, administration) = stage(&folder.path().join("issuer"), "open");
    let link = stage.admit(&administration.id, "one", "Test Candidate").expect("a link");
    let desk = Desk::new().await;
    let sitting = desk.begin(&link).await;
    let path =
        |desk: &Desk| -> PathBuf { desk.folder.path().join("sittings").join(sitting.as_str()).join("sitting.db") };
    let mut versions = Vec::new();
    let mut desk = desk;
    for round in 0..4 {
        go_on(&desk, 3 * round, 3).await;
        // Ending it writes everything into the database itself.
        desk.engine.stop();
        versions.push(fs::read(path(&desk)).expect("the database"));
        desk = desk.restart().await;
    }
    desk.engine.stop();
    let last = path(&desk);
    let key = key(desk.folder.path(), &sitting);
    let (present, before) = (fs::read(&last).expect("the database"), content(&last, &key).expect("it opens"));
    let aside = folder.path().join("changed.db");
    let mut proof = Proof::begin("stale pages");
    for old in &versions {
        for place in (0..present.len().min(old.len())).step_by(PAGE) {
            let range = place..place + PAGE;
            if old[range.clone()] == present[range.clone()] {
                continue;
            }
            let mut changed = present.clone();
            changed[range.clone()].copy_from_slice(&old[range]);
            for side in ["changed.db", "changed.db-wal", "changed.db-shm"] {
                let _ = fs::remove_file(folder.path().join(side));
            }
            fs::write(&aside, &changed).expect("it is written");
            let outcome = match content(&aside, &key) {
                Err(_) => "refused",
                Ok(now) => {
                    assert!(now == before, "an old page at byte {place} changes what is said, and nobody notices");
                    "without effect"
                }
            };
            proof.count(outcome, 1);
        }
    }
    assert!(0 < proof.counted("refused"), "no page changed anything");
    proof.holds();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_put_back_is_found_by_the_issuer_and_both_branches_are_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let issuer = folder.path().join("issuer");
    let (stage, administration) = stage(&issuer, "open");
    let link = stage.admit(&administration.id, "one", "Test Candidate").expect("a link");
    let desk = Desk::new().await;
    let sitting = desk.begin(&link).await;
    go_on(&desk, 0, 3).await;
    desk.until("everything to be confirmed", |view| (view.link.waiting == 0).then_some(())).await;
    desk.engine.stop();
    let kept = folder.path().join("kept");
    copy(desk.folder.path(), &kept);
    let desk = desk.restart().await;
    desk.until("the sitting", |_| Some(())).await;
    go_on(&desk, 3, 3).await;
    desk.until("everything to be confirmed", |view| (view.link.waiting == 0).then_some(())).await;
    desk.engine.stop();
    fs::remove_dir_all(desk.folder.path()).expect("removed");
    copy(&kept, desk.folder.path());
    let desk = desk.restart().await;
    go_on(&desk, 6, 3).await;
    let told = desk.until("the issuer's word", |view| view.notes.iter().find(|n| n.code == "log-fork").cloned()).await;
    assert!(told.args.contains_key("seq"), "{told:?}");
    let store = rusqlite::Connection::open(issuer.join("issuer.db")).expect("the store");
    let row = |sql: &str| store.query_row(sql, [sitting.as_str()], |row| row.get::<_, i64>(0)).expect("a number");
    assert_eq!(row("SELECT flagged FROM sittings WHERE id = ?1"), 1);
    let beside = "SELECT count (*) FROM aside WHERE sitting = ?1 AND content IS NOT NULL";
    assert!(0 < row(beside), "the other branch is kept, with its answers");
    let checkpoint = row("SELECT max (size) FROM checkpoints WHERE sitting = ?1");
    assert_eq!(checkpoint, row("SELECT size FROM sittings WHERE id = ?1"), "no checkpoint went back");
}

#[test]
fn a_hand_in_file_that_was_changed_on_its_way_is_refused() {
    let identity = Identity::generate();
    let files = Files::unzip(&specimen().zip()).expect("the bundle");
    let sealed = files.seal(&identity.to_public().to_string()).expect("sealed");
    assert_eq!(Files::unseal(&sealed, &identity).expect("it opens"), files);
    let mut proof = Proof::begin("changes of a hand-in file");
    let mut dice = proof.dice();
    let places: Vec<usize> = if proof.whole() {
        (0..sealed.len()).collect()
    } else {
        (0..SLICE).map(|_| dice.below(sealed.len())).collect()
    };
    let mut tried = BTreeMap::<&str, u64>::new();
    for place in places {
        let flipped = {
            let mut bytes = sealed.clone();
            bytes[place] ^= 1 << (place % 8);
            bytes
        };
        let dropped = [&sealed[..place], &sealed[place + 1..]].concat();
        let doubled = [&sealed[..=place], &sealed[place..]].concat();
        let cut = sealed[..place].to_vec();
        for (kind, bytes) in
            [("a byte flipped", flipped), ("a byte dropped", dropped), ("a byte doubled", doubled), ("cut short", cut)]
        {
            // A byte that is dropped or doubled next to its like changes nothing.
            if bytes != sealed {
                assert!(Files::unseal(&bytes, &identity).is_err(), "{kind} at {place}");
                *tried.entry(kind).or_default() += 1;
            }
        }
    }
    tried.into_iter().for_each(|(kind, n)| proof.count(kind, n));
    assert!(Files::unseal(&sealed, &Identity::generate()).is_err(), "sealed to somebody else");
    proof.holds();
}
