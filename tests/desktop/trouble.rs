//! An application that cannot start says why, in a window: nobody reads what a desktop entry writes to a terminal.

use crate::{
    application::{NAME, shipped},
    desk::{Desk, stays, wait},
    outside::X11,
};
use std::{process::Stdio, time::Duration};

/// See `invigil_lockdown::guard::CANNOT_START_STATUS`.
const CANNOT_START: i32 = 78;

#[test]
fn what_keeps_it_from_starting_is_said_in_a_window() {
    let desk = Desk::new();
    let screen = X11::of(&desk);
    let long = desk.home().join("long".repeat(30));
    let file = desk.home().join("managed");
    for (state, code) in [(&long, "state-path-too-long"), (&file, "storage-failed")] {
        let mut command = desk.command(shipped());
        let mut child = command.env("INVIGIL_STATE", state).stderr(Stdio::piped()).spawn().expect("it starts");
        let window = screen.window();
        wait("the reason to be shown", || screen.is_painted(window).then_some(()));
        screen.picture(&desk, window, &format!("trouble-{code}"));
        stays("the reason is shown until it is read", Duration::from_secs(1), || screen.windows() == [window]);
        // Every button of it can be reached by keys, and the first one closes it.
        desk.press(&["Return"]);
        let ending = wait("it to end", || child.try_wait().expect("it can be asked"));
        let said = child.wait_with_output().expect("its words can be read");
        let said = String::from_utf8_lossy(&said.stderr).into_owned();
        assert_eq!(ending.code(), Some(CANNOT_START), "{said}");
        assert!(said.contains(&format!("Invigil cannot start ({code}).")), "{said}");
        stays("the guard does not start it again", Duration::from_secs(1), || {
            desk.processes(NAME).is_empty() && desk.processes("invigil-guard").is_empty()
        });
    }
}
