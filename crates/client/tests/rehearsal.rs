//! A rehearsed failure without a window: the engine is ended where the shell would kill it, and started again on the same
//! folder. Beside an exam that counts it is refused; that rule is a table in `invigil_core::rehearsal`.

use invigil_client::{
    engine::{Engine, Options, Surroundings},
    vault::SecretStore,
    view::{Act, Ask, Problem, Rehearsal, Reply},
};
use invigil_content::{
    academy,
    pack::{PracticeArgs, seal_practice},
};
use invigil_core::{
    ItemId, SecretKey, Value, Wall,
    item::Interaction,
    readiness::{Desktop, Display},
};
use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

const PASSPHRASE: &str = "a passphrase for tests";
const EXAM: &str = include_str!("../../../exams/sample/first-steps/first-steps.md");

async fn start(folder: &Path, died: &Arc<AtomicBool>) -> Engine {
    let options = Options {
        folder: folder.join("state"),
        secret_store: SecretStore::Avoid,
        practice: vec![folder.to_owned()],
        link: None,
        guard: None,
        files: folder.to_owned(),
        scrubbed: vec![],
    };
    let engine = Engine::start(options).await.expect("it starts").0;
    let died = died.clone();
    engine.take_surroundings(Surroundings {
        desktop: Desktop { name: String::new(), display: Display::None, shown_by: String::new() },
        aids: Arc::new(Vec::new),
        die: Arc::new(move || died.store(true, Ordering::SeqCst)),
    });
    engine
}

async fn unlock(engine: &Engine) {
    engine.lobby(Ask::Unlock { passphrase: PASSPHRASE.to_owned() }).await.expect("the keys open");
}

async fn practise(engine: &Engine) -> Vec<ItemId> {
    let Ok(Reply::Home(home)) = engine.lobby(Ask::Home).await else { panic!("no home") };
    engine.lobby(Ask::Practice { pack: home.practice[0].pack.clone() }).await.expect("it opens");
    let sitting = engine.subscribe().borrow().sitting.clone().expect("practice is open");
    sitting.items.into_iter().map(|item| item.id).collect()
}

async fn answer(engine: &Engine, item: &ItemId) -> Result<(), Problem> {
    let Ok(Reply::Item { item: content }) = engine.lobby(Ask::Item { item: item.clone() }).await else {
        panic!("no item")
    };
    let value = match &content.interaction {
        Interaction::Choice { choices, max_choices: 1, .. } => Value::choice(&choices[0].id),
        Interaction::Choice { choices, .. } => Value::choices([choices[0].id.as_str()]),
        Interaction::TextEntry { .. } | Interaction::ExtendedText { .. } => Value::text("an answer"),
    };
    engine.dispatch(Act::Respond { item: item.clone(), value: Some(value) }).await.map(drop)
}

fn stage(engine: &Engine) -> Option<Rehearsal> {
    engine.subscribe().borrow().rehearsal.clone()
}

async fn code(engine: &Engine) -> String {
    engine.lobby(Ask::Rehearse).await.expect_err("it is refused").code
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rehearsed_kill_is_compared_with_what_is_read_from_the_disk() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().expect("a folder");
    let author = SecretKey::from_seed(&[7; 32]);
    let bank = academy::read("first-steps.md", EXAM).bank.expect("the sample can be read");
    let built = Wall::from_unix_ms(1_795_000_000_000);
    let pack = seal_practice(&bank, PracticeArgs { author: &author, salt: [1; 16], built }).expect("a pack");
    fs::write(folder.path().join("first.invigil"), pack.bytes).expect("it is written");
    let died = Arc::new(AtomicBool::new(false));

    let engine = start(folder.path(), &died).await;
    assert_eq!(code(&engine).await, "not-practice");
    let items = practise(&engine).await;
    assert_eq!(code(&engine).await, "rehearsal-empty");
    answer(&engine, &items[0]).await.expect("taken");
    assert_eq!(code(&engine).await, "rehearsal-not-kept", "without keys the answers end with the application");
    engine.stop();

    let engine = start(folder.path(), &died).await;
    unlock(&engine).await;
    let items = practise(&engine).await;
    for item in &items[..4] {
        answer(&engine, item).await.expect("taken");
    }
    // It can be called off until the kill.
    let rehearsing = tokio::spawn({
        let engine = engine.clone();
        async move { engine.lobby(Ask::Rehearse).await }
    });
    while !matches!(stage(&engine), Some(Rehearsal::Cut { .. })) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    engine.lobby(Ask::RehearsalOver).await.expect("called off");
    rehearsing.await.expect("it ends").expect("in peace");
    assert_eq!((stage(&engine), died.load(Ordering::SeqCst)), (None, false));
    let left = folder.path().join("state/rehearsal.json");
    assert!(!left.exists());

    engine.lobby(Ask::Rehearse).await.expect("it is killed");
    assert!(died.load(Ordering::SeqCst) && left.exists());
    engine.stop();
    drop(engine);

    // One answer is changed behind its back, so that a comparison that compares nothing would be seen.
    let engine = start(folder.path(), &died).await;
    assert_eq!(stage(&engine), Some(Rehearsal::Sealed), "the passphrase comes first");
    let text = fs::read_to_string(&left).expect("it is there");
    let mut kept: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let wrong = "0".repeat(64);
    kept["answers"][items[3].as_str()] = serde_json::json!(wrong);
    fs::write(&left, kept.to_string()).expect("it is changed");
    unlock(&engine).await;
    let Some(Rehearsal::Back(outcome)) = stage(&engine) else { panic!("it is not back: {:?}", stage(&engine)) };
    let same = |item: &ItemId| {
        let answer = outcome.answers.iter().find(|answer| answer.item == *item).expect("it was there before");
        answer.after == Some(answer.before)
    };
    assert_eq!(outcome.answers.len(), 4);
    assert_eq!([0, 1, 2, 3].map(|number| same(&items[number])), [true, true, true, false]);
    assert!(outcome.network.is_none(), "this device knows no issuer");
    let sitting = engine.subscribe().borrow().sitting.clone().expect("the practice is on the screen again");
    assert_eq!(sitting.items.iter().filter(|item| item.answered).count(), 4);

    engine.stop();
    drop(engine);
    let engine = start(folder.path(), &died).await;
    assert!(matches!(stage(&engine), Some(Rehearsal::Back(same)) if same == outcome), "until it is read");
    engine.lobby(Ask::RehearsalOver).await.expect("read");
    assert!(stage(&engine).is_none() && !left.exists());
}
