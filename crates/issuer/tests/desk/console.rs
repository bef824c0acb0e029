//! What proctors see, and what they do not.

use super::raw::Raw;
use super::support::{Issuer, Machine, ok, read};
use axum::{
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use invigil_core::{
    Moment,
    exchange::Problem,
    log::{Record, Tail},
    policy::Policy,
    role::{Grant, Role, Scope},
    sitting::Command,
};
use invigil_issuer::{password, setup, shell, store::Account};
use serde_json::{Value as Json, json};

const PASSWORD: &str = "a long password";

pub struct Console<'a> {
    issuer: &'a Issuer,
    cookie: Option<String>,
}

impl<'a> Console<'a> {
    pub async fn log_in(issuer: &'a Issuer) -> Self {
        Self::log_in_as(issuer, "ada", &[Grant { role: Role::Proctor, scope: Scope::Everywhere }]).await
    }

    /// Somebody with these roles.
    pub async fn log_in_as(issuer: &'a Issuer, name: &str, grants: &[Grant]) -> Self {
        let mut console = Self { issuer, cookie: None };
        let (status, headers, _) = console.try_as(name, grants).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        let cookie = headers[header::SET_COOKIE].to_str().unwrap();
        for attribute in ["HttpOnly", "SameSite=Strict", "Path=/api/console", "Max-Age=28800"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        console.cookie = cookie.split(';').next().map(str::to_owned);
        console
    }

    /// How somebody with these roles is refused.
    pub async fn refused(issuer: &'a Issuer, name: &str, grants: &[Grant]) -> (StatusCode, String) {
        let (status, headers, body) = Self { issuer, cookie: None }.try_as(name, grants).await;
        assert!(!headers.contains_key(header::SET_COOKIE));
        (status, serde_json::from_slice::<Problem>(&body).unwrap().code)
    }

    async fn try_as(&self, name: &str, grants: &[Grant]) -> (StatusCode, HeaderMap, Vec<u8>) {
        let account = Account {
            name: name.to_owned(),
            person: setup::new_person(shell::random()).unwrap(),
            grants: grants.to_vec(),
            password: password::hash(PASSWORD).unwrap(),
        };
        assert!(self.issuer.desk.store().put_account(&account, shell::now()).unwrap());
        self.post("login", json!({"name": name, "password": PASSWORD})).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Vec<u8>) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut request = Request::builder().method(method).uri(format!("/api/console/{path}"));
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, format!("other=1; {cookie}"));
        }
        read(self.issuer.send(request.body(Body::from(body)).unwrap()).await).await
    }

    async fn post(&self, path: &str, body: Json) -> (StatusCode, HeaderMap, Vec<u8>) {
        self.send(Method::POST, path, body.to_string().into_bytes()).await
    }

    pub async fn get(&self, path: &str) -> Json {
        let (status, _, body) = self.send(Method::GET, path, vec![]).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        serde_json::from_slice(&body).unwrap()
    }

    pub async fn refusal(&self, path: &str) -> String {
        let (_, headers, body) = self.send(Method::GET, path, vec![]).await;
        assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
        serde_json::from_slice::<Problem>(&body).unwrap().code
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_lasts_until_it_is_ended_and_opens_only_with_the_right_words() {
    let issuer = Issuer::new();
    let stranger = Console { issuer: &issuer, cookie: Some("invigil_login=00".into()) };
    for path in ["me", "sittings", "sittings/sit-1"] {
        assert_eq!(stranger.refusal(path).await, "login-needed", "{path}");
    }
    let console = Console::log_in(&issuer).await;
    assert_eq!(console.get("me").await, json!({"name": "ada", "role": "proctor"}));
    for (name, password) in [("ada", "another"), ("eve", PASSWORD), ("", "")] {
        let (status, _, body) = stranger.post("login", json!({"name": name, "password": password})).await;
        let code = serde_json::from_slice::<Problem>(&body).unwrap().code;
        assert_eq!((status, code.as_str()), (StatusCode::UNAUTHORIZED, "login-failed"), "{name}");
    }
    assert_eq!(console.refusal("sittings/sit-nobody").await, "sitting-unknown");
    assert_eq!(console.post("logout", json!(null)).await.0, StatusCode::NO_CONTENT);
    assert_eq!(console.refusal("me").await, "login-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_account_is_logged_out() {
    let issuer = Issuer::new();
    let console = Console::log_in(&issuer).await;
    assert!(issuer.desk.store().remove_account("ada").unwrap());
    assert_eq!(console.refusal("me").await, "login-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sitting_is_followed_from_admission_to_result() {
    let issuer = Issuer::new();
    let console = Console::log_in(&issuer).await;
    let admitted = issuer.open_link();
    let row = async || console.get("sittings").await["sittings"][0].clone();
    let seen = row().await;
    assert_eq!((&seen["phase"], &seen["logSize"], &seen["of"]), (&json!("admitted"), &json!(0), &json!(2)));
    assert_eq!(seen["candidate"]["name"], "Test Candidate");

    let mut machine = Machine::redeem(&issuer, &admitted.link).await;
    machine.get_ready();
    machine.begin(&issuer).await;
    machine.answer(true);
    ok(machine.send(&issuer, &machine.segment(0)).await);
    let seen = row().await;
    for (member, expected) in [
        ("phase", json!("underway")),
        ("level", json!("L1")),
        ("answered", json!(2)),
        ("of", json!(2)),
        ("logSize", json!(machine.lines.len())),
        ("verdict", json!({"kind": "proven", "text": "proven"})),
        ("result", Json::Null),
        ("closing", Json::Null),
        ("flagged", json!(false)),
        ("supervision", json!("in-the-room")),
    ] {
        assert_eq!(seen[member], expected, "{member}");
    }
    let left = seen["remainingMs"].as_u64().unwrap();
    assert!((29 * 60_000..=30 * 60_000).contains(&left), "{left}");

    machine.act(Command::Submit);
    ok(machine.send(&issuer, &machine.segment(0)).await);
    ok(machine.submit(&issuer, machine.sign(machine.submission())).await);
    let seen = row().await;
    assert_eq!(
        (&seen["phase"], &seen["closing"], &seen["result"]),
        (&json!("closed"), &json!("submitted"), &json!("passed"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sitting_in_full_holds_verified_records_and_no_answer() {
    let issuer = Issuer::new();
    let console = Console::log_in(&issuer).await;
    let scheduled = issuer.schedule("one", -1_000, Policy::preset("strict").unwrap());
    let mut machine = Machine::redeem(&issuer, &issuer.admit(&scheduled, None).link).await;
    let path = format!("sittings/{}", machine.admission.sitting);
    let submission = machine.finish(&issuer, true).await;
    ok(machine.submit(&issuer, submission).await);
    let detail = console.get(&path).await;
    assert_eq!(detail["sitting"]["result"], "under-review");
    assert_eq!(detail["admission"]["assuranceMin"], "L1");
    assert_eq!(detail["admission"]["policy"]["name"], "strict");
    assert_eq!(detail["log"], json!({"size": machine.tail.seq, "head": machine.tail.head}));
    let code =
        invigil_core::checkpoint::PaperCode::of(&machine.admission.sitting, machine.tail.seq, &machine.tail.head);
    assert_eq!(detail["paperCode"], code.to_string());
    assert_eq!(detail["checkpoints"], 1);
    let records = detail["records"].as_array().unwrap();
    assert_eq!(records.len(), machine.lines.len());
    for (record, line) in records.iter().zip(&machine.lines) {
        let line: Json = serde_json::from_str(line).unwrap();
        assert_eq!(
            (&record["seq"], &record["kind"], &record["by"]),
            (&line["seq"], &line["event"]["kind"], &line["by"])
        );
    }
    let text = detail.to_string();
    assert!(!text.to_lowercase().contains("kubectl"), "answers stay with the issuer");
    assert_eq!(issuer.desk.store().audited(machine.admission.sitting.as_str()).unwrap(), 1, "the read is audited");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_was_changed_is_shown_as_broken_from_there() {
    let issuer = Issuer::new();
    let console = Console::log_in(&issuer).await;
    let mut machine = Machine::redeem(&issuer, &issuer.open_link().link).await;
    machine.get_ready();
    machine.begin(&issuer).await;
    ok(machine.send(&issuer, &machine.segment(0)).await);
    let mut database = Raw::of(&issuer);
    database.unguard();
    database.change_line(machine.admission.sitting.as_str(), 2, b"\0");
    let detail = console.get(&format!("sittings/{}", machine.admission.sitting)).await;
    assert_eq!(
        (&detail["sitting"]["verdict"]["kind"], &detail["sitting"]["verdict"]["seq"]),
        (&json!("broken"), &json!(2))
    );
    assert_eq!(detail["records"].as_array().map(Vec::len), Some(1), "nor the one that nothing vouches for");
}

/// CVE-2023-31437 (journald): entries were shown that no seal covered. A stored log that was written anew, consistent in
/// itself and as long as before, shows nothing that no signed checkpoint vouches for.
#[tokio::test(flavor = "multi_thread")]
async fn cve_2023_31437_the_console_shows_what_is_verified() {
    let mut issuer = Issuer::new();
    let mut machine = Machine::redeem(&issuer, &issuer.open_link().link).await;
    machine.get_ready();
    ok(machine.send(&issuer, &machine.segment(0)).await);
    let first = machine.lines.len();
    machine.begin(&issuer).await;
    ok(machine.send(&issuer, &machine.segment(first)).await);
    let id = machine.admission.sitting.as_str();
    let mut database = Raw::of(&issuer);
    database.unguard();
    for written_anew_from in [first, 0] {
        let mut forged = Tail::start(machine.admission.sitting.clone(), 0, machine.admission.digest());
        for (seq, line) in machine.lines.iter().enumerate() {
            let line = format!("{line}\n");
            if seq < written_anew_from {
                forged.follow(line.as_bytes()).unwrap();
                continue;
            }
            let record = Record::parse(line.as_bytes()).unwrap();
            let at = Moment { wall: record.at.wall.plus_ms(1), ..record.at };
            let (record, line) = forged.append(at, record.by, record.event);
            database.change_line(id, record.seq, &line);
        }
        issuer.restart();
        let detail = issuer.desk.sitting(&machine.admission.sitting, "ada", shell::now()).unwrap();
        let detail = serde_json::to_value(detail).unwrap();
        let verdict = &detail["sitting"]["verdict"];
        assert_eq!((&verdict["kind"], &verdict["seq"]), (&json!("broken"), &json!(written_anew_from)));
        assert_eq!(detail["records"].as_array().map(Vec::len), Some(written_anew_from));
        assert_eq!(detail["sitting"]["logSize"], json!(written_anew_from));
        for (member, nothing) in [("answered", json!(0)), ("began", Json::Null)] {
            assert_eq!(detail["sitting"][member], nothing, "{member}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_damaged_sitting_does_not_hide_the_others() {
    let issuer = Issuer::new();
    let console = Console::log_in(&issuer).await;
    let whole = Machine::redeem(&issuer, &issuer.open_link().link).await;
    let damaged = Machine::redeem(&issuer, &issuer.open_link().link).await;
    let mut database = Raw::of(&issuer);
    let id = damaged.admission.sitting.as_str();
    database.change_admission(id, "Test", "Best");
    // The exam has gone from its programme too; what was admitted keeps its titles.
    database.change_programmes("\"one\"", "\"gone\"");
    let sittings = console.get("sittings").await["sittings"].clone();
    for (row, sitting, kind, title) in [
        (&sittings[0], &damaged.admission.sitting, "broken", ""),
        (&sittings[1], &whole.admission.sitting, "unanchored", "Exam one"),
    ] {
        assert_eq!((&row["id"], &row["verdict"]["kind"]), (&json!(sitting), &json!(kind)));
        assert_eq!(row["exam"], json!({"id": "one", "title": title}));
    }
    assert_eq!(console.get(&format!("sittings/{id}")).await["admission"], Json::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_page_may_load_nothing_from_elsewhere() {
    let mut issuer = Issuer::new();
    let ui = tempfile::tempdir().unwrap();
    std::fs::write(ui.path().join("index.html"), "<!doctype html>").unwrap();
    std::fs::write(ui.path().join("app.js"), "1").unwrap();
    let router = invigil_issuer::http::router(issuer.desk.clone(), Some(ui.path().to_owned()));
    issuer.router = router;
    let get = async |path: &str| {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let (status, headers, _) = read(issuer.send(request).await).await;
        (status, headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap().to_owned()), headers)
    };
    for (path, status, kind) in [
        ("/console/", 200, "text/html; charset=utf-8"),
        ("/console/sittings/sit-1", 200, "text/html; charset=utf-8"),
        ("/console/app.js", 200, "text/javascript; charset=utf-8"),
        ("/console/missing.js", 404, "application/problem+json"),
        ("/console/../issuer.db", 404, "application/problem+json"),
        ("/console/%2e%2e/issuer.db", 404, "application/problem+json"),
    ] {
        let (found, content, headers) = get(path).await;
        assert_eq!((found.as_u16(), content.as_deref()), (status, Some(kind)), "{path}");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}
