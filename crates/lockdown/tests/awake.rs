//! Keeping the machine awake where there is no login service: an X server that would blank the screen, and a desktop.
//! The server is real; the desktop is played by this test, on a real bus. What a login service does is in `login.rs`.

mod running;
mod xvfb;

use invigil_core::policy::Holding;
use invigil_lockdown::{Address, Awake, Control, Reconciler, awake::Places};
use running::{Running, wait_until};
use std::{
    process::Command,
    sync::{Arc, Mutex},
    thread::sleep,
    time::Duration,
};
use x11rb::{
    connection::Connection,
    protocol::{
        screensaver::{ConnectionExt as _, State},
        xproto::{Blanking, ConnectionExt as _, Exposures, ScreenSaver},
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};
use xvfb::Xvfb;

fn nowhere() -> Address {
    Address::At("unix:path=/nonexistent/bus".to_owned())
}

fn places(session: Address, display: Option<&str>) -> Places {
    Places { system: nowhere(), session, display: display.map(str::to_owned) }
}

fn state(awake: &mut Awake) -> &'static str {
    match awake.holding() {
        Holding::Enforced => "enforced",
        Holding::Requested { why } if why.contains("not answered") => "open",
        Holding::Requested { .. } => "requested",
        Holding::Denied { .. } => "denied",
        Holding::Unsupported { .. } => "unsupported",
        Holding::Released => "released",
    }
}

#[track_caller]
fn wait_for(expected: &str, awake: &mut Awake) {
    wait_until(expected, || state(awake) == expected);
}

#[test]
fn with_nobody_to_ask_it_is_unsupported() {
    for display in [None, Some(":4711")] {
        let mut awake = Awake::new(places(nowhere(), display));
        assert_eq!(state(&mut awake), "released");
        awake.engage().expect("asked");
        wait_for("unsupported", &mut awake);
        // Asked again it does not look better for a moment.
        awake.engage().expect("asked");
        assert_eq!(state(&mut awake), "unsupported");
        awake.release().expect("harmless");
        wait_for("released", &mut awake);
    }
}

#[test]
fn an_x_server_leaves_the_screen_on_while_it_holds() {
    let server = Xvfb::start();
    let (connection, screen) = x11rb::connect(Some(&server.display)).expect("a connection");
    let root = connection.setup().roots[screen].root;
    // It would blank the screen after a second.
    connection.set_screen_saver(1, 0, Blanking::PREFERRED, Exposures::NOT_ALLOWED).expect("sent");
    connection.sync().expect("a living server");
    let wake = || {
        connection.force_screen_saver(ScreenSaver::RESET).expect("sent").check().expect("awake");
        connection.sync().expect("a living server");
    };
    wait_until("the screen is blanked", || blank(&connection, root));
    wake();
    let mut awake = Awake::new(places(nowhere(), Some(&server.display)));
    awake.engage().expect("asked");
    wait_for("requested", &mut awake);
    sleep(Duration::from_millis(2500));
    assert!(!blank(&connection, root), "blanked although it was asked not to");
    awake.release().expect("released");
    assert_eq!(state(&mut awake), "released");
    wait_until("the screen is blanked again", || blank(&connection, root));

    // As when the application is killed.
    wake();
    awake.engage().expect("asked");
    wait_for("requested", &mut awake);
    drop(awake);
    wait_until("the screen is blanked after all", || blank(&connection, root));
}

fn blank(connection: &RustConnection, root: u32) -> bool {
    connection.screensaver_query_info(root).expect("sent").reply().expect("a reply").state == u8::from(State::ON)
}

#[derive(Clone, Default)]
struct Desktop(Arc<Mutex<Vec<u32>>>);

#[zbus::interface(name = "org.freedesktop.ScreenSaver")]
impl Desktop {
    fn inhibit(&self, application: String, reason: String) -> u32 {
        assert!(!application.is_empty() && !reason.is_empty());
        let mut given = self.0.lock().unwrap();
        let cookie = given.last().map_or(7, |last| last + 1);
        given.push(cookie);
        cookie
    }

    fn un_inhibit(&self, cookie: u32) {
        self.0.lock().unwrap().retain(|given| *given != cookie);
    }
}

impl Desktop {
    fn start(&self, bus: &str) -> zbus::blocking::Connection {
        let builder = zbus::blocking::connection::Builder::address(bus).expect("an address");
        let builder = builder.serve_at("/org/freedesktop/ScreenSaver", self.clone()).expect("a path");
        builder.name("org.freedesktop.ScreenSaver").expect("a name").build().expect("a desktop")
    }

    fn given(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

#[test]
fn a_desktop_is_asked_once_and_its_successor_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bus");
    let address = format!("unix:path={}", path.display());
    let _daemon =
        Running::start(Command::new("dbus-daemon").args(["--session", "--nofork", &format!("--address={address}")]));
    wait_until("a bus", || path.exists());
    let mut awake = Awake::new(places(Address::At(address.clone()), None));
    awake.engage().expect("asked");
    // There is no desktop yet.
    wait_for("unsupported", &mut awake);

    let (first, second) = (Desktop::default(), Desktop::default());
    let running = first.start(&address);
    wait_for("requested", &mut awake);
    for _ in 0..3 {
        awake.engage().expect("asked again");
        wait_for("requested", &mut awake);
        assert_eq!(first.given(), 1);
    }
    drop(running);
    let _running = second.start(&address);
    wait_until("the new desktop is asked", || {
        awake.holding();
        second.given() == 1
    });
    awake.release().expect("released");
    wait_until("the word is taken back", || state(&mut awake) == "released" && second.given() == 0);

    let mut reconciler = Reconciler::new(vec![Box::new(awake)]);
    reconciler.reconcile(&[invigil_core::policy::Control::Awake].into());
    wait_until("the desktop is asked", || second.given() == 1);
    drop(reconciler);
    wait_until("the word is taken back", || second.given() == 0);
}

#[test]
fn a_login_service_that_hangs_holds_up_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bus");
    let _deaf = std::os::unix::net::UnixListener::bind(&path).expect("a socket");
    let deaf = || Address::At(format!("unix:path={}", path.display()));
    let mut awake = Awake::new(Places { system: deaf(), session: deaf(), display: None });
    let began = invigil_lockdown::guard::monotonic();
    for _ in 0..10 {
        awake.engage().expect("nobody has said no");
        assert_eq!(state(&mut awake), "open");
    }
    awake.release().expect("released");
    assert_eq!(state(&mut awake), "released");
    let took = invigil_lockdown::guard::monotonic() - began;
    assert!(took < Duration::from_millis(100), "a main loop would have waited {took:?}");
}
