//! The shapes of bodies in `/openapi.json`. The messages are types of `invigil_core`, which knows of no web interface,
//! so their shapes are written here; the tests hold each against real messages. `docs/formats` says what they mean.

use invigil_core::policy::{Control, Probe};
use serde_json::{Map, Value as Json, json};

/// Puts the shapes into the document, and a problem into every answer that is one.
pub fn complete(document: &mut Json) {
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Json::as_object_mut) {
        schemas.extend(all());
    }
    let paths = document.pointer_mut("/paths").and_then(Json::as_object_mut);
    let operations = paths.into_iter().flat_map(Map::values_mut).filter_map(Json::as_object_mut).flatten();
    for (_, operation) in operations {
        let responses = operation.pointer_mut("/responses").and_then(Json::as_object_mut);
        for (status, response) in responses.into_iter().flatten() {
            if status.starts_with(['4', '5']) {
                response["content"] = json!({"application/problem+json": {"schema": of("Problem")}});
            }
        }
    }
}

fn text() -> Json {
    json!({"type": "string"})
}

fn whole() -> Json {
    json!({"type": "integer", "minimum": 0})
}

fn truth() -> Json {
    json!({"type": "boolean"})
}

fn time() -> Json {
    json!({"type": "string", "format": "date-time"})
}

fn digest() -> Json {
    json!({"type": "string", "pattern": "^[0-9a-f]{64}$"})
}

fn words(words: &[&str]) -> Json {
    json!({"type": "string", "enum": words})
}

fn list(of: Json) -> Json {
    json!({"type": "array", "items": of})
}

fn or_null(of: Json) -> Json {
    json!({"anyOf": [of, {"type": "null"}]})
}

