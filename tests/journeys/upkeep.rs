//! Every sitting on a device is kept going, whichever is on the screen and however the application ended.

use crate::{
    desk::{Desk, PASSPHRASE, right_answers, sample_exam, stage},
    practice::{build_pack, home},
};
use invigil_client::{
    store::{SittingKey, Slot, Store},
    vault::{SecretStore, Vault},
    view::{Act, Ask, CardState, Problem, Reply, TimeKind},
};
use invigil_core::{Digest, SittingId, Value, sitting::Phase, value::Base};
use std::{path::PathBuf, time::Duration};

fn database(desk: &Desk, id: &SittingId) -> PathBuf {
    desk.folder.path().join("sittings").join(id.as_str()).join("sitting.db")
}

fn key(desk: &Desk, id: &SittingId) -> SittingKey {
    let mut vault = Vault::find(desk.folder.path(), SecretStore::Avoid);
    vault.unlock(PASSPHRASE).expect("the keys open");
    let key = vault.get(&format!("sitting:{id}")).expect("the vault is open").expect("the key is kept");
    <[u8; 32]>::try_from(key.as_slice()).expect("32 bytes").into()
}

/// The database of a sitting, as a runtime that has ended left it.
pub fn opened(desk: &Desk, id: &SittingId) -> Store {
    Store::open(&database(desk, id), &key(desk, id)).expect("the database opens")
}

