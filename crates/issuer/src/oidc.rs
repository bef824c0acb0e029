//! Signing in by OpenID Connect: what is asked of a provider, and when its answer is believed.
//!
//! Authorization code with PKCE. Nothing is kept between the two halves but the digest of the state: nonce and verifier
//! follow from the state and a secret that only the browser's cookie holds.

use crate::{fault::Fault, shell, tls};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use invigil_core::{Digest, Wall, person, person::Email};
use openidconnect::{
    AsyncHttpClient, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, TokenResponse,
    core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata},
};
use serde_json::{Map, Value as Json};
use std::{pin::Pin, sync::OnceLock, time::Duration};
use zeroize::Zeroizing;

/// How long a provider may take to answer.
const ANSWER_WAIT: Duration = Duration::from_secs(10);
/// The largest answer of a provider, in bytes.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// A provider of identities, and what this service is to it.
pub struct Provider {
    /// Its address, as its documents name it.
    pub issuer: String,
    /// What it calls this service.
    pub client: String,
    /// The secret that it gave this service, if any.
    pub secret: Option<Zeroizing<String>>,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The claim that holds a person's name.
    pub name_claim: String,
}

/// Somebody whom a provider vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider's address.
    pub issuer: String,
    /// Whom it means: the same text for the same person for ever.
    pub subject: String,
    /// Their name, when the claim holds one.
    pub name: Option<String>,
    /// Their address, when the provider has verified it.
    pub email: Option<Email>,
}

/// The one-time values of a sign-in.
pub struct Once {
    /// Goes round in the addresses.
    pub state: String,
    nonce: String,
    verifier: String,
}

impl Once {
    /// The values for a state and the browser's secret.
    pub fn of(state: String, browser: &str) -> Self {
        let derived = |what: &str| Digest::of(format!("invigil/{what}/1 {browser} {state}")).to_string();
        Self { nonce: derived("nonce"), verifier: derived("pkce"), state }
    }

    /// Values for a new sign-in.
    pub fn fresh(browser: &str) -> Self {
        Self::of(hex::encode(shell::random::<32>()), browser)
    }

    /// What is stored of them.
    pub fn digest(&self) -> Digest {
        Digest::of(format!("invigil/state/1 {}", self.state))
    }
}

/// How providers are asked: over TLS as this system trusts it, without following anything. Made ready at first use.
#[derive(Default)]
pub struct Asking(OnceLock<reqwest::Client>);

/// A provider did not answer.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unanswered(String);

