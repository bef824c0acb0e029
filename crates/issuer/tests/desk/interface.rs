//! What `/openapi.json` says, held against what the service does.

use super::{
    console::Console,
    support::{Issuer, Machine, device, ok, problem, redemption},
};
use axum::http::Method;
use invigil_content::sealing::Identity;
use invigil_core::sitting::Command;
use serde_json::{Value as Json, json};

async fn document(issuer: &Issuer) -> Json {
    serde_json::from_slice(&ok(issuer.call(Method::GET, "/openapi.json", None, vec![]).await)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_interface_describes_itself() {
    let issuer = Issuer::new();
    let document = document(&issuer).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            "/.well-known/did.json",
            "/account",
            "/account/console",
            "/agreements/{programme}",
            "/api/admissions",
            "/api/console/administrations/{id}/check-ins",
            "/api/console/administrations/{id}/roster",
            "/api/console/hand-in",
            "/api/console/login",
            "/api/console/logout",
            "/api/console/me",
            "/api/console/sittings",
            "/api/console/sittings/{id}",
            "/api/console/sittings/{id}/check-in",
            "/api/console/sittings/{id}/move",
            "/api/console/sittings/{id}/photo",
            "/api/console/sittings/{id}/pictures/{sha256}",
            "/api/credentials/{id}",
            "/api/issuer",
            "/api/packs/{digest}",
            "/api/sittings/{id}",
            "/api/sittings/{id}/evidence/{sha256}",
            "/api/sittings/{id}/records",
            "/api/sittings/{id}/start",
            "/api/sittings/{id}/submission",
            "/api/standing",
            "/credentials/{id}",
            "/healthz",
            "/join/{code}",
            "/keys/{key}",
            "/sign-in",
            "/sign-in/{provider}",
            "/sign-in/{provider}/callback",
            "/sign-out",
            "/status/{list}",
        ]
    );
}

/// The shape itself, behind its name; panics where nothing has the name.
fn shape<'a>(document: &'a Json, shape: &'a Json) -> &'a Json {
    match shape["$ref"].as_str() {
        Some(name) => document.pointer(&name[1..]).unwrap_or_else(|| panic!("{name} is not in the document")),
        None => shape,
    }
}

