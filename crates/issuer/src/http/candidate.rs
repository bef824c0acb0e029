//! What a candidate's machine asks for. `invigil_core::exchange` is the contract.

use super::{App, Body, Name, address, blocking, json_bytes};
use crate::{fault::Fault, shell, store::Seat};
use axum::{
    Json,
    extract::{FromRequestParts, Path, Query, Request, State, rejection::QueryRejection},
    http::{HeaderMap, header, request::Parts},
    response::Response,
};
use invigil_core::{
    Digest,
    exchange::{Admitted, CHUNK_BYTES_MAX, CandidateStanding, EvidenceState, Segment, SittingStatus},
};
use serde::Deserialize;
use std::{net::IpAddr, sync::Arc};
use utoipa::IntoParams;

/// The seat whose token a request carries.
pub struct Bearer(Seat);

impl FromRequestParts<Arc<App>> for Bearer {
    type Rejection = Fault;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Fault> {
        let value = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = value.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Fault::TokenNeeded)?.to_owned();
        blocking(app, move |desk| desk.seat_of_token(&token)).await.map(Self)
    }
}

impl Bearer {
    fn speaks_for(self, id: &str) -> Result<Seat, Fault> {
        if self.0.sitting.as_str() == id { Ok(self.0) } else { Err(Fault::NotYourSitting) }
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
        (status = 409, description = "`code-used`, `seat-stays`, `agreement-needed` with `url` and `version`"), (status = 410, description = "`code-expired`"),
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
        (status = 409, description = "`window-not-open` with `opens`, `sitting-over`, `not-eligible`, `lease-ended`, \
            `agreement-needed` with `url` and `version`, `check-in-needed`"),
        (status = 410, description = "`window-closed`")))]
pub async fn start(State(app): State<Arc<App>>, bearer: Bearer, Name(id): Name) -> Result<Response, Fault> {
    let seat = bearer.speaks_for(&id)?;
    blocking(&app, move |desk| desk.start(&seat.sitting, seat.epoch, shell::now())).await.map(json_bytes)
}

/// What the issuer holds of a sitting.
#[utoipa::path(get, path = "/api/sittings/{id}", params(("id" = String, Path, description = "The sitting")),
    responses((status = 200, body = ref("#/components/schemas/SittingStatus"), description = "`SittingStatus`")))]
pub async fn status(State(app): State<Arc<App>>, bearer: Bearer, Name(id): Name) -> Result<Json<SittingStatus>, Fault> {
    let seat = bearer.speaks_for(&id)?;
    blocking(&app, move |desk| desk.status(&seat.sitting, shell::now())).await.map(Json)
}

/// Appends records and openings.
#[utoipa::path(post, path = "/api/sittings/{id}/records", params(("id" = String, Path, description = "The sitting")),
    request_body(content = ref("#/components/schemas/Segment"), description = "A `Segment`"),
    responses((status = 200, body = ref("#/components/schemas/Checkpoint"), description = "A signed `Checkpoint`"),
        (status = 409, description = "`log-gap` with `logSize`, `log-fork` with `seq` and `kept`, `lease-ended` with \
            `epoch` and `kept`"),
        (status = 422, description = "`log-broken` with `seq`, `opening-mismatch`, `opening-unreadable`, \
            `segment-too-long`")))]
pub async fn append(
    State(app): State<Arc<App>>,
    bearer: Bearer,
    Name(id): Name,
    Body(body): Body,
) -> Result<Response, Fault> {
    let seat = bearer.speaks_for(&id)?;
    let segment: Segment = serde_json::from_slice(&body).map_err(|why| Fault::BadRequest(why.to_string()))?;
    blocking(&app, move |desk| desk.append(&seat.sitting, seat.epoch, &segment, shell::now())).await.map(json_bytes)
}

/// Where a part of the log begins.
#[derive(Deserialize, IntoParams)]
pub struct Part {
    /// The first record.
    from: u64,
}

/// The stored records with their openings, for a device that the sitting has moved to.
#[utoipa::path(get, path = "/api/sittings/{id}/records", params(("id" = String, Path, description = "The sitting"), Part),
    responses((status = 200, body = ref("#/components/schemas/Segment"), description = "A `Segment`"),
        (status = 400, description = "`bad-request`"), (status = 409, description = "`lease-ended` with `epoch`")))]
pub async fn records(
    State(app): State<Arc<App>>,
    bearer: Bearer,
    Name(id): Name,
    part: Result<Query<Part>, QueryRejection>,
) -> Result<Json<Segment>, Fault> {
    let seat = bearer.speaks_for(&id)?;
    let Query(part) = part.map_err(|why| Fault::BadRequest(why.to_string()))?;
    blocking(&app, move |desk| desk.records(&seat, part.from)).await.map(Json)
}

