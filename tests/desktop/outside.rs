//! What anybody at the desk sees and does who is not the application: keys, windows, grabs.

use crate::desk::{Desk, wait};
use invigil_lockdown::x11::Witness;
use std::{collections::BTreeSet, env, fs, path::PathBuf};
use x11rb::{
    connection::Connection,
    protocol::{
        randr::ConnectionExt as _,
        xproto::{
            AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _, EventMask, ImageFormat, MapState,
            Window,
        },
    },
    rust_connection::RustConnection,
};

/// The X server of a desk, seen over a connection of our own.
pub struct X11 {
    probe: Witness,
    connection: RustConnection,
    root: Window,
}

impl X11 {
    pub fn of(desk: &Desk) -> Self {
        let probe = Witness::connect(Some(&desk.display)).expect("the X server answers");
        let (connection, screen) = x11rb::connect(Some(&desk.display)).expect("the X server answers");
        let root = connection.setup().roots[screen].root;
        Self { probe, connection, root }
    }

    /// The application's windows that the window manager knows. Nothing else on the desk has one.
    pub fn windows(&self) -> Vec<Window> {
        let clients = self.atom("_NET_CLIENT_LIST");
        let reply = self.connection.get_property(false, self.root, clients, AtomEnum::WINDOW, 0, 64).expect("it asks");
        let reply = reply.reply().expect("the X server answers");
        reply.value32().map(Iterator::collect).unwrap_or_default()
    }

    /// The screen's width, all monitors together.
    pub fn width(&self) -> u16 {
        self.connection.get_geometry(self.root).expect("it asks").reply().expect("the X server answers").width
    }

    /// The application's window, once it is there.
    pub fn window(&self) -> Window {
        wait("the application's window", || self.windows().first().copied())
    }

    pub fn is_active(&self, window: Window) -> bool {
        self.probe.active_window() == Some(window)
    }

    /// Whether some window covers the screen.
    pub fn is_covered(&self) -> bool {
        self.windows().into_iter().any(|window| self.probe.window_is_fullscreen(window) == Some(true))
    }

    /// Whether somebody holds the keyboard.
    pub fn is_grabbed(&self) -> bool {
        self.probe.keyboard_grabbed_by_other() == Some(true)
    }

    /// The monitors that show something else than the application.
    pub fn bare(&self) -> Vec<String> {
        self.probe.bare_monitors(&self.shown()).expect("the X server answers")
    }

    pub fn monitors(&self) -> usize {
        let monitors = self.connection.randr_get_monitors(self.root, true).expect("it asks").reply();
        monitors.expect("the X server answers").monitors.len()
    }

    /// Every window below the root that is shown, managed or not. Nothing else on the desk has one.
    fn shown(&self) -> Vec<Window> {
        let tree = self.connection.query_tree(self.root).expect("it asks").reply().expect("the X server answers");
        let shown = |window: &Window| {
            let attributes = self.connection.get_window_attributes(*window).expect("it asks").reply();
            attributes.is_ok_and(|attributes| attributes.map_state == MapState::VIEWABLE)
        };
        tree.children.into_iter().filter(shown).collect()
    }

    /// Lays the windows below the root beside each other, from left to right.
    pub fn spread(&self) {
        let mut x = 0;
        for window in self.shown() {
            let size = self.connection.get_geometry(window).expect("it asks").reply().expect("the window is there");
            let place = ConfigureWindowAux::new().x(x).y(0);
            self.connection.configure_window(window, &place).expect("it asks").check().expect("it moves");
            x += i32::from(size.width);
        }
    }

