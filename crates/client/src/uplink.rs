//! Speaks to an issuing service. Everything that comes back signed is checked here, before anybody sees it.

use crate::view::Problem;
use invigil_core::{
    Digest, PublicKey, SittingId,
    admission::{Admission, Issuer, Lease, Redemption, Start},
    checkpoint::Checkpoint,
    envelope::{Document, Signed},
    exchange::{self, Admitted, CandidateStanding, EvidenceState, IssuerCard, Segment, SittingStatus},
    submission::{Receipt, Submission},
};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;
const PACK_BYTES_MAX: usize = 64 * 1024 * 1024;

/// An address of this machine at which nobody listens.
const DEAD: &str = "http://127.0.0.1:1";
/// Whether this process is cut off from every issuer, for a rehearsal.
static CUT: AtomicBool = AtomicBool::new(false);

/// Cuts this process off from every issuer, or lets it back: until then every new exchange goes to an address where
/// nobody answers. Only a rehearsal does this.
pub(crate) fn cut(cut: bool) {
    CUT.store(cut, Ordering::Relaxed);
}

/// Why an exchange did not work.
#[derive(Debug, thiserror::Error)]
pub enum UplinkError {
    /// Nobody answered, or not in time. It may work later.
    #[error("{0} does not answer")]
    Unreachable(String),
    /// The issuer said no, with a code.
    #[error("{0}")]
    Refused(Box<exchange::Problem>),
    /// What came back is not what the issuer signs.
    #[error("the answer of the issuer cannot be trusted: {0}")]
    Untrusted(String),
}

impl UplinkError {
    /// The problem as the window shows it.
    pub fn problem(&self, host: &str) -> Problem {
        match self {
            Self::Unreachable(_) => Problem::new("issuer-unreachable").with("host", host),
            Self::Refused(problem) => {
                let mut shown = Problem::new(&problem.code).with("host", host);
                for (name, value) in &problem.members {
                    shown = shown.with(name, value.as_str().map_or_else(|| value.to_string(), str::to_owned));
                }
                shown
            }
            Self::Untrusted(why) => Problem::new("issuer-untrusted").with("host", host).with("why", why),
        }
    }

    /// The issuer's code, if it answered with one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(problem) => Some(&problem.code),
            Self::Unreachable(_) | Self::Untrusted(_) => None,
        }
    }
}

/// What a code led to, checked: the documents are the issuer's and belong together.
pub struct Redeemed {
    /// The admission.
    pub admission: Signed<Admission>,
    /// The leases, in the order of their epochs; the last is this device's.
    pub leases: Vec<Signed<Lease>>,
    /// The bearer token.
    pub token: String,
    /// What the issuer holds of the log already, in order. Not checked yet.
    pub records: Vec<Segment>,
}

/// One issuing service.
#[derive(Clone)]
pub struct Uplink {
    client: Client,
    origin: String,
}

