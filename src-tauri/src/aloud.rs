//! What the page says without being looked at, told to screen readers.
//!
//! Debian 12's Orca is told nothing by WebKitGTK's live regions. It speaks a notification of the toolkit that appears;
//! so there is one, on a label that is never drawn.

use gtk::{
    atk,
    glib::translate::IntoGlib,
    prelude::{AtkObjectExt, ContainerExt, WidgetExt},
};
use std::cell::RefCell;
use tauri::{AppHandle, WebviewWindow};

thread_local! {
    /// The label. Widgets live on the main thread alone.
    static LABEL: RefCell<Option<gtk::Label>> = const { RefCell::new(None) };
}

/// Puts the label into the window.
///
/// # Errors
/// When the window has no place for it.
pub fn prepare(window: &WebviewWindow) -> tauri::Result<()> {
    let label = gtk::Label::new(None);
    label.set_no_show_all(true);
    if let Some(accessible) = label.accessible() {
        accessible.set_role(atk::Role::Notification);
    }
    window.default_vbox()?.add(&label);
    LABEL.with_borrow_mut(|kept| *kept = Some(label));
    Ok(())
}

/// Has `text` said. Without a screen reader nothing happens.
pub fn say(app: &AppHandle, text: String) {
    let said = app.run_on_main_thread(move || {
        LABEL.with_borrow(|label| {
            let Some(accessible) = label.as_ref().and_then(WidgetExt::accessible) else { return };
            accessible.set_name(&text);
            // The toolkit takes the state's number here, in a type that is made for sets of states.
            let showing = atk::StateType::Showing.into_glib();
            accessible.notify_state_change(showing.unsigned_abs().into(), true);
        });
    });
    if said.is_err() {
        tracing::warn!("the window is gone, and nothing can be said in it");
    }
}
