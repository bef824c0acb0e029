//! Check-in by a proctor: who is expected, the roster's photo, and the tick.

use super::{App, Name, blocking, console::LoggedIn};
use crate::{
    desk::{Desk, PHOTO_BYTES_MAX},
    fault::Fault,
    shell, store,
};
use axum::{
    Json,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use invigil_core::{AdministrationId, SittingId, role::Act};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Everybody who is expected at an administration.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckIns {
    /// How it is made sure who sits: `none`, `proctor`, or `institution:` and a provider.
    check_in: String,
    /// The candidates, by name.
    candidates: Vec<Expected>,
}

/// Somebody who is expected.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Expected {
    /// Their sitting.
    sitting: String,
    /// Their identifier.
    id: String,
    /// Their name.
    name: String,
    /// Whether the roster has a photo.
    photo: bool,
    /// Their check-in; `null` while it is not done.
    checked_in: Option<CheckedIn>,
}

/// A check-in that was done.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckedIn {
    /// `proctor`, or `institution:` and a provider.
    how: String,
    /// Who said so.
    by: String,
    /// When.
    at: String,
}

/// Everybody who is expected at an administration, and who is checked in.
#[utoipa::path(get, path = "/api/console/administrations/{id}/check-ins",
    params(("id" = String, Path, description = "The administration")),
    responses((status = 200, body = CheckIns, description = "The roster"),
        (status = 401, description = "`login-needed`"), (status = 403, description = "`not-allowed`"),
        (status = 404, description = "`administration-unknown`")))]
pub async fn expected(
    State(app): State<Arc<App>>,
    LoggedIn(session): LoggedIn,
    Name(id): Name,
) -> Result<Json<CheckIns>, Fault> {
    let id: AdministrationId = id.parse().map_err(|_| Fault::AdministrationUnknown)?;
    let read = move |desk: &Desk| {
        desk.allow_administration(&session, Act::CheckIn, &id)?;
        let administration = desk.store().administration(&id)?.ok_or(Fault::AdministrationUnknown)?;
        Ok((administration.check_in, desk.store().expected(&id)?))
    };
    let (check_in, candidates) = blocking(&app, read).await?;
    let done = |done: store::CheckedIn| CheckedIn { how: done.how, by: done.teller, at: done.at.to_string() };
    let row = |one: store::Expected| Expected {
        sitting: one.sitting.to_string(),
        id: one.candidate.id.to_string(),
        name: one.candidate.name,
        photo: one.photo.is_some(),
        checked_in: one.checked_in.map(done),
    };
    Ok(Json(CheckIns { check_in: check_in.to_string(), candidates: candidates.into_iter().map(row).collect() }))
}

/// Says that a candidate is the one on the roster. It is written to the audit.
#[utoipa::path(post, path = "/api/console/sittings/{id}/check-in",
    params(("id" = String, Path, description = "The sitting")),
    responses((status = 204, description = "It is noted"), (status = 401, description = "`login-needed`"),
        (status = 403, description = "`not-allowed`"), (status = 404, description = "`sitting-unknown`"),
        (status = 409, description = "`check-in-not-asked`")))]
pub async fn check_in(
    State(app): State<Arc<App>>,
    LoggedIn(session): LoggedIn,
    Name(id): Name,
) -> Result<StatusCode, Fault> {
    let id: SittingId = id.parse().map_err(|_| Fault::SittingUnknown)?;
    let tick = move |desk: &Desk| {
        desk.allow_sitting(&session, Act::CheckIn, &id)?;
        desk.store().check_in(&id, session.actor(), shell::now())
    };
    blocking(&app, tick).await.map(|()| StatusCode::NO_CONTENT)
}

/// The roster's photo of a candidate. That it was seen is written to the audit.
#[utoipa::path(get, path = "/api/console/sittings/{id}/photo",
    params(("id" = String, Path, description = "The sitting")),
    responses((status = 200, body = Vec<u8>, content_type = "image/jpeg", description = "The photo, or a PNG"),
        (status = 401, description = "`login-needed`"), (status = 403, description = "`not-allowed`"),
        (status = 404, description = "`sitting-unknown`, `photo-unknown`")))]
pub async fn photo(
    State(app): State<Arc<App>>,
    LoggedIn(session): LoggedIn,
    Name(id): Name,
) -> Result<Response, Fault> {
    let id: SittingId = id.parse().map_err(|_| Fault::SittingUnknown)?;
    let read = move |desk: &Desk| {
        desk.allow_sitting(&session, Act::CheckIn, &id)?;
        desk.photo(&id, session.actor(), shell::now())
    };
    let (photo, kind) = blocking(&app, read).await?;
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], photo).into_response())
}

/// Keeps a photo of a candidate, in place of an earlier one. It is written to the audit.
#[utoipa::path(post, path = "/api/console/sittings/{id}/photo",
    params(("id" = String, Path, description = "The sitting")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream",
        description = "A JPEG or PNG file of at most 1 MiB"),
    responses((status = 204, description = "It is kept"), (status = 401, description = "`login-needed`"),
        (status = 403, description = "`not-allowed`"), (status = 404, description = "`sitting-unknown`"),
        (status = 413, description = "`body-too-large`"), (status = 422, description = "`photo-refused`")))]
pub async fn put_photo(
    State(app): State<Arc<App>>,
    LoggedIn(session): LoggedIn,
    Name(id): Name,
    request: Request,
) -> Result<StatusCode, Fault> {
    let id: SittingId = id.parse().map_err(|_| Fault::SittingUnknown)?;
    let photo = axum::body::to_bytes(request.into_body(), PHOTO_BYTES_MAX).await;
    let photo = photo.map_err(|_| Fault::BodyTooLarge { max: PHOTO_BYTES_MAX })?;
    let keep = move |desk: &Desk| {
        desk.allow_sitting(&session, Act::Enrol, &id)?;
        desk.put_photo(&id, &photo, session.actor(), shell::now())
    };
    blocking(&app, keep).await.map(|()| StatusCode::NO_CONTENT)
}