    /// How much of each half of the screen has this colour, red, green and blue; 1 is all of it.
    pub fn shares_of(&self, colour: [u8; 3]) -> [f64; 2] {
        let size = self.connection.get_geometry(self.root).expect("it asks").reply().expect("the X server answers");
        let half = size.width / 2;
        [0, half].map(|x| {
            let x = i16::try_from(x).expect("a screen is not that wide");
            let image = self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, x, 0, half, size.height, u32::MAX);
            let image = image.expect("it asks").reply().expect("the X server answers");
            let [red, green, blue] = colour;
            let same = image.data.chunks_exact(4).filter(|pixel| pixel[..3] == [blue, green, red]).count();
            same as f64 / (usize::from(half) * usize::from(size.height)) as f64
        })
    }

    /// Keeps a picture of all monitors.
    pub fn picture_all(&self, desk: &Desk, name: &str) {
        self.picture(desk, self.root, name);
    }

    /// Whether a window shows more than one colour: its page is there.
    pub fn is_painted(&self, window: Window) -> bool {
        const COLOURS_MIN: usize = 8;
        let Some(size) = self.connection.get_geometry(window).ok().and_then(|asked| asked.reply().ok()) else {
            return false;
        };
        let image = self.connection.get_image(ImageFormat::Z_PIXMAP, window, 0, 0, size.width, size.height, u32::MAX);
        let Some(image) = image.ok().and_then(|asked| asked.reply().ok()) else { return false };
        let colours: BTreeSet<&[u8]> = image.data.chunks_exact(4).collect();
        COLOURS_MIN < colours.len()
    }

    /// The screen as it is now: its width, and red, green and blue of every pixel.
    pub fn pixels(&self) -> (u32, Vec<u8>) {
        let size = self.connection.get_geometry(self.root).expect("it asks").reply().expect("the X server answers");
        let image =
            self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, size.width, size.height, u32::MAX);
        let image = image.expect("it asks").reply().expect("the X server answers");
        let pixels = image.data.as_chunks::<4>().0.iter().flat_map(|[blue, green, red, _]| [*red, *green, *blue]);
        (size.width.into(), pixels.collect())
    }

    /// Keeps a picture of a window, where `INVIGIL_SHOTS` names a folder for them.
    pub fn picture(&self, desk: &Desk, window: Window, name: &str) {
        let Some(folder) = env::var_os("INVIGIL_SHOTS").map(PathBuf::from) else { return };
        fs::create_dir_all(&folder).expect("the folder for pictures");
        let mut command = desk.command("import");
        command.arg("-window").arg(window.to_string()).arg(folder.join(format!("{name}.png")));
        // Without ImageMagick there is no picture, which fails nobody.
        let _ = command.status();
    }

    /// Asks the window manager to close a window, as a task bar does.
    pub fn ask_to_close(&self, window: Window) {
        const FROM_A_PAGER: u32 = 2;
        let close = self.atom("_NET_CLOSE_WINDOW");
        let event = ClientMessageEvent::new(32, window, close, [x11rb::CURRENT_TIME, FROM_A_PAGER, 0, 0, 0]);
        let mask = EventMask::SUBSTRUCTURE_NOTIFY | EventMask::SUBSTRUCTURE_REDIRECT;
        self.connection.send_event(false, self.root, mask, event).expect("it sends").check().expect("it is sent");
    }

    fn atom(&self, name: &str) -> u32 {
        let reply = self.connection.intern_atom(false, name.as_bytes()).expect("it asks").reply();
        reply.expect("the X server answers").atom
    }
}

impl Desk {
    /// Presses keys one after the other, each written as xdotool writes it: `Tab`, `shift+Tab`, `alt+n`.
    pub fn press(&self, keys: &[&str]) {
        self.xdotool(&[&["key", "--delay", "40"], keys].concat());
    }

    /// Types a text on the keyboard.
    pub fn write(&self, text: &str) {
        self.xdotool(&["type", "--delay", "40", text]);
    }

    /// Presses one key without the pause in which it is held.
    pub fn press_at_once(&self, key: &str) {
        self.xdotool(&["key", "--delay", "0", key]);
    }

    fn xdotool(&self, arguments: &[&str]) {
        let status = self.command("xdotool").args(arguments).status();
        let status = status.unwrap_or_else(|error| panic!("xdotool: {error}: install the package `xdotool`"));
        assert!(status.success(), "xdotool {arguments:?}: {}", self.said());
    }
}