fn of(name: &str) -> Json {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Members whose names end in `?` may be missing.
fn object(members: &[(&str, Json)]) -> Json {
    let bare = |name: &str| name.trim_end_matches('?').to_owned();
    let properties: Map<_, _> = members.iter().map(|(name, shape)| (bare(name), shape.clone())).collect();
    let required: Vec<_> =
        members.iter().filter(|(name, _)| !name.ends_with('?')).map(|(name, _)| bare(name)).collect();
    json!({"type": "object", "properties": properties, "required": required})
}

/// A document with its type and its proof.
fn signed(kind: &str, members: &[(&str, Json)]) -> Json {
    let envelope = [("type", json!({"const": kind})), ("proof", of("Proof"))];
    object(&[members, &envelope].concat())
}

/// What follows when one of the probes sees something.
fn reactions() -> Json {
    let each: Map<_, _> = Probe::ALL.iter().map(|probe| (probe.to_string(), of("Reaction"))).collect();
    json!({"type": "object", "properties": each})
}

fn titled() -> Json {
    object(&[("id", text()), ("title", text())])
}

fn all() -> Map<String, Json> {
    let shapes = documents().into_iter().chain(messages()).chain(standing()).chain(console());
    shapes.map(|(name, shape)| (name.to_owned(), shape)).collect()
}

/// Signed documents and what they are made of.
fn documents() -> Vec<(&'static str, Json)> {
    let window = object(&[("opens", time()), ("closes", time())]);
    let response = object(&[("seq", whole()), ("commitment", digest())]);
    let answer = object(&[("item", text()), ("response", or_null(response))]);
    let manual = object(&[("item", text()), ("given", whole()), ("marker", text()), ("at", time())]);
    let competency = object(&[("id", text()), ("title", text()), ("score", of("Score"))]);
    let evidence = object(&[("sha256", digest()), ("size", whole())]);
    vec![
        (
            "Proof",
            object(&[
                ("type", text()),
                ("cryptosuite", text()),
                ("created", time()),
                ("verificationMethod", text()),
                ("proofPurpose", text()),
                ("proofValue", text()),
            ]),
        ),
        (
            "Issuer",
            object(&[("name", text()), ("did", text()), ("origin", text()), ("signing", text()), ("recovery", text())]),
        ),
        ("Candidate", object(&[("id", text()), ("name", text())])),
        ("Level", words(&["L0", "L1", "L2", "L3"])),
        ("Controls", list(words(&Control::ALL.map(Control::word)))),
        ("Reactions", reactions()),
        ("Reaction", words(&["log", "warn", "hold", "refuse"])),
        (
            "Policy",
            object(&[
                ("name", text()),
                ("assuranceMin", of("Level")),
                ("controls", of("Controls")),
                ("onLoss", of("Reaction")),
                ("probes", of("Reactions")),
                ("programs", list(object(&[("name", text()), ("file", text()), ("sha256?", digest())]))),
                ("copying", truth()),
                ("pictures", or_null(object(&[("everyMs", whole()), ("quotaBytes", whole()), ("keepDays", whole())]))),
                ("offlineStart", truth()),
                ("returnFromAway", truth()),
                ("restartAllowanceMs", whole()),
                ("rebootGapMaxMs", whole()),
                ("holdUnansweredMs", whole()),
                ("results", words(&["at-once", "after-review"])),
                ("keepDays", whole()),
            ]),
        ),
        ("Redemption", signed("invigil/redemption/1", &[("code", text()), ("device", text()), ("recipient", text())])),
        (
            "Admission",
            signed(
                "invigil/admission/1",
                &[
                    ("sitting", text()),
                    ("issuer", of("Issuer")),
                    ("candidate", of("Candidate")),
                    ("administration", text()),
                    ("programme", titled()),
                    ("certification", titled()),
                    ("exam", titled()),
                    ("tryNumber", whole()),
                    ("triesMax", whole()),
                    ("window", window),
                    ("minutes", whole()),
                    ("extraMinutes", whole()),
                    ("passPercent", whole()),
                    ("items", whole()),
                    ("policy", of("Policy")),
                    ("pack", object(&[("digest", digest()), ("size", whole())])),
                    ("draw", object(&[("set", whole()), ("seed", digest())])),
                    ("startSealed", or_null(text())),
                    ("resumeRecipient", text()),
                    ("resumeSealed", text()),
                    ("evidenceRecipient", or_null(text())),
                ],
            ),
        ),
        (
            "Lease",
            signed(
                "invigil/lease/1",
                &[
                    ("sitting", text()),
                    ("admission", digest()),
                    ("device", text()),
                    ("epoch", whole()),
                    ("fromSeq", whole()),
                ],
            ),
        ),
        (
            "Start",
            signed(
                "invigil/start/1",
                &[("sitting", text()), ("at", time()), ("deadline", or_null(time())), ("contentSealed", text())],
            ),
        ),
        (
            "Checkpoint",
            signed(
                "invigil/checkpoint/1",
                &[("sitting", text()), ("epoch", whole()), ("size", whole()), ("head", digest()), ("time", time())],
            ),
        ),
        ("LogRef", object(&[("size", whole()), ("head", digest())])),
        (
            "Submission",
            signed(
                "invigil/submission/1",
                &[
                    ("sitting", text()),
                    ("admission", digest()),
                    ("pack", digest()),
                    ("cause", of("Closing")),
                    ("answers", list(answer)),
                    ("log", of("LogRef")),
                    ("evidence", list(evidence.clone())),
                    ("lost?", list(evidence)),
                    ("client", object(&[("name", text()), ("version", text())])),
                ],
            ),
        ),
        ("Closing", words(&["submitted", "time-up", "terminated"])),
        (
            "Receipt",
            signed(
                "invigil/receipt/1",
                &[("sitting", text()), ("submission", digest()), ("log", of("LogRef")), ("received", time())],
            ),
        ),
        ("Score", object(&[("given", whole()), ("of", whole())])),
        (
            "ExamResult",
            signed(
                "invigil/result/1",
                &[
                    ("sitting", text()),
                    ("exam", text()),
                    ("submission", digest()),
                    ("markScheme", digest()),
                    ("score", of("Score")),
                    ("passPercent", whole()),
                    ("passed", truth()),
                    ("competencies", list(competency)),
                    ("manual?", list(manual)),
                    ("graded", time()),
                ],
            ),
        ),
    ]
}

/// What is sent around the documents.
fn messages() -> Vec<(&'static str, Json)> {
    let opening = object(&[
        ("seq", whole()),
        ("salt", json!({"type": "string", "pattern": "^[0-9a-f]{32}$"})),
        ("content", text()),
    ]);
    let method = object(&[("id", text()), ("type", text()), ("controller", text()), ("publicKeyMultibase", text())]);
    vec![
        (
            "Problem",
            json!({
                "type": "object",
                "description": "An RFC 9457 problem; further members are facts to act on",
                "properties": {
                    "type": text(), "status": whole(), "title": text(), "detail": text(), "code": text(),
                },
                "required": ["type", "status", "title", "detail", "code"],
                "additionalProperties": true,
            }),
        ),
        ("Health", object(&[("status", text()), ("version", text())])),
        (
            "DidDocument",
            object(&[
                ("@context", list(text())),
                ("id", text()),
                ("verificationMethod", list(method)),
                ("assertionMethod", list(text())),
            ]),
        ),
        (
            "Multikey",
            object(&[
                ("@context", text()),
                ("id", text()),
                ("type", text()),
                ("controller", text()),
                ("publicKeyMultibase", text()),
            ]),
        ),
        (
            "Credential",
            json!({
                "type": "object",
                "description": "An Open Badges 3.0 credential",
                "properties": {"@context": list(text()), "id": text(), "type": list(text())},
                "required": ["@context", "id", "type"],
                "additionalProperties": true,
            }),
        ),
        ("IssuerCard", object(&[("issuer", of("Issuer")), ("time", time())])),
        ("Admitted", object(&[("admission", of("Admission")), ("leases", list(of("Lease"))), ("token", text())])),
        ("EvidenceState", object(&[("held", whole()), ("size", whole())])),
        (
            "Segment",
            object(&[("epoch", whole()), ("fromSeq", whole()), ("lines", list(text())), ("openings", list(opening))]),
        ),
        (
            "SittingStatus",
            object(&[
                ("time", time()),
                ("logSize", whole()),
                ("checkpoint", or_null(of("Checkpoint"))),
                ("receipt", or_null(of("Receipt"))),
                ("result", or_null(of("ExamResult"))),
                ("credential", or_null(of("CredentialLink"))),
                ("underReview", truth()),
            ]),
        ),
        (
            "CredentialLink",
            object(&[("title", text()), ("url", text()), ("validFrom", time()), ("validUntil", time())]),
        ),
    ]
}

/// Where a candidate stands.
fn standing() -> Vec<(&'static str, Json)> {
    let reasons = ["cooling-down", "no-tries-left", "prerequisites-missing", "not-yet", "expired"];
    let states = [&["passed", "open", "pending"], &reasons[..]].concat();
    let state = object(&[("is", words(&states)), ("until?", time())]);
    let exam =
        object(&[("exam", text()), ("title", text()), ("triesUsed", whole()), ("triesMax", whole()), ("state", state)]);
    let part = object(&[
        ("part", text()),
        ("title", text()),
        ("state", object(&[("is", words(&["passed", "outstanding", "pending", "failed"]))])),
    ]);
    let renewal = object(&[
        ("state", object(&[("is", words(&["not-yet", "open", "expired"])), ("until?", time())])),
        ("exam", or_null(exam.clone())),
    ]);
    let own = object(&[
        ("passed", whole()),
        ("of", whole()),
        ("exams", list(exam)),
        ("parts", list(part)),
        ("prerequisitesMissing", list(text())),
        ("completeBy", or_null(time())),
        ("recertification", or_null(renewal)),
    ]);
    let admitted = object(&[("sitting", text()), ("opens", time()), ("closes", time())]);
    let facts = object(&[
        ("id", text()),
        ("minutes", whole()),
        ("items", whole()),
        ("passPercent", whole()),
        ("admitted", or_null(admitted)),
    ]);
    let certification = object(&[
        ("id", text()),
        ("title", text()),
        ("tier", text()),
        ("status", words(&["open", "announced"])),
        ("summary", text()),
        ("validMonths", or_null(whole())),
        ("standing", or_null(own)),
        ("exams", list(facts)),
        ("credential", or_null(of("CredentialLink"))),
    ]);
    let track = object(&[("title", text()), ("summary", text()), ("certifications", list(certification))]);
    let programme = object(&[("id", text()), ("title", text()), ("notice", text()), ("tracks", list(track))]);
    vec![("CandidateStanding", object(&[("candidate", text()), ("programmes", list(programme))]))]
}

/// What the console reads.
fn console() -> Vec<(&'static str, Json)> {
    let verdict = object(&[
        ("kind", words(&["proven", "proven-until", "unanchored", "broken"])),
        ("until?", time()),
        ("seq?", whole()),
        ("why?", text()),
        ("text", text()),
    ]);
    let phases = ["admitted", "checking", "underway", "held", "paused", "away", "closed", "refused"];
    let sitting = object(&[
        ("id", text()),
        ("candidate", of("Candidate")),
        ("exam", titled()),
        ("certification", titled()),
        ("administration", text()),
        ("supervision", words(&["none", "in-the-room", "live", "reviewed"])),
        ("phase", words(&phases)),
        ("level", or_null(of("Level"))),
        ("opens", time()),
        ("closes", time()),
        ("firstStart", or_null(time())),
        ("starts", whole()),
        ("began", or_null(time())),
        ("beganOffline", truth()),
        ("lastRecord", or_null(time())),
        ("remainingMs", or_null(whole())),
        ("answered", whole()),
        ("of", whole()),
        ("logSize", whole()),
        ("verdict", verdict),
        ("closing", or_null(of("Closing"))),
        ("result", or_null(words(&["passed", "failed", "under-review"]))),
        ("flagged", truth()),
    ]);
    let admission = object(&[
        ("issuer", of("Issuer")),
        ("policy", of("Policy")),
        ("assuranceMin", of("Level")),
        ("controls", of("Controls")),
        ("minutes", whole()),
        ("extraMinutes", whole()),
        ("tryNumber", whole()),
    ]);
    let record = object(&[
        ("seq", whole()),
        ("at", time()),
        ("elapsed", whole()),
        ("boot", whole()),
        ("by", text()),
        ("kind", text()),
        ("args", json!({"type": "object", "additionalProperties": true})),
    ]);
    let aside = object(&["late", "lateAnswers", "forked", "forkedAnswers"].map(|name| (name, whole())));
    vec![
        ("Sitting", sitting),
        ("Sittings", object(&[("time", time()), ("sittings", list(of("Sitting")))])),
        (
            "SittingDetail",
            object(&[
                ("sitting", of("Sitting")),
                ("admission", or_null(admission)),
                ("paperCode", or_null(text())),
                ("log", or_null(of("LogRef"))),
                ("checkpoints", whole()),
                ("aside", aside),
                ("missingEvidence", list(digest())),
                ("records", list(record)),
            ]),
        ),
    ]
}
