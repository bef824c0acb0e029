//! `invigil demo`, which `make run` starts: the offer comes to the screen, and whatever ends it, nothing of it is left.

use crate::{
    application::{Application, NAME, driven},
    bus::Bus,
    desk::{Desk, alive, interrupt, wait},
    outside::X11,
};
use invigil_tests::root;
use std::{fs, path::PathBuf};

fn program(name: &str) -> PathBuf {
    invigil::stage::binary(name).unwrap_or_else(|error| panic!("{error}: run `make window`"))
}

/// Waits until every program of the demonstration is gone, and looks for what it left.
#[track_caller]
fn leaves_nothing(desk: &Desk) {
    const OTHERS: [&str; 2] = ["WebKitWebProcess", "WebKitNetworkProcess"];
    for name in ["invigil", "invigil-issuer", "invigil-guard", NAME].into_iter().chain(OTHERS) {
        wait(&format!("{name} to be gone"), || desk.processes(name).is_empty().then_some(()));
    }
    let left: Vec<_> = fs::read_dir(desk.home().join("tmp")).expect("the folder").flatten().collect();
    assert!(left.is_empty(), "left behind: {left:?}");
}

#[test]
fn the_demonstration_opens_at_its_offer() {
    let mut app = Application::empty();
    // The demonstration starts what lies beside it, so this one starts the application that can be driven.
    let programs = app.desk.home().join("programs");
    fs::create_dir(&programs).expect("a folder");
    for path in [program("invigil"), program("invigil-issuer"), driven()] {
        fs::copy(&path, programs.join(path.file_name().expect("a name"))).expect("a copy");
    }
    let exams = root().join("exams").display().to_string();
    app.start_with(&programs.join("invigil"), &["demo", &exams]);
    app.until_shown("offer");
    app.until_seen("heading", "Demonstration issuer");
    app.screen.x11().ask_to_close(app.screen.x11().window());
    leaves_nothing(&app.desk);
}

#[test]
fn the_demonstration_ends_with_its_window_and_at_ctrl_c() {
    let desk = Desk::new();
    let screen = X11::of(&desk);
    for (by_keys, status) in [(false, 0), (true, 130)] {
        let mut command = desk.command(program("invigil"));
        let mut child = command.arg("demo").arg("exams").current_dir(root()).spawn().expect("it starts");
        let window = screen.window();
        wait("its page to be shown", || screen.is_painted(window).then_some(()));
        assert_eq!(desk.processes("invigil-guard").len(), 1, "as the shipped application runs");
        if by_keys {
            interrupt(child.id());
        } else {
            screen.ask_to_close(window);
        }
        let ending = wait("the command to end", || child.try_wait().expect("it can be asked"));
        assert_eq!(ending.code(), Some(status), "{}", desk.said());
        assert!(!alive(child.id()));
        leaves_nothing(&desk);
    }
}

#[test]
fn the_demonstration_leaves_no_keys_in_the_secret_store() {
    let mut desk = Desk::new();
    let screen = X11::of(&desk);
    desk.start_secret_store();
    desk.until_on_bus("org.freedesktop.secrets");
    let mut child =
        desk.command(program("invigil")).arg("demo").arg("exams").current_dir(root()).spawn().expect("it starts");
    let window = screen.window();
    wait("its page to be shown", || screen.is_painted(window).then_some(()));
    let bus = Bus::of(&desk);
    assert_eq!(bus.secrets().len(), 1, "the store is used");
    screen.ask_to_close(window);
    wait("the command to end", || child.try_wait().expect("it can be asked"));
    assert!(bus.secrets().is_empty(), "left behind: {:?}", bus.secrets().keys());
}
