//! Signing in at a provider and coming back.

use super::{
    super::{App, Name, blocking},
    browser::Browser,
    page::{Said, escape, page},
    session::Beginning,
};
use crate::{
    desk::Desk,
    fault::Fault,
    oidc::{Once, own_page},
    shell,
    store::{Begun, KnownProvider},
};
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// How long somebody may take at the provider, in milliseconds.
const AWAY_MS: u64 = 10 * 60 * 1_000;

/// Where to go on afterwards.
#[derive(Deserialize, IntoParams)]
pub struct Back {
    /// A page of this service.
    #[serde(default, rename = "return")]
    page: String,
}

/// The ways to sign in.
#[utoipa::path(get, path = "/sign-in", params(Back),
    responses((status = 200, body = String, content_type = "text/html", description = "A page"),
        (status = 400, description = "`bad-request`")))]
pub async fn ways(
    State(app): State<Arc<App>>,
    browser: Browser,
    back: Result<Query<Back>, QueryRejection>,
) -> Result<Response, Said> {
    let back = query(back)?;
    let providers = blocking(&app, |desk| Ok(desk.store().providers()?)).await?;
    let target = serde_urlencoded::to_string([("return", own_page(&back.page))]).unwrap_or_default();
    let way = |one: &KnownProvider| {
        let (id, name) = (escape(&one.id), escape(&one.id));
        format!("<li><a href=\"/sign-in/{id}?{}\">{name}</a></li>", escape(&target))
    };
    let ways: String = providers.iter().map(way).collect();
    let body = if ways.is_empty() {
        "<p>There is no provider to sign in at. If you were sent an invitation, open its link.</p>".to_owned()
    } else {
        format!("<p>Sign in at:</p><ul>{ways}</ul>")
    };
    Ok(page(&app, &browser, "Sign in", &body))
}

/// Sends the browser to the provider.
#[utoipa::path(get, path = "/sign-in/{provider}", params(("provider" = String, Path, description = "Its name"), Back),
    responses((status = 303, description = "To the provider"), (status = 400, description = "`bad-request`"),
        (status = 404, description = "`provider-unknown`"),
        (status = 503, description = "`provider-away`")))]
pub async fn begin(
    State(app): State<Arc<App>>,
    browser: Browser,
    Name(id): Name,
    back: Result<Query<Back>, QueryRejection>,
) -> Result<Response, Said> {
    let back = query(back)?;
    let provider = known(&app, &id).await?;
    let once = Once::fresh(browser.secret());
    let address = open(&app, provider).await?.address(&app.asking, &redirect(&app, &id), &once).await?;
    let now = shell::now();
    let (state, browser_digest, page) = (once.digest(), browser.digest(), own_page(&back.page).to_owned());
    let note = move |desk: &Desk| {
        let begun = Begun { provider: id, browser: browser_digest, page, ends: now.plus_ms(AWAY_MS) };
        Ok(desk.store().begin_sign_in(&state, &begun, now)?)
    };
    blocking(&app, note).await?;
    Ok(browser.remember(&app, Redirect::to(&address).into_response()))
}

/// What the provider sends along.
#[derive(Deserialize, IntoParams)]
pub struct Answer {
    /// Goes round.
    #[serde(default)]
    state: String,
    /// To be exchanged for the identity.
    code: Option<String>,
    /// Why there is none.
    error: Option<String>,
}

/// Takes the browser back, and signs the person in.
#[utoipa::path(get, path = "/sign-in/{provider}/callback",
    params(("provider" = String, Path, description = "Its name"), Answer),
    responses((status = 303, description = "To the page that was asked for; the cookie is set"),
        (status = 400, description = "`bad-request`"),
        (status = 403, description = "`sign-in-expired`, `sign-in-refused`"),
        (status = 404, description = "`provider-unknown`"), (status = 503, description = "`provider-away`")))]
pub async fn end(
    State(app): State<Arc<App>>,
    browser: Browser,
    Name(id): Name,
    answer: Result<Query<Answer>, QueryRejection>,
) -> Result<Response, Said> {
    let answer = query(answer)?;
    let provider = known(&app, &id).await?;
    let once = Once::of(answer.state, browser.secret());
    let state = once.digest();
    let now = shell::now();
    // It is gone from here on, whatever comes of it.
    let begun = blocking(&app, move |desk| Ok(desk.store().end_sign_in(&state)?)).await?;
    let begun = begun.filter(|begun| begun.provider == id && begun.browser == browser.digest() && now < begun.ends);
    let begun = begun.ok_or(Fault::SignInExpired)?;
    let code = answer.code.filter(|_| answer.error.is_none()).ok_or(Fault::SignInRefused)?;
    let relying = open(&app, provider.clone()).await?;
    let identity = relying.identify(&app.asking, &redirect(&app, &id), code, &once, now).await?;
    let beginning = Beginning::at(now);
    let session = beginning.stored();
    blocking(&app, move |desk| desk.sign_in(&provider, &identity, shell::random(), &session, now)).await?;
    Ok(beginning.give(&app, Redirect::to(own_page(&begun.page)).into_response()))
}

fn query<T>(query: Result<Query<T>, QueryRejection>) -> Result<T, Fault> {
    query.map(|Query(query)| query).map_err(|why| Fault::BadRequest(why.to_string()))
}

async fn known(app: &App, id: &str) -> Result<KnownProvider, Fault> {
    let id = id.to_owned();
    blocking(app, move |desk| desk.store().provider(&id)?.ok_or(Fault::ProviderUnknown)).await
}

/// With its secret open.
async fn open(app: &App, provider: KnownProvider) -> Result<crate::oidc::Provider, Fault> {
    blocking(app, move |desk| desk.open_provider(&provider)).await
}

fn redirect(app: &App, id: &str) -> String {
    format!("{}/sign-in/{id}/callback", app.desk.card().issuer.origin)
}
