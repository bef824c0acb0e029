//! The exam window and its web view, shut to everything but the page that comes with the application.

use crate::errands::Errands;
use gtk::prelude::ObjectExt;
use invigil_core::sitting::Observation;
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
    time::Duration,
};
use tauri::{
    AppHandle, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    webview::{NewWindowResponse, PermissionResponse},
};
use webkit2gtk::{SettingsExt, WebContextExt, WebViewExt};

/// The window's label, which its capability names.
pub const LABEL: &str = "exam";

/// `window.close` would take the view away without asking; printing and new windows leave the page; what is dragged
/// comes from other programs or goes to them. The page says with `data-copying="no"` that nothing may be copied.
const SHUT: &str = "for (const name of ['close', 'open', 'print', 'alert', 'confirm', 'prompt']) \
    Object.defineProperty(window, name, { value: () => undefined, writable: false, configurable: false });
for (const name of ['contextmenu', 'dragstart', 'dragover', 'drop']) \
    addEventListener(name, (event) => event.preventDefault(), true);
for (const name of ['copy', 'cut', 'paste']) \
    addEventListener(name, (event) => document.documentElement.dataset.copying === 'no' && event.preventDefault(), true);";

/// Opens the window.
///
/// # Errors
/// When the system has no web view to give.
pub fn open(app: &AppHandle, errands: &Errands) -> tauri::Result<WebviewWindow> {
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Invigil")
        .inner_size(1120.0, 760.0)
        .min_inner_size(480.0, 400.0)
        .center()
        .incognito(cfg!(not(feature = "e2e")))
        .devtools(false)
        .initialization_script(SHUT)
        .general_autofill_enabled(false)
        .on_navigation(|url| url.scheme() == "tauri")
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .on_permission_request(|_, _| PermissionResponse::Deny)
        .build()?;
    let errands = errands.clone();
    window.with_webview(move |view| shut(&view.inner(), errands))?;
    let raised = window.clone();
    let _ = crate::instance::RAISE.set(Box::new(move || {
        let _ = raised.unminimize();
        let _ = raised.set_focus();
    }));
    Ok(window)
}

fn shut(view: &webkit2gtk::WebView, errands: Errands) {
    if let Some(settings) = WebViewExt::settings(view) {
        settings.set_enable_webgl(false);
        settings.set_enable_webaudio(false);
        settings.set_enable_media_stream(false);
        settings.set_enable_fullscreen(false);
        settings.set_enable_html5_local_storage(false);
        settings.set_enable_page_cache(false);
        settings.set_enable_back_forward_navigation_gestures(false);
        settings.set_media_playback_requires_user_gesture(true);
        settings.set_enable_developer_extras(false);
        settings.set_javascript_can_open_windows_automatically(false);
    }
    if let Some(context) = view.context() {
        context.set_spell_checking_enabled(false);
    }
    view.connect_context_menu(|_, _, _, _| true);
    view.connect_print(|_, _| true);
    view.connect_script_dialog(|_, _| true);
    view.connect_run_file_chooser(|_, request| {
        use webkit2gtk::FileChooserRequestExt;
        request.cancel();
        true
    });
    watch_for_hangs(view);
    let failures = RefCell::new(VecDeque::new());
    view.connect_web_process_terminated(move |view, reason| {
        tracing::error!(?reason, "the page's process ended");
        errands.observe(Observation::PageFailed);
        load_again(view, &failures);
    });
}

/// Asks the page again and again whether it is alive, and ends the process of one that is not; then it is loaded afresh
/// as after any other end. The guard cannot see this: the toolkit's main loop is well.
fn watch_for_hangs(view: &webkit2gtk::WebView) {
    const ASK: Duration = Duration::from_secs(2);
    /// Counted rather than timed: a machine that stood still has asked nothing meanwhile.
    const UNANSWERED_MAX: u32 = 8;
    let unanswered = Rc::new(Cell::new(0));
    let weak = view.downgrade();
    gtk::glib::timeout_add_local(ASK, move || {
        let Some(view) = weak.upgrade() else { return gtk::glib::ControlFlow::Break };
        match unanswered.replace(unanswered.get() + 1) {
            0 => {
                let answered = unanswered.clone();
                // An error is an answer too: the page is being changed, or its process has ended.
                view.evaluate_javascript("0", None, None, gtk::gio::Cancellable::NONE, move |_| answered.set(0));
            }
            asked if UNANSWERED_MAX <= asked => {
                tracing::error!("the page does not answer");
                view.terminate_web_process();
                unanswered.set(0);
            }
            _ => {}
        }
        gtk::glib::ControlFlow::Continue
    });
}

/// Loads the page afresh, at most three times a minute; then the guard's rule for a failing application takes over.
fn load_again(view: &webkit2gtk::WebView, failures: &RefCell<VecDeque<i64>>) {
    const MINUTE_US: i64 = 60_000_000;
    const LOADS_MAX: usize = 3;
    let now = gtk::glib::monotonic_time();
    let mut failures = failures.borrow_mut();
    failures.retain(|at| now - at < MINUTE_US);
    failures.push_back(now);
    if LOADS_MAX < failures.len() {
        std::process::exit(70);
    }
    let uri = view.uri().unwrap_or_else(|| "tauri://localhost".into());
    let view = view.clone();
    gtk::glib::timeout_add_local_once(Duration::from_millis(200), move || view.load_uri(&uri));
}