/// How much of a piece of evidence is held.
#[utoipa::path(get, path = "/api/sittings/{id}/evidence/{sha256}",
    params(("id" = String, Path, description = "The sitting"), ("sha256" = String, Path, description = "Its digest")),
    responses((status = 200, body = ref("#/components/schemas/EvidenceState"), description = "`EvidenceState`"),
        (status = 404, description = "`evidence-unknown`")))]
pub async fn evidence(State(app): State<Arc<App>>, bearer: Bearer, piece: Piece) -> Result<Json<EvidenceState>, Fault> {
    let seat = bearer.speaks_for(&piece.sitting)?;
    blocking(&app, move |desk| desk.evidence(&seat.sitting, &piece.sha256)).await.map(Json)
}

/// Takes more of a piece of evidence. `Upload-Offset` says where the bytes begin.
#[utoipa::path(patch, path = "/api/sittings/{id}/evidence/{sha256}",
    params(("id" = String, Path, description = "The sitting"), ("sha256" = String, Path, description = "Its digest"),
        ("Upload-Offset" = u64, Header, description = "Where the bytes begin")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "At most 256 KiB"),
    responses((status = 200, body = ref("#/components/schemas/EvidenceState"), description = "`EvidenceState`"),
        (status = 400, description = "`bad-request`"), (status = 404, description = "`evidence-unknown`"),
        (status = 409, description = "`evidence-offset` with `held`"), (status = 413, description = "`body-too-large`"),
        (status = 422, description = "`evidence-mismatch`")))]
pub async fn take_evidence(
    State(app): State<Arc<App>>,
    bearer: Bearer,
    piece: Piece,
    headers: HeaderMap,
    request: Request,
) -> Result<Json<EvidenceState>, Fault> {
    let seat = bearer.speaks_for(&piece.sitting)?;
    let offset = headers.get("upload-offset").and_then(|value| value.to_str().ok()?.parse().ok());
    let offset: u64 = offset.ok_or_else(|| Fault::BadRequest("Upload-Offset says where the bytes begin".to_owned()))?;
    let bytes = axum::body::to_bytes(request.into_body(), CHUNK_BYTES_MAX).await;
    let bytes = bytes.map_err(|_| Fault::BodyTooLarge { max: CHUNK_BYTES_MAX })?;
    blocking(&app, move |desk| desk.take_evidence(&seat.sitting, &piece.sha256, offset, &bytes)).await.map(Json)
}

/// A sitting and a digest in an address.
pub struct Piece {
    /// The sitting as it is written there.
    pub sitting: String,
    /// The digest.
    pub sha256: Digest,
}

impl<S: Send + Sync> FromRequestParts<S> for Piece {
    type Rejection = Fault;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let names = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((sitting, sha256)) = names.map_err(|_| Fault::NotFound)?;
        Ok(Self { sitting, sha256: sha256.parse().map_err(|_| Fault::EvidenceUnknown)? })
    }
}

/// Hands in.
#[utoipa::path(post, path = "/api/sittings/{id}/submission", params(("id" = String, Path, description = "The sitting")),
    request_body(content = ref("#/components/schemas/Submission"), description = "A signed `Submission`"),
    responses((status = 200, body = ref("#/components/schemas/Receipt"),
            description = "A signed `Receipt`; the same submission gets the same bytes"),
        (status = 409, description = "`submission-differs`, `log-incomplete` with `logSize`, `openings-missing` with \
            `seqs`, `evidence-missing` with `digests`, `lease-ended`"),
        (status = 422, description = "`submission-mismatch`, `document-refused`")))]
pub async fn submit(
    State(app): State<Arc<App>>,
    bearer: Bearer,
    Name(id): Name,
    Body(body): Body,
) -> Result<Response, Fault> {
    let seat = bearer.speaks_for(&id)?;
    let submit = move |desk: &crate::desk::Desk| {
        desk.submit(&seat.sitting, seat.epoch, &body, shell::random(), shell::random(), shell::now())
    };
    blocking(&app, submit).await.map(json_bytes)
}

/// Where the candidate of the token's sitting stands in every programme.
#[utoipa::path(get, path = "/api/standing",
    responses((status = 200, body = ref("#/components/schemas/CandidateStanding"), description = "`CandidateStanding`")))]
pub async fn standing(State(app): State<Arc<App>>, bearer: Bearer) -> Result<Json<CandidateStanding>, Fault> {
    blocking(&app, move |desk| desk.standing(&bearer.0.sitting, shell::now())).await.map(Json)
}
