//! Agreements: nobody is admitted or starts who has not accepted the present version.

use super::{
    browser::Browser,
    support::{Issuer, Machine, device, ok, problem, programme, redemption},
};
use axum::http::{Method, StatusCode};
use invigil_content::sealing::Identity;
use invigil_core::policy::Policy;
use invigil_issuer::shell;

fn put(issuer: &Issuer, text: &str) -> Option<u32> {
    issuer.desk.store().put_agreement(&"sample".parse().unwrap(), text, "operator", shell::now()).unwrap()
}

async fn accept(issuer: &Issuer, link: &str) -> (StatusCode, String) {
    let browser = Browser::new(issuer);
    let shown = browser.get("/agreements/sample").await;
    let digest = shown.text.split("name=\"digest\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let code = link.rsplit('/').next().unwrap();
    let fields = format!("form={}&digest={digest}&code={code}", shown.form());
    let seen = browser.post("/agreements/sample", &fields).await;
    (seen.status, seen.code().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_admitted_or_starts_before_the_present_version_is_accepted() {
    let issuer = Issuer::new();
    let scheduled = issuer.schedule("one", -1_000, Policy::preset("open").unwrap());
    let link = issuer.admit(&scheduled, None).link;
    assert_eq!(put(&issuer, "Be <b>honest</b>."), Some(1));
    assert_eq!(put(&issuer, "Be <b>honest</b>."), Some(1), "the same text asks nobody again");
    let redeem = async || {
        let body = redemption(&link, &device(), &Identity::generate());
        issuer.call(Method::POST, "/api/admissions", None, body).await
    };
    let needed = problem(&redeem().await);
    assert_eq!((needed.status, needed.code.as_str()), (409, "agreement-needed"));
    assert_eq!(needed.members["url"], "http://127.0.0.1:8790/agreements/sample");
    assert!(needed.detail.contains("http://127.0.0.1:8790/agreements/sample"));
    let shown = Browser::new(&issuer).get("/agreements/sample").await;
    assert!(shown.text.contains("Be &lt;b&gt;honest") && shown.text.contains("Version 1"), "{}", shown.text);

    assert_eq!(accept(&issuer, "invigil://h/00000-00000").await.1, "code-unknown");
    assert_eq!(accept(&issuer, &link).await.0, StatusCode::OK);
    let mut machine = Machine::redeem(&issuer, &link).await;
    machine.get_ready();
    // Another text, between admission and start.
    assert_eq!(put(&issuer, "Be honest, and calm."), Some(2));
    let refused = problem(&machine.call(&issuer, Method::POST, "/start", vec![]).await);
    assert_eq!((refused.code.as_str(), &refused.members["version"]), ("agreement-needed", &2.into()));
    assert_eq!(accept(&issuer, &link).await.0, StatusCode::OK);
    assert_eq!(accept(&issuer, &link).await.0, StatusCode::OK, "once more changes nothing");
    machine.begin(&issuer).await;
    ok(machine.send(&issuer, &machine.segment(0)).await);
    // Whoever has begun is asked for nothing new.
    assert_eq!(put(&issuer, "Third."), Some(3));
    ok(machine.call(&issuer, Method::POST, "/start", vec![]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_text_that_was_shown_is_accepted_and_only_by_its_own_candidates() {
    let issuer = Issuer::new();
    let mut other = programme(&["two"], 0);
    other.id = "another".parse().unwrap();
    issuer.desk.store().put_programme(&other, shell::now()).unwrap();
    let link = issuer.open_link().link;
    put(&issuer, "First.");
    let another = "another".parse().unwrap();
    assert_eq!(issuer.desk.store().put_agreement(&another, "Other.", "operator", shell::now()).unwrap(), Some(1));
    assert_eq!(
        issuer.desk.store().put_agreement(&"none".parse().unwrap(), "x", "operator", shell::now()).unwrap(),
        None
    );
    let browser = Browser::new(&issuer);
    let shown = browser.get("/agreements/sample").await;
    let (form, code) = (shown.form(), link.rsplit('/').next().unwrap());
    let digest = invigil_core::Digest::of("First.");
    let stale = invigil_core::Digest::of("Earlier.");
    let elsewhere = invigil_core::Digest::of("Other.");
    for (path, fields, expected) in [
        ("/agreements/sample", format!("form={form}&digest={stale}&code={code}"), "agreement-changed"),
        ("/agreements/sample", format!("form={form}&digest=x&code={code}"), "agreement-changed"),
        ("/agreements/sample", format!("form={form}&digest={digest}"), "sign-in-needed"),
        ("/agreements/sample", format!("form=0&digest={digest}&code={code}"), "form-expired"),
        ("/agreements/sample", "digest".to_owned(), "bad-request"),
        ("/agreements/another", format!("form={form}&digest={elsewhere}&code={code}"), "code-unknown"),
    ] {
        assert_eq!(browser.post(path, &fields).await.code(), expected, "{fields}");
    }
    for unknown in ["/agreements/none", "/agreements/a%20b"] {
        assert_eq!(browser.get(unknown).await.code(), "agreement-unknown");
    }
    let body = redemption(&link, &device(), &Identity::generate());
    let refused = problem(&issuer.call(Method::POST, "/api/admissions", None, body).await);
    assert_eq!(refused.code, "agreement-needed", "nothing of this was an acceptance");
}
