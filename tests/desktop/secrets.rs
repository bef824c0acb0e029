//! Keys in the desktop's own secret store: nobody is asked for a passphrase, no key lies on the disk, and a store that
//! does not answer costs nobody the exam.

use crate::{
    application::Application,
    bus::Bus,
    desk::{alive, freeze, stays, thaw, wait},
    walk::{Exam, written},
};
use std::{fs, path::Path, time::Duration};

/// More than the guard's patience with a main loop that is silent.
const STALL: Duration = Duration::from_secs(9);

#[test]
fn the_secret_store_keeps_the_keys() {
    let exam = Exam::prepare("moderate");
    let mut app = Application::empty();
    app.desk.start_secret_store();
    app.desk.until_on_bus("org.freedesktop.secrets");
    app.start_again(&[&exam.link]);
    begin(&app);
    let question = exam.question(&app);
    let value = exam.answer_to(question);
    app.give(value);

    app.kill();
    app.start_again(&[]);
    app.until_shown("exam");
    assert_eq!(exam.question(&app).id, question.id, "the exam goes on where it was");
    wait("the answer to be as it was", || (app.answer() == written(value)).then_some(()));

    let secrets = Bus::of(&app.desk).secrets();
    let mut names: Vec<_> = secrets.keys().map(|name| name.split(':').next().unwrap_or_default()).collect();
    names.sort_unstable();
    assert_eq!(names, ["device", "device-recipient", "sitting"], "what the store keeps");
    let state = app.desk.home().join(".local/state/invigil");
    assert!(!state.join("keys.age").exists() && !state.join("keys").exists(), "nothing is sealed by a passphrase");
    for (name, secret) in &secrets {
        let held = holders(app.desk.home(), secret);
        assert!(held.is_empty(), "{name} lies in {held:?}");
    }
}

/// From the offer that the link has opened to the first question. No passphrase is asked on the way.
fn begin(app: &Application) {
    app.until_shown("offer");
    app.press("button", "Yes, get my admission");
    app.until_shown("admitted");
    app.press("button", "I have read this and accept it");
    app.until_shown("checking");
    app.press("button", "Begin the exam");
    app.until_shown("exam");
    wait("the exam to hold the machine", || app.screen.is_held().then_some(()));
}

/// Every file below a folder that holds these bytes, plain or as hexadecimal.
fn holders(folder: &Path, secret: &[u8]) -> Vec<String> {
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let holds = |file: &Path| {
        let bytes = fs::read(file).unwrap_or_default();
        [secret, hex.as_bytes()].iter().any(|needle| bytes.windows(needle.len()).any(|part| part == *needle))
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(holders(&entry.path(), secret)),
            Ok(kind) if kind.is_file() && holds(&entry.path()) => found.push(entry.path().display().to_string()),
            Ok(_) | Err(_) => {}
        }
    }
    found
}

/// The runtime may have to wait for the store; the main loop, whose beats the guard counts, may not.
#[test]
fn a_stalled_secret_store_does_not_get_the_application_killed() {
    let exam = Exam::prepare("moderate");
    let mut app = Application::empty();
    let store = app.desk.start_secret_store();
    app.desk.until_on_bus("org.freedesktop.secrets");
    app.start_guarded(&[&exam.link]);
    let process = app.process();
    app.until_shown("offer");
    // The guard counts silence from the first beat on.
    stays("the application lives", Duration::from_secs(3), || alive(process));
    freeze(store);
    app.press("button", "Yes, get my admission");
    stays("the application lives", STALL, || alive(process));
    assert_eq!(app.shown(), "offer", "the store is what it waits for");
    thaw(store);
    app.until_shown("admitted");
    assert_eq!(app.process(), process, "it was never started again");
}
