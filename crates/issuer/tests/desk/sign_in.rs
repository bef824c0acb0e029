//! Signing in by OpenID Connect, against a provider that others have written.

use super::{
    browser::{Browser, Seen},
    provider::{Provider, shared, sign_in_at},
    support::Issuer,
};
use axum::http::StatusCode;
use invigil_content::sealing;
use invigil_core::{
    Wall,
    person::Email,
    role::{Grant, Role},
};
use invigil_issuer::{
    setup::new_person,
    shell,
    store::{KnownProvider, NewInvitation},
};

pub fn add(issuer: &Issuer, id: &str, address: &str, trusts_email: bool) {
    let secret = sealing::to_recipient(&issuer.desk.card().store, b"a secret of the tests").unwrap();
    let provider = KnownProvider {
        id: id.into(),
        issuer: address.into(),
        client: "invigil".into(),
        secret: Some(secret),
        scopes: "profile email".into(),
        name_claim: "name".into(),
        organisation: "sample".into(),
        trusts_email,
    };
    assert!(issuer.desk.store().put_provider(&provider, "operator", shell::now()).unwrap());
}

fn school(issuer: &Issuer) {
    add(issuer, "school", &shared().address, false);
}

/// Begins in a browser, and signs in at the provider; the way back.
async fn away(browser: &Browser<'_>, name: &str, page: &str) -> String {
    let sent = browser.get(&format!("/sign-in/school?return={page}")).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    sign_in_at(sent.location(), name).await
}

pub async fn sign_in(browser: &Browser<'_>, name: &str) -> Seen {
    let back = away(browser, name, "/account").await;
    browser.get(&back).await
}

