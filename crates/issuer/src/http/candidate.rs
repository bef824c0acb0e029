//! What a candidate's machine asks for. `invigil_core::exchange` is the contract.

use super::{App, Body, Name, address, blocking, json_bytes};
use crate::{fault::Fault, shell};
use axum::{
    Json,
    extract::{FromRequestParts, State},
    http::{header, request::Parts},
    response::Response,
};
use invigil_core::{
    SittingId,
    exchange::{Admitted, CandidateStanding, Segment, SittingStatus},
};
use std::{net::IpAddr, sync::Arc};

/// The sitting whose token a request carries.
pub struct Bearer(SittingId);

impl FromRequestParts<Arc<App>> for Bearer {
    type Rejection = Fault;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Fault> {
        let value = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = value.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Fault::TokenNeeded)?.to_owned();
        blocking(app, move |desk| desk.sitting_of_token(&token)).await.map(Self)
    }
}

impl Bearer {
    fn speaks_for(self, id: &str) -> Result<SittingId, Fault> {
        if self.0.as_str() == id { Ok(self.0) } else { Err(Fault::NotYourSitting) }
    }
}

/// Where a request comes from.
pub struct From(IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for From {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(address(parts)))
    }
}

impl From {
    /// The address.
    pub fn address(&self) -> IpAddr {
        self.0
    }
}

/// Redeems the code of an admission link.
#[utoipa::path(post, path = "/api/admissions",
    request_body(content = ref("#/components/schemas/Redemption"),
        description = "A signed `Redemption`"),
    responses((status = 200, body = ref("#/components/schemas/Admitted"), description = "`Admitted`"),
        (status = 404, description = "`code-unknown`"),
        (status = 409, description = "`code-used`"), (status = 410, description = "`code-expired`"),
        (status = 422, description = "`document-refused`"), (status = 429, description = "`too-many-attempts`")))]
pub async fn redeem(State(app): State<Arc<App>>, from: From, Body(body): Body) -> Result<Json<Admitted>, Fault> {
    let now = shell::now();
    app.redemptions.check(from.address(), now)?;
    let redeemed = blocking(&app, move |desk| desk.redeem(&body, shell::random(), shell::random(), now)).await;
    if redeemed.is_err() {
        app.redemptions.failed(from.address(), now);
    }
    redeemed.map(Json)
}

/// Opens the exam: content identity and deadline.
#[utoipa::path(post, path = "/api/sittings/{id}/start", params(("id" = String, Path, description = "The sitting")),
    responses((status = 200, body = ref("#/components/schemas/Start"), description = "A signed `Start`"),
        (status = 409, description = "`window-not-open` with `opens`, `sitting-over`, `not-eligible`"),
        (status = 410, description = "`window-closed`")))]
pub async fn start(State(app): State<Arc<App>>, bearer: Bearer, Name(id): Name) -> Result<Response, Fault> {
    let sitting = bearer.speaks_for(&id)?;
    blocking(&app, move |desk| desk.start(&sitting, shell::now())).await.map(json_bytes)
}

/// What the issuer holds of a sitting.
#[utoipa::path(get, path = "/api/sittings/{id}", params(("id" = String, Path, description = "The sitting")),
    responses((status = 200, body = ref("#/components/schemas/SittingStatus"), description = "`SittingStatus`")))]
pub async fn status(State(app): State<Arc<App>>, bearer: Bearer, Name(id): Name) -> Result<Json<SittingStatus>, Fault> {
    let sitting = bearer.speaks_for(&id)?;
    blocking(&app, move |desk| desk.status(&sitting, shell::now())).await.map(Json)
}

/// Appends records and openings.
#[utoipa::path(post, path = "/api/sittings/{id}/records", params(("id" = String, Path, description = "The sitting")),
    request_body(content = ref("#/components/schemas/Segment"), description = "A `Segment`"),
    responses((status = 200, body = ref("#/components/schemas/Checkpoint"), description = "A signed `Checkpoint`"),
        (status = 409, description = "`log-gap` with `logSize`, `log-fork` with `seq`, `lease-ended` with `epoch`"),
        (status = 422, description = "`log-broken` with `seq`, `opening-mismatch`, `opening-unreadable`, \
            `segment-too-long`")))]
pub async fn append(
    State(app): State<Arc<App>>,
    bearer: Bearer,
    Name(id): Name,
    Body(body): Body,
) -> Result<Response, Fault> {
    let sitting = bearer.speaks_for(&id)?;
    let segment: Segment = serde_json::from_slice(&body).map_err(|why| Fault::BadRequest(why.to_string()))?;
    blocking(&app, move |desk| desk.append(&sitting, &segment, shell::now())).await.map(json_bytes)
}

/// Hands in.
#[utoipa::path(post, path = "/api/sittings/{id}/submission", params(("id" = String, Path, description = "The sitting")),
    request_body(content = ref("#/components/schemas/Submission"), description = "A signed `Submission`"),
    responses((status = 200, body = ref("#/components/schemas/Receipt"),
            description = "A signed `Receipt`; the same submission gets the same bytes"),
        (status = 409, description = "`submission-differs`, `log-incomplete` with `logSize`, `openings-missing` with `seqs`"),
        (status = 422, description = "`submission-mismatch`, `document-refused`")))]
pub async fn submit(
    State(app): State<Arc<App>>,
    bearer: Bearer,
    Name(id): Name,
    Body(body): Body,
) -> Result<Response, Fault> {
    let sitting = bearer.speaks_for(&id)?;
    let submit =
        move |desk: &crate::desk::Desk| desk.submit(&sitting, &body, shell::random(), shell::random(), shell::now());
    blocking(&app, submit).await.map(json_bytes)
}

/// Where the candidate of the token's sitting stands in every programme.
#[utoipa::path(get, path = "/api/standing",
    responses((status = 200, body = ref("#/components/schemas/CandidateStanding"), description = "`CandidateStanding`")))]
pub async fn standing(State(app): State<Arc<App>>, bearer: Bearer) -> Result<Json<CandidateStanding>, Fault> {
    blocking(&app, move |desk| desk.standing(&bearer.0, shell::now())).await.map(Json)
}
