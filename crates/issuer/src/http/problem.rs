//! A fault as an RFC 9457 problem.

use crate::fault::Fault;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// After so many seconds a service that is in trouble may be asked again.
const RETRY_AFTER_S: u64 = 5;

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        if let Self::Internal(why) = &self {
            tracing::error!(%why, "internal fault");
        }
        if let Self::RecordsAway(why) = &self {
            tracing::error!(%why, "the database is away");
        }
        let problem = self.problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        let retry_after_s = match &self {
            Self::TooManyAttempts { retry_after_s } => Some(*retry_after_s),
            Self::RecordsAway(_) | Self::TimedOut => Some(RETRY_AFTER_S),
            _ => None,
        };
        if let Some(seconds) = retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if matches!(self, Self::TokenNeeded) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