impl Asking {
    fn client(&self) -> Result<&reqwest::Client, Unanswered> {
        if let Some(client) = self.0.get() {
            return Ok(client);
        }
        let tls = tls::trusting_the_system().map_err(|why| Unanswered(why.to_string()))?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .timeout(ANSWER_WAIT)
            .no_proxy();
        let client = client.build().map_err(|why| Unanswered(why.to_string()))?;
        Ok(self.0.get_or_init(|| client))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Unanswered> {
        let unanswered = |why: reqwest::Error| Unanswered(why.without_url().to_string());
        let request = request.try_into().map_err(unanswered)?;
        let mut answer = self.client()?.execute(request).await.map_err(unanswered)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(unanswered)? {
            body.extend_from_slice(&chunk);
            if ANSWER_BYTES_MAX < body.len() {
                return Err(Unanswered("the answer is too long".to_owned()));
            }
        }
        let mut response = HttpResponse::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

impl<'c> AsyncHttpClient<'c> for Asking {
    type Error = Unanswered;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unanswered>> + Send + 'c>>;
    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

impl Provider {
    async fn metadata(&self, asking: &Asking) -> Result<CoreProviderMetadata, Fault> {
        let issuer = IssuerUrl::new(self.issuer.clone()).map_err(|why| Fault::Internal(why.to_string()))?;
        let found = CoreProviderMetadata::discover_async(issuer, asking).await;
        found.map_err(|why| {
            tracing::warn!(provider = %self.issuer, %why, "a provider is not found");
            Fault::ProviderAway
        })
    }

    fn secret(&self) -> Option<ClientSecret> {
        self.secret.as_ref().map(|secret| ClientSecret::new(secret.to_string()))
    }

    /// Where the browser is sent to sign in. It comes back to `redirect`.
    ///
    /// # Errors
    /// `ProviderAway`.
    pub async fn address(&self, asking: &Asking, redirect: &str, once: &Once) -> Result<String, Fault> {
        let client = CoreClient::from_provider_metadata(
            self.metadata(asking).await?,
            ClientId::new(self.client.clone()),
            self.secret(),
        );
        let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|why| Fault::Internal(why.to_string()))?;
        let verifier = PkceCodeVerifier::new(once.verifier.clone());
        let (state, nonce) = (CsrfToken::new(once.state.clone()), Nonce::new(once.nonce.clone()));
        let client = client.set_redirect_uri(redirect);
        let asked = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
            .add_scopes(self.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        Ok(asked.url().0.to_string())
    }

    /// Who came back with `code`.
    ///
    /// # Errors
    /// `ProviderAway`, or `SignInRefused` when the provider does not take the code, or its token is not for this service,
    /// of this sign-in and of this time.
    pub async fn identify(
        &self,
        asking: &Asking,
        redirect: &str,
        code: String,
        once: &Once,
        now: Wall,
    ) -> Result<Identity, Fault> {
        let metadata = self.metadata(asking).await?;
        let userinfo = metadata.userinfo_endpoint().map(|address| address.url().clone());
        let client = CoreClient::from_provider_metadata(metadata, ClientId::new(self.client.clone()), self.secret());
        let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|why| Fault::Internal(why.to_string()))?;
        let client = client.set_redirect_uri(redirect);
        let request = client.exchange_code(AuthorizationCode::new(code)).map_err(|why| refused(&why.to_string()))?;
        let request = request.set_pkce_verifier(PkceCodeVerifier::new(once.verifier.clone()));
        let tokens = request.request_async(asking).await.map_err(|why| match why {
            RequestTokenError::Request(why) => {
                tracing::warn!(provider = %self.issuer, %why, "a provider does not answer");
                Fault::ProviderAway
            }
            other => refused(&other.to_string()),
        })?;
        let token = tokens.id_token().ok_or_else(|| refused("it sent no ID token"))?;
        let at = chrono::DateTime::from_timestamp_millis(now.unix_ms()).unwrap_or_default();
        let verifier = client.id_token_verifier().set_time_fn(move || at);
        let claims =
            token.claims(&verifier, &Nonce::new(once.nonce.clone())).map_err(|why| refused(&why.to_string()))?;
        let subject = claims.subject().to_string();
        // Verified above, so its middle part can be read as it stands, with whatever claims the provider has.
        let mut said = payload(&token.to_string()).ok_or_else(|| refused("its ID token cannot be read"))?;
        if let Some(address) = userinfo.filter(|_| !said.contains_key(&self.name_claim)) {
            for (name, value) in asked(asking, address.as_str(), tokens.access_token().secret(), &subject).await? {
                said.entry(name).or_insert(value);
            }
        }
        let verified = said.get("email_verified").is_some_and(|verified| *verified == true);
        let text = |claim: &str| said.get(claim).and_then(Json::as_str);
        Ok(Identity {
            issuer: self.issuer.clone(),
            subject,
            name: text(&self.name_claim).and_then(|name| person::name(name).ok()),
            email: text("email").filter(|_| verified).and_then(|email| email.parse().ok()),
        })
    }
}

/// What the provider says of the person beside the token. It has to be about the same one.
async fn asked(asking: &Asking, address: &str, token: &str, subject: &str) -> Result<Map<String, Json>, Fault> {
    let mut request = HttpRequest::new(Vec::new());
    *request.uri_mut() = address.parse().map_err(|_| refused("its userinfo address is none"))?;
    let bearer = format!("Bearer {token}").parse().map_err(|_| refused("its access token is none"))?;
    request.headers_mut().insert(axum::http::header::AUTHORIZATION, bearer);
    let answer = asking.send(request).await.map_err(|why| {
        tracing::warn!(%why, "a provider does not answer");
        Fault::ProviderAway
    })?;
    let said: Map<String, Json> = serde_json::from_slice(answer.body()).map_err(|_| refused("its userinfo is none"))?;
    if said.get("sub").and_then(Json::as_str) == Some(subject) {
        Ok(said)
    } else {
        Err(refused("its userinfo is of somebody else"))
    }
}

fn payload(token: &str) -> Option<Map<String, Json>> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?).ok()
}

fn refused(why: &str) -> Fault {
    tracing::info!(%why, "a sign-in is refused");
    Fault::SignInRefused
}

/// Whether an address may be a provider's: over TLS, or on this very machine.
pub fn is_address(issuer: &str) -> bool {
    let Ok(url) = IssuerUrl::new(issuer.to_owned()) else { return false };
    let (url, plain) = (url.url(), url.url().query().is_none() && url.url().fragment().is_none());
    let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    plain && url.username().is_empty() && (url.scheme() == "https" || (url.scheme() == "http" && here))
}

/// The page of this service that somebody wants to come back to; their account where it is none.
pub fn own_page(wanted: &str) -> &str {
    let known = ["/account", "/agreements/", "/desktop/"].iter().any(|page| wanted.starts_with(page));
    let plain = wanted.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if known && plain && !wanted.contains("..") && wanted.len() <= 2_000 { wanted } else { "/account" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for (wanted, page) in [
            ("/account", "/account"),
            ("/agreements/sample", "/agreements/sample"),
            ("/desktop/sign-in?a=b&c=http://127.0.0.1:1/", "/desktop/sign-in?a=b&c=http://127.0.0.1:1/"),
            ("", "/account"),
            ("https://example.org", "/account"),
            ("//example.org/account", "/account"),
            ("/\\example.org", "/account"),
            ("/account\\@example.org", "/account"),
            ("/agreements/../sign-out", "/account"),
            ("/account\r\nSet-Cookie: a=b", "/account"),
            ("javascript:alert(1)", "/account"),
        ] {
            assert_eq!(own_page(wanted), page, "{wanted:?}");
        }
    }

    #[test]
    fn a_provider_is_reached_by_tls_or_here() {
        for (issuer, may) in [
            ("https://login.example.org", true),
            ("https://login.example.org/realms/one", true),
            ("http://127.0.0.1:9000", true),
            ("http://localhost:9000", true),
            ("http://login.example.org", false),
            ("http://127.0.0.1.example.org", false),
            ("https://a@login.example.org", false),
            ("https://login.example.org/?a=b", false),
            ("file:///etc/passwd", false),
            ("login.example.org", false),
        ] {
            assert_eq!(is_address(issuer), may, "{issuer}");
        }
    }

    #[test]
    fn the_values_of_one_sign_in_are_of_one_browser() {
        let once = Once::fresh("browser");
        let same = Once::of(once.state.clone(), "browser");
        let other = Once::of(once.state.clone(), "another");
        assert!(once.nonce == same.nonce && once.verifier == same.verifier);
        assert!(once.nonce != other.nonce && once.verifier != other.verifier && once.nonce != once.verifier);
        assert_eq!(once.verifier.len(), 64, "RFC 7636 asks for 43 to 128 characters");
    }
}
