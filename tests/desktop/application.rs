//! The desktop application on a desk: started, pictured, killed and started again.

use crate::{
    desk::{Desk, PATIENCE, kill, wait},
    driver::Driver,
    page::SHOWN,
    screen::Screen,
};
use reqwest::Method;
use std::{
    env, fs,
    path::{Path, PathBuf},
    thread,
    time::Instant,
};

pub const NAME: &str = "invigil-desktop";

/// The build with the feature `e2e`, driven by WebDriver.
pub struct Application {
    pub driver: Driver,
    pub screen: Screen,
    /// Whether the page speaks the pseudo language.
    pub pseudo: bool,
    pub desk: Desk,
}

/// The build that is shipped. It lies where all programs lie, with the guard beside it.
pub fn shipped() -> PathBuf {
    invigil::stage::binary(NAME).unwrap_or_else(|error| panic!("{error}: run `make window`"))
}

/// The build that can be driven.
pub fn driven() -> PathBuf {
    let folder = shipped().parent().and_then(Path::parent).map(|target| target.join("e2e")).expect("a build folder");
    let path = folder.join(NAME);
    assert!(path.exists(), "{} is missing: run `make window`", path.display());
    path
}

impl Application {
    /// Starts the application on a desk of its own.
    #[track_caller]
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_on(Desk::new(), arguments)
    }

    /// Starts the application on this desk.
    #[track_caller]
    pub fn start_on(desk: Desk, arguments: &[&str]) -> Self {
        let mut application = Self::at(desk);
        application.start_again(arguments);
        application
    }

    /// A desk on which nothing is started yet.
    pub fn empty() -> Self {
        Self::at(Desk::new())
    }

    pub fn at(desk: Desk) -> Self {
        let mut desk = desk;
        let driver = Driver::start(&mut desk);
        Self::with(desk, driver)
    }

    /// The same with a driver that was started already.
    pub fn with(desk: Desk, driver: Driver) -> Self {
        Self { driver, screen: Screen::of(&desk), pseudo: false, desk }
    }

    /// Starts it once more on the same desk.
    #[track_caller]
    pub fn start_again(&mut self, arguments: &[&str]) {
        self.start_with(&driven(), arguments);
    }

    /// Starts it under the guard, where it can be driven all the same.
    #[track_caller]
    pub fn start_guarded(&mut self, arguments: &[&str]) {
        let guard = invigil::stage::binary("invigil-guard").unwrap_or_else(|e| panic!("{e}: run `make window`"));
        let program = driven().display().to_string();
        self.start_with(&guard, &[&["--", program.as_str()], arguments].concat());
    }

    /// Starts it by another program.
    #[track_caller]
    pub fn start_with(&mut self, program: &Path, arguments: &[&str]) {
        let opened = self.driver.open(&self.desk.program(program), arguments, PATIENCE);
        opened.unwrap_or_else(|why| panic!("the application did not open: {why}"));
        let began = Instant::now();
        loop {
            let screen = self.driver.run(SHOWN, &[]);
            if screen.as_ref().is_ok_and(|screen| !["", "loading"].contains(&screen.as_str().unwrap_or_default())) {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "the page's first screen never came: {screen:?}");
        }
    }

    /// The application's process.
    pub fn process(&self) -> u32 {
        let processes = self.desk.processes(NAME);
        assert_eq!(processes.len(), 1, "one application runs");
        processes[0]
    }

    /// Ends it with SIGKILL and waits until it is gone.
    pub fn kill(&mut self) {
        kill(self.process());
        wait("the killed application to be gone", || self.desk.processes(NAME).is_empty().then_some(()));
        self.driver.forget();
    }

    /// Keeps a picture of the page, where `INVIGIL_SHOTS` names a folder for them.
    pub fn picture(&self, name: &str) {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let Some(folder) = env::var_os("INVIGIL_SHOTS").map(PathBuf::from) else { return };
        let Ok(picture) = self.driver.call(Method::GET, "/screenshot", None) else { return };
        let bytes = STANDARD.decode(picture.as_str().unwrap_or_default()).expect("WebDriver sends base64");
        fs::create_dir_all(&folder).expect("the folder for pictures");
        fs::write(folder.join(format!("{name}.png")), bytes).expect("the picture is kept");
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        if thread::panicking() {
            let name = thread::current().name().unwrap_or("a-test").replace("::", "-");
            self.picture(&format!("failed-{name}"));
            eprintln!("page: {}", self.text("body").unwrap_or_else(|| "there is none".to_owned()));
        }
        self.driver.forget();
    }
}
