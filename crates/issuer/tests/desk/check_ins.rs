//! Check-in: nobody starts before somebody made sure who sits, where the administration asks for it.

use super::{
    browser::Browser,
    console::Console,
    provider::shared,
    sign_in,
    support::{Issuer, Machine, problem, random},
};
use axum::http::{Method, StatusCode};
use invigil_core::{
    exchange::Problem,
    policy::Policy,
    role::{Grant, Role},
};
use invigil_issuer::{
    setup::Schedule,
    shell,
    store::{CheckIn, Keep, Supervision},
};
use serde_json::{Value as Json, json};

fn open() -> Policy {
    Policy::preset("open").unwrap()
}

fn grants(role: Role, organisation: &str) -> [Grant; 1] {
    [Grant { role, scope: organisation.parse().unwrap() }]
}

async fn refusal(issuer: &Issuer, machine: &Machine) -> Problem {
    problem(&machine.call(issuer, Method::POST, "/start", vec![]).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_starts_before_a_proctor_has_compared_them_with_the_roster() {
    let issuer = Issuer::new();
    let scheduled = issuer.schedule_with("one", -1_000, open(), CheckIn::Proctor);
    let mut machine = Machine::redeem(&issuer, &issuer.admit(&scheduled, None).link).await;
    machine.get_ready();
    assert_eq!(refusal(&issuer, &machine).await.code, "check-in-needed");

    let (id, sitting) = (scheduled.administration.id.to_string(), machine.admission.sitting.to_string());
    let proctor = Console::log_in_as(&issuer, "ada", &grants(Role::Proctor, "sample")).await;
    let operator = Console::log_in_as(&issuer, "eve", &grants(Role::Operator, "sample")).await;
    let other = Console::log_in_as(&issuer, "mallory", &grants(Role::Operator, "other")).await;
    let (list, tick, photo) = (
        format!("administrations/{id}/check-ins"),
        format!("sittings/{sitting}/check-in"),
        format!("sittings/{sitting}/photo"),
    );
    let said = async |console: &Console<'_>, method, path: &str, body: &[u8]| {
        let (status, _, body) = console.send(method, path, body.to_vec()).await;
        let code = serde_json::from_slice::<Problem>(&body).map(|problem| problem.code).unwrap_or_default();
        (status.as_u16(), code)
    };
    let jpeg = [&[0xff, 0xd8, 0xff, 0xe0][..], &[7; 100]].concat();
    let large = [&jpeg[..], &vec![0; 1024 * 1024]].concat();
    for (console, method, path, body, status, code) in [
        (&other, Method::GET, &list, &[][..], 404, "administration-unknown"),
        (&other, Method::POST, &tick, &[], 404, "sitting-unknown"),
        (&other, Method::POST, &photo, &jpeg, 404, "sitting-unknown"),
        (&proctor, Method::GET, &photo, &[], 404, "photo-unknown"),
        (&proctor, Method::POST, &photo, &jpeg, 403, "not-allowed"),
        (&operator, Method::POST, &photo, b"<svg onload=alert(1)>", 422, "photo-refused"),
        (&operator, Method::POST, &photo, b"", 422, "photo-refused"),
        (&operator, Method::POST, &photo, &large, 413, "body-too-large"),
        (&operator, Method::POST, &photo, &jpeg, 204, ""),
        (&other, Method::GET, &photo, &[], 404, "sitting-unknown"),
    ] {
        assert_eq!(said(console, method.clone(), path, body).await, (status, code.to_owned()), "{method} {path}");
    }
    let (status, headers, shown) = proctor.send(Method::GET, &photo, vec![]).await;
    assert_eq!((status, headers["content-type"].to_str().unwrap(), shown), (StatusCode::OK, "image/jpeg", jpeg));
    let row = async || proctor.get(&list).await["candidates"][0].clone();
    assert_eq!((&row().await["photo"], &row().await["checkedIn"]), (&json!(true), &Json::Null));
    assert_eq!(refusal(&issuer, &machine).await.code, "check-in-needed", "a photo is no check-in");

    let before = issuer.desk.store().audited(&sitting).unwrap();
    for _ in 0..2 {
        assert_eq!(said(&proctor, Method::POST, &tick, &[]).await.0, 204);
    }
    assert_eq!(issuer.desk.store().audited(&sitting).unwrap(), before + 1, "the first tick counts");
    let done = row().await["checkedIn"].clone();
    assert_eq!((&done["how"], &done["by"]), (&json!("proctor"), &json!("ada")), "{done}");
    machine.begin(&issuer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_at_the_institution_checks_its_candidate_in_and_nobody_else() {
    let issuer = Issuer::new();
    sign_in::add(&issuer, "school", &shared().address, true);
    let scheduled = issuer.schedule_with("one", -1_000, open(), CheckIn::Institution("school".into()));
    let later = issuer.schedule_with("two", 3_000_000, open(), CheckIn::Institution("school".into()));
    let id = &scheduled.administration.id;
    let file = b"id,name,email\nc-1,Candidate 01,candidate.01@example.org\nc-2,Candidate 02,candidate.02@example.org\n";
    let import = |to| {
        let what = (to, &file[..], Keep::Yes);
        let card = issuer.desk.card();
        invigil_issuer::roster::import(issuer.desk.store(), card, what, "operator", random, shell::now()).unwrap()
    };
    let listed = import(id);
    import(&later.administration.id);
    let mut machines = Vec::new();
    for one in &listed {
        let mut machine = Machine::redeem(&issuer, &one.link).await;
        machine.get_ready();
        let refused = refusal(&issuer, &machine).await;
        assert_eq!(refused.code, "check-in-needed");
        assert_eq!(refused.members["url"], "http://127.0.0.1:8790/sign-in/school");
        machines.push(machine);
    }
    // The second has an address that the school has not verified, so it says nothing of who they are.
    for name in ["candidate-01", "candidate-02"] {
        sign_in::sign_in(&Browser::new(&issuer), name).await;
    }
    machines[0].begin(&issuer).await;
    assert_eq!(refusal(&issuer, &machines[1]).await.code, "check-in-needed");
    let by = |administration| {
        let expected = issuer.desk.store().expected(administration).unwrap();
        expected.into_iter().map(|one| one.checked_in.map(|done| (done.how, done.teller))).collect::<Vec<_>>()
    };
    let done = Some(("institution:school".to_owned(), "c-1".to_owned()));
    assert_eq!(by(id), [done.clone(), None]);
    assert_eq!(by(&later.administration.id), [done, None], "it is less than a day until then");
    // A proctor cannot stand in for the school.
    let proctor = Console::log_in_as(&issuer, "ada", &grants(Role::Proctor, "*")).await;
    let path = format!("sittings/{}/check-in", listed[1].sitting);
    let (_, _, body) = proctor.send(Method::POST, &path, vec![]).await;
    assert_eq!(serde_json::from_slice::<Problem>(&body).unwrap().code, "check-in-not-asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_in_that_nobody_could_do_is_not_scheduled() {
    let issuer = Issuer::new();
    let window = issuer.schedule("one", -1_000, open()).administration.window;
    for (check_in, code) in
        [(CheckIn::Proctor, "check-in-needs-proctor"), (CheckIn::Institution("school".into()), "provider-unknown")]
    {
        let (exam, policy) = ("one".parse().unwrap(), open());
        let wanted = Schedule { exam, window, policy, supervision: Supervision::None, check_in, pack: None };
        let refused = issuer.desk.schedule(wanted, &random(), shell::now()).err();
        assert_eq!(refused.map(|why| why.code()), Some(code));
    }
    for text in ["none", "proctor", "institution:school"] {
        assert_eq!(text.parse::<CheckIn>().unwrap().to_string(), text);
    }
    assert!("institution:".parse::<CheckIn>().is_err() && "camera".parse::<CheckIn>().is_err());
}
