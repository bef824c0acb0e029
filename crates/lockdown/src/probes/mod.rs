//! What each probe of the policy looks at.
//!
//! None of them changes anything on the machine, and none reads what somebody types, the titles of windows, or
//! documents. Those that ask a server wait for it: look on a thread on which nobody waits.

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
    let known = |name: &str| ON_SCREEN_KEYBOARDS.contains(&name).then(|| name.to_owned());
    processes.list().ok()?.into_iter().find_map(|process| {
        let interpreter = ["python", "gjs", "perl"].iter().any(|name| process.file.starts_with(name));
        known(&process.file).or_else(|| {
            // Believing the name of a script makes this probe see less and never more.
            let words = fs::read(processes.of(process.pid).join("cmdline")).ok().filter(|_| interpreter)?;
            let script = words.split(|byte| *byte == 0).skip(1).find(|word| !word.starts_with(b"-"))?;
            known(Path::new(str::from_utf8(script).ok()?).file_name()?.to_str()?)
        })
    })
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
