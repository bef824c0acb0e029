//! A sitting that changes devices, evidence that comes in pieces, and hand-in files.

use super::raw::Raw;
use super::support::{Issuer, Machine, device, ok, problem};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use invigil_core::{
    Digest, Moment, Signed, Value,
    envelope::canonical,
    exchange::{BODY_BYTES_MAX, CHUNK_BYTES_MAX, EvidenceState, SEGMENT_RECORDS_MAX, Segment},
    policy::{Pictures, Policy},
    sitting::{Command, Event, Occasion, Picture, Screen},
    submission::{EvidenceRef, Opening, Receipt},
};
use invigil_issuer::{desk, fault::Fault, shell, store::Aside};

pub async fn begun(issuer: &Issuer) -> Machine {
    let scheduled = issuer.schedule("one", -1_000, pictured());
    let admitted = issuer.admit(&scheduled, None);
    let mut machine = Machine::redeem(issuer, &admitted.link).await;
    machine.get_ready();
    machine.begin(issuer).await;
    machine
}

/// Open, with pictures of the screen.
fn pictured() -> Policy {
    let pictures = Pictures { every_ms: 10_000, quota_bytes: 60_000_000, keep_days: 30 };
    Policy { pictures: Some(pictures), ..Policy::preset("open").unwrap() }
}

pub fn picture() -> Picture {
    Picture { monitor: "eDP-1".into(), occasion: Occasion::Interval, unchanged: 0, stretch: 1 }
}

fn move_seat(issuer: &Issuer, machine: &Machine) -> Result<String, Fault> {
    let desk = &issuer.desk;
    desk::move_seat(desk.store(), desk.card(), &machine.admission.sitting, shell::random(), "ada", shell::now())
}

fn hand_in(issuer: &Issuer, file: &[u8]) -> Result<desk::HandedIn, Fault> {
    issuer.desk.hand_in(file, [shell::random(), shell::random()], shell::now())
}

