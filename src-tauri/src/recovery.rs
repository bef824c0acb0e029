//! The plain window that appears when the application cannot start or keeps failing: no web view, no lockdown, only
//! what happened and what to do.

use gtk::{pango, prelude::*};
use invigil_client::view::Problem;
use std::{
    io::{self, Write},
    path::Path,
};

/// What keeps the application from running, for the person in front of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The stable code.
    pub code: String,
    title: &'static str,
    sentence: String,
    remedy: String,
}

impl Trouble {
    fn start(code: &str, sentence: String, remedy: &str) -> Self {
        Self { code: code.to_owned(), title: "Invigil cannot start", sentence, remedy: remedy.to_owned() }
    }

    /// It has failed again and again.
    pub fn crash_loop(folder: &Path) -> Self {
        let sittings = folder.join("sittings");
        Self {
            code: "crash-loop".to_owned(),
            title: "Invigil has stopped",
            sentence: format!(
                "Invigil has stopped several times and was not started again. Your saved answers are safe. They lie \
                 encrypted in {}.",
                sittings.display()
            ),
            remedy: "Restart the computer and open Invigil again; it goes on where you were. If you cannot, tell your \
                     proctor or the organisation that admitted you, and keep this folder as it is."
                .to_owned(),
        }
    }

    /// The environment lets other programs into the window.
    pub fn open_environment(why: &str) -> Self {
        Self::start(
            "environment-open",
            format!("Something on this computer opens Invigil's window to other programs: {why}."),
            "Start it from your desktop, or from a terminal where they are not set.",
        )
    }

    /// Another copy has the state folder and cannot be reached.
    pub fn silent() -> Self {
        Self::start(
            "already-running-silent",
            "Invigil is open already, but its window does not answer.".to_owned(),
            "Wait a minute and open Invigil again. If that does not help, log out and in again: what was saved is kept.",
        )
    }

    /// The path of the state folder does not fit into a socket's address.
    pub fn long_path(folder: &Path) -> Self {
        Self::start(
            "state-path-too-long",
            format!("The path of Invigil's folder is too long: {}.", folder.display()),
            "Set INVIGIL_STATE to a folder with a shorter path, at most 90 characters, and open Invigil again.",
        )
    }

    /// The state folder cannot be made or written.
    pub fn of_folder(folder: &Path, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::full(folder),
            _ => Self::unusable(folder, &error.to_string()),
        }
    }

    /// The runtime or the window did not come up.
    pub fn of(problem: &Problem, folder: &Path) -> Self {
        let why = problem.args.get("why").map_or("no reason is known", String::as_str);
        match problem.code.as_str() {
            "disk-full" => Self::full(folder),
            "storage-failed" => Self::unusable(folder, why),
            code => Self::start(
                code,
                format!("Invigil's window could not be opened: {why}."),
                "Restart the computer and open Invigil again. If that does not help, tell the organisation that \
                 admitted you, with the code below. What was saved is kept.",
            ),
        }
    }

    fn full(folder: &Path) -> Self {
        Self::start(
            "disk-full",
            format!("There is no room left on the disk for Invigil's folder, {}.", folder.display()),
            "Free some space, at least 100 megabytes, and open Invigil again. Leave this folder as it is: what was saved \
             is in it.",
        )
    }

    fn unusable(folder: &Path, why: &str) -> Self {
        Self::start(
            "storage-failed",
            format!("Invigil cannot use its folder, {}: {why}.", folder.display()),
            "Make sure that this folder belongs to you and can be written to, then open Invigil again.",
        )
    }
}

/// Says it on standard error, and in a window where there is a desktop. Returns when the window is closed.
pub fn show(trouble: &Trouble) {
    let Trouble { code, title, sentence, remedy } = trouble;
    // Nobody has to be at the other end.
    let _ = writeln!(io::stderr(), "{title} ({code}). {sentence} {remedy}");
    if gtk::init().is_err() {
        return;
    }
    let window = gtk::Window::new(gtk::WindowType::Toplevel);
    window.set_title(title);
    window.set_position(gtk::WindowPosition::Center);
    window.set_icon_name(Some("invigil-desktop"));
    let rows = gtk::Box::new(gtk::Orientation::Vertical, 16);
    rows.set_margin(32);
    let heading = row(&rows, title);
    let large = pango::AttrList::new();
    large.insert(pango::AttrFloat::new_scale(1.4));
    large.insert(pango::AttrInt::new_weight(pango::Weight::Bold));
    heading.set_attributes(Some(&large));
    row(&rows, sentence);
    row(&rows, &format!("What to do: {remedy}"));
    row(&rows, &format!("Code: {code}"));
    let close = gtk::Button::with_mnemonic("_Close");
    close.set_halign(gtk::Align::End);
    close.connect_clicked(|_| gtk::main_quit());
    rows.add(&close);
    window.add(&rows);
    // Before it is shown: a text that has the focus once stays marked as a whole.
    close.grab_focus();
    window.connect_delete_event(|_, _| {
        gtk::main_quit();
        gtk::glib::Propagation::Proceed
    });
    window.show_all();
    gtk::main();
}

const COLUMNS: i32 = 72;

fn row(rows: &gtk::Box, text: &str) -> gtk::Label {
    let label = gtk::Label::new(Some(text));
    label.set_line_wrap(true);
    label.set_line_wrap_mode(pango::WrapMode::WordChar);
    // As wide at least as at most, or the window would be as high as the narrowest text needs.
    label.set_width_chars(COLUMNS);
    label.set_max_width_chars(COLUMNS);
    label.set_xalign(0.0);
    label.set_selectable(true);
    rows.add(&label);
    label
}
