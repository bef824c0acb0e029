//! A service that was put back from a backup, and copies of a candidate's folder: what the one lost is sent again, and
//! what the other handed in counts. Evidence comes, whatever happens on its way.

use crate::{
    desk::{Desk, PATIENCE, pictured_stage, right_answers, sample_exam},
    devices::{answer, delivered, hand_in_file, home, passed},
    upkeep::opened,
};
use invigil::stage::Stage;
use invigil_client::{
    store::Slot,
    view::{Act, CardState},
};
use invigil_core::{Digest, SittingId};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// Keeps the service from taking evidence, and with it from taking a submission that names some.
struct Shelf(PathBuf);

impl Shelf {
    fn of(folder: &Path) -> Self {
        Self(folder.join("evidence"))
    }

    /// Everything on it is gone, and nothing can be put there.
    fn shut(&self) {
        let _ = fs::remove_dir_all(&self.0);
        fs::write(&self.0, "").expect("a file in its place");
    }

    fn open(&self) {
        fs::remove_file(&self.0).expect("it was shut");
    }

    fn piece(&self, sitting: &SittingId, sha256: &Digest) -> PathBuf {
        self.0.join(sitting.as_str()).join(sha256.to_string())
    }
}

async fn eventually(what: &str, happened: impl Fn() -> bool) {
    let wait = async {
        while !happened() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("waited in vain for {what}"));
}

/// Answers everything, hands in with a piece of evidence on the shut shelf, and waits until every record is confirmed.
async fn handed_in_without_a_receipt(desk: &Desk, shelf: &Shelf) -> Digest {
    shelf.shut();
    answer(desk, right_answers(&sample_exam()).into_iter()).await;
    let sha256 = desk.keep(b"a sealed piece");
    desk.engine.dispatch(Act::Submit).await.expect("handed in");
    delivered(desk).await;
    sha256
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_put_back_from_a_backup_gets_again_what_it_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut stage, administration) = pictured_stage(folder.path());
    let shelf = Shelf::of(folder.path());
    let link = stage.admit(&administration.id, "candidate-1", "Test Candidate").expect("a link");
    let desk = Desk::new().await;
    let sitting = desk.begin(&link).await;
    let early = desk.keep(b"an early piece");
    eventually("the early piece", || shelf.piece(&sitting, &early).exists()).await;
    let backup = folder.path().join("backup.db");
    with_store(&mut stage, folder.path(), |store| fs::copy(store, &backup).expect("a backup"));
    let late = handed_in_without_a_receipt(&desk, &shelf).await;
    with_store(&mut stage, folder.path(), |store| fs::copy(&backup, store).expect("put back"));
    shelf.open();
    desk.restart().await.until("the receipt", |s| s.closing.as_ref().and_then(|c| c.receipt.clone())).await;
    assert!([early, late].iter().all(|piece| shelf.piece(&sitting, piece).exists()), "without the backup's help");
}

/// Changes the service's store while it is down. What lies in its write-ahead log is brought into it first.
fn with_store(stage: &mut Stage, folder: &Path, change: impl FnOnce(&Path) -> u64) {
    stage.stop();
    let path = folder.join("issuer.db");
    rusqlite::Connection::open(&path)
        .and_then(|store| store.pragma_update(None, "journal_mode", "delete"))
        .expect("the store is whole");
    change(&path);
    stage.serve().expect("the service is back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_that_moves_before_the_receipt_ends_the_waiting_for_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (stage, administration) = pictured_stage(folder.path());
    let shelf = Shelf::of(folder.path());
    let link = stage.admit(&administration.id, "candidate-1", "Test Candidate").expect("a link");
    let desk = Desk::new().await;
    let sitting = desk.begin(&link).await;
    handed_in_without_a_receipt(&desk, &shelf).await;
    assert_eq!(home(&desk).await.sittings[0].state, CardState::Sending);
    let moved = stage.issuer(&["move", sitting.as_str()]).expect("a link");
    let second = Desk::new().await;
    second.admit(moved["link"].as_str().expect("a link")).await.expect("it moves");
    shelf.open();
    let desk = desk.restart().await;
    let stopped = desk.until("the first to hear of it", |view| view.stopped.clone()).await;
    assert_eq!((stopped.as_str(), home(&desk).await.sittings[0].state), ("seat-moved", CardState::Moved));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_copy_of_the_device_handed_in_counts_on_the_device_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut stage, administration) = pictured_stage(folder.path());
    let shelf = Shelf::of(folder.path());
    let link = stage.admit(&administration.id, "candidate-1", "Test Candidate").expect("a link");
    let desk = Desk::new().await;
    let sitting = desk.begin(&link).await;
    handed_in_without_a_receipt(&desk, &shelf).await;
    let file = hand_in_file(&desk, &sitting).await;
    desk.engine.stop();
    stage.stop();
    shelf.open();
    let taken = stage.issuer(&["hand-in", &file]).expect("it is taken");
    assert_eq!(taken["receipt"], true);
    // The file came from a copy of the device; what the device itself signs later is another submission.
    let mut store = opened(&desk, &sitting);
    store.put_in_place_of(Slot::Revealed, b"[]", &[Slot::Submission]).expect("written");
    drop(store);
    stage.serve().expect("the service is back");
    let desk = desk.restart().await;
    passed(&desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_piece_that_a_power_cut_tore_at_the_issuer_is_sent_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut stage, administration) = pictured_stage(folder.path());
    let shelf = Shelf::of(folder.path());
    let link = stage.admit(&administration.id, "candidate-1", "Test Candidate").expect("a link");
    let desk = Desk::new().await;
    let sitting = desk.begin(&link).await;
    delivered(&desk).await;
    stage.stop();
    let piece = shelf.piece(&sitting, &desk.keep(b"a sealed piece"));
    fs::create_dir_all(piece.parent().expect("a folder")).expect("made");
    fs::write(piece.with_extension("part"), [0; 5]).expect("written");
    stage.serve().expect("the service is back");
    eventually("the piece", || piece.exists()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn evidence_of_a_seat_that_has_moved_still_comes() {
    let folder = tempfile::tempdir().expect("a folder");
    let (stage, administration) = pictured_stage(folder.path());
    let shelf = Shelf::of(folder.path());
    let link = stage.admit(&administration.id, "candidate-1", "Test Candidate").expect("a link");
    let desk = Desk::new().await;
    let sitting = desk.begin(&link).await;
    shelf.shut();
    let early = desk.keep(b"an early piece");
    delivered(&desk).await;
    let moved = stage.issuer(&["move", sitting.as_str()]).expect("a link");
    let second = Desk::new().await;
    second.admit(moved["link"].as_str().expect("a link")).await.expect("it moves");
    let late = desk.keep(b"a late piece");
    desk.until("the first to hear of it", |view| view.stopped.clone()).await;
    shelf.open();
    let desk = desk.restart().await;
    eventually("the early piece", || shelf.piece(&sitting, &early).exists()).await;
    let late = desk.folder.path().join("sittings").join(sitting.as_str()).join("evidence").join(late.to_string());
    assert!(late.exists(), "what the issuer does not ask for stays here");
}