/// Lets the database take no record for some seconds from now on, as a full disk would.
fn take_nothing_for(seconds: i64, desk: &Desk, id: &SittingId) {
    let connection = rusqlite::Connection::open(database(desk, id)).expect("the database");
    let key = format!("x'{}'", Digest::from(*key(desk, id)));
    connection.pragma_update(None, "key", key).expect("its key");
    let now: i64 = connection.query_row("SELECT unixepoch ()", [], |row| row.get(0)).expect("the time");
    let until = now + seconds;
    let full = "BEFORE INSERT ON records WHEN unixepoch () < ";
    let trigger = format!("CREATE TRIGGER full {full} {until} BEGIN SELECT RAISE (ABORT, 'no room'); END");
    connection.execute_batch(&trigger).expect("the trigger");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn progress_in_practice_does_not_take_the_place_of_an_exam() {
    let folder = tempfile::tempdir().expect("a folder");
    let (stage, administration) = stage(folder.path(), "open");
    let desk = Desk::new().await;
    build_pack(&desk.folder.path().join("packs-for-practice"));
    let pack = home(&desk.engine).await.practice.remove(0).pack;
    desk.engine.lobby(Ask::Practice { pack: pack.clone() }).await.expect("practice opens");
    desk.engine.lobby(Ask::Leave).await.expect("practice can be left");
    let desk = desk.restart().await;
    assert!(desk.engine.subscribe().borrow().sitting.is_none(), "a start leads home, not into practice");

    let link = stage.admit(&administration.id, "one", "Test Candidate").expect("a link");
    let id = desk.begin(&link).await;
    let refused = desk.engine.lobby(Ask::Practice { pack }).await.expect_err("not during an exam");
    assert_eq!(refused.code, "sitting-unfinished");
    let mut desk = desk;
    for restart in 1..=3 {
        desk = desk.restart().await;
        let sitting = desk.sitting();
        assert_eq!((sitting.id, sitting.phase), (id.clone(), Phase::Underway), "restart {restart}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_sitting_is_handed_in_even_if_its_submission_was_never_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut stage, administration) = stage(folder.path(), "open");
    let desk = Desk::new().await;
    let link = stage.admit(&administration.id, "one", "Test Candidate").expect("a link");
    let id = desk.begin(&link).await;
    for (item, value) in &right_answers(&sample_exam()) {
        desk.respond(item, value).await.expect("saved");
    }
    stage.stop();
    desk.engine.dispatch(Act::Submit).await.expect("handed in");
    desk.engine.stop();
    // What a power cut between the two commits leaves: the end of the sitting, and no submission.
    {
        let mut store = opened(&desk, &id);
        assert!(store.get(Slot::Submission).expect("readable").is_some());
        store.put_in_place_of(Slot::Revealed, b"[]", &[Slot::Submission]).expect("written");
    }
    stage.serve().expect("it comes up again");
    let desk = desk.restart().await;
    let result = desk.until("the result", |s| s.closing.as_ref().and_then(|c| c.result.clone())).await;
    assert!(result.passed && result.score.given == result.score.of);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sitting_that_is_not_on_the_screen_is_kept_going() {
    let folder = tempfile::tempdir().expect("a folder");
    let (stage, administration) = stage(folder.path(), "open");
    let desk = Desk::new().await;
    let link = stage.admit(&administration.id, "one", "Test Candidate").expect("a link");
    let id = desk.begin(&link).await;
    let (item, value) = right_answers(&sample_exam()).into_iter().next().expect("an item");
    desk.respond(&item, &value).await.expect("saved");
    let Value::Base(Base::Identifier(answer) | Base::String(answer)) = value else { panic!("one choice or a text") };
    let other = stage.admit(&administration.id, "two", "Candidate 02").expect("a link");
    let other = desk.admit(&other).await.expect("a second admission").sitting;
    let refused = desk.open(other.clone()).await.expect_err("an exam is not left for another by opening it");
    assert_eq!(refused.code, "sitting-unfinished");

    desk.engine.dispatch(Act::Leave).await.expect("a candidate can always leave");
    desk.engine.lobby(Ask::Leave).await.expect("and go to the start page");
    let desk = desk.restart().await;
    assert!(desk.engine.subscribe().borrow().sitting.is_none(), "the start page stays");
    let size = opened_size(&desk, &id).await;
    // The restart is on record although the sitting is not on the screen, and opening it adds no second one.
    desk.open(id.clone()).await.expect("it opens");
    assert_eq!(desk.sitting().phase, Phase::Away);
    assert_eq!(desk.sitting().saved, size);
    let Reply::Record(record) = desk.engine.lobby(Ask::Record).await.expect("the record") else { panic!() };
    assert_eq!(record.lines.iter().filter(|line| line.kind == "resumed").count(), 1);
    let answers: Vec<_> = record.lines.iter().filter_map(|line| line.args.get("answer")).collect();
    assert_eq!(answers, [&answer], "a candidate can read what they answered");
    let parts = desk.sitting().time.parts;
    let given_back = parts.iter().find(|part| part.kind == TimeKind::GivenBack).map_or(0, |part| part.ms);
    assert_eq!(given_back, 0, "time away is not given back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_that_could_not_be_recorded_is_recorded_before_anything_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let (stage, administration) = stage(folder.path(), "open");
    let desk = Desk::new().await;
    let link = stage.admit(&administration.id, "one", "Test Candidate").expect("a link");
    let id = desk.begin(&link).await;
    let before = desk.sitting().saved;
    desk.engine.stop();
    take_nothing_for(15, &desk, &id);
    let desk = desk.restart().await;
    assert_eq!(desk.sitting().saved, before, "nothing can be recorded yet");
    let (item, value) = right_answers(&sample_exam()).into_iter().next().expect("an item");
    let refused = desk.respond(&item, &value).await.expect_err("nor can an answer");
    assert_eq!(refused.code, "storage-failed");
    desk.until("the restart to be recorded", |s| (before < s.saved).then_some(())).await;
    desk.respond(&item, &value).await.expect("saved");
    let Reply::Record(record) = desk.engine.lobby(Ask::Record).await.expect("the record") else { panic!() };
    let since = record.lines.iter().skip(usize::try_from(before).expect("few"));
    assert_eq!(since.map(|line| line.kind.as_str()).collect::<Vec<_>>(), ["resumed", "responded"]);
}

/// The size of a sitting's log, once it says that the application came back.
async fn opened_size(desk: &Desk, id: &SittingId) -> u64 {
    for _ in 0..100 {
        let Reply::Home(home) = desk.engine.lobby(Ask::Home).await.expect("home") else { panic!() };
        if home.sittings.iter().any(|card| card.id == *id && card.state == CardState::Underway) {
            desk.open(id.clone()).await.expect("it opens");
            let size = desk.sitting().saved;
            desk.engine.lobby(Ask::Leave).await.expect("back to the start page");
            return size;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the sitting is not on the start page")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sitting_that_cannot_be_opened_is_shown_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let (stage, administration) = stage(folder.path(), "open");
    let desk = Desk::new().await;
    let link = stage.admit(&administration.id, "one", "Test Candidate").expect("a link");
    let id = desk.begin(&link).await;
    desk.engine.stop();
    let path = database(&desk, &id);
    let mut bytes = std::fs::read(&path).expect("the database");
    for byte in bytes.iter_mut().skip(100).step_by(50) {
        *byte ^= 1;
    }
    std::fs::write(&path, &bytes).expect("it is damaged");
    let _ = std::fs::remove_file(path.with_extension("db-wal"));
    let desk = desk.restart().await;
    let home = home(&desk.engine).await;
    let shown: Vec<_> = home.unreadable.iter().map(|one| (one.id.clone(), one.problem.clone())).collect();
    assert_eq!(shown, [(id, Problem::new("storage-damaged"))]);
    assert_eq!(std::fs::read(&path).expect("the database"), bytes, "nothing of it was changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_waits_until_it_is_redeemed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (stage, administration) = stage(folder.path(), "open");
    let desk = Desk::new().await;
    let link = stage.admit(&administration.id, "one", "Test Candidate").expect("a link");
    let handed = || desk.engine.subscribe().borrow().link.clone();
    assert_eq!(handed(), None);
    desk.engine.take_link(link.clone());
    assert_eq!(handed().map(|handed| (handed.link, handed.nth)), Some((link.clone(), 0)));
    desk.engine.take_link(link.clone());
    assert_eq!(handed().map(|handed| handed.nth), Some(1), "the same link again is news");
    desk.engine.lobby(Ask::LookUp { link: link.clone() }).await.expect("an offer");
    assert!(handed().is_some(), "an offer that was only looked at can be come back to");
    let admission = desk.admit(&link).await.expect("an admission");
    desk.open(admission.sitting).await.expect("it opens");
    assert_eq!(handed(), None);
}
