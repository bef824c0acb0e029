//! The probes that ask an X server, against a real one with real programs.

mod running;
mod xvfb;

use invigil_lockdown::{
    Probe,
    probes::{Focus, InjectedInput, Outputs, ServerKeyboards},
};
use running::{Running, wait_until};
use std::{collections::BTreeSet, fs, os::unix::process::CommandExt, process::Command, thread::sleep, time::Duration};
use x11rb::{
    CURRENT_TIME, NONE,
    connection::Connection,
    protocol::{
        randr::{ConnectionExt as _, MonitorInfo},
        xinput::{
            ChangeMode, ConnectionExt as _, Device, DeviceType, GrabOwner, HierarchyChange, HierarchyChangeData,
            HierarchyChangeDataAddMaster, HierarchyChangeDataRemoveMaster, XIEventMask,
        },
        xproto::{
            AtomEnum, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, GrabMode, GrabStatus,
            PropMode, Window, WindowClass,
        },
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};
use xvfb::Xvfb;

fn named(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn me() -> u32 {
    std::process::id()
}

/// The name of the file of this test's program.
fn my_file() -> String {
    let file = std::env::current_exe().expect("a file");
    file.file_name().expect("a name").to_string_lossy().into_owned()
}

struct Client {
    connection: RustConnection,
    root: Window,
    window: Window,
}

impl Client {
    fn new(server: &Xvfb) -> Self {
        let (connection, screen) = x11rb::connect(Some(&server.display)).expect("a connection");
        let root = connection.setup().roots[screen].root;
        let window = connection.generate_id().expect("an id");
        let (class, aux) = (WindowClass::INPUT_OUTPUT, CreateWindowAux::new());
        connection.create_window(0, window, root, 0, 0, 200, 100, 0, class, 0, &aux).expect("sent");
        connection.map_window(window).expect("sent").check().expect("mapped");
        connection.xinput_xi_query_version(2, 2).expect("sent").reply().expect("XInput 2");
        Self { connection, root, window }
    }

    fn atom(&self, name: &str) -> u32 {
        self.connection.intern_atom(false, name.as_bytes()).expect("sent").reply().expect("an atom").atom
    }

    fn activate(&self, window: Window) {
        let event = ClientMessageEvent::new(32, window, self.atom("_NET_ACTIVE_WINDOW"), [2, CURRENT_TIME, 0, 0, 0]);
        let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        self.connection.send_event(false, self.root, mask, event).expect("sent").check().expect("asked");
    }

    fn active(&self) -> Window {
        let property = self.atom("_NET_ACTIVE_WINDOW");
        let kind = AtomEnum::WINDOW;
        let reply = self.connection.get_property(false, self.root, property, kind, 0, 1).expect("sent").reply();
        reply.expect("a reply").value32().and_then(|mut values| values.next()).unwrap_or(NONE)
    }

    fn write_class(&self, class: &[u8]) {
        let kind = AtomEnum::STRING;
        let change = self.connection.change_property8(PropMode::REPLACE, self.window, AtomEnum::WM_CLASS, kind, class);
        change.expect("sent").check().expect("written");
    }
}

#[test]
fn another_application_with_the_focus_is_named() {
    let server = Xvfb::start();
    let mut probe = Focus::new(Some(&server.display), [me()]);
    assert!(probe.look().is_err(), "nobody tells which window is active");
    let _manager = server.window_manager();
    assert_eq!(probe.look(), Ok(named(&[])), "no window is active");

    let exam = Client::new(&server);
    exam.activate(exam.window);
    wait_until("the exam is active", || exam.active() == exam.window);
    assert_eq!(probe.look(), Ok(named(&[])), "the active window is ours");
    // To somebody with another window it is another application.
    exam.write_class(b"exam\0Exam\0");
    let mut other = Focus::new(Some(&server.display), []);
    assert_eq!(other.look(), Ok(named(&[&format!("Exam ({})", my_file())])));

    let program = Running::start(Command::new("xev").env("DISPLAY", &server.display));
    wait_until("xev has the focus", || exam.active() != exam.window && exam.active() != NONE);
    assert_eq!(probe.look(), Ok(named(&["xev"])));
    // A window that says it is ours is not believed.
    let (window, property) = (exam.active(), exam.atom("_NET_WM_PID"));
    let kind = AtomEnum::CARDINAL;
    let change = exam.connection.change_property32(PropMode::REPLACE, window, property, kind, &[me()]);
    change.expect("sent").check().expect("written");
    assert_eq!(probe.look(), Ok(named(&["xev"])));

    exam.activate(exam.window);
    wait_until("the exam is back", || probe.look() == Ok(named(&[])));
    drop(program);
    assert_eq!(probe.look(), Ok(named(&[])));
}

#[test]
fn a_server_that_is_gone_is_said_and_a_new_one_is_found() {
    let server = Xvfb::start();
    let (mut outputs, mut keys) = (Outputs::new(Some(&server.display)), InjectedInput::new(Some(&server.display)));
    assert!(outputs.look().is_ok() && keys.look().is_ok());
    let display = server.display.clone();
    drop(server);
    assert!(outputs.look().is_err() && keys.look().is_err() && outputs.look().is_err());
    let _again = Xvfb::start_as(&display);
    assert!(outputs.look().is_ok() && keys.look().is_ok());
}

#[test]
fn another_monitor_is_seen_while_it_is_there() {
    let server = Xvfb::start();
    let (client, mut probe) = (Client::new(&server), Outputs::new(Some(&server.display)));
    assert_eq!(probe.look(), Ok(named(&[])));
    let resources = client.connection.randr_get_screen_resources_current(client.root).expect("sent").reply();
    let own = resources.expect("a reply").outputs[0];
    client.connection.randr_set_output_primary(client.root, own).expect("sent").check().expect("primary");
    let name = client.atom("HDMI-2");
    let info = MonitorInfo {
        name,
        primary: false,
        automatic: false,
        x: 1280,
        y: 0,
        width: 640,
        height: 480,
        width_in_millimeters: 160,
        height_in_millimeters: 120,
        outputs: vec![],
    };
    client.connection.randr_set_monitor(client.root, info).expect("sent").check().expect("a monitor");
    assert_eq!(probe.look(), Ok(named(&["HDMI-2"])));
    client.connection.randr_delete_monitor(client.root, name).expect("sent").check().expect("no monitor");
    assert_eq!(probe.look(), Ok(named(&[])));
}

#[test]
fn a_keyboard_that_comes_is_seen_until_it_goes() {
    let server = Xvfb::start();
    let (client, mut probe) = (Client::new(&server), ServerKeyboards::new(Some(&server.display)));
    let folder = tempfile::tempdir().expect("a folder");
    let list = folder.path().join("devices");
    fs::write(&list, "N: Name=\"desk XTEST keyboard\"\nH: Handlers=kbd\nB: KEY=10000000000000 0\n").expect("written");
    let mut knowing = ServerKeyboards::at(Some(&server.display), &list);
    for _ in 0..2 {
        assert_eq!(probe.look(), Ok(named(&[])));
        assert_eq!(knowing.look(), Ok(named(&[])));
    }
    // With a new pair of pointer and keyboard the server makes devices for them.
    let data = HierarchyChangeDataAddMaster { send_core: true, enable: true, name: b"desk".to_vec() };
    change(&client, HierarchyChangeData::AddMaster(data));
    assert_eq!(probe.look(), Ok(named(&["desk XTEST keyboard"])));
    assert_eq!(knowing.look(), Ok(named(&[])), "the kernel knows that it has no letters");
    let devices = client.connection.xinput_xi_query_device(Device::ALL).expect("sent").reply().expect("devices");
    let id = |kind, name: &[u8]| {
        devices.infos.iter().find(|d| d.type_ == kind && d.name == name).map(|d| d.deviceid).expect("a device")
    };
    let data = HierarchyChangeDataRemoveMaster {
        deviceid: id(DeviceType::MASTER_KEYBOARD, b"desk keyboard"),
        return_mode: ChangeMode::ATTACH,
        return_pointer: id(DeviceType::MASTER_POINTER, b"Virtual core pointer"),
        return_keyboard: id(DeviceType::MASTER_KEYBOARD, b"Virtual core keyboard"),
    };
    change(&client, HierarchyChangeData::RemoveMaster(data));
    assert_eq!(probe.look(), Ok(named(&[])));
}

fn change(client: &Client, data: HierarchyChangeData) {
    // In units of four bytes: two of each change, and one for its head.
    let change = HierarchyChange { len: 3, data };
    client.connection.xinput_xi_change_hierarchy(&[change]).expect("sent").check().expect("changed");
}

/// One test, as on-screen keyboards count wherever they run.
#[test]
fn keys_that_a_program_presses_are_seen_for_a_while() {
    const DEVICE: &str = "Virtual core XTEST keyboard";
    let server = Xvfb::start();
    let client = Client::new(&server);
    let type_a_key = || {
        let status = Command::new("xdotool").args(["key", "a"]).env("DISPLAY", &server.display).status();
        assert!(status.expect("xdotool is installed: run `make tools`").success());
    };
    // Keys from before anybody looked do not count.
    type_a_key();
    let mut probe = InjectedInput::new(Some(&server.display));
    for _ in 0..3 {
        assert_eq!(probe.look(), Ok(named(&[])));
        sleep(Duration::from_millis(100));
    }
    type_a_key();
    wait_until("a key is seen", || probe.look() == Ok(named(&[DEVICE])));
    sleep(Duration::from_secs(1));
    assert_eq!(probe.look(), Ok(named(&[DEVICE])), "it lasts");
    wait_until("it is forgotten", || probe.look() == Ok(named(&[])));

    // The exam window holds the keyboard as GTK does.
    const CORE_KEYBOARD: u16 = 3;
    let (mask, mode) = ([u32::from(XIEventMask::KEY_PRESS)], GrabMode::ASYNC);
    let grab = client.connection.xinput_xi_grab_device(
        client.window,
        CURRENT_TIME,
        NONE,
        CORE_KEYBOARD,
        mode,
        mode,
        GrabOwner::OWNER,
        &mask,
    );
    assert_eq!(grab.expect("sent").reply().expect("a reply").status, GrabStatus::SUCCESS);
    type_a_key();
    wait_until("a key is seen beside a grab", || probe.look() == Ok(named(&[DEVICE])));
    wait_until("it is forgotten", || probe.look() == Ok(named(&[])));

    // Nobody looks for a while. When the keys came is not known then.
    sleep(Duration::from_millis(2500));
    type_a_key();
    sleep(Duration::from_millis(100));
    assert_eq!(probe.look(), Ok(named(&[])), "after a pause");
    assert_eq!(probe.missing(), None);

    let folder = tempfile::tempdir().expect("a folder");
    let onboard = folder.path().join("onboard");
    fs::copy("/bin/sleep", &onboard).expect("copied");
    let script = folder.path().join("script/onboard");
    fs::create_dir(folder.path().join("script")).expect("made");
    fs::write(&script, "sleep 600;\n").expect("written");
    let mut by_file = Command::new(&onboard);
    let mut by_script = Command::new("/usr/bin/perl");
    for (keyboard, command) in [("its file", by_file.arg("600")), ("its script", by_script.arg(&script))] {
        let running = Running::start(command);
        type_a_key();
        for _ in 0..5 {
            assert_eq!(probe.look(), Ok(named(&[])), "an on-screen keyboard known by {keyboard}");
            sleep(Duration::from_millis(50));
        }
        assert!(probe.missing().is_some(), "{keyboard}");
        drop(running);
        assert_eq!(probe.look(), Ok(named(&[])));
    }
    // What only calls itself one is none.
    let _liar = Running::start(Command::new("/bin/sleep").arg0("onboard").arg("600"));
    type_a_key();
    wait_until("a key is seen beside a liar", || probe.look() == Ok(named(&[DEVICE])));
}
