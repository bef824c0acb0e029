//! The HTTP face of the desk: addresses, sizes, times and headers. No rule of an exam is here.

mod candidate;
mod check_in;
mod console;
mod cookie;
mod files;
mod limit;
mod people;
mod problem;
mod public;
mod roster;
mod schema;
mod serve;

pub use serve::{ServeError, serve};

use crate::{desk::Desk, fault::Fault, oidc::Asking};
use axum::{
    Router,
    extract::{ConnectInfo, FromRequest, FromRequestParts, Path, Request},
    http::{HeaderName, HeaderValue, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use invigil_core::exchange::BODY_BYTES_MAX;
use limit::Limiter;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The longest time one request may take.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(30);
/// The same for a hand-in file, which holds a whole sitting with its evidence.
const HAND_IN_TIME_MAX: Duration = Duration::from_secs(15 * 60);

/// What every request has at hand.
pub struct App {
    desk: Arc<Desk>,
    redemptions: Limiter,
    logins: Limiter,
    ui: Option<PathBuf>,
    asking: Asking,
}

#[derive(OpenApi)]
#[openapi(info(
    title = "Invigil issuing service",
    description = "Admissions, logs, submissions, results and credentials of exams. Signed documents and messages are \
                   described in docs/formats; errors are RFC 9457 problems whose `code` is stable."
))]
struct Documentation;

/// All addresses of the service. `ui` is the folder with the console's files.
pub fn router(desk: Arc<Desk>, ui: Option<PathBuf>) -> Router {
    let app = Arc::new(App {
        desk,
        redemptions: Limiter::default(),
        logins: Limiter::default(),
        ui,
        asking: Asking::default(),
    });
    let (router, document) = OpenApiRouter::with_openapi(Documentation::openapi())
        .routes(routes!(public::health))
        .routes(routes!(public::did_document))
        .routes(routes!(public::key))
        .routes(routes!(public::issuer))
        .routes(routes!(public::pack))
        .routes(routes!(public::credential))
        .routes(routes!(public::credential_page))
        .routes(routes!(public::status_list))
        .routes(routes!(candidate::redeem))
        .routes(routes!(candidate::start))
        .routes(routes!(candidate::status))
        .routes(routes!(candidate::append, candidate::records))
        .routes(routes!(candidate::evidence, candidate::take_evidence))
        .routes(routes!(candidate::submit))
        .routes(routes!(candidate::standing))
        .routes(routes!(console::login))
        .routes(routes!(console::logout))
        .routes(routes!(console::me))
        .routes(routes!(console::sittings))
        .routes(routes!(console::sitting))
        .routes(routes!(console::picture))
        .routes(routes!(console::move_seat))
        .routes(routes!(console::hand_in))
        .routes(routes!(roster::roster))
        .routes(routes!(check_in::expected))
        .routes(routes!(check_in::check_in))
        .routes(routes!(check_in::photo, check_in::put_photo))
        .routes(routes!(people::invitation, people::accept))
        .routes(routes!(people::ways))
        .routes(routes!(people::begin))
        .routes(routes!(people::end))
        .routes(routes!(people::agreement, people::agree))
        .routes(routes!(people::account))
        .routes(routes!(people::open_console))
        .routes(routes!(people::sign_out))
        .split_for_parts();
    let mut document = serde_json::to_value(document).unwrap_or_default();
    schema::complete(&mut document);
    router
        .route("/openapi.json", axum::routing::get(move || async move { axum::Json(document) }))
        .route("/page.css", axum::routing::get(people::style))
        .route("/console", axum::routing::get(files::redirect))
        .route("/console/", axum::routing::get(files::index))
        .route("/console/{*path}", axum::routing::get(files::file))
        .fallback(|| async { Fault::NotFound })
        .method_not_allowed_fallback(|| async { Fault::MethodNotAllowed })
        .layer(middleware::from_fn(within_time))
        .layer(middleware::from_fn(with_headers))
        .with_state(app)
}

async fn within_time(request: Request, next: Next) -> Response {
    let limit = if request.uri().path() == "/api/console/hand-in" { HAND_IN_TIME_MAX } else { REQUEST_TIME_MAX };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Fault::TimedOut.into_response(),
    }
}

async fn with_headers(request: Request, next: Next) -> Response {
    const ALWAYS: [(HeaderName, &str); 4] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let mut response = next.run(request).await;
    for (name, value) in ALWAYS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Runs work that reads or writes the store, away from the threads that answer requests.
async fn blocking<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&Desk) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let desk = app.desk.clone();
    let done = tokio::task::spawn_blocking(move || work(&desk)).await;
    done.unwrap_or_else(|why| Err(Fault::Internal(why.to_string())))
}

/// A request's body, whole and within the limit.
struct Body(Vec<u8>);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Fault;
    async fn from_request(request: Request, _: &S) -> Result<Self, Fault> {
        match axum::body::to_bytes(request.into_body(), BODY_BYTES_MAX).await {
            Ok(bytes) => Ok(Self(bytes.to_vec())),
            Err(_) => Err(Fault::BodyTooLarge { max: BODY_BYTES_MAX }),
        }
    }
}

/// The one name in an address.
struct Name(String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Fault;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let Path(name) = Path::from_request_parts(parts, state).await.map_err(|_| Fault::NotFound)?;
        Ok(Self(name))
    }
}

/// The address a request comes from. A proxy on this machine says for whom it asks; nobody else is believed.
fn address(parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let forwarded = parts.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    let last = forwarded.and_then(|list| list.rsplit(',').next()).and_then(|text| text.trim().parse().ok());
    if peer.is_loopback() { last.unwrap_or(peer) } else { peer }
}

/// Stored bytes as they are.
fn json_bytes(bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], bytes).into_response()
}
