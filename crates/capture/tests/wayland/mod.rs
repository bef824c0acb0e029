//! A Wayland desktop of a test's own: a bus, PipeWire, a compositor without a screen, the desktop's portal, and behind it
//! a candidate who answers as the test says.
//!
//! The portal, PipeWire and the compositor are the real ones. What is played is the dialogue on the screen, which no
//! desktop offers without its whole shell.

mod window;

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, ErrorKind},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};
use tempfile::TempDir;
pub use window::Window;
use zbus::{
    blocking::{Connection, Proxy, connection::Builder},
    zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value},
};

const TRIES: u32 = 300;
const COMPOSITOR: &str = "org.gnome.Mutter.ScreenCast";
const DIALOGUE: &str = "org.freedesktop.impl.portal.desktop.test";

/// What the candidate answers when the desktop asks.
#[derive(Clone, Copy, Default)]
pub enum Answer {
    #[default]
    Yes,
    No,
    Nothing,
}

/// The dialogue: what it was asked and what it answers.
#[derive(Default)]
pub struct Dialogue {
    pub answer: Answer,
    /// The options of `SelectSources`, as they came.
    pub asked: HashMap<String, OwnedValue>,
    sharing: Option<Connection>,
}

pub struct Desktop {
    pub bus: String,
    pub dialogue: Arc<Mutex<Dialogue>>,
    home: TempDir,
    /// In the order in which they end.
    programs: Vec<(&'static str, Child)>,
    _backend: Connection,
}

#[track_caller]
pub fn wait_until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..TRIES {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("never seen: {what}");
}

impl Desktop {
    /// A bus on which nothing answers and nothing can be started.
    pub fn without_portal() -> Self {
        Self::with_bus(false)
    }

    fn with_bus(services: bool) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let portals = home.path().join("portals");
        std::fs::create_dir(&portals).expect("a folder");
        let description =
            format!("[portal]\nDBusName={DIALOGUE}\nInterfaces=org.freedesktop.impl.portal.ScreenCast;\nUseIn=test\n");
        std::fs::write(portals.join("test.portal"), description).expect("written");

        let mut daemon = program(home.path(), "dbus-daemon");
        if !services {
            daemon.env("XDG_DATA_DIRS", home.path());
        }
        let mut daemon = begun(daemon.args(["--session", "--nofork", "--print-address"]), "dbus");
        let mut bus = String::new();
        BufReader::new(daemon.stdout.take().expect("piped")).read_line(&mut bus).expect("an address");
        let bus = bus.trim().to_owned();
        let dialogue = Arc::default();
        let backend = backend(&bus, &dialogue);
        Self { bus, dialogue, home, programs: vec![("dbus-daemon", daemon)], _backend: backend }
    }

    /// A desktop with one monitor of 1280 × 800.
    pub fn start() -> Self {
        let mut desktop = Self::with_bus(true);
        desktop.begin("pipewire", "pipewire", &[]);
        desktop.wait_for("pipewire-0");
        desktop.begin("wireplumber", "wireplumber", &[]);
        let screen = ["--headless", "--virtual-monitor", "1280x800", "--wayland", "--no-x11", "--wayland-display=wl"];
        desktop.begin("mutter", "mutter", &screen);
        desktop.wait_for("wl");
        desktop.wait_for_name(COMPOSITOR);
        desktop.begin("/usr/libexec/xdg-desktop-portal", "xdg-desktop-portal", &[]);
        desktop.wait_for_name("org.freedesktop.portal.Desktop");
        desktop
    }

    /// A window that fills the screen.
    pub fn window(&self, width: u32, height: u32) -> Window {
        Window::open(UnixStream::connect(self.home.path().join("wl")).expect("a compositor"), width, height)
    }

    /// An X server for old programs, as every Wayland desktop has one. Its display.
    pub fn x_guest(&mut self) -> String {
        let mut command = program(self.home.path(), "Xwayland");
        command.env("WAYLAND_DISPLAY", "wl").args(["-rootless", "-displayfd", "1"]);
        let mut server = begun(&mut command, "xwayland");
        let mut number = String::new();
        BufReader::new(server.stdout.take().expect("piped")).read_line(&mut number).expect("a display number");
        self.programs.insert(0, ("Xwayland", server));
        format!(":{}", number.trim())
    }

    /// The candidate takes back what is shared.
    pub fn stop_sharing(&self) {
        self.dialogue.lock().expect("a dialogue").sharing = None;
    }

    /// Ends one of its programs.
    pub fn end(&mut self, name: &str) {
        let at = self.programs.iter().position(|(program, _)| program.ends_with(name)).expect("it runs");
        end(&mut self.programs.remove(at).1);
    }

    fn begin(&mut self, name: &'static str, package: &str, arguments: &[&str]) {
        let mut command = program(self.home.path(), name);
        command.args(arguments).env("DBUS_SESSION_BUS_ADDRESS", &self.bus);
        self.programs.insert(0, (name, begun(&mut command, package)));
    }

    #[track_caller]
    fn wait_for(&self, socket: &str) {
        let path: PathBuf = self.home.path().join(socket);
        wait_until(socket, || UnixStream::connect(&path).is_ok());
    }

