//! Pictures of screens: who may open one, that it is noted, and when they go.

use super::{
    console::Console,
    devices::{begun, picture, piece},
    support::{Issuer, Machine, ok, problem},
};
use axum::http::{Method, StatusCode, header};
use invigil_content::sealing::{self, Identity};
use invigil_core::{
    Digest,
    policy::Policy,
    sitting::{Command, Event},
    submission::EvidenceRef,
};
use invigil_issuer::shell;

const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 1, 2, 3];
const DAY_MS: u64 = 86_400_000;

/// Keeps a picture that is sealed to this issuer and the device, and sends it.
async fn kept(issuer: &Issuer, machine: &mut Machine, plain: &[u8], to: &str) -> Digest {
    let device = machine.identity.to_public().to_string();
    let sealed = sealing::to_recipients(&[to, &device], plain).unwrap();
    let (sha256, size) = (Digest::of(&sealed), sealed.len() as u64);
    let sent = machine.lines.len();
    machine.act(Command::Capture { sha256, size, picture: picture() });
    ok(machine.send(issuer, &machine.segment(sent)).await);
    ok(piece(issuer, machine, &sha256, 0, &sealed).await);
    assert_eq!(*sealing::open(&machine.identity, &sealed).unwrap(), plain, "its candidate can see it too");
    sha256
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_opened_for_whoever_is_logged_in_and_each_time_is_noted() {
    let issuer = Issuer::new();
    let mut machine = begun(&issuer).await;
    ok(machine.send(&issuer, &machine.segment(0)).await);
    let sitting = machine.admission.sitting.clone();
    let evidence = issuer.desk.card().evidence.clone();
    assert_eq!(machine.admission.evidence_recipient.as_deref(), Some(evidence.as_str()));
    let shown = kept(&issuer, &mut machine, JPEG, &evidence).await;
    let foreign = kept(&issuer, &mut machine, JPEG, &Identity::generate().to_public().to_string()).await;
    let no_picture = kept(&issuer, &mut machine, b"<script>", &evidence).await;
    let absent = Digest::of("absent");
    let before = machine.lines.len();
    machine.act(Command::Capture { sha256: absent, size: 6, picture: picture() });
    ok(machine.send(&issuer, &machine.segment(before)).await);

    let path = |sha256: &Digest| format!("sittings/{sitting}/pictures/{sha256}");
    let stranger = issuer.call(Method::GET, &format!("/api/console/{}", path(&shown)), None, vec![]).await;
    assert_eq!(problem(&stranger).code, "login-needed");
    let console = Console::log_in(&issuer).await;
    let (status, headers, body) = console.send(Method::GET, &path(&shown), vec![]).await;
    assert_eq!(
        (status, &headers[header::CONTENT_TYPE], &*body),
        (StatusCode::OK, &"image/jpeg".parse().unwrap(), JPEG)
    );
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    let subject = |sha256: &Digest| format!("{sitting}/{sha256}");
    assert_eq!(issuer.desk.store().audited(&subject(&shown)).unwrap(), 1);
    let changed = kept(&issuer, &mut machine, JPEG, &evidence).await;
    let forged = sealing::to_recipient(&evidence, JPEG).unwrap();
    let file = issuer.desk.store().folder().join("evidence").join(sitting.as_str()).join(changed.to_string());
    std::fs::write(&file, forged).unwrap();
    for (sha256, code, noted) in [
        (changed, "evidence-mismatch", 0),
        (foreign, "evidence-unreadable", 1),
        (no_picture, "evidence-unreadable", 1),
        (absent, "evidence-missing", 0),
        (Digest::of("not in the log"), "evidence-unknown", 0),
    ] {
        assert_eq!(console.refusal(&path(&sha256)).await, code);
        assert_eq!(issuer.desk.store().audited(&subject(&sha256)).unwrap(), noted, "{code}");
    }
    assert_eq!(console.refusal(&format!("sittings/other/pictures/{shown}")).await, "sitting-unknown");
    assert_eq!(console.refusal(&format!("sittings/{sitting}/pictures/short")).await, "evidence-unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_go_when_their_days_are_over_and_the_result_is_out() {
    let issuer = Issuer::new();
    let mut machine = begun(&issuer).await;
    ok(machine.send(&issuer, &machine.segment(0)).await);
    let sitting = machine.admission.sitting.clone();
    let evidence = issuer.desk.card().evidence.clone();
    let sha256 = kept(&issuer, &mut machine, JPEG, &evidence).await;
    let lapse = |days: u64| issuer.desk.delete_lapsed_pictures(shell::now().plus_ms(days * DAY_MS)).unwrap();
    assert_eq!(lapse(400), 0, "nothing is handed in");
    machine.act(Command::Submit);
    let sent = machine.lines.len() - 1;
    ok(machine.send(&issuer, &machine.segment(sent)).await);
    let mut submission = machine.submission();
    let size = machine.sitting.evidence()[&sha256];
    submission.evidence = vec![EvidenceRef { sha256, size }];
    let bytes = machine.sign(submission);
    let receipt = ok(machine.submit(&issuer, bytes.clone()).await);
    let console = Console::log_in(&issuer).await;
    let path = format!("sittings/{sitting}/pictures/{sha256}");
    assert_eq!(lapse(29), 0);
    assert_eq!(console.send(Method::GET, &path, vec![]).await.0, StatusCode::OK);
    assert_eq!((lapse(31), lapse(31)), (1, 0));
    assert_eq!(console.refusal(&path).await, "evidence-deleted");
    let detail = console.get(&format!("sittings/{sitting}")).await;
    assert_eq!(detail["missingEvidence"], serde_json::json!([]), "it is not missed");
    // What the device says again changes nothing and brings nothing back.
    assert_eq!(ok(machine.submit(&issuer, bytes).await), receipt);
    let held = piece(&issuer, &machine, &sha256, 0, b"again").await;
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&ok(held)).unwrap()["held"], size);
    assert_eq!(console.refusal(&path).await, "evidence-deleted");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_picture_is_taken_that_the_exam_does_not_ask_for_or_has_no_room_for() {
    let issuer = Issuer::new();
    let open = Policy::preset("open").unwrap();
    let captured = |size| Event::Captured { sha256: Digest::of("x"), size, picture: picture() };
    for (pictured, size, why) in [
        (false, 6, "the admission asks for no picture at this point"),
        (true, 60_000_001, "the pictures weigh more than the admission allows"),
        (true, 17 * 1024 * 1024, "the pictures weigh more than the admission allows"),
    ] {
        let mut machine = if pictured {
            begun(&issuer).await
        } else {
            let scheduled = issuer.schedule("one", -1_000, open.clone());
            let mut machine = Machine::redeem(&issuer, &issuer.admit(&scheduled, None).link).await;
            machine.get_ready();
            machine.begin(&issuer).await;
            machine
        };
        ok(machine.send(&issuer, &machine.segment(0)).await);
        let sent = machine.lines.len();
        let at = machine.at();
        machine.write(at, captured(size));
        let refused = problem(&machine.send(&issuer, &machine.segment(sent)).await);
        assert_eq!(refused.code, "log-broken");
        assert!(refused.detail.contains(why), "{}", refused.detail);
    }
}
