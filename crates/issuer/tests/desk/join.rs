//! Joining by an invitation: once, in time, and from the page that asked.

use super::{browser::Browser, support::Issuer};
use axum::http::StatusCode;
use invigil_core::{Wall, code::Code, role::Role};
use invigil_issuer::{shell, store::NewInvitation};

fn invite(issuer: &Issuer, email: &str, ends_in_ms: i64) -> String {
    let code = Code::new(shell::random());
    let new = NewInvitation {
        code: code.digest(),
        programme: "sample".parse().unwrap(),
        email: email.parse().unwrap(),
        ends: Wall::from_unix_ms(shell::now().unix_ms() + ends_in_ms),
    };
    assert!(issuer.desk.store().put_invitation(&new, "operator", shell::now()).unwrap());
    format!("/join/{code}")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_registers_a_person_once_and_signs_them_in() {
    let issuer = Issuer::new();
    let link = invite(&issuer, "candidate.01@example.org", 60_000);
    let browser = Browser::new(&issuer);
    assert_eq!(browser.get("/account").await.code(), "sign-in-needed");
    // Programs that check links only look.
    for _ in 0..3 {
        let seen = browser.get(&link).await;
        assert!(seen.status == StatusCode::OK && seen.text.contains("candidate.01@example.org"), "{}", seen.text);
    }
    let form = browser.get(&link).await.form();
    let answer = browser.post(&link, &format!("form={form}&name=%3Cb%3ECandidate+01")).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/account"), "{}", answer.text);
    let account = browser.get("/account").await;
    assert!(account.text.contains("&lt;b&gt;Candidate 01") && account.text.contains("candidate in sample"));
    assert!(!account.text.contains("<b>Candidate"), "a name is text");
    assert_eq!(browser.get(&link).await.code(), "invitation-used");
    let second = Browser::new(&issuer);
    let form = second.get(&invite(&issuer, "b@example.org", 60_000)).await.form();
    assert_eq!(second.post(&link, &format!("form={form}&name=Eve")).await.code(), "invitation-used");
    assert_eq!(second.get("/account").await.code(), "sign-in-needed");

    let form = account.form();
    assert_eq!(browser.post("/sign-out", &format!("form={form}")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get("/account").await.code(), "sign-in-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_invitation_to_the_same_address_finds_the_same_person_and_never_a_role() {
    let issuer = Issuer::new();
    let identifier = async |email: &str| {
        let link = invite(&issuer, email, 60_000);
        let browser = Browser::new(&issuer);
        let form = browser.get(&link).await.form();
        browser.post(&link, &format!("form={form}&name=Test+Candidate")).await;
        let account = browser.get("/account").await.text;
        account.split("<dt>Identifier</dt><dd>").nth(1).unwrap().split('<').next().unwrap().to_owned()
    };
    let first = identifier("candidate.01@example.org").await;
    assert_eq!(identifier("Candidate.01@EXAMPLE.org").await, first);
    assert_ne!(identifier("candidate.02@example.org").await, first);
    let grant = invigil_core::role::Grant { role: Role::Proctor, scope: "sample".parse().unwrap() };
    assert!(issuer.desk.store().grant(&first.parse().unwrap(), &grant, "operator", shell::now()).unwrap());
    assert_ne!(identifier("candidate.01@example.org").await, first, "an address opens no proctor's session");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_refused_when_it_is_unknown_or_late_or_its_form_is_not_ours() {
    let issuer = Issuer::new();
    let browser = Browser::new(&issuer);
    let good = invite(&issuer, "a@example.org", 60_000);
    let late = invite(&issuer, "b@example.org", -1);
    let form = browser.get(&good).await.form();
    let other = Browser::new(&issuer).get(&good).await.form();
    for (path, fields, status, code) in [
        (&late, format!("form={form}&name=A"), 410, "invitation-expired"),
        (&"/join/00000-00000".to_owned(), format!("form={form}&name=A"), 404, "invitation-unknown"),
        (&"/join/short".to_owned(), format!("form={form}&name=A"), 404, "invitation-unknown"),
        (&good, format!("form={other}&name=A"), 403, "form-expired"),
        (&good, "name=A".to_owned(), 400, "bad-request"),
        (&good, format!("form={form}&name="), 400, "bad-request"),
        (&good, format!("form={form}&name=%ff%fe"), 400, "bad-request"),
        (&good, format!("form={form}&name=A%0AB"), 400, "bad-request"),
    ] {
        let seen = browser.post(path, &fields).await;
        assert_eq!((seen.status.as_u16(), seen.code()), (status, code), "{path} {fields}");
    }
    // A browser that never saw a page has no form at all.
    let stranger = Browser::new(&issuer).post(&good, &format!("form={form}&name=A")).await;
    assert_eq!(stranger.code(), "form-expired");
    assert_eq!(browser.post("/sign-out", "form=1").await.code(), "form-expired");
    let joined = browser.post(&good, &format!("form={form}&name=A")).await;
    assert_eq!(joined.status, StatusCode::SEE_OTHER, "nothing of this has used it");
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_cannot_be_guessed_in_a_row() {
    let issuer = Issuer::new();
    let browser = Browser::new(&issuer);
    let mut codes = Vec::new();
    for _ in 0..30 {
        codes.push(browser.get("/join/00000-00000").await.code().to_owned());
    }
    assert_eq!((codes[0].as_str(), codes[29].as_str()), ("invitation-unknown", "too-many-attempts"));
}
