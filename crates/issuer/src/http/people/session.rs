//! Who is signed in to the pages.

use super::super::{App, blocking, cookie};
use crate::{
    fault::Fault,
    shell,
    store::{NewSession, Session},
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
    response::Response,
};
use invigil_core::{Digest, Wall};
use std::sync::Arc;

/// How long a session lasts, in seconds.
const SESSION_S: u64 = 12 * 60 * 60;

/// Whom a request's cookie belongs to.
pub struct SignedIn(pub Session);

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = super::page::Said;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Self::Rejection> {
        let Maybe(session, _) = Maybe::from_request_parts(parts, app).await?;
        session.map(Self).ok_or_else(|| Fault::SignInNeeded.into())
    }
}

/// The same where nobody needs to be signed in, and the session that the request names.
pub struct Maybe(pub Option<Session>, pub Option<Digest>);

impl FromRequestParts<Arc<App>> for Maybe {
    type Rejection = super::page::Said;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Self::Rejection> {
        let Some(token) = cookie::find(parts, name(app)).map(digest) else { return Ok(Self(None, None)) };
        let session = blocking(app, move |desk| Ok(desk.store().session(&token, shell::now())?)).await?;
        Ok(Self(session, Some(token)))
    }
}

/// A session that is about to begin: the token for the browser, and when it ends.
pub struct Beginning {
    token: String,
    ends: Wall,
}

impl Beginning {
    /// A session from `now` on.
    pub fn at(now: Wall) -> Self {
        let token = hex::encode(shell::random::<32>());
        Self { token, ends: now.plus_ms(SESSION_S * 1_000) }
    }

    /// What is stored of it.
    pub fn stored(&self) -> NewSession {
        NewSession { token: digest(&self.token), ends: self.ends }
    }

    /// Gives the browser its token.
    pub fn give(&self, app: &App, response: Response) -> Response {
        set(app, response, &self.token, SESSION_S)
    }
}

/// Takes the browser's token away.
pub fn take(app: &App, response: Response) -> Response {
    set(app, response, "", 0)
}

fn set(app: &App, mut response: Response, token: &str, seconds: u64) -> Response {
    let value = format!("{}={token}; {}", name(app), cookie::attributes(app, "Lax", "/", seconds));
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

fn name(app: &App) -> &'static str {
    if cookie::secure(app) { "__Host-invigil_session" } else { "invigil_session" }
}

fn digest(token: &str) -> Digest {
    Digest::of(format!("invigil/session/1 {token}"))
}
