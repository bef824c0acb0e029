//! What the proctors' console asks for. A login is a cookie that no script can read and no other site can send.

use super::{
    App, Body, Name, blocking,
    candidate::{From, Piece},
    cookie, json_bytes,
};
use crate::{
    desk::{self, Desk},
    fault::Fault,
    password, shell,
    store::{BY_PASSWORD, NewSession, Session},
};
use axum::{
    Json,
    extract::{FromRequestParts, Request, State},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use invigil_core::{
    Digest, SittingId, Wall,
    exchange::HAND_IN_BYTES_MAX,
    role::{Act, Role, may_somewhere},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

const COOKIE: &str = "invigil_login";
/// How long a login lasts, in seconds.
const LOGIN_S: u64 = 8 * 60 * 60;

/// Name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    name: String,
    password: String,
}

/// Who is logged in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// Their name.
    name: String,
    /// What they are: `operator` when they run an organisation's exams, else `proctor`.
    #[schema(value_type = String)]
    role: Role,
}

/// Whom a request's cookie belongs to.
pub struct LoggedIn(pub Session);

impl FromRequestParts<Arc<App>> for LoggedIn {
    type Rejection = Fault;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Fault> {
        let token = token(parts).ok_or(Fault::LoginNeeded)?;
        let session = blocking(app, move |desk| Ok(desk.store().session(&token, shell::now())?)).await?;
        session.map(Self).ok_or(Fault::LoginNeeded)
    }
}

/// The login that a request names, if any.
pub struct Named(Option<Digest>);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(token(parts)))
    }
}

fn token(parts: &Parts) -> Option<Digest> {
    cookie::find(parts, COOKIE).map(login_digest)
}

fn login_digest(token: &str) -> Digest {
    Digest::of(format!("invigil/login/1 {token}"))
}

/// Logs in.
#[utoipa::path(post, path = "/api/console/login", request_body = Login,
    responses((status = 204, description = "The cookie is set"), (status = 401, description = "`login-failed`"),
        (status = 403, description = "`not-allowed`"),
        (status = 429, description = "`too-many-attempts`")))]
pub async fn login(State(app): State<Arc<App>>, from: From, Body(body): Body) -> Result<Response, Fault> {
    let now = shell::now();
    app.logins.check(from.address(), now)?;
    let login: Login = serde_json::from_slice(&body).map_err(|why| Fault::BadRequest(why.to_string()))?;
    let (cookie, new) = way_in(&app, now);
    let begin = move |desk: &Desk| {
        let account = desk.store().account(&login.name)?;
        if !password::verify(&login.password, account.as_ref().map(|account| account.password.as_str())) {
            return Err(Fault::LoginFailed);
        }
        let account = account.ok_or(Fault::LoginFailed)?;
        if !may_somewhere(&account.grants, Act::Follow) {
            return Err(Fault::NotAllowed);
        }
        desk.store().begin_session(&new.token, &account.person, BY_PASSWORD, new.ends, now)?;
        Ok(desk.store().audit(now, &login.name, "login", "")?)
    };
    if let Err(fault) = blocking(&app, begin).await {
        app.logins.failed(from.address(), now);
        return Err(fault);
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// Lets somebody who is signed in to the pages into the console: the cookie, and what is stored in its place.
pub fn way_in(app: &App, now: Wall) -> (String, NewSession) {
    let token = hex::encode(shell::random::<32>());
    let stored = NewSession { token: login_digest(&token), ends: now.plus_ms(LOGIN_S * 1_000) };
    (login_cookie(app, &token, LOGIN_S), stored)
}

/// Logs out. Without a login it does nothing.
#[utoipa::path(post, path = "/api/console/logout", responses((status = 204, description = "The login has ended")))]
pub async fn logout(State(app): State<Arc<App>>, Named(login): Named) -> Result<Response, Fault> {
    if let Some(login) = login {
        blocking(&app, move |desk| Ok(desk.store().end_session(&login)?)).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, login_cookie(&app, "", 0))]).into_response())
}

fn login_cookie(app: &App, token: &str, seconds: u64) -> String {
    format!("{COOKIE}={token}; {}", cookie::attributes(app, "Strict", "/api/console", seconds))
}

/// Who is logged in.
#[utoipa::path(get, path = "/api/console/me",
    responses((status = 200, body = Me, description = "Name and role"), (status = 401, description = "`login-needed`")))]
pub async fn me(LoggedIn(session): LoggedIn) -> Json<Me> {
    let role = if may_somewhere(&session.grants, Act::Enrol) { Role::Operator } else { Role::Proctor };
    let name = session.login.unwrap_or(session.person.name);
    Json(Me { name, role })
}

/// The sittings, those of the latest admissions first.
#[utoipa::path(get, path = "/api/console/sittings",
    responses((status = 200, body = ref("#/components/schemas/Sittings"), description = "`{time, sittings}`"),
        (status = 401, description = "`login-needed`")))]
pub async fn sittings(State(app): State<Arc<App>>, LoggedIn(session): LoggedIn) -> Result<Response, Fault> {
    let view = move |desk: &Desk| Ok(serde_json::to_vec(&desk.sittings(&session.grants, shell::now())?)?);
    blocking(&app, view).await.map(json_bytes)
}

