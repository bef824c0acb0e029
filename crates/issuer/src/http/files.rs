//! The console's own files, from a folder. They may load nothing from anywhere else.

use super::{App, Name};
use crate::fault::Fault;
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use std::{
    path::{Component, PathBuf},
    sync::Arc,
};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// To the console.
pub async fn redirect() -> Redirect {
    Redirect::permanent("/console/")
}

/// The console's page.
pub async fn index(state: State<Arc<App>>) -> Result<Response, Fault> {
    file(state, Name("index.html".to_owned())).await
}

/// One of the console's files. An address without a file name is a view of the console, so it gets the page.
pub async fn file(State(app): State<Arc<App>>, Name(path): Name) -> Result<Response, Fault> {
    let folder = app.ui.as_ref().ok_or(Fault::NotFound)?;
    let wanted = PathBuf::from(path);
    if !wanted.components().all(|component| matches!(component, Component::Normal(_))) {
        return Err(Fault::NotFound);
    }
    let wanted = if wanted.extension().is_none() { PathBuf::from("index.html") } else { wanted };
    let bytes = tokio::fs::read(folder.join(&wanted)).await.map_err(|_| Fault::NotFound)?;
    let kind = kind(wanted.extension().and_then(|extension| extension.to_str()).unwrap_or_default());
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, POLICY), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, bytes).into_response())
}

fn kind(extension: &str) -> &'static str {
    match extension {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ftl" | "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
