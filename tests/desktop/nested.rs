//! Compositors as a window in an X server of the test's own: real key codes come in by the outer server, and pictures
//! out of it.

use crate::{
    application::{Application, driven},
    desk::{Desk, wait},
    guarded::PAGE,
    lockdown::{WAYS_OUT, reported},
    walk::Exam,
};
use invigil_core::policy::Control;
use invigil_tests::matrix;
use serde_json::{Value as Json, json};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

/// A compositor that the application is tried under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compositor {
    /// A kiosk: it runs one application and ends with it.
    Cage,
    /// GNOME's, without its shell.
    Mutter,
    /// KDE's, without its shortcuts service.
    Kwin,
}

const SOCKET: &str = "wayland-of-the-test";

impl Compositor {
    pub fn name(self) -> &'static str {
        match self {
            Self::Cage => "cage",
            Self::Mutter => "Mutter",
            Self::Kwin => "KWin",
        }
    }

    /// The width and height of the output that it makes.
    fn output(self) -> [u64; 2] {
        match self {
            Self::Cage => [1024, 768],
            Self::Mutter | Self::Kwin => [1280, 800],
        }
    }
}

impl Desk {
    /// Starts the compositor on the outer screen, but for a kiosk, which starts with its application.
    pub(crate) fn start_compositor(&mut self, compositor: Compositor, outputs: usize) {
        let display = self.display.clone();
        self.outputs = outputs;
        let mut command = match compositor {
            Compositor::Cage => return,
            Compositor::Mutter => {
                let mut command = self.command("mutter");
                command.args(["--nested", "--wayland", "--no-x11", "--wayland-display", SOCKET]);
                command.env("MUTTER_DEBUG_DUMMY_MODE_SPECS", "1280x800");
                command.env("MUTTER_DEBUG_NUM_DUMMY_MONITORS", outputs.to_string());
                command
            }
            Compositor::Kwin => {
                // Debian gives it a capability, with which it does not start where that cannot be given on. A copy has none.
                let copy = self.home().join("kwin_wayland");
                fs::copy("/usr/bin/kwin_wayland", &copy).expect("KWin: install the package `kwin-wayland`");
                let mut command = self.command(copy);
                command.args(["--x11-display", &display, "--width", "1280", "--height", "800", "--socket", SOCKET]);
                command.args(["--no-lockscreen", "--output-count", &outputs.to_string()]);
                command
            }
        };
        self.keep(command.env("DISPLAY", &display), compositor.name());
        let socket = self.home().join("run").join(SOCKET);
        wait(&format!("{} to come up", compositor.name()), || socket.exists().then_some(()));
        self.variable("WAYLAND_DISPLAY", SOCKET.to_owned());
    }

    /// The program that starts the application under the kiosk.
    pub fn kiosk(&self, application: &Path) -> PathBuf {
        let application = self.program(application);
        let script = self.home().join("kiosk");
        let text = format!(
            "#!/bin/sh\nexec env DISPLAY={} WLR_BACKENDS=x11 WLR_X11_OUTPUTS={} WLR_RENDERER=pixman \
             cage -d -- env -u DISPLAY {} \"$@\"\n",
            self.display,
            self.outputs,
            application.display()
        );
        fs::write(&script, text).expect("a script");
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("it can be run");
        script
    }

    /// Gives the compositor's window the pointer, and with it the keys.
    pub fn point_at_it(&self) {
        self.outside(&["mousemove", "640", "400"]);
        self.outside(&["click", "1"]);
    }

    /// Acts at the outer screen: arguments of xdotool.
    pub fn outside(&self, arguments: &[&str]) {
        let status = self.command("xdotool").env("DISPLAY", self.outermost()).args(arguments).status();
        assert!(status.expect("xdotool: install the package `xdotool`").success(), "xdotool {arguments:?}");
    }
}

impl Application {
    /// Sits down under a compositor.
    pub fn begin_under(compositor: Compositor, exam: &Exam) -> Self {
        Self::begin_at(Desk::under(compositor), compositor, exam, |_| {})
    }

    /// The same at this desk, with something done between the start and the exam.
    pub fn begin_at(desk: Desk, compositor: Compositor, exam: &Exam, before: impl Fn(&Self)) -> Self {
        let mut app = Self::at(desk);
        if compositor == Compositor::Cage {
            let kiosk = app.desk.kiosk(&driven());
            app.start_with(&kiosk, &[]);
        } else {
            app.start_again(&[]);
        }
        app.desk.point_at_it();
        before(&app);
        app.begin(&exam.link);
        app
    }

    /// The page's width and height.
    pub fn size(&self) -> [u64; 2] {
        let size = self.driver.run("return [innerWidth, innerHeight]", &[]).expect("the page has a size");
        [0, 1].map(|index| size[index].as_u64().unwrap_or_default())
    }

