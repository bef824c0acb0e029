//! An X server of a test's own, on a display that was free, and a window on it that shows a frame.

use invigil_capture::Frame;
use std::{
    io::{BufRead, BufReader, ErrorKind},
    process::{Child, Command, Stdio},
};
use x11rb::{
    connection::Connection,
    protocol::xproto::{ConnectionExt as _, CreateGCAux, CreateWindowAux, Gcontext, ImageFormat, Window, WindowClass},
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

pub struct Xvfb {
    pub display: String,
    server: Child,
}

impl Xvfb {
    /// A screen like `1280x800x24`, without a window manager.
    pub fn start(screen: &str, options: &[&str]) -> Self {
        let mut command = Command::new("Xvfb");
        // The server finds a free number itself and writes it to its standard output.
        command.args(["-displayfd", "1", "-screen", "0", screen, "-noreset"]).args(options);
        let mut server =
            command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap_or_else(|error| match error.kind() {
                ErrorKind::NotFound => panic!("Xvfb is missing: install the package `xvfb`"),
                _ => panic!("Xvfb: {error}"),
            });
        let mut number = String::new();
        BufReader::new(server.stdout.take().expect("piped")).read_line(&mut number).expect("a display number");
        assert!(!number.is_empty(), "Xvfb ended: {:?}", server.wait());
        Self { display: format!(":{}", number.trim()), server }
    }
}

impl Drop for Xvfb {
    fn drop(&mut self) {
        // Asked rather than killed, so that it removes its lock file.
        let pid = rustix::process::Pid::from_child(&self.server);
        let _asked = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let _reaped = self.server.wait();
    }
}

/// Somebody else's program: a connection with a window of its own.
pub struct Client {
    pub connection: RustConnection,
    window: Window,
    pen: Gcontext,
    depth: u8,
}

impl Client {
    /// A window that is shown at this place, black at first.
    pub fn new(server: &Xvfb, x: i16, y: i16, width: u16, height: u16) -> Self {
        let (connection, screen) = x11rb::connect(Some(&server.display)).expect("a connection");
        let screen = &connection.setup().roots[screen];
        let (root, depth, black) = (screen.root, screen.root_depth, screen.black_pixel);
        let (window, pen) = (connection.generate_id().expect("an id"), connection.generate_id().expect("an id"));
        let aux = CreateWindowAux::new().background_pixel(black).override_redirect(1);
        let class = WindowClass::INPUT_OUTPUT;
        connection.create_window(0, window, root, x, y, width, height, 0, class, 0, &aux).expect("sent");
        connection.create_gc(pen, window, &CreateGCAux::new()).expect("sent");
        connection.map_window(window).expect("sent").check().expect("mapped");
        Self { connection, window, pen, depth }
    }

    /// Paints pixels as the server lays them out.
    pub fn paint(&self, width: u32, bytes: &[u8]) {
        // Some rows at a time: a request has a largest size.
        const ROWS: usize = 32;
        for (band, bytes) in bytes.chunks(width as usize * 4 * ROWS).enumerate() {
            let (height, top) = ((bytes.len() / (width as usize * 4)) as u16, (band * ROWS) as i16);
            let format = ImageFormat::Z_PIXMAP;
            let (window, pen) = (self.window, self.pen);
            let put =
                self.connection.put_image(format, window, pen, width as u16, height, 0, top, 0, self.depth, bytes);
            put.expect("sent").check().expect("painted");
        }
        self.connection.sync().expect("a living server");
    }

    /// Shows a frame.
    pub fn show(&self, frame: &Frame) {
        self.paint(frame.width(), frame.bytes());
    }
}
