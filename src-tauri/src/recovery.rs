//! The plain window that appears when the application keeps failing: no web view, no lockdown, only what to do.

use gtk::prelude::*;
use std::{path::Path, process::ExitCode};

/// Shows where the answers lie and whom to ask. Returns when the window is closed.
pub fn show(folder: &Path) -> ExitCode {
    if gtk::init().is_err() {
        return ExitCode::FAILURE;
    }
    let window = gtk::Window::new(gtk::WindowType::Toplevel);
    window.set_title("Invigil");
    window.set_default_size(640, 320);
    let text = format!(
        "Invigil has stopped several times and was not started again (code: crash-loop).\n\n\
         Your saved answers are safe. They lie encrypted in\n{}\n\n\
         What to do: restart the computer and open Invigil again; it goes on where you were. \
         If you cannot, tell your proctor or the organisation that admitted you, and keep this folder as it is.",
        folder.join("sittings").display()
    );
    let label = gtk::Label::new(Some(&text));
    label.set_line_wrap(true);
    label.set_selectable(true);
    for set in [gtk::Widget::set_margin_top, gtk::Widget::set_margin_bottom] {
        set(label.upcast_ref(), 32);
    }
    label.set_margin_start(32);
    label.set_margin_end(32);
    window.add(&label);
    window.connect_delete_event(|_, _| {
        gtk::main_quit();
        gtk::glib::Propagation::Proceed
    });
    window.show_all();
    gtk::main();
    ExitCode::SUCCESS
}
