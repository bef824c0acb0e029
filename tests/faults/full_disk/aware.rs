//! A small disk under what nobody waits for: reports of the machine and words of the issuer. They are written down as
//! soon as they can be, and a disk that fails is let go.

use super::disk::{Disk, Kind, clear, fill};
use crate::{
    candidate::{PASSPHRASE, count},
    sample::{admit, right_answers, sample, sample_exam, schedule},
};
use invigil::stage::Stage;
use invigil_client::{
    engine::{Engine, Options},
    vault::SecretStore,
    view::{Act, Ask, Problem, Reply},
};
use invigil_core::{
    policy::{Control, Holding},
    sitting::ControlReport,
};
use std::{
    env, fs,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

/// Where the disk is, for the process that runs there.
const ON_DISK: &str = "INVIGIL_TEST_ON_DISK";
const PATIENCE: Duration = Duration::from_secs(60);

fn report(holding: &Holding) -> Vec<ControlReport> {
    let controls = Control::ALL;
    controls.map(|control| ControlReport { control, holding: holding.clone() }).to_vec()
}

/// Sets an issuer up and admits a candidate.
fn set(folder: &Path) -> (Stage, String) {
    let mut stage = Stage::set(&folder.join("issuer"), "Test issuer", None).expect("an issuer");
    stage.load(&sample(), &[sample_exam()]).expect("the sample is loaded");
    let link = admit(&stage, &schedule(&stage), "candidate-1");
    stage.serve().expect("the service comes up");
    (stage, link)
}

/// A runtime in this process whose exam is underway.
async fn begun(state: &Path, link: String) -> Engine {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (engine, _) = Engine::start(Options {
        folder: state.to_owned(),
        secret_store: SecretStore::Avoid,
        practice: vec![],
        link: None,
        guard: None,
        files: state.to_owned(),
        scrubbed: vec![],
    })
    .await
    .expect("it starts");
    engine.report(report(&Holding::Enforced));
    let ask = async |ask| engine.lobby(ask).await.expect("it answers");
    ask(Ask::Unlock { passphrase: PASSPHRASE.to_owned() }).await;
    ask(Ask::LookUp { link: link.clone() }).await;
    let Reply::Admission(admission) = ask(Ask::Admit { link }).await else { panic!("an admission") };
    ask(Ask::Open { sitting: admission.sitting }).await;
    engine.dispatch(Act::Acknowledge).await.expect("the notice is accepted");
    ask(Ask::Readiness).await;
    engine.dispatch(Act::Begin { code: None }).await.expect("it begins");
    engine
}

#[test]
fn a_control_that_is_lost_on_a_full_disk_is_recorded_once_there_is_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Disk::new(Kind::here(), folder.path());
    let mut command = disk.command();
    command.arg(env::current_exe().expect("this program")).args(["--exact", "full_disk::aware::on_the_disk"]);
    let output = command.arg("--nocapture").env(ON_DISK, disk.inside()).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The same from where the disk is mounted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_the_disk() {
    let Some(disk) = env::var_os(ON_DISK).map(PathBuf::from) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (_stage, link) = set(folder.path());
    let engine = begun(&disk.join("state"), link).await;
    let released = || {
        engine.report(report(&Holding::Released));
        let view = engine.subscribe().borrow().sitting.clone();
        view.is_some_and(|sitting| sitting.controls == report(&Holding::Released))
    };
    fill(&disk, 0);
    // Some room may be left in what the database has taken already.
    let full = (0..1_000).find(|n| {
        let holding = if n % 2 == 0 { Holding::Enforced } else { Holding::Unsupported { why: n.to_string() } };
        engine.report(report(&holding));
        let view = engine.subscribe().borrow().sitting.clone();
        view.is_none_or(|sitting| sitting.controls != report(&holding))
    });
    assert!(full.is_some() && !released(), "nothing can be recorded");
    let notes = || engine.subscribe().borrow().sitting.clone().map(|sitting| sitting.notes).unwrap_or_default();
    assert!(notes().iter().any(Problem::is_of_storage), "the candidate is told: {:?}", notes());
    clear(&disk);
    let soon = async {
        // As the shell does, again and again.
        while !released() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, soon).await.expect("it is recorded once there is room");
    assert!(!notes().iter().any(Problem::is_of_storage), "what is over is said no more: {:?}", notes());
}

#[test]
fn a_disk_that_fails_while_the_result_is_awaited_is_let_go_and_the_result_comes() {
    if Kind::here() == Kind::Memory {
        println!("skipped: only root has a disk that fails");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (mut stage, link) = set(folder.path());
    fs::write(folder.path().join("answers.json"), serde_json::to_vec(&right_answers()).expect("JSON"))
        .expect("answers");
    let mut disk = Disk::new(Kind::Ext4, folder.path());
    let candidate = disk.seat(&link, 50);
    assert!(candidate.wait(PATIENCE, |said| 3 <= count(said, "saved")));
    stage.stop();
    assert!(candidate.wait(PATIENCE, |said| 0 < count(said, "submitted")));
    disk.fail();
    stage.serve().expect("the service is back");
    // What the issuer confirms cannot be kept, and nobody else writes. Nothing may hold the disk when it is taken out.
    let closed = (0..1_000).any(|_| {
        thread::sleep(Duration::from_millis(50));
        !candidate.has_open("sitting.db")
    });
    assert!(closed, "the database is still open");
    disk.repair();
    assert!(candidate.wait(PATIENCE, |said| 0 < count(said, "result")), "the sitting comes back by itself");
}