fn identifier(account: &Seen) -> String {
    let rest = account.text.split("<dt>Identifier</dt><dd>").nth(1).unwrap_or_else(|| panic!("{}", account.text));
    rest.split('<').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_in_first_is_registered_and_known_the_next_time() {
    let issuer = Issuer::new();
    school(&issuer);
    let browser = Browser::new(&issuer);
    assert!(browser.get("/sign-in?return=//example.org").await.text.contains("/sign-in/school?return=%2Faccount"));
    let back = sign_in(&browser, "candidate-01").await;
    assert_eq!((back.status, back.location()), (StatusCode::SEE_OTHER, "/account"), "{}", back.text);
    let first = browser.get("/account").await;
    assert!(first.text.contains("Candidate 01") && first.text.contains("candidate in sample"), "{}", first.text);
    assert!(first.text.contains("candidate.01@example.org"));
    let again = Browser::new(&issuer);
    sign_in(&again, "candidate-01").await;
    assert_eq!(identifier(&again.get("/account").await), identifier(&first));
    let other = Browser::new(&issuer);
    sign_in(&other, "candidate-02").await;
    let second = other.get("/account").await;
    assert_ne!(identifier(&second), identifier(&first));
    assert!(!second.text.contains("@example.org"), "an address that nobody has verified is not kept");
    assert_eq!(issuer.desk.store().audited(&identifier(&first)).unwrap(), 1, "that they were registered is noted");

    // A provider that is gone takes its sessions along.
    assert!(issuer.desk.store().remove_provider("school", "operator", shell::now()).unwrap());
    assert_eq!(browser.get("/account").await.code(), "sign-in-needed");
    assert_eq!(browser.get("/sign-in/school").await.code(), "provider-unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proctor_opens_the_console_with_the_sign_in_and_a_candidate_does_not() {
    let issuer = Issuer::new();
    school(&issuer);
    let browser = Browser::new(&issuer);
    sign_in(&browser, "candidate-01").await;
    let account = browser.get("/account").await;
    assert!(!account.text.contains("/account/console"));
    let open = format!("form={}", account.form());
    assert_eq!(browser.post("/account/console", &open).await.code(), "not-allowed");
    assert_eq!(browser.post("/account/console", "form=1").await.code(), "form-expired");
    assert!(!browser.cookies.borrow().contains_key("invigil_login"));
    let grant = Grant { role: Role::Proctor, scope: "sample".parse().unwrap() };
    let person = identifier(&account).parse().unwrap();
    assert!(issuer.desk.store().grant(&person, &grant, "operator", shell::now()).unwrap());
    let opened = browser.post("/account/console", &open).await;
    assert_eq!((opened.status, opened.location()), (StatusCode::SEE_OTHER, "/console/"));
    let me = browser.get("/api/console/me").await;
    assert_eq!(me.text, r#"{"name":"Candidate 01","role":"proctor"}"#);
    // The pages' own cookie opens no console.
    browser.cookies.borrow_mut().remove("invigil_login");
    assert!(browser.get("/api/console/me").await.text.contains("login-needed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_of_this_sign_in_is_refused() {
    let issuer = Issuer::new();
    school(&issuer);
    for name in ["other-nonce", "no-nonce", "expired", "other-audience", "other-issuer", "other-key"] {
        let browser = Browser::new(&issuer);
        let seen = sign_in(&browser, name).await;
        assert_eq!((seen.status, seen.code()), (StatusCode::FORBIDDEN, "sign-in-refused"), "{name}");
        assert_eq!(browser.get("/account").await.code(), "sign-in-needed", "{name}");
    }
    assert_eq!(issuer.desk.store().people(100).unwrap().len(), 0, "and nobody was registered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_ends_once_and_where_it_began() {
    let issuer = Issuer::new();
    school(&issuer);
    let browser = Browser::new(&issuer);
    let back = away(&browser, "candidate-01", "/account").await;
    let changed = |part: &str, to: &str| {
        let (path, query) = back.split_once('?').unwrap();
        let one = |pair: &str| if pair.starts_with(part) { format!("{part}{to}") } else { pair.to_owned() };
        format!("{path}?{}", query.split('&').map(one).collect::<Vec<_>>().join("&"))
    };
    for (path, code) in [
        (changed("state=", "0000"), "sign-in-expired"),
        (changed("state=", ""), "sign-in-expired"),
        (changed("state=", "%ff"), "sign-in-expired"),
        (back.replace("/school/", "/other/"), "provider-unknown"),
    ] {
        assert_eq!(browser.get(&path).await.code(), code, "{path}");
    }
    // Somebody else's browser: the victim of a link that an attacker has made.
    let victim = Browser::new(&issuer);
    victim.get("/sign-in").await;
    let other = away(&Browser::new(&issuer), "candidate-02", "/account").await;
    assert_eq!(victim.get(&other).await.code(), "sign-in-expired");
    assert_eq!(victim.get("/account").await.code(), "sign-in-needed");

    assert_eq!(browser.get(&back).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get(&back).await.code(), "sign-in-expired", "the same answer again");
    // The code again, with a state of a new sign-in: the provider has noticed.
    let fresh = browser.get("/sign-in/school").await;
    let state = fresh.location().split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    assert_eq!(browser.get(&changed("state=", &state)).await.code(), "sign-in-refused");
    // A code that was given to another sign-in of the same provider lacks this one's verifier.
    let mine = browser.get("/sign-in/school").await;
    let mine = mine.location().split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let theirs = away(&Browser::new(&issuer), "candidate-02", "/account").await;
    let code = theirs.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let injected = format!("/sign-in/school/callback?state={mine}&code={code}");
    assert_eq!(browser.get(&injected).await.code(), "sign-in-refused");
    let refused = browser.get("/sign-in/school").await;
    let state = refused.location().split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let denied = format!("/sign-in/school/callback?state={state}&error=access_denied");
    assert_eq!(browser.get(&denied).await.code(), "sign-in-refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_to_another_site_afterwards() {
    let issuer = Issuer::new();
    school(&issuer);
    for (page, expected) in [
        ("https%3A%2F%2Fexample.org", "/account"),
        ("%2F%2Fexample.org", "/account"),
        ("%2Fagreements%2Fsample", "/agreements/sample"),
    ] {
        let browser = Browser::new(&issuer);
        let back = away(&browser, "candidate-01", page).await;
        assert_eq!(browser.get(&back).await.location(), expected, "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_away_is_said_to_be_away() {
    let issuer = Issuer::new();
    add(&issuer, "gone", "http://127.0.0.1:9", false);
    let browser = Browser::new(&issuer);
    let seen = browser.get("/sign-in/gone").await;
    assert_eq!((seen.status, seen.code()), (StatusCode::SERVICE_UNAVAILABLE, "provider-away"));
    // It goes away while somebody is there.
    let provider = tokio::task::block_in_place(Provider::start);
    add(&issuer, "school", &provider.address, false);
    let back = away(&browser, "candidate-01", "/account").await;
    tokio::task::block_in_place(|| provider.stop());
    assert_eq!(browser.get(&back).await.code(), "provider-away");
    assert_eq!(browser.get("/account").await.code(), "sign-in-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verified_address_says_who_a_candidate_is_only_where_it_is_trusted() {
    for (trusted, linked) in [(true, true), (false, false)] {
        let issuer = Issuer::new();
        add(&issuer, "school", &shared().address, trusted);
        let store = issuer.desk.store();
        let email: Email = "candidate.01@example.org".parse().unwrap();
        let code = invigil_core::code::Code::new(shell::random()).digest();
        let ends = Wall::from_unix_ms(shell::now().unix_ms() + 60_000);
        let new = NewInvitation { code, programme: "sample".parse().unwrap(), email: email.clone(), ends };
        assert!(store.put_invitation(&new, "operator", shell::now()).unwrap());
        let listed = invigil_issuer::store::Person {
            id: new_person(shell::random()).unwrap(),
            name: "As the roster says".into(),
            email: Some(email.to_string()),
            created: shell::now(),
        };
        let session = invigil_issuer::store::NewSession { token: code, ends };
        issuer.desk.join(&code, &listed, &session, shell::now()).unwrap();
        let browser = Browser::new(&issuer);
        sign_in(&browser, "candidate-01").await;
        let found = identifier(&browser.get("/account").await);
        assert_eq!(found == listed.id.as_str(), linked, "trusted: {trusted}");
    }
}
