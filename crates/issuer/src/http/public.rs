//! What anybody may fetch: who the issuer is, packs (which are sealed) and credentials (which are meant to be shown).

use super::{App, Name, blocking, json_bytes};
use crate::{fault::Fault, shell};
use axum::{
    Json,
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use invigil_core::{Digest, exchange::IssuerCard};
use serde_json::json;
use std::sync::Arc;

const ANY_ORIGIN: (HeaderName, HeaderValue) = (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));

/// Whether the service and its store work.
#[utoipa::path(get, path = "/healthz",
    responses((status = 200, body = ref("#/components/schemas/Health"), description = "`{status, version}`")))]
pub async fn health(State(app): State<Arc<App>>) -> Result<Json<serde_json::Value>, Fault> {
    blocking(&app, |desk| Ok(desk.store().keys()?)).await?;
    Ok(Json(json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")})))
}

/// The DID document of the issuer's `did:web`, with its signing and its credential key.
#[utoipa::path(get, path = "/.well-known/did.json",
    responses((status = 200, body = ref("#/components/schemas/DidDocument"), description = "A DID document")))]
pub async fn did_document(State(app): State<Arc<App>>) -> Response {
    ([ANY_ORIGIN], Json(app.desk.card().did_document())).into_response()
}

/// One of the issuer's keys at an address of its own, for verifiers that know no DID.
#[utoipa::path(get, path = "/keys/{key}", params(("key" = String, Path, description = "The key, as a Multikey")),
    responses((status = 200, body = ref("#/components/schemas/Multikey"), description = "A Multikey"),
        (status = 404, description = "`not-found`")))]
pub async fn key(State(app): State<Arc<App>>, Name(key): Name) -> Result<Response, Fault> {
    let document = key.parse().ok().and_then(|key| app.desk.card().key_document(&key));
    Ok(([ANY_ORIGIN], Json(document.ok_or(Fault::NotFound)?)).into_response())
}

/// Who the issuer is and its time.
#[utoipa::path(get, path = "/api/issuer",
    responses((status = 200, body = ref("#/components/schemas/IssuerCard"), description = "An `IssuerCard`")))]
pub async fn issuer(State(app): State<Arc<App>>) -> Json<IssuerCard> {
    Json(app.desk.issuer_card(shell::now()))
}

/// A pack by the digest of its file.
#[utoipa::path(get, path = "/api/packs/{digest}", params(("digest" = String, Path, description = "SHA-256 of the file")),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream",
            description = "The pack's bytes"),
        (status = 404, description = "`pack-unknown`")))]
pub async fn pack(State(app): State<Arc<App>>, Name(digest): Name) -> Result<Response, Fault> {
    let digest: Digest = digest.parse().map_err(|_| Fault::PackUnknown)?;
    let bytes = blocking(&app, move |desk| Ok(desk.store().pack_bytes(&digest)?)).await?.ok_or(Fault::PackUnknown)?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        // The address is the digest of the content, so the content never changes.
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, bytes).into_response())
}

/// Which credentials were revoked: a signed list, from which nobody can tell whose status was asked for.
#[utoipa::path(get, path = "/status/{list}", params(("list" = String, Path, description = "The list's number")),
    responses((status = 200, body = ref("#/components/schemas/Credential"),
            description = "A `BitstringStatusListCredential`"),
        (status = 404, description = "`not-found`")))]
pub async fn status_list(State(app): State<Arc<App>>, Name(list): Name) -> Result<Response, Fault> {
    let list = list.parse().map_err(|_| Fault::NotFound)?;
    let bytes = blocking(&app, move |desk| desk.status_list(list, shell::now())).await?;
    let soon = (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    Ok(([ANY_ORIGIN, soon], json_bytes(bytes)).into_response())
}

/// A credential.
#[utoipa::path(get, path = "/api/credentials/{id}", params(("id" = String, Path, description = "The credential")),
    responses((status = 200, body = ref("#/components/schemas/Credential"),
            description = "An Open Badges 3.0 credential"),
        (status = 404, description = "`credential-unknown`")))]
pub async fn credential(State(app): State<Arc<App>>, Name(id): Name) -> Result<Response, Fault> {
    let bytes = blocking(&app, move |desk| Ok(desk.store().credential(&id)?)).await?;
    Ok(([ANY_ORIGIN], json_bytes(bytes.ok_or(Fault::CredentialUnknown)?)).into_response())
}

/// The same at the address that the credential names as its own.
#[utoipa::path(get, path = "/credentials/{id}", params(("id" = String, Path, description = "The credential")),
    responses((status = 200, body = ref("#/components/schemas/Credential"),
            description = "An Open Badges 3.0 credential"),
        (status = 404, description = "`credential-unknown`")))]
pub async fn credential_page(state: State<Arc<App>>, id: Name) -> Result<Response, Fault> {
    credential(state, id).await
}
