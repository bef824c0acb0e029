//! What a person sees of themselves.

use super::{
    super::{App, Body, blocking},
    browser::Browser,
    fields,
    page::{Said, escape, form, page},
    session::{self, Maybe, SignedIn},
};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
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
    body.push_str(&form(&browser, "/sign-out", "", "Sign out"));
    Ok(page(&app, &browser, "Your account", &body))
}

/// A form without fields of its own.
#[derive(Deserialize, ToSchema)]
pub struct Bare {
    /// The form's token.
    form: String,
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
