//! An empty Tauri window, against which `make bench` holds the application: the same toolkit, features and
//! configuration, one window of the same size, a page of one line, no commands and no runtime.

use tauri::{WebviewUrl, WebviewWindowBuilder, http::Response};

const PAGE: &str = "<!doctype html><html lang=\"en\"><title>Empty</title><p>Empty</p></html>";

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .register_uri_scheme_protocol("empty", |_, _| {
            let mut page = Response::new(PAGE.as_bytes());
            page.headers_mut()
                .insert("content-type", tauri::http::HeaderValue::from_static("text/html; charset=utf-8"));
            page
        })
        .setup(|app| {
            let page = "empty://localhost/".parse().map(WebviewUrl::CustomProtocol)?;
            WebviewWindowBuilder::new(app.handle(), "empty", page).title("Empty").inner_size(1120.0, 760.0).build()?;
            Ok(())
        })
        .run(tauri::generate_context!())
}
