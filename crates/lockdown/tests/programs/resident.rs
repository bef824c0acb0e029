//! A program in a login session: `resident FOLDER`. It looks with the probes of the login service and keeps the
//! machine awake when told, until it is killed.
//!
//! Each thing has a file in `FOLDER` with what is known of it now: `terminal`, `lock-screen`, `remote-login`,
//! `programs` (of which it looks for `sleep`), `awake`.
//! The file `order` holds what to do: `awake` or `release`.

use invigil_core::policy::Program;
use invigil_lockdown::{
    Address, Awake, Control, Probe,
    awake::Places,
    probes::{LockScreen, Programs, RemoteLogin, Terminal},
};
use std::{env, fs, path::PathBuf, thread::sleep, time::Duration};

fn main() {
    let folder = PathBuf::from(env::args().nth(1).expect("a folder"));
    let tell = |name: &str, text: String| {
        // By a new name, so that nobody reads half of it.
        let half = folder.join(format!("{name}.half"));
        fs::write(&half, text).expect("written");
        fs::rename(half, folder.join(name)).expect("renamed");
    };
    let sleep_program = || vec![Program { name: "Sleep".to_owned(), file: "sleep".to_owned(), sha256: None }];
    let mut probes: [Box<dyn Probe>; 4] = [
        Box::new(Terminal::new(Address::System)),
        Box::new(LockScreen::new(Address::System)),
        Box::new(RemoteLogin::new(Address::System)),
        Box::new(Programs::new(sleep_program)),
    ];
    let places = Places { system: Address::System, session: Address::Session, display: None };
    let mut awake = Awake::new(places);
    let mut last = String::new();
    tell("pid", std::process::id().to_string());
    loop {
        for probe in &mut probes {
            let seen = match probe.look() {
                Ok(seen) => format!("sees {}", seen.into_iter().collect::<Vec<_>>().join(", ")),
                Err(blind) => format!("blind: {blind}"),
            };
            tell(probe.name().word(), seen);
        }
        let order = fs::read_to_string(folder.join("order")).unwrap_or_default();
        if order != last {
            match order.as_str() {
                "awake" => drop(awake.engage()),
                _ => awake.release().expect("released"),
            }
            last = order;
        }
        tell("awake", format!("{:?}", awake.holding()));
        sleep(Duration::from_millis(50));
    }
}
