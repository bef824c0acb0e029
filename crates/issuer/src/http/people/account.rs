//! What a person sees of themselves.

use super::{
    super::{App, Body, blocking, console::way_in},
    browser::Browser,
    fields,
    page::{Said, escape, form, page},
    session::{self, Maybe, SignedIn},
};
use crate::{desk::Desk, shell};
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use invigil_core::role::{Act, may_somewhere};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Who is signed in, with what is known of them.
#[utoipa::path(get, path = "/account",
    responses((status = 200, body = String, content_type = "text/html", description = "A page"),
        (status = 401, description = "`sign-in-needed`")))]
pub async fn account(
    State(app): State<Arc<App>>,
    browser: Browser,
    SignedIn(session): SignedIn,
) -> Result<Response, Said> {
    let person = session.person.id.clone();
    let asked = blocking(&app, move |desk| Ok(desk.store().agreements_of(&person)?)).await?;
    let mut body = format!("<p>You are signed in as <b>{}</b>.</p><dl>", escape(&session.person.name));
    let mut fact = |name: &str, value: &str| {
        body.push_str(&format!("<dt>{name}</dt><dd>{}</dd>", escape(value)));
    };
    fact("Identifier", session.person.id.as_str());
    if let Some(email) = &session.person.email {
        fact("E-mail", email);
    }
    for grant in &session.grants {
        fact("Role", &format!("{} in {}", grant.role, grant.scope));
    }
    body.push_str("</dl>");
    for one in asked {
        let (programme, version) = (escape(one.programme.as_str()), one.version);
        let state = if one.accepted { "accepted" } else { "not accepted yet" };
        let link = format!("<a href=\"/agreements/{programme}\">Agreement of {programme}</a>");
        body.push_str(&format!("<p>{link}, version {version}: {state}.</p>"));
    }
    if may_somewhere(&session.grants, Act::Follow) {
        body.push_str(&form(&browser, "/account/console", "", "Open the console"));
    }
    body.push_str(&form(&browser, "/sign-out", "", "Sign out"));
    Ok(page(&app, &browser, "Your account", &body))
}

/// A form without fields of its own.
#[derive(Deserialize, ToSchema)]
pub struct Bare {
    /// The form's token.
    form: String,
}

/// Opens the proctors' console for whoever may follow sittings. It is written to the audit.
#[utoipa::path(post, path = "/account/console",
    request_body(content = Bare, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "To the console; its cookie is set"),
        (status = 400, description = "`bad-request`"), (status = 401, description = "`sign-in-needed`"),
        (status = 403, description = "`form-expired`, `not-allowed`")))]
pub async fn open_console(
    State(app): State<Arc<App>>,
    browser: Browser,
    SignedIn(session): SignedIn,
    body: Body,
) -> Result<Response, Said> {
    let bare: Bare = fields(&body)?;
    browser.check(&bare.form)?;
    let now = shell::now();
    let (cookie, new) = way_in(&app, now);
    let open = move |desk: &Desk| {
        desk.allow_somewhere(&session, Act::Follow)?;
        desk.store().begin_session(&new.token, &session.person.id, &session.via, new.ends, now)?;
        Ok(desk.store().audit(now, session.actor(), "login", "")?)
    };
    blocking(&app, open).await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/console/")).into_response())
}

/// Signs out. Without a session it does nothing.
#[utoipa::path(post, path = "/sign-out",
    request_body(content = Bare, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "The session has ended"), (status = 400, description = "`bad-request`"),
        (status = 403, description = "`form-expired`")))]
pub async fn sign_out(
    State(app): State<Arc<App>>,
    browser: Browser,
    Maybe(_, token): Maybe,
    body: Body,
) -> Result<Response, Said> {
    let bare: Bare = fields(&body)?;
    browser.check(&bare.form)?;
    if let Some(token) = token {
        blocking(&app, move |desk| Ok(desk.store().end_session(&token)?)).await?;
    }
    Ok(session::take(&app, Redirect::to("/account").into_response()))
}
