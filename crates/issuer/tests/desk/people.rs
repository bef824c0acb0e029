//! Who may do what, and people from before there were people.

use super::{
    console::Console,
    raw::Raw,
    support::{Issuer, Machine, ok},
};
use axum::http::{Method, StatusCode};
use invigil_core::{
    Digest, Wall,
    exchange::Problem,
    role::{Grant, Role, Scope},
};
use invigil_issuer::{password, store::Store};
use serde_json::json;

fn grant(role: Role, organisation: &str) -> Grant {
    Grant { role, scope: organisation.parse().unwrap() }
}

fn code((status, _, body): &(StatusCode, axum::http::HeaderMap, Vec<u8>)) -> String {
    if status.is_success() {
        return "done".to_owned();
    }
    let problem = serde_json::from_slice::<Problem>(body);
    problem.unwrap_or_else(|why| panic!("{why}: {status} {}", String::from_utf8_lossy(body))).code
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sitting_is_unknown_to_whoever_is_of_another_organisation() {
    let issuer = Issuer::new();
    let mut machine = Machine::redeem(&issuer, &issuer.open_link().link).await;
    machine.get_ready();
    machine.begin(&issuer).await;
    ok(machine.send(&issuer, &machine.segment(0)).await);
    let id = machine.admission.sitting.to_string();
    let file = machine.hand_in(&issuer.desk.card().issuer.recovery.clone(), None, &[]);
    let picture = format!("sittings/{id}/pictures/{}", Digest::of("none"));
    let routes = |id: &str| {
        [
            (Method::GET, format!("sittings/{id}"), vec![]),
            (Method::GET, picture.clone(), vec![]),
            (Method::POST, format!("sittings/{id}/move"), vec![]),
            (Method::POST, "hand-in".to_owned(), file.clone()),
        ]
    };
    // Each route as one of the same organisation, one of another and a candidate meet it.
    let own = ["done", "evidence-unknown", "done", "done"];
    for (name, grants, expected, listed) in [
        ("proctor", vec![grant(Role::Proctor, "sample")], own, 1),
        ("operator", vec![grant(Role::Operator, "*")], own, 1),
        ("other proctor", vec![grant(Role::Proctor, "other")], ["sitting-unknown"; 4], 0),
        (
            "other operator",
            vec![grant(Role::Operator, "other"), grant(Role::Marker, "sample")],
            ["sitting-unknown"; 4],
            0,
        ),
    ] {
        let console = Console::log_in_as(&issuer, name, &grants).await;
        let rows = console.get("sittings").await["sittings"].as_array().map(Vec::len);
        assert_eq!(rows, Some(listed), "{name}");
        for ((method, path, body), expected) in routes(&id).into_iter().zip(expected) {
            let answer = console.send(method.clone(), &path, body).await;
            assert_eq!(code(&answer), expected, "{name}: {method} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_follows_sittings_logs_in_to_the_console() {
    let issuer = Issuer::new();
    for role in [Role::Candidate, Role::Author, Role::Marker] {
        let (status, body) = Console::refused(&issuer, role.word(), &[grant(role, "sample")]).await;
        assert_eq!((status, body.as_str()), (StatusCode::FORBIDDEN, "not-allowed"), "{role}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_was_taken_away_holds_no_longer() {
    let issuer = Issuer::new();
    let admitted = issuer.open_link();
    let console = Console::log_in_as(&issuer, "ada", &[grant(Role::Proctor, "sample")]).await;
    let store = issuer.desk.store();
    let person = store.account("ada").unwrap().unwrap().person;
    assert_eq!(console.get("sittings").await["sittings"].as_array().map(Vec::len), Some(1));
    let now = Wall::from_unix_ms(1);
    assert!(store.withdraw(&person, &grant(Role::Proctor, "sample"), "operator", now).unwrap());
    assert!(!store.withdraw(&person, &grant(Role::Proctor, "sample"), "operator", now).unwrap());
    assert_eq!(console.get("sittings").await["sittings"], json!([]));
    assert_eq!(console.refusal(&format!("sittings/{}", admitted.sitting)).await, "sitting-unknown");
    assert_eq!(store.audited(person.as_str()).unwrap(), 1);
    let nobody = "per-nobody".parse().unwrap();
    assert!(!store.grant(&nobody, &grant(Role::Proctor, "sample"), "operator", now).unwrap());
    let (_, grants) = store.person(&admitted.candidate.id.into()).unwrap().unwrap();
    assert_eq!(grants, [grant(Role::Candidate, "sample")], "whoever is admitted is a candidate of that organisation");
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_and_candidates_of_version_3_become_people() {
    let folder = tempfile::tempdir().unwrap();
    let hash = password::hash("a long password").unwrap();
    let programme = serde_json::to_string(&super::support::programme(&["one"], 0)).unwrap();
    let (token, digest) = (Digest::of("token"), Digest::of("pack"));
    let rows = format!(
        "INSERT INTO accounts VALUES ('ada', 'proctor', '{hash}', 5), ('eve', 'operator', '{hash}', 6);
         INSERT INTO logins VALUES ('{token}', 'ada', 1000);
         INSERT INTO programmes VALUES ('sample', '{programme}', 1);
         INSERT INTO packs VALUES ('{digest}', 'one', 'One', 2, 0, BYTES, BYTES, 1);
         INSERT INTO administrations VALUES ('adm-1', 'sample', 'first-steps', 'one', 1, 2, '{{}}', 'none', '{digest}', 'a',
            'b', NULL, 'c', 'd', BYTES, 1);
         INSERT INTO candidates VALUES ('can-1', 'Test Candidate', 7);
         INSERT INTO sittings (id, administration, candidate, code, accommodation, created)
            VALUES ('sit-1', 'adm-1', 'can-1', 'x', '{{}}', 1), ('sit-2', 'adm-1', 'can-1', 'y', '{{}}', 1);"
    );
    let store: Store = Raw::version_3(folder.path(), &rows);
    for (name, role) in [("ada", Role::Proctor), ("eve", Role::Operator)] {
        let account = store.account(name).unwrap().unwrap();
        assert!(password::verify("a long password", Some(&account.password)));
        assert_eq!(account.grants, [Grant { role, scope: Scope::Everywhere }], "{name}");
    }
    let session = store.session(&token, Wall::from_unix_ms(999)).unwrap().unwrap();
    assert_eq!((session.actor(), session.via.as_str()), ("ada", "password"));
    assert!(store.session(&token, Wall::from_unix_ms(1_000)).unwrap().is_none());
    let (person, grants) = store.person(&"can-1".parse().unwrap()).unwrap().unwrap();
    assert_eq!((person.name.as_str(), person.created.unix_ms()), ("Test Candidate", 7));
    assert_eq!(grants, [grant(Role::Candidate, "sample")]);
}
