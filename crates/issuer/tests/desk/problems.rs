//! Every “no” of the service, by its name. Each test that refuses also shows that nothing has changed, or what has.

use super::raw::Raw;
use super::support::{Issuer, Machine, device, exam, ok, problem, redemption};
use axum::http::{Method, StatusCode};
use invigil_content::sealing::Identity;
use invigil_core::{
    Digest, Moment, Wall,
    exchange::{BODY_BYTES_MAX, Problem, SEGMENT_RECORDS_MAX, Segment},
    form::Form,
    log::Actor,
    policy::{Control, Holding, Level, Policy},
    sitting::{Closing, Command, ControlReport, Event, HoldReason, Screen, Withdrawal},
    submission::{Answer, EvidenceRef, LogRef, Submission},
};
use invigil_issuer::shell;
use serde_json::json;

fn open() -> Policy {
    Policy::preset("open").unwrap()
}

fn hours_later(hours: u64) -> Wall {
    shell::now().plus_ms(hours * 3_600_000)
}

async fn begun(issuer: &Issuer) -> Machine {
    let mut machine = Machine::redeem(issuer, &issuer.open_link().link).await;
    machine.get_ready();
    machine.begin(issuer).await;
    machine
}

#[tokio::test(flavor = "multi_thread")]
async fn codes() {
    let issuer = Issuer::new();
    let link = issuer.open_link().link;
    let (mine, other, identity) = (device(), device(), Identity::generate());
    let post = async |body: Vec<u8>| issuer.call(Method::POST, "/api/admissions", None, body).await;
    let late = issuer.desk.redeem(&redemption(&link, &mine, &identity), [0; 32], [0; 32], hours_later(2));
    assert_eq!(late.map(|_| ()).map_err(|fault| fault.code()), Err("code-expired"));
    ok(post(redemption(&link, &mine, &identity)).await);
    let mut forged: serde_json::Value = serde_json::from_slice(&redemption(&link, &mine, &identity)).unwrap();
    forged["device"] = json!(other.public());
    for (body, status, code) in [
        (redemption(&link, &other, &identity), 409, "code-used"),
        (redemption("invigil://h/00000-00000", &mine, &identity), 404, "code-unknown"),
        (redemption("invigil://h/short", &mine, &identity), 404, "code-unknown"),
        (forged.to_string().into_bytes(), 422, "document-refused"),
        (b"{}".to_vec(), 422, "document-refused"),
    ] {
        let problem = problem(&post(body).await);
        assert_eq!((problem.status, problem.code.as_str()), (status, code));
        assert_eq!(problem.kind, format!("urn:invigil:problem:{code}"));
    }
    // The device that has it gets it again, long after the window too: it may still have something to hand in.
    let again = issuer.desk.redeem(&redemption(&link, &mine, &identity), [1; 32], [1; 32], hours_later(48));
    assert!(again.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn starts() {
    let issuer = Issuer::new();
    let start = async |machine: &Machine| machine.call(&issuer, Method::POST, "/start", vec![]).await;
    let early = issuer.schedule("one", 600_000, open());
    let machine = Machine::redeem(&issuer, &issuer.admit(&early, None).link).await;
    let refused = problem(&start(&machine).await);
    assert_eq!(refused.code, "window-not-open");
    assert_eq!(refused.members["opens"], json!(early.administration.window.opens));

    let late = issuer.desk.start(&machine.admission.sitting, 0, hours_later(2));
    assert_eq!(late.map_err(|fault| fault.code()), Err("window-closed"));

    let mut declined = Machine::redeem(&issuer, &issuer.open_link().link).await;
    let client = declined.submission_client();
    declined.act(Command::Admit { lease: declined.lease.digest(), client });
    declined.act(Command::Decline);
    ok(declined.send(&issuer, &declined.segment(0)).await);
    assert_eq!(problem(&start(&declined).await).code, "sitting-over");

    let scheduled = issuer.schedule("one", -1_000, open());
    let (first, second) = (issuer.admit(&scheduled, Some("ada")), issuer.admit(&scheduled, Some("ada")));
    let mut machine = Machine::redeem(&issuer, &first.link).await;
    let spare = Machine::redeem(&issuer, &second.link).await;
    let submission = machine.finish(&issuer, true).await;
    ok(machine.submit(&issuer, submission).await);
    assert_eq!(problem(&start(&spare).await).code, "not-eligible");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_and_addresses() {
    let issuer = Issuer::new();
    let mine = Machine::redeem(&issuer, &issuer.open_link().link).await;
    let other = Machine::redeem(&issuer, &issuer.open_link().link).await;
    let path = mine.path("");
    let records = mine.path("/records");
    let pack = format!("/api/packs/{}", Digest::of("nothing"));
    let token = Some(mine.admitted.token.as_str());
    for (method, path, token, body, code) in [
        (Method::GET, path.as_str(), None, vec![], "token-needed"),
        (Method::GET, &path, Some("00"), vec![], "token-needed"),
        (Method::GET, "/api/standing", None, vec![], "token-needed"),
        (Method::GET, &path, Some(other.admitted.token.as_str()), vec![], "not-your-sitting"),
        (Method::POST, &records, Some(other.admitted.token.as_str()), vec![], "not-your-sitting"),
        (Method::POST, &records, token, b"[".to_vec(), "bad-request"),
        (Method::POST, &records, token, vec![b' '; BODY_BYTES_MAX + 1], "body-too-large"),
        (Method::GET, &pack, None, vec![], "pack-unknown"),
        (Method::GET, "/api/packs/nonsense", None, vec![], "pack-unknown"),
        (Method::GET, "/credentials/nobody", None, vec![], "credential-unknown"),
        (Method::GET, "/console/", None, vec![], "not-found"),
        (Method::GET, "/nowhere", None, vec![], "not-found"),
        (Method::DELETE, "/api/issuer", None, vec![], "method-not-allowed"),
    ] {
        assert_eq!(problem(&issuer.call(method, path, token, body).await).code, code, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn segments() {
    let issuer = Issuer::new();
    let mut machine = begun(&issuer).await;
    ok(machine.send(&issuer, &machine.segment(0)).await);
    let stored = machine.lines.len();
    machine.answer(true);
    let good = machine.segment(stored);
    let with = |change: &dyn Fn(&mut Segment)| {
        let mut segment = good.clone();
        change(&mut segment);
        segment
    };
    let cases = [
        (with(&|s| s.from_seq += 1), "log-gap", "logSize", json!(stored)),
        (with(&|s| s.lines.swap(0, 1)), "log-broken", "seq", json!(stored)),
        (with(&|s| s.lines[1].push(' ')), "log-broken", "seq", json!(stored + 1)),
        (with(&|s| s.lines[0] = s.lines[0].replace("candidate", "client")), "log-broken", "seq", json!(stored + 1)),
        (with(&|s| s.openings[0].content = "null".into()), "opening-mismatch", "seq", json!(stored)),
        (with(&|s| s.openings[0].salt = [0; 16]), "opening-mismatch", "seq", json!(stored)),
        (with(&|s| s.openings[0].seq = 0), "opening-mismatch", "seq", json!(0)),
        (with(&|s| s.openings[0].seq = 999), "opening-mismatch", "seq", json!(999)),
    ];
    for (segment, code, member, value) in cases {
        let refused = problem(&machine.send(&issuer, &segment).await);
        assert_eq!((refused.code.as_str(), refused.members.get(member)), (code, Some(&value)));
        assert_eq!(machine.status(&issuer).await.log_size, stored as u64, "{code} has changed nothing");
    }
    let foreign = with(&|s| s.epoch = 1);
    assert_eq!(problem(&machine.send(&issuer, &foreign).await).code, "bad-request");
    let long = with(&|s| s.lines = vec![s.lines[0].clone(); SEGMENT_RECORDS_MAX + 1]);
    assert_eq!(problem(&machine.send(&issuer, &long).await).code, "segment-too-long");
    ok(machine.send(&issuer, &good).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opening_must_be_a_response() {
    let issuer = Issuer::new();
    for (content, answered) in [("not json", true), ("null", true), (r#"{"base":{"string":"a"}}"#, false)] {
        let mut machine = begun(&issuer).await;
        let opening =
            invigil_core::submission::Opening { seq: machine.tail.seq, salt: [1; 16], content: content.into() };
        let item = machine.sitting.served()[0].clone();
        let event = Event::Responded { item, revision: 1, commitment: opening.commitment(), answered };
        machine.write(Moment { wall: shell::now(), elapsed: 60_000, boot: 0 }, event);
        machine.openings.push(opening);
        assert_eq!(problem(&machine.send(&issuer, &machine.segment(0)).await).code, "opening-unreadable", "{content}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_is_refused_kept_and_flagged() {
    let issuer = Issuer::new();
    let mut machine = begun(&issuer).await;
    let common = machine.lines.len();
    let (tail, sitting) = (machine.tail.clone(), machine.sitting.clone());
    machine.answer(true);
    let first = machine.segment(0);
    (machine.tail, machine.sitting) = (tail, sitting);
    machine.lines.truncate(common);
    machine.openings.clear();
    machine.answer(false);
    let second = machine.segment(0);
    ok(machine.send(&issuer, &first).await);
    let checkpoint = machine.status(&issuer).await.checkpoint;
    let refused = problem(&machine.send(&issuer, &second).await);
    assert_eq!((refused.code.as_str(), &refused.members["seq"]), ("log-fork", &json!(common)));
    assert_eq!(machine.status(&issuer).await.checkpoint, checkpoint, "no checkpoint is given for a fork");
    let seen = issuer.desk.sitting(&machine.admission.sitting, "ada", shell::now()).unwrap();
    assert!(seen.sitting.flagged);
    assert_eq!(seen.records.len(), first.lines.len(), "the first branch stays");
    let kept = Raw::of(&issuer).aside();
    assert!(kept.iter().all(|(_, late, _)| !late));
    assert_eq!(kept.len(), second.lines.len() - common, "the other branch is kept");
    let answers = kept.iter().filter(|(_, _, answer)| *answer).count();
    assert_eq!(answers, second.openings.len(), "with its answers");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sitting_begins_once_as_it_was_admitted() {
    let issuer = Issuer::new();
    let change = |began: &Event, how: &str| -> Event {
        let Event::Began { items, budget_ms, server, start } = began.clone() else { panic!("not a beginning") };
        match how {
            "items" => Event::Began { items: items.into_iter().rev().collect(), budget_ms, server, start },
            "start" => Event::Began { items, budget_ms, server, start: Some(Digest::of("another")) },
            "time" => Event::Began { items, budget_ms: budget_ms.map(|ms| ms + 1), server, start },
            "untimed" => Event::Began { items, budget_ms: None, server, start },
            "server" => Event::Began { items, budget_ms, server: server.map(|server| server.plus_ms(1)), start },
            other => panic!("{other}"),
        }
    };
    for how in ["items", "start", "time", "untimed", "server"] {
        let mut machine = Machine::redeem(&issuer, &issuer.open_link().link).await;
        machine.get_ready();
        let (tail, before) = (machine.tail.clone(), machine.lines.len());
        machine.begin(&issuer).await;
        let honest = invigil_core::log::Record::parse(format!("{}\n", machine.lines[before]).as_bytes()).unwrap();
        machine.lines.truncate(before);
        machine.tail = tail;
        machine.write(honest.at, change(&honest.event, how));
        let refused = problem(&machine.send(&issuer, &machine.segment(0)).await);
        assert_eq!((refused.code.as_str(), &refused.members["seq"]), ("log-broken", &json!(before)), "{how}");
    }
    let mut machine = begun(&issuer).await;
    let began = machine.lines.last().unwrap().clone();
    let began = invigil_core::log::Record::parse(format!("{began}\n").as_bytes()).unwrap();
    machine.write(began.at, began.event);
    assert_eq!(problem(&machine.send(&issuer, &machine.segment(0)).await).code, "log-broken");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offline_start_is_capped_by_the_window_and_shown() {
    let issuer = Issuer::new();
    const MINUTE_MS: u64 = 60_000;
    // Thirty minutes; the window closes an hour after it was scheduled.
    for (before_the_end_ms, more_ms, refused) in [
        (Some(45 * MINUTE_MS), 0, None),
        (Some(45 * MINUTE_MS), 1, Some("it takes more time than was given")),
        (Some(10 * MINUTE_MS), 0, None),
        (Some(10 * MINUTE_MS), 1, Some("it takes more time than was given")),
        (None, 0, Some("the offline start lies outside the window")),
    ] {
        let mut machine = Machine::redeem(&issuer, &issuer.open_link().link).await;
        machine.get_ready();
        let closes = machine.admission.window.closes;
        let left_ms = before_the_end_ms.unwrap_or(0);
        let wall = match before_the_end_ms {
            Some(ms) => Wall::from_unix_ms(closes.unix_ms().saturating_sub_unsigned(ms)),
            None => closes.plus_ms(1),
        };
        let items = Form::draw(&exam("one"), &machine.admission.draw).ids();
        let budget_ms = Some(left_ms.min(30 * MINUTE_MS) + more_ms);
        let at = Moment { wall, elapsed: 60_000, boot: 0 };
        machine.write(at, Event::Began { items, budget_ms, server: None, start: None });
        let answer = machine.send(&issuer, &machine.segment(0)).await;
        match refused {
            Some(why) => assert!(problem(&answer).detail.contains(why), "{left_ms} {more_ms}"),
            None => {
                ok(answer);
                let seen = issuer.desk.sitting(&machine.admission.sitting, "ada", shell::now()).unwrap();
                assert!(seen.sitting.began_offline, "the console shows it");
            }
        }
    }
    let online = begun(&issuer).await;
    ok(online.send(&issuer, &online.segment(0)).await);
    let seen = issuer.desk.sitting(&online.admission.sitting, "ada", shell::now()).unwrap();
    assert!(!seen.sitting.began_offline);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_says_only_what_is_its_own_to_say() {
    let issuer = Issuer::new();
    let [strict, moderate] = ["strict", "moderate"].map(|name| {
        let policy = Policy { return_from_away: name == "moderate", ..Policy::preset(name).unwrap() };
        issuer.schedule("one", -1_000, policy)
    });
    let client = || Actor::Client;
    let proctor = || Actor::Proctor("resume-code".parse().unwrap());
    let resumed = |gap_s: u64, given_back_s: u64| Event::Resumed {
        gap_ms: gap_s * 1_000,
        given_back_ms: given_back_s * 1_000,
        server: None,
    };
    let checked = |level: Level, holding: Holding| {
        let report = |control| ControlReport { control, holding: holding.clone() };
        let controls = Control::ALL.map(report).into();
        Event::Checked { level, controls }
    };
    let lost = || checked(Level::L0, Holding::Released);
    let held = |reason| Event::Held { reason };
    let (control, gap) = (HoldReason::ControlLost, HoldReason::RebootGap);
    let heartbeat = || Event::Heartbeat { checkpoint: None };
    let visited = || Event::Visited { screen: Screen::Review };
    let acknowledged = || Event::Acknowledged { notice: Digest::of("notice") };
    let withdrawn = || Event::Withdrawn { why: Withdrawal::Declined };
    let closed = || Event::Closed { cause: Closing::Submitted };
    let now = |s: u64, event: Event| (s, 0, client(), event);
    let rebooted = |s: u64, event: Event| (s, 1, client(), event);
    let too_much = "more time is given back than the admission allows";
    let no_hold = "nothing that the admission names stops the sitting";
    let not_ended = "nothing has ended the hold";
    // Under `strict` the sitting is held for a lost control, three minutes at most, and nobody returns by themselves.
    // Five minutes in all are given back. Each row: seconds, boot, writer and event, and why the last is refused.
    let rows = [
        (&strict, vec![now(130, resumed(0, 20))], None),
        (&strict, vec![now(400, resumed(0, 301))], Some(too_much)),
        (&strict, vec![now(400, resumed(0, 200)), now(450, visited()), now(650, resumed(0, 100))], None),
        (&strict, vec![now(400, resumed(0, 200)), now(450, visited()), now(651, resumed(0, 101))], Some(too_much)),
        (&strict, vec![now(110, visited()), now(130, resumed(0, 21))], Some("than the restart took")),
        (&strict, vec![rebooted(0, resumed(60, 60))], None),
        (&strict, vec![rebooted(0, resumed(60, 61))], Some("than the restart took")),
        (&strict, vec![now(110, Event::Left), now(140, resumed(0, 0))], None),
        (&strict, vec![now(110, Event::Left), now(140, resumed(0, 1))], Some("that nobody could work in")),
        (&strict, vec![now(110, lost()), now(110, held(control)), now(140, resumed(0, 1))], Some("that nobody could")),
        (&strict, vec![now(110, lost()), now(110, held(control))], None),
        (&strict, vec![now(110, held(control))], Some(no_hold)),
        (&moderate, vec![now(110, lost()), now(110, held(control))], Some(no_hold)),
        (&strict, vec![rebooted(0, resumed(1_000, 0)), rebooted(0, held(gap))], None),
        (&strict, vec![now(110, Event::Left), rebooted(0, resumed(31, 0)), rebooted(0, held(gap))], None),
        (&strict, vec![now(110, held(gap))], Some(no_hold)),
        (&strict, vec![now(110, lost()), now(110, held(control)), now(289, Event::Released)], Some(not_ended)),
        (&strict, vec![now(110, lost()), now(110, held(control)), now(290, Event::Released)], None),
        (&strict, vec![now(110, lost()), now(110, held(control)), (120, 0, proctor(), Event::Released)], None),
        (
            &strict,
            vec![
                now(110, lost()),
                now(110, held(control)),
                now(120, checked(Level::L1, Holding::Enforced)),
                now(120, Event::Released),
            ],
            None,
        ),
        (
            &strict,
            vec![rebooted(0, resumed(1_000, 0)), rebooted(0, held(gap)), rebooted(900, Event::Released)],
            Some(not_ended),
        ),
        (
            &strict,
            vec![rebooted(0, resumed(1_000, 0)), rebooted(0, held(gap)), (90, 1, proctor(), Event::Released)],
            None,
        ),
        (&strict, vec![now(110, Event::Released)], Some(not_ended)),
        (
            &strict,
            vec![now(110, lost()), now(110, held(control)), now(130, Event::Left), now(400, Event::Released)],
            Some(not_ended),
        ),
        (&strict, vec![now(110, lost()), now(110, held(control)), now(289, heartbeat())], None),
        (&strict, vec![now(110, lost()), now(110, held(control)), now(290, heartbeat())], Some("stands longer")),
        (&strict, vec![now(110, lost()), now(110, held(control)), now(120, visited())], Some("does not go on")),
        (&strict, vec![now(110, Event::Left), now(120, visited())], Some("does not go on")),
        (&strict, vec![now(110, Event::Left), now(120, Event::Returned)], Some("nobody let the candidate")),
        (&moderate, vec![now(110, Event::Left), now(120, Event::Returned)], None),
        (&strict, vec![now(110, Event::Returned)], Some("nobody let the candidate")),
        (&strict, vec![rebooted(0, visited())], Some("nothing says how long")),
        (&strict, vec![now(110, Event::Left), rebooted(0, heartbeat())], Some("nothing says how long")),
        (&strict, vec![rebooted(0, resumed(31, 31)), rebooted(0, visited())], None),
        (&strict, vec![rebooted(0, resumed(30, 0))], Some("took longer than it says")),
        (&strict, vec![now(110, checked(Level::L1, Holding::Released))], Some("not what the controls amount to")),
        (&strict, vec![now(110, Event::Checked { level: Level::L3, controls: vec![] })], Some("not what the controls")),
        (&strict, vec![now(110, acknowledged())], Some("answered before")),
        (&strict, vec![now(110, lost()), now(110, held(control)), now(120, acknowledged())], Some("answered before")),
        (&strict, vec![now(110, withdrawn())], Some("not before its beginning")),
        (&strict, vec![now(110, Event::Left), now(120, Event::Left)], Some("nothing to leave")),
        (&strict, vec![now(110, lost()), now(110, held(control)), now(120, closed())], Some("nothing to end")),
        (&strict, vec![now(110, Event::Left), now(120, closed())], None),
        (&strict, vec![now(110, Event::Granted { ms: 1 })], Some("no proctor")),
        (&strict, vec![now(110, Event::Paused)], Some("no proctor")),
        (&strict, vec![now(110, Event::Closed { cause: Closing::Terminated })], Some("no proctor")),
    ];
    for (scheduled, script, refused) in rows {
        let name = format!("{script:?}");
        let mut machine = Machine::redeem(&issuer, &issuer.admit(scheduled, None).link).await;
        machine.get_ready();
        machine.begin(&issuer).await;
        for (s, boot, by, event) in script {
            machine.write_by(Moment { wall: shell::now(), elapsed: s * 1_000, boot }, by, event);
        }
        // What is stored already counts as much as what comes with the last record.
        let last = machine.lines.len() - 1;
        let mut before = machine.segment(0);
        before.lines.truncate(last);
        ok(machine.send(&issuer, &before).await);
        for from in [last, 0] {
            let answer = machine.send(&issuer, &machine.segment(from)).await;
            match refused {
                Some(why) => assert!(problem(&answer).detail.contains(why), "{name}: {}", problem(&answer).detail),
                None => drop(ok(answer)),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_follows_the_end_and_nothing_precedes_the_admission() {
    let issuer = Issuer::new();
    let mut machine = begun(&issuer).await;
    machine.act(Command::Submit);
    ok(machine.send(&issuer, &machine.segment(0)).await);
    let end = machine.lines.len();
    machine.write(Moment { wall: shell::now(), elapsed: 90_000, boot: 0 }, Event::Closed { cause: Closing::Submitted });
    assert_eq!(problem(&machine.send(&issuer, &machine.segment(end)).await).code, "log-broken");

    let mut machine = Machine::redeem(&issuer, &issuer.open_link().link).await;
    machine.write(Moment { wall: shell::now(), elapsed: 0, boot: 0 }, Event::Paused);
    assert_eq!(problem(&machine.send(&issuer, &machine.segment(0)).await).code, "log-broken");
}

#[tokio::test(flavor = "multi_thread")]
async fn submissions() {
    let issuer = Issuer::new();
    let mut machine = begun(&issuer).await;
    machine.answer(true);
    machine.act(Command::Submit);
    let good = machine.submission();
    let submit = async |submission: Submission| machine.submit(&issuer, machine.sign(submission)).await;
    assert_eq!(problem(&submit(good.clone()).await).code, "log-incomplete");
    let mut without_answers = machine.segment(0);
    without_answers.openings.clear();
    ok(machine.send(&issuer, &without_answers).await);
    let missing = problem(&submit(good.clone()).await);
    assert_eq!(
        (missing.code.as_str(), missing.members["seqs"].as_array().map(Vec::len)),
        ("openings-missing", Some(2))
    );
    ok(machine.send(&issuer, &machine.segment(0)).await);

    let with = |change: &dyn Fn(&mut Submission)| {
        let mut submission = good.clone();
        change(&mut submission);
        submission
    };
    let log = good.log;
    for (submission, code) in [
        (with(&|s| s.sitting = "sit-other".parse().unwrap()), "submission-mismatch"),
        (with(&|s| s.admission = Digest::of("other")), "submission-mismatch"),
        (with(&|s| s.pack = Digest::of("other")), "submission-mismatch"),
        (with(&|s| s.cause = Closing::TimeUp), "submission-mismatch"),
        (with(&|s| s.answers.swap(0, 1)), "submission-mismatch"),
        (with(&|s| s.answers[0].response = None), "submission-mismatch"),
        (with(&|s| s.answers.push(Answer { item: s.answers[0].item.clone(), response: None })), "submission-mismatch"),
        (with(&|s| s.evidence.push(EvidenceRef { sha256: Digest::of(""), size: 0 })), "submission-mismatch"),
        (with(&|s| s.log = LogRef { head: Digest::of("other"), ..log }), "submission-mismatch"),
        (with(&|s| s.log = LogRef { size: log.size - 1, ..log }), "submission-mismatch"),
        (with(&|s| s.log = LogRef { size: log.size + 1, ..log }), "log-incomplete"),
    ] {
        assert_eq!(problem(&submit(submission.clone()).await).code, code, "{submission:?}");
        assert!(machine.status(&issuer).await.receipt.is_none(), "no receipt without a submission");
    }
    let stranger = Machine { device: device(), ..Machine::redeem(&issuer, &issuer.open_link().link).await };
    let foreign = machine.submit(&issuer, stranger.sign(good.clone())).await;
    assert_eq!(problem(&foreign).code, "document-refused");

    ok(submit(good.clone()).await);
    let later = with(&|s| s.client.version = "2".into());
    assert_eq!(problem(&submit(later).await).code, "submission-differs");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_guesses_codes_has_to_wait() {
    let issuer = Issuer::new();
    let (mine, identity) = (device(), Identity::generate());
    let mut last: Option<Problem> = None;
    for _ in 0..25 {
        let body = redemption("invigil://h/00000-00000", &mine, &identity);
        let answer = issuer.call(Method::POST, "/api/admissions", None, body).await;
        let refused = problem(&answer);
        if answer.0 == StatusCode::TOO_MANY_REQUESTS {
            assert!(1 <= refused.members["retryAfter"].as_u64().unwrap());
        }
        last = Some(refused);
    }
    assert_eq!(last.unwrap().code, "too-many-attempts");
}