    /// Whether a key is handed to the page, or the desktop keeps it for itself.
    pub fn is_given(&self, key: &str) -> bool {
        const LISTEN: &str = "window.lastKey = null; window.listening ??= \
            addEventListener('keydown', (event) => (window.lastKey = event.key), true) ?? true;";
        self.driver.run(LISTEN, &[]).expect("the page listens");
        self.desk.outside(&["key", key]);
        // The modifier comes alone, and reaches the page in any case.
        thread::sleep(Duration::from_millis(400));
        let last = self.driver.run("return window.lastKey", &[]).unwrap_or_default();
        ![json!("Alt"), json!("Control"), json!("Super"), json!("Meta"), Json::Null].contains(&last)
    }
}

/// Keys that each desktop keeps for itself, unless it is asked not to.
const KEPT: [(Compositor, &[&str]); 2] = [
    (
        Compositor::Mutter,
        &["alt+F4", "alt+Tab", "alt+Escape", "alt+space", "super+Up", "super+Left", "super+l", "ctrl+alt+Tab"],
    ),
    (Compositor::Kwin, &["alt+F4", "alt+Tab", "super+Up", "super+Left"]),
];

#[test]
fn the_desktops_keys_go_to_the_exam() {
    for (compositor, keys) in KEPT {
        let exam = Exam::prepare("moderate");
        let app = Application::begin_under(compositor, &exam);
        wait("the compositor to obey", || {
            (reported(&exam, &app, ["keyboard", "fullscreen"]) == ["enforced", "enforced"]).then_some(())
        });
        let kept: Vec<_> = keys.iter().filter(|key| !app.is_given(key)).collect();
        assert!(kept.is_empty(), "{} keeps {kept:?}", compositor.name());
        assert_eq!(app.shown(), "exam", "and none of them leads out of it");
        assert_eq!(app.size(), compositor.output(), "it covers the output");
        nothing_of_the_page_leads_out(&app, compositor);
        matrix::with(Control::Keyboard, compositor.name(), "enforced; its keys reach the page");
        matrix::with(Control::Fullscreen, compositor.name(), "enforced; the page is as large as the output");
    }
}

#[test]
fn an_exam_that_does_not_ask_for_the_keyboard_leaves_every_desktop_its_keys() {
    for (compositor, keys) in KEPT {
        let exam = Exam::prepare_without("open", "keyboard");
        let app = Application::begin_under(compositor, &exam);
        // The last first: what it does to the window must not keep the next one from being tried.
        let given: Vec<_> = keys.iter().rev().filter(|key| app.is_given(key)).collect();
        assert!(given.is_empty(), "{} hands on {given:?}", compositor.name());
        matrix::without(Control::Keyboard, compositor.name(), "its keys do what they do");
    }
}

/// No other page, and no window, which would have a process of its own.
fn nothing_of_the_page_leads_out(app: &Application, compositor: Compositor) {
    let (prompt, pages) = (app.text("#prompt"), app.desk.processes(PAGE));
    for act in WAYS_OUT {
        app.desk.outside(&act);
        thread::sleep(Duration::from_millis(300));
        assert_eq!((app.shown().as_str(), &app.text("#prompt")), ("exam", &prompt), "{act:?} leads nowhere");
        assert_eq!(
            (app.desk.processes(PAGE), app.size()),
            (pages.clone(), compositor.output()),
            "{act:?} opens nothing"
        );
    }
    let what = "requested; no menu, print, search, saving, new window, reload or inspector opens";
    matrix::with(Control::Page, compositor.name(), what);
}

/// A kiosk has no keys of its own and nothing to go to. There is no protocol by which it could say so.
#[test]
fn a_kiosk_has_no_keys_to_hold_back() {
    let exam = Exam::prepare("moderate");
    let app = Application::begin_under(Compositor::Cage, &exam);
    wait("the window to cover the screen", || {
        (reported(&exam, &app, ["keyboard", "fullscreen"]) == ["requested", "enforced"]).then_some(())
    });
    for key in KEPT.iter().flat_map(|(_, keys)| *keys) {
        assert!(app.is_given(key), "{key}");
    }
    assert_eq!(app.shown(), "exam");
    assert_eq!(app.size(), Compositor::Cage.output(), "it covers the output");
    nothing_of_the_page_leads_out(&app, Compositor::Cage);
    matrix::with(Control::Keyboard, "cage", "requested; it keeps no key");
    matrix::with(Control::Fullscreen, "cage", "enforced; the page is as large as the output");
}

#[test]
fn an_exam_that_does_not_ask_for_the_whole_screen_is_a_window_there() {
    for compositor in [Compositor::Mutter, Compositor::Kwin] {
        let exam = Exam::prepare_without("open", "fullscreen");
        let app = Application::begin_under(compositor, &exam);
        thread::sleep(Duration::from_secs(2));
        assert_ne!(app.size(), compositor.output(), "{}", compositor.name());
        matrix::without(Control::Fullscreen, compositor.name(), "a window among others");
    }
}
