//! The application under its guard as a desktop starts both, and a driver beside them that finds the application again
//! after any of them was killed.

use crate::{
    application::{Application, driven},
    desk::{Desk, wait},
    driver::Driver,
    page::SHOWN,
    screen::Screen,
};
use std::time::Duration;

/// The program that draws the page.
pub const PAGE: &str = "WebKitWebProcess";

/// One that does not answer by then has not come up yet, and is asked again.
const TAKEN_OVER_WITHIN: Duration = Duration::from_secs(6);

/// The application, its guard, and where a driver finds the application.
pub struct Guarded {
    pub app: Application,
    /// The guard's process.
    pub guard: u32,
    port: u16,
    /// Runs nothing but what it was started with, and ends with it.
    kiosk: bool,
}

impl Guarded {
    /// Starts both on a desk.
    #[track_caller]
    pub fn start(desk: Desk, kiosk: bool) -> Self {
        let mut desk = desk;
        let port = invigil::stage::free_port().expect("a free port");
        let driver = Driver::beside(&mut desk, port);
        let mut guarded = Self { app: Application::with(desk, driver), guard: 0, port, kiosk };
        guarded.launch();
        guarded
    }

    /// Whether the desk runs nothing but the application and ends with it.
    pub fn is_kiosk(&self) -> bool {
        self.kiosk
    }

    /// Starts both once more, as a candidate would from the menu.
    #[track_caller]
    pub fn launch(&mut self) {
        let desk = &mut self.app.desk;
        let guard = invigil::stage::binary("invigil-guard").unwrap_or_else(|e| panic!("{e}: run `make window`"));
        let program = desk.program(&driven());
        let starter = if self.kiosk { desk.kiosk(&guard) } else { desk.program(&guard) };
        let mut command = desk.command(starter);
        command.arg("--").arg(program).env("TAURI_WEBVIEW_AUTOMATION", "true");
        command.env("WEBKIT_INSPECTOR_SERVER", format!("127.0.0.1:{}", self.port));
        desk.keep(&mut command, "invigil-guard");
        self.guard = wait("the guard to run", || self.app.desk.processes("invigil-guard").first().copied());
        self.take_over();
        if matches!(self.app.screen, Screen::Silent) {
            self.app.desk.point_at_it();
        }
    }

    /// Takes the application over once more, after it or its page was started again.
    #[track_caller]
    pub fn take_over(&mut self) {
        wait("the application to be driven", || {
            self.app.driver.end();
            self.app.driver = Driver::beside(&mut self.app.desk, self.port);
            self.app.driver.take_over(TAKEN_OVER_WITHIN).ok()
        });
        wait("the page's first screen", || {
            let screen = self.app.driver.run(SHOWN, &[]).ok()?;
            (!["", "loading"].contains(&screen.as_str().unwrap_or_default())).then_some(())
        });
    }
}
