//! A candidate's whole way through the service, played with the domain alone.

use super::support::{Issuer, Machine, exam, ok, problem, programme};
use axum::http::{Method, StatusCode};
use invigil_core::{
    Digest, Signed, Wall,
    admission::Start,
    checkpoint::Checkpoint,
    exchange::CandidateStanding,
    form::Form,
    grading::ExamResult,
    programme::ExamState,
    sitting::{Command, Event},
    submission::Receipt,
};
use invigil_issuer::{desk::SittingView, shell};

#[tokio::test(flavor = "multi_thread")]
async fn from_the_link_to_the_credential() {
    let issuer = Issuer::new();
    let mut credential = None;
    let mut candidate = None;
    for (name, last) in [("one", false), ("two", true)] {
        let scheduled = issuer.schedule(name, -1_000, invigil_core::policy::Policy::preset("open").unwrap());
        let admitted = issuer.admit(&scheduled, candidate.as_deref());
        candidate = Some(admitted.candidate.id.to_string());
        let mut machine = Machine::redeem(&issuer, &admitted.link).await;
        let pack =
            ok(issuer.call(Method::GET, &format!("/api/packs/{}", machine.admission.pack.digest), None, vec![]).await);
        assert_eq!(Digest::of(&pack), machine.admission.pack.digest);
        let submission = machine.finish(&issuer, true).await;
        let bytes = ok(machine.submit(&issuer, submission.clone()).await);
        let receipt = Signed::<Receipt>::open(&bytes, &machine.issuer).unwrap();
        assert_eq!(receipt.submission, Digest::of(&submission));
        let status = machine.status(&issuer).await;
        let result = status.result.unwrap().to_string();
        let result = Signed::<ExamResult>::open(result.as_bytes(), &machine.issuer).unwrap();
        assert!(result.passed && (result.score.given, result.score.of) == (4, 4));
        let areas: Vec<_> = result.competencies.iter().map(|c| (c.id.as_str(), c.score.given, c.score.of)).collect();
        assert_eq!(areas, [("choosing", 1, 1), ("writing", 3, 3)]);
        assert_eq!(status.credential.is_some(), last, "a credential follows from the last exam only");
        credential = status.credential;
    }
    let link = credential.unwrap();
    let path = link.url.strip_prefix("http://127.0.0.1:8790").unwrap();
    let published = ok(issuer.call(Method::GET, path, None, vec![]).await);
    assert_eq!(ok(issuer.call(Method::GET, &format!("/api{path}"), None, vec![]).await), published);
    let card = issuer.desk.card();
    let summary = invigil_credential::verify(&published, &card.credential, link.valid_from).unwrap();
    assert!(summary.is_about("Test Candidate") && summary.title == "First Steps");
    assert_eq!(invigil_credential::months_after(summary.valid_from, 24), summary.valid_until);
    let signatory = invigil_credential::signatory(&published).unwrap();
    let did = ok(issuer.call(Method::GET, "/.well-known/did.json", None, vec![]).await);
    let did = invigil_credential::DidDocument::read(&did, &signatory.issuer).unwrap();
    assert_eq!(did.key(&signatory), Ok(card.credential));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_exam_uses_a_try_and_the_next_one_serves_anew() {
    let issuer = Issuer::new();
    let scheduled = issuer.schedule("one", -1_000, invigil_core::policy::Policy::preset("open").unwrap());
    let admitted = issuer.admit(&scheduled, None);
    let mut machine = Machine::redeem(&issuer, &admitted.link).await;
    let submission = machine.finish(&issuer, false).await;
    ok(machine.submit(&issuer, submission).await);
    let status = machine.status(&issuer).await;
    assert_eq!((status.result.unwrap()["passed"].as_bool(), status.credential), (Some(false), None));
    let body = ok(issuer.call(Method::GET, "/api/standing", Some(&machine.admitted.token), vec![]).await);
    let standing: CandidateStanding = serde_json::from_slice(&body).unwrap();
    let standing = standing.programmes[0].tracks[0].certifications[0].standing.clone().unwrap();
    assert_eq!((standing.exams[0].tries_used, standing.exams[0].state), (1, ExamState::Open));
    let again = issuer.admit(&scheduled, Some(admitted.candidate.id.as_str()));
    let second = Machine::redeem(&issuer, &again.link).await;
    assert_eq!((second.admission.try_number, second.admission.draw.set), (2, 1));
    assert_ne!(second.admission.draw.seed, machine.admission.draw.seed);
}

#[tokio::test(flavor = "multi_thread")]
async fn results_wait_for_a_person_where_the_policy_says_so() {
    let issuer = Issuer::new();
    let scheduled = issuer.schedule("one", -1_000, invigil_core::policy::Policy::preset("strict").unwrap());
    let mut machine = Machine::redeem(&issuer, &issuer.admit(&scheduled, None).link).await;
    let submission = machine.finish(&issuer, true).await;
    ok(machine.submit(&issuer, submission).await);
    let status = machine.status(&issuer).await;
    assert!(status.under_review && status.result.is_none() && status.credential.is_none());
    assert!(status.receipt.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_between_any_two_steps_changes_no_answer() {
    let mut issuer = Issuer::new();
    let admitted = issuer.open_link();
    let mut machine = Machine::redeem(&issuer, &admitted.link).await;
    let again = super::support::redemption(&admitted.link, &machine.device, &machine.identity);
    issuer.restart();
    let body = ok(issuer.call(Method::POST, "/api/admissions", None, again).await);
    let repeated: invigil_core::exchange::Admitted = serde_json::from_slice(&body).unwrap();
    assert_eq!(repeated.admission, machine.admitted.admission);
    assert_eq!(repeated.leases, machine.admitted.leases);
    assert_ne!(repeated.token, machine.admitted.token, "the token is fresh");
    machine.admitted = repeated;

    machine.get_ready();
    let start = machine.begin(&issuer).await;
    issuer.restart();
    let first = ok(machine.send(&issuer, &machine.segment(0)).await);
    assert_eq!(ok(machine.call(&issuer, Method::POST, "/start", vec![]).await), start, "begun, so the start stays");
    issuer.restart();
    assert_eq!(ok(machine.send(&issuer, &machine.segment(0)).await), first, "a repeated segment, the same checkpoint");

    machine.answer(true);
    machine.act(Command::Submit);
    let from = machine.status(&issuer).await.log_size;
    issuer.restart();
    let checkpoint = ok(machine.send(&issuer, &machine.segment(usize::try_from(from).unwrap())).await);
    let checkpoint = Signed::<Checkpoint>::open(&checkpoint, &machine.issuer).unwrap();
    assert_eq!((checkpoint.size, checkpoint.head), (machine.tail.seq, machine.tail.head));

    let submission = machine.sign(machine.submission());
    let receipt = ok(machine.submit(&issuer, submission.clone()).await);
    let result = machine.status(&issuer).await.result;
    issuer.restart();
    assert_eq!(ok(machine.submit(&issuer, submission).await), receipt, "byte for byte");
    assert_eq!(machine.status(&issuer).await.result, result);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_is_given_anew_until_the_sitting_has_begun() {
    let issuer = Issuer::new();
    let mut machine = Machine::redeem(&issuer, &issuer.open_link().link).await;
    machine.get_ready();
    ok(machine.send(&issuer, &machine.segment(0)).await);
    let first = ok(machine.call(&issuer, Method::POST, "/start", vec![]).await);
    let second = ok(machine.call(&issuer, Method::POST, "/start", vec![]).await);
    assert_ne!(first, second);
    let begun_with = machine.begin(&issuer).await;
    ok(machine.send(&issuer, &machine.segment(3)).await);
    assert_eq!(ok(machine.call(&issuer, Method::POST, "/start", vec![]).await), begun_with);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_start_ends_with_the_first_and_is_shown() {
    const MINUTE_MS: u64 = 60_000;
    let issuer = Issuer::new();
    let mut machine = Machine::redeem(&issuer, &issuer.open_link().link).await;
    let id = machine.admission.sitting.clone();
    let seen = |issuer: &Issuer| {
        let SittingView { first_start, starts, .. } = issuer.desk.sitting(&id, "ada", shell::now()).unwrap().sitting;
        (first_start, starts)
    };
    machine.get_ready();
    ok(machine.send(&issuer, &machine.segment(0)).await);
    assert_eq!(seen(&issuer), (None, 0));
    let first = shell::now();
    let mut last = None;
    // Thirty minutes, and the five that a restart may give back. Each row: when it is asked, and when the exam ends then, counted from the first.
    for (asked_ms, ends_ms) in [
        (0, Some(30 * MINUTE_MS)),
        (MINUTE_MS, Some(31 * MINUTE_MS)),
        (5 * MINUTE_MS, Some(35 * MINUTE_MS)),
        (10 * MINUTE_MS, Some(35 * MINUTE_MS)),
        (35 * MINUTE_MS - 1, Some(35 * MINUTE_MS)),
        (35 * MINUTE_MS, None),
    ] {
        let now = first.plus_ms(asked_ms);
        match (issuer.desk.start(&id, 0, now), ends_ms) {
            (Ok(bytes), Some(ends_ms)) => {
                let start = Signed::<Start>::open(&bytes, &machine.issuer).unwrap();
                assert_eq!((start.at, start.deadline), (now, Some(first.plus_ms(ends_ms))), "{asked_ms}");
                last = Some(start);
            }
            (Err(fault), None) => assert_eq!(fault.code(), "window-closed", "{asked_ms}"),
            (answer, _) => panic!("{asked_ms}: {answer:?}"),
        }
    }
    assert_eq!(seen(&issuer), (Some(first), 5), "the console shows it");
    let last = last.unwrap();
    let items = Form::draw(&exam("one"), &machine.admission.draw).ids();
    let (server, start, at) = (Some(last.at), Some(last.digest()), machine.at());
    machine.write(at, Event::Began { items, budget_ms: Some(2), server, start });
    let refused = problem(&machine.send(&issuer, &machine.segment(0)).await);
    assert!(refused.detail.contains("more time than was given"), "{}", refused.detail);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_exam_runs_past_its_window_and_an_untimed_one_to_no_end() {
    const MINUTE_MS: u64 = 60_000;
    for (untimed, asked_ms, ends_ms) in [(false, 0, Some(30)), (false, 45, Some(60)), (true, 0, None), (true, 45, None)]
        .map(|(untimed, asked, ends): (_, u64, Option<u64>)| (untimed, asked * MINUTE_MS, ends.map(|m| m * MINUTE_MS)))
    {
        let mut programme = programme(&["one", "two"], 0);
        let exams = &mut programme.tracks[0].certifications[0].requirements.as_mut().unwrap().exams;
        exams.iter_mut().filter(|_| untimed).for_each(|exam| exam.minutes = 0);
        let issuer = Issuer::with(&programme);
        let machine = Machine::redeem(&issuer, &issuer.open_link().link).await;
        // The window is open for an hour.
        let opened = Wall::from_unix_ms(machine.admission.window.closes.unix_ms() - 3_600_000);
        let bytes = issuer.desk.start(&machine.admission.sitting, 0, opened.plus_ms(asked_ms)).unwrap();
        let start = Signed::<Start>::open(&bytes, &machine.issuer).unwrap();
        assert_eq!(start.deadline, ends_ms.map(|ms| opened.plus_ms(ms)), "{untimed} {asked_ms}");
    }
}

#[test]
fn eight_sittings_at_once_lose_nothing() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(8).enable_all().build().unwrap();
    runtime.block_on(async {
        let issuer = std::sync::Arc::new(Issuer::new());
        let mut tasks = Vec::new();
        for _ in 0..8 {
            let link = issuer.open_link().link;
            let issuer = issuer.clone();
            tasks.push(tokio::spawn(async move {
                let mut machine = Machine::redeem(&issuer, &link).await;
                machine.get_ready();
                machine.begin(&issuer).await;
                for round in 0..20 {
                    let from = machine.lines.len();
                    machine.answer(round % 2 == 0);
                    let from = if round == 0 { 0 } else { from };
                    ok(machine.send(&issuer, &machine.segment(from)).await);
                }
                let status = machine.status(&issuer).await;
                assert_eq!(status.log_size, machine.tail.seq);
                let checkpoint = status.checkpoint.unwrap().to_string();
                let checkpoint = Signed::<Checkpoint>::open(checkpoint.as_bytes(), &machine.issuer).unwrap();
                assert_eq!(checkpoint.head, machine.tail.head);
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_that_could_be_read_as_another_status() {
    let issuer = Issuer::new();
    let machine = Machine::redeem(&issuer, &issuer.open_link().link).await;
    let status = machine.status(&issuer).await;
    assert!(status.time <= Wall::from_unix_ms(i64::MAX) && status.log_size == 0);
    assert!(status.checkpoint.is_none() && status.receipt.is_none() && !status.under_review);
    let other = issuer.call(Method::GET, "/api/nothing", None, vec![]).await;
    assert_eq!((other.0, problem(&other).code.as_str()), (StatusCode::NOT_FOUND, "not-found"));
}
