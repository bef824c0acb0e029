//! Cookies: found in a request, and written so that no script reads them and no other site sets them.

use super::App;
use axum::http::{header, request::Parts};

/// The value of a cookie.
pub fn find<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    let cookies = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|list| list.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// Whether browsers reach this service by TLS.
pub fn secure(app: &App) -> bool {
    app.desk.card().issuer.origin.starts_with("https://")
}

/// What comes behind a cookie's value; it lasts `seconds`, and without any it is gone.
pub fn attributes(app: &App, same_site: &str, path: &str, seconds: u64) -> String {
    let secure = if secure(app) { "; Secure" } else { "" };
    format!("HttpOnly; SameSite={same_site}; Path={path}; Max-Age={seconds}{secure}")
}
