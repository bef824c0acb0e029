//! The verdicts as a table: what was done to a log × what anchors it → the verdict.

use super::*;
use crate::{
    log::Actor,
    sitting::{Closing, Screen},
    submission::Client,
    testing::{admission, at, issuer_key, lease},
};

fn log(admission: &Signed<Admission>, records: u64) -> (Vec<Vec<u8>>, Vec<Digest>) {
    let mut tail = Tail::start(admission.sitting.clone(), 0, admission.digest());
    let mut heads = vec![tail.head];
    let client = Client { name: "t".into(), version: "0".into() };
    let mut lines = Vec::new();
    for n in 0..records {
        let event = match n {
            0 => Event::Admitted { lease: lease(admission).digest(), client: client.clone() },
            2 => Event::Responded {
                item: "q1".parse().unwrap(),
                revision: 1,
                commitment: Digest::of("an answer"),
                answered: true,
            },
            n if n + 1 == records => Event::Closed { cause: Closing::Submitted },
            n => Event::Visited { screen: Screen::Item { item: format!("q{n}").parse().unwrap() } },
        };
        lines.push(tail.append(at(n), Actor::Candidate, event).1);
        heads.push(tail.head);
    }
    (lines, heads)
}

fn anchors(admission: &Signed<Admission>, checkpoints: &[(u64, Digest)]) -> Anchors {
    let checkpoint = |(size, head): &(u64, Digest)| {
        let body = Checkpoint {
            sitting: admission.sitting.clone(),
            epoch: 0,
            size: *size,
            head: *head,
            time: Wall::from_unix_ms(36_000_000),
        };
        Signed::seal(body, &issuer_key(), "m", Wall::from_unix_ms(0))
    };
    Anchors {
        admission: admission.clone(),
        leases: vec![lease(admission)],
        checkpoints: checkpoints.iter().map(checkpoint).collect(),
        submission: None,
        receipt: None,
        paper_code: None,
    }
}

#[test]
fn anchors_decide_how_sure_a_whole_log_is() {
    let admission = admission("open");
    let (lines, heads) = log(&admission, 6);
    let whole = lines.concat();
    let code = PaperCode::of(&admission.sitting, 6, &heads[6]);
    let mut on_paper = anchors(&admission, &[]);
    on_paper.paper_code = Some(code);
    // The calendar of its record says 00:00, the issuer 10:00.
    let mut both = anchors(&admission, &[(4, heads[4])]);
    both.paper_code = Some(PaperCode::of(&admission.sitting, 4, &heads[4]));
    let mut of_another = anchors(&admission, &[]);
    of_another.paper_code = Some(PaperCode::of(&admission.sitting, 6, &heads[5]));
    let agrees_and_not = anchors(&admission, &[(2, heads[2]), (5, heads[3])]);
    for (name, anchors, verdict, vouched) in [
        ("nothing", anchors(&admission, &[]), "consistent, unanchored", 0),
        ("a checkpoint of nothing", anchors(&admission, &[(0, heads[0])]), "consistent, unanchored", 0),
        ("a checkpoint of all", anchors(&admission, &[(6, heads[6])]), "proven", 6),
        ("a checkpoint of a part", anchors(&admission, &[(4, heads[4])]), "proven until 10:00, then offline", 4),
        ("a checkpoint of a longer log", anchors(&admission, &[(7, heads[6])]), "broken at #6", 0),
        ("a checkpoint of another log", anchors(&admission, &[(4, heads[3])]), "broken at #0", 0),
        ("one that agrees, and one of another log", agrees_and_not, "broken at #2", 2),
        ("a code on paper", on_paper, "proven", 6),
        ("a code on paper beside a checkpoint", both, "proven until 10:00, then offline", 4),
        ("a code on paper of another log", of_another, "broken at #6", 0),
    ] {
        let verified = verify(&whole, &anchors);
        assert_eq!((verified.verdict.to_string().as_str(), verified.vouched), (verdict, vouched), "{name}");
    }
}

