//! Practice without account or network: feedback, progress that is kept where keys are, and the word where it is not.

use crate::desk::{Desk, right_answers, sample_exam};
use invigil_client::{
    engine::{Engine, Options},
    vault::SecretStore,
    view::{Act, Ask, Keeping, Reply},
};
use invigil_core::{Value, item::Interaction, sitting::Phase, value::Base};
use std::{path::Path, process::Command};

pub fn build_pack(folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    let status = Command::new(invigil::stage::binary("invigil").expect("the program is built"))
        .args(["pack", "build", "--practice", "--out"])
        .args([&folder.join("first-steps.invigil"), &sample_exam()])
        .stdout(std::process::Stdio::null())
        .status()
        .expect("it runs");
    assert!(status.success());
}

pub async fn home(engine: &Engine) -> invigil_client::view::Home {
    match engine.lobby(Ask::Home).await.expect("home") {
        Reply::Home(home) => home,
        other => panic!("not home: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn practice_gives_feedback_and_keeps_progress() {
    let desk = Desk::new().await;
    build_pack(&desk.folder.path().join("packs-for-practice"));
    let card = home(&desk.engine).await.practice.remove(0);
    assert_eq!((card.items, card.answered), (10, 0));
    desk.engine.lobby(Ask::Practice { pack: card.pack.clone() }).await.expect("it opens");
    let sitting = desk.sitting();
    assert!(sitting.practice && sitting.phase == Phase::Underway && sitting.time.remaining_ms.is_none());
    let answers = right_answers(&sample_exam());
    let mut choices = answers.iter().filter(|(_, value)| matches!(value, Value::Base(Base::Identifier(_))));
    let (right, value) = choices.next().expect("an item with choices");
    let (wrong, _) = choices.next().expect("another one");
    desk.respond(right, value).await.expect("taken");
    desk.engine.dispatch(Act::Reveal { item: right.clone() }).await.expect("feedback");
    let Reply::Item { item } = desk.engine.lobby(Ask::Item { item: wrong.clone() }).await.expect("the item") else {
        panic!("not an item")
    };
    let Interaction::Choice { choices: offered, .. } = item.interaction else { panic!("an item with choices") };
    let other = offered.iter().map(|choice| Value::choice(&choice.id)).find(|value| *value != answers[wrong]);
    let other = other.expect("a wrong choice");
    desk.respond(wrong, &other).await.expect("taken");
    desk.engine.dispatch(Act::Reveal { item: wrong.clone() }).await.expect("feedback");
    let feedback = |id: &invigil_core::ItemId| {
        let item = desk.sitting().items.into_iter().find(|item| item.id == *id).expect("the item");
        item.feedback.expect("feedback is shown")
    };
    assert_eq!(feedback(right).right, Some(true));
    assert_eq!(feedback(wrong).right, Some(false));
    assert!(!feedback(wrong).explanation.is_empty() && !feedback(wrong).choices.is_empty());

    let desk = desk.restart().await;
    let card = home(&desk.engine).await.practice.remove(0);
    assert_eq!((card.answered, card.right), (2, 1), "progress is kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn practice_without_keys_works_and_says_that_it_is_not_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    build_pack(&folder.path().join("packs"));
    let start = || async {
        let options = Options {
            folder: folder.path().join("state"),
            secret_store: SecretStore::Avoid,
            practice: vec![folder.path().join("packs")],
            link: None,
            guard: None,
            files: folder.path().to_owned(),
            scrubbed: vec![],
        };
        Engine::start(options).await.expect("it starts").0
    };
    let engine = start().await;
    assert_eq!(home(&engine).await.keeping, Keeping::Nowhere);
    let pack = home(&engine).await.practice[0].pack.clone();
    engine.lobby(Ask::Practice { pack }).await.expect("it opens");
    let (item, value) = right_answers(&sample_exam()).into_iter().next().expect("an item");
    engine.dispatch(Act::Respond { item, value: Some(value) }).await.expect("taken");
    engine.lobby(Ask::Leave).await.expect("home");
    assert_eq!(home(&engine).await.practice[0].answered, 1, "it is there while the application runs");
    engine.stop();
    assert_eq!(home(&start().await).await.practice[0].answered, 0, "and gone with it");
}
