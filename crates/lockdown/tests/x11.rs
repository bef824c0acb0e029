//! The X11 probes against a real server. The tests play the exam window, and where it matters a real window manager
//! answers.

mod xvfb;

use invigil_lockdown::x11::Witness;
use x11rb::{
    CURRENT_TIME, NONE,
    connection::Connection,
    protocol::{
        randr::{ConnectionExt as _, MonitorInfo},
        xinput::{ConnectionExt as _, Device, GrabOwner, XIEventMask},
        xproto::{
            AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux,
            EventMask as CoreMask, GrabMode, GrabStatus, PropMode, Window, WindowClass,
        },
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};
use xvfb::{Xvfb, wait_until};

/// The application's side: another connection with a window of its own.
struct Client {
    connection: RustConnection,
    root: Window,
    window: Window,
}

impl Client {
    fn new(server: &Xvfb, width: u16, height: u16) -> Self {
        let (connection, screen) = x11rb::connect(Some(&server.display)).expect("a connection");
        let root = connection.setup().roots[screen].root;
        let window = connection.generate_id().expect("an id");
        let aux = CreateWindowAux::new();
        let class = WindowClass::INPUT_OUTPUT;
        connection
            .create_window(0, window, root, 0, 0, width, height, 0, class, 0, &aux)
            .expect("sent")
            .check()
            .expect("a window");
        let client = Self { connection, root, window };
        client.sync();
        client
    }

    fn sync(&self) {
        self.connection.sync().expect("a living server");
    }

    fn map(&self) {
        self.connection.map_window(self.window).expect("sent").check().expect("mapped");
    }

    fn atom(&self, name: &str) -> u32 {
        self.connection.intern_atom(false, name.as_bytes()).expect("sent").reply().expect("an atom").atom
    }

    fn grab(&self) -> GrabStatus {
        let mode = GrabMode::ASYNC;
        let grab = self.connection.grab_keyboard(true, self.window, CURRENT_TIME, mode, mode).expect("sent");
        grab.reply().expect("a reply").status
    }

    fn ungrab(&self) {
        self.connection.ungrab_keyboard(CURRENT_TIME).expect("sent").check().expect("released");
    }

    /// What a window manager writes, for tests without one.
    fn write_state(&self, states: &[&str]) {
        let states: Vec<_> = states.iter().map(|name| self.atom(name)).collect();
        let property = self.atom("_NET_WM_STATE");
        let change =
            self.connection.change_property32(PropMode::REPLACE, self.window, property, AtomEnum::ATOM, &states);
        change.expect("sent").check().expect("written");
    }

    fn place(&self, x: i32, y: i32, width: u32, height: u32) {
        let aux = ConfigureWindowAux::new().x(x).y(y).width(width).height(height);
        self.connection.configure_window(self.window, &aux).expect("sent").check().expect("placed");
    }

    /// Asks the window manager, as a toolkit does.
    fn ask_for_fullscreen(&self, action: u32) {
        self.ask("_NET_WM_STATE", [action, self.atom("_NET_WM_STATE_FULLSCREEN"), 0, 1, 0]);
    }

    fn ask_for_activity(&self) {
        // 2: on behalf of the user.
        self.ask("_NET_ACTIVE_WINDOW", [2, CURRENT_TIME, 0, 0, 0]);
    }

    fn ask(&self, what: &str, data: [u32; 5]) {
        let event = ClientMessageEvent::new(32, self.window, self.atom(what), data);
        let mask = CoreMask::SUBSTRUCTURE_REDIRECT | CoreMask::SUBSTRUCTURE_NOTIFY;
        self.connection.send_event(false, self.root, mask, event).expect("sent").check().expect("asked");
    }
}

fn probe(server: &Xvfb) -> Witness {
    Witness::connect(Some(&server.display)).expect("a probe")
}

#[test]
fn a_grab_is_seen_as_long_as_it_lasts() {
    let server = Xvfb::start();
    let (probe, client) = (probe(&server), Client::new(&server, 200, 100));
    client.map();
    assert_eq!(probe.keyboard_grabbed_by_other(), Some(false));
    // The probe has given back what it took.
    assert_eq!(client.grab(), GrabStatus::SUCCESS);
    for _ in 0..3 {
        assert_eq!(probe.keyboard_grabbed_by_other(), Some(true));
    }
    client.ungrab();
    assert_eq!(probe.keyboard_grabbed_by_other(), Some(false));
    assert_eq!(client.grab(), GrabStatus::SUCCESS);
    // As when the application is killed.
    drop(client);
    wait_until("the grab ends with its client", || probe.keyboard_grabbed_by_other() == Some(false));
}

#[test]
fn a_grab_as_gtk_takes_it_is_seen() {
    const CORE_KEYBOARD: u16 = 3;
    let server = Xvfb::start();
    let (probe, client) = (probe(&server), Client::new(&server, 200, 100));
    client.map();
    client.connection.xinput_xi_query_version(2, 2).expect("sent").reply().expect("XInput 2");
    let devices = client.connection.xinput_xi_query_device(Device::ALL).expect("sent").reply().expect("devices");
    assert!(devices.infos.iter().any(|d| d.deviceid == CORE_KEYBOARD && d.name == b"Virtual core keyboard"));
    let mask = [u32::from(XIEventMask::KEY_PRESS | XIEventMask::KEY_RELEASE)];
    let (window, mode) = (client.window, GrabMode::ASYNC);
    let owner = GrabOwner::OWNER;
    let grab =
        client.connection.xinput_xi_grab_device(window, CURRENT_TIME, NONE, CORE_KEYBOARD, mode, mode, owner, &mask);
    assert_eq!(grab.expect("sent").reply().expect("a reply").status, GrabStatus::SUCCESS);
    assert_eq!(probe.keyboard_grabbed_by_other(), Some(true));
    client.connection.xinput_xi_ungrab_device(CURRENT_TIME, CORE_KEYBOARD).expect("sent").check().expect("released");
    assert_eq!(probe.keyboard_grabbed_by_other(), Some(false));
}

#[test]
fn fullscreen_needs_state_size_and_sight() {
    let server = Xvfb::start();
    let (probe, client) = (probe(&server), Client::new(&server, 640, 480));
    let fullscreen = || probe.window_is_fullscreen(client.window);
    assert_eq!(fullscreen(), Some(false), "neither");
    client.map();
    client.write_state(&["_NET_WM_STATE_ABOVE", "_NET_WM_STATE_FULLSCREEN"]);
    assert_eq!(fullscreen(), Some(false), "state without size");
    client.place(0, 0, 1280, 800);
    assert_eq!(fullscreen(), Some(true), "both");
    client.place(1, 0, 1280, 800);
    assert_eq!(fullscreen(), Some(false), "a column of the desktop shows");
    client.place(-5, -5, 1290, 810);
    assert_eq!(fullscreen(), Some(true), "larger than the screen");
    client.write_state(&["_NET_WM_STATE_ABOVE"]);
    assert_eq!(fullscreen(), Some(false), "size without state");
    client.write_state(&["_NET_WM_STATE_FULLSCREEN"]);
    client.connection.unmap_window(client.window).expect("sent").check().expect("hidden");
    assert_eq!(fullscreen(), Some(false), "not shown");
    assert_eq!(probe.window_is_fullscreen(client.window + 77), None, "no such window");
}

#[test]
fn fullscreen_covers_one_of_several_monitors() {
    let server = Xvfb::start();
    let (probe, client) = (probe(&server), Client::new(&server, 640, 800));
    for (name, x) in [("LEFT", 0), ("RIGHT", 640)] {
        let name = client.atom(name);
        let info = MonitorInfo {
            name,
            primary: x == 0,
            automatic: false,
            x,
            y: 0,
            width: 640,
            height: 800,
            width_in_millimeters: 160,
            height_in_millimeters: 200,
            outputs: vec![],
        };
        client.connection.randr_set_monitor(client.root, info).expect("sent").check().expect("a monitor");
    }
    client.map();
    client.write_state(&["_NET_WM_STATE_FULLSCREEN"]);
    // Xvfb's own output goes on to be a monitor too; it is wider than the window.
    for (x, covered) in [(0, true), (640, true), (320, false)] {
        client.place(x, 0, 640, 800);
        assert_eq!(probe.window_is_fullscreen(client.window), Some(covered), "at {x}");
    }
}

#[test]
fn a_window_manager_answers_for_fullscreen_and_activity() {
    let server = Xvfb::start();
    let (probe, client) = (probe(&server), Client::new(&server, 640, 480));
    assert_eq!(probe.active_window(), None);
    let _manager = server.window_manager();
    client.map();
    client.ask_for_activity();
    wait_until("the window is active", || probe.active_window() == Some(client.window));
    assert_eq!(probe.window_is_fullscreen(client.window), Some(false));
    client.ask_for_fullscreen(1);
    wait_until("the window is fullscreen", || probe.window_is_fullscreen(client.window) == Some(true));
    client.ask_for_fullscreen(0);
    wait_until("it is not any more", || probe.window_is_fullscreen(client.window) == Some(false));

    let other = Client::new(&server, 100, 100);
    other.map();
    other.ask_for_activity();
    wait_until("another window is active", || probe.active_window() == Some(other.window));
}

#[test]
fn a_server_that_is_gone_tells_nothing() {
    let server = Xvfb::start();
    let (probe, client) = (probe(&server), Client::new(&server, 640, 480));
    assert!(!probe.is_xwayland());
    let window = client.window;
    drop(server);
    assert_eq!(probe.keyboard_grabbed_by_other(), None);
    assert_eq!(probe.window_is_fullscreen(window), None);
    assert_eq!(probe.active_window(), None);
    // Its number may be another server's by now.
    assert!(Witness::connect(Some(":50000")).is_err());
}