    #[track_caller]
    fn wait_for_name(&self, name: &str) {
        let bus = connect(&self.bus);
        let bus = zbus::blocking::fdo::DBusProxy::new(&bus).expect("the bus");
        wait_until(name, || bus.name_has_owner(name.try_into().expect("a name")).is_ok_and(|owned| owned));
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        self.programs.iter_mut().for_each(|(_, program)| end(program));
    }
}

fn connect(bus: &str) -> Connection {
    Builder::address(bus).and_then(Builder::build).expect("a connection")
}

fn program(home: &Path, name: &str) -> Command {
    let mut command = Command::new(name);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8");
    command.env("HOME", home).env("XDG_RUNTIME_DIR", home).env("XDG_CURRENT_DESKTOP", "test");
    command.env("XDG_DESKTOP_PORTAL_DIR", home.join("portals"));
    command
}

fn begun(command: &mut Command, package: &str) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap_or_else(|error| match error.kind() {
        ErrorKind::NotFound => panic!("{command:?} is missing: install the package `{package}`"),
        _ => panic!("{command:?}: {error}"),
    })
}

fn end(program: &mut Child) {
    let pid = rustix::process::Pid::from_child(program);
    let _asked = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    let _reaped = program.wait();
}

/// The desktop's own half of the portal.
struct Backend {
    bus: String,
    dialogue: Arc<Mutex<Dialogue>>,
}

type Results = HashMap<String, OwnedValue>;

#[zbus::interface(name = "org.freedesktop.impl.portal.ScreenCast")]
impl Backend {
    #[zbus(property)]
    fn available_source_types(&self) -> u32 {
        1
    }

    #[zbus(property)]
    fn available_cursor_modes(&self) -> u32 {
        1
    }

    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        4
    }

    fn create_session(
        &self,
        _handle: ObjectPath<'_>,
        _session: ObjectPath<'_>,
        _app: &str,
        _options: Results,
    ) -> (u32, Results) {
        (0, Results::new())
    }

    fn select_sources(
        &self,
        _handle: ObjectPath<'_>,
        _session: ObjectPath<'_>,
        _app: &str,
        options: Results,
    ) -> (u32, Results) {
        self.dialogue.lock().unwrap().asked = options;
        (0, Results::new())
    }

    async fn start(
        &self,
        _handle: ObjectPath<'_>,
        _session: ObjectPath<'_>,
        _app: &str,
        _parent: &str,
        _options: Results,
    ) -> (u32, Results) {
        let answer = self.dialogue.lock().unwrap().answer;
        match answer {
            Answer::Yes => {
                let (sharing, node) = share(&self.bus);
                self.dialogue.lock().unwrap().sharing = Some(sharing);
                (0, results(node))
            }
            Answer::No => (1, Results::new()),
            Answer::Nothing => std::future::pending().await,
        }
    }
}

fn results(node: u32) -> Results {
    let owned = |value: Value<'_>| OwnedValue::try_from(value).expect("a value");
    let about = HashMap::from([
        ("position", Value::from((0i32, 0i32))),
        ("size", Value::from((1280i32, 800i32))),
        ("source_type", Value::from(1u32)),
        ("id", Value::from("Meta-0")),
    ]);
    let remembered = ("test", 1u32, Value::new(Value::from("Meta-0")));
    HashMap::from([
        ("streams".to_owned(), owned(Value::from(vec![(node, about)]))),
        ("persist_mode".to_owned(), owned(Value::from(2u32))),
        ("restore_data".to_owned(), owned(Value::from(remembered))),
    ])
}

/// Has the compositor stream its monitor. It does so for as long as the connection lasts.
fn share(bus: &str) -> (Connection, u32) {
    let connection = connect(bus);
    let about = |path: OwnedObjectPath, part: &str| {
        Proxy::new(&connection, COMPOSITOR, path, format!("{COMPOSITOR}{part}")).expect("the compositor")
    };
    let none = || HashMap::<&str, Value<'_>>::new();
    let root = about(ObjectPath::from_static_str_unchecked("/org/gnome/Mutter/ScreenCast").into(), "");
    let session = about(root.call("CreateSession", &(none(),)).expect("a session"), ".Session");
    let pointer = HashMap::from([("cursor-mode", Value::from(0u32))]);
    let stream = about(session.call("RecordMonitor", &("Meta-0", pointer)).expect("a stream"), ".Stream");
    let mut added = stream.receive_signal("PipeWireStreamAdded").expect("a signal");
    session.call::<_, _, ()>("Start", &()).expect("it starts");
    let node = added.next().expect("a node").body().deserialize::<u32>().expect("a number");
    drop((root, session, added, stream));
    (connection, node)
}

fn backend(bus: &str, dialogue: &Arc<Mutex<Dialogue>>) -> Connection {
    let backend = Backend { bus: bus.to_owned(), dialogue: dialogue.clone() };
    let builder = Builder::address(bus).and_then(|builder| builder.name(DIALOGUE));
    let builder = builder.and_then(|builder| builder.serve_at("/org/freedesktop/portal/desktop", backend));
    builder.and_then(Builder::build).expect("the portal's other half")
}