impl Uplink {
    /// A service by its origin, such as `https://exams.example.org`. The process must have installed a TLS provider.
    ///
    /// # Panics
    /// When the TLS provider is missing, which is a bug in `main`.
    #[expect(clippy::expect_used, reason = "only a missing TLS provider makes this fail, and that is a bug in main")]
    pub fn new(origin: &str) -> Self {
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(20))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("invigil/", env!("CARGO_PKG_VERSION")))
            .build()
            .expect("main installs a TLS provider");
        let origin = if CUT.load(Ordering::Relaxed) { DEAD } else { origin };
        Self { client, origin: origin.trim_end_matches('/').to_owned() }
    }

    /// Who the service says it is.
    ///
    /// # Errors
    /// Unreachable or refused. Nothing of this answer is signed: a person compares the fingerprint.
    pub async fn card(&self) -> Result<IssuerCard, UplinkError> {
        self.json(self.client.get(self.url("/api/issuer"))).await
    }

    /// Redeems a code.
    ///
    /// # Errors
    /// As [`UplinkError`]; `Untrusted` unless the documents are signed by `issuer` and belong together.
    pub async fn redeem(&self, redemption: &Signed<Redemption>, issuer: &Issuer) -> Result<Redeemed, UplinkError> {
        let request = self.client.post(self.url("/api/admissions")).body(redemption.bytes().to_vec());
        let admitted: Admitted = self.json(request).await?;
        let admission: Signed<Admission> = opened(&admitted.admission, &issuer.signing)?;
        let leases: Vec<Signed<Lease>> =
            admitted.leases.iter().map(|lease| opened(lease, &issuer.signing)).collect::<Result<_, _>>()?;
        let of_it = |lease: &Signed<Lease>| lease.admission == admission.digest() && lease.sitting == admission.sitting;
        let own = leases.last().is_some_and(|lease| lease.device == redemption.device);
        if !own || !leases.iter().all(of_it) || admission.issuer.signing != issuer.signing {
            return Err(UplinkError::Untrusted("the admission and its leases do not belong together".to_owned()));
        }
        Ok(Redeemed { admission, leases, token: admitted.token, records: vec![] })
    }

    /// Fetches the records from `from` on that the issuer holds of a sitting; nothing when there are no more.
    ///
    /// # Errors
    /// As [`UplinkError`]. They are still to be checked.
    pub async fn fetch_records(&self, sitting: &SittingId, token: &str, from: u64) -> Result<Segment, UplinkError> {
        let url = self.url(&format!("/api/sittings/{sitting}/records?from={from}"));
        let segment: Segment = self.json(self.client.get(url).bearer_auth(token)).await?;
        if segment.from_seq == from {
            Ok(segment)
        } else {
            Err(UplinkError::Untrusted("these are other records than the ones asked for".to_owned()))
        }
    }

    /// Asks how much of a piece of evidence the issuer holds.
    ///
    /// # Errors
    /// As [`UplinkError`].
    pub async fn evidence(
        &self,
        sitting: &SittingId,
        token: &str,
        sha256: &Digest,
    ) -> Result<EvidenceState, UplinkError> {
        let url = self.url(&format!("/api/sittings/{sitting}/evidence/{sha256}"));
        self.json(self.client.get(url).bearer_auth(token)).await
    }

    /// Sends a part of a piece of evidence. Returns how much the issuer then holds.
    ///
    /// # Errors
    /// As [`UplinkError`].
    pub async fn send_evidence(
        &self,
        sitting: &SittingId,
        token: &str,
        sha256: &Digest,
        offset: u64,
        part: Vec<u8>,
    ) -> Result<EvidenceState, UplinkError> {
        let url = self.url(&format!("/api/sittings/{sitting}/evidence/{sha256}"));
        let request = self.client.patch(url).bearer_auth(token).header("upload-offset", offset).body(part);
        let bytes = body(self.sent(request).await?, ANSWER_BYTES_MAX).await?;
        serde_json::from_slice(&bytes).map_err(|why| UplinkError::Untrusted(why.to_string()))
    }

    /// Fetches a pack's bytes.
    ///
    /// # Errors
    /// As [`UplinkError`]; `Untrusted` when the bytes are not those of the digest.
    pub async fn pack(&self, digest: &Digest) -> Result<Vec<u8>, UplinkError> {
        let response = self.sent(self.client.get(self.url(&format!("/api/packs/{digest}")))).await?;
        let bytes = body(response, PACK_BYTES_MAX).await?;
        if Digest::of(&bytes) == *digest {
            Ok(bytes)
        } else {
            Err(UplinkError::Untrusted("the pack is not the one the admission names".to_owned()))
        }
    }

    /// Asks for the start of a sitting.
    ///
    /// # Errors
    /// As [`UplinkError`].
    pub async fn start(&self, sitting: &SittingId, token: &str, key: &PublicKey) -> Result<Signed<Start>, UplinkError> {
        let request = self.client.post(self.url(&format!("/api/sittings/{sitting}/start"))).bearer_auth(token);
        let start: Signed<Start> = opened(&self.json(request).await?, key)?;
        if start.sitting == *sitting { Ok(start) } else { Err(other_sitting()) }
    }

    /// Asks what the issuer holds of a sitting.
    ///
    /// # Errors
    /// As [`UplinkError`]. The documents inside are still to be opened.
    pub async fn status(&self, sitting: &SittingId, token: &str) -> Result<SittingStatus, UplinkError> {
        self.json(self.client.get(self.url(&format!("/api/sittings/{sitting}"))).bearer_auth(token)).await
    }

    /// Sends records and openings.
    ///
    /// # Errors
    /// As [`UplinkError`].
    pub async fn records(
        &self,
        sitting: &SittingId,
        token: &str,
        segment: &Segment,
        key: &PublicKey,
    ) -> Result<Signed<Checkpoint>, UplinkError> {
        let request =
            self.client.post(self.url(&format!("/api/sittings/{sitting}/records"))).bearer_auth(token).json(segment);
        let checkpoint: Signed<Checkpoint> = opened(&self.json(request).await?, key)?;
        if checkpoint.sitting == *sitting { Ok(checkpoint) } else { Err(other_sitting()) }
    }

    /// Hands in.
    ///
    /// # Errors
    /// As [`UplinkError`]; `Untrusted` unless the receipt is for this very submission.
    pub async fn submit(
        &self,
        submission: &Signed<Submission>,
        token: &str,
        key: &PublicKey,
    ) -> Result<Signed<Receipt>, UplinkError> {
        let url = self.url(&format!("/api/sittings/{}/submission", submission.sitting));
        let request = self.client.post(url).bearer_auth(token).body(submission.bytes().to_vec());
        let receipt: Signed<Receipt> = opened(&self.json(request).await?, key)?;
        let named = (&receipt.sitting, receipt.submission, receipt.log);
        if named == (&submission.sitting, submission.digest(), submission.log) {
            Ok(receipt)
        } else {
            Err(UplinkError::Untrusted("the receipt is for another submission".to_owned()))
        }
    }

    /// Asks where the candidate stands.
    ///
    /// # Errors
    /// As [`UplinkError`].
    pub async fn standing(&self, token: &str) -> Result<CandidateStanding, UplinkError> {
        self.json(self.client.get(self.url("/api/standing")).bearer_auth(token)).await
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, UplinkError> {
        let response = self.sent(request.header("content-type", "application/json")).await?;
        let bytes = body(response, ANSWER_BYTES_MAX).await?;
        serde_json::from_slice(&bytes).map_err(|why| UplinkError::Untrusted(why.to_string()))
    }

    async fn sent(&self, request: RequestBuilder) -> Result<Response, UplinkError> {
        let response = request.send().await.map_err(|_| self.unreachable())?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        // A gateway in between answers for a service that is down; that is not the issuer's own word.
        let bytes = body(response, ANSWER_BYTES_MAX).await?;
        match serde_json::from_slice::<exchange::Problem>(&bytes) {
            // The issuer says itself that it cannot just now.
            Ok(_) if status == StatusCode::SERVICE_UNAVAILABLE => Err(self.unreachable()),
            Ok(problem) => Err(UplinkError::Refused(Box::new(problem))),
            // A gateway that takes less than the issuer says so in its own words, and says it every time.
            Err(_) if status == StatusCode::PAYLOAD_TOO_LARGE => Err(UplinkError::Refused(Box::new(
                exchange::Problem::new(413, "body-too-large", "Request too large", "something in between takes less"),
            ))),
            Err(_) => Err(self.unreachable()),
        }
    }

    fn unreachable(&self) -> UplinkError {
        UplinkError::Unreachable(self.origin.clone())
    }
}

fn other_sitting() -> UplinkError {
    UplinkError::Untrusted("the answer is about another sitting".to_owned())
}

async fn body(mut response: Response, limit: usize) -> Result<Vec<u8>, UplinkError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|why| UplinkError::Unreachable(why.to_string()))? {
        if limit < bytes.len() + chunk.len() {
            return Err(UplinkError::Untrusted("the answer is too long".to_owned()));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Opens a signed document that came inside a JSON answer.
///
/// # Errors
/// `Untrusted` when it is not signed by `key`.
pub fn opened<T: Document>(json: &serde_json::Value, key: &PublicKey) -> Result<Signed<T>, UplinkError> {
    Signed::open(json.to_string().as_bytes(), key).map_err(|why| UplinkError::Untrusted(why.to_string()))
}
