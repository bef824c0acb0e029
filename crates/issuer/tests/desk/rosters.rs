//! Rosters over the console's interface: everybody or nobody, and nobody of another organisation.

use super::{
    console::Console,
    support::{Issuer, Machine, programme},
};
use axum::http::{Method, StatusCode};
use invigil_core::{
    admission::Candidate,
    policy::{Control, Policy},
    role::{Grant, Role},
};
use invigil_issuer::shell;
use serde_json::{Value as Json, json};

fn operator(organisation: &str) -> [Grant; 1] {
    [Grant { role: Role::Operator, scope: organisation.parse().unwrap() }]
}

async fn post(console: &Console<'_>, administration: &str, how: &str, file: &str) -> (StatusCode, Json) {
    let path = format!("administrations/{administration}/roster{how}");
    let (status, _, body) = console.send(Method::POST, &path, file.as_bytes().to_vec()).await;
    (status, serde_json::from_slice(&body).unwrap())
}

fn faults((status, body): &(StatusCode, Json)) -> Vec<(u64, String, String)> {
    assert_eq!((status.as_u16(), &body["code"]), (422, &json!("roster-refused")), "{body}");
    let word = |value: &Json| value.as_str().unwrap_or("-").to_owned();
    let findings = body["findings"].as_array().unwrap().iter();
    findings.map(|one| (one["line"].as_u64().unwrap(), word(&one["column"]), word(&one["code"]))).collect()
}

fn sittings(issuer: &Issuer) -> usize {
    let grants = operator("*");
    issuer.desk.sittings(&grants, shell::now()).unwrap().sittings.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_is_taken_as_a_whole_and_its_links_work() {
    let issuer = Issuer::new();
    let to = issuer.schedule("one", -1_000, Policy::preset("open").unwrap());
    let id = to.administration.id.to_string();
    let console = Console::log_in_as(&issuer, "eve", &operator("sample")).await;
    let file = "name;id;email;accommodation\r\n\
                Candidate 01;c-1;a@example.org;50% 5min without:keyboard\r\n测试 02;;b@example.org;\r\n";
    let (status, tried) = post(&console, &id, "?dryRun=true", file).await;
    assert_eq!(
        (status, &tried["kept"], tried["candidates"].as_array().unwrap().len()),
        (StatusCode::OK, &json!(false), 2)
    );
    assert!(tried["candidates"][0].get("link").is_none() && sittings(&issuer) == 0, "a trial writes nothing");
    assert!(issuer.desk.store().person(&"c-1".parse().unwrap()).unwrap().is_none());

    let (status, taken) = post(&console, &id, "", file).await;
    assert_eq!((status, sittings(&issuer)), (StatusCode::OK, 2), "{taken}");
    let machine = Machine::redeem(&issuer, taken["candidates"][0]["link"].as_str().unwrap()).await;
    let admission = &machine.admission;
    assert_eq!(admission.candidate, Candidate { id: "c-1".parse().unwrap(), name: "Candidate 01".into() });
    assert_eq!((admission.minutes, admission.extra_minutes), (50, 20));
    assert!(!admission.policy.controls.contains(&Control::Keyboard));
    assert_eq!(issuer.desk.store().audited(&id).unwrap(), 1);
    // The same again: nobody sits twice, and the address says who they are.
    let again = post(&console, &id, "", "name,id,email\nCandidate 01,c-1,\n测试 02,,b@example.org\nNew 03,,\n").await;
    let on_roster = |line| (line, "-".to_owned(), "on-roster".to_owned());
    assert_eq!(faults(&again), [on_roster(2), on_roster(3)]);
    assert_eq!(sittings(&issuer), 2, "the third was not taken either");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_reaches_nobody_of_another_organisation() {
    let issuer = Issuer::new();
    let mut other = programme(&["two"], 0);
    other.id = "another".parse().unwrap();
    other.organisation.id = "another".into();
    let store = issuer.desk.store();
    let first = issuer.schedule("one", -1_000, Policy::preset("open").unwrap());
    store.put_programme(&other, shell::now()).unwrap();
    let mut own = programme(&["one"], 0);
    own.title = "Own".into();
    store.put_programme(&own, shell::now()).unwrap();
    let second = issuer.schedule("two", -1_000, Policy::preset("open").unwrap());
    assert_eq!(second.administration.programme.as_str(), "another");
    let (first, second) = (first.administration.id.to_string(), second.administration.id.to_string());
    let here = Console::log_in_as(&issuer, "here", &operator("sample")).await;
    let there = Console::log_in_as(&issuer, "there", &operator("another")).await;
    let proctor = [Grant { role: Role::Proctor, scope: "sample".parse().unwrap() }];
    let proctor = Console::log_in_as(&issuer, "proctor", &proctor).await;
    let file = "id,name,email\nc-1,Candidate 01,a@example.org\n";
    for (console, administration, status, code) in [
        (&there, &first, 404, "administration-unknown"),
        (&proctor, &first, 403, "not-allowed"),
        (&proctor, &second, 404, "administration-unknown"),
        (&here, &"adm-none".to_owned(), 404, "administration-unknown"),
    ] {
        let (found, body) = post(console, administration, "", file).await;
        assert_eq!((found.as_u16(), &body["code"]), (status, &json!(code)));
    }
    assert_eq!(post(&here, &first, "", file).await.0, StatusCode::OK);
    let taken = post(&there, &second, "", file).await;
    assert_eq!(faults(&taken), [(2, "id".to_owned(), "id-of-another".to_owned())]);
    let ada = store.account("here").unwrap().unwrap().person;
    let theirs = post(&there, &second, "", &format!("id,name\n{ada},Me\n")).await;
    assert_eq!(faults(&theirs), [(2, "id".to_owned(), "id-of-another".to_owned())], "an account is no candidate");
    // The same address is another person there.
    let (status, body) = post(&there, &second, "", "name,email\nCandidate 01,a@example.org\n").await;
    assert!(status == StatusCode::OK && body["candidates"][0]["id"] != "c-1", "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_that_is_no_table_is_said_to_be_none() {
    let issuer = Issuer::new();
    let to = issuer.schedule("one", -1_000, Policy::preset("open").unwrap()).administration.id.to_string();
    let console = Console::log_in_as(&issuer, "eve", &operator("*")).await;
    let path = format!("administrations/{to}/roster");
    let large = vec![b' '; invigil_core::roster::ROSTER_BYTES_MAX + 1];
    for (file, status, code) in [
        (b"name\n\xff\xfe\n".to_vec(), 422, "roster-refused"),
        (b"name\n=HYPERLINK(\"http://example.org\")\n".to_vec(), 422, "roster-refused"),
        (large, 413, "body-too-large"),
    ] {
        let (found, _, body) = console.send(Method::POST, &path, file).await;
        let body: Json = serde_json::from_slice(&body).unwrap();
        assert_eq!((found.as_u16(), &body["code"]), (status, &json!(code)));
    }
    assert_eq!(post(&console, &to, "?dryRun=perhaps", "name\n").await.1["code"], "bad-request");
    assert_eq!(sittings(&issuer), 0);
}
