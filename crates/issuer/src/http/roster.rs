//! Rosters of administrations, for operators.

use super::{App, Name, blocking, console::LoggedIn};
use crate::{
    desk::Desk,
    fault::Fault,
    roster,
    setup::{Random, SetupError},
    shell,
    store::Keep,
};
use axum::{
    Json,
    extract::{Query, Request, State, rejection::QueryRejection},
};
use invigil_core::{AdministrationId, role::Act, roster::ROSTER_BYTES_MAX};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// How to take a roster.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct How {
    /// Check everything and write nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Somebody on a roster.
#[derive(Debug, Serialize, ToSchema)]
pub struct Enlisted {
    /// The line in the file.
    line: usize,
    /// The candidate's identifier.
    id: String,
    /// The name that is known.
    name: String,
    /// The sitting; missing when the roster was only tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    sitting: Option<String>,
    /// `invigil://HOST/CODE`, shown only once; missing when the roster was only tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

/// A roster that was taken, or could be.
#[derive(Debug, Serialize, ToSchema)]
pub struct Roster {
    /// Whether it was kept.
    kept: bool,
    /// Its candidates, in the order of their lines.
    candidates: Vec<Enlisted>,
}

/// Admits everybody on a roster, or nobody. It is written to the audit.
#[utoipa::path(post, path = "/api/console/administrations/{id}/roster",
    params(("id" = String, Path, description = "The administration"), How),
    request_body(content = Vec<u8>, content_type = "application/octet-stream",
        description = "CSV with the columns id, name, email and accommodation; at most 1 MiB"),
    responses((status = 200, body = Roster, description = "Everybody on it"),
        (status = 400, description = "`bad-request`"), (status = 401, description = "`login-needed`"),
        (status = 403, description = "`not-allowed`"), (status = 404, description = "`administration-unknown`"),
        (status = 410, description = "`window-closed`"), (status = 413, description = "`body-too-large`"),
        (status = 422, description = "`roster-refused` with `findings`: `{line, column, code, message}` each")))]
pub async fn roster(
    State(app): State<Arc<App>>,
    LoggedIn(session): LoggedIn,
    Name(id): Name,
    how: Result<Query<How>, QueryRejection>,
    request: Request,
) -> Result<Json<Roster>, Fault> {
    let Query(how) = how.map_err(|why| Fault::BadRequest(why.to_string()))?;
    let id: AdministrationId = id.parse().map_err(|_| Fault::AdministrationUnknown)?;
    let file = axum::body::to_bytes(request.into_body(), ROSTER_BYTES_MAX).await;
    let file = file.map_err(|_| Fault::BodyTooLarge { max: ROSTER_BYTES_MAX })?;
    let keep = if how.dry_run { Keep::No } else { Keep::Yes };
    let import = move |desk: &Desk| {
        desk.allow_administration(&session, Act::Enrol, &id)?;
        let draw = || Random { id: shell::random(), other: shell::random(), code: shell::random() };
        let what = (&id, &file[..], keep);
        roster::import(desk.store(), desk.card(), what, session.actor(), draw, shell::now()).map_err(|why| match why {
            SetupError::Refused(fault) => fault,
            SetupError::AdministrationOver(closed) => Fault::WindowClosed { closed },
            SetupError::UnknownAdministration(_) => Fault::AdministrationUnknown,
            other => Fault::Internal(other.to_string()),
        })
    };
    let listed = blocking(&app, import).await?;
    let kept = keep == Keep::Yes;
    let row = |one: roster::Listed| Enlisted {
        line: one.line,
        id: one.candidate.id.to_string(),
        name: one.candidate.name,
        sitting: kept.then(|| one.sitting.to_string()),
        link: kept.then_some(one.link),
    };
    Ok(Json(Roster { kept, candidates: listed.into_iter().map(row).collect() }))
}