#[test]
fn every_changed_byte_is_found_where_it_is() {
    let admission = admission("open");
    let (lines, heads) = log(&admission, 6);
    let whole = lines.concat();
    let anchors = anchors(&admission, &[(5, heads[5]), (6, heads[6])]);
    let mut seq = 0_u64;
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        let verdict = verify(&changed, &anchors).verdict;
        let Verdict::Broken { seq: found, .. } = verdict else { panic!("byte {at}: {verdict}") };
        // A change that leaves a line canonical shows at the next line, which names the digest of the one before.
        assert!(found == seq || found == seq + 1, "byte {at} of record {seq}: {found}");
        if whole[at] == b'\n' {
            seq += 1;
        }
    }
}

#[test]
fn cut_swapped_doubled_and_borrowed_lines_are_found() {
    let admission = admission("open");
    let (lines, heads) = log(&admission, 6);
    let anchors = anchors(&admission, &[(6, heads[6])]);
    let pick = |order: &[usize]| order.iter().flat_map(|i| lines[*i].clone()).collect::<Vec<_>>();
    for (name, bytes, verdict) in [
        ("the last record cut off", pick(&[0, 1, 2, 3, 4]), "broken at #5"),
        ("all cut off", vec![], "broken at #0"),
        ("one left out", pick(&[0, 1, 3, 4, 5]), "broken at #2"),
        ("two swapped", pick(&[0, 2, 1, 3, 4, 5]), "broken at #1"),
        ("one doubled", pick(&[0, 1, 1, 2, 3, 4, 5]), "broken at #2"),
        ("one behind the end", pick(&[0, 1, 2, 3, 4, 5, 5]), "broken at #6"),
        ("half a line", pick(&[0, 1, 2, 3, 4, 5])[..lines.concat().len() - 1].to_vec(), "broken at #5"),
    ] {
        assert_eq!(verify(&bytes, &anchors).verdict.to_string(), verdict, "{name}");
    }
    let foreign = log(&crate::testing::admission("strict"), 6).0.concat();
    assert_eq!(verify(&foreign, &anchors).verdict.to_string(), "broken at #0");
}

#[test]
fn boots_are_counted_one_by_one_from_none() {
    let admission = admission("open");
    for (boots, verdict) in [
        (vec![0, 0, 1, 1, 2], "consistent, unanchored"),
        (vec![1], "broken at #0"),
        (vec![0, 2], "broken at #1"),
        (vec![0, 1, 3], "broken at #2"),
        (vec![0, 1, 0], "broken at #2"),
        (vec![0, u32::MAX], "broken at #1"),
        (vec![0, u32::MAX, u32::MAX], "broken at #1"),
    ] {
        let mut tail = Tail::start(admission.sitting.clone(), 0, admission.digest());
        let client = Client { name: "t".into(), version: "0".into() };
        let admitted = Event::Admitted { lease: lease(&admission).digest(), client };
        let events = std::iter::once(admitted).chain(std::iter::repeat(Event::Left));
        let lines = boots.iter().zip(events).map(|(boot, event)| {
            let at = crate::Moment { boot: *boot, ..at(0) };
            tail.append(at, Actor::Client, event).1
        });
        let log = lines.collect::<Vec<_>>().concat();
        assert_eq!(verify(&log, &anchors(&admission, &[])).verdict.to_string(), verdict, "{boots:?}");
    }
}

#[test]
fn only_verified_records_come_back() {
    let admission = admission("open");
    let (mut lines, heads) = log(&admission, 6);
    lines[3][10] ^= 1;
    // Nothing that is whole says of the third record that it was written so, unless an anchor names it.
    for (anchored, shown, vouched) in [(6, 2, 0), (3, 3, 3), (1, 2, 1)] {
        let verified = verify(&lines.concat(), &anchors(&admission, &[(anchored as u64, heads[anchored])]));
        assert_eq!(verified.verdict.to_string(), "broken at #3");
        assert_eq!((verified.records.len(), verified.vouched), (shown, vouched), "a checkpoint of {anchored}");
    }
}

