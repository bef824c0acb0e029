//! The browser that a page is shown in: a random cookie of its own, from which forms get their token.
//!
//! A form's token is a digest of the cookie. Another site can send a form here, but it knows no token, and it cannot set
//! the cookie.

use super::super::{App, cookie};
use crate::{fault::Fault, shell};
use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
    response::Response,
};
use invigil_core::Digest;
use std::{convert::Infallible, sync::Arc};

/// How long a browser is remembered, in seconds.
const REMEMBERED_S: u64 = 24 * 60 * 60;

/// A browser.
pub struct Browser {
    secret: String,
    fresh: bool,
}

/// The cookie's name. Browsers let one with the prefix be set by this very host alone.
fn name(app: &App) -> &'static str {
    if cookie::secure(app) { "__Host-invigil_browser" } else { "invigil_browser" }
}

impl FromRequestParts<Arc<App>> for Browser {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let known = cookie::find(parts, name(app)).filter(|secret| secret.len() == 64).map(str::to_owned);
        let fresh = known.is_none();
        Ok(Self { secret: known.unwrap_or_else(|| hex::encode(shell::random::<32>())), fresh })
    }
}

impl Browser {
    /// What the forms of this browser carry.
    pub fn form_token(&self) -> String {
        Digest::of(format!("invigil/form/1 {}", self.secret)).to_string()
    }

    /// What is stored of it, to know it again.
    pub fn digest(&self) -> Digest {
        Digest::of(format!("invigil/browser/1 {}", self.secret))
    }

    /// What only its cookie holds.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// Whether a form that this browser sent was made for it.
    ///
    /// # Errors
    /// `FormExpired`.
    pub fn check(&self, token: &str) -> Result<(), Fault> {
        // Both sides are digests, so their comparison tells nothing of the secret.
        if !self.fresh && Digest::of(token) == Digest::of(self.form_token()) { Ok(()) } else { Err(Fault::FormExpired) }
    }

    /// Lets the browser know its cookie.
    pub fn remember(&self, app: &App, mut response: Response) -> Response {
        if self.fresh {
            let value = format!("{}={}; {}", name(app), self.secret, cookie::attributes(app, "Lax", "/", REMEMBERED_S));
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().append(header::SET_COOKIE, value);
            }
        }
        response
    }
}