/// The places of the lines beside the log, and whether an answer lies there too.
fn aside(issuer: &Issuer) -> Vec<(u64, bool)> {
    Raw::of(issuer).aside().into_iter().map(|(place, _, answer)| (place, answer)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sitting_goes_on_at_another_computer_and_what_the_first_still_brings_is_kept_beside_it() {
    let issuer = Issuer::new();
    let mut first = begun(&issuer).await;
    first.answer(false);
    let sent = first.lines.len();
    ok(first.send(&issuer, &first.segment(0)).await);
    let link = move_seat(&issuer, &first).unwrap();
    first.act(Command::Leave);
    ok(first.send(&issuer, &first.segment(sent)).await);
    let delivered = first.lines.len();
    let mut second = Machine::take_over(&issuer, &link).await;
    assert_eq!((second.lease.epoch, second.lease.from_seq), (1, delivered as u64));
    // Offline the first goes on: it answers, and hands in.
    first.act(Command::Return);
    first.answer(true);
    first.act(Command::Submit);
    for _ in 0..2 {
        let refused = problem(&first.send(&issuer, &first.segment(delivered)).await);
        assert_eq!((refused.code.as_str(), &refused.members["epoch"]), ("lease-ended", &1.into()));
        assert_eq!(refused.members["kept"], first.lines.len());
    }
    let kept = aside(&issuer);
    assert_eq!(kept.len(), first.lines.len() - delivered, "once each");
    assert_eq!(kept.iter().filter(|(_, answer)| *answer).count(), 2, "with the answers");
    let seen = issuer.desk.sitting(&first.admission.sitting, "ada", shell::now()).unwrap().aside;
    assert_eq!(seen, Aside { late: kept.len() as u64, late_answers: 2, ..Aside::default() }, "a proctor is told");
    for (method, rest) in [(Method::POST, "/start"), (Method::GET, "/records?from=0")] {
        assert_eq!(problem(&first.call(&issuer, method, rest, vec![]).await).code, "lease-ended", "{rest}");
    }
    assert_eq!(problem(&first.submit(&issuer, first.sign(first.submission())).await).code, "lease-ended");
    // The second has the answers that were there, and ends the exam.
    assert_eq!(second.sitting.responses().len(), 2);
    second.act(Command::Return);
    second.answer(true);
    second.act(Command::Submit);
    ok(second.send(&issuer, &second.segment(0)).await);
    ok(second.submit(&issuer, second.sign(second.submission())).await);
    let result = second.status(&issuer).await.result.unwrap();
    assert_eq!(result["passed"], true);
    assert_eq!(move_seat(&issuer, &second).unwrap_err().code(), "seat-stays");
}

/// A machine whose folder was put back. What it writes on is another branch of the log, with two answers at its
/// beginning, `more` records and two answers at its end. Returns where it begins.
async fn forked(issuer: &Issuer, more: usize) -> (Machine, usize) {
    let mut machine = begun(issuer).await;
    let (tail, sitting, common) = (machine.tail.clone(), machine.sitting.clone(), machine.lines.len());
    machine.act(Command::Visit { screen: Screen::Review });
    ok(machine.send(issuer, &machine.segment(0)).await);
    (machine.tail, machine.sitting) = (tail, sitting);
    machine.lines.truncate(common);
    machine.answer(false);
    for n in 0..more {
        let item = machine.sitting.served()[0].clone();
        machine.act(Command::Flag { item, flagged: n % 2 == 0 });
    }
    machine.answer(true);
    (machine, common)
}

#[tokio::test(flavor = "multi_thread")]
async fn another_branch_is_kept_to_its_end_with_its_answers() {
    let issuer = Issuer::new();
    let (machine, common) = forked(&issuer, SEGMENT_RECORDS_MAX).await;
    let end = machine.lines.len();
    let beyond = problem(&machine.send(&issuer, &machine.segment(SEGMENT_RECORDS_MAX)).await);
    assert_eq!(beyond.code, "log-gap", "what goes on from nothing is kept nowhere");
    let mut first = machine.segment(0);
    first.lines.truncate(SEGMENT_RECORDS_MAX);
    // The second segment begins where the stored log has ended already.
    for (segment, kept) in [(first, SEGMENT_RECORDS_MAX), (machine.segment(SEGMENT_RECORDS_MAX), end)] {
        let refused = problem(&machine.send(&issuer, &segment).await);
        assert_eq!((refused.code.as_str(), &refused.members["kept"]), ("log-fork", &kept.into()));
    }
    let kept = aside(&issuer);
    assert_eq!(kept.len(), end - common, "once each");
    assert_eq!(kept.iter().filter(|(_, answer)| *answer).count(), 4, "with the answers");
    let seen = issuer.desk.sitting(&machine.admission.sitting, "ada", shell::now()).unwrap().aside;
    assert_eq!(seen, Aside { forked: kept.len() as u64, forked_answers: 4, ..Aside::default() }, "a proctor is told");

    let issuer = Issuer::new();
    let (machine, common) = forked(&issuer, SEGMENT_RECORDS_MAX).await;
    let file = machine.hand_in(&issuer.desk.card().issuer.recovery.clone(), None, &[]);
    assert_eq!(hand_in(&issuer, &file), Err(Fault::LogFork { seq: common as u64, kept: end as u64 }));
    assert_eq!(aside(&issuer), kept, "a hand-in file brings the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_come_after_their_records_are_kept_too() {
    let issuer = Issuer::new();
    let (machine, common) = forked(&issuer, 0).await;
    let without_answers = Segment { openings: vec![], ..machine.segment(0) };
    assert_eq!(problem(&machine.send(&issuer, &without_answers).await).code, "log-fork");
    let kept = |answers: bool| (common as u64..machine.tail.seq).map(|seq| (seq, answers)).collect::<Vec<_>>();
    assert_eq!(aside(&issuer), kept(false));
    Machine::redeem(&issuer, &move_seat(&issuer, &machine).unwrap()).await;
    let refused = problem(&machine.send(&issuer, &machine.segment(0)).await);
    assert_eq!((refused.code.as_str(), &refused.members["kept"]), ("lease-ended", &machine.lines.len().into()));
    assert_eq!(aside(&issuer), kept(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_called_kept_that_there_is_no_room_for() {
    let issuer = Issuer::new();
    let mut first = begun(&issuer).await;
    ok(first.send(&issuer, &first.segment(0)).await);
    let sent = first.lines.len();
    let link = move_seat(&issuer, &first).unwrap();
    Machine::redeem(&issuer, &link).await;
    first.answer(true);
    Raw::of(&issuer).fill_aside(9_999);
    for from in [sent, sent, 0] {
        let refused = problem(&first.send(&issuer, &first.segment(from)).await);
        assert_eq!((refused.code.as_str(), &refused.members["kept"]), ("lease-ended", &(sent + 1).into()));
    }
    assert_eq!(aside(&issuer), [(sent as u64, true)]);
    let file = first.hand_in(&issuer.desk.card().issuer.recovery.clone(), None, &[]);
    let refused = hand_in(&issuer, &file).unwrap_err();
    assert!(refused.to_string().contains("keep the file"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_given_before_the_hand_in_moves_nothing_after_it() {
    let issuer = Issuer::new();
    let mut first = begun(&issuer).await;
    first.answer(true);
    ok(first.send(&issuer, &first.segment(0)).await);
    let link = move_seat(&issuer, &first).unwrap();
    first.act(Command::Submit);
    ok(first.send(&issuer, &first.segment(0)).await);
    ok(first.submit(&issuer, first.sign(first.submission())).await);
    let body = super::support::redemption(&link, &device(), &first.identity);
    let refused = problem(&issuer.call(Method::POST, "/api/admissions", None, body).await);
    assert_eq!(refused.code, "seat-stays");
    assert!(first.status(&issuer).await.receipt.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_moves_only_by_its_new_link_and_only_once() {
    let issuer = Issuer::new();
    let scheduled = issuer.schedule("one", -1_000, Policy::preset("open").unwrap());
    let admitted = issuer.admit(&scheduled, None);
    let unused = desk::move_seat(
        issuer.desk.store(),
        issuer.desk.card(),
        &admitted.sitting,
        shell::random(),
        "ada",
        shell::now(),
    );
    assert_eq!(unused.unwrap_err().code(), "seat-stays");
    let mut first = Machine::redeem(&issuer, &admitted.link).await;
    first.get_ready();
    first.begin(&issuer).await;
    ok(first.send(&issuer, &first.segment(0)).await);
    let before = move_seat(&issuer, &first).unwrap();
    let link = move_seat(&issuer, &first).unwrap();
    for (link, code) in [(&admitted.link, "code-unknown"), (&before, "code-unknown")] {
        let body = super::support::redemption(link, &device(), &first.identity);
        assert_eq!(problem(&issuer.call(Method::POST, "/api/admissions", None, body).await).code, code);
    }
    let second = Machine::take_over(&issuer, &link).await;
    let body = super::support::redemption(&link, &device(), &first.identity);
    assert_eq!(problem(&issuer.call(Method::POST, "/api/admissions", None, body).await).code, "code-used");
    assert_eq!(second.admission.digest(), first.admission.digest(), "the admission stays what it was");
    assert_eq!(second.admitted.leases[0], first.admitted.leases[0]);
}

pub async fn piece(
    issuer: &Issuer,
    machine: &Machine,
    sha256: &Digest,
    offset: u64,
    bytes: &[u8],
) -> (StatusCode, Vec<u8>) {
    let request = Request::builder()
        .method(Method::PATCH)
        .uri(machine.path(&format!("/evidence/{sha256}")))
        .header(header::AUTHORIZATION, format!("Bearer {}", machine.admitted.token))
        .header("upload-offset", offset)
        .body(Body::from(bytes.to_vec()))
        .unwrap();
    let (status, _, body) = super::support::read(issuer.send(request).await).await;
    (status, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_comes_in_pieces_and_a_receipt_only_when_all_of_it_is_here() {
    let issuer = Issuer::new();
    let mut machine = begun(&issuer).await;
    let sealed: Vec<u8> = (0..CHUNK_BYTES_MAX + 1_000).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let (sha256, size) = (Digest::of(&sealed), sealed.len() as u64);
    assert_eq!(problem(&piece(&issuer, &machine, &sha256, 0, &sealed[..9]).await).code, "evidence-unknown");
    machine.act(Command::Capture { sha256, size, picture: picture() });
    machine.act(Command::Submit);
    ok(machine.send(&issuer, &machine.segment(0)).await);
    let mut submission = machine.submission();
    let withheld = machine.sign(submission.clone());
    assert_eq!(problem(&machine.submit(&issuer, withheld).await).code, "submission-mismatch");
    submission.evidence = vec![EvidenceRef { sha256, size }];
    let bytes = machine.sign(submission.clone());
    let missing = problem(&machine.submit(&issuer, bytes.clone()).await);
    assert_eq!(
        (missing.code.as_str(), &missing.members["digests"][0]),
        ("evidence-missing", &sha256.to_string().into())
    );
    submission.evidence.push(EvidenceRef { sha256: Digest::of("x"), size: 1 });
    let invented = machine.sign(submission);
    assert_eq!(problem(&machine.submit(&issuer, invented).await).code, "submission-mismatch");
    let (first, rest) = sealed.split_at(CHUNK_BYTES_MAX);
    let state = |bytes: Vec<u8>| serde_json::from_slice::<EvidenceState>(&bytes).unwrap();
    assert_eq!(state(ok(piece(&issuer, &machine, &sha256, 0, first).await)).held, CHUNK_BYTES_MAX as u64);
    let elsewhere = problem(&piece(&issuer, &machine, &sha256, 0, first).await);
    assert_eq!((elsewhere.code.as_str(), &elsewhere.members["held"]), ("evidence-offset", &first.len().into()));
    assert_eq!(problem(&piece(&issuer, &machine, &sha256, 0, &sealed).await).code, "body-too-large");
    let asked = machine.call(&issuer, Method::GET, &format!("/evidence/{sha256}"), vec![]).await;
    assert_eq!(state(ok(asked)), EvidenceState { held: first.len() as u64, size });
    assert_eq!(problem(&machine.submit(&issuer, bytes.clone()).await).code, "evidence-missing");
    ok(piece(&issuer, &machine, &sha256, first.len() as u64, rest).await);
    ok(machine.submit(&issuer, bytes).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_evidence_is_said_to_be_lost_and_an_earlier_devices_is_not_asked_for() {
    let issuer = Issuer::new();
    let mut first = begun(&issuer).await;
    first.act(Command::Capture { sha256: Digest::of("first"), size: 5, picture: picture() });
    ok(first.send(&issuer, &first.segment(0)).await);
    let link = move_seat(&issuer, &first).unwrap();
    let mut second = Machine::take_over(&issuer, &link).await;
    let (sha256, size) = (Digest::of("second"), 6);
    second.act(Command::Capture { sha256, size, picture: picture() });
    second.act(Command::Submit);
    ok(second.send(&issuer, &second.segment(0)).await);
    let mut submission = second.submission();
    submission.lost = vec![EvidenceRef { sha256, size: 7 }];
    let wrong = second.sign(submission.clone());
    assert_eq!(problem(&second.submit(&issuer, wrong).await).code, "submission-mismatch");
    submission.lost = vec![EvidenceRef { sha256, size }];
    ok(second.submit(&issuer, second.sign(submission)).await);
    let missing = || issuer.desk.sitting(&second.admission.sitting, "ada", shell::now()).unwrap().missing_evidence;
    assert_eq!(missing(), [Digest::of("first"), sha256], "a proctor sees both");
    ok(piece(&issuer, &first, &Digest::of("first"), 0, b"first").await);
    assert_eq!(missing(), [sha256]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hand_in_file_is_as_good_as_the_network_and_changes_nothing_a_second_time() {
    let issuer = Issuer::new();
    let recipient = issuer.desk.card().issuer.recovery.clone();
    let mut machine = begun(&issuer).await;
    machine.answer(true);
    let (sealed, sha256) = (b"sealed".as_slice(), Digest::of("sealed"));
    machine.act(Command::Capture { sha256, size: 6, picture: picture() });
    let unclosed = hand_in(&issuer, &machine.hand_in(&recipient, None, &[])).unwrap();
    assert_eq!((unclosed.receipt, unclosed.records), (None, machine.tail.seq));
    machine.act(Command::Submit);
    let mut submission = machine.submission();
    submission.evidence = vec![EvidenceRef { sha256, size: 6 }];
    let submission = machine.sign(submission);
    let without = machine.hand_in(&recipient, Some(submission.clone()), &[]);
    assert_eq!(hand_in(&issuer, &without).unwrap_err().code(), "evidence-missing");
    let file = machine.hand_in(&recipient, Some(submission.clone()), &[sealed]);
    let receipt = hand_in(&issuer, &file).unwrap().receipt.unwrap();
    Signed::<Receipt>::open(&receipt, &machine.issuer).unwrap();
    assert_eq!(hand_in(&issuer, &file).unwrap().receipt.unwrap(), receipt);
    ok(machine.send(&issuer, &machine.segment(0)).await);
    assert_eq!(ok(machine.submit(&issuer, submission).await), receipt, "byte for byte");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hand_in_file_that_is_not_its_devices_own_is_refused() {
    let issuer = Issuer::new();
    let recipient = issuer.desk.card().issuer.recovery.clone();
    let mut machine = begun(&issuer).await;
    ok(machine.send(&issuer, &machine.segment(0)).await);
    let stored = machine.lines.len() as u64;
    machine.answer(true);
    let good = machine.hand_in(&recipient, None, &[]);
    let other_issuer = Issuer::new().desk.card().issuer.recovery.clone();
    let honest = std::mem::replace(&mut machine.device, device());
    let forged = machine.hand_in(&recipient, None, &[]);
    machine.device = honest;
    machine.tail.head = Digest::of("x");
    let other_log = machine.hand_in(&recipient, None, &[]);
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 1;
    for (what, file) in [
        ("sealed to another issuer", machine.hand_in(&other_issuer, None, &[])),
        ("signed by another device", forged),
        ("signed for another log", other_log),
        ("a byte changed", flipped),
        ("cut short", good[..good.len() - 1].to_vec()),
        ("nothing", vec![]),
    ] {
        assert_eq!(hand_in(&issuer, &file).unwrap_err().code(), "hand-in-refused", "{what}");
        assert_eq!(machine.status(&issuer).await.log_size, stored, "{what} has changed nothing");
    }
    hand_in(&issuer, &good).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_a_broken_computer_is_opened_and_the_audit_says_so() {
    let issuer = Issuer::new();
    let card = issuer.desk.card().clone();
    let sitting = "sit-1".parse().unwrap();
    let sealed = invigil_content::sealing::to_recipient_armored(&card.issuer.recovery, &[7; 32]).unwrap();
    let key = issuer.desk.recover_key(&sitting, sealed.as_bytes(), "ada", shell::now()).unwrap();
    assert_eq!(key.as_slice(), [7; 32]);
    let foreign = invigil_content::sealing::to_recipient_armored(&card.evidence, &[7; 32]).unwrap();
    assert!(issuer.desk.recover_key(&sitting, foreign.as_bytes(), "ada", shell::now()).is_err());
    assert_eq!(issuer.desk.store().audited("sit-1").unwrap(), 2, "every attempt is written down");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_log_comes_in_parts_that_each_fit_into_an_answer() {
    let issuer = Issuer::new();
    let mut first = begun(&issuer).await;
    ok(first.send(&issuer, &first.segment(0)).await);
    let item = first.sitting.served()[0].clone();
    let content = String::from_utf8(canonical(&Value::text("x".repeat(20_000)))).unwrap();
    while first.lines.len() < 450 {
        let sent = first.lines.len();
        for _ in 0..100 {
            let opening = Opening { seq: first.tail.seq, salt: shell::random(), content: content.clone() };
            let commitment = opening.commitment();
            let revision = first.sitting.responses().get(&item).map_or(1, |response| response.revision + 1);
            let at = Moment { elapsed: first.elapsed, ..first.sitting.last().unwrap() };
            first.write(at, Event::Responded { item: item.clone(), revision, commitment, answered: true });
            first.openings.push(opening);
        }
        ok(first.send(&issuer, &first.segment(sent)).await);
    }
    let link = move_seat(&issuer, &first).unwrap();
    let second = Machine::take_over(&issuer, &link).await;
    assert_eq!((&second.lines[..450], &second.openings), (&first.lines[..450], &first.openings));
    let part = ok(second.call(&issuer, Method::GET, "/records?from=0", vec![]).await);
    assert!((BODY_BYTES_MAX / 2..=BODY_BYTES_MAX).contains(&part.len()), "{}", part.len());
}

#[test]
fn two_segments_at_once_never_take_the_checkpoint_back() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let issuer = Issuer::new();
    let mut machine = runtime.block_on(begun(&issuer));
    for _ in 0..20 {
        machine.answer(true);
    }
    let whole = machine.segment(0);
    let sitting = machine.admission.sitting.clone();
    let sizes = std::thread::scope(|scope| {
        let send = |from: usize, to: usize| {
            let (desk, sitting, whole) = (&issuer.desk, &sitting, &whole);
            let openings =
                whole.openings.iter().filter(|o| (from as u64..to as u64).contains(&o.seq)).cloned().collect();
            let lines = whole.lines[from..to].to_vec();
            let segment = invigil_core::exchange::Segment { from_seq: from as u64, lines, openings, epoch: 0 };
            scope.spawn(move || desk.append(sitting, 0, &segment, shell::now()).is_ok())
        };
        let ends: Vec<usize> = (1..=whole.lines.len()).collect();
        let threads: Vec<_> = ends.iter().rev().chain(&ends).map(|end| send(0, *end)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(sizes.iter().all(|taken| *taken), "what repeats a part of the log is taken");
    let status = runtime.block_on(machine.status(&issuer));
    assert_eq!(status.log_size, whole.lines.len() as u64);
    assert_eq!(status.checkpoint.unwrap()["size"], whole.lines.len());
}