/// One sitting with its verified records and without its answers. The read is written to the audit.
#[utoipa::path(get, path = "/api/console/sittings/{id}", params(("id" = String, Path, description = "The sitting")),
    responses((status = 200, body = ref("#/components/schemas/SittingDetail"),
            description = "`{sitting, admission, paperCode, log, checkpoints, records}`"),
        (status = 401, description = "`login-needed`"), (status = 404, description = "`sitting-unknown`")))]
pub async fn sitting(
    State(app): State<Arc<App>>,
    LoggedIn(session): LoggedIn,
    Name(id): Name,
) -> Result<Response, Fault> {
    let id: SittingId = id.parse().map_err(|_| Fault::SittingUnknown)?;
    let view = move |desk: &Desk| {
        desk.allow_sitting(&session, Act::Follow, &id)?;
        Ok(serde_json::to_vec(&desk.sitting(&id, session.actor(), shell::now())?)?)
    };
    blocking(&app, view).await.map(json_bytes)
}

/// A picture of a candidate's screen. That it was seen is written to the audit.
#[utoipa::path(get, path = "/api/console/sittings/{id}/pictures/{sha256}",
    params(("id" = String, Path, description = "The sitting"), ("sha256" = String, Path, description = "Of the sealed bytes")),
    responses((status = 200, body = Vec<u8>, content_type = "image/jpeg", description = "The picture"),
        (status = 401, description = "`login-needed`"), (status = 404, description = "`sitting-unknown`, `evidence-unknown`"),
        (status = 409, description = "`evidence-missing`"), (status = 410, description = "`evidence-deleted`"),
        (status = 422, description = "`evidence-mismatch`, `evidence-unreadable`")))]
pub async fn picture(
    State(app): State<Arc<App>>,
    LoggedIn(session): LoggedIn,
    piece: Piece,
) -> Result<Response, Fault> {
    let sitting: SittingId = piece.sitting.parse().map_err(|_| Fault::SittingUnknown)?;
    let open = move |desk: &Desk| {
        desk.allow_sitting(&session, Act::Follow, &sitting)?;
        desk.picture(&sitting, &piece.sha256, session.actor(), shell::now())
    };
    let jpeg = blocking(&app, open).await?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "no-store")], jpeg).into_response())
}

/// A link under which another computer takes a sitting over.
#[derive(Debug, Serialize, ToSchema)]
pub struct Moved {
    /// `invigil://HOST/CODE`. It is shown only once.
    link: String,
}

/// Lets another computer take a sitting over. It is written to the audit.
#[utoipa::path(post, path = "/api/console/sittings/{id}/move", params(("id" = String, Path, description = "The sitting")),
    responses((status = 200, body = Moved, description = "The link"), (status = 401, description = "`login-needed`"),
        (status = 403, description = "`not-allowed`"),
        (status = 404, description = "`sitting-unknown`"), (status = 409, description = "`seat-stays`")))]
pub async fn move_seat(
    State(app): State<Arc<App>>,
    LoggedIn(session): LoggedIn,
    Name(id): Name,
) -> Result<Json<Moved>, Fault> {
    let id: SittingId = id.parse().map_err(|_| Fault::SittingUnknown)?;
    let moved = move |desk: &Desk| {
        desk.allow_sitting(&session, Act::MoveSeat, &id)?;
        desk::move_seat(desk.store(), desk.card(), &id, shell::random(), session.actor(), shell::now())
    };
    blocking(&app, moved).await.map(|link| Json(Moved { link }))
}

/// What became of a hand-in file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Taken {
    /// The sitting.
    sitting: String,
    /// Records in the file.
    records: u64,
    /// Pieces of evidence in the file.
    evidence: usize,
    /// Whether what it adds is kept beside the log, because another computer has the sitting by now.
    late: bool,
    /// Whether there is a receipt: the sitting in the file is closed, and all of it is here.
    receipt: bool,
}

/// Takes a hand-in file that a candidate brought. It is written to the audit.
#[utoipa::path(post, path = "/api/console/hand-in",
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "An `.invsub` file"),
    responses((status = 200, body = Taken, description = "What was in it"),
        (status = 401, description = "`login-needed`"), (status = 413, description = "`body-too-large`"),
        (status = 403, description = "`not-allowed`"), (status = 404, description = "`sitting-unknown`"),
        (status = 409, description = "`log-fork`, `submission-differs`, `evidence-missing`"),
        (status = 422, description = "`hand-in-refused`, `log-broken`")))]
pub async fn hand_in(
    State(app): State<Arc<App>>,
    LoggedIn(session): LoggedIn,
    request: Request,
) -> Result<Json<Taken>, Fault> {
    let file = axum::body::to_bytes(request.into_body(), HAND_IN_BYTES_MAX).await;
    let file = file.map_err(|_| Fault::BodyTooLarge { max: HAND_IN_BYTES_MAX })?;
    let take = move |desk: &Desk| {
        let now = shell::now();
        let allow = |sitting: &SittingId| desk.allow_sitting(&session, Act::TakeHandIn, sitting);
        let taken = desk.hand_in_if(&file, [shell::random(), shell::random()], now, allow)?;
        desk.store().audit(now, session.actor(), "hand in", taken.sitting.as_str())?;
        Ok(taken)
    };
    let taken = blocking(&app, take).await?;
    Ok(Json(Taken {
        sitting: taken.sitting.to_string(),
        records: taken.records,
        evidence: taken.evidence,
        late: taken.late,
        receipt: taken.receipt.is_some(),
    }))
}
