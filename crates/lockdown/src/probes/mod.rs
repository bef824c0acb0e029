//! What each probe of the policy looks at.
//!
//! None of them changes anything on the machine, and none reads what somebody types, the titles of windows, or
//! documents. Those that ask a server wait for it: look on a thread on which nobody waits.

mod aids;
mod debugger;
mod display;
mod focus;
mod injected_input;
mod keyboards;
mod logind;
mod outputs;
mod processes;
mod programs;
mod remote_login;
mod screen_share;
mod session;
mod virtual_machine;

pub use aids::aids;
pub use debugger::Debugger;
pub use focus::Focus;
pub use injected_input::InjectedInput;
pub use keyboards::{Keyboards, ServerKeyboards};
pub use outputs::{Connectors, Outputs};
pub use processes::{Process, Processes};
pub use programs::Programs;
pub use remote_login::RemoteLogin;
pub use screen_share::ScreenShare;
pub use session::{LockScreen, Terminal};
pub use virtual_machine::VirtualMachine;

use std::{fs, path::Path};

/// On-screen keyboards by their executable file, or by their script where an interpreter runs it. They type for people
/// who cannot use another keyboard.
const ON_SCREEN_KEYBOARDS: [&str; 10] = [
    "caribou",
    "corekeyboard",
    "florence",
    "kvkbd",
    "maliit-keyboard",
    "maliit-server",
    "matchbox-keyboard",
    "onboard",
    "squeekboard",
    "xvkbd",
];

/// The name of an on-screen keyboard that runs. Where programs are hidden from each other there is none to be found.
fn on_screen_keyboard(processes: &Processes) -> Option<String> {
    let mut running = processes.list().ok()?.into_iter();
    running.find_map(|process| program(processes, &process).find(|name| ON_SCREEN_KEYBOARDS.contains(&name.as_str())))
}

/// What a process runs, by its executable file, and by its script where an interpreter runs it. Believing the name of a
/// script makes a probe see less and never more.
fn program(processes: &Processes, process: &Process) -> impl Iterator<Item = String> {
    let interpreter = ["python", "gjs", "perl"].iter().any(|name| process.file.starts_with(name));
    let script = || {
        let words = fs::read(processes.of(process.pid).join("cmdline")).ok()?;
        let script = words.split(|byte| *byte == 0).skip(1).find(|word| !word.starts_with(b"-"))?;
        Some(Path::new(str::from_utf8(script).ok()?).file_name()?.to_str()?.to_owned())
    };
    let script = if interpreter { script() } else { None };
    [Some(process.file.clone()), script].into_iter().flatten()
}

/// A name that another program or a device has given itself, made fit for a record.
fn plain(name: &[u8]) -> String {
    const LETTERS_MAX: usize = 80;
    let text = String::from_utf8_lossy(name);
    let fit = |letter: char| if letter.is_control() { ' ' } else { letter };
    let text: String = text.trim().chars().take(LETTERS_MAX).map(fit).collect();
    text.trim_end().to_owned()
}

/// An application's name for people. What it calls itself can be made up, so the name of its file stands beside it
/// where they differ.
fn called(word: Option<&str>, file: Option<&str>) -> String {
    let named = |name: &&str| !name.is_empty();
    match (word.filter(named), file.filter(named)) {
        (Some(word), Some(file)) if !word.eq_ignore_ascii_case(file) => format!("{word} ({file})"),
        (Some(name), _) | (None, Some(name)) => name.to_owned(),
        (None, None) => "another application".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::called;

    #[test]
    fn an_application_is_called_by_its_word_and_its_file() {
        for (word, file, name) in [
            (Some("Firefox"), Some("firefox"), "Firefox"),
            (Some("Onboard"), Some("python3.11"), "Onboard (python3.11)"),
            (Some("Exam"), Some("chromium"), "Exam (chromium)"),
            (Some("XTerm"), None, "XTerm"),
            (None, Some("xterm"), "xterm"),
            (Some(""), Some("xterm"), "xterm"),
            (None, None, "another application"),
        ] {
            assert_eq!(called(word, file), name);
        }
    }
}