/// Why a message has not the shape; empty when it has.
fn misfits(document: &Json, expected: &Json, message: &Json, at: &str) -> Vec<String> {
    let expected = shape(document, expected);
    let inner =
        |expected: &Json, message: &Json, name: &str| misfits(document, expected, message, &format!("{at}.{name}"));
    if let Some(options) = expected["anyOf"].as_array() {
        let tried: Vec<_> = options.iter().map(|option| inner(option, message, "")).collect();
        return if tried.iter().any(Vec::is_empty) { vec![] } else { tried.concat() };
    }
    let fits = match (expected["type"].as_str(), message) {
        (None, constant) => expected["const"] == *constant,
        (Some("null"), Json::Null) | (Some("boolean"), Json::Bool(_)) | (Some("object"), Json::Object(_)) => true,
        (Some("array"), Json::Array(_)) => true,
        (Some("integer"), number) => number.is_u64(),
        (Some("string"), Json::String(text)) => {
            let words = expected["enum"].as_array();
            let digest = expected["pattern"] != "^[0-9a-f]{64}$" || text.parse::<invigil_core::Digest>().is_ok();
            let time = expected["format"] != "date-time" || text.parse::<invigil_core::Wall>().is_ok();
            words.is_none_or(|words| words.contains(message)) && digest && time
        }
        _ => false,
    };
    let mut found: Vec<String> = if fits { vec![] } else { vec![format!("{at}: {message} is not {expected}")] };
    if let (Some(items), Some(shape)) = (message.as_array(), expected.get("items")) {
        found.extend(items.iter().flat_map(|item| inner(shape, item, "")));
    }
    if let (Some(members), Some(known)) = (message.as_object(), expected["properties"].as_object()) {
        let required = expected["required"].as_array().into_iter().flatten().filter_map(Json::as_str);
        found
            .extend(required.filter(|name| !members.contains_key(*name)).map(|name| format!("{at}.{name} is missing")));
        for (name, member) in members {
            match known.get(name) {
                Some(shape) => found.extend(inner(shape, member, name)),
                None if expected["additionalProperties"] == true => {}
                None => found.push(format!("{at}.{name} is not described")),
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_says_what_it_takes_and_gives() {
    let issuer = Issuer::new();
    let document = document(&issuer).await;
    let without_body = [
        "/api/sittings/{id}/start",
        "/api/console/logout",
        "/api/console/sittings/{id}/move",
        "/api/console/sittings/{id}/check-in",
    ];
    let described = |content: &Json| {
        let media = content.as_object().into_iter().flatten();
        media.clone().count() != 0
            && media.into_iter().all(|(media, body)| {
                let shape = shape(&document, &body["schema"]);
                ["application/octet-stream", "image/jpeg", "text/html"].contains(&media.as_str())
                    || shape["properties"].as_object().is_some_and(|all| !all.is_empty())
            })
    };
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let body = described(&operation["requestBody"]["content"]);
            assert_eq!(
                body,
                ["post", "patch"].contains(&method.as_str()) && !without_body.contains(&path.as_str()),
                "{method} {path}"
            );
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!(
                    ["204", "303"].contains(&status.as_str()) || described(&response["content"]),
                    "{method} {path} {status}"
                );
                let problem = response["content"].get("application/problem+json").is_some();
                assert_eq!(problem, status.starts_with(['4', '5']), "{method} {path} {status}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_message_has_the_shape_that_is_said() {
    let issuer = Issuer::new();
    let document = document(&issuer).await;
    let fits = |name: &str, message: &[u8]| {
        let message: Json = serde_json::from_slice(message).unwrap();
        let expected = json!({"$ref": format!("#/components/schemas/{name}")});
        assert_eq!(misfits(&document, &expected, &message, name), Vec::<String>::new());
    };
    let console = Console::log_in(&issuer).await;
    let get = async |path: &str| ok(issuer.call(Method::GET, path, None, vec![]).await);
    fits("Health", &get("/healthz").await);
    fits("DidDocument", &get("/.well-known/did.json").await);
    let key = issuer.desk.card().credential;
    fits("Multikey", &get(&format!("/keys/{key}")).await);
    let refused = issuer.call(Method::GET, "/keys/z6Mk", None, vec![]).await;
    assert_eq!(problem(&refused).code, "not-found");
    fits("IssuerCard", &get("/api/issuer").await);
    fits("Redemption", &redemption("invigil://h/short", &device(), &Identity::generate()));
    let refused = issuer.call(Method::GET, "/api/standing", None, vec![]).await;
    assert_eq!(problem(&refused).code, "token-needed");
    fits("Problem", &refused.1);

    let mut candidate: Option<String> = None;
    for name in ["one", "two"] {
        let scheduled = issuer.schedule(name, -1_000, invigil_core::policy::Policy::preset("open").unwrap());
        let admitted = issuer.admit(&scheduled, candidate.as_deref());
        candidate = Some(admitted.candidate.id.to_string());
        let mut machine = Machine::redeem(&issuer, &admitted.link).await;
        let token = Some(machine.admitted.token.clone());
        let standing = async || ok(issuer.call(Method::GET, "/api/standing", token.as_deref(), vec![]).await);
        let status = async |machine: &Machine| ok(machine.call(&issuer, Method::GET, "", vec![]).await);
        let detail = format!("sittings/{}", machine.admission.sitting);
        fits("Admitted", &serde_json::to_vec(&machine.admitted).unwrap());
        fits("SittingStatus", &status(&machine).await);
        fits("CandidateStanding", &standing().await);
        fits("SittingDetail", console.get(&detail).await.to_string().as_bytes());
        machine.get_ready();
        fits("Start", &machine.begin(&issuer).await);
        machine.answer(true);
        machine.act(Command::Submit);
        let segment = machine.segment(0);
        fits("Segment", &serde_json::to_vec(&segment).unwrap());
        fits("Checkpoint", &ok(machine.send(&issuer, &segment).await));
        let submission = machine.sign(machine.submission());
        fits("Submission", &submission);
        fits("Receipt", &ok(machine.submit(&issuer, submission).await));
        let after = status(&machine).await;
        fits("SittingStatus", &after);
        fits("CandidateStanding", &standing().await);
        fits("SittingDetail", console.get(&detail).await.to_string().as_bytes());
        fits("Sittings", console.get("sittings").await.to_string().as_bytes());
        let after: Json = serde_json::from_slice(&after).unwrap();
        if let Some(url) = after["credential"]["url"].as_str() {
            fits("Credential", &get(url.strip_prefix("http://127.0.0.1:8790").unwrap()).await);
        }
    }
}