#[test]
fn the_submission_must_be_of_this_log_and_the_receipt_of_this_submission() {
    use crate::{
        SecretKey,
        submission::{Answer, ResponseRef},
    };
    let admission = admission("open");
    let (lines, heads) = log(&admission, 6);
    let submission = |cause: Closing, answers: Vec<Answer>| {
        let body = Submission {
            sitting: admission.sitting.clone(),
            admission: admission.digest(),
            pack: admission.pack.digest,
            cause,
            answers,
            log: LogRef { size: 6, head: heads[6] },
            evidence: vec![],
            lost: vec![],
            client: Client { name: "t".into(), version: "0".into() },
        };
        Signed::seal(body, &SecretKey::from_seed(&[2; 32]), "m", Wall::from_unix_ms(0))
    };
    let receipt = |submission: Digest| {
        let log = LogRef { size: 6, head: heads[6] };
        let body = Receipt { sitting: admission.sitting.clone(), submission, log, received: Wall::from_unix_ms(0) };
        Signed::seal(body, &issuer_key(), "m", Wall::from_unix_ms(0))
    };
    let answer = |seq: u64| {
        let response = ResponseRef { seq, commitment: Digest::of("an answer") };
        vec![Answer { item: "q1".parse().unwrap(), response: Some(response) }]
    };
    let honest = submission(Closing::Submitted, answer(2));
    let false_answer = submission(Closing::Submitted, answer(3));
    let left_out = submission(Closing::Submitted, vec![]);
    let other_end = submission(Closing::TimeUp, answer(2));
    for (name, submission, receipt, verdict) in [
        ("both are honest", honest.clone(), receipt(honest.digest()), "proven"),
        ("an answer that is not in the log", false_answer.clone(), receipt(false_answer.digest()), "broken at #3"),
        ("an answer is left out", left_out.clone(), receipt(left_out.digest()), "broken at #2"),
        ("the log ends otherwise", other_end.clone(), receipt(other_end.digest()), "broken at #5"),
        ("a receipt for something else", honest, receipt(Digest::of("x")), "broken at #5"),
    ] {
        let anchors = Anchors { submission: Some(submission), receipt: Some(receipt), ..anchors(&admission, &[]) };
        assert_eq!(verify(&lines.concat(), &anchors).verdict.to_string(), verdict, "{name}");
    }
}

#[test]
fn a_log_moves_to_another_device_only_under_its_lease() {
    use crate::SecretKey;
    let admission = admission("open");
    let second = {
        let body = Lease {
            sitting: admission.sitting.clone(),
            admission: admission.digest(),
            device: SecretKey::from_seed(&[3; 32]).public(),
            epoch: 1,
            from_seq: 2,
        };
        Signed::seal(body, &issuer_key(), "m", Wall::from_unix_ms(0))
    };
    let client = Client { name: "t".into(), version: "0".into() };
    let admitted = Event::Admitted { lease: lease(&admission).digest(), client: client.clone() };
    let moved = |lease: Digest| Event::Moved { lease, client: client.clone() };
    let (own, other) = (second.digest(), Digest::of("x"));
    let left = || Event::Left;
    for (name, events, verdict) in [
        ("as it should be", vec![(0, left()), (1, moved(own)), (1, left())], "consistent, unanchored"),
        ("the move names another lease", vec![(0, left()), (1, moved(other))], "broken at #2"),
        ("the new writer does not name its lease", vec![(0, left()), (1, left())], "broken at #2"),
        ("a move without a new writer", vec![(0, moved(lease(&admission).digest()))], "broken at #1"),
        ("the new writer begins too late", vec![(0, left()), (0, left()), (1, moved(own))], "broken at #3"),
        ("the new writer begins too early", vec![(1, moved(own))], "broken at #1"),
        ("the old writer goes on", vec![(0, left()), (1, moved(own)), (0, left())], "broken at #3"),
        ("it moves twice under one lease", vec![(0, left()), (1, moved(own)), (1, moved(own))], "broken at #3"),
        ("a second start", vec![(0, left()), (1, admitted.clone())], "broken at #2"),
    ] {
        let mut tail = Tail::start(admission.sitting.clone(), 0, admission.digest());
        let mut log = tail.append(at(0), Actor::Client, admitted.clone()).1;
        for (epoch, event) in events {
            tail.epoch = epoch;
            log.extend(tail.append(at(0), Actor::Client, event).1);
        }
        let anchors = Anchors { leases: vec![lease(&admission), second.clone()], ..anchors(&admission, &[]) };
        assert_eq!(verify(&log, &anchors).verdict.to_string(), verdict, "{name}");
    }
}
